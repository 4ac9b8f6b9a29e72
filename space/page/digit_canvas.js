/* Draws small square pictures, of digits in most cases: one on a canvas, many as strips.
 *
 *   shapeOf(length)                     side and channels of a picture of so many numbers: grey, or RGB
 *   paint(canvas, unit)                 one picture in [0, 1]
 *   paintRows(canvas, rows, gap)        rows of pictures, all of one length; null leaves grey
 *   addRow(parent, label, pictures)     a canvas of pictures side by side, under its label
 */

import { clamp } from "../browser/numbers.js";
import { add } from "./dom.js";

/** @typedef {Float32Array | null} Picture  in [0, 1] */

export const SIDE = 28;

const GREY = 0xff808080;
let picture = new ImageData(SIDE, SIDE); // that was painted last

/** A square number is never three times another one, so that the length tells the shape.
 * @param {number} length
 * @returns {[number, number]} */
export function shapeOf(length) {
  const channels = Number.isInteger(Math.sqrt(length)) ? 1 : 3;
  return [Math.sqrt(length / channels), channels];
}

/** @param {HTMLCanvasElement} canvas
 * @param {Picture} unit */
export function paint(canvas, unit) {
  const [side] = unit ? shapeOf(unit.length) : [canvas.width];
  if (canvas.width !== side) Object.assign(canvas, { width: side, height: side });
  put(canvas, unit, side, 0, 0);
}

/** @param {HTMLCanvasElement} canvas
 * @param {Picture} unit
 * @param {number} side
 * @param {number} x
 * @param {number} y */
function put(canvas, unit, side, x, y) {
  if (picture.width !== side) picture = new ImageData(side, side);
  const words = new Uint32Array(picture.data.buffer); // a pixel each: opaque, blue, green, red
  const [, channels] = shapeOf(unit?.length ?? 1);
  const byte = (/** @type {number} */ i) => Math.round(clamp(unit[i], 0, 1) * 255);
  const colour = {
    1: (/** @type {number} */ i) => byte(i) * 0x010101,
    3: (/** @type {number} */ i) => byte(3 * i) | (byte(3 * i + 1) << 8) | (byte(3 * i + 2) << 16),
  }[channels];
  for (let i = 0; i < words.length; i++) words[i] = unit ? 0xff000000 | colour(i) : GREY;
  canvas.getContext("2d").putImageData(picture, x, y);
}

/** @param {HTMLCanvasElement} canvas
 * @param {Picture[][]} rows */
export function paintRows(canvas, rows) {
  const [side] = shapeOf(rows.flat().find((one) => one)?.length ?? SIDE ** 2);
  const cell = side + 1;
  Object.assign(canvas, { width: cell * rows[0].length - 1, height: cell * rows.length - 1 });
  const context = canvas.getContext("2d");
  context.fillStyle = "#808080";
  context.fillRect(0, 0, canvas.width, canvas.height);
  rows.forEach((row, y) => row.forEach((one, x) => put(canvas, one, side, x * cell, y * cell)));
}

/** Pictures side by side at the end of `parent`, a line for each under them if `captions` are given.
 * @param {Element} parent
 * @param {string} label
 * @param {Picture[]} pictures
 * @param {string[]} [captions] */
export function addRow(parent, label, pictures, captions) {
  const row = add(parent, "figure", "line");
  if (label) add(row, "figcaption", "", label);
  const canvas = add(row, "canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", [label, ...(captions ?? [])].join(" "));
  canvas.style.setProperty("--columns", pictures.length);
  paintRows(canvas, [pictures]);
  if (!captions) return;
  const list = add(row, "div", "captions");
  list.setAttribute("aria-hidden", "true");
  list.style.setProperty("--columns", pictures.length);
  for (const caption of captions) add(list, "span", "", caption);
}
