/* Densities on a line: areas, draws, and what no library says; test_densities.py compares them with scipy. */

import assert from "node:assert/strict";
import { test } from "node:test";
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
} from "../../../space/browser/densities.js";
import { Random, range, solve } from "../../../space/browser/numbers.js";

const close = (value, expected, most) =>
  assert.ok(Math.abs(value - expected) <= most, `${value} is not ${expected}`);

const random = new Random(5);
const HEIGHTS = range(400).map(
  (i) => Math.round(10 * (i % 3 ? 162 + 6 * random.normal() : 176 + 7 * random.normal())) / 10,
);
const DATA = tally(HEIGHTS);
const BUMPS = range(50).map((i) => Math.max(0, Math.sin(i / 4)));
/** @type {Record<string, any>} */
const DENSITIES = {
  uniform: fitUniform(DATA),
  normal: fitNormal(DATA),
  "histogram of 2": fitHistogram(DATA, 2),
  "histogram of 0.7 from 0.3": fitHistogram(DATA, 0.7, 0.3),
  "kernels of 0.3": fitKernels(DATA, 0.3),
  "kernels of 4": fitKernels(DATA, 4),
  "two normals": fitMixture(DATA),
  "a drawn curve": drawnDensity(BUMPS, 120, 2),
  "a uniform with a reserve": keepReserve(fitUniform(DATA), 0.01, 100, 240),
  "three normals": normals([
    { weight: 0.2, mean: 150, sd: 2 },
    { weight: 0.5, mean: 170, sd: 5 },
    { weight: 0.3, mean: 190, sd: 1 },
  ]),
};

for (const [name, density] of Object.entries(DENSITIES)) {
  test(`the area under ${name} is 1`, () => {
    // exact for steps, whose edges are where the density jumps; by the trapezium rule for what is smooth
    const { edges, heights } = density;
    if (edges) {
      const area = heights.reduce((sum, height, i) => sum + height * (edges[i + 1] - edges[i]), 0);
      return close(area, 1, 1e-12);
    }
    const step = 1 / 512; // the uniform's edges lie on tenths: its error is below a step's share
    const least = name.includes("uniform") ? 2e-4 : 1e-6;
    let area = 0;
    for (let x = 60; x < 280; x += step) area += Math.exp(density.logDensity(x)) * step;
    close(area, 1, least);
  });

  test(`100,000 draws from ${name} follow its distribution function`, () => {
    const random = new Random(11);
    const draws = Float64Array.from({ length: 100_000 }, () => density.draw(random)).sort();
    const distance = draws.reduce((most, x, i) => {
      const share = i % 10 ? null : density.cdf(x); // kernels are many; nine draws move it by 1e-4 at most
      return share === null
        ? most
        : Math.max(most, Math.abs(share - i / 1e5), Math.abs(share - (i + 1) / 1e5));
    }, 0);
    assert.ok(distance < 0.006, `Kolmogorov-Smirnov distance ${distance}`);
  });
}

test("the range alone finds what lies outside impossible, its edges possible", () => {
  const { low, high, logDensity } = DENSITIES.uniform;
  assert.equal(logDensity(low - 0.1), -Infinity);
  close(logDensity(low), -Math.log(high - low), 1e-12);
  close(logDensity(high), -Math.log(high - low), 1e-12);
  const { mean, error, impossible } = score(DENSITIES.uniform, tally([low - 1, low, high]));
  assert.deepEqual([mean, error, impossible], [-Infinity, NaN, 1]);
});

test("with a reserve nothing on the axis is impossible", () => {
  const { logDensity } = DENSITIES["a uniform with a reserve"];
  close(logDensity(101), Math.log(0.01 / 140), 1e-12);
  assert.equal(logDensity(241), -Infinity);
});

test("a value on the edge of a bin falls to its right, wherever the bins begin", () => {
  const data = tally([1, 1.1, 1.2, 1.3, 2]);
  assert.deepEqual(fitHistogram(data, 0.1).heights.length, 11);
  for (const value of [1, 1.1, 1.2, 1.3, 2])
    assert.ok(fitHistogram(data, 0.1).logDensity(value) > -Infinity, String(value));
  close(Math.exp(fitHistogram(data, 0.5, 0.1).logDensity(1.15)), 3 / (5 * 0.5), 1e-12);
});

test("kernels on a grid of tenths and off it agree, also far from all data", () => {
  const kernels = fitKernels(DATA, 0.25);
  const asked = tally([120, 150.4, 163.3, 250]);
  const fast = logDensities(kernels, asked);
  asked.x.forEach((x, i) => close(fast[i], kernels.logDensity(x), 1e-9));
  assert.ok(Number.isFinite(fast[0]) && fast[0] < -1000);
});

test("kernels on a few numbers far apart need no table of all tenths between them", () => {
  const data = tally([250_000, 310_000, 480_000, 900_000]);
  const kernels = fitKernels(data, 5);
  const before = process.memoryUsage().arrayBuffers;
  const found = logDensities(kernels, tally([-1e6, 310_001, 1e6]));
  assert.ok(process.memoryUsage().arrayBuffers - before < 1e6);
  close(found[1], Math.log(1 / 4 / 5) - 0.5 * (1 / 5) ** 2 - 0.5 * Math.log(2 * Math.PI), 1e-9);
});

test("no step away from the two normals found raises the likelihood", () => {
  const { parts } = DENSITIES["two normals"];
  const reached = score(DENSITIES["two normals"], DATA).mean;
  const [a, b] = parts;
  for (const change of [-0.01, 0.01])
    for (const moved of [
      [
        { ...a, weight: a.weight + change / 5 },
        { ...b, weight: b.weight - change / 5 },
      ],
      [{ ...a, mean: a.mean + change }, b],
      [a, { ...b, mean: b.mean + change }],
      [{ ...a, sd: a.sd + change }, b],
      [a, { ...b, sd: b.sd + change }],
    ])
      assert.ok(score(normals(moved), DATA).mean < reached);
});

test("two normals on heaped values stay wider than a fiftieth of the data", () => {
  const heaped = tally([...new Array(200).fill(170), ...HEIGHTS]);
  const { parts } = fitMixture(heaped);
  const { sd } = fitNormal(heaped);
  for (const part of parts) assert.ok(part.sd >= sd / 50 - 1e-12 && Number.isFinite(part.mean));
});

test("a curve without area is no density", () => {
  assert.equal(drawnDensity(new Float64Array(10), 0, 1), null);
});

test("folds leave a value out of its own fit, and differences are paired", () => {
  const seen = [];
  folds(
    [1, 2, 3, 4],
    (data) => {
      seen.push([...data.x]);
      return fitNormal(data);
    },
    2,
  );
  assert.deepEqual(seen, [
    [2, 4],
    [1, 3],
  ]);
  const { mean, error, n } = paired([1, 2, 3]);
  assert.deepEqual([mean, n], [2, 3]);
  close(error, 1 / Math.sqrt(3), 1e-12);
});

test("a small system of linear equations is solved with pivots", () => {
  const x = solve(
    [
      [0, 2, 1],
      [1, -1, 0],
      [3, 0, -2],
    ],
    [7, -1, -3],
  );
  [1, 2, 3].forEach((expected, i) => close(x[i], expected, 1e-12));
  assert.ok(
    !Number.isFinite(
      solve(
        [
          [1, 1],
          [1, 1],
        ],
        [1, 2],
      )[0],
    ),
  );
});
