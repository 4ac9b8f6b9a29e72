/* Two kinds of people told apart: by a boundary (logistic regression), or by a normal distribution of each kind and Bayes.
 *
 *   fitLogistic(data, start?)     P(Y | X): the boundary itself
 *   fitNormals(data, kind)        P(X | Y) and P(Y): one of `KINDS`
 *   oddsOfNormals(fit)            what Bayes makes of them
 *   logDensities(fit)             log P(Y = k) p(x | Y = k) of both kinds; keep(fit, features) where others are missing
 *   drawPerson(fit, random)       a label, and measurements
 *   valueAt(odds, x, y), edges(odds, rest), contour(value, ...)    where the boundary is
 *
 * Logarithms are natural.
 */

import { range, solve } from "./numbers.js";

/** @import { Random } from "./numbers.js" */
/** One or two measurements of people, and for each person the kind, 0 or 1.
 * @typedef {{ columns: Float64Array[], label: Uint8Array }} Labelled */
/** constant + linear x + x quadratic x. As log odds of kind 1: the boundary is where they are 0.
 * @typedef {{ constant: number, linear: number[], quadratic: number[][] | null }} Odds */
/** @typedef {Odds & { quadratic: number[][] }} Curved */
/** `problem`: "one_kind" has no odds; nor has "flat", where all measurements are equal. Where the kinds are
 * "separable" the likelihood has no maximum: the odds are those at which the steps were stopped.
 * @typedef {{ odds: Odds | null, problem: "" | "one_kind" | "flat" | "separable", steps: number }} Logistic */
/** Of each kind: its share, means and covariance. `problem`: "one_kind", or "flat" where a normal has no density.
 * @typedef {{ share: number[], mean: number[][], covariance: number[][][], problem: "" | "one_kind" | "flat" }} Normals */
/** @typedef {"lda" | "qda" | "naive" | "naive_shared"} Kind */

/** What the normals of both kinds may be: which share their covariance, and which know of no correlation.
 * @type {Record<Kind, { shared: boolean, independent: boolean }>} */
export const KINDS = {
  lda: { shared: true, independent: false },
  qda: { shared: false, independent: false },
  naive: { shared: false, independent: true },
  naive_shared: { shared: true, independent: true },
};
const LOG_2PI = Math.log(2 * Math.PI);
const MOST_STEPS = 60;
const SEPARATED = 1e-3; // nats a person: where all are on their sides, the steps stop here
const LEAST_SPREAD = 1e-10; // 1 - correlation², below which a normal is a line

/** @param {Uint8Array} label */
function countKinds(label) {
  let ones = 0;
  for (const each of label) ones += each;
  return [label.length - ones, ones];
}

/** Mean and standard deviation of a column; shifted by its first value, so that equal values have no spread at all.
 * @param {Float64Array} column */
function scaleOf(column) {
  const first = column[0];
  let [sum, squares] = [0, 0];
  for (const value of column) sum += value - first;
  const mean = sum / column.length;
  for (const value of column) squares += (value - first - mean) ** 2;
  return { mean: first + mean, sd: Math.sqrt(squares / column.length) };
}

/** Logistic regression of greatest likelihood, without a penalty, by Newton's steps (iteratively reweighted least
 * squares).
 * @param {Labelled} data
 * @param {Odds} [start] odds of nearly the same data
 * @returns {Logistic} */
export function fitLogistic({ columns, label }, start) {
  const counts = countKinds(label);
  if (counts.includes(0)) return { odds: null, problem: "one_kind", steps: 0 };
  const scales = columns.map(scaleOf);
  if (scales.some(({ sd }) => sd === 0)) return { odds: null, problem: "flat", steps: 0 };
  /** @param {number[]} weights of the scaled measurements
   * @returns {Odds} */
  const toOdds = ([constant, ...slopes]) => {
    const linear = slopes.map((slope, j) => slope / scales[j].sd);
    return {
      constant: linear.reduce((sum, each, j) => sum - each * scales[j].mean, constant),
      linear,
      quadratic: null,
    };
  };
  const zero = new Array(columns.length + 1).fill(0);
  const warm = start && [
    start.linear.reduce((sum, each, j) => sum + each * scales[j].mean, start.constant),
    ...start.linear.map((each, j) => each * scales[j].sd),
  ];
  const scaled = columns.map((column, j) => column.map((value) => (value - scales[j].mean) / scales[j].sd));
  let found = climb(scaled, label, warm ?? zero);
  // where steps have no end, where they stop depends on where they began
  if (warm && !found.converged) found = climb(scaled, label, zero);
  return {
    odds: toOdds(found.weights),
    problem: found.converged ? "" : "separable",
    steps: found.steps,
  };
}

/** @param {Float64Array[]} scaled
 * @param {Uint8Array} label
 * @param {number[]} weights where to begin */
function climb(scaled, label, weights) {
  let now = lossAt(scaled, label, weights);
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    if (now.allRight && now.loss < SEPARATED) return { weights, converged: false, steps };
    const step = solve(now.curvature, now.slope);
    if (!step.every(Number.isFinite)) return { weights, converged: false, steps };
    let length = 1;
    let next = weights.map((each, j) => each + step[j]);
    let then = lossAt(scaled, label, next);
    while (!(then.loss <= now.loss + 1e-13) && length > 1e-6) {
      length /= 2;
      next = weights.map((each, j) => each + length * step[j]);
      then = lossAt(scaled, label, next);
    }
    const size = Math.max(...weights.map(Math.abs));
    [weights, now] = [next, then];
    if (Math.max(...step.map(Math.abs)) < 1e-8 * (1 + size)) return { weights, converged: true, steps };
  }
  return { weights, converged: false, steps: MOST_STEPS };
}

/** The mean loss in nats, the slope downwards and the curvature (means, too), and whether all lie on their sides.
 * @param {Float64Array[]} scaled
 * @param {Uint8Array} label
 * @param {number[]} weights */
function lossAt([u, v], label, [a, b, c = 0]) {
  const n = label.length;
  let loss = 0;
  let [g0, g1, g2, h00, h01, h02, h11, h12, h22] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  let allRight = true;
  let product = 1; // one logarithm of many factors
  for (let i = 0; i < n; i++) {
    const x = u[i];
    const y = v ? v[i] : 0;
    const logit = a + b * x + c * y;
    const towards = label[i] ? logit : -logit;
    const small = Math.exp(-Math.abs(logit));
    product *= 1 + small;
    if ((i & 511) === 511) {
      loss += Math.log(product);
      product = 1;
    }
    const larger = 1 / (1 + small);
    const smaller = small * larger;
    let wrong = smaller; // probability of the other kind
    if (towards <= 0) {
      allRight = false;
      loss -= towards;
      wrong = larger;
    }
    const pull = label[i] ? wrong : -wrong;
    const weight = smaller * larger;
    g0 += pull;
    g1 += pull * x;
    h00 += weight;
    h01 += weight * x;
    h11 += weight * x * x;
    g2 += pull * y;
    h02 += weight * y;
    h12 += weight * x * y;
    h22 += weight * y * y;
  }
  loss += Math.log(product);
  const slope = v ? [g0, g1, g2] : [g0, g1];
  const curvature = v
    ? [
        [h00, h01, h02],
        [h01, h11, h12],
        [h02, h12, h22],
      ]
    : [
        [h00, h01],
        [h01, h11],
      ];
  return {
    loss: loss / n,
    slope: slope.map((each) => each / n),
    curvature: curvature.map((row) => row.map((each) => each / n)),
    allRight,
  };
}

/** The normals of greatest likelihood: variances divide by n.
 * @param {Labelled} data
 * @param {Kind} kind
 * @returns {Normals} */
export function fitNormals({ columns, label }, kind) {
  const { shared, independent } = KINDS[kind];
  const counts = countKinds(label);
  const share = counts.map((count) => count / label.length);
  const d = columns.length;
  const origin = columns.map((column) => column[0] ?? 0); // so that equal values have no spread at all
  const mean = counts.map(() => new Array(d).fill(0));
  for (let j = 0; j < d; j++) {
    const column = columns[j];
    for (let i = 0; i < label.length; i++) mean[label[i]][j] += column[i] - origin[j];
    for (const k of [0, 1]) mean[k][j] = origin[j] + mean[k][j] / counts[k];
  }
  const spread = counts.map(() => range(d).map(() => new Array(d).fill(0))); // sums of products
  for (let j = 0; j < d; j++)
    for (let l = independent ? j : 0; l <= j; l++) {
      const [a, b] = [columns[j], columns[l]];
      for (let i = 0; i < label.length; i++) {
        const k = label[i];
        spread[k][j][l] += (a[i] - mean[k][j]) * (b[i] - mean[k][l]);
      }
      for (const k of [0, 1]) spread[k][l][j] = spread[k][j][l];
    }
  const covariance = counts.map((count, k) =>
    spread[k].map((row, j) =>
      row.map((each, l) => (shared ? (spread[0][j][l] + spread[1][j][l]) / label.length : each / count)),
    ),
  );
  const flat = covariance.some((each) => !hasDensity(each));
  const problem = counts.includes(0) ? "one_kind" : flat ? "flat" : "";
  return { share, mean, covariance, problem };
}

/** @param {number[][]} covariance */
function hasDensity([[a, b], second]) {
  if (!second) return a > 0;
  return a > 0 && second[1] > 0 && a * second[1] - b * b > LEAST_SPREAD * a * second[1];
}

/** @param {number[][]} matrix 1 by 1 or 2 by 2 */
function invert([[a, b], second]) {
  if (!second) return { inverse: [[1 / a]], logDeterminant: Math.log(a) };
  const determinant = a * second[1] - b * b;
  const inverse = [
    [second[1] / determinant, -b / determinant],
    [-b / determinant, a / determinant],
  ];
  return { inverse, logDeterminant: Math.log(determinant) };
}

/** log P(Y = k) p(x | Y = k) of both kinds k, as functions of x.
 * @param {Normals} fit
 * @returns {[Curved, Curved]} */
export function logDensities({ share, mean, covariance }) {
  const [zero, one] = share.map((each, k) => {
    const { inverse, logDeterminant } = invert(covariance[k]);
    const linear = inverse.map((row) => row.reduce((sum, value, j) => sum + value * mean[k][j], 0));
    const square = linear.reduce((sum, value, j) => sum + value * mean[k][j], 0);
    return {
      constant: Math.log(each) - 0.5 * (logDeterminant + square + linear.length * LOG_2PI),
      linear,
      quadratic: inverse.map((row) => row.map((value) => -0.5 * value)),
    };
  });
  return [zero, one];
}

/** log(exp(a) + exp(b))
 * @param {number} a
 * @param {number} b */
export function logSum(a, b) {
  const most = Math.max(a, b);
  return most === -Infinity ? most : most + Math.log1p(Math.exp(Math.min(a, b) - most));
}

/** The fit of some of the measurements: the others are integrated out, which for a normal is to leave them away.
 * @param {Normals} fit
 * @param {number[]} features
 * @returns {Normals} */
export const keep = ({ share, mean, covariance, problem }, features) => ({
  share,
  mean: mean.map((each) => features.map((j) => each[j])),
  covariance: covariance.map((each) => features.map((j) => features.map((l) => each[j][l]))),
  problem,
});

/** The log odds that Bayes makes of two normals.
 * @param {Normals} fit
 * @returns {Odds} */
export function oddsOfNormals(fit) {
  const [zero, one] = logDensities(fit);
  return {
    constant: one.constant - zero.constant,
    linear: one.linear.map((each, j) => each - zero.linear[j]),
    quadratic: one.quadratic.map((row, j) => row.map((each, l) => each - zero.quadratic[j][l])),
  };
}

/** At a point of one or two measurements: log odds, or a log density.
 * @param {Odds} odds
 * @param {number} x
 * @param {number} [y] */
export function valueAt({ constant, linear, quadratic }, x, y = 0) {
  const straight = constant + linear[0] * x + (linear.length > 1 ? linear[1] * y : 0);
  if (!quadratic) return straight;
  const [[a, b], second] = quadratic;
  return straight + a * x * x + (second ? 2 * b * x * y + second[1] * y * y : 0);
}

/** The values of the first measurement at which the odds are even, ascending, the second being `rest`: none, one or
 * two.
 * @param {Odds} odds
 * @param {number} [rest] */
export function edges(odds, rest = 0) {
  const c = valueAt(odds, 0, rest);
  const b = (valueAt(odds, 1, rest) - valueAt(odds, -1, rest)) / 2;
  const a = odds.quadratic?.[0][0] ?? 0;
  // of nearly equal spreads the second edge lies beyond all numbers
  if (Math.abs(a * c) <= 1e-14 * b * b) return b === 0 ? [] : [-c / b];
  const inside = b * b - 4 * a * c;
  if (inside < 0) return [];
  const q = -0.5 * (b + (b < 0 ? -1 : 1) * Math.sqrt(inside));
  return [q / a, c / q].sort((one, other) => one - other);
}

/** A person of the fit: first the kind, by its share, then measurements of that kind.
 * @param {Normals} fit
 * @param {Random} random */
export function drawPerson({ share, mean, covariance }, random) {
  const label = random.uniform() < share[1] ? 1 : 0;
  const [[a, b], second] = covariance[label];
  const z = random.normal();
  const x = [mean[label][0] + Math.sqrt(a) * z];
  if (second) {
    const along = b / Math.sqrt(a);
    x.push(mean[label][1] + along * z + Math.sqrt(second[1] - along * along) * random.normal());
  }
  return { label, x };
}

/** Where a function of two variables is 0, as lines [x, y, x, y]: marching squares, the edges of cells interpolated.
 * @param {(x: number, y: number) => number} value
 * @param {[number, number]} across
 * @param {[number, number]} up
 * @param {number} cells a side
 * @returns {number[][]} */
export function contour(value, across, up, cells) {
  const x = range(cells + 1).map((i) => across[0] + ((across[1] - across[0]) * i) / cells);
  const y = range(cells + 1).map((i) => up[0] + ((up[1] - up[0]) * i) / cells);
  const values = y.map((each) => x.map((other) => value(other, each)));
  /** @type {number[][]} */
  const lines = [];
  for (let r = 0; r < cells; r++)
    for (let c = 0; c < cells; c++) {
      const above = values[r][c] > 0;
      if ([values[r][c + 1], values[r + 1][c + 1], values[r + 1][c]].every((each) => each > 0 === above))
        continue;
      const corners = [
        [x[c], y[r], values[r][c]],
        [x[c + 1], y[r], values[r][c + 1]],
        [x[c + 1], y[r + 1], values[r + 1][c + 1]],
        [x[c], y[r + 1], values[r + 1][c]],
      ];
      const cut = corners.flatMap(([ax, ay, a], i) => {
        const [bx, by, b] = corners[(i + 1) % 4];
        if (a > 0 === b > 0) return [];
        const t = a / (a - b);
        return [[ax + t * (bx - ax), ay + t * (by - ay)]];
      });
      for (let i = 0; i + 1 < cut.length; i += 2) lines.push([...cut[i], ...cut[i + 1]]);
    }
  return lines;
}
