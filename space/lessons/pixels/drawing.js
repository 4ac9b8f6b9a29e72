/* Draws the lesson's pictures: one that is being drawn, what was said of its pixels, where the surprise is.
 *
 *   drawPixels(canvas, colours, mark)     a colour for each pixel, and a frame around one of them
 *   black, shade(p), heat(nats), OPEN     colours
 */

import { clamp } from "../../browser/numbers.js";
import { add } from "../../page/dom.js";
import { SIDE } from "./densities.js";

/** @typedef {readonly [number, number, number]} Colour */

/** of a pixel of which nothing is known yet @type {Colour} */
export const OPEN = [51, 65, 115];
/** nats from which on the heat is brightest; log 2 is a fair coin's */
export const MOST_HEAT = 4;
/** @type {Colour[]} */
const HEAT = [
  [0, 0, 4],
  [81, 18, 124],
  [183, 55, 121],
  [252, 137, 97],
  [252, 253, 191],
];

/** @param {number} p
 * @returns {Colour} */
export function shade(p) {
  const grey = Math.round(255 * clamp(p, 0, 1));
  return [grey, grey, grey];
}

/** @param {number} nats
 * @returns {Colour} */
export function heat(nats) {
  const at = (clamp(nats, 0, MOST_HEAT) / MOST_HEAT) * (HEAT.length - 1);
  const i = Math.min(Math.floor(at), HEAT.length - 2);
  const mixed = HEAT[i].map((from, c) => Math.round(from + (at - i) * (HEAT[i + 1][c] - from)));
  return [mixed[0], mixed[1], mixed[2]];
}

const small = new ImageData(SIDE, SIDE);

/** @param {HTMLCanvasElement} canvas
 * @param {(i: number) => Colour} colourOf
 * @param {number | null} [mark]  a pixel */
export function drawPixels(canvas, colourOf, mark = null) {
  for (let i = 0; i < SIDE * SIDE; i++) {
    const [red, green, blue] = colourOf(i);
    small.data.set([red, green, blue, 255], 4 * i);
  }
  const scale = canvas.width / SIDE;
  const context = canvas.getContext("2d");
  if (scale === 1) return context.putImageData(small, 0, 0);
  const from = new OffscreenCanvas(SIDE, SIDE);
  from.getContext("2d").putImageData(small, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(from, 0, 0, canvas.width, canvas.height);
  if (mark === null) return;
  context.strokeStyle = "#f97316";
  context.lineWidth = 3;
  const [x, y] = [(mark % SIDE) * scale, Math.floor(mark / SIDE) * scale];
  context.strokeRect(x - 1.5, y - 1.5, scale + 3, scale + 3);
}

/** A row of a table, its first cell a heading.
 * @param {Element} body
 * @param {string[]} cells */
export function addCells(body, cells) {
  const line = add(body, "tr");
  cells.forEach((cell, i) => {
    const node = add(line, i ? "td" : "th", "", cell);
    if (!i) node.scope = "row";
  });
  return line;
}
