/* The game of gan2d.js as a family among others: it learns from the same points, makes points, and cannot be asked how
 * likely one is. What can be had is a bump on each of its samples, and then the bandwidth has a say in the answer.
 */

import { DEFAULTS, Game } from "../gan2d.js";
import { logSigmoid, Random } from "../numbers.js";
import { Kernels } from "./counting.js";

/** @import { Mixture } from "../mixtures.js" */
/** @import { Plane } from "./data.js" */

const SAMPLES = 4000; // under bumps

export class Gan {
  /** @param {Plane} plane
   * @param {{ seed: number, learningRate: number }} settings  of G; D's is the game's times as much */
  constructor(plane, { seed, learningRate }) {
    const points = /** @type {Mixture} */ ({
      sample: (batch, n, random) => void plane.draw(batch, n, random),
    });
    const ratio = DEFAULTS.learningRateD / DEFAULTS.learningRateG;
    const settings = { ...DEFAULTS, seed, learningRateG: learningRate, learningRateD: ratio * learningRate };
    this.game = new Game(points, settings);
    this.steps = 0;
    this.adams = [this.game.adamG, this.game.adamD];
    this.logDensity = null;
  }

  get learningRate() {
    return this.game.settings.learningRateG;
  }

  set learningRate(rate) {
    this.game.settings.learningRateD *= rate / this.learningRate;
    this.game.settings.learningRateG = rate;
  }

  /** A move of the game: three of D, one of G; G's loss before it. */
  step() {
    const { game } = this;
    for (let i = 0; i < DEFAULTS.stepsD; i++) game.stepD();
    game.stepG();
    this.steps++;
    const logits = game.discriminator.values[3];
    const n = game.latents.length / DEFAULTS.latentDim;
    let loss = 0;
    for (let i = 0; i < n; i++) loss -= logSigmoid(logits[i]) / n;
    return loss;
  }

  /** @param {number} n
   * @param {Random} random */
  sample(n, random) {
    const latents = this.game.drawLatents(new Float64Array(DEFAULTS.latentDim * n), random);
    return this.game.generator.forward(latents, n).slice(0, 2 * n);
  }

  /** Bumps on samples of it: a density, but of the ruler as much as of the GAN.
   * @param {number} bandwidth
   * @param {number} seed */
  estimate(bandwidth, seed) {
    return new Kernels({ points: this.sample(SAMPLES, new Random(seed)), n: SAMPLES }, { bandwidth });
  }
}
