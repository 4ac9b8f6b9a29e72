/* Numbers: ranges, the sigmoid, random numbers, the standard normal distribution, bytes, and how a page writes numbers.
 *
 *   clamp(value, low, high), range(n), sigmoid(logit), logSigmoid(logit)
 *   new Random(seed)                      .uniform(), .normal()
 *   normalCdf(x), normalQuantile(u)
 *   solve(matrix, right)                  of a small system of linear equations
 *   base64ToBytes(text), base64ToFloats(text)      of little-endian float32
 *   minus(text), fixed(value, digits)     with a true minus sign
 */

/** @param {number} value @param {number} low @param {number} high */
export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** 0, 1, ... n - 1
 * @param {number} n */
export const range = (n) => Array.from({ length: n }, (_, i) => i);

/** @param {number} logit */
export const sigmoid = (logit) => 1 / (1 + Math.exp(-logit));

/** log(sigmoid(logit)), exact where that is nearly 0 or 1
 * @param {number} logit */
export const logSigmoid = (logit) => Math.min(logit, 0) - Math.log1p(Math.exp(-Math.abs(logit)));

/** The x with `matrix` x = `right`, by elimination with pivots; not finite where there is none.
 * @param {number[][]} matrix
 * @param {number[]} right */
export function solve(matrix, right) {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    const pivot = range(n - i).reduce(
      (best, j) => (Math.abs(rows[i + j][i]) > Math.abs(rows[best][i]) ? i + j : best),
      i,
    );
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    for (let j = i + 1; j < n; j++) {
      const factor = rows[j][i] / rows[i][i];
      for (let k = i; k <= n; k++) rows[j][k] -= factor * rows[i][k];
    }
  }
  const x = new Array(n).fill(0);
  for (let i = n - 1; i >= 0; i--)
    x[i] =
      (rows[i][n] - range(n).reduce((total, k) => (k > i ? total + rows[i][k] * x[k] : total), 0)) /
      rows[i][i];
  return x;
}

/** @param {string} text */
export const base64ToBytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** @param {string} text */
export const base64ToFloats = (text) => new Float32Array(base64ToBytes(text).buffer);

/** A number's text with a true minus sign.
 * @param {string} text */
export const minus = (text) => text.replace("-", "\u2212");

/** A number with that many digits behind the point; none is -0.
 * @param {number} value
 * @param {number} digits */
export const fixed = (value, digits) =>
  value
    .toFixed(digits)
    .replace(/^-(?=.*[1-9])/, "\u2212")
    .replace(/^-/, "");

/** Stream of random numbers (mulberry32): uniform on [0, 1) and standard normal. */
export class Random {
  /** @param {number} seed */
  constructor(seed) {
    this.state = seed >>> 0;
    this.spare = NaN;
  }

  uniform() {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** Box and Muller give two at a time. */
  normal() {
    const spare = this.spare;
    this.spare = NaN;
    if (!Number.isNaN(spare)) return spare;
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

/** Distribution function of N(0, 1) (Abramowitz & Stegun 7.1.26, error below 1.5e-7).
 * @param {number} x */
export function normalCdf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x) * Math.SQRT1_2);
  const poly =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const upper = 0.5 * poly * Math.exp(-0.5 * x * x);
  return x > 0 ? 1 - upper : upper;
}

/** Inverse of the distribution function of N(0, 1) for u in (0, 1) (Acklam's fit, relative error below 1.2e-9).
 * @param {number} u
 * @returns {number} */
export function normalQuantile(u) {
  if (u > 0.5) return -normalQuantile(1 - u);
  if (u < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(u));
    return (
      (((((-7.784894002430293e-3 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) *
        q +
        4.374664141464968) *
        q +
        2.938163982698783) /
      ((((7.784695709041462e-3 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) *
        q +
        1)
    );
  }
  const q = u - 0.5;
  const r = q * q;
  return (
    ((((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r -
      30.66479806614716) *
      r +
      2.506628277459239) *
      q) /
    (((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r -
      13.28068155288572) *
      r +
      1)
  );
}
