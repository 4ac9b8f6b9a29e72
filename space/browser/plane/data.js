/* Data in the plane that families of densities learn from, and how far a family is from where the data came from.
 *
 *   DATA[name](strokes)              the distributions of mixtures.js, and a spiral
 *   new Plane(mixture, seed, n)      .points to learn from, .held for the scores
 *   score(logDensities, plane)       mean log p of held-out points, with its standard error, and KL to the truth
 *   middles(side), integral(...)     a grid of the shown square, and a density's integral over it
 *
 * All likelihoods are in nats.
 */

import { DISTRIBUTIONS, EXTENT, Mixture } from "../mixtures.js";
import { Random, range } from "../numbers.js";

export const TRAINED = 8000; // points to learn from; from half as many, the 119 numbers of a mixture of 20 Gaussians
// would be 119 / 8000 nats from the truth by the points' chance alone
export const HELD_OUT = 2000; // points for the score

/** Points of a distribution: those to learn from, and others for the score. Throws a RangeError where none of those to
 * learn from lies in the shown square, or there are none. */
export class Plane {
  /** @param {Mixture} truth
   * @param {number} seed
   * @param {number} [n]  points to learn from */
  constructor(truth, seed, n = TRAINED) {
    if (!truth.components.length) throw new RangeError("there is nothing to learn from");
    const random = new Random(seed);
    this.truth = truth;
    this.n = n;
    this.points = new Float64Array(2 * n);
    this.held = new Float64Array(2 * HELD_OUT);
    truth.sample(this.points, n, random);
    truth.sample(this.held, HELD_OUT, random);
    const isInside = (/** @type {number} */ i) =>
      Math.max(Math.abs(this.points[2 * i]), Math.abs(this.points[2 * i + 1])) < EXTENT;
    this.inside = range(n).filter(isInside).length;
    if (!this.inside) throw new RangeError("none of the points lies in the plane");
  }

  /** Fills `batch` (size, 2) with points drawn at random.
   * @param {Float64Array} batch
   * @param {number} size
   * @param {Random} random */
  draw(batch, size, random) {
    for (let i = 0; i < size; i++) {
      const from = 2 * Math.floor(this.n * random.uniform());
      batch[2 * i] = this.points[from];
      batch[2 * i + 1] = this.points[from + 1];
    }
    return batch;
  }
}

/** A spiral of one turn and a half.
 * @returns {Mixture} */
export function spiral() {
  const components = [];
  const sigma = 0.12;
  let last = null;
  for (const t of range(2049).map((i) => i / 2048)) {
    const [angle, radius] = [3 * Math.PI * t, 0.35 + 1.9 * t];
    const [x, y] = [radius * Math.cos(angle), radius * Math.sin(angle)];
    if (last && Math.hypot(x - last.x, y - last.y) < sigma) continue;
    last = { x, y, sigma, weight: 1, mode: 0 };
    components.push(last);
  }
  return new Mixture(components);
}

/** What there is to learn: the distributions of the game, and a spiral.
 * @type {typeof DISTRIBUTIONS} */
export const DATA = { ...DISTRIBUTIONS, spiral };

/** Mean log p of the held-out points with its standard error, and KL(truth || family) on them with its own. Where a
 * family gives `impossible` points no density at all, logP is -Infinity, KL is Infinity, and they have no error.
 * @param {Float64Array} logDensities  of plane.held
 * @param {{ truth: Mixture, held: Float64Array }} plane */
export function score(logDensities, { truth, held }) {
  const gaps = Array.from(
    logDensities,
    (log, i) => Math.log(truth.density(held[2 * i], held[2 * i + 1])) - log,
  );
  const [logP, kl] = [meanOf(Array.from(logDensities)), meanOf(gaps)];
  const impossible = logDensities.reduce((sum, log) => sum + Number(log === -Infinity), 0);
  return { logP: logP.mean, logPError: logP.error, kl: kl.mean, klError: kl.error, impossible };
}

/** @param {number[]} values */
function meanOf(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(square / values.length) };
}

/** Middles (side * side, 2) of equal cells of the square [-extent, extent]^2, row by row from below.
 * @param {number} side
 * @param {number} [extent] */
export function middles(side, extent = EXTENT) {
  const points = new Float64Array(2 * side * side);
  for (let row = 0, i = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      points[i++] = (2 * (column + 0.5) * extent) / side - extent;
      points[i++] = (2 * (row + 0.5) * extent) / side - extent;
    }
  return points;
}

/** Integral of a density over the square [-extent, extent]^2, by the midpoint rule.
 * @param {(points: Float64Array, n: number) => Float64Array} logDensity
 * @param {number} side
 * @param {number} [extent] */
export function integral(logDensity, side, extent = EXTENT) {
  const cell = (2 * extent) / side;
  return (
    logDensity(middles(side, extent), side * side).reduce((sum, value) => sum + Math.exp(value), 0) *
    cell *
    cell
  );
}

/** log of the sum of exp(values[start ... start + n - 1]).
 * @param {Float64Array} values
 * @param {number} start
 * @param {number} n */
export function logSumExp(values, start, n) {
  let most = -Infinity;
  for (let i = start; i < start + n; i++) most = Math.max(most, values[i]);
  if (most === -Infinity) return most;
  let sum = 0;
  for (let i = start; i < start + n; i++) if (values[i] > most - 40) sum += Math.exp(values[i] - most); // the rest is dust
  return most + Math.log(sum);
}
