/* Two ways to tell apart: data that no boundary or normal fits, and where boundaries are. What is fitted is compared with
 * scikit-learn in test_classes.py. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  contour,
  drawPerson,
  edges,
  fitLogistic,
  fitNormals,
  KINDS,
  logDensities,
  logSum,
  oddsOfNormals,
  valueAt,
} from "../../../space/browser/classes.js";
import { Random, range } from "../../../space/browser/numbers.js";

/** @typedef {import("../../../space/browser/classes.js").Kind} Kind */
const ALL = /** @type {Kind[]} */ (Object.keys(KINDS));
/** @param {number[][]} columns @param {number[]} label */
const data = (columns, label) => ({
  columns: columns.map((each) => Float64Array.from(each)),
  label: Uint8Array.from(label),
});

/** People of two overlapping normals. @param {number} n @param {number} seed @param {number} scale */
function someone(n, seed, scale = 1) {
  const random = new Random(seed);
  const label = range(n).map(() => (random.uniform() < 0.4 ? 0 : 1));
  const x = label.map((kind) => scale * (165 + 10 * kind + 7 * random.normal()));
  const y = x.map((each) => 0.5 * each + scale * 10 * random.normal());
  return data([x, y], label);
}

test("a start that is near gives the same coefficients, in fewer steps", () => {
  const people = someone(300, 1);
  const cold = fitLogistic(people);
  people.columns[0][7] += 5;
  const warm = fitLogistic(people, cold.odds);
  const anew = fitLogistic(people);
  assert.ok(warm.steps < anew.steps);
  assert.ok(Math.abs(warm.odds.constant - anew.odds.constant) < 1e-8);
  warm.odds.linear.forEach((each, j) => assert.ok(Math.abs(each - anew.odds.linear[j]) < 1e-9));
});

test("the slope of the likelihood is 0 where logistic regression ends, from any start and in any unit", () => {
  for (const scale of [1, 1e-3, 1e6]) {
    const people = someone(120, 3, scale);
    for (const start of [undefined, { constant: 60, linear: [-3 / scale, 9 / scale], quadratic: null }]) {
      const { odds, problem } = fitLogistic(people, start);
      assert.equal(problem, "");
      const slope = [0, 0, 0];
      people.label.forEach((kind, i) => {
        const [x, y] = people.columns.map((column) => column[i]);
        const pull = kind - 1 / (1 + Math.exp(-valueAt(odds, x, y)));
        [1, x / (170 * scale), y / (85 * scale)].forEach((each, j) => (slope[j] += (pull * each) / 120));
      });
      for (const each of slope) assert.ok(Math.abs(each) < 1e-9, `${scale}: ${each}`);
    }
  }
});

test("kinds that a boundary separates have no greatest likelihood: the steps are stopped, and it is said", () => {
  const cases = [
    data([[1, 2, 3, 4]], [0, 0, 1, 1]),
    data([[1, 2, 2, 3]], [0, 0, 1, 1]), // but for a tie on the boundary
    data(
      [
        [1, 1, 5, 9],
        [1, 2, 1, 1],
      ],
      [0, 0, 1, 1],
    ),
    data([[1, 2]], [0, 1]),
    data(
      [
        [1, 2],
        [3, 3.5],
      ],
      [1, 0],
    ), // fewer people than numbers to fit
    data(
      [range(40), range(40).map((i) => (i % 7) - 3)],
      range(40).map((i) => Number(i > 20)),
    ),
  ];
  for (const each of cases) {
    const { odds, problem } = fitLogistic(each);
    assert.equal(problem, "separable");
    assert.ok([odds.constant, ...odds.linear].every(Number.isFinite));
    each.label.forEach((kind, i) => {
      const value = valueAt(odds, each.columns[0][i], each.columns[1]?.[i]);
      assert.ok(kind ? value > -1e-6 : value < 1e-6, "on the wrong side");
    });
  }
});

test("where they stop does not depend on the start", () => {
  const people = data([[1, 2, 3, 4.5]], [0, 0, 1, 1]);
  const start = { constant: 3, linear: [-2], quadratic: null };
  assert.deepEqual(fitLogistic(people, start), fitLogistic(people));
});

test("a boundary that almost separates is found exactly", () => {
  const people = data(
    [[...range(50), 49.2, ...range(50).map((i) => i + 49.1)]],
    [...range(50).map(() => 0), 0, ...range(50).map(() => 1)],
  );
  const { odds, problem } = fitLogistic(people);
  assert.equal(problem, "");
  assert.ok(-odds.constant / odds.linear[0] > 48 && -odds.constant / odds.linear[0] < 50);
});

test("one kind alone, none at all and equal values have no odds, and are named", () => {
  for (const label of [[0, 0, 0], [1, 1, 1], []]) {
    const people = data([label.map((_, i) => i)], label);
    assert.equal(fitLogistic(people).problem, "one_kind");
    for (const kind of ALL) assert.equal(fitNormals(people, kind).problem, "one_kind");
  }
  const equal = data([[170.3, 170.3, 170.3, 170.3]], [0, 1, 0, 1]);
  assert.equal(fitLogistic(equal).problem, "flat");
  for (const kind of ALL) assert.equal(fitNormals(equal, kind).problem, "flat");
});

test("a kind with one person, with ties or on a line has no normal of its own, but may share one", () => {
  const [own, shared] = [
    /** @type {Kind[]} */ (["qda", "naive"]),
    /** @type {Kind[]} */ (["lda", "naive_shared"]),
  ];
  const one = data(
    [
      [160.1, 171, 175, 180],
      [50, 70, 90.5, 80],
    ],
    [0, 1, 1, 1],
  );
  const tied = data(
    [
      [160.1, 160.1, 171, 175, 180],
      [50, 60, 70, 90.5, 80],
    ],
    [0, 0, 1, 1, 1],
  );
  for (const people of [one, tied]) {
    for (const kind of own) assert.equal(fitNormals(people, kind).problem, "flat");
    for (const kind of shared) assert.equal(fitNormals(people, kind).problem, "", kind);
  }
  // weights that follow from heights: independent normals have a density, correlated ones have none
  const heights = [150.3, 160.7, 155.2, 171.9, 180.4, 176.6];
  const line = data([heights, heights.map((each) => 0.7 * each - 40)], [0, 0, 0, 1, 1, 1]);
  for (const kind of ALL)
    assert.equal(fitNormals(line, kind).problem, KINDS[kind].independent ? "" : "flat", kind);
});

test("edges are where the odds are even: none, one or two, and the contour goes through them", () => {
  assert.deepEqual(edges({ constant: -6, linear: [2], quadratic: null }), [3]);
  assert.deepEqual(edges({ constant: -6, linear: [2], quadratic: [[0]] }), [3]);
  assert.deepEqual(edges({ constant: 1, linear: [0], quadratic: [[1]] }), []);
  assert.deepEqual(edges({ constant: 1, linear: [0], quadratic: null }), []);
  assert.deepEqual(edges({ constant: -4, linear: [0], quadratic: [[1]] }), [-2, 2]);
  for (const seed of range(40)) {
    const people = someone(60, seed);
    for (const kind of ALL) {
      const odds = oddsOfNormals(fitNormals(people, kind));
      for (const edge of edges(odds, 80)) {
        const size = Math.abs(odds.linear[0] * edge) + Math.abs(odds.constant) + 1;
        assert.ok(Math.abs(valueAt(odds, edge, 80)) < 1e-9 * size, `${kind} ${edge}`);
      }
      const value = (/** @type {number} */ x, /** @type {number} */ y) => valueAt(odds, x, y);
      for (const [ax, ay, bx, by] of contour(value, [130, 210], [20, 150], 60)) {
        assert.ok(Math.abs(ax - bx) <= 80 / 60 + 1e-9 && Math.abs(ay - by) <= 130 / 60 + 1e-9);
        const steep = Math.hypot(...odds.linear) + 2 * Math.hypot(...odds.quadratic.flat()) * 300;
        assert.ok(Math.abs(value(ax, ay)) < 2.5 * steep, "a line lies where the odds change their sign");
      }
    }
  }
});

test("the contour of a circle is closed and as long as the circle", () => {
  const lines = contour((x, y) => x * x + y * y - 1, [-1.5, 1.5], [-1.7, 1.3], 64);
  const length = lines.reduce((sum, [ax, ay, bx, by]) => sum + Math.hypot(bx - ax, by - ay), 0);
  assert.ok(Math.abs(length - 2 * Math.PI) < 0.01);
});

test("people drawn have the shares, means and covariances that they are drawn from", () => {
  const fit = fitNormals(someone(400, 5), "qda");
  const random = new Random(2);
  const drawn = range(40_000).map(() => drawPerson(fit, random));
  const people = data(
    [0, 1].map((j) => drawn.map(({ x }) => x[j])),
    drawn.map(({ label }) => label),
  );
  const again = fitNormals(people, "qda");
  assert.ok(Math.abs(again.share[0] - fit.share[0]) < 0.01);
  for (const k of [0, 1])
    for (const j of [0, 1]) {
      assert.ok(Math.abs(again.mean[k][j] - fit.mean[k][j]) < 0.3);
      for (const l of [0, 1])
        assert.ok(Math.abs(again.covariance[k][j][l] / fit.covariance[k][j][l] - 1) < 0.06);
    }
});

test("a density stays a number where nobody is", () => {
  const [zero, one] = logDensities(fitNormals(someone(400, 5), "lda"));
  const log = logSum(valueAt(zero, 1e5, -1e5), valueAt(one, 1e5, -1e5));
  assert.ok(Number.isFinite(log) && log < -1e6);
  assert.equal(logSum(-Infinity, -Infinity), -Infinity);
});
