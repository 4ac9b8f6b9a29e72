/* A normalizing flow (RealNVP, Dinh et al. 2017): couplings that can be undone, from points to N(0, I). Each moves one
 * coordinate by a scale and a shift that a network makes of the other, so that the change of volume is the scale.
 */

import { Adam, Mlp } from "../networks.js";
import { range } from "../numbers.js";
import { LearnsByBatches } from "./batches.js";
import { fill } from "./counting.js";

/** @import { Random } from "../numbers.js" */
/** @import { Plane } from "./data.js" */

const BATCH = 256;
const HIDDEN = 32;
const MOST = 2; // of a log scale, either way

/** y[moved] = x[moved] exp(s) + t with (s, t) of the network; y[kept] = x[kept]. */
class Coupling {
  /** @param {number} kept  0 or 1
   * @param {Random} random */
  constructor(kept, random) {
    this.kept = kept;
    this.network = new Mlp([1, HIDDEN, HIDDEN, 2]).initialise(random);
    this.network.layers[2].weight.fill(0); // it begins as the identity
    this.reserve(0);
  }

  /** @param {number} n */
  reserve(n) {
    this.x = new Float64Array(2 * n);
    this.condition = new Float64Array(n);
    this.slopes = new Float64Array(2 * n);
  }

  /** Scales and shifts (n, 2) for points, the first still before its bound.
   * @param {Float64Array} x
   * @param {number} n */
  numbers(x, n) {
    if (this.condition.length < n) this.reserve(n);
    for (let i = 0; i < n; i++) this.condition[i] = x[2 * i + this.kept];
    return this.network.forward(this.condition.subarray(0, n), n);
  }

  /** Moves points (n, 2) in place, and adds each change of volume to `logs`.
   * @param {Float64Array} x
   * @param {number} n
   * @param {Float64Array} logs */
  forward(x, n, logs) {
    const numbers = this.numbers(x, n);
    this.x.set(x.subarray(0, 2 * n));
    for (let i = 0, moved = 1 - this.kept; i < n; i++) {
      const s = MOST * Math.tanh(numbers[2 * i] / MOST);
      x[2 * i + moved] = x[2 * i + moved] * Math.exp(s) + numbers[2 * i + 1];
      logs[i] += s;
    }
  }

  /** Turns slopes (n, 2) by what `forward` gave into those by what it took, in place; each log volume has `slopeOfLog`.
   * @param {Float64Array} slopes
   * @param {number} n
   * @param {number} slopeOfLog */
  backward(slopes, n, slopeOfLog) {
    const numbers = this.network.values[3];
    for (let i = 0, moved = 1 - this.kept; i < n; i++) {
      const bound = Math.tanh(numbers[2 * i] / MOST);
      const scale = Math.exp(MOST * bound);
      const slope = slopes[2 * i + moved];
      this.slopes[2 * i] = (slope * this.x[2 * i + moved] * scale + slopeOfLog) * (1 - bound * bound);
      this.slopes[2 * i + 1] = slope;
      slopes[2 * i + moved] = slope * scale;
    }
    const through = this.network.backward(this.slopes, n, true, true);
    for (let i = 0; i < n; i++) slopes[2 * i + this.kept] += through[i];
  }

  /** Undoes `forward`.
   * @param {Float64Array} y
   * @param {number} n */
  inverse(y, n) {
    const numbers = this.numbers(y, n);
    for (let i = 0, moved = 1 - this.kept; i < n; i++) {
      const s = MOST * Math.tanh(numbers[2 * i] / MOST);
      y[2 * i + moved] = (y[2 * i + moved] - numbers[2 * i + 1]) * Math.exp(-s);
    }
  }
}

export class Flow extends LearnsByBatches {
  /** @param {Plane} plane
   * @param {{ couplings: number, learningRate: number, seed: number }} settings */
  constructor(plane, { couplings, ...settings }) {
    super(plane, settings, BATCH);
    this.couplings = range(couplings).map((i) => new Coupling(i % 2, this.random));
    this.adams = this.couplings.map(({ network }) => new Adam(network, 0.9));
  }

  /** The noise of points (n, 2), in place, and the logarithm of how much each was stretched.
   * @param {Float64Array} x
   * @param {number} n */
  toNoise(x, n) {
    const logs = new Float64Array(n);
    for (const coupling of this.couplings) coupling.forward(x, n, logs);
    return logs;
  }

  /** Fills the gradients of the mean -log p of `batch` (n, 2), which it returns.
   * @param {Float64Array} batch
   * @param {number} n */
  loss(batch, n) {
    const z = batch.slice(0, 2 * n);
    const logs = this.toNoise(z, n);
    let loss = Math.log(2 * Math.PI);
    for (let i = 0; i < n; i++) loss += (0.5 * (z[2 * i] ** 2 + z[2 * i + 1] ** 2) - logs[i]) / n;
    const slopes = z.map((value) => value / n);
    for (const coupling of this.couplings.slice().reverse()) coupling.backward(slopes, n, -1 / n);
    return loss;
  }

  lossAtRandom() {
    return this.loss(this.drawBatch(), BATCH);
  }

  /** @param {Float64Array} points
   * @param {number} n */
  logDensity(points, n) {
    const z = points.slice(0, 2 * n);
    return this.toNoise(z, n).map(
      (log, i) => log - Math.log(2 * Math.PI) - 0.5 * (z[2 * i] ** 2 + z[2 * i + 1] ** 2),
    );
  }

  /** Points of noise (n, 2), in place: where the flow takes it.
   * @param {Float64Array} z
   * @param {number} n */
  fromNoise(z, n) {
    for (const coupling of this.couplings.slice().reverse()) coupling.inverse(z, n);
    return z;
  }

  /** @param {number} n
   * @param {Random} random */
  sample(n, random) {
    return this.fromNoise(
      fill(n, () => [random.normal(), random.normal()]),
      n,
    );
  }
}
