/* A box on a picture, dragged as a whole and by its corners: it stays on the picture, and stays a box. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { centred, LEAST, moved } from "../../../space/browser/boxes.js";
import { Random } from "../../../space/browser/numbers.js";

/** @param {number[]} found @param {number[]} expected */
const same = (found, expected) => found.forEach((each, i) => assert.ok(Math.abs(each - expected[i]) < 1e-12));

test("a box moves as a whole, up to the edges", () => {
  same(moved([0.2, 0.3, 0.4, 0.6], "", 0.1, -0.2), [0.3, 0.1, 0.5, 0.4]);
  same(moved([0.2, 0.3, 0.4, 0.6], "", 2, 2), [0.8, 0.7, 1, 1]);
  same(centred([0.2, 0.3, 0.4, 0.6], 0.5, 0.5), [0.4, 0.35, 0.6, 0.65]);
  same(centred([0, 0, 1, 1], 0.1, 0.9), [0, 0, 1, 1]);
});

test("a corner moves two edges", () => {
  same(moved([0.2, 0.3, 0.4, 0.6], "nw", -0.1, 0.1), [0.1, 0.4, 0.4, 0.6]);
  same(moved([0.2, 0.3, 0.4, 0.6], "se", 0.1, 9), [0.2, 0.3, 0.5, 1]);
  same(moved([0.2, 0.3, 0.4, 0.6], "sw", 9, -9), [0.4 - LEAST, 0.3, 0.4, 0.3 + LEAST]);
});

test("wherever it is dragged it is a box on the picture", () => {
  const random = new Random(3);
  /** @type {[number, number, number, number]} */
  let box = [0.1, 0.1, 0.5, 0.5];
  for (let i = 0; i < 2000; i++) {
    const handle = ["", "nw", "ne", "sw", "se"][Math.floor(5 * random.uniform())];
    box = moved(box, handle, random.normal(), random.normal());
    const [left, top, right, bottom] = box;
    assert.ok(left >= -1e-12 && top >= -1e-12 && right <= 1 + 1e-12 && bottom <= 1 + 1e-12);
    assert.ok(right - left > LEAST - 1e-9 && bottom - top > LEAST - 1e-9);
  }
});
