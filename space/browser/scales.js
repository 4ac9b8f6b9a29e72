/* Scales of charts: where a value lies, and the round numbers on an axis.
 *
 *   linearScale(low, high), logScale(low, high)    -> place(value), 0 at `low` and 1 at `high`
 *   ticksBetween(low, high, count)                 about `count` round numbers
 *   decadesBetween(low, high, factors)             1, 2, 5, 10 ... between two positive numbers
 *   tickLabel(value), reading(value)               a number on an axis, and one beside a curve
 */

import { minus } from "./numbers.js";

/** @param {number} low @param {number} high */
export const linearScale = (low, high) => (/** @type {number} */ value) => (value - low) / (high - low);

/** @param {number} low @param {number} high  both positive */
export const logScale = (low, high) => (/** @type {number} */ value) =>
  Math.log(value / low) / Math.log(high / low);

/** Round numbers from `low` to `high`, about `count` of them.
 * @param {number} low
 * @param {number} high
 * @param {number} count */
export function ticksBetween(low, high, count) {
  const rough = (high - low) / count;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = size * ([1, 2, 5].find((factor) => factor * size >= rough * 0.999) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** 1, 2, 5, 10 and so on between two positive numbers.
 * @param {number} low
 * @param {number} high
 * @param {number[]} factors */
export function decadesBetween(low, high, factors = [1, 2, 5]) {
  const ticks = [];
  for (let decade = Math.floor(Math.log10(low)); decade <= Math.ceil(Math.log10(high)); decade++) {
    for (const factor of factors) ticks.push(Number((factor * 10 ** decade).toPrecision(3)));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

/** A tick's number: three significant digits at most.
 * @param {number} value */
export function tickLabel(value) {
  if (value !== 0 && (Math.abs(value) < 0.001 || Math.abs(value) >= 1e6))
    return minus(value.toExponential(0));
  return minus(Math.abs(value) >= 1000 ? value.toLocaleString("en") : String(Number(value.toPrecision(3))));
}

/** A curve's number, as wide all along the curve as can be, so that nothing moves beside it.
 * @param {number} value */
export function reading(value) {
  const size = Math.abs(value);
  if (size >= 1e6 || (size > 0 && size < 0.005)) return minus(value.toExponential(0));
  return minus(size >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(size >= 10 ? 1 : 2));
}
