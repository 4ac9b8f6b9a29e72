/* The random numbers of a `torch.Generator` on the CPU, so that the same seed gives the same picture here as there.
 *
 *   new TorchRandom(seed)     torch.Generator().manual_seed(seed)
 *   .uniform(n)               torch.rand(n, generator=...)
 *   .integer(below)           torch.randint(below, (), generator=...)
 *   .normal(n)                torch.randn(n, generator=...), equal but for the last bits of logarithm, cosine and sine
 *
 * The bits are those of the Mersenne Twister (Matsumoto & Nishimura 1998). PyTorch makes normal numbers in two ways: 16
 * at a time by Box and Muller in float32, or, where fewer are asked for, pair by pair in float64.
 */

const [SIZE, MIDDLE] = [624, 397];
const { fround } = Math;

export class TorchRandom {
  /** @param {number} seed */
  constructor(seed) {
    this.state = new Uint32Array(SIZE);
    this.state[0] = seed; // modulo 2^32
    for (let i = 1; i < SIZE; i++) {
      const last = this.state[i - 1];
      this.state[i] = Math.imul(1812433253, last ^ (last >>> 30)) + i;
    }
    this.next = SIZE;
    /** @type {number | null} */
    this.spare = null; // the second of a pair of normal numbers
  }

  /** 32 random bits. */
  bits() {
    if (this.next === SIZE) this.twist();
    let y = this.state[this.next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  twist() {
    const { state } = this;
    for (let i = 0; i < SIZE; i++) {
      const y = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7fffffff);
      state[i] = state[(i + MIDDLE) % SIZE] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.next = 0;
  }

  /** @param {number} below  at most 2^53 */
  integer(below) {
    if (below < 2 ** 28) return this.bits() % below;
    const high = BigInt(this.bits());
    return Number(((high << 32n) + BigInt(this.bits())) % BigInt(below));
  }

  /** A float64 in [0, 1), of 53 bits. */
  double() {
    const high = this.bits() & 0x1fffff;
    return (high * 2 ** 32 + this.bits()) / 2 ** 53;
  }

  /** @param {number} n */
  uniform(n) {
    return Float32Array.from({ length: n }, () => (this.bits() & 0xffffff) / 2 ** 24);
  }

  /** @param {number} n */
  normal(n) {
    if (n < 16) return Float32Array.from({ length: n }, () => this.one());
    const out = this.uniform(n);
    for (let i = 0; i + 16 <= n; i += 16) toNormal(out.subarray(i, i + 16));
    if (n % 16) {
      const last = out.subarray(n - 16); // the last 16 are drawn again
      last.set(this.uniform(16));
      toNormal(last);
    }
    return out;
  }

  one() {
    const { spare } = this;
    this.spare = null;
    if (spare !== null) return spare;
    const angle = 2 * Math.PI * this.double();
    const radius = Math.sqrt(-2 * Math.log1p(-this.double()));
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

/** 16 uniform numbers as normal ones, in place.
 * @param {Float32Array} numbers */
function toNormal(numbers) {
  for (let i = 0; i < 8; i++) {
    const radius = fround(Math.sqrt(fround(-2 * fround(Math.log(fround(1 - numbers[i]))))));
    const angle = fround(fround(2 * Math.PI) * numbers[i + 8]);
    numbers[i] = radius * fround(Math.cos(angle));
    numbers[i + 8] = radius * fround(Math.sin(angle));
  }
}
