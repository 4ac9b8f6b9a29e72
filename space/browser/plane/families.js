/* Every family of densities in the plane, under one interface. What a page reads is `family`; where networks learn by
 * steps of chance, that is their average over the latest steps, and what learns is `trained`.
 *
 *   const plane = new Plane(DATA.moons(), 0);
 *   const learner = new Learner("flow", plane, { seed: 0 });   // settings: those of FAMILIES.flow.defaults
 *   learner.learn(8);                        as many steps as fit into 8 ms; at least one, none where it is `broken`
 *   learner.steps, .loss, .enough            `enough`: steps until the score of docs/browser.md; 0: nothing to learn
 *   learner.broken, .restore()               numbers were not finite any more: `family` is the last good state;
 *                                            the learner goes on from there
 *   learner.family.sample(1000, new Random(1))
 *   learner.logDensities(points, n)          a generator that yields between slices and returns log p of all points;
 *                                            null where the family cannot be asked
 *   score(atOnce(learner.logDensities(plane.held, n)), plane)
 *   modesOf(learner.family, plane, random)   which modes of the truth it makes, and how many good samples
 *
 * What single families have besides:
 *   histogram        .side, .counts; curse(side, n, dimensions)
 *   kernels          .bandwidth, which may change at any time
 *   gaussians        .components
 *   autoregressive   .factors(axis, at): p(x1), and p(x2) where x1 is `at`
 *   flow             .fromNoise(points, n): where a grid of noise goes
 *   vae              .bounds(point, { doublings, groups, random }): ELBO = IW_1, IW_2, IW_4, ...; .sigma
 *   energy           .logZ
 *   diffusion,       .trajectory(n, random, steps), .velocity(points, n, time), .schedule(steps): the times of the way
 *     matching       from noise to data, which are sigmas where it diffuses
 *   gan              .estimate(bandwidth, seed): bumps on its samples, a `Kernels`; .game
 */

import { Meter } from "../meter.js";
import { Autoregressive } from "./autoregressive.js";
import { Histogram, Kernels } from "./counting.js";
import { Diffusion } from "./diffusion.js";
import { Energy } from "./energy.js";
import { Flow } from "./flow.js";
import { Gan } from "./gan.js";
import { Gaussians } from "./gaussians.js";
import { Matching } from "./matching.js";
import { Vae } from "./vae.js";

/** @import { Adam } from "../networks.js" */
/** @import { Random } from "../numbers.js" */
/** @import { Plane } from "./data.js" */

/** What all families have in common.
 * @typedef {object} Family
 * @property {number} [steps]  made so far; families that only count have none
 * @property {() => number} [step]  one step of learning; the loss before it
 * @property {number} [learningRate]  may change at any time
 * @property {Float64Array} [parameters]  that learning changes, where there are no networks
 * @property {Adam[]} [adams]  the optimisers of all networks
 * @property {((points: Float64Array, n: number) => Float64Array) | null} logDensity  log p of points (n, 2), in nats
 * @property {(n: number, random: Random) => Float64Array} sample  points (n, 2) */

/** @typedef {object} Kind
 * @property {"explicit" | "approximate" | "implicit"} branch  of the tree
 * @property {"exact" | "latents" | "grid" | "ode" | "none"} answer  how log p is known: from a formula; by a sum over a
 *   grid of latents, or of the plane, which only two dimensions allow; along an ODE; not at all
 * @property {number} enough  steps
 * @property {boolean} [averaged]
 * @property {number} slice  points whose log p takes a few milliseconds
 * @property {Record<string, number>} defaults  of its settings
 * @property {(plane: Plane, settings: any) => Family} make */

/** @type {Record<string, Kind>} */
export const FAMILIES = {
  histogram: {
    branch: "explicit",
    answer: "exact",
    enough: 0,
    slice: 4096,
    defaults: { side: 40 },
    make: (plane, settings) => new Histogram(plane, settings),
  },
  kernels: {
    branch: "explicit",
    answer: "exact",
    enough: 0,
    slice: 64,
    defaults: { bandwidth: 0.09 },
    make: (plane, settings) => new Kernels(plane, settings),
  },
  gaussians: {
    branch: "explicit",
    answer: "exact",
    enough: 60,
    slice: 2048,
    defaults: { components: 20 },
    make: (plane, settings) => new Gaussians(plane, settings),
  },
  autoregressive: {
    branch: "explicit",
    answer: "exact",
    averaged: true,
    enough: 1350,
    slice: 512,
    defaults: { components: 12, learningRate: 4e-3 },
    make: (plane, settings) => new Autoregressive(plane, settings),
  },
  flow: {
    branch: "explicit",
    answer: "exact",
    averaged: true,
    enough: 670,
    slice: 256,
    defaults: { couplings: 8, learningRate: 4e-3 },
    make: (plane, settings) => new Flow(plane, settings),
  },
  vae: {
    branch: "approximate",
    answer: "latents",
    averaged: true,
    enough: 5900,
    slice: 8,
    defaults: { learningRate: 8e-3 },
    make: (plane, settings) => new Vae(plane, settings),
  },
  energy: {
    branch: "approximate",
    answer: "grid",
    averaged: true,
    enough: 1000,
    slice: 512,
    defaults: { side: 32, learningRate: 8e-3 },
    make: (plane, settings) => new Energy(plane, settings),
  },
  diffusion: {
    branch: "approximate",
    answer: "ode",
    averaged: true,
    enough: 1320,
    slice: 4,
    defaults: { learningRate: 8e-3 },
    make: (plane, settings) => new Diffusion(plane, settings),
  },
  matching: {
    branch: "approximate",
    answer: "ode",
    averaged: true,
    enough: 1320,
    slice: 4,
    defaults: { learningRate: 8e-3 },
    make: (plane, settings) => new Matching(plane, settings),
  },
  gan: {
    branch: "implicit",
    answer: "none",
    enough: 2000,
    slice: 0,
    defaults: { learningRate: 2e-3 },
    make: (plane, settings) => new Gan(plane, settings),
  },
};

const KEEP = 50; // steps from one kept state to the next
const LATE = 16; // an average after n steps weighs step i by (i / n)^LATE
const WORSE = 10; // by so many nats than at its best, a state is not worth keeping

/** @param {Family} family */
const parametersOf = ({ adams, parameters }) =>
  adams?.map(({ network }) => network.parameters) ?? (parameters ? [parameters] : []);

/** A family that learns, in pieces of time. */
export class Learner {
  /** @param {string} name  of the family
   * @param {Plane} plane
   * @param {Record<string, number> & { seed: number }} settings  `seed`, and what differs from the defaults */
  constructor(name, plane, settings) {
    this.name = name;
    this.kind = FAMILIES[name];
    this.settings = { ...this.kind.defaults, ...settings };
    const make = () => /** @type {Family & Record<string, any>} */ (this.kind.make(plane, this.settings));
    this.trained = make();
    this.family = this.kind.averaged ? make() : this.trained;
    this.loss = NaN;
    this.broken = false;
    this.best = Infinity; // loss where a state was kept
    this.keep();
  }

  get steps() {
    return this.trained.steps ?? 0;
  }

  get enough() {
    return this.kind.enough;
  }

  /** All numbers that learning changes. */
  parts() {
    const { trained, family } = this;
    const moments = trained.adams?.flatMap(({ mean, square }) => [mean, square]) ?? [];
    return [...parametersOf(trained), ...parametersOf(family), ...moments];
  }

  keep() {
    this.kept = { steps: this.steps, parts: this.parts().map((part) => part.slice()) };
  }

  /** One step. Where its loss is not finite, the family is `broken` and learns no more until `restore`. */
  step() {
    const { trained, family } = this;
    if (!trained.step || this.broken) return;
    const loss = trained.step();
    if (!Number.isFinite(loss)) {
      this.broken = true;
      this.parts().forEach((part, i) => part.set(this.kept.parts[i]));
      trained.steps = family.steps = this.kept.steps;
      return;
    }
    this.loss = loss;
    if (family !== trained) this.average();
    if (this.steps % KEEP || loss > this.best + WORSE) return;
    if (!this.parts().every((part) => part.every(Number.isFinite))) return;
    this.best = Math.min(this.best, loss);
    this.keep();
  }

  average() {
    const { trained, family } = this;
    family.steps = trained.steps;
    const share = (LATE + 1) / (this.steps + LATE);
    const latest = parametersOf(trained);
    parametersOf(family).forEach((average, k) => {
      const now = latest[k];
      for (let i = 0; i < average.length; i++) average[i] += share * (now[i] - average[i]);
    });
  }

  /** Steps for so many milliseconds, and not beyond `most` in all.
   * @param {number} milliseconds
   * @param {number} [most] */
  learn(milliseconds, most = Infinity) {
    const end = performance.now() + milliseconds;
    while (this.trained.step && !this.broken && this.steps < most) {
      this.step();
      if (performance.now() >= end) break;
    }
  }

  /** Goes on from the last good state, with half the learning rate. */
  restore() {
    if (this.trained.learningRate) this.trained.learningRate /= 2;
    this.broken = false;
  }

  /** log p of points (n, 2), a few milliseconds at a time.
   * @param {Float64Array} points
   * @param {number} n */
  logDensities(points, n) {
    return this.family.logDensity && inSlices(this.family, this.kind.slice, points, n);
  }
}

/** @param {Family} family
 * @param {number} slice
 * @param {Float64Array} points
 * @param {number} n
 * @returns {Generator<undefined, Float64Array>} */
function* inSlices(family, slice, points, n) {
  const found = new Float64Array(n);
  for (let first = 0; first < n; first += slice) {
    const size = Math.min(slice, n - first);
    const some = points.subarray(2 * first, 2 * (first + size));
    found.set(family.logDensity?.(some, size) ?? [], first);
    yield;
  }
  return found;
}

/** What a generator returns, its pauses left out.
 * @template T
 * @param {Generator<undefined, T>} pieces
 * @returns {T} */
export function atOnce(pieces) {
  for (;;) {
    const { done, value } = pieces.next();
    if (done) return value;
  }
}

/** The meter's reading of n samples: modes, share of good points, Jensen-Shannon divergence.
 * @param {Family} family
 * @param {Plane} plane
 * @param {Random} random
 * @param {number} [n] */
export function modesOf(family, { truth }, random, n = 4000) {
  const meter = new Meter(truth);
  meter.add(family.sample(n, random), n);
  return meter.read();
}
