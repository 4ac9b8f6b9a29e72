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
const WIDTH = 0.15; // of what is narrow in the data: noise smaller than that shows less and less in a point
const WAVES = [2, 4]; // of the point, as inputs: with them a network of smooth units learns what is narrow much sooner
const INPUTS = 4 + 4 * WAVES.length;
const LOG_2_PI = Math.log(2 * Math.PI);

/** How much of the noise is the network's to tell. Where sigma is large, the point is the noise; where it is small, nearly
 * nothing can be told. So the network's output is about as large at every sigma.
 * @param {number} sigma */
const shareOf = (sigma) => (DATA / Math.hypot(sigma, DATA)) * (sigma / Math.hypot(sigma, WIDTH));

export class Diffusion {
  /** @param {Plane} plane
   * @param {{ learningRate: number, seed: number }} settings */
  constructor(plane, { learningRate, seed }) {
    this.plane = plane;
    this.random = new Random(seed);
    this.learningRate = learningRate;
    this.network = new Mlp([INPUTS, HIDDEN, HIDDEN, 2]).initialise(this.random);
    this.adams = [new Adam(this.network, 0.9)];
    this.batch = new Float64Array(2 * BATCH);
    this.noise = new Float64Array(2 * BATCH);
    this.sigmas = new Float64Array(BATCH);
    this.inputs = new Float64Array(INPUTS * BATCH);
    this.slopes = new Float64Array(2 * BATCH);
    this.steps = 0;
  }

  /** Fills the inputs of the network (n, INPUTS): the point scaled to spread 1, log sigma in two shapes, and of each
   * wave the sine and cosine of both coordinates, as much as the noise leaves of them on average.
   * @param {Float64Array} x
   * @param {number} n
   * @param {(i: number) => number} sigmaOf */
  fillInputs(x, n, sigmaOf) {
    if (this.inputs.length < INPUTS * n) this.inputs = new Float64Array(INPUTS * n);
    const { inputs } = this;
    for (let i = 0, at = 0; i < n; i++) {
      const sigma = sigmaOf(i);
      const scale = 1 / Math.hypot(sigma, DATA);
      const [u, v] = [scale * x[2 * i], scale * x[2 * i + 1]];
      inputs[at++] = u;
      inputs[at++] = v;
      inputs[at++] = Math.log(sigma) / 2;
      inputs[at++] = sigma * scale;
      for (const wave of WAVES) {
        const left = Math.exp(-0.5 * (wave * sigma * scale) ** 2); // of the wave, on average over the noise
        inputs[at++] = left * Math.sin(wave * u);
        inputs[at++] = left * Math.sin(wave * v);
        inputs[at++] = left * Math.cos(wave * u);
        inputs[at++] = left * Math.cos(wave * v);
      }
    }
    return this.inputs;
  }

  /** Fills the gradients of half the mean squared error in the noise that was added to `batch` (n, 2), which it returns.
   * Where log sigma is even, a bound of -log p grows in proportion to it (Song et al. 2021).
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
      loss += (0.5 * error * error) / n;
      this.slopes[i] = (error * shareOf(sigma)) / n;
    }
    this.network.backward(this.slopes, n, true);
    return loss;
  }

  /** The noise in one coordinate, by the network's output for it.
   * @param {number} x
   * @param {number} output
   * @param {number} sigma */
  noiseOf(x, output, sigma) {
    return (sigma * x) / (sigma * sigma + DATA * DATA) + shareOf(sigma) * output;
  }

  step() {
    const { random } = this;
    this.plane.draw(this.batch, BATCH, random);
    for (let i = 0; i < 2 * BATCH; i++) this.noise[i] = random.normal();
    for (let i = 0; i < BATCH; i++) {
      const share = (i + random.uniform()) / BATCH; // one sigma from each of as many equal parts
      this.sigmas[i] = LEAST * (MOST / LEAST) ** share;
    }
    const loss = this.loss(this.batch, this.noise, this.sigmas, BATCH);
    for (const adam of this.adams) adam.step(this.learningRate);
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
    const { inputs } = this;
    for (let d = 0; d < 2; d++) {
      for (let i = 0; i < n; i++) [slopes[2 * i], slopes[2 * i + 1]] = [1 - d, d];
      const byInput = this.network.backward(slopes, n, false);
      for (let i = 0; i < n; i++) {
        const row = INPUTS * i;
        let slope = byInput[row + d];
        WAVES.forEach((wave, w) => {
          const at = row + 4 + 4 * w + d; // of the sine; the cosine is two further
          slope += wave * (inputs[at + 2] * byInput[at] - inputs[at] * byInput[at + 2]);
        });
        found[i] += (shareOf(sigma) / Math.sqrt(square)) * slope;
      }
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

  /** @param {number} n
   * @param {Random} random */
  sample(n, random) {
    return this.trajectory(n, random).at(-1);
  }
}
