/* The people of the lesson with their labels, both ways to tell them apart, and what each says at a point. It knows no
 * page.
 *
 *   new Survey(sets)        sets: name -> People
 *   .set(changes)           settings, see `DEFAULTS`
 *   .logistic, .normals     both fits; .odds of both; .wrong(odds) on new people; .edge(odds)
 *   .answer()               what both say at the point
 *   .draw()                 a person of the normals
 *   .linked()               what a link says
 *
 * Protocol, as in the heights: all people in an order that the seed decides; the last 30 % are new; the fits see the
 * first `n` of the others. One of these is the one whom a visitor drags.
 */

import {
  drawPerson,
  edges,
  fitLogistic,
  fitNormals,
  KINDS,
  keep,
  logDensities,
  logSum,
  oddsOfNormals,
  valueAt,
} from "../../browser/classes.js";
import { clamp, Random } from "../../browser/numbers.js";
import { shuffled } from "../../browser/people.js";
import { select, shareWrong } from "../../browser/redraws.js";

/** @import { Kind, Labelled, Logistic, Normals, Odds } from "../../browser/classes.js" */
/** @import { People } from "../../browser/people.js" */
/** @typedef {{ low: number, high: number, digits: number, typical: number }} Axis
 * `digits` behind the point; `typical` is the mean */
/** What both ways say at the point. `logOdds` of kind 1; null where a way has no answer. `logs`: log P(Y = k) p(x | Y = k)
 * of both kinds. `rarer`: people seen where the density is smaller still.
 * @typedef {{ left: number | null, right: number | null, logs: [number, number] | null, logDensity: number,
 *   rarer: number }} Answer */

export const UNITS = { ansur2: ["cm", "kg"], galton: ["cm"], korea: ["cm", "mm"], cups: ["mm", "g"] };
export const DEFAULTS = {
  data: "ansur2",
  features: "one", // "one" measurement, or "two"
  kind: /** @type {Kind} */ ("lda"),
  n: 60, // people that both are fitted to
  hidden: "none", // at the point: "first" or "second" of the two measurements
  at: /** @type {number[] | null} */ (null), // the point; null is the middle of all people
  person: /** @type {number[] | null} */ (null), // where the dragged person stands; null is at home
  seed: 1,
};
const SHARE_NEW = 0.3;
const ROOM = [0.3, 0.45]; // of the axes beyond all people, so that one can stand where nobody is
const MOST_DRAWN = 60;
/** columns of each set, of which "cups" has the people's numbers */
const COLUMNS = {
  ansur2: ["height_cm", "weight_kg"],
  cups: ["height_cm", "weight_kg"],
  galton: ["height_cm"],
  korea: ["height_cm", "foot_mm"],
};

export class Survey {
  /** @param {Record<string, People>} sets */
  constructor(sets) {
    this.sets = sets;
    this.settings = { ...DEFAULTS };
    /** @type {{ label: number, x: number[] }[]} */
    this.made = []; // people drawn from the normals
    this.lot = 1; // of random numbers
    this.gather();
  }

  /** Chooses the people, and parts the known from the new. */
  gather() {
    const { data, seed } = this.settings;
    const { sex, columns } = this.sets[data === "cups" ? "ansur2" : data];
    /** @type {Labelled} */
    const all = {
      columns: COLUMNS[data].map((name) => columns[name] ?? columns.height_in.map((inches) => 2.54 * inches)),
      label: Uint8Array.from(sex, (each) => (each === "M" ? 1 : 0)),
    };
    this.everybody = all;
    const order = shuffled(sex.length, seed);
    const numNew = Math.round(SHARE_NEW * sex.length);
    this.known = order.slice(0, sex.length - numNew);
    this.freshAll = select(all, order.slice(sex.length - numNew));
    this.axes = all.columns.map(axisOf);
    this.choose();
  }

  /** Whether there are two measurements to look at. */
  get two() {
    return this.settings.features === "two" && this.everybody.columns.length > 1;
  }

  get hasTwo() {
    return this.everybody.columns.length > 1;
  }

  get most() {
    return this.known.length;
  }

  get n() {
    return clamp(this.settings.n, 4, this.most);
  }

  /** The normals that are fitted. With one measurement independence is no question.
   * @returns {Kind} */
  get kind() {
    const { kind } = this.settings;
    if (this.two || !KINDS[kind].independent) return kind;
    return KINDS[kind].shared ? "lda" : "qda";
  }

  /** The measurement that is hidden at the point: 0, 1, or -1 for none. */
  get hidden() {
    return this.two ? ["first", "second"].indexOf(this.settings.hidden) : -1;
  }

  /** The words for what the data are of. */
  get nouns() {
    return this.settings.data === "cups" ? "cups" : "people";
  }

  /** The people whom both fits see. */
  choose() {
    const count = this.two ? 2 : 1;
    const some = (/** @type {Labelled} */ { columns, label }) => ({
      columns: columns.slice(0, count),
      label,
    });
    this.home = some(select(this.everybody, this.known.slice(0, this.n))); // nobody dragged
    this.fresh = some(this.freshAll);
    this.dragged = Math.max(0, this.home.label.indexOf(1)); // a person of kind 1, if there is one
    this.seen = { columns: this.home.columns.map((column) => column.slice()), label: this.home.label };
    this.atHome = fitted(this.home, this.kind);
    this.fit();
  }

  /** Fits both to the people as they stand. */
  fit() {
    const { person } = this.settings;
    this.seen.columns.forEach((column, j) => {
      const { low, high } = this.axes[j];
      const place = person?.[j];
      column[this.dragged] =
        place === undefined ? this.home.columns[j][this.dragged] : clamp(place, low, high);
    });
    // not from where the drag came from: the same place has the same fit, to the last digit
    const found = person ? fitted(this.seen, this.kind, this.atHome.logistic) : this.atHome;
    this.logistic = found.logistic;
    this.normals = found.normals;
    this.odds = { left: found.left, right: found.right };
    this.made = [];
  }

  /** @param {Partial<typeof DEFAULTS>} changes */
  set(changes) {
    const differs = (/** @type {"data" | "seed"} */ name) =>
      name in changes && changes[name] !== this.settings[name];
    if (differs("data")) Object.assign(this.settings, { at: null, person: null }); // places are in its units
    if (differs("seed")) this.settings.person = null; // it is another one
    Object.assign(this.settings, changes);
    if ("data" in changes || "seed" in changes) this.gather();
    else if (["features", "n", "kind"].some((name) => name in changes)) this.choose();
    else if ("person" in changes) this.fit();
  }

  /** The point: its measurements, within the axes. */
  get at() {
    const { at } = this.settings;
    return this.axes
      .slice(0, this.two ? 2 : 1)
      .map(({ low, high, typical }, j) => clamp(at?.[j] ?? typical, low, high));
  }

  /** Where the dragged person stands. */
  get person() {
    return this.seen.columns.map((column) => column[this.dragged]);
  }

  /** A place on the axes as it is kept: rounded, both measurements, the second as it was where there is but one.
   * @param {number[]} place
   * @param {number[] | null} before */
  placed(place, before) {
    return this.axes.map(({ low, high, digits, typical }, j) =>
      Number(clamp(place[j] ?? before?.[j] ?? typical, low, high).toFixed(digits)),
    );
  }

  /** @param {number[]} place */
  moveTo(place) {
    this.set({ at: this.placed(place, this.settings.at) });
  }

  /** @param {number[]} place */
  drag(place) {
    const home = this.everybody.columns.map((column) => column[this.known[this.dragged]]);
    this.set({ person: this.placed(place, this.settings.person ?? home) });
  }

  /** Drags the person far away along the first measurement. */
  dragFar() {
    const [{ low, high }] = this.axes;
    this.drag([low + 0.96 * (high - low), ...this.person.slice(1)]);
  }

  /** A place where nobody is: short and heavy, or far beyond the tallest. */
  nowhere() {
    const [first, second] = this.axes;
    const at = (/** @type {Axis} */ { low, high }, /** @type {number} */ share) => low + share * (high - low);
    this.moveTo(this.two ? [at(first, 0.04), at(second, 0.93)] : [at(first, 0.98)]);
  }

  /** What both say at the point.
   * @returns {Answer} */
  answer() {
    const { at, hidden, normals, odds } = this;
    const left = odds.left && hidden < 0 ? valueAt(odds.left, at[0], at[1]) : null;
    if (normals.problem) return { left, right: null, logs: null, logDensity: NaN, rarer: 0 };
    const features = [0, 1].filter((j) => j < at.length && j !== hidden);
    const fit = keep(normals, features);
    const [zero, one] = logDensities(fit); // the hidden measurement is integrated out
    const [x, y] = features.map((j) => at[j]);
    /** @type {[number, number]} */
    const logs = [valueAt(zero, x, y), valueAt(one, x, y)];
    const logDensity = logSum(...logs);
    const [first, second] = features.map((j) => this.seen.columns[j]);
    let rarer = 0;
    for (let i = 0; i < this.n; i++) {
      const a = valueAt(zero, first[i], second?.[i]);
      const b = valueAt(one, first[i], second?.[i]);
      const most = Math.max(a, b); // the sum lies between this and log 2 more: few need the sum itself
      if (most + Math.LN2 < logDensity || (most < logDensity && logSum(a, b) < logDensity)) rarer++;
    }
    return { left, right: logs[1] - logs[0], logs, logDensity, rarer };
  }

  /** The share of new people told wrong, and its standard error; null without odds.
   * @param {Odds | null} odds */
  wrong(odds) {
    if (!odds) return null;
    const share = shareWrong(this.fresh, odds);
    return { share, error: Math.sqrt((share * (1 - share)) / this.fresh.label.length) };
  }

  /** The boundary as a value of the first measurement, at the mean of the second: the edge that lies nearest to the
   * middle between both kinds. NaN where there is none.
   * @param {Odds | null} odds */
  edge(odds) {
    if (!odds) return NaN;
    const { mean } = this.atHome.normals;
    const middle = (mean[0][0] + mean[1][0]) / 2;
    const found = edges(odds, this.two ? this.axes[1].typical : 0);
    return found.reduce(
      (best, each) => (Math.abs(each - middle) < Math.abs(best - middle) || Number.isNaN(best) ? each : best),
      NaN,
    );
  }

  /** How far the dragged person has moved both boundaries.
   * @returns {{ left: number, right: number }} */
  get moved() {
    const { atHome, odds } = this;
    return {
      left: this.edge(odds.left) - this.edge(atHome.left),
      right: this.edge(odds.right) - this.edge(atHome.right),
    };
  }

  /** Draws a person; the last ones stay. Null where there is nothing to draw from. */
  draw() {
    if (this.normals.problem) return null;
    const drawn = drawPerson(this.normals, new Random((this.settings.seed * 7919 + this.lot++) >>> 0));
    this.made = [...this.made, drawn].slice(-MOST_DRAWN);
    return drawn;
  }

  linked() {
    return { ...this.settings, n: this.n };
  }
}

/** Both fits and their odds.
 * @param {Labelled} people
 * @param {Kind} kind
 * @param {Logistic} [near] of nearly the same people
 */
function fitted(people, kind, near) {
  const logistic = fitLogistic(people, near?.problem === "" ? near.odds : undefined);
  const normals = fitNormals(people, kind);
  return { logistic, normals, left: logistic.odds, right: normals.problem ? null : oddsOfNormals(normals) };
}

/** @param {Float64Array} column
 * @returns {Axis} */
function axisOf(column) {
  let [low, high, sum] = [Infinity, -Infinity, 0];
  let whole = true;
  for (const value of column) {
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += value;
    whole &&= Number.isInteger(value);
  }
  const range = high - low;
  return {
    low: Math.max(0, Math.floor(low - ROOM[0] * range)),
    high: Math.ceil(high + ROOM[1] * range),
    digits: whole ? 0 : 1,
    typical: Number((sum / column.length).toFixed(whole ? 0 : 1)),
  };
}
