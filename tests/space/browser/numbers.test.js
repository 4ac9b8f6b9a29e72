/* Numbers against values computed by scipy and by hand. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  base64ToBytes,
  clamp,
  fixed,
  logSigmoid,
  minus,
  normalCdf,
  normalQuantile,
  Random,
  range,
  sigmoid,
} from "../../../space/browser/numbers.js";

const close = (value, expected, most) =>
  assert.ok(Math.abs(value - expected) <= most, `${value} is not ${expected}`);

test("the normal distribution function is scipy's", () => {
  const known = [
    [-6, 9.865876450376946e-10],
    [-1.959963984540054, 0.025],
    [-1, 0.15865525393145707],
    [0, 0.5],
    [0.5, 0.6914624612740131],
    [3, 0.9986501019683699],
  ];
  for (const [x, expected] of known) close(normalCdf(x), expected, 1.5e-7);
});

test("its quantiles are scipy's", () => {
  const known = [
    [1e-10, -6.361340902404056],
    [0.001, -3.090232306167813],
    [0.025, -1.959963984540054],
    [0.5, 0],
    [0.8413447460685429, 1],
    [0.999, 3.090232306167813],
  ];
  for (const [u, expected] of known) close(normalQuantile(u), expected, 1.2e-9 * Math.abs(expected) + 1e-12);
});

test("quantile and distribution function are inverse to one another", () => {
  for (const i of range(199)) close(normalCdf(normalQuantile((i + 1) / 200)), (i + 1) / 200, 3e-7);
});

test("a seed gives its stream of random numbers, whatever the machine", () => {
  const random = new Random(1);
  assert.deepEqual(
    range(3).map(() => random.uniform()),
    [0.6270739405881613, 0.002735721180215478, 0.5274470399599522],
  );
  const [one, other, third] = [new Random(7), new Random(7), new Random(8)].map((stream) =>
    range(50).map(() => stream.normal()),
  );
  assert.deepEqual(one, other);
  assert.notDeepEqual(one, third);
});

test("random numbers have the moments of their distributions", () => {
  const n = 40_000;
  const random = new Random(3);
  const uniform = range(n).map(() => random.uniform());
  const normal = range(n).map(() => random.normal());
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const moment = (values, power) => mean(values.map((value) => value ** power));
  close(mean(uniform), 1 / 2, 5 * Math.sqrt(1 / 12 / n));
  close(moment(uniform, 2), 1 / 3, 5 * Math.sqrt(4 / 45 / n));
  close(mean(normal), 0, 5 / Math.sqrt(n));
  close(moment(normal, 2), 1, 5 * Math.sqrt(2 / n));
  close(moment(normal, 4), 3, 5 * Math.sqrt(96 / n));
  assert.ok(uniform.every((u) => u >= 0 && u < 1));
});

test("the sigmoid's logarithm is exact far out", () => {
  close(logSigmoid(2), Math.log(sigmoid(2)), 1e-15);
  assert.equal(logSigmoid(-800), -800);
  close(logSigmoid(40), -4.248354255291589e-18, 1e-30);
});

test("a number is kept between its bounds", () => {
  assert.deepEqual(
    [-2, 0.5, 9].map((value) => clamp(value, 0, 1)),
    [0, 0.5, 1],
  );
});

test("bytes come out of base64", () => {
  assert.deepEqual([...base64ToBytes("AP8Q")], [0, 255, 16]);
});

test("numbers have a true minus sign, and nothing is minus zero", () => {
  assert.equal(minus("-1.5"), "\u22121.5");
  assert.deepEqual(
    [-1.234, -0.001, 0, 2].map((value) => fixed(value, 2)),
    ["\u22121.23", "0.00", "0.00", "2.00"],
  );
});
