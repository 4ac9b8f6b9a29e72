/* Samples of every size, and the errors of all rivals. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Random, range } from "../../../space/browser/numbers.js";
import {
  crossing,
  Mean,
  Redraws,
  RIVALS,
  Size,
  shareWrong,
  sizesFor,
} from "../../../space/browser/redraws.js";

const random = new Random(4);
const label = Uint8Array.from(range(400), (i) => Number(i >= 150));
const PEOPLE = {
  columns: [170, 80].map((mean) => Float64Array.from(label, (kind) => mean + 9 * kind + 6 * random.normal())),
  label,
};

test("a sample leaves enough people of the smaller kind to be tested on", () => {
  assert.deepEqual(sizesFor(PEOPLE), [4, 6, 10, 20, 40, 80, 160]);
});

test("the same number makes the same sample, another one another, and no one is tested whom a rival has seen", () => {
  const redraws = new Redraws(PEOPLE);
  assert.deepEqual(redraws.draw(20, 3), redraws.draw(20, 3));
  assert.notDeepEqual(redraws.draw(20, 3), redraws.draw(20, 4));
  const places = { columns: [Float64Array.from(range(400))], label };
  let tested = 0;
  for (const { sample, others } of [new Redraws(places).halves(80, 1)].flat()) {
    const all = [...sample.columns[0], ...others.columns[0]].sort((a, b) => a - b);
    assert.equal(sample.label.length, 40);
    assert.equal(new Set(all).size, all.length);
    tested += others.label.length;
  }
  assert.equal(tested, 320);
});

test("even odds are half an error", () => {
  const two = { columns: [Float64Array.of(1, 3, 2, 1)], label: Uint8Array.of(0, 1, 1, 1) };
  assert.equal(shareWrong(two, { constant: -4, linear: [2], quadratic: null }), 1.5 / 4);
});

test("a rival that cannot answer is not counted", () => {
  const size = new Size(4);
  const redraws = new Redraws(PEOPLE);
  for (const number of range(10)) size.add(redraws.draw(4, number));
  const found = Object.fromEntries(RIVALS.map((rival, i) => [rival, size.means[i]]));
  assert.equal(found.qda.count, 0); // two people a kind are a line
  assert.equal(found.lda.count, 10);
  assert.ok(size.separable > 0);
});

test("means and errors are those of the formulas", () => {
  const values = [0.2, 0.3, 0.25, 0.6];
  const mean = new Mean();
  for (const each of [...values, NaN]) mean.add(each);
  assert.equal(mean.count, 4);
  assert.ok(Math.abs(mean.mean - 0.3375) < 1e-12);
  const variance = values.reduce((sum, each) => sum + (each - 0.3375) ** 2, 0) / 3;
  assert.ok(Math.abs(mean.error - Math.sqrt(variance / 4)) < 1e-12);
});

test("curves cross where one is surely worse before and surely better after, and nowhere else", () => {
  /** @param {number[]} gaps  in standard errors */
  const sizes = (gaps) =>
    gaps.map(
      (gap, i) =>
        /** @type {Size} */ (/** @type {unknown} */ ({ n: 10 * (i + 1), gap: { mean: gap, error: 1 } })),
    );
  assert.deepEqual(crossing(sizes([5, 3, 1, -3])), [20, 40]);
  assert.deepEqual(crossing(sizes([5, -3, -4])), [10, 20]);
  assert.equal(crossing(sizes([5, 3, 1])), null);
  assert.equal(crossing(sizes([-5, -3])), null);
  assert.equal(crossing(sizes([1, -3])), null);
  assert.equal(crossing(sizes([NaN, NaN])), null);
});
