/* A box on a picture, as shares of its sides: [left, top, right, bottom], each from 0 to 1.
 *
 *   moved(box, handle, right, down)   moved as a whole (""), or by one of its corners ("nw", "ne", "sw", "se")
 *   centred(box, x, y)                the box around another point
 */

import { clamp } from "./numbers.js";

/** @typedef {[number, number, number, number]} Box */

export const LEAST = 0.04; // width and height

/** @param {Box} box
 * @param {string} handle
 * @param {number} right
 * @param {number} down
 * @returns {Box} */
export function moved([left, top, end, bottom], handle, right, down) {
  if (!handle) {
    const across = clamp(right, -left, 1 - end);
    const along = clamp(down, -top, 1 - bottom);
    return [left + across, top + along, end + across, bottom + along];
  }
  return [
    handle.endsWith("w") ? clamp(left + right, 0, end - LEAST) : left,
    handle.startsWith("n") ? clamp(top + down, 0, bottom - LEAST) : top,
    handle.endsWith("e") ? clamp(end + right, left + LEAST, 1) : end,
    handle.startsWith("s") ? clamp(bottom + down, top + LEAST, 1) : bottom,
  ];
}

/** @param {Box} box
 * @param {number} x
 * @param {number} y */
export const centred = (box, x, y) => moved(box, "", x - (box[0] + box[2]) / 2, y - (box[1] + box[3]) / 2);
