/* Diffusion in the plane: a network tells the noise in x + sigma * noise, for every sigma (Song & Ermon 2019, with the
 * scaling of Karras et al. 2022). Points flow from noise to data along dx/dsigma = noise(x, sigma); the change of volume
 * on the way back gives their exact density (Song et al. 2021).
 */

import { Adam, Mlp } from "../networks.js";
import { Random } from "../numbers.js";
import { fill } from "./counting.js";

/** @import { Plane } from "./data.js" */

const BATCH = 256;
const HIDDEN = 64;
const LEAST = 0.03;
const MOST = 5;
const DATA = 1.5; // spread of the data, to scale by
const LOG_2_PI = Math.log(2 * Math.PI);

export class Diffusion {
  /** @param {Plane} plane
   * @param {{ learningRate: number, seed: number }} settings */
  constructor(plane, { learningRate, seed }) {
    this.plane = plane;
    this.random = new Random(seed);
    this.learningRate = learningRate;
    this.network = new Mlp([4, HIDDEN, HIDDEN, 2]).initialise(this.random);
    this.adam = new Adam(this.network, 0.9);
    this.batch = new Float64Array(2 * BATCH);
    this.noise = new Float64Array(2 * BATCH);
    this.sigmas = new Float64Array(BATCH);
    this.inputs = new Float64Array(4 * BATCH);
    this.slopes = new Float64Array(2 * BATCH);
    this.steps = 0;
  }

  /** Fills the inputs of the network (n, 4): the point scaled to spread 1, and log sigma in two shapes.
   * @param {Float64Array} x
   * @param {number} n
   * @param {(i: number) => number} sigmaOf */
  fillInputs(x, n, sigmaOf) {
    if (this.inputs.length < 4 * n) this.inputs = new Float64Array(4 * n);
    for (let i = 0; i < n; i++) {
      const sigma = sigmaOf(i);
      const scale = 1 / Math.hypot(sigma, DATA);
      this.inputs[4 * i] = scale * x[2 * i];
      this.inputs[4 * i + 1] = scale * x[2 * i + 1];
      this.inputs[4 * i + 2] = Math.log(sigma) / 2;
      this.inputs[4 * i + 3] = sigma * scale;
    }
    return this.inputs;
  }

  /** Fills the gradients of the mean squared error in the noise that was added to `batch` (n, 2), which it returns.
   *
   * The network's output is weighed with what the point itself tells: where sigma is large, the point is the noise.
   * @param {Float64Array} batch
   * @param {Float64Array} noise
   * @param {Float64Array} sigmas
   * @param {number} n */
  loss(batch, noise, sigmas, n) {
    const x = batch.slice(0, 2 * n);
    for (let i = 0; i < 2 * n; i++) x[i] += sigmas[i >> 1] * noise[i];
    const outputs = this.network.forward(
      this.fillInputs(x, n, (i) => sigmas[i]),
      n,
    );
    let loss = 0;
    for (let i = 0; i < 2 * n; i++) {
      const sigma = sigmas[i >> 1];
      const error = this.noiseOf(x[i], outputs[i], sigma) - noise[i];
      const weight = 1 + (sigma / DATA) ** 2; // makes each sigma count alike
      loss += (0.5 * weight * error * error) / n;
      this.slopes[i] = (weight * error * DATA) / Math.hypot(sigma, DATA) / n;
    }
    this.network.backward(this.slopes, n, true);
    return loss;
  }

  /** The noise in one coordinate, by the network's output for it.
   * @param {number} x
   * @param {number} output
   * @param {number} sigma */
  noiseOf(x, output, sigma) {
    const square = sigma * sigma + DATA * DATA;
    return (sigma * x) / square + (DATA / Math.sqrt(square)) * output;
  }

  step() {
    const { random } = this;
    this.plane.draw(this.batch, BATCH, random);
    for (let i = 0; i < 2 * BATCH; i++) this.noise[i] = random.normal();
    for (let i = 0; i < BATCH; i++) this.sigmas[i] = LEAST * (MOST / LEAST) ** random.uniform();
    const loss = this.loss(this.batch, this.noise, this.sigmas, BATCH);
    this.adam.step(this.learningRate);
    this.steps++;
    return loss;
  }

  /** dx/dsigma of points (n, 2), which is the noise told.
   * @param {Float64Array} x
   * @param {number} n
   * @param {number} sigma */
  velocity(x, n, sigma) {
    const outputs = this.network.forward(
      this.fillInputs(x, n, () => sigma),
      n,
    );
    return Float64Array.from({ length: 2 * n }, (_, i) => this.noiseOf(x[i], outputs[i], sigma));
  }

  /** The divergence of `velocity` where it was asked for last.
   * @param {number} n
   * @param {number} sigma */
  divergence(n, sigma) {
    const square = sigma * sigma + DATA * DATA;
    const found = new Float64Array(n).fill((2 * sigma) / square);
    const slopes = new Float64Array(2 * n);
    for (let d = 0; d < 2; d++) {
      for (let i = 0; i < n; i++) [slopes[2 * i], slopes[2 * i + 1]] = [1 - d, d];
      const byInput = this.network.backward(slopes, n, false);
      for (let i = 0; i < n; i++) found[i] += (DATA / square) * byInput[4 * i + d];
    }
    return found;
  }

  /** The sigmas of a way of so many steps, from noise to data, closer together where they are small.
   * @param {number} steps */
  schedule(steps) {
    const rho = 7;
    const [from, to] = [MOST, LEAST].map((sigma) => sigma ** (1 / rho));
    return Float64Array.from({ length: steps + 1 }, (_, i) => (from + (i / steps) * (to - from)) ** rho);
  }

  /** Exact up to the steps of the ODE (Heun's), from data back to noise.
   * @param {Float64Array} points
   * @param {number} n
   * @param {number} [steps] */
  logDensity(points, n, steps = 40) {
    const x = points.slice(0, 2 * n);
    const logs = new Float64Array(n);
    const sigmas = this.schedule(steps).reverse();
    for (let k = 0; k < steps; k++) {
      const h = sigmas[k + 1] - sigmas[k];
      const first = this.velocity(x, n, sigmas[k]);
      const firstDivergence = this.divergence(n, sigmas[k]);
      const ahead = x.map((value, i) => value + h * first[i]);
      const second = this.velocity(ahead, n, sigmas[k + 1]);
      const secondDivergence = this.divergence(n, sigmas[k + 1]);
      for (let i = 0; i < 2 * n; i++) x[i] += 0.5 * h * (first[i] + second[i]);
      for (let i = 0; i < n; i++) logs[i] += 0.5 * h * (firstDivergence[i] + secondDivergence[i]);
    }
    const square = MOST * MOST + DATA * DATA;
    return logs.map(
      (log, i) => log - LOG_2_PI - Math.log(square) - (0.5 * (x[2 * i] ** 2 + x[2 * i + 1] ** 2)) / square,
    );
  }

  /** Where points go from noise to data, a step after the other: arrays (n, 2).
   * @param {number} n
   * @param {Random} random
   * @param {number} [steps]
   * @returns {Float64Array[]} */
  trajectory(n, random, steps = 40) {
    const spread = Math.hypot(MOST, DATA);
    let x = fill(n, () => [spread * random.normal(), spread * random.normal()]);
    const way = [x];
    const sigmas = this.schedule(steps);
    for (let k = 0; k < steps; k++) {
      const h = sigmas[k + 1] - sigmas[k];
      const first = this.velocity(x, n, sigmas[k]);
      const second = this.velocity(
        x.map((value, i) => value + h * first[i]),
        n,
        sigmas[k + 1],
      );
      x = x.map((value, i) => value + 0.5 * h * (first[i] + second[i]));
      way.push(x);
    }
    return way;
  }

  /** What changes while it learns. */
  get parts() {
    return [this.network.parameters, this.adam.mean, this.adam.square];
  }

  /** @param {number} n
   * @param {Random} random */
  sample(n, random) {
    return this.trajectory(n, random).at(-1);
  }
}
