/* What a visitor selects samples for (space/lessons/generate/selection.js). */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  marksOf,
  ordered,
  ranksOf,
  tableRows,
  toggle,
} from "../../../../space/lessons/generate/selection.js";

const SLOTS = ["walk", "a", "b", "c"];
const NOTHING = { walk: [], a: [], b: [], c: [] };

test("a click puts a sample into a slot, a second one takes it out, and a full slot drops its first", () => {
  /** @type {import("../../../../space/lessons/generate/selection.js").Selection} */
  let selection = NOTHING;
  for (const i of [4, 0, 7]) selection = toggle(selection, "a", i, 3);
  assert.deepEqual(selection, { ...NOTHING, a: [4, 0, 7] });
  assert.deepEqual(toggle(selection, "a", 0, 3).a, [4, 7]);
  assert.deepEqual(toggle(selection, "a", 9, 3).a, [0, 7, 9]);
  assert.deepEqual(NOTHING.a, []); // what is given stays as it is
});

test("a mark is the place in a walk, or the name of the term", () => {
  const selection = { walk: [5, 2], a: [2], b: [], c: [2, 1] };
  assert.deepEqual(marksOf(selection, SLOTS, 2), [
    ["walk", "2"],
    ["a", "a"],
    ["c", "c"],
  ]);
  assert.deepEqual(marksOf(selection, SLOTS, 3), []);
});

test("samples are ordered as drawn, or the best first", () => {
  assert.deepEqual(ordered(3, null), [0, 1, 2]);
  assert.deepEqual(ordered(4, [0.2, 0.9, 0.2, 0.5]), [1, 3, 0, 2]); // equal ones as drawn
  assert.deepEqual(ranksOf([0.4, 0.9, 0.4, 0.5, 0.6]), [0.125, 1, 0.125, 0.5, 0.75]);
  assert.deepEqual(ranksOf([0.4]), [0]);
});

test("a table has a row for each sample, and no score where there is no discriminator", () => {
  const z = [
    [0.5, -1],
    [2, 3],
  ];
  assert.deepEqual(tableRows(z, [0.25, 1]), [
    ["sample", "score", "z1", "z2"],
    [1, 0.25, 0.5, -1],
    [2, 1, 2, 3],
  ]);
  assert.deepEqual(tableRows(z, null)[1], [1, "", 0.5, -1]);
});
