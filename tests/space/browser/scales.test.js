/* Scales of charts. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decadesBetween,
  linearScale,
  logScale,
  reading,
  tickLabel,
  ticksBetween,
} from "../../../space/browser/scales.js";

test("places lie between 0 and 1", () => {
  assert.deepEqual([2, 3, 6].map(linearScale(2, 6)), [0, 0.25, 1]);
  const [low, middle, high] = [1, 10, 100].map(logScale(1, 100));
  assert.equal(low, 0);
  assert.ok(Math.abs(middle - 0.5) < 1e-12);
  assert.equal(high, 1);
});

test("ticks are round and within the bounds", () => {
  assert.deepEqual(ticksBetween(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(ticksBetween(-0.3, 0.3, 3), [-0.2, 0, 0.2]);
  assert.deepEqual(ticksBetween(97, 1003, 5), [200, 400, 600, 800, 1000]);
});

test("decades are 1, 2, 5, or 1 alone", () => {
  assert.deepEqual(decadesBetween(0.9, 25), [1, 2, 5, 10, 20]);
  assert.deepEqual(decadesBetween(0.01, 10, [1]), [0.01, 0.1, 1, 10]);
});

test("numbers on an axis and beside a curve", () => {
  assert.deepEqual([0, -0.25, 1500, 2e6, -0.0004].map(tickLabel), [
    "0",
    "\u22120.25",
    "1,500",
    "2e+6",
    "\u22124e-4",
  ]);
  assert.deepEqual([0, 0.123, 12.34, 1234, 0.001].map(reading), [
    "0.00",
    "0.12",
    "12.3",
    "1,234",
    "1e\u22123",
  ]);
});
