/* The two oldest densities: counting in cells (a histogram), and a bump on each point (kernel density estimation,
 * Parzen 1962). Neither has steps to learn in.
 */

import { EXTENT } from "../mixtures.js";
import { logSumExp } from "./data.js";

/** @import { Random } from "../numbers.js" */
/** @import { Plane } from "./data.js" */

/** What becomes of a histogram in other dimensions: how many cells there are, as a power of ten, and the points that
 * each gets on average.
 * @param {number} side  cells along each axis
 * @param {number} n  points
 * @param {number} dimensions */
export function curse(side, n, dimensions) {
  const cells = dimensions * Math.log10(side); // 10 to the power of
  return { cells, points: Math.log10(n) - cells }; // 10 to the power of
}

/** Counts in `side`^2 equal cells of the shown square. Points outside have density 0, as have empty cells. */
export class Histogram {
  /** @param {Plane} plane
   * @param {{ side: number }} settings */
  constructor({ points, n }, { side }) {
    this.side = side;
    this.counts = new Float64Array(side * side);
    this.inside = 0;
    for (let i = 0; i < n; i++) {
      const cell = this.cellOf(points[2 * i], points[2 * i + 1]);
      if (cell < 0) continue;
      this.counts[cell]++;
      this.inside++;
    }
  }

  /** @param {number} x @param {number} y */
  cellOf(x, y) {
    const [column, row] = [x, y].map((at) => Math.floor(((at + EXTENT) * this.side) / (2 * EXTENT)));
    const inside = column >= 0 && row >= 0 && column < this.side && row < this.side;
    return inside ? row * this.side + column : -1;
  }

  /** @param {Float64Array} points
   * @param {number} n */
  logDensity(points, n) {
    const area = ((2 * EXTENT) / this.side) ** 2;
    return Float64Array.from({ length: n }, (_, i) => {
      const cell = this.cellOf(points[2 * i], points[2 * i + 1]);
      return cell < 0 ? -Infinity : Math.log(this.counts[cell] / (this.inside * area));
    });
  }

  /** @param {number} n
   * @param {Random} random */
  sample(n, random) {
    const width = (2 * EXTENT) / this.side;
    const sums = this.counts.slice();
    for (let i = 1; i < sums.length; i++) sums[i] += sums[i - 1];
    return fill(n, () => {
      const cell = firstAbove(sums, this.inside * random.uniform());
      const column = cell % this.side;
      return [column, (cell - column) / this.side].map((at) => -EXTENT + width * (at + random.uniform()));
    });
  }
}

/** Bumps N(point, h^2) of equal weight on the points to learn from. */
export class Kernels {
  /** @param {{ points: Float64Array, n: number }} plane
   * @param {{ bandwidth: number }} settings */
  constructor({ points, n }, { bandwidth }) {
    this.points = points;
    this.n = n;
    this.bandwidth = bandwidth; // may change at any time
    this.terms = new Float64Array(n);
  }

  /** @param {Float64Array} points
   * @param {number} n */
  logDensity(points, n) {
    const { bandwidth: h, terms } = this;
    const shift = -Math.log(this.n * 2 * Math.PI * h * h);
    return Float64Array.from({ length: n }, (_, i) => {
      const [x, y] = [points[2 * i], points[2 * i + 1]];
      for (let k = 0; k < this.n; k++) {
        const [dx, dy] = [x - this.points[2 * k], y - this.points[2 * k + 1]];
        terms[k] = (-0.5 * (dx * dx + dy * dy)) / (h * h);
      }
      return shift + logSumExp(terms, 0, this.n);
    });
  }

  /** @param {number} n
   * @param {Random} random */
  sample(n, random) {
    return fill(n, () => {
      const k = 2 * Math.floor(this.n * random.uniform());
      return [this.points[k], this.points[k + 1]].map((at) => at + this.bandwidth * random.normal());
    });
  }
}

/** Points (n, 2), one by one.
 * @param {number} n
 * @param {(i: number) => number[]} make */
export function fill(n, make) {
  const points = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) points.set(make(i), 2 * i);
  return points;
}

/** The first place whose sum is above `value`; `sums` do not fall.
 * @param {Float64Array} sums
 * @param {number} value */
export function firstAbove(sums, value) {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
