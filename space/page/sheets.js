/* The test pictures that come with the app, as tensors: what space/pictures/sheets.py has.
 *
 *   await digit(index)             (1, 28, 28, 1), counted class by class
 *   await example(examples, index, domain)   (1, side, side, channels): a test picture of a model's domain "a" or "b"
 *   wrongWith(source, own)         key of what is wrong with the digit of a picture source (picture_source.py)
 *   await chosen(source, index, own)   the digit where nothing is wrong with it
 */

import { tensor } from "../browser/nn.js";
import { base64ToBytes, base64ToFloats } from "../browser/numbers.js";

/** @import { Tensor } from "../browser/nn.js" */
/** `pictures_of` of digits.py.
 * @typedef {Record<string, { digit?: string, problem?: string }>} Own */

/** What view.py of the translate tab tells of a model's test pictures: a sheet in colour, or all their bytes.
 * @typedef {{ labels: string[], side: number, sheet: string | null, pixels: string | null, sprite: string }} Examples */

const DIGIT = [1, 28, 28, 1];
/** @type {Map<string, Promise<Uint8Array>>} */
const sheets = new Map(); // those that were asked for

/** @param {string} name
 * @returns {Promise<Uint8Array>} */
async function fetchSheet(name) {
  const answer = await fetch(new URL(`../pictures/${name}.u8`, import.meta.url));
  if (!answer.ok) throw new Error(`the test pictures cannot be had: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** @param {string} name of a sheet
 * @param {number} place of the picture on it
 * @param {number[]} shape
 * @returns {Promise<Tensor>} */
async function picture(name, place, shape) {
  if (!sheets.has(name)) sheets.set(name, fetchSheet(name));
  try {
    return cut(await sheets.get(name), place, shape);
  } catch (error) {
    if (!(error instanceof RangeError)) sheets.delete(name); // so that it can be tried again
    throw error;
  }
}

/** @param {Uint8Array} pictures one after the other
 * @param {number} place
 * @param {number[]} shape of one
 * @returns {Tensor} */
function cut(pictures, place, shape) {
  const size = shape.reduce((a, b) => a * b);
  const bytes = pictures.subarray(place * size, (place + 1) * size);
  if (bytes.length < size) throw new RangeError(`there is no picture ${place}`);
  return { shape, data: Float32Array.from(bytes, (byte) => byte / 255) };
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
  return tensor(DIGIT, base64ToFloats(own[source].digit));
}

/** @param {number} index */
export const digit = (index) => picture("digits", index, DIGIT);

/** The last of them for an index that is larger.
 * @param {Examples} examples
 * @param {number} index
 * @param {string} domain
 * @returns {Promise<Tensor>} */
export async function example({ labels, side, sheet, pixels }, index, domain) {
  const place = 2 * Math.min(index, labels.length - 1) + "ab".indexOf(domain);
  if (sheet) return picture(sheet, place, [1, side, side, 3]);
  const bytes = base64ToBytes(pixels);
  const channels = bytes.length / (2 * labels.length * side * side);
  return cut(bytes, place, [1, side, side, channels]);
}
