/* A mixture of Gaussians, fitted by expectation and maximisation (Dempster, Laird & Rubin 1977) from the centres of
 * k-means++ (Arthur & Vassilvitskii 2007).
 */

import { Random, range } from "../numbers.js";
import { fill, firstAbove } from "./counting.js";
import { logSumExp } from "./data.js";

/** @import { Plane } from "./data.js" */

const LEAST_VARIANCE = 1e-4; // added to each: no component may fall onto one point

const NUMBERS = 6; // of a component: log weight, x, y, and a, b, c of the factor [a, 0; b, c] of its covariance

/** K Gaussians with covariances of their own. */
export class Gaussians {
  /** @param {Plane} plane
   * @param {{ components: number, seed: number }} settings */
  constructor({ points, n }, { components, seed }) {
    this.points = points;
    this.n = n;
    this.random = new Random(seed);
    this.k = components;
    this.shares = new Float64Array(n * components); // responsibilities (n, K), first as logarithms
    this.parameters = new Float64Array(NUMBERS * components);
    this.steps = 0;
    this.start();
  }

  /** Centres by k-means++, each with the points nearest to it. EM climbs from there to the nearest top, which need not be
   * the highest: another seed may lead to another. */
  start() {
    const { points, n, k, random } = this;
    const nearest = new Float64Array(n).fill(Infinity);
    const centre = new Int32Array(n);
    const sums = new Float64Array(n);
    let chosen = Math.floor(n * random.uniform());
    for (let c = 0; c < k; c++) {
      for (let i = 0; i < n; i++) {
        const [dx, dy] = [points[2 * i] - points[2 * chosen], points[2 * i + 1] - points[2 * chosen + 1]];
        const square = dx * dx + dy * dy;
        if (square < nearest[i]) {
          nearest[i] = square;
          centre[i] = c;
        }
        sums[i] = nearest[i] + (i ? sums[i - 1] : 0);
      }
      chosen = firstAbove(sums, sums[n - 1] * random.uniform());
    }
    this.shares.fill(0);
    for (let i = 0; i < n; i++) this.shares[i * k + centre[i]] = 1;
    this.maximise();
  }

  /** The parameters for which the points are likeliest, their shares given. */
  maximise() {
    const { points, n, k, shares } = this;
    for (let c = 0; c < k; c++) {
      let [weight, x, y, xx, xy, yy] = [1e-9, 0, 0, 0, 0, 0];
      for (let i = 0; i < n; i++) {
        const share = shares[i * k + c];
        weight += share;
        x += share * points[2 * i];
        y += share * points[2 * i + 1];
      }
      [x, y] = [x / weight, y / weight];
      for (let i = 0; i < n; i++) {
        const share = shares[i * k + c];
        const [dx, dy] = [points[2 * i] - x, points[2 * i + 1] - y];
        xx += share * dx * dx;
        xy += share * dx * dy;
        yy += share * dy * dy;
      }
      const a = Math.sqrt(xx / weight + LEAST_VARIANCE);
      const b = xy / weight / a;
      const rest = Math.sqrt(yy / weight + LEAST_VARIANCE - b * b);
      this.parameters.set([Math.log(weight / n), x, y, a, b, rest], NUMBERS * c);
    }
  }

  /** The components, to draw them. */
  get components() {
    return range(this.k).map((j) => {
      const [logWeight, x, y, a, b, c] = this.parameters.subarray(NUMBERS * j, NUMBERS * (j + 1));
      return { logWeight, x, y, a, b, c };
    });
  }

  /** log(weight) + log N of each component, at `at` of `out`.
   * @param {number} px
   * @param {number} py
   * @param {Float64Array} out
   * @param {number} at */
  terms(px, py, out, at) {
    const { parameters } = this;
    for (let j = 0, from = 0; j < this.k; j++, from += NUMBERS) {
      const [a, c] = [parameters[from + 3], parameters[from + 5]];
      const u = (px - parameters[from + 1]) / a;
      const v = (py - parameters[from + 2] - parameters[from + 4] * u) / c;
      out[at + j] = parameters[from] - 0.5 * (u * u + v * v) - Math.log(2 * Math.PI * a * c);
    }
  }

  /** Shares of the components in each point; the mean -log p of the points. */
  expect() {
    const { points, n, k, shares } = this;
    let loss = 0;
    for (let i = 0; i < n; i++) {
      this.terms(points[2 * i], points[2 * i + 1], shares, i * k);
      const total = logSumExp(shares, i * k, k);
      loss -= total / n;
      for (let j = i * k; j < (i + 1) * k; j++) shares[j] = Math.exp(shares[j] - total);
    }
    return loss;
  }

  /** One step of EM; the mean -log p before it. */
  step() {
    const loss = this.expect();
    this.maximise();
    this.steps++;
    return loss;
  }

  /** @param {Float64Array} points
   * @param {number} n */
  logDensity(points, n) {
    const terms = new Float64Array(this.k);
    return Float64Array.from({ length: n }, (_, i) => {
      this.terms(points[2 * i], points[2 * i + 1], terms, 0);
      return logSumExp(terms, 0, this.k);
    });
  }

  /** @param {number} n
   * @param {Random} random */
  sample(n, random) {
    const { components } = this;
    const sums = Float64Array.from(components, ({ logWeight }) => Math.exp(logWeight));
    for (let j = 1; j < sums.length; j++) sums[j] += sums[j - 1];
    return fill(n, () => {
      const { x, y, a, b, c } = components[firstAbove(sums, sums[sums.length - 1] * random.uniform())];
      const [u, v] = [random.normal(), random.normal()];
      return [x + a * u, y + b * u + c * v];
    });
  }
}
