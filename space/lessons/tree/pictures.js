/* The density of a family on a grid of the shown square, row by row from below; in pieces.
 *
 *   yield* picture(learner, "rough" | "fine")      -> Float32Array, side * side
 *   bumps(centres, weights, width, side)           a sum of equal round Gaussians
 */

import { EXTENT } from "../../browser/mixtures.js";
import { middles } from "../../browser/plane/data.js";

/** @import { Learner } from "../../browser/plane/families.js" */

const SIDES = { rough: 48, fine: 96 };
const ODE_SIDES = { rough: 24, fine: 56 };
const ODE_STEPS = { rough: 10, fine: 24 };
const ODE_SLICE = 96;
const CODES = { rough: 64, fine: 160 }; // a side of the grid of latents
const CODE_REACH = 4.5;
const FAR = 4.5; // widths from a centre beyond which a bump is nothing

/** @param {Learner} learner
 * @param {"rough" | "fine"} quality
 * @returns {Generator<undefined, Float32Array | null>} */
export function* picture(learner, quality) {
  const { name } = learner;
  /** @type {any} */
  const family = learner.family;
  const side = SIDES[quality];
  if (name === "kernels") {
    const weights = new Float64Array(family.n).fill(1 / family.n);
    return bumps(family.points, weights, family.bandwidth, side);
  }
  if (name === "vae") return ofCodes(family, CODES[quality], side);
  if (!family.logDensity) return null;
  if (family.trajectory) return yield* ofOde(family, ODE_SIDES[quality], ODE_STEPS[quality]);
  const grid = middles(side);
  const density = new Float32Array(side * side);
  for (let row = 0; row < side; row++) {
    const some = family.logDensity(grid.subarray(2 * row * side, 2 * (row + 1) * side), side);
    for (let column = 0; column < side; column++) density[row * side + column] = Math.exp(some[column]);
    yield;
  }
  return density;
}

/** @param {any} family
 * @param {number} side
 * @param {number} steps  of the ODE: fewer than where it is scored
 * @returns {Generator<undefined, Float32Array>} */
function* ofOde(family, side, steps) {
  const grid = middles(side);
  const density = new Float32Array(side * side);
  for (let first = 0; first < side * side; first += ODE_SLICE) {
    const size = Math.min(ODE_SLICE, side * side - first);
    const logs = family.logDensity(grid.subarray(2 * first, 2 * (first + size)), size, steps);
    for (let i = 0; i < size; i++) density[first + i] = Math.exp(logs[i]);
    yield;
  }
  return density;
}

/** Of a VAE: a bump of its sigma where each of many latents goes, weighed by N(0, I).
 * @param {any} vae
 * @param {number} codes
 * @param {number} side */
function ofCodes(vae, codes, side) {
  const grid = middles(codes, CODE_REACH);
  const n = codes * codes;
  const centres = vae.decoder.forward(grid, n).slice(0, 2 * n);
  const weights = new Float64Array(n).map((_, i) =>
    Math.exp(-0.5 * (grid[2 * i] ** 2 + grid[2 * i + 1] ** 2)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return bumps(
    centres,
    weights.map((weight) => weight / total),
    vae.sigma,
    side,
  );
}

/** @param {Float64Array} centres  (n, 2)
 * @param {Float64Array} weights
 * @param {number} width  standard deviation of each
 * @param {number} side */
export function bumps(centres, weights, width, side) {
  const out = new Float32Array(side * side);
  const cell = (2 * EXTENT) / side;
  const across = new Float64Array(side);
  for (let i = 0; i < weights.length; i++) {
    const [x, y] = [centres[2 * i], centres[2 * i + 1]];
    const [left, right] = between(x, FAR * width, side);
    const [low, high] = between(y, FAR * width, side);
    for (let column = left; column <= right; column++)
      across[column] = Math.exp(-0.5 * (((column + 0.5) * cell - EXTENT - x) / width) ** 2);
    for (let row = low; row <= high; row++) {
      const up = ((row + 0.5) * cell - EXTENT - y) / width;
      const share = (weights[i] * Math.exp(-0.5 * up * up)) / (2 * Math.PI * width * width);
      for (let column = left, at = row * side + left; column <= right; column++, at++)
        out[at] += share * across[column];
    }
  }
  return out;
}

/** The cells whose middles lie around a place; none where it is far outside.
 * @param {number} place
 * @param {number} far
 * @param {number} side */
function between(place, far, side) {
  const at = (/** @type {number} */ value) => ((value + EXTENT) * side) / (2 * EXTENT) - 0.5;
  return [Math.max(0, Math.ceil(at(place - far))), Math.min(side - 1, Math.floor(at(place + far)))];
}
