/* Densities on a line, fitted to numbers: a range, a normal, a histogram, kernels, two normals, a drawn curve.
 *
 *   tally(values)                        distinct values and how often each occurs
 *   fitUniform(data), fitNormal(data), fitHistogram(data, width, origin), fitKernels(data, bandwidth),
 *   fitMixture(data, start?), drawnDensity(heights, low, step)      each gives a `Density`
 *   normals(parts)                       a mixture of known normals
 *   keepReserve(density, share, low, high)   the same with a share kept for anything in a range
 *   score(density, data)                 mean log-likelihood of data that the density has not seen
 *   folds(values, fit, count)            the log-likelihood of each value under a fit to the other folds
 *   paired(values)                       mean and standard error of differences
 *
 * All logarithms are natural: scores are in nats.
 */

import { normalCdf, range, solve } from "./numbers.js";

/** @import { Random } from "./numbers.js" */
/** Distinct values, ascending, and how often each occurs. Where all are multiples of 1/10, `tenths` holds them as
 * whole numbers of tenths; else it is null.
 * @typedef {{ x: Float64Array, count: Float64Array, n: number, tenths: Int32Array | null }} Tally */
/** `logDensity` is -Infinity where a value is impossible; `cdf` is good to 1.5e-7 where normals are in it.
 * @typedef {object} Density
 * @property {(x: number) => number} logDensity
 * @property {(x: number) => number} cdf
 * @property {(random: Random) => number} draw
 * @property {(data: Tally) => Float64Array} [logDensities]  of all distinct values, where that is faster at once */
/** @typedef {Density & { low: number, high: number }} Uniform */
/** @typedef {Density & { mean: number, sd: number }} Normal */
/** @typedef {Density & { edges: number[], heights: number[] }} Histogram */
/** @typedef {{ weight: number, mean: number, sd: number }} Part */
/** @typedef {Density & { parts: [Part, Part] }} Mixture */
/** @typedef {{ mean: number, error: number, impossible: number, n: number }} Score
 * `error` is the standard error of the mean; `impossible` counts the values of density 0 */

const LOG_ROOT_2PI = 0.5 * Math.log(2 * Math.PI);

/** @param {ArrayLike<number>} values
 * @returns {Tally} */
export function tally(values) {
  const sorted = Float64Array.from(values).sort();
  const x = new Float64Array(sorted.length);
  const count = new Float64Array(sorted.length);
  let size = 0;
  for (const value of sorted) {
    if (size === 0 || value !== x[size - 1]) x[size++] = value;
    count[size - 1]++;
  }
  const distinct = x.slice(0, size);
  const onTenths = distinct.every((value) => Math.abs(10 * value - Math.round(10 * value)) < 1e-6);
  const tenths = onTenths ? Int32Array.from(distinct, (value) => Math.round(10 * value)) : null;
  return { x: distinct, count: count.slice(0, size), n: sorted.length, tenths };
}

/** Sum over all values.
 * @param {Tally} data
 * @param {(x: number) => number} term */
function sum({ x, count }, term) {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += count[i] * term(x[i]);
  return total;
}

/** @param {number} x @param {number} mean @param {number} sd */
const logNormal = (x, mean, sd) => -0.5 * ((x - mean) / sd) ** 2 - Math.log(sd) - LOG_ROOT_2PI;

/** Uniform between the smallest and the largest value.
 * @param {Tally} data
 * @returns {Uniform} */
export function fitUniform({ x }) {
  const low = x[0];
  const high = x[x.length - 1];
  return {
    low,
    high,
    logDensity: (value) => (value >= low && value <= high ? -Math.log(high - low) : -Infinity),
    cdf: (value) => Math.min(1, Math.max(0, (value - low) / (high - low))),
    draw: (random) => low + (high - low) * random.uniform(),
  };
}

/** The normal of greatest likelihood: its variance divides by n.
 * @param {Tally} data
 * @returns {Normal} */
export function fitNormal(data) {
  const mean = sum(data, (x) => x) / data.n;
  const sd = Math.sqrt(sum(data, (x) => (x - mean) ** 2) / data.n);
  return {
    mean,
    sd,
    logDensity: (x) => logNormal(x, mean, sd),
    cdf: (x) => normalCdf((x - mean) / sd),
    draw: (random) => mean + sd * random.normal(),
  };
}

/** A step function: `heights[i]` from `edges[i]` up to `edges[i + 1]`; the area is 1.
 * @param {number[]} edges
 * @param {number[]} heights
 * @returns {Histogram} */
function steps(edges, heights) {
  const before = [0];
  heights.forEach((height, i) => before.push(before[i] + height * (edges[i + 1] - edges[i])));
  /** @param {number} x */
  const binOf = (x) => {
    let [from, to] = [0, heights.length];
    while (to - from > 1) {
      const middle = (from + to) >> 1;
      if (edges[middle] <= x) from = middle;
      else to = middle;
    }
    return from;
  };
  const outside = (/** @type {number} */ x) => x < edges[0] || x >= edges[heights.length];
  return {
    edges,
    heights,
    logDensity: (x) => (outside(x) ? -Infinity : Math.log(heights[binOf(x)])),
    cdf: (x) => {
      if (outside(x)) return x < edges[0] ? 0 : 1;
      const bin = binOf(x);
      return before[bin] + heights[bin] * (x - edges[bin]);
    },
    draw: (random) => {
      const u = random.uniform();
      let bin = 0;
      while (bin < heights.length - 1 && before[bin + 1] <= u) bin++;
      return edges[bin] + (u - before[bin]) / heights[bin];
    },
  };
}

/** Bins of one width with an edge at `origin`, left-closed. Edges are computed from whole numbers, so that a value on
 * an edge falls into the bin on its right.
 * @param {Tally} data
 * @param {number} width
 * @param {number} [origin]
 * @returns {Histogram} */
export function fitHistogram({ x, count, n }, width, origin = 0) {
  const binOf = (/** @type {number} */ value) => Math.floor((value - origin) / width + 1e-9);
  const first = binOf(x[0]);
  const counts = new Array(binOf(x[x.length - 1]) - first + 1).fill(0);
  x.forEach((value, i) => (counts[binOf(value) - first] += count[i]));
  const edges = range(counts.length + 1).map((i) => origin + (first + i - 1e-9) * width);
  return steps(
    edges,
    counts.map((each) => each / (n * width)),
  );
}

/** A normal of standard deviation `bandwidth` on every value (kernel density estimate: Rosenblatt 1956, Parzen 1962).
 * @param {Tally} data
 * @param {number} bandwidth
 * @returns {Density} */
export function fitKernels(data, bandwidth) {
  const { x, count, n, tenths } = data;
  const shift = -Math.log(n * bandwidth) - LOG_ROOT_2PI;
  const power = (/** @type {number} */ distance) => -0.5 * (distance / bandwidth) ** 2;

  /** Far from all values every exponential is 0: the largest is taken out before.
   * @param {number} value */
  const logDensity = (value) => {
    let nearest = Infinity;
    for (const each of x) nearest = Math.min(nearest, Math.abs(each - value));
    const most = power(nearest);
    let total = 0;
    for (let i = 0; i < x.length; i++) total += count[i] * Math.exp(power(x[i] - value) - most);
    return Math.log(total) + most + shift;
  };

  /** On a grid of tenths few distances occur: each exponential is computed once.
   * @param {Tally} asked */
  const logDensities = (asked) => {
    if (!tenths || !asked.tenths) return asked.x.map(logDensity);
    const least = Math.min(tenths[0], asked.tenths[0]);
    const most = Math.max(tenths[tenths.length - 1], asked.tenths[asked.tenths.length - 1]);
    if (most - least > tenths.length * asked.tenths.length) return asked.x.map(logDensity); // few, and far apart
    const kernel = Float64Array.from({ length: most - least + 1 }, (_, i) => Math.exp(power(i / 10)));
    return asked.x.map((value, k) => {
      const at = /** @type {Int32Array} */ (asked.tenths)[k];
      let total = 0;
      for (let i = 0; i < tenths.length; i++) total += count[i] * kernel[Math.abs(tenths[i] - at)];
      return total > 1e-280 ? Math.log(total) + shift : logDensity(value);
    });
  };

  const before = new Float64Array(x.length + 1);
  count.forEach((each, i) => (before[i + 1] = before[i] + each));
  return {
    logDensity,
    logDensities,
    cdf: (value) => sum(data, (each) => normalCdf((value - each) / bandwidth)) / n,
    draw: (random) => {
      const place = random.uniform() * n;
      return x[before.findIndex((each) => each > place) - 1] + bandwidth * random.normal();
    },
  };
}

/** A mixture of normals.
 * @template {Part[]} P
 * @param {P} parts
 * @returns {Density & { parts: P }} */
export function normals(parts) {
  return {
    parts,
    logDensity: (x) => {
      const logs = parts.map(({ weight, mean, sd }) => Math.log(weight) + logNormal(x, mean, sd));
      const most = Math.max(...logs);
      return most + Math.log(logs.reduce((total, log) => total + Math.exp(log - most), 0));
    },
    cdf: (x) => parts.reduce((total, { weight, mean, sd }) => total + weight * normalCdf((x - mean) / sd), 0),
    draw: (random) => {
      let left = random.uniform();
      const { mean, sd } = parts.find(({ weight }) => (left -= weight) < 0) ?? parts[0];
      return mean + sd * random.normal();
    },
  };
}

/** The logit of the first weight, both means, the logarithms of both deviations.
 * @typedef {number[]} Point */

/** The mean log-likelihood of two normals at a point, its gradient, and its Hessian.
 * @param {Tally} data
 * @param {Point} point
 * @returns {{ value: number, gradient: number[], hessian: number[][] }} */
function likelihoodAt({ x, count, n }, [logit, meanA, meanB, logA, logB]) {
  const [a, b] = [1 / (1 + Math.exp(-logit)), 1 / (1 + Math.exp(logit))];
  const [sdA, sdB] = [Math.exp(logA), Math.exp(logB)];
  let value = 0;
  const gradient = new Array(5).fill(0);
  const hessian = range(5).map(() => new Array(5).fill(0));
  for (let i = 0; i < x.length; i++) {
    const [zA, zB] = [(x[i] - meanA) / sdA, (x[i] - meanB) / sdB];
    const logOfA = Math.log(a) - 0.5 * zA * zA - logA;
    const logOfB = Math.log(b) - 0.5 * zB * zB - logB;
    const most = Math.max(logOfA, logOfB);
    const log = most + Math.log(Math.exp(logOfA - most) + Math.exp(logOfB - most));
    value += count[i] * log;
    const [ofA, ofB] = [Math.exp(logOfA - log), Math.exp(logOfB - log)]; // P(part | x)
    const dA = [b, zA / sdA, 0, zA * zA - 1, 0];
    const dB = [-a, 0, zB / sdB, 0, zB * zB - 1];
    for (let j = 0; j < 5; j++) {
      gradient[j] += count[i] * (ofA * dA[j] + ofB * dB[j]);
      for (let k = 0; k <= j; k++) hessian[j][k] += count[i] * ofA * ofB * (dA[j] - dB[j]) * (dA[k] - dB[k]);
    }
    // of the logarithm of each part
    hessian[0][0] -= count[i] * a * b;
    hessian[1][1] -= (count[i] * ofA) / (sdA * sdA);
    hessian[2][2] -= (count[i] * ofB) / (sdB * sdB);
    hessian[3][1] -= (count[i] * ofA * 2 * zA) / sdA;
    hessian[4][2] -= (count[i] * ofB * 2 * zB) / sdB;
    hessian[3][3] -= count[i] * ofA * 2 * zA * zA;
    hessian[4][4] -= count[i] * ofB * 2 * zB * zB;
  }
  const symmetric = hessian.map((row, j) => row.map((_, k) => hessian[Math.max(j, k)][Math.min(j, k)] / n));
  return { value: value / n - LOG_ROOT_2PI, gradient: gradient.map((each) => each / n), hessian: symmetric };
}

/** Two normals of great likelihood, the better of two that are climbed to: from one on each side of the mean, and from
 * a narrow one within a wide one. No deviation falls below a fiftieth of all data's: a part could sit on one value, with
 * a density beyond all bounds.
 * @param {Tally} data
 * @param {Mixture} [start] begin at another fit instead
 * @returns {Mixture} */
export function fitMixture(data, start) {
  const { mean, sd } = fitNormal(data);
  const [narrow, even, wide] = [0.5, 0.74, 1.2].map((share) => Math.log(share * sd));
  const starts = start
    ? [pointOf(start)]
    : [
        [0, mean - 0.67 * sd, mean + 0.67 * sd, even, even],
        [-1, mean - 0.2 * sd, mean + 0.1 * sd, narrow, wide],
      ];
  const tops = starts.map((point) => climb(data, point, Math.log(sd / 50)));
  return normals(partsOf(tops.reduce((best, top) => (top.value > best.value ? top : best)).point));
}

/** Newton's steps up to a maximum of the likelihood, damped where they would go down (Levenberg 1944, Marquardt 1963):
 * EM takes thousands of steps where two normals overlap.
 * @param {Tally} data
 * @param {Point} point
 * @param {number} least logarithm of a deviation */
function climb(data, point, least) {
  let now = likelihoodAt(data, point);
  let damping = 1;
  for (let round = 0; round < 200 && damping < 1e12; round++) {
    const [logit, , , logA, logB] = point;
    const [a, b] = [1 / (1 + Math.exp(-logit)), 1 / (1 + Math.exp(logit))];
    const scale = [a * b, a * Math.exp(-2 * logA), b * Math.exp(-2 * logB), 2 * a, 2 * b]; // if the parts were known
    const curved = now.hessian.map((row, j) =>
      row.map((each, k) => (j === k ? damping * scale[j] : 0) - each),
    );
    const step = solve(curved, now.gradient);
    const next = point.map((each, j) => (j > 2 ? Math.max(least, each + step[j]) : each + step[j]));
    const then = likelihoodAt(data, next);
    if (then.value > now.value) {
      const gain = then.value - now.value;
      [point, now, damping] = [next, then, damping / 5];
      if (gain < 1e-14) break;
    } else damping *= 4;
  }
  return { point, value: now.value };
}

/** @param {Mixture} mixture
 * @returns {Point} */
const pointOf = ({ parts: [a, b] }) => [
  Math.log(a.weight / b.weight),
  a.mean,
  b.mean,
  Math.log(a.sd),
  Math.log(b.sd),
];

/** @param {Point} point
 * @returns {[Part, Part]} the lower first */
function partsOf([logit, meanA, meanB, logA, logB]) {
  const weight = 1 / (1 + Math.exp(-logit));
  const a = { weight, mean: meanA, sd: Math.exp(logA) };
  const b = { weight: 1 - weight, mean: meanB, sd: Math.exp(logB) };
  return a.mean <= b.mean ? [a, b] : [b, a];
}

/** A curve drawn by hand, as bars: `heights[i]` from low + i·step on, scaled to the area 1; null where all are 0.
 * @param {ArrayLike<number>} heights
 * @param {number} low
 * @param {number} step
 * @returns {Histogram | null} */
export function drawnDensity(heights, low, step) {
  const all = Array.from(heights);
  const area = all.reduce((total, height) => total + height, 0) * step;
  if (!(area > 0)) return null;
  return steps(
    range(all.length + 1).map((i) => low + i * step),
    all.map((height) => height / area),
  );
}

/** The same density with a `share` of its probability spread evenly from `low` to `high`.
 * @param {Density} density
 * @param {number} share
 * @param {number} low
 * @param {number} high
 * @returns {Density} */
export function keepReserve({ logDensity, cdf, draw }, share, low, high) {
  const evenly = (/** @type {number} */ x) => (x >= low && x <= high ? share / (high - low) : 0);
  return {
    logDensity: (x) => Math.log((1 - share) * Math.exp(logDensity(x)) + evenly(x)),
    cdf: (x) => (1 - share) * cdf(x) + share * Math.min(1, Math.max(0, (x - low) / (high - low))),
    draw: (random) => (random.uniform() < share ? low + (high - low) * random.uniform() : draw(random)),
  };
}

/** The log density of every distinct value.
 * @param {Density} density
 * @param {Tally} data
 * @returns {Float64Array} */
export const logDensities = (density, data) =>
  density.logDensities ? density.logDensities(data) : data.x.map(density.logDensity);

/** The mean log-likelihood of values that the density was not fitted to, in nats a value.
 * @param {Density} density
 * @param {Tally} data
 * @returns {Score} */
export function score(density, data) {
  const logs = logDensities(density, data);
  let [total, impossible] = [0, 0];
  logs.forEach((log, i) => {
    total += data.count[i] * log;
    if (log === -Infinity) impossible += data.count[i];
  });
  const mean = total / data.n;
  let squares = 0;
  if (!impossible) logs.forEach((log, i) => (squares += data.count[i] * (log - mean) ** 2));
  const error = impossible || data.n < 2 ? NaN : Math.sqrt(squares / (data.n - 1) / data.n);
  return { mean, error, impossible, n: data.n };
}

/** The mean of the differences, and its standard error.
 * @param {ArrayLike<number>} differences */
export function paired(differences) {
  const all = Array.from(differences);
  const mean = all.reduce((total, each) => total + each, 0) / all.length;
  const squares = all.reduce((total, each) => total + (each - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (all.length - 1) / all.length), n: all.length };
}

/** Cross-validation: the log-likelihood of each value under a density fitted to all folds but its own. Value i lies
 * in fold i mod `count`.
 * @param {ArrayLike<number>} values
 * @param {(data: Tally) => Density} fit
 * @param {number} [count]
 * @returns {Float64Array} */
export function folds(values, fit, count = 10) {
  const all = Array.from(values);
  const found = new Float64Array(all.length);
  for (let fold = 0; fold < count; fold++) {
    const { logDensity } = fit(tally(all.filter((_, i) => i % count !== fold)));
    for (let i = fold; i < all.length; i += count) found[i] = logDensity(all[i]);
  }
  return found;
}
