/* Points that a field carries from noise to data. Each point x of the data and each noise z ~ N(0, I) have a path
 * x_t = a(t) x + b(t) z. A network tells the mean of its velocity dx_t/dt among all paths that pass a place at a time; to
 * follow the means carries the noise to the data (Lipman et al. 2023, whose proof holds for any path). The change of
 * volume on the way back gives the exact density (Chen et al. 2018).
 *
 * diffusion.js and matching.js say which path, and which times.
 */

import { Adam, Mlp } from "../networks.js";
import { LearnsByBatches } from "./batches.js";
import { fill } from "./counting.js";

/** @import { Random } from "../numbers.js" */
/** @import { Plane } from "./data.js" */

const BATCH = 256;
const HIDDEN = 64;
const DATA = 1.5; // spread of the data, to scale by
const WIDTH = 0.15; // of what is narrow in the data: noise smaller than that shows less and less in a point
const WAVES = [2, 4]; // of the point, as inputs: with them a network of smooth units learns what is narrow much sooner
const INPUTS = 4 + 4 * WAVES.length;
const LOG_2_PI = Math.log(2 * Math.PI);

/** @typedef {{ a: number, b: number, aSlope: number, bSlope: number }} Place  of the path, and how fast both change */

export class Field extends LearnsByBatches {
  /** @param {Plane} plane
   * @param {{ learningRate: number, seed: number }} settings */
  constructor(plane, settings) {
    super(plane, settings, BATCH);
    this.network = new Mlp([INPUTS, HIDDEN, HIDDEN, 2]).initialise(this.random);
    this.adams = [new Adam(this.network, 0.9)];
    this.noise = new Float64Array(2 * BATCH);
    this.times = new Float64Array(BATCH);
    this.inputs = new Float64Array(INPUTS * BATCH);
    this.slopes = new Float64Array(2 * BATCH);
  }

  /** @param {number} _time
   * @returns {Place} */
  path(_time) {
    throw new Error("each family has a path of its own");
  }

  /** The time as an input of the network, about as large as the others.
   * @param {number} time */
  clock(time) {
    return time;
  }

  /** The time that lies a share, of 0 to 1, of the way through all times to learn from.
   * @param {number} share */
  timeOf(share) {
    return share;
  }

  /** The times of a way of so many steps, from noise to data.
   * @param {number} steps */
  schedule(steps) {
    return Float64Array.from({ length: steps + 1 }, (_, i) => i / steps);
  }

  /** What is known of a time before anything is learned. Were the data N(0, DATA^2 I), the mean velocity would be `own`
   * times the point, and the standard deviation round it DATA |a b' - a' b| / spread. The network tells the rest: less
   * and less of it where the noise is smaller than what is narrow in the data. So its outputs are about as large at every
   * time.
   * @param {number} time */
  at(time) {
    const { a, b, aSlope, bSlope } = this.path(time);
    const spread = Math.hypot(a * DATA, b);
    return {
      ...{ a, b, aSlope, bSlope, spread },
      clock: this.clock(time),
      own: (a * aSlope * DATA * DATA + b * bSlope) / (spread * spread),
      share: ((DATA * Math.abs(a * bSlope - aSlope * b)) / spread) * (b / Math.hypot(b, a * WIDTH)),
    };
  }

  /** Fills the inputs of the network (n, INPUTS): the point scaled to spread 1, the time in two shapes, and of each wave
   * the sine and cosine of both coordinates, as much as the noise leaves of them on average.
   * @param {Float64Array} x
   * @param {number} n
   * @param {(i: number) => ReturnType<Field["at"]>} knownOf */
  fillInputs(x, n, knownOf) {
    if (this.inputs.length < INPUTS * n) this.inputs = new Float64Array(INPUTS * n);
    const { inputs } = this;
    for (let i = 0, at = 0; i < n; i++) {
      const { b, clock, spread } = knownOf(i);
      const [u, v] = [x[2 * i] / spread, x[2 * i + 1] / spread];
      inputs[at++] = u;
      inputs[at++] = v;
      inputs[at++] = clock;
      inputs[at++] = b / spread;
      for (const wave of WAVES) {
        const left = Math.exp(-0.5 * ((wave * b) / spread) ** 2);
        inputs[at++] = left * Math.sin(wave * u);
        inputs[at++] = left * Math.sin(wave * v);
        inputs[at++] = left * Math.cos(wave * u);
        inputs[at++] = left * Math.cos(wave * v);
      }
    }
    return inputs;
  }

  /** Fills the gradients of half the mean squared error in the velocities of paths from `noise` to `batch` (n, 2), which
   * it returns.
   * @param {Float64Array} batch
   * @param {Float64Array} noise
   * @param {Float64Array} times
   * @param {number} n */
  loss(batch, noise, times, n) {
    const known = Array.from(times.subarray(0, n), (time) => this.at(time));
    const x = new Float64Array(2 * n);
    for (let i = 0; i < 2 * n; i++) x[i] = known[i >> 1].a * batch[i] + known[i >> 1].b * noise[i];
    const outputs = this.network.forward(
      this.fillInputs(x, n, (i) => known[i]),
      n,
    );
    let loss = 0;
    for (let i = 0; i < 2 * n; i++) {
      const { aSlope, bSlope, own, share } = known[i >> 1];
      const error = own * x[i] + share * outputs[i] - (aSlope * batch[i] + bSlope * noise[i]);
      loss += (0.5 * error * error) / n;
      this.slopes[i] = (error * share) / n;
    }
    this.network.backward(this.slopes, n, true);
    return loss;
  }

  lossAtRandom() {
    const { noise, random, times } = this;
    this.drawBatch();
    for (let i = 0; i < noise.length; i++) noise[i] = random.normal();
    for (let i = 0; i < BATCH; i++) times[i] = this.timeOf((i + random.uniform()) / BATCH); // one from each of equal parts
    return this.loss(this.batch, noise, times, BATCH);
  }

  /** dx/dt of points (n, 2).
   * @param {Float64Array} x
   * @param {number} n
   * @param {number} time */
  velocity(x, n, time) {
    const known = this.at(time);
    const outputs = this.network.forward(
      this.fillInputs(x, n, () => known),
      n,
    );
    return Float64Array.from({ length: 2 * n }, (_, i) => known.own * x[i] + known.share * outputs[i]);
  }

  /** The divergence of `velocity` where it was asked for last.
   * @param {number} n
   * @param {number} time */
  divergence(n, time) {
    const { own, share, spread } = this.at(time);
    const found = new Float64Array(n).fill(2 * own);
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
        found[i] += (share / spread) * slope;
      }
    }
    return found;
  }

  /** Where points (n, 2) are after a step of Heun's method; each log volume in `logs`, if any, grows by its change.
   * @param {Float64Array} x
   * @param {number} n
   * @param {number} from  a time
   * @param {number} to
   * @param {Float64Array | null} [logs] */
  move(x, n, from, to, logs = null) {
    const h = to - from;
    const addDivergence = (/** @type {number} */ time) => {
      const divergence = logs ? this.divergence(n, time) : [];
      for (let i = 0; i < divergence.length; i++) logs[i] += 0.5 * h * divergence[i];
    };
    const first = this.velocity(x, n, from);
    addDivergence(from);
    const ahead = x.map((value, i) => value + h * first[i]);
    const second = this.velocity(ahead, n, to);
    addDivergence(to);
    return x.map((value, i) => value + 0.5 * h * (first[i] + second[i]));
  }

  /** Exact up to the steps of the ODE, from data back to noise.
   * @param {Float64Array} points
   * @param {number} n
   * @param {number} [steps] */
  logDensity(points, n, steps = 40) {
    let x = points.slice(0, 2 * n);
    const logs = new Float64Array(n);
    const times = this.schedule(steps);
    for (let k = steps; k > 0; k--) x = this.move(x, n, times[k], times[k - 1], logs);
    const square = this.at(times[0]).spread ** 2;
    const shift = LOG_2_PI + Math.log(square);
    return logs.map((log, i) => log - shift - (0.5 * (x[2 * i] ** 2 + x[2 * i + 1] ** 2)) / square);
  }

  /** Where points go from noise to data, a step after the other: arrays (n, 2).
   * @param {number} n
   * @param {Random} random
   * @param {number} [steps]
   * @returns {Float64Array[]} */
  trajectory(n, random, steps = 40) {
    const times = this.schedule(steps);
    const { spread } = this.at(times[0]);
    const way = [fill(n, () => [spread * random.normal(), spread * random.normal()])];
    for (let k = 0; k < steps; k++) way.push(this.move(way[k], n, times[k], times[k + 1]));
    return way;
  }

  /** @param {number} n
   * @param {Random} random */
  sample(n, random) {
    return this.trajectory(n, random).at(-1);
  }
}
