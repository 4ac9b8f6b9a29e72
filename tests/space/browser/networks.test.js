/* Multi-layer perceptrons that a page trains. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Adam, descend, Mlp } from "../../../space/browser/networks.js";
import { Random, range } from "../../../space/browser/numbers.js";

test("a network's gradients are those of finite differences", () => {
  const random = new Random(1);
  const network = new Mlp([3, 7, 5, 2]).initialise(random); // sizes with remainders by four and by two
  const n = 5;
  const inputs = Float64Array.from({ length: 3 * n }, () => random.normal());
  const weights = Float64Array.from({ length: 2 * n }, () => random.normal()); // of the outputs in the loss
  const loss = () =>
    network.forward(inputs, n).reduce((sum, y, i) => sum + (i < 2 * n ? weights[i] * y : 0), 0);
  const slope = (array, i) => {
    const [before, step] = [array[i], 1e-6];
    array[i] = before + step;
    const up = loss();
    array[i] = before - step;
    const down = loss();
    array[i] = before;
    return (up - down) / (2 * step);
  };
  loss();
  network.backward(Float64Array.from(weights), n, true);
  const gradients = network.gradients.slice();
  loss();
  const slopes = network.backward(Float64Array.from(weights), n, false).slice(0, 3 * n);
  for (const i of range(network.parameters.length))
    assert.ok(Math.abs(gradients[i] - slope(network.parameters, i)) < 1e-7, `parameter ${i}`);
  for (const i of range(3 * n)) assert.ok(Math.abs(slopes[i] - slope(inputs, i)) < 1e-7, `input ${i}`);
});

test("rows are computed alike, however many come at once", () => {
  const random = new Random(2);
  const network = new Mlp([2, 9, 9, 3]).initialise(random);
  const inputs = Float64Array.from({ length: 2 * 7 }, () => random.normal());
  const all = network.forward(inputs, 7).slice(0, 21);
  for (const i of range(7))
    assert.deepEqual(
      network.forward(inputs.slice(2 * i, 2 * i + 2), 1).slice(0, 3),
      all.slice(3 * i, 3 * i + 3),
    );
});

test("Adam's first step is as long as its rate, plain descent's as its gradient", () => {
  const afterStep = (learn) => {
    const network = new Mlp([1, 1]);
    network.gradients.set([3, -0.5]);
    learn(network);
    return [...network.parameters].map((value) => Number(value.toFixed(7)));
  };
  assert.deepEqual(
    afterStep((network) => new Adam(network).step(0.1)),
    [-0.1, 0.1],
  );
  assert.deepEqual(
    afterStep((network) => descend(network, 0.1)),
    [-0.3, 0.05],
  );
});
