/* How the page writes what it cannot know, orders what was found, and tells one film from another. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, nats } from "../../../../space/lessons/tree/answers.js";
import { isSame } from "../../../../space/lessons/tree/film.js";

test("what a broken model says is not known", () => {
  assert.equal(nats(null), "…");
  assert.equal(nats(Number.NaN), "…");
  assert.equal(nats(-Infinity), "\u2212∞");
});

test("the table begins with the best and ends with what has no finite KL", () => {
  const found = { gan: undefined, histogram: Infinity, vae: 0.2, flow: 0.1, kernels: Infinity, energy: 0.2 };
  const rows = Object.entries(found).map(([family, kl]) => ({ family, result: { kl } }));
  for (const start of [rows, [...rows].reverse()])
    assert.deepEqual(
      [...start].sort(compare).map(({ family }) => family),
      ["flow", "energy", "vae", "gan", "histogram", "kernels"],
    );
});

test("a copy of a film is the same film, and one of later steps is not", () => {
  const film = { way: [Float32Array.of(0, 1), Float32Array.of(2, 3)] };
  assert.ok(isSame(film, structuredClone(film)));
  assert.ok(!isSame(film, { way: [film.way[0], Float32Array.of(2, 4)] }));
  assert.ok(!isSame(null, film));
  assert.ok(!isSame(film, null));
});
