/* Distributions in the plane whose density, mass on a cell, samples and modes are known exactly.
 *
 *   DISTRIBUTIONS[name](strokes)    a `Mixture`: .sample, .density, .cellMasses, .components, .numModes
 *   arc(x, y, radius, from, to)     points of a path
 *   EXTENT, PEN_SIGMA
 */

import { normalCdf, range } from "./numbers.js";

/** @import { Random } from "./numbers.js" */
/** @typedef {[number, number]} Point */
/** @typedef {{ x: number, y: number, sigma: number, weight: number, mode: number }} Component
 * a round Gaussian; all components of one `mode` make up one mode */

export const EXTENT = 3; // the plane is shown, and measured, on [-EXTENT, EXTENT]^2
export const PEN_SIGMA = 0.12; // half-width of what is drawn by hand

/** A mixture of round Gaussians.
 *
 * Curves are mixtures too: with centres one sigma apart the density along a curve ripples by less than one
 * part in 10^7.
 */
export class Mixture {
  /** @param {Component[]} components */
  constructor(components) {
    const total = components.reduce((sum, { weight }) => sum + weight, 0);
    this.components = components.map((one) => ({ ...one, weight: one.weight / total }));
    let sum = 0;
    this.cumulative = Float64Array.from(this.components, ({ weight }) => (sum += weight));
    this.numModes = new Set(components.map(({ mode }) => mode)).size;
    this.modeWeights = new Float64Array(this.numModes);
    for (const { mode, weight } of this.components) this.modeWeights[mode] += weight;
  }

  /** @param {number} x @param {number} y */
  density(x, y) {
    let sum = 0;
    for (const c of this.components) {
      const square = ((x - c.x) ** 2 + (y - c.y) ** 2) / c.sigma ** 2;
      sum += (c.weight * Math.exp(-0.5 * square)) / (2 * Math.PI * c.sigma ** 2);
    }
    return sum;
  }

  /** Fills `points` (n, 2) with samples.
   * @param {Float64Array} points
   * @param {number} n
   * @param {Random} random */
  sample(points, n, random) {
    for (let i = 0; i < n; i++) {
      const u = random.uniform();
      let low = 0;
      let high = this.components.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (this.cumulative[middle] <= u) low = middle + 1;
        else high = middle;
      }
      const { x, y, sigma } = this.components[low];
      points[2 * i] = x + sigma * random.normal();
      points[2 * i + 1] = y + sigma * random.normal();
    }
  }

  /** Probability of each of `side`^2 equal cells of the shown square, row by row from y = -EXTENT upwards.
   * @param {number} side */
  cellMasses(side) {
    const masses = new Float64Array(side * side);
    const columns = new Float64Array(side);
    const rows = new Float64Array(side);
    for (const { x, y, sigma, weight } of this.components) {
      fillMasses(columns, x, sigma);
      fillMasses(rows, y, sigma);
      for (let row = 0, cell = 0; row < side; row++) {
        const share = weight * rows[row];
        if (share < 1e-12) cell += side;
        else for (let column = 0; column < side; column++, cell++) masses[cell] += share * columns[column];
      }
    }
    return masses;
  }
}

/** Fills `out` with the masses of N(centre, sigma^2) on equal pieces of [-EXTENT, EXTENT].
 * @param {Float64Array} out
 * @param {number} centre
 * @param {number} sigma */
function fillMasses(out, centre, sigma) {
  const edge = (/** @type {number} */ i) => ((2 * i) / out.length - 1) * EXTENT;
  let before = normalCdf((edge(0) - centre) / sigma);
  for (let i = 1; i <= out.length; i++) {
    const after = normalCdf((edge(i) - centre) / sigma);
    out[i - 1] = after - before;
    before = after;
  }
}

/** Components one sigma apart along the path through `points`, of weight 1 each.
 * @param {Point[]} points
 * @param {number} sigma
 * @param {number} mode */
function alongPath(points, sigma, mode) {
  const [[x, y]] = points;
  const components = [{ x, y, sigma, weight: 1, mode }];
  let missing = sigma; // length to go to the next centre
  for (let i = 1; i < points.length; i++) {
    const [x0, y0] = points[i - 1];
    const [x1, y1] = points[i];
    const length = Math.hypot(x1 - x0, y1 - y0);
    let at = missing;
    for (; at <= length; at += sigma) {
      const t = at / length;
      components.push({ x: x0 + t * (x1 - x0), y: y0 + t * (y1 - y0), sigma, weight: 1, mode });
    }
    missing = at - length;
  }
  return components;
}

/** Points of an arc round (x, y), from one angle to another.
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {number} from
 * @param {number} to
 * @returns {Point[]} */
export const arc = (x, y, radius, from, to) =>
  range(129).map((i) => {
    const angle = from + ((to - from) * i) / 128;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });

/** The distributions to choose from. "drawn" takes the strokes of a drawing: each is a mode.
 * @type {Record<string, (strokes?: Point[][]) => Mixture>} */
export const DISTRIBUTIONS = {
  ring: () =>
    new Mixture(
      range(8).map((mode) => {
        const angle = (mode * Math.PI) / 4;
        return { x: 2 * Math.cos(angle), y: 2 * Math.sin(angle), sigma: 0.2, weight: 1, mode };
      }),
    ),
  grid: () =>
    new Mixture(
      range(25).map((mode) => ({
        x: 1.1 * ((mode % 5) - 2),
        y: 1.1 * (Math.floor(mode / 5) - 2),
        sigma: 0.12,
        weight: 1,
        mode,
      })),
    ),
  moons: () =>
    new Mixture([
      ...alongPath(arc(-0.75, -0.4, 1.5, 0, Math.PI), 0.14, 0),
      ...alongPath(arc(0.75, 0.4, 1.5, Math.PI, 2 * Math.PI), 0.14, 1),
    ]),
  gaussians: () =>
    new Mixture([
      { x: -1.3, y: 1.1, sigma: 0.45, weight: 5, mode: 0 },
      { x: 1.5, y: 0.9, sigma: 0.3, weight: 3, mode: 1 },
      { x: 0.2, y: -1.5, sigma: 0.2, weight: 2, mode: 2 },
    ]),
  drawn: (strokes = []) => new Mixture(strokes.flatMap((points, mode) => alongPath(points, PEN_SIGMA, mode))),
};
