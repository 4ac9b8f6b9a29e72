/* Reads safetensors files: an 8-byte length, a JSON header, the numbers of all tensors.
 *
 *   fetchTensors(url, prefix)    Map of name -> {shape, data} of the tensors whose name begins so
 *   toLayers(tensors)            [{weight, bias, shape}] of an `nn.Sequential`: names end in `<index>.weight` or `.bias`
 */

/** @typedef {{ shape: number[], data: Float32Array }} Tensor */
/** @typedef {{ weight: Float32Array, bias: Float32Array, shape: number[] }} Layer */
/** @typedef {{ bytes: Uint8Array, start: number }} Chunk  a piece of a file */

const HEAD_BYTES = 1 << 16; // of the first request: more than any header here, so that two requests do

/** Byte range of a file on a server, or all of it where the server knows no ranges.
 * @param {URL | string} url
 * @param {number} start
 * @param {number} end
 * @returns {Promise<Chunk>} */
async function fetchBytes(url, start, end) {
  const response = await fetch(url, { headers: { Range: `bytes=${start}-${end - 1}` } });
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { bytes, start: response.status === 206 ? start : 0 };
}

/** Bytes [start, end) of a file, copied so that they are aligned for typed arrays; null where the chunk lacks some.
 * @param {Chunk} chunk
 * @param {number} start
 * @param {number} end */
function cut(chunk, start, end) {
  const from = start - chunk.start;
  const to = end - chunk.start;
  return from >= 0 && to <= chunk.bytes.length ? chunk.bytes.slice(from, to) : null;
}

/** Numbers of a safetensors dtype as Float32Array.
 * @param {Uint8Array} bytes
 * @param {string} dtype */
export function toFloat32(bytes, dtype) {
  if (dtype === "F32") return new Float32Array(bytes.buffer);
  const halves = new Uint16Array(bytes.buffer);
  const out = new Float32Array(halves.length);
  if (dtype === "BF16") {
    const words = new Uint32Array(out.buffer); // bfloat16 is the upper half of a float32
    for (let i = 0; i < halves.length; i++) words[i] = halves[i] << 16;
  } else if (dtype === "F16") {
    for (let i = 0; i < halves.length; i++) {
      const sign = halves[i] & 0x8000 ? -1 : 1;
      const exponent = (halves[i] >> 10) & 31;
      const fraction = halves[i] & 1023;
      if (exponent === 31) out[i] = fraction ? NaN : sign * Infinity;
      else if (exponent === 0) out[i] = sign * fraction * 2 ** -24;
      else out[i] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
    }
  } else throw new Error(`dtype ${dtype} is not supported`);
  return out;
}

/** The tensors whose name begins with `prefix`, by name; other tensors stay on the server.
 * @param {URL | string} url
 * @param {string} prefix
 * @returns {Promise<Map<string, Tensor>>} */
export async function fetchTensors(url, prefix) {
  let chunk = await fetchBytes(url, 0, HEAD_BYTES);
  /** @type {(start: number, end: number) => Promise<Uint8Array>} */
  const bytes = async (start, end) => {
    if (!cut(chunk, start, end)) chunk = await fetchBytes(url, start, end);
    const found = cut(chunk, start, end);
    if (!found) throw new Error("not a safetensors file: it ends too early");
    return found;
  };
  const length = Number(new DataView((await bytes(0, 8)).buffer).getBigUint64(0, true));
  if (length > 1e8) throw new Error("not a safetensors file");
  const data = 8 + length;
  /** @type {Record<string, { dtype: string, shape: number[], data_offsets: [number, number] }>} */
  const header = JSON.parse(new TextDecoder().decode(await bytes(8, data)));
  const wanted = Object.entries(header).filter(
    ([name]) => name !== "__metadata__" && name.startsWith(prefix),
  );
  const offsets = wanted.flatMap(([, { data_offsets }]) => data_offsets);
  const first = Math.min(...offsets);
  const all = wanted.length ? await bytes(data + first, data + Math.max(...offsets)) : new Uint8Array();
  return new Map(
    wanted.map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ]) => {
        return [name, { shape, data: toFloat32(all.slice(from - first, to - first), dtype) }];
      },
    ),
  );
}

/** The linear layers among tensors named `<anything>.<index>.weight` and `.bias`, in order of the index.
 * @param {Map<string, Tensor>} tensors
 * @returns {Layer[]} */
export function toLayers(tensors) {
  /** @type {Map<number, any>} */
  const layers = new Map();
  for (const [name, { shape, data }] of tensors) {
    const [index, kind] = name.split(".").slice(-2);
    const layer = layers.get(Number(index)) ?? {};
    layers.set(Number(index), layer);
    layer[kind] = data;
    if (kind === "weight") layer.shape = shape;
  }
  return [...layers].sort(([a], [b]) => a - b).map(([, layer]) => layer);
}
