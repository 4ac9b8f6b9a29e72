/* A GAN in the plane: two small networks, the moves of their game, and its settings.
 *
 *   new Game(distribution, settings)     .stepD(), .stepG(), .observe(real, latents, n)
 *   DEFAULTS, PRESETS                    its settings
 *   toLatents(us, latents, kind), evenLatents(side, dim, kind)
 *
 * Points are rows of flat Float64Arrays. Nothing here calls Math.random: the same seed gives the same game.
 */

import { EXTENT } from "./mixtures.js";
import { Adam, descend, Mlp } from "./networks.js";
import { logSigmoid, normalQuantile, Random, sigmoid } from "./numbers.js";

/** @import { Mixture } from "./mixtures.js" */

/** @typedef {object} MoveSettings  may change at any time
 * @property {number} learningRateD
 * @property {number} learningRateG
 * @property {string} optimizerG "adam" or "sgd". D learns by Adam; G may do without, because Adam hides a
 *   vanishing gradient: its steps are as long for a tiny slope as for a steep one.
 * @property {string} loss of G: "non_saturating" or "saturating"
 * @property {number} instanceNoise standard deviation of the noise on all that D sees */

/** @typedef {object} GameSettings  fixed for a game
 * @property {string} latentKind "gaussian" or "uniform"
 * @property {number} latentDim
 * @property {number} width of the hidden layers
 * @property {string} start G's first points lie all over the "middle", or close together in a "corner", far
 *   from the real ones
 * @property {number} seed */

/** @typedef {MoveSettings & GameSettings & { distribution: string, stepsD: number }} Settings
 * all that a visitor sets; `stepsD` steps of D go with each step of G */

/** @typedef {object} View  how a game stands
 * @property {Float64Array} fake generated points (n, 2)
 * @property {Float64Array} push the way that G's loss pushes each of them (n, 2)
 * @property {number} dReal mean of D(x)
 * @property {number} dFake mean of D(G(z))
 * @property {number} value V(D, G) in nats, as the losses
 * @property {number} lossD
 * @property {number} lossG
 * @property {number} logReal mean of log D(x), the first term of V
 * @property {number} logFake mean of log(1 - D(G(z))), the second
 * @property {number} gradient mean length of `push` */

const BATCH = 128;

/** The settings that the page begins with; `seed` comes from the page.
 * @type {Omit<Settings, "seed">} */
export const DEFAULTS = {
  distribution: "ring",
  latentKind: "gaussian",
  latentDim: 2,
  width: 32,
  start: "middle",
  learningRateD: 1e-2,
  learningRateG: 2e-3,
  optimizerG: "adam",
  stepsD: 3,
  loss: "non_saturating",
  instanceNoise: 0,
};

/** Situations: settings that differ from the defaults, and those that the remedy changes in the running game.
 * @type {Record<string, { set: Partial<Settings>, remedy?: Partial<Settings> }>} */
export const PRESETS = {
  balanced: { set: {} },
  collapse: {
    set: { learningRateD: 3e-4, learningRateG: 1e-2, stepsD: 1 },
    remedy: { learningRateD: 1e-2, learningRateG: 2e-3, stepsD: 3 },
  },
  strong: {
    set: { start: "corner", learningRateD: 2e-2, stepsD: 20, loss: "saturating" },
    remedy: { learningRateD: 5e-3, stepsD: 1, instanceNoise: 0.5 },
  },
  vanishing: {
    set: {
      distribution: "moons",
      start: "corner",
      stepsD: 5,
      optimizerG: "sgd",
      learningRateG: 0.05,
      loss: "saturating",
    },
    remedy: { loss: "non_saturating" },
  },
};

/** G's loss on one sample, and its slope, by D's logit of the sample.
 * @type {Record<string, { loss(logit: number): number, slope(logit: number): number }>} */
const GENERATOR_LOSSES = {
  non_saturating: { loss: (logit) => -logSigmoid(logit), slope: (logit) => -sigmoid(-logit) }, // -log D(G(z))
  saturating: { loss: (logit) => logSigmoid(-logit), slope: (logit) => -sigmoid(logit) }, // log(1 - D(G(z)))
};

/** Latents (n, dim) from `us`, n * dim numbers in (0, 1): uniform on [-1, 1]^dim, or quantiles of N(0, I).
 * @param {Float64Array} us
 * @param {Float64Array} latents
 * @param {string} kind */
export function toLatents(us, latents, kind) {
  for (let i = 0; i < us.length; i++)
    latents[i] = kind === "gaussian" ? normalQuantile(us[i]) : 2 * us[i] - 1;
  return latents;
}

/** Latents of an even grid of `side`^2 nodes on the unit square, row by row: each cell holds the same share
 * of z. With one dimension it is a line; with more than two, the others stay in the middle.
 * @param {number} side
 * @param {number} dim
 * @param {string} kind */
export function evenLatents(side, dim, kind) {
  const us = new Float64Array(side * side * dim).fill(0.5);
  for (let node = 0; node < side * side; node++) {
    if (dim === 1) us[node] = (node + 0.5) / (side * side);
    else {
      us[node * dim] = ((node % side) + 0.5) / side;
      us[node * dim + 1] = (Math.floor(node / side) + 0.5) / side;
    }
  }
  return toLatents(us, new Float64Array(us.length), kind);
}

/** Generator and discriminator, their optimisers, and the moves. `distribution` and the settings of a move
 * may change at any time; `GameSettings` are read once. */
export class Game {
  /** @param {Mixture} distribution
   * @param {MoveSettings & GameSettings} settings */
  constructor(distribution, settings) {
    const { latentDim, width, start, seed } = settings;
    this.distribution = distribution;
    this.settings = settings;
    const random = new Random(seed);
    this.generator = new Mlp([latentDim, width, width, 2]).initialise(random);
    this.discriminator = new Mlp([2, width, width, 1]).initialise(random);
    if (start === "corner") {
      const { weight, bias } = this.generator.layers[this.generator.layers.length - 1];
      for (let i = 0; i < weight.length; i++) weight[i] *= 0.2;
      bias.fill(-0.8 * EXTENT);
    }
    this.adamG = new Adam(this.generator);
    this.adamD = new Adam(this.discriminator);
    this.random = random;
    this.latents = new Float64Array(BATCH * latentDim);
    this.points = new Float64Array(2 * BATCH * 2); // (2 * BATCH, 2): real ones, then generated ones
    this.slopes = new Float64Array(2 * BATCH);
  }

  /** Fills `latents` (n, latentDim) at random.
   * @param {Float64Array} latents
   * @param {Random} random */
  drawLatents(latents, random) {
    const gaussian = this.settings.latentKind === "gaussian";
    for (let i = 0; i < latents.length; i++)
      latents[i] = gaussian ? random.normal() : 2 * random.uniform() - 1;
    return latents;
  }

  /** Adds instance noise to points that D is about to see (Sonderby et al. 2017; Arjovsky & Bottou 2017).
   * @param {Float64Array} points */
  blur(points) {
    const { instanceNoise } = this.settings;
    if (instanceNoise > 0)
      for (let i = 0; i < points.length; i++) points[i] += instanceNoise * this.random.normal();
  }

  /** One step of D up V(D, G), on a fresh batch. */
  stepD() {
    this.distribution.sample(this.points, BATCH, this.random);
    const fake = this.generator.forward(this.drawLatents(this.latents, this.random), BATCH);
    for (let i = 0; i < 2 * BATCH; i++) this.points[2 * BATCH + i] = fake[i];
    this.blur(this.points);
    const logits = this.discriminator.forward(this.points, 2 * BATCH);
    for (let i = 0; i < BATCH; i++) {
      this.slopes[i] = -sigmoid(-logits[i]) / BATCH; // of -log D(x)
      this.slopes[BATCH + i] = sigmoid(logits[BATCH + i]) / BATCH; // of -log(1 - D(G(z)))
    }
    this.discriminator.backward(this.slopes, 2 * BATCH, true);
    this.adamD.step(this.settings.learningRateD);
  }

  /** One step of G down its loss, with D as it stands. */
  stepG() {
    const fake = this.generator.forward(this.drawLatents(this.latents, this.random), BATCH);
    const seen = this.points.subarray(0, 2 * BATCH);
    for (let i = 0; i < 2 * BATCH; i++) seen[i] = fake[i];
    this.blur(seen);
    const logits = this.discriminator.forward(seen, BATCH);
    const { slope } = GENERATOR_LOSSES[this.settings.loss];
    for (let i = 0; i < BATCH; i++) this.slopes[i] = slope(logits[i]) / BATCH;
    this.generator.backward(this.discriminator.backward(this.slopes, BATCH, false), BATCH, true);
    const { optimizerG, learningRateG } = this.settings;
    if (optimizerG === "sgd") descend(this.generator, learningRateG);
    else this.adamG.step(learningRateG);
  }

  /** How the game stands on given real points (n, 2) and latents (n, latentDim); changes nothing.
   * @param {Float64Array} real
   * @param {Float64Array} latents
   * @param {number} n
   * @returns {View} */
  observe(real, latents, n) {
    const { loss, slope } = GENERATOR_LOSSES[this.settings.loss];
    let [dReal, dFake, value, lossG, gradient, logReal, logFake] = [0, 0, 0, 0, 0, 0, 0];
    let logits = this.discriminator.forward(real, n);
    for (let i = 0; i < n; i++) {
      dReal += sigmoid(logits[i]) / n;
      value += logSigmoid(logits[i]) / n;
      logReal += logSigmoid(logits[i]) / n;
    }
    const fake = this.generator.forward(latents, n).slice(0, 2 * n);
    logits = this.discriminator.forward(fake, n);
    const slopes = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      dFake += sigmoid(logits[i]) / n;
      value += logSigmoid(-logits[i]) / n;
      logFake += logSigmoid(-logits[i]) / n;
      lossG += loss(logits[i]) / n;
      slopes[i] = slope(logits[i]);
    }
    const push = this.discriminator.backward(slopes, n, false).slice(0, 2 * n);
    for (let i = 0; i < 2 * n; i++) push[i] = -push[i];
    for (let i = 0; i < n; i++) gradient += Math.hypot(push[2 * i], push[2 * i + 1]) / n;
    return { fake, push, dReal, dFake, value, lossD: -value, lossG, gradient, logReal, logFake };
  }
}
