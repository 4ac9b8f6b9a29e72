/* The test pictures that come with the app, as tensors: what space/pictures/sheets.py has.
 *
 *   await digit(index)             (1, 28, 28, 1), counted class by class
 *   await emoji(index, domain)     (1, 64, 64, 3), as the designers of domain "a" or "b" drew it
 */

/** @import { Tensor } from "../browser/nn.js" */

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

/** @param {number} index */
export const digit = (index) => picture("digits", index);

/** @param {number} index
 * @param {string} domain */
export const emoji = (index, domain) => picture("emoji", 2 * index + "ab".indexOf(domain));
