/* Where a code lies on a map. A map is a unit square: u to the right (z1), v upwards (z2).
 *
 *   SPACINGS[name](chart)             {toUnit(value, axis), toCode(u, axis)}: a coordinate of a code <-> its place
 *   layOut(width, ratio, side)        the map's size and margins in device pixels
 *   toPixels(plot, spacing, z)        the pixel of a code; toSquare(plot, x, y) the place (u, v) of a pixel
 *   tileCodes(spacing, tiles)         z1 of each column of tiles, z2 of each row from the top
 *   ticksOf(low, high)                the numbers on an axis; axisName(axis, name, chart)
 *   ellipse(mu, sigma, deviations), line(start, end)    codes along a curve
 *   lensCentre(plot, pixel, half)     the corner that is free of a pixel
 */

import { clamp, minus, normalCdf, normalQuantile, range } from "../../browser/numbers.js";

/** @typedef {[number, number]} Pair  two coordinates of a code, or of a pixel */
/** The part of a chart (view.py) that says where codes lie: the ends of each axis, and a Gaussian for each.
 * @typedef {{ axes: Pair[], location: number[], scale: number[] }} Axes */
/** @typedef {{ toUnit(value: number, axis: number): number, toCode(u: number, axis: number): number }} Spacing */
/** Sizes in device pixels; `left` and `top` are where the square begins, `ratio` is device pixels in a CSS pixel.
 * @typedef {{ size: number, left: number, top: number, width: number, height: number, ratio: number,
 *   tiles: number }} Plot */

const MARGIN = { left: 30, right: 4, top: 20, bottom: 36 }; // of the axes, in CSS pixels
const LEAST_TILE = 18; // CSS pixels: a smaller digit cannot be read
const EDGE = 0.001; // share of the Gaussian beyond each edge of the map, for the quantiles of 0 and 1 are infinite
const CURVE = range(65).map((i) => i / 64);

/** Codes at even distances.
 * @param {Axes} chart
 * @returns {Spacing} */
function linear({ axes }) {
  return {
    toUnit: (value, axis) => (value - axes[axis][0]) / (axes[axis][1] - axes[axis][0]),
    toCode: (u, axis) => axes[axis][0] + u * (axes[axis][1] - axes[axis][0]),
  };
}

/** Equal shares of the Gaussian at even distances.
 * @param {Axes} chart
 * @returns {Spacing} */
function inverseGaussian({ location, scale }) {
  return {
    toUnit: (value, axis) => normalCdf((value - location[axis]) / scale[axis]),
    toCode: (u, axis) => location[axis] + scale[axis] * normalQuantile(clamp(u, EDGE, 1 - EDGE)),
  };
}

/** @type {Record<string, (chart: Axes) => Spacing>} */
export const SPACINGS = { linear, inverse_gaussian: inverseGaussian };

/** The largest map that fits: a whole number of tiles, each a whole number of times as large as a digit.
 * @param {number} width that there is, in CSS pixels
 * @param {number} ratio
 * @param {number} side of a digit, in its own pixels
 * @returns {Plot} */
export function layOut(width, ratio, side) {
  const tile = side * Math.ceil((LEAST_TILE * ratio) / side);
  const tiles = Math.max(2, Math.floor(((width - MARGIN.left - MARGIN.right) * ratio) / tile));
  const size = tiles * tile;
  const [left, right, top, bottom] = [MARGIN.left, MARGIN.right, MARGIN.top, MARGIN.bottom].map((margin) =>
    Math.round(margin * ratio),
  );
  return { size, left, top, width: size + left + right, height: size + top + bottom, ratio, tiles };
}

/** @param {Plot} plot
 * @param {Spacing} spacing
 * @param {ArrayLike<number>} z
 * @returns {Pair} */
export const toPixels = ({ size, left, top }, spacing, z) => [
  left + spacing.toUnit(z[0], 0) * size,
  top + (1 - spacing.toUnit(z[1], 1)) * size,
];

/** The place of a pixel on the map; of one beside the map, the nearest place on it.
 * @param {Plot} plot
 * @param {number} x
 * @param {number} y
 * @returns {Pair} */
export const toSquare = ({ size, left, top }, x, y) => [
  clamp((x - left) / size, 0, 1),
  clamp(1 - (y - top) / size, 0, 1),
];

/** Codes in the middles of tiles.
 * @param {Spacing} spacing
 * @param {number} tiles
 * @returns {{ columns: number[], rows: number[] }} */
export function tileCodes(spacing, tiles) {
  const codes = (/** @type {number} */ axis) =>
    range(tiles).map((i) => spacing.toCode((i + 0.5) / tiles, axis));
  return { columns: codes(0), rows: codes(1).reverse() };
}

/** Round numbers from `low` to `high`, each with its text and its share of the way.
 * @param {number} low
 * @param {number} high */
export function ticksOf(low, high) {
  const step =
    [0.25, 0.5, 1, 2, 5, 10, 20, 50, 100].find((step) => (high - low) / step <= 8) ?? (high - low) / 4;
  const ticks = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step)
    ticks.push({ label: minus(String(+tick.toFixed(2))), share: (tick - low) / (high - low) });
  return ticks;
}

/** What an axis shows: the coordinate, or its share of the Gaussian, which is Phi of it for N(0, 1).
 * @param {number} axis
 * @param {string} spacing
 * @param {Axes} chart */
export function axisName(axis, spacing, { location, scale }) {
  const code = `z${"\u2081\u2082"[axis]}`;
  if (spacing === "linear") return code;
  const standard = location[axis] === 0 && scale[axis] === 1;
  return standard ? `\u03a6(${code})` : `\u03a6((${code} \u2212 m) / s)`;
}

/** Codes on an ellipse around mu.
 * @param {Pair} mu
 * @param {Pair} sigma
 * @param {number} deviations
 * @returns {Pair[]} */
export const ellipse = (mu, sigma, deviations) =>
  CURVE.map((t) => [
    mu[0] + deviations * sigma[0] * Math.cos(2 * Math.PI * t),
    mu[1] + deviations * sigma[1] * Math.sin(2 * Math.PI * t),
  ]);

/** Codes on the straight line between two, which is a curve on a map with another spacing.
 * @param {Pair} start
 * @param {Pair} end
 * @returns {Pair[]} */
export const line = (start, end) =>
  CURVE.map((t) => [start[0] + t * (end[0] - start[0]), start[1] + t * (end[1] - start[1])]);

/** The middle of a square of `half` its side in the corner of the map that lies farthest from a pixel.
 * @param {Plot} plot
 * @param {Pair} pixel
 * @param {number} half
 * @returns {Pair} */
export const lensCentre = ({ size, left, top }, [x, y], half) => [
  x < left + size / 2 ? left + size - half : left + half,
  y < top + size / 2 ? top + size - half : top + half,
];
