/* Draws pictures of digits: one on a canvas, many as strips.
 *
 *   paint(canvas, unit)                 one picture in [0, 1]
 *   paintRows(canvas, rows, gap)        rows of pictures, all of one length; null leaves grey
 *   addRow(parent, label, pictures)     a canvas of pictures side by side, under its label
 */

import { clamp } from "../browser/numbers.js";
import { add } from "./dom.js";

/** @typedef {Float32Array | null} Picture  in [0, 1] */

export const SIDE = 28;

const picture = new ImageData(SIDE, SIDE);
const words = new Uint32Array(picture.data.buffer); // a pixel each: opaque, blue, green, red
const GREY = 0xff808080;

/** @param {HTMLCanvasElement} canvas
 * @param {Picture} unit
 * @param {number} [x]
 * @param {number} [y] */
export function paint(canvas, unit, x = 0, y = 0) {
  for (let i = 0; i < words.length; i++)
    words[i] = unit ? 0xff000000 | (Math.round(clamp(unit[i], 0, 1) * 255) * 0x010101) : GREY;
  canvas.getContext("2d").putImageData(picture, x, y);
}

/** @param {HTMLCanvasElement} canvas
 * @param {Picture[][]} rows */
export function paintRows(canvas, rows) {
  const cell = SIDE + 1;
  Object.assign(canvas, { width: cell * rows[0].length - 1, height: cell * rows.length - 1 });
  const context = canvas.getContext("2d");
  context.fillStyle = "#808080";
  context.fillRect(0, 0, canvas.width, canvas.height);
  rows.forEach((row, y) => row.forEach((one, x) => paint(canvas, one, x * cell, y * cell)));
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
