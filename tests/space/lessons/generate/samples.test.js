/* What the lesson computes (space/lessons/generate/samples.js), where no model is needed; the rest is in test_browser.py. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { tensor } from "../../../../space/browser/nn.js";
import { isSound, spread } from "../../../../space/lessons/generate/samples.js";

const MOST = { number: 64, seed: 2 ** 32 - 1, scale: 2 };
const SOUND = { model: "dcgan-mnist", number: 32, seed: 0, scale: 1 };

test("settings are sound within the server's bounds, and as numbers alone", () => {
  for (const settings of [
    {},
    { number: 1, scale: 0 },
    { number: 64, seed: MOST.seed, scale: 2 },
    { scale: 0.05 },
  ])
    assert.ok(isSound({ ...SOUND, ...settings }, MOST), JSON.stringify(settings));
  const wrong = [null, undefined, NaN, Infinity, -1, "1", [1], true];
  for (const key of ["number", "seed", "scale"])
    for (const value of wrong)
      assert.ok(!isSound(/** @type {any} */ ({ ...SOUND, [key]: value }), MOST), `${key} ${value}`);
  for (const settings of [{ number: 0 }, { number: 65 }, { number: 1.5 }, { seed: 2 ** 32 }, { scale: 2.01 }])
    assert.ok(!isSound({ ...SOUND, ...settings }, MOST), JSON.stringify(settings));
});

test("the spread is the mean distance of all pairs", () => {
  const images = tensor([3, 1, 2, 1], Float32Array.of(0, 0, 3, 4, 0, 1));
  assert.ok(Math.abs(spread(images) - (5 + 1 + Math.hypot(3, 3)) / 3) < 1e-9);
});
