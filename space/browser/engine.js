/* Where a network computes: a memory that keeps packed weights, with the functions of kernel.wat on it.
 *
 *   new Engine()          on WebAssembly's SIMD; `.simd` is false where plain JavaScript has to do
 *   .pack(columns, source, starts, step, scale)      keeps a matrix as the product wants it, and gives its address
 *   .keep(numbers)                    keeps a row of numbers
 *   .scratch(bytes)                   address of room behind what is kept, until the next call
 *   .places(lengths)                  addresses of arrays of numbers in that room, one behind another
 *   .multiply(...), .sums(...), .affine(...)         see kernel.wat
 *
 * Addresses count bytes; `floats` and `words` are the memory as numbers and as addresses. Both are other arrays after
 * the memory has grown.
 */

import { KERNEL } from "./kernel.js";
import { base64ToBytes } from "./numbers.js";

/** @typedef {(rows: number, outs: number, tiles: number, b: number, bias: number, panels: number, segments: number,
 *   length: number, skip: number, slope: number) => void} Multiply */

const PAGE = 1 << 16;
const LINE = 64; // bytes; what is kept begins at a multiple of it
/** Rows and columns of the result that the product makes at a time. */
export const TILE = 4;
export const PANEL = 8;

/** @type {any} */
const { WebAssembly } = globalThis; // which TypeScript declares for pages alone
/** @type {any} */
let compiled;

export class Engine {
  /** @param {boolean} [simd] false: plain JavaScript, as where there is no SIMD */
  constructor(simd = true) {
    this.kept = LINE; // bytes that weights take
    this.buffer = new ArrayBuffer(PAGE);
    this.floats = new Float32Array(this.buffer);
    this.words = new Int32Array(this.buffer);
    /** @type {Multiply} */
    this.multiply = (...numbers) => multiply(this.floats, this.words, ...numbers);
    /** @type {any} */
    this.kernel = null;
    this.memory = null;
    if (simd) this.useKernel();
  }

  get simd() {
    return this.memory !== null;
  }

  useKernel() {
    try {
      compiled ??= new WebAssembly.Module(base64ToBytes(KERNEL));
      const memory = new WebAssembly.Memory({ initial: 1 });
      this.kernel = new WebAssembly.Instance(compiled, { env: { memory } }).exports;
      this.multiply = this.kernel.multiply;
      this.memory = memory;
      this.look();
    } catch {} // no SIMD here, or the page's rules forbid WebAssembly
  }

  look() {
    if (this.memory) this.buffer = this.memory.buffer;
    this.floats = new Float32Array(this.buffer);
    this.words = new Int32Array(this.buffer);
  }

  /** Grows the memory to at least `bytes`.
   * @param {number} bytes */
  reserve(bytes) {
    const missing = Math.ceil((bytes - this.buffer.byteLength) / PAGE);
    if (missing <= 0) return;
    if (this.memory) this.memory.grow(missing);
    else {
      const before = this.words;
      this.buffer = new ArrayBuffer(this.buffer.byteLength + missing * PAGE);
      new Int32Array(this.buffer).set(before);
    }
    this.look();
  }

  /** @param {number} bytes */
  scratch(bytes) {
    this.reserve(this.kept + bytes);
    return this.kept;
  }

  /** @param {ArrayLike<number>} numbers */
  keep(numbers) {
    const address = this.scratch(4 * numbers.length);
    this.floats.set(numbers, address / 4);
    this.kept += Math.ceil((4 * numbers.length) / LINE) * LINE;
    return address;
  }

  /** Addresses of arrays of these lengths, one after another in the scratch; the last one is where they end.
   * @param {number[]} lengths */
  places(lengths) {
    const ends = [0];
    for (const length of lengths) ends.push(ends[ends.length - 1] + roundUp(4 * length, LINE));
    const base = this.scratch(ends[lengths.length]);
    return ends.map((end) => base + end);
  }

  /** Keeps a matrix in panels of columns, the last one filled up with zeros. What stands in a row and column is
   * `scale[column] * source[starts[row] + step * column]`, or 0 in rows that start below 0.
   * @param {number} columns
   * @param {Float32Array} source
   * @param {ArrayLike<number>} starts
   * @param {number} step
   * @param {Float32Array} scale */
  pack(columns, source, starts, step, scale) {
    const rows = starts.length;
    const packed = new Float32Array(rows * roundUp(columns, PANEL));
    for (let column = 0; column < columns; column++) {
      let at = rows * (column - (column % PANEL)) + (column % PANEL);
      for (let row = 0; row < rows; row++, at += PANEL)
        if (starts[row] >= 0) packed[at] = scale[column] * source[starts[row] + step * column];
    }
    return this.keep(packed);
  }

  /** Sums of each of `width` columns over `count` rows at the address `a`, and of their squares.
   * @param {number} a
   * @param {number} count
   * @param {number} width
   * @param {number} to  address of room for 2 `width` float64, which is where they are afterwards
   * @returns {Float64Array} */
  sums(a, count, width, to) {
    const found = new Float64Array(this.buffer, to, 2 * width);
    if (this.kernel && width % 4 === 0) this.kernel.sums(a, count, width, to);
    else {
      found.fill(0);
      for (let row = 0, i = a / 4; row < count; row++)
        for (let c = 0; c < width; c++, i++) {
          const value = this.floats[i];
          found[c] += value;
          found[width + c] += value * value;
        }
    }
    return found;
  }

  /** Rows of `width` numbers at the address `a` times the numbers at `scale` plus those behind them; where that is
   * negative, times `slope`.
   * @param {number} a
   * @param {number} count
   * @param {number} width
   * @param {number} scale
   * @param {number} slope */
  affine(a, count, width, scale, slope) {
    if (this.kernel && width % 4 === 0) return this.kernel.affine(a, count, width, scale, slope);
    const { floats } = this;
    for (let row = 0, i = a / 4; row < count; row++)
      for (let c = scale / 4; c < scale / 4 + width; c++, i++) {
        const y = floats[c] * floats[i] + floats[c + width];
        floats[i] = y > 0 ? y : slope * y;
      }
  }
}

/** @param {number} value @param {number} step */
export const roundUp = (value, step) => Math.ceil(value / step) * step;

const SUMS = new Float64Array(4 * TILE);

/** The `multiply` of kernel.wat in JavaScript: half a panel at a time, for a processor has registers for 16 sums.
 * @param {Float32Array} floats
 * @param {Int32Array} words
 * @param {Parameters<Multiply>} numbers */
function multiply(floats, words, ...[rows, outs, tiles, b, bias, panels, segments, length, skip, slope]) {
  for (let column = 0; column < PANEL * panels; column += 4) {
    const within = column % PANEL;
    const w = b / 4 + (column - within) * segments * length + within;
    for (let tile = 0; tile < TILE * tiles; tile += TILE) {
      const at = rows / 4 + tile;
      for (let i = 0; i < SUMS.length; i++) SUMS[i] = floats[bias / 4 + column + (i & 3)];
      add(floats, words[at], words[at + 1], words[at + 2], words[at + 3], w, segments, length, skip / 4);
      for (let i = 0; i < SUMS.length; i++) {
        const y = SUMS[i];
        floats[(words[outs / 4 + tile + (i >> 2)] >> 2) + column + (i & 3)] = y > 0 ? y : slope * y;
      }
    }
  }
}

/** Adds the products of four rows, at the addresses a0 to a3, and of four columns to `SUMS`.
 * @param {Float32Array} floats
 * @param {number} a0
 * @param {number} a1
 * @param {number} a2
 * @param {number} a3
 * @param {number} w index of the first weight
 * @param {number} segments
 * @param {number} length
 * @param {number} skip numbers */
function add(floats, a0, a1, a2, a3, w, segments, length, skip) {
  let i0 = a0 >> 2;
  let i1 = a1 >> 2;
  let i2 = a2 >> 2;
  let i3 = a3 >> 2;
  let [c00, c01, c02, c03, c10, c11, c12, c13, c20, c21, c22, c23, c30, c31, c32, c33] = SUMS;
  for (let segment = 0; segment < segments; segment++) {
    for (let k = 0; k < length; k++) {
      const w0 = floats[w];
      const w1 = floats[w + 1];
      const w2 = floats[w + 2];
      const w3 = floats[w + 3];
      const x0 = floats[i0++];
      const x1 = floats[i1++];
      const x2 = floats[i2++];
      const x3 = floats[i3++];
      c00 += x0 * w0;
      c01 += x0 * w1;
      c02 += x0 * w2;
      c03 += x0 * w3;
      c10 += x1 * w0;
      c11 += x1 * w1;
      c12 += x1 * w2;
      c13 += x1 * w3;
      c20 += x2 * w0;
      c21 += x2 * w1;
      c22 += x2 * w2;
      c23 += x2 * w3;
      c30 += x3 * w0;
      c31 += x3 * w1;
      c32 += x3 * w2;
      c33 += x3 * w3;
      w += PANEL;
    }
    i0 += skip;
    i1 += skip;
    i2 += skip;
    i3 += skip;
  }
  SUMS.set([c00, c01, c02, c03, c10, c11, c12, c13, c20, c21, c22, c23, c30, c31, c32, c33]);
}
