/* One family that learns from one set of data: trained, drawn, scored and asked, in pieces of some milliseconds, so that
 * whoever runs it stays awake. It knows no page.
 *
 *   const study = new Study({ data: "ring", strokes: [], family: "flow", seed: 1, settings: {}, restarts: 0 })
 *   study.train(until), study.stop()      then it is scored
 *   study.work(12)                        some milliseconds of all that; true while there is more to do
 *   study.frame()                         what there is to show of it
 *   study.restore()                       the last state without NaN
 *   study.setRuler(bandwidth)             of the bumps on samples of what cannot be asked
 *   study.ask(point)                      what it says of a point
 */

import { evenLatents } from "../../browser/gan2d.js";
import { Meter } from "../../browser/meter.js";
import { EXTENT } from "../../browser/mixtures.js";
import { Random, range } from "../../browser/numbers.js";
import { DATA, HELD_OUT, middles, Plane, score } from "../../browser/plane/data.js";
import { FAMILIES, Learner } from "../../browser/plane/families.js";
import { picture } from "./pictures.js";

/** @import { Point } from "../../browser/mixtures.js" */
/** @typedef {{ data: string, strokes: Point[][], family: string, seed: number, rate?: number, restarts?: number,
 *   settings?: Record<string, number> }} Order
 * `rate` times the learning rate of the family */

export const SHOWN = 600; // samples
export const SCORED = 4000; // samples for modes and seconds
const THROW = 250; // of them at a time
export const MESH = 21; // lines of the grid of noise, each way
const FIELD = 13; // arrows of a vector field, each way
export const FILM = 40; // steps from noise to data
const ROUGH = 14; // steps of an ODE while it trains
const DOUBLINGS = 6; // IW_1 ... IW_64
const GROUPS = 256; // of 64 samples of z
const LIVE_SLICE = 256; // families whose log p is that cheap are scored while they learn
const LIVE_MS = 400;

/** Numbers that a page is sent.
 * @param {ArrayLike<number>} values */
const small = (values) => Float32Array.from(values);

export class Study {
  /** @param {Order} order */
  constructor({ data, strokes, family, seed, rate = 1, restarts = 0, settings = {} }) {
    this.name = family;
    this.kind = FAMILIES[family];
    this.seed = seed;
    this.plane = new Plane(DATA[data](strokes), seed);
    const { learningRate } = this.kind.defaults;
    const learning = learningRate === undefined ? {} : { learningRate: rate * learningRate };
    this.learner = new Learner(family, this.plane, { seed: seed + restarts, ...learning, ...settings });
    /** @type {any} */
    this.family = this.learner.family; // with what only some families have
    this.seconds = 0; // of learning
    this.until = 0;
    this.training = false;
    this.restored = false;
    /** @type {Generator<undefined, void> | null} */
    this.job = null;
    this.forget();
    this.ruler = 0.1;
    this.liveAt = 0;
  }

  /** What was measured holds no more. */
  forget() {
    /** @type {Record<string, any> | null} */
    this.result = null;
    /** @type {Float32Array | null} */
    this.density = null;
    /** @type {Record<string, any> | null} */
    this.film = null;
    /** @type {Record<string, any> | null} */
    this.ruled = null;
    /** @type {Float32Array | null} */
    this.samples = null;
  }

  get enough() {
    return this.learner.enough;
  }

  /** @param {number} until  steps */
  train(until) {
    this.until = until;
    this.training = this.learner.steps < until && !this.learner.broken;
    if (this.training) {
      this.job = null;
      this.forget();
    } else if (!this.result && !this.learner.broken) this.job ??= this.finish();
  }

  stop() {
    if (!this.training) return;
    this.training = false;
    this.job = this.finish();
  }

  restore() {
    this.learner.restore();
    this.restored = true;
    this.forget();
    this.training = false;
    this.job = this.finish();
  }

  /** Whether there is more to do.
   * @param {number} milliseconds */
  work(milliseconds) {
    const begin = performance.now();
    if (this.training) {
      this.learner.learn(milliseconds, this.until);
      this.seconds += (performance.now() - begin) / 1000;
      if (this.learner.broken) this.training = false;
      else if (this.learner.steps >= this.until) this.stop();
    }
    while (this.job && performance.now() < begin + milliseconds) if (this.job.next().done) this.job = null;
    return this.training || this.job !== null;
  }

  /** What takes its time once it has learned: a fine picture, the score, the modes of its samples.
   * @returns {Generator<undefined, void>} */
  *finish() {
    const { family, kind, learner, plane } = this;
    yield;
    if (kind.answer === "none") {
      this.density = null;
      yield* this.measureRuler();
    } else {
      this.density = yield* picture(learner, "fine");
    }
    const scored = yield* this.scored();
    const random = new Random(this.seed ^ 0x5c0e);
    const meter = new Meter(plane.truth);
    let spent = 0;
    for (let made = 0; made < SCORED; made += THROW) {
      const begin = performance.now();
      const points = family.sample(THROW, random);
      spent += performance.now() - begin;
      meter.add(points, THROW);
      yield;
    }
    const { covered, quality } = meter.read();
    this.result = {
      ...scored,
      steps: learner.steps,
      seconds: this.seconds,
      modes: covered.filter(Boolean).length,
      numModes: covered.length,
      quality,
      sampleMs: (1000 * spent) / SCORED, // for 1,000 samples
      spread: this.spread,
    };
    if (family.trajectory) this.film = this.makeFilm();
  }

  /** The score on all held-out points; null where the family cannot be asked.
   * @returns {Generator<undefined, ReturnType<typeof score> | null>} */
  *scored() {
    const { learner, plane } = this;
    const asked = learner.logDensities(plane.held, HELD_OUT);
    return asked && score(yield* asked, plane);
  }

  /** The width of the last blur that is part of the family. */
  get spread() {
    return { vae: this.family.sigma, kernels: this.family.bandwidth }[this.name] ?? null;
  }

  /** The picture and the score of bumps on samples, which are the ruler's as much as the family's.
   * @returns {Generator<undefined, void>} */
  *measureRuler() {
    const bumps = this.family.estimate(this.ruler, this.seed);
    const learner = /** @type {any} */ ({ family: bumps, name: "kernels" });
    const density = yield* picture(learner, "fine");
    this.ruled = { bandwidth: this.ruler, density };
    yield;
    const found = new Float64Array(HELD_OUT);
    for (let first = 0; first < HELD_OUT; first += 50) {
      found.set(bumps.logDensity(this.plane.held.subarray(2 * first, 2 * first + 100), 50), first);
      yield;
    }
    this.ruled = { bandwidth: this.ruler, density, ...score(found, this.plane) };
  }

  /** @param {number} bandwidth */
  setRuler(bandwidth) {
    this.ruler = bandwidth;
    if (this.name !== "gan" || this.training || this.learner.broken) return;
    this.job = this.result ? this.measureRuler() : this.finish();
  }

  /** Points on their way from noise to data, and where the field leads at each time. */
  makeFilm() {
    const { family } = this;
    const way = family.trajectory(400, new Random(this.seed ^ 0xf11f), FILM);
    const times = family.schedule(FILM);
    const grid = middles(FIELD);
    const onwards = Math.sign(times[FILM] - times[0]); // sigma falls on the way to the data, t rises
    const fields = Array.from(times, (time) =>
      small(family.velocity(grid, FIELD * FIELD, time).map((value) => onwards * value)),
    );
    const clock = this.name === "diffusion" ? "sigma" : "t";
    return { way: way.map(small), times: small(times), clock, fields, grid: small(grid) };
  }

  /** What there is to show; while it learns, a rough picture. */
  frame() {
    const { family, learner, name } = this;
    const rough = this.training || learner.broken;
    const done = !rough && this.result !== null;
    return {
      family: name,
      steps: learner.steps,
      loss: learner.loss,
      seconds: this.seconds,
      training: this.training,
      busy: this.training || this.job !== null,
      broken: learner.broken,
      restored: this.restored,
      enough: this.enough,
      until: this.until,
      samples: learner.broken ? null : this.samplesOf(rough),
      density: this.density ?? (learner.broken ? null : this.roughPicture()),
      mesh: learner.broken ? null : this.mesh(),
      components: name === "gaussians" ? family.components : null,
      live: done ? null : this.liveScore(),
      result: this.result,
      ruled: this.ruled,
      film: this.film,
    };
  }

  roughPicture() {
    if (!this.training && this.job) return this.last ?? null; // a fine one is under way
    const pieces = picture(this.learner, "rough");
    for (;;) {
      const { done, value } = pieces.next();
      if (done) return (this.last = value);
    }
  }

  /** @param {boolean} rough */
  samplesOf(rough) {
    const random = new Random(this.seed ^ 0x5a17);
    const { family } = this;
    if (!rough) return (this.samples ??= small(family.sample(SHOWN, random)));
    const few = family.trajectory?.(SHOWN / 2, random, ROUGH).at(-1);
    return small(few ?? family.sample(SHOWN, random));
  }

  /** Where an even grid of noise goes, of families that have noise in two dimensions. */
  mesh() {
    const { family, name } = this;
    const noise = evenLatents(MESH, 2, "gaussian");
    const n = MESH * MESH;
    if (name === "flow") return small(family.fromNoise(noise, n));
    if (name === "vae") return small(family.decoder.forward(noise, n).subarray(0, 2 * n));
    if (name === "gan") return small(family.game.generator.forward(noise, n).subarray(0, 2 * n));
    return null;
  }

  /** The score while it learns, where that is cheap; the same protocol as at the end. */
  liveScore() {
    if (!this.training || this.kind.slice < LIVE_SLICE) return null;
    const now = performance.now();
    if (now - this.liveAt > LIVE_MS) {
      this.liveAt = now;
      this.latest = score(this.family.logDensity(this.plane.held, HELD_OUT), this.plane);
    }
    return this.latest ?? null;
  }

  /** What it says of a point, in its own way.
   * @param {Point} at */
  ask([x, y]) {
    const { family, kind, learner, name, plane } = this;
    const point = Float64Array.of(x, y);
    /** @type {Record<string, any>} */
    const said = { at: [x, y], truth: Math.log(plane.truth.density(x, y)), log: null };
    if (learner.broken) return said;
    if (kind.answer !== "none") said.log = family.logDensity(point, 1)[0];
    else said.ruled = family.estimate(this.ruler, this.seed).logDensity(point, 1)[0];
    if (name === "vae")
      said.bounds = family.bounds([x, y], {
        doublings: DOUBLINGS,
        groups: GROUPS,
        random: new Random(this.seed ^ 0xb0),
      });
    if (name === "energy") said.logZ = family.logZ;
    if (name === "autoregressive") {
      const axis = Float64Array.from(range(121), (i) => EXTENT * (i / 60 - 1));
      said.slice = small(family.factors(axis, x)[1]);
    }
    return said;
  }
}
