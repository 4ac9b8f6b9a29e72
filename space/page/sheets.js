/* The test pictures that come with the app, as tensors: what space/pictures/sheets.py has.
 *
 *   await digit(index)             (1, 28, 28, 1), counted class by class
 *   await emoji(index, domain)     (1, 64, 64, 3), as the designers of domain "a" or "b" drew it
 *   wrongWith(source, own)         key of what is wrong with the digit of a picture source (picture_source.py)
 *   await chosen(source, index, own)   the digit where nothing is wrong with it
 */

import { tensor } from "../browser/nn.js";
import { base64ToFloats } from "../browser/numbers.js";

/** @import { Tensor } from "../browser/nn.js" */
/** `pictures_of` of digits.py.
 * @typedef {Record<string, { digit?: string, problem?: string }>} Own */

const SHAPES = { digits: [1, 28, 28, 1], emoji: [1, 64, 64, 3] };
/** @type {Map<string, Promise<Uint8Array>>} */
const sheets = new Map(); // those that were asked for

/** @param {string} name
 * @returns {Promise<Uint8Array>} */
async function fetchSheet(name) {
  const answer = await fetch(new URL(`../pictures/${name}.u8`, import.meta.url));
  if (!answer.ok) throw new Error(`the test pictures cannot be had: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** @param {"digits" | "emoji"} name
 * @param {number} place of the picture on its sheet
 * @returns {Promise<Tensor>} */
async function picture(name, place) {
  if (!sheets.has(name)) sheets.set(name, fetchSheet(name));
  const shape = SHAPES[name];
  const size = shape.reduce((a, b) => a * b);
  try {
    const bytes = (await sheets.get(name)).subarray(place * size, (place + 1) * size);
    if (bytes.length < size) throw new RangeError(`there is no picture ${place} among the ${name}`);
    return { shape, data: Float32Array.from(bytes, (byte) => byte / 255) };
  } catch (error) {
    if (!(error instanceof RangeError)) sheets.delete(name); // so that it can be tried again
    throw error;
  }
}

/** @param {string} source
 * @param {Own} [own]  what the visitor drew and uploaded, once the server has read it
 * @returns {string | undefined} */
export function wrongWith(source, own) {
  if (source === "digit" || own?.[source]?.digit) return undefined;
  return own?.[source]?.problem ?? (source === "draw" ? "problem.empty_drawing" : "problem.no_image");
}

/** @param {string} source
 * @param {number} index
 * @param {Own} [own]
 * @returns {Promise<Tensor>} */
export async function chosen(source, index, own) {
  if (source === "digit") return digit(index);
  return tensor(SHAPES.digits, base64ToFloats(own[source].digit));
}

/** @param {number} index */
export const digit = (index) => picture("digits", index);

/** @param {number} index
 * @param {string} domain */
export const emoji = (index, domain) => picture("emoji", 2 * index + "ab".indexOf(domain));
