/* Who needs fewer people? Samples of every size, drawn again and again, and the errors of all rivals on everybody else
 * (Ng and Jordan 2002, "On discriminative vs. generative classifiers").
 *
 *   sizesFor(data)                    the sizes that leave enough people to be tested on
 *   new Redraws(data).draw(n, number) one sample of n, and each rival's error
 *   new Size(n)                       .add(drawn): means and standard errors over redraws
 *   crossing(sizes)                   where logistic regression overtakes naive Bayes
 *   shareWrong(data, odds), select(data, people)
 *
 * A sample has n / 2 of each kind. The error is the mean of both kinds' shares that are told wrong, among all who are
 * not in the sample; even odds are half an error.
 */

import { fitLogistic, fitNormals, oddsOfNormals } from "./classes.js";
import { Random } from "./numbers.js";

/** @import { Kind, Labelled, Odds } from "./classes.js" */
/** @typedef {"logistic" | Kind} Rival */

export const SIZES = [4, 6, 10, 20, 40, 80, 160, 400, 800];
export const RIVALS = /** @type {Rival[]} */ (["logistic", "naive_shared", "naive", "lda", "qda"]);
const MOST_SHARE = 0.75; // of the smaller kind that a sample may take

/** @param {number} length */
function everybody(length) {
  const people = new Int32Array(length);
  for (let i = 0; i < length; i++) people[i] = i;
  return people;
}

/** The people of each kind, by their places in the columns.
 * @param {Uint8Array} label
 * @returns {Int32Array[]} */
const peopleOf = (label) => [0, 1].map((kind) => everybody(label.length).filter((i) => label[i] === kind));

/** @param {Labelled} data */
export function sizesFor({ label }) {
  const fewest = Math.min(...peopleOf(label).map((each) => each.length));
  return SIZES.filter((n) => n / 2 <= MOST_SHARE * fewest);
}

/** @param {Labelled} data
 * @param {ArrayLike<number>} people
 * @returns {Labelled} */
export function select({ columns, label }, people) {
  // loops: what typed arrays have for it is ten times as slow
  const taken = columns.map((column) => {
    const values = new Float64Array(people.length);
    for (let i = 0; i < people.length; i++) values[i] = column[people[i]];
    return values;
  });
  const kinds = new Uint8Array(people.length);
  for (let i = 0; i < people.length; i++) kinds[i] = label[people[i]];
  return { columns: taken, label: kinds };
}

/** The rivals' odds on a sample; null where one cannot answer.
 * @param {Labelled} sample
 * @returns {{ odds: (Odds | null)[], separable: boolean }} */
function rivalsOn(sample) {
  const logistic = fitLogistic(sample);
  const odds = RIVALS.map((rival) => {
    if (rival === "logistic") return logistic.odds;
    const fit = fitNormals(sample, rival);
    return fit.problem ? null : oddsOfNormals(fit);
  });
  return { odds, separable: logistic.problem === "separable" };
}

/** The share of people who are told wrong; even odds are half an error.
 * @param {Labelled} data
 * @param {Odds} odds
 * @returns {number} */
export function shareWrong({ columns: [first, second], label }, { constant, linear, quadratic }) {
  const two = second !== undefined;
  const other = two ? second : first;
  const [b, c] = [linear[0], two ? linear[1] : 0];
  const bb = quadratic ? quadratic[0][0] : 0;
  const bc = quadratic && two ? 2 * quadratic[0][1] : 0;
  const cc = quadratic && two ? quadratic[1][1] : 0;
  let halves = 0;
  for (let i = 0; i < label.length; i++) {
    const x = first[i];
    const y = other[i];
    const value = constant + x * (b + bb * x + bc * y) + y * (c + cc * y);
    const away = label[i] ? -value : value;
    halves += away > 0 ? 2 : away < 0 ? 0 : 1;
  }
  return halves / 2 / label.length;
}

/** Samples of some people. */
export class Redraws {
  /** @param {Labelled} data */
  constructor(data) {
    this.kinds = peopleOf(data.label).map((people) => select(data, people));
  }

  /** Of each kind those in the sample, and the others.
   * @param {number} n
   * @param {number} number */
  halves(n, number) {
    const random = new Random((n * 1_000_003 + number * 7919) >>> 0);
    return this.kinds.map((people) => halved(people, n / 2, random));
  }

  /** One sample of n people, and the error of each of `RIVALS` on the others; NaN where one cannot answer.
   * @param {number} n
   * @param {number} number of the redraw: the same number makes the same sample
   * @returns {{ errors: number[], separable: boolean }} */
  draw(n, number) {
    const [zero, one] = this.halves(n, number);
    const { odds, separable } = rivalsOn(joined(zero.sample, one.sample));
    const errors = odds.map((each) =>
      each ? (shareWrong(zero.others, each) + shareWrong(one.others, each)) / 2 : NaN,
    );
    return { errors, separable };
  }
}

/** Some of the people at random, and the others.
 * @param {Labelled} people
 * @param {number} count
 * @param {Random} random */
function halved(people, count, random) {
  const order = everybody(people.label.length);
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random.uniform() * (order.length - i));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return {
    sample: select(people, order.subarray(0, count)),
    others: select(people, order.subarray(count)),
  };
}

/** @param {Labelled} one
 * @param {Labelled} other
 * @returns {Labelled} */
function joined(one, other) {
  const columns = one.columns.map((column, j) => {
    const all = new Float64Array(column.length + other.columns[j].length);
    all.set(column);
    all.set(other.columns[j], column.length);
    return all;
  });
  const label = new Uint8Array(one.label.length + other.label.length);
  label.set(one.label);
  label.set(other.label, one.label.length);
  return { columns, label };
}

/** The mean of what is added, and its standard error; NaN is left out, and not counted. */
export class Mean {
  constructor() {
    this.count = this.mean = this.squares = 0;
  }

  /** @param {number} value */
  add(value) {
    if (Number.isNaN(value)) return;
    const away = value - this.mean;
    this.mean += away / ++this.count;
    this.squares += away * (value - this.mean);
  }

  get error() {
    return Math.sqrt(this.squares / (this.count - 1) / this.count);
  }
}

/** All redraws of one size so far: the mean error of each rival, logistic regression minus naive Bayes with one spread
 * (redraw by redraw), and how many samples a line separates. */
export class Size {
  /** @param {number} n */
  constructor(n) {
    this.n = n;
    this.means = RIVALS.map(() => new Mean());
    this.gap = new Mean();
    this.draws = this.separable = 0;
  }

  /** @param {{ errors: number[], separable: boolean }} drawn */
  add({ errors, separable }) {
    errors.forEach((error, i) => this.means[i].add(error));
    this.gap.add(errors[0] - errors[1]);
    this.draws++;
    if (separable) this.separable++;
  }
}

/** The two neighbouring sizes between which logistic regression overtakes naive Bayes: before them it is the worse by
 * more than two standard errors at some size, after them the better. Null where these redraws do not show it.
 * @param {Size[]} sizes
 * @returns {[number, number] | null} */
export function crossing(sizes) {
  const sure = sizes.map(({ gap }) => (Math.abs(gap.mean) > 2 * gap.error ? Math.sign(gap.mean) : 0));
  const after = sure.indexOf(-1);
  const before = sure.lastIndexOf(1, after - 1);
  if (after < 1 || before < 0) return null;
  return [sizes[before].n, sizes[after].n];
}
