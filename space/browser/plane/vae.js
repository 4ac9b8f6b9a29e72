/* A variational autoencoder in the plane (Kingma & Welling 2014): z is N(0, I), x is N(G(z), sigma^2 I) with one sigma
 * that is learned. Its density is an integral over z. The ELBO and its importance-weighted version (Burda et al. 2016)
 * bound it from below; since z has two dimensions here, it can be added up over a grid too.
 */

import { Adam, Mlp } from "../networks.js";
import { range } from "../numbers.js";
import { LearnsByBatches } from "./batches.js";
import { fill } from "./counting.js";
import { logSumExp, middles } from "./data.js";

/** @import { Random } from "../numbers.js" */
/** @import { Plane } from "./data.js" */

const BATCH = 128;
const HIDDEN = 32;
const LOG_2_PI = Math.log(2 * Math.PI);
const SIDE = 160; // of the grid of z for the exact density
const REACH = 5; // of that grid: beyond it lies less than 2e-6 of N(0, I)

export class Vae extends LearnsByBatches {
  /** @param {Plane} plane
   * @param {{ learningRate: number, seed: number }} settings */
  constructor(plane, settings) {
    super(plane, settings, BATCH);
    this.encoder = new Mlp([2, HIDDEN, HIDDEN, 4]).initialise(this.random);
    this.decoder = new Mlp([2, HIDDEN, HIDDEN, 2]).initialise(this.random);
    this.logSigma = { parameters: new Float64Array(1), gradients: new Float64Array(1) };
    this.adams = [this.encoder, this.decoder, this.logSigma].map((part) => new Adam(part, 0.9));
    this.noise = new Float64Array(2 * BATCH);
    this.z = new Float64Array(2 * BATCH);
    this.slopes = [new Float64Array(2 * BATCH), new Float64Array(4 * BATCH)];
  }

  get sigma() {
    return Math.exp(this.logSigma.parameters[0]);
  }

  /** Fills the gradients of the mean -ELBO of `batch` (n, 2), which it returns; `noise` (n, 2) is N(0, I).
   * @param {Float64Array} batch
   * @param {Float64Array} noise
   * @param {number} n */
  loss(batch, noise, n) {
    const { encoder, decoder, logSigma, z, sigma } = this;
    const [byOutput, byCode] = this.slopes;
    const code = encoder.forward(batch, n); // rows of mu1, mu2, log sigma1, log sigma2
    for (let i = 0; i < n; i++)
      for (let d = 0; d < 2; d++)
        z[2 * i + d] = code[4 * i + d] + Math.exp(code[4 * i + 2 + d]) * noise[2 * i + d];
    const outputs = decoder.forward(z, n);
    let [loss, errors] = [LOG_2_PI + 2 * logSigma.parameters[0], 0];
    for (let i = 0; i < 2 * n; i++) {
      const u = (outputs[i] - batch[i]) / sigma;
      errors += (u * u) / n;
      byOutput[i] = u / sigma / n;
    }
    loss += 0.5 * errors;
    logSigma.gradients[0] = 2 - errors;
    const byZ = decoder.backward(byOutput, n, true, true);
    for (let i = 0; i < n; i++)
      for (let d = 0; d < 2; d++) {
        const [mu, log] = [code[4 * i + d], code[4 * i + 2 + d]];
        const spread = Math.exp(log);
        loss += (0.5 * (mu * mu + spread * spread - 1) - log) / n;
        byCode[4 * i + d] = byZ[2 * i + d] + mu / n;
        byCode[4 * i + 2 + d] = byZ[2 * i + d] * spread * noise[2 * i + d] + (spread * spread - 1) / n;
      }
    encoder.backward(byCode, n, true);
    return loss;
  }

  lossAtRandom() {
    this.drawBatch();
    for (let i = 0; i < this.noise.length; i++) this.noise[i] = this.random.normal();
    return this.loss(this.batch, this.noise, BATCH);
  }

  /** Bounds of log p(x) with k = 1, 2, 4, ... samples of z, each the mean over all groups of k of the same samples: so
   * none is below the one before. The first is the ELBO.
   * @param {number[]} x
   * @param {{ doublings: number, groups: number, random: Random }} how
   * @returns {number[]} */
  bounds([x1, x2], { doublings, groups, random }) {
    const n = groups * 2 ** doublings;
    const code = this.encoder.forward(Float64Array.of(x1, x2), 1).slice();
    const z = new Float64Array(2 * n);
    let logs = new Float64Array(n);
    for (let i = 0; i < n; i++)
      for (let d = 0; d < 2; d++) {
        const noise = random.normal();
        z[2 * i + d] = code[d] + Math.exp(code[2 + d]) * noise;
        logs[i] += 0.5 * noise * noise + code[2 + d] - 0.5 * z[2 * i + d] ** 2; // log p(z) / q(z | x)
      }
    const outputs = this.decoder.forward(z, n);
    for (let i = 0; i < n; i++) logs[i] += this.logOutput(outputs, i, x1, x2);
    const found = [];
    for (let k = 0; k <= doublings; k++) {
      found.push(logs.reduce((sum, log) => sum + log, 0) / logs.length);
      const pairs = logs;
      logs = new Float64Array(pairs.length >> 1).map((_, i) => logSumExp(pairs, 2 * i, 2) - Math.LN2);
    }
    return found;
  }

  /** log p(x | z) of the decoder's output number i.
   * @param {Float64Array} outputs
   * @param {number} i
   * @param {number} x1
   * @param {number} x2 */
  logOutput(outputs, i, x1, x2) {
    const { sigma } = this;
    const [u, v] = [(x1 - outputs[2 * i]) / sigma, (x2 - outputs[2 * i + 1]) / sigma];
    return -LOG_2_PI - 2 * this.logSigma.parameters[0] - 0.5 * (u * u + v * v);
  }

  /** Where each z of a grid goes, and the logarithm of its share of N(0, I). */
  nodes() {
    const all = middles(SIDE, REACH);
    const inside = range(SIDE * SIDE).filter((k) => Math.hypot(all[2 * k], all[2 * k + 1]) < REACH);
    const grid = fill(inside.length, (i) => [all[2 * inside[i]], all[2 * inside[i] + 1]]);
    const outputs = this.decoder.forward(grid, inside.length).slice(0, grid.length);
    const shares = new Float64Array(inside.length).map(
      (_, k) =>
        -LOG_2_PI - 0.5 * (grid[2 * k] ** 2 + grid[2 * k + 1] ** 2) + 2 * Math.log((2 * REACH) / SIDE),
    );
    return { outputs, shares, logs: new Float64Array(inside.length), steps: this.steps };
  }

  /** Exact, by a sum over a grid of z.
   * @param {Float64Array} points
   * @param {number} n */
  logDensity(points, n) {
    if (this.grid?.steps !== this.steps) this.grid = this.nodes();
    const { outputs, shares, logs } = this.grid;
    const half = 0.5 / this.sigma ** 2;
    const shift = -LOG_2_PI - 2 * this.logSigma.parameters[0];
    return Float64Array.from({ length: n }, (_, i) => {
      const [x, y] = [points[2 * i], points[2 * i + 1]];
      for (let k = 0; k < logs.length; k++) {
        const [dx, dy] = [x - outputs[2 * k], y - outputs[2 * k + 1]];
        logs[k] = shares[k] - half * (dx * dx + dy * dy);
      }
      return shift + logSumExp(logs, 0, logs.length);
    });
  }

  /** @param {number} n
   * @param {Random} random */
  sample(n, random) {
    const outputs = this.decoder.forward(
      fill(n, () => [random.normal(), random.normal()]),
      n,
    );
    return fill(n, (i) => [0, 1].map((d) => outputs[2 * i + d] + this.sigma * random.normal()));
  }
}
