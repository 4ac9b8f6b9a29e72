/* An autoregressive density: p(x1) p(x2 | x1), each factor a mixture of Gaussians; a network makes the second of x1
 * (a mixture density network, Bishop 1994).
 */

import { Adam, Mlp } from "../networks.js";
import { LearnsByBatches } from "./batches.js";
import { fill, firstAbove } from "./counting.js";
import { logSumExp } from "./data.js";

/** @import { Random } from "../numbers.js" */
/** @import { Plane } from "./data.js" */

const BATCH = 256;
const HIDDEN = 32;

/** Mixtures of K Gaussians in one dimension: rows of K logits, K means and K log sigmas. */
class Mixtures {
  /** @param {number} k */
  constructor(k) {
    this.k = k;
    this.terms = new Float64Array(k);
  }

  /** log p(x) of the mixture whose numbers begin at `at`; `terms` keep each component's part of it.
   * @param {number} x
   * @param {Float64Array} numbers
   * @param {number} at */
  logDensity(x, numbers, at) {
    const { k, terms } = this;
    for (let j = 0; j < k; j++) {
      const logSigma = numbers[at + 2 * k + j];
      const u = (x - numbers[at + k + j]) * Math.exp(-logSigma);
      terms[j] = numbers[at + j] - 0.5 * u * u - logSigma - 0.5 * Math.log(2 * Math.PI);
    }
    return logSumExp(terms, 0, k) - logSumExp(numbers, at, k);
  }

  /** The slopes of -log p(x) by the numbers, times `scale`, added to `slopes`; returns log p(x).
   * @param {number} x
   * @param {Float64Array} numbers
   * @param {number} at
   * @param {number} scale
   * @param {Float64Array} slopes */
  addSlopes(x, numbers, at, scale, slopes) {
    const { k, terms } = this;
    const logDensity = this.logDensity(x, numbers, at);
    const [all, weights] = [logSumExp(terms, 0, k), logSumExp(numbers, at, k)];
    for (let j = 0; j < k; j++) {
      const share = Math.exp(terms[j] - all);
      const sigma = Math.exp(numbers[at + 2 * k + j]);
      const u = (x - numbers[at + k + j]) / sigma;
      slopes[at + j] += scale * (Math.exp(numbers[at + j] - weights) - share);
      slopes[at + k + j] -= (scale * share * u) / sigma;
      slopes[at + 2 * k + j] += scale * share * (1 - u * u);
    }
    return logDensity;
  }

  /** @param {Float64Array} numbers
   * @param {number} at
   * @param {Random} random */
  sample(numbers, at, random) {
    const { k } = this;
    const most = Math.max(...numbers.subarray(at, at + k));
    const sums = numbers.slice(at, at + k).map((logit) => Math.exp(logit - most));
    for (let j = 1; j < k; j++) sums[j] += sums[j - 1];
    const j = firstAbove(sums, sums[k - 1] * random.uniform());
    return numbers[at + k + j] + Math.exp(numbers[at + 2 * k + j]) * random.normal();
  }
}

export class Autoregressive extends LearnsByBatches {
  /** @param {Plane} plane
   * @param {{ components: number, learningRate: number, seed: number }} settings */
  constructor(plane, { components, ...settings }) {
    super(plane, settings, BATCH);
    this.mixtures = new Mixtures(components);
    this.first = {
      parameters: new Float64Array(3 * components),
      gradients: new Float64Array(3 * components),
    };
    this.second = new Mlp([1, HIDDEN, HIDDEN, 3 * components]).initialise(this.random);
    const { bias } = this.second.layers[2];
    for (const numbers of [this.first.parameters, bias])
      for (let j = 0; j < components; j++) {
        numbers[components + j] = ((2 * j + 1) / components - 1) * 2; // means all over the middle
        numbers[2 * components + j] = Math.log(0.5);
      }
    this.adams = [new Adam(this.first, 0.9), new Adam(this.second, 0.9)];
    this.x1 = new Float64Array(BATCH);
    this.slopes = new Float64Array(BATCH * 3 * components);
  }

  /** Fills the gradients of the mean -log p of `batch` (n, 2), which it returns.
   * @param {Float64Array} batch
   * @param {number} n */
  loss(batch, n) {
    const { first, second, mixtures } = this;
    const x1 = this.x1.subarray(0, n);
    for (let i = 0; i < n; i++) x1[i] = batch[2 * i];
    const numbers = second.forward(x1, n);
    const slopes = this.slopes.fill(0);
    first.gradients.fill(0);
    let loss = 0;
    for (let i = 0; i < n; i++) {
      loss -= mixtures.addSlopes(x1[i], first.parameters, 0, 1 / n, first.gradients) / n;
      loss -= mixtures.addSlopes(batch[2 * i + 1], numbers, 3 * mixtures.k * i, 1 / n, slopes) / n;
    }
    second.backward(slopes, n, true);
    return loss;
  }

  lossAtRandom() {
    return this.loss(this.drawBatch(), BATCH);
  }

  /** @param {Float64Array} points
   * @param {number} n */
  logDensity(points, n) {
    const { first, second, mixtures } = this;
    const numbers = second.forward(
      Float64Array.from({ length: n }, (_, i) => points[2 * i]),
      n,
    );
    return Float64Array.from(
      { length: n },
      (_, i) =>
        mixtures.logDensity(points[2 * i], first.parameters, 0) +
        mixtures.logDensity(points[2 * i + 1], numbers, 3 * mixtures.k * i),
    );
  }

  /** Its two factors along an axis: p(x1), and p(x2) where x1 is `at`.
   * @param {Float64Array} axis
   * @param {number} at */
  factors(axis, at) {
    const { first, second, mixtures } = this;
    const numbers = second.forward(Float64Array.of(at), 1);
    return [first.parameters, numbers].map((some) =>
      axis.map((x) => Math.exp(mixtures.logDensity(x, some, 0))),
    );
  }

  /** @param {number} n
   * @param {Random} random */
  sample(n, random) {
    const { first, second, mixtures } = this;
    const x1 = Float64Array.from({ length: n }, () => mixtures.sample(first.parameters, 0, random));
    const numbers = second.forward(x1, n);
    return fill(n, (i) => [x1[i], mixtures.sample(numbers, 3 * mixtures.k * i, random)]);
  }
}
