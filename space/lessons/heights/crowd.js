/* The people of the lesson, the model that a visitor sets for them, and its score on people it has not seen. It knows
 * no page.
 *
 *   new Crowd(sets)    sets: name -> People
 *   .set(changes)      settings, see `DEFAULTS`; .useNumbers(values) and .drawCurve(x, share) for what is in no link
 *   .density, .score   the present model; .ranking() all of them
 *   .curve()           the score at every value of the model's slider
 *   .humps()           two normals against one on all people, by ten folds
 *   .made, .makeOthers()      people drawn from the model, and other ones
 *   .linked()          what a link says
 *
 * Protocol: the people of a choice are put into an order that the seed decides. The last 30 % are new: no model is
 * fitted to them. The model is fitted to the first `n` of the others.
 */

import {
  drawnDensity,
  fitHistogram,
  fitKernels,
  fitMixture,
  fitNormal,
  fitUniform,
  folds,
  keepReserve,
  logDensities,
  normals,
  paired,
  score,
  tally,
} from "../../browser/densities.js";
import { clamp, Random, range } from "../../browser/numbers.js";
import { KOREAN_TWENTIES, shuffled } from "../../browser/people.js";

/** @import { Density, Part, Score, Tally } from "../../browser/densities.js" */
/** @import { People } from "../../browser/people.js" */
/** @typedef {"uniform" | "normal" | "histogram" | "kernels" | "mixture" | "drawn"} Model */
/** @typedef {{ model: Model, score: Score | null, gain: { mean: number, error: number } | null }} Ranked
 * `gain` over the normal, a new person at a time; null where one of them finds a new person impossible */

/** @typedef {{ gain: { mean: number, error: number }, parts: Part[], depth: number | null }} Humps */

export const MODELS = /** @type {Model[]} */ ([
  "uniform",
  "normal",
  "histogram",
  "kernels",
  "mixture",
  "drawn",
]);
/** models that find some values impossible */
export const BOUNDED = /** @type {Model[]} */ (["uniform", "histogram", "drawn"]);
export const DEFAULTS = {
  data: "ansur2",
  who: "F", // "F", "M" or "both"
  n: 60, // people that the model is fitted to
  model: /** @type {Model} */ ("uniform"),
  width: 2, // of a bin, in the unit of the data
  origin: 0, // of the bins, as a share of their width
  bandwidth: 1.5,
  reserve: 0, // share of the probability that is kept for anything on the axis
  seed: 1,
};
export const SCALES = { width: [0.2, 20], bandwidth: [0.1, 10] };
const SHARE_NEW = 0.3;
const CURVE_POINTS = 61;
const KNOTS = 160; // bars of a drawn curve
const LEAST_SEEN = 3;
export const NUM_MADE = 60;

/** Values from `low` to `high` on a logarithmic scale.
 * @param {number[]} bounds
 * @param {number} count */
const spread = ([low, high], count) => range(count).map((i) => low * (high / low) ** (i / (count - 1)));

export class Crowd {
  /** @param {Record<string, People>} sets */
  constructor(sets) {
    this.sets = sets;
    this.settings = { ...DEFAULTS };
    /** @type {number[]} */
    this.numbers = []; // the visitor's own
    /** @type {number[]} */
    this.made = []; // drawn from the model
    this.lot = 1; // of random numbers: the same lot makes the same people of the same model
    this.gather();
  }

  /** Chooses the people, and parts the known from the new. */
  gather() {
    const { data, who, seed } = this.settings;
    const set = this.sets[data === "cups" ? "ansur2" : data]; // the cups are the people's numbers
    const all =
      data === "own"
        ? this.numbers
        : Array.from(heightsOf(set)).filter((_, i) => who === "both" || set.sex[i] === who);
    this.people = shuffled(all.length, seed).map((i) => all[i]);
    const numNew = Math.max(1, Math.round(SHARE_NEW * this.people.length));
    this.known = this.people.slice(0, this.people.length - numNew);
    this.fresh = tally(this.people.slice(this.people.length - numNew));
    const [low, high] = [Math.min(...this.people), Math.max(...this.people)];
    const room = 0.12 * (high - low) || 1;
    /** the axis */
    const tick = Math.min(1, 10 ** Math.floor(Math.log10(room)));
    this.low = tick * Math.floor((low - room) / tick);
    this.high = tick * Math.ceil((high + room) / tick);
    this.curveDrawn = new Float64Array(KNOTS);
    this.hasTwo = data !== "own" && who === "both";
    /** @type {Humps | null} */
    this.foundHumps = null;
    /** size of the data's spread where it is not that of heights in centimetres: bins and kernels follow it */
    this.unit = data === "own" ? fitNormal(tally(this.people)).sd / 8 : 1;
    /** the density at the peak of a normal with the data's spread */
    this.peak = 1 / (Math.sqrt(2 * Math.PI) * fitNormal(tally(this.people)).sd);
    this.refit();
  }

  /** The words for what the data are of: see `nouns`. */
  get kind() {
    return { own: "numbers", cups: "cups" }[this.settings.data] ?? "people";
  }

  /** One and many of the data, for the texts.
   * @param {(key: string) => string} text */
  nouns(text) {
    const noun = (/** @type {string} */ form) => text(`${this.kind}.${form}`);
    return { one: noun("one"), many: noun("many") };
  }

  /** A number of the data: "60", in Korean with its counter.
   * @param {(key: string, values: Record<string, unknown>) => string} text
   * @param {number} n */
  counted(text, n) {
    return text(`${this.kind}.count`, { n: n.toLocaleString("en") });
  }

  /** A width as a visitor reads it, in the unit of the data: two digits.
   * @param {number} value */
  sizeText(value) {
    return String(Number((value * this.unit).toPrecision(2)));
  }

  /** The distribution that simulated people were drawn from; null for measured ones.
   * @returns {Density | null} */
  get truth() {
    const { data, who } = this.settings;
    return data === "korea" ? truthOf(who) : null;
  }

  /** What a drawn curve is at a place, before it is scaled.
   * @param {number} x */
  drawnAt(x) {
    return this.curveDrawn[
      clamp(Math.floor(((x - this.low) / (this.high - this.low)) * KNOTS), 0, KNOTS - 1)
    ];
  }

  get most() {
    return this.known.length;
  }

  get n() {
    return clamp(this.settings.n, Math.min(LEAST_SEEN, this.most), this.most);
  }

  /** The people whom the model sees. */
  refit() {
    this.seen = this.known.slice(0, this.n);
    this.data = tally(this.seen);
    this.model();
  }

  model() {
    this.density = this.fit(this.settings.model);
    this.score = this.density && score(this.density, this.fresh);
    const random = new Random((this.settings.seed * 7919 + this.lot) >>> 0);
    this.made = this.density ? range(NUM_MADE).map(() => this.density.draw(random)) : [];
  }

  makeOthers() {
    this.lot++;
    this.model();
  }

  /** A model fitted to the people seen, with the present settings; null for a curve that is not drawn yet, and where
   * all are equal.
   * @param {Model} model
   * @returns {Density | null} */
  fit(model, { width, origin, bandwidth, reserve } = this.settings) {
    const { data, unit, low, high } = this;
    if (data.x.length < 2 && model !== "drawn") return null;
    const fits = {
      uniform: () => fitUniform(data),
      normal: () => fitNormal(data),
      histogram: () => fitHistogram(data, width * unit, origin * width * unit),
      kernels: () => fitKernels(data, bandwidth * unit),
      mixture: () => fitMixture(data),
      drawn: () => drawnDensity(this.curveDrawn, low, (high - low) / KNOTS),
    };
    const density = fits[model]();
    return density && reserve && BOUNDED.includes(model) ? keepReserve(density, reserve, low, high) : density;
  }

  /** @param {Partial<typeof DEFAULTS>} changes */
  set(changes) {
    Object.assign(this.settings, changes);
    if (["data", "who", "seed"].some((name) => name in changes)) this.gather();
    else if ("n" in changes) this.refit();
    else {
      this.model();
    }
  }

  /** The visitor's own numbers; at least 4, not all equal.
   * @param {number[]} values */
  useNumbers(values) {
    this.numbers = values;
    this.set({ data: "own", n: values.length });
  }

  /** A stroke of the visitor's curve from one point to another: places on the axis, and heights as a share of the most.
   * @param {[number, number]} from
   * @param {[number, number]} to */
  drawCurve(from, to) {
    const place = (/** @type {number} */ x) => ((x - this.low) / (this.high - this.low)) * KNOTS - 0.5;
    const [start, end] = [place(from[0]), place(to[0])];
    const [first, last] = [Math.round(Math.min(start, end)), Math.round(Math.max(start, end))];
    for (let i = Math.max(0, first); i <= Math.min(KNOTS - 1, last); i++) {
      const share = start === end ? 1 : clamp((i - start) / (end - start), 0, 1);
      this.curveDrawn[i] = Math.max(0, from[1] + share * (to[1] - from[1]));
    }
    this.model();
  }

  clearCurve() {
    this.curveDrawn.fill(0);
    this.model();
  }

  /** All models with the present settings, the best first.
   * @returns {Ranked[]} */
  ranking() {
    const normal = this.fit("normal");
    const logsOfNormal = normal && logDensities(normal, this.fresh);
    const ranked = MODELS.map((model) => {
      const density = this.fit(model);
      if (!density) return { model, score: null, gain: null };
      const found = score(density, this.fresh);
      const logs = logDensities(density, this.fresh);
      const gain =
        found.impossible || !normal ? null : paired(this.each(logs.map((log, i) => log - logsOfNormal[i])));
      return { model, score: found, gain };
    });
    return ranked.sort(
      (a, b) => (b.score?.mean ?? NaN) - (a.score?.mean ?? NaN) || Number(!a.score) - Number(!b.score),
    );
  }

  /** One number for each new person, from one for each distinct value.
   * @param {Float64Array} values */
  each(values) {
    return Array.from(values).flatMap((value, i) => new Array(this.fresh.count[i]).fill(value));
  }

  /** The score at values of the model's slider; null for a model that has none.
   * @returns {{ setting: "width" | "bandwidth", points: [number, number][] } | null} */
  curve() {
    const { model } = this.settings;
    if (!this.density || (model !== "histogram" && model !== "kernels")) return null;
    const setting = model === "histogram" ? "width" : "bandwidth";
    const points = spread(SCALES[setting], CURVE_POINTS).map((value) => {
      const density = /** @type {Density} */ (this.fit(model, { ...this.settings, [setting]: value }));
      return /** @type {[number, number]} */ ([value, score(density, this.fresh).mean]);
    });
    return { setting, points };
  }

  /** Two normals against one on all people of the choice: the mean gain of a person who is left out, in nats, and the
   * depth of the valley in the two normals' curve. */
  humps() {
    if (this.foundHumps) return this.foundHumps;
    const whole = fitMixture(tally(this.people));
    const two = folds(this.people, (data) => fitMixture(data, whole));
    const one = folds(this.people, fitNormal);
    const gain = paired(two.map((log, i) => log - one[i]));
    this.foundHumps = { gain, parts: whole.parts, depth: valley(whole, this.low, this.high) };
    return this.foundHumps;
  }

  linked() {
    const { data, n, ...others } = this.settings;
    if (data === "own") return DEFAULTS; // what a visitor types stays on the page
    return { ...others, data, n: this.n };
  }
}

/** @param {string} who
 * @returns {Density} */
function truthOf(who) {
  const groups = KOREAN_TWENTIES.filter(({ sex }) => who === "both" || sex === who);
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  const parts = groups.map(({ count, mean, sd }) => ({ weight: count / total, mean: mean[0], sd: sd[0] }));
  return normals(parts);
}

/** How far the valley between two humps lies below the lower hump, as a share of it; null where there is one hump.
 * @param {Density} density
 * @param {number} low
 * @param {number} high */
function valley({ logDensity }, low, high) {
  const heights = range(1000).map((i) => Math.exp(logDensity(low + ((high - low) * i) / 999)));
  const tops = range(1000).filter(
    (i) => heights[i] > (heights[i - 1] ?? 0) && heights[i] >= (heights[i + 1] ?? 0),
  );
  if (tops.length < 2) return null;
  const lowest = Math.min(...heights.slice(tops[0], tops[tops.length - 1]));
  return 1 - lowest / Math.min(...tops.map((i) => heights[i]));
}

/** Heights in centimetres.
 * @param {People} people */
function heightsOf({ columns }) {
  return columns.height_cm ?? columns.height_in.map((inches) => inches * 2.54);
}
