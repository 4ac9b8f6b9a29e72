/* Reads safetensors files: an 8-byte length, a JSON header, the numbers of all tensors.
 *
 *   const file = await WeightsFile.open(url)     reads the header
 *   file.fetch([[name, shape], ...])             Map of name -> Float32Array; other tensors stay on the server
 *
 * What is wrong with a file is said in one sentence, by the error that is thrown.
 */

/** @typedef {{ dtype: string, shape: number[], data_offsets: [number, number] }} Entry */
/** @typedef {{ bytes: Uint8Array, start: number }} Chunk  a piece of a file */

const HEAD_BYTES = 1 << 16; // of the first request: more than any header here, so that two requests do
const GAP_BYTES = 1 << 16; // between two tensors: fetched along rather than asked for separately
const BYTES = /** @type {Record<string, number>} */ ({ F32: 4, F16: 2, BF16: 2 });

/** How an error begins whose cause is that the server cannot be reached, or has no such file. */
export const UNREACHED = "the weights could not be fetched";

/** What a server answers, all of it.
 * @param {URL | string} url
 * @param {Record<string, string>} [headers] */
export async function get(url, headers) {
  try {
    const response = await fetch(url, { headers });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
  } catch (error) {
    throw new Error(`${UNREACHED}: ${/** @type {Error} */ (error).message}`);
  }
}

export class WeightsFile {
  /** @param {URL | string} url */
  constructor(url) {
    this.url = url;
    /** @type {Record<string, Entry>} */
    this.header = {};
    this.dataStart = 0;
    /** @type {string | null | undefined} */
    this.version = undefined; // the file's, by its first answer
    /** @type {Chunk} */
    this.head = { bytes: new Uint8Array(), start: 0 };
  }

  /** @param {URL | string} url */
  static async open(url) {
    const file = new WeightsFile(url);
    file.head = await file.ask(0, HEAD_BYTES);
    const length = Number(new DataView((await file.bytes(0, 8)).buffer).getBigUint64(0, true));
    if (length > 1e8) throw new Error("the weights are no safetensors file");
    file.dataStart = 8 + length;
    const text = new TextDecoder().decode(await file.bytes(8, file.dataStart));
    try {
      file.header = JSON.parse(text);
    } catch {
      throw new Error("the weights are no safetensors file");
    }
    return file;
  }

  /** A byte range of the file, or all of it where the server knows no ranges.
   * @param {number} start
   * @param {number} end
   * @returns {Promise<Chunk>} */
  async ask(start, end) {
    const { response, bytes } = await get(this.url, { Range: `bytes=${start}-${end - 1}` });
    const version = response.headers.get("etag");
    if (this.version === undefined) this.version = version;
    if (version !== this.version) throw new Error("the weights changed while they were fetched");
    return { bytes, start: response.status === 206 ? start : 0 };
  }

  /** Bytes [start, end), in an array of their own, so that they are aligned for numbers.
   * @param {number} start
   * @param {number} end */
  async bytes(start, end) {
    const holds = (/** @type {Chunk} */ chunk) =>
      chunk.start <= start && chunk.start + chunk.bytes.length >= end;
    const chunk = holds(this.head) ? this.head : await this.ask(start, end);
    if (!holds(chunk)) throw new Error("the weights file ends too early");
    return chunk.bytes.slice(start - chunk.start, end - chunk.start);
  }

  /** The tensors of these names and shapes, as float32.
   * @param {[string, number[]][]} wanted
   * @returns {Promise<Map<string, Float32Array>>} */
  async fetch(wanted) {
    const entries = wanted.map(([name, shape]) => ({ name, ...this.find(name, shape) }));
    entries.sort((a, b) => a.data_offsets[0] - b.data_offsets[0]);
    /** @type {{ start: number, end: number }[]} */
    const pieces = [];
    for (const {
      data_offsets: [start, end],
    } of entries) {
      const last = pieces.at(-1);
      if (last && start <= last.end + GAP_BYTES) last.end = Math.max(last.end, end);
      else pieces.push({ start, end });
    }
    const fetched = await Promise.all(
      pieces.map(({ start, end }) => this.bytes(this.dataStart + start, this.dataStart + end)),
    );
    return new Map(
      entries.map(({ name, dtype, data_offsets: [start, end] }) => {
        const piece = pieces.findIndex((one) => one.start <= start && end <= one.end);
        const from = start - pieces[piece].start;
        const numbers = toFloat32(fetched[piece].slice(from, from + end - start), dtype);
        // the sum of what is finite is finite: float64 holds far larger numbers
        let sum = 0;
        for (let i = 0; i < numbers.length; i++) sum += numbers[i];
        if (!Number.isFinite(sum)) throw new Error(`${name} holds numbers that are not finite`);
        return [name, numbers];
      }),
    );
  }

  /** The header's entry of a tensor, if it is as it should be.
   * @param {string} name
   * @param {number[]} shape
   * @returns {Entry} */
  find(name, shape) {
    const entry = Object.hasOwn(this.header, name) ? this.header[name] : null;
    if (!entry) throw new Error(`the weights lack ${name}`);
    if (`${entry.shape}` !== `${shape}`)
      throw new Error(`${name} has the shape (${entry.shape}); needed: (${shape})`);
    if (!(entry.dtype in BYTES))
      throw new Error(`${name} is ${entry.dtype}; allowed: ${Object.keys(BYTES).join(", ")}`);
    const [start, end] = entry.data_offsets ?? [];
    if (!(start >= 0) || end - start !== shape.reduce((a, b) => a * b, BYTES[entry.dtype]))
      throw new Error(`${name} does not have as many bytes as its shape needs`);
    return entry;
  }
}

/** Numbers of a safetensors dtype as float32.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} dtype */
export function toFloat32(bytes, dtype) {
  if (dtype === "F32") return new Float32Array(bytes.buffer);
  const halves = new Uint16Array(bytes.buffer);
  const out = new Float32Array(halves.length);
  if (dtype === "BF16") {
    const words = new Uint32Array(out.buffer); // bfloat16 is the upper half of a float32
    for (let i = 0; i < halves.length; i++) words[i] = halves[i] << 16;
  } else
    for (let i = 0; i < halves.length; i++) {
      const sign = halves[i] & 0x8000 ? -1 : 1;
      const exponent = (halves[i] >> 10) & 31;
      const fraction = halves[i] & 1023;
      if (exponent === 31) out[i] = fraction ? NaN : sign * Infinity;
      else if (exponent === 0) out[i] = sign * fraction * 2 ** -24;
      else out[i] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
    }
  return out;
}
