/* Where codes lie on a map: spacings, layout, ticks and the curves that are drawn on it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  axisName,
  ellipse,
  layOut,
  lensCentre,
  line,
  SPACINGS,
  ticksOf,
  tileCodes,
  toPixels,
  toSquare,
} from "../../../../space/lessons/manifold/coordinates.js";

/** @import { Axes } from "../../../../space/lessons/manifold/coordinates.js" */
/** @type {Axes} */
const CHART = {
  axes: [
    [-3, 3],
    [-10, 30],
  ],
  location: [0, 10],
  scale: [1, 5],
};
/** @type {Axes} */
const PRIOR = { ...CHART, location: [0, 0], scale: [1, 1] };

/** @param {number} actual @param {number} expected @param {number} [tolerance] */
const close = (actual, expected, tolerance = 1e-6) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

for (const [name, make] of Object.entries(SPACINGS)) {
  test(`${name}: a code and its place are each other's inverse`, () => {
    const spacing = make(CHART);
    for (const axis of [0, 1])
      for (const u of [0.001, 0.02, 0.3, 0.5, 0.97]) close(spacing.toUnit(spacing.toCode(u, axis), axis), u);
  });
}

test("an inverse-Gaussian map has the Gaussian's quantiles, and finite edges", () => {
  const spacing = SPACINGS.inverse_gaussian(CHART);
  close(spacing.toCode(0.5, 1), 10);
  close(spacing.toUnit(15, 1), 0.8413447, 1e-6); // one deviation
  assert.ok(Number.isFinite(spacing.toCode(0, 0)) && Number.isFinite(spacing.toCode(1, 0)));
});

test("a map is a whole number of tiles, each a whole number of times as large as a digit", () => {
  for (const width of [60, 300, 333, 1000])
    for (const ratio of [1, 1.25, 2, 2.625]) {
      const { size, left, top, width: whole, height, tiles } = layOut(width, ratio, 28);
      const tile = size / tiles;
      assert.ok(tile % 28 === 0 && tile >= 18 * ratio, `${tile} at ${ratio}`);
      assert.ok(tiles >= 2 && (tiles === 2 || whole <= width * ratio + 1), `${whole} in ${width * ratio}`);
      assert.ok(left > 0 && top > 0 && whole > left + size && height > top + size);
    }
});

test("pixels and places on the map are each other's inverse; beside the map lies its edge", () => {
  const plot = layOut(400, 2, 28);
  const spacing = SPACINGS.linear(CHART);
  const z = /** @type {[number, number]} */ ([1.2, -4]);
  const [u, v] = toSquare(plot, ...toPixels(plot, spacing, z));
  close(spacing.toCode(u, 0), z[0]);
  close(spacing.toCode(v, 1), z[1]);
  assert.deepEqual(toSquare(plot, -100, -100), [0, 1]);
  assert.deepEqual(toSquare(plot, 1e5, 1e5), [1, 0]);
});

test("tiles lie at the middles of equal parts, their rows from the top", () => {
  const { columns, rows } = tileCodes(SPACINGS.linear(CHART), 4);
  assert.deepEqual(columns, [-2.25, -0.75, 0.75, 2.25]);
  assert.deepEqual(rows, [25, 15, 5, -5]);
});

test("ticks are few round numbers with a true minus sign", () => {
  assert.deepEqual(
    ticksOf(-3, 3).map(({ label }) => label),
    ["−3", "−2", "−1", "0", "1", "2", "3"],
  );
  assert.deepEqual(
    ticksOf(0, 1).map(({ label, share }) => [label, share]),
    [
      ["0", 0],
      ["0.25", 0.25],
      ["0.5", 0.5],
      ["0.75", 0.75],
      ["1", 1],
    ],
  );
  for (const width of [0.1, 7, 90, 5000]) assert.ok(ticksOf(1, 1 + width).length <= 10);
});

test("an axis says whether it shows a coordinate or its share of a Gaussian", () => {
  assert.equal(axisName(0, "linear", CHART), "z₁");
  assert.equal(axisName(1, "inverse_gaussian", PRIOR), "Φ(z₂)");
  assert.equal(axisName(1, "inverse_gaussian", CHART), "Φ((z₂ − m) / s)");
});

test("an ellipse goes all the way round, a line from end to end", () => {
  const points = ellipse([1, 2], [0.5, 2], 2);
  for (const [x, y] of points) close(((x - 1) / 1) ** 2 + ((y - 2) / 4) ** 2, 1);
  close(points[0][0], points[64][0]);
  const way = line([0, 0], [2, -4]);
  assert.deepEqual([way[0], way[32], way[64]].map(String), ["0,0", "1,-2", "2,-4"]);
});

test("the lens lies in the corner that is farthest from the digit", () => {
  const plot = layOut(400, 1, 28);
  const half = 20;
  const { size, left, top } = plot;
  assert.deepEqual(lensCentre(plot, [left + 1, top + 1], half), [left + size - half, top + size - half]);
  assert.deepEqual(lensCentre(plot, [left + size, top + 1], half), [left + half, top + size - half]);
});
