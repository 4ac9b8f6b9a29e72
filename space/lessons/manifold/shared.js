/* What the parts of this lesson tell one another.
 *
 *   mark(model, overlay, asked) the digits that are marked on the map of a model, or null; chosen at a time
 *   onMarks(model, callback)    calls back with them, now and whenever they change
 *   choose(x), chosen()         the first digit (1, 28, 28, 1), and a promise of it, which waits for there being one
 */

/** @import { Tensor } from "../../browser/nn.js" */
/** @import { Overlay } from "./marks.js" */
/** @typedef {(overlay: Overlay | null, asked: number) => void} Told */

/** @type {Map<string, [Overlay | null, number]>} */
const marks = new Map();
/** @type {Map<string, Told>} */
const told = new Map();

/** @param {string} model
 * @param {Overlay | null} overlay
 * @param {number} asked */
export function mark(model, overlay, asked) {
  marks.set(model, [overlay, asked]);
  told.get(model)?.(overlay, asked);
}

/** @param {string} model
 * @param {Told} callback */
export function onMarks(model, callback) {
  told.set(model, callback);
  const known = marks.get(model);
  if (known) callback(...known);
}

/** @type {Tensor | null} */
let digit = null;
/** @type {((x: Tensor) => void)[]} */
let waiting = [];

/** @param {Tensor} x */
export function choose(x) {
  digit = x;
  for (const resolve of waiting) resolve(x);
  waiting = [];
}

/** @returns {Promise<Tensor>} */
export const chosen = () => new Promise((resolve) => (digit ? resolve(digit) : waiting.push(resolve)));
