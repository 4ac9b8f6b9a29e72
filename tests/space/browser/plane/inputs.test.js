/* What no family may fall over: data that are hardly data, and learning rates that are far too large. Inputs are made at
 * random from a seed.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { EXTENT, Mixture } from "../../../../space/browser/mixtures.js";
import { Random, range } from "../../../../space/browser/numbers.js";
import { Plane } from "../../../../space/browser/plane/data.js";
import { FAMILIES, Learner } from "../../../../space/browser/plane/families.js";

const POINTS = 240; // to learn from
const NAMES = Object.keys(FAMILIES);
const NETWORKS = NAMES.filter((name) => "learningRate" in FAMILIES[name].defaults);
const cheap = (name) => (name === "energy" ? { side: 12 } : {});

const mixture = (places, sigma) => new Mixture(places.map(([x, y]) => ({ x, y, sigma, weight: 1, mode: 0 })));
const within = (random, most) => most * (2 * random.uniform() - 1);

/** Kinds of data that are hardly data; each makes one of its kind.
 * @type {Record<string, (random: Random) => Mixture>} */
const KINDS = {
  "one point": (random) => mixture([[within(random, EXTENT), within(random, EXTENT)]], 0),
  "one dot": (random) => mixture([[within(random, EXTENT), within(random, EXTENT)]], 0.12),
  "the same point twice": (random) => {
    const place = [within(random, EXTENT), within(random, EXTENT)];
    return mixture([place, place], 0);
  },
  "two points": (random) =>
    mixture(
      [
        [within(random, 1), 2],
        [-2, within(random, 1)],
      ],
      0,
    ),
  "points on a line": (random) => {
    const [turn, shift] = [random.uniform() * Math.PI, within(random, 1)];
    const along = range(30).map((i) => (i - 14.5) / 7);
    return mixture(
      along.map((t) => [t * Math.cos(turn) + shift, t * Math.sin(turn)]),
      0,
    );
  },
  "points in a row": (random) =>
    mixture(
      range(30)
        .map((i) => [i / 10, 0])
        .map(([x]) => [x - 1.5, within(random, 0)]),
      0,
    ),
  "a dot in a corner": () => mixture([[EXTENT, -EXTENT]], 0.12),
  "points mostly outside": (random) =>
    mixture([[0, within(random, 1)], ...range(19).map(() => [6, within(random, 9)])], 0.12),
};

/** That it can be drawn from, and asked at the data, elsewhere and far away; nothing of it is NaN. */
function stands(learner, plane, what) {
  const { family } = learner;
  assert.ok(family.sample(40, new Random(1)).every(Number.isFinite), `${what}: samples`);
  const asked = Float64Array.of(...plane.points.subarray(0, 8), 0, 0, EXTENT, EXTENT, -3 * EXTENT, 40);
  const logs = family.logDensity?.(asked, asked.length / 2) ?? family.estimate(0.1, 1).logDensity(asked, 7);
  assert.ok(
    logs.every((log) => !Number.isNaN(log) && log < Infinity),
    `${what}: ${logs}`,
  );
}

for (const name of NAMES)
  test(`${name}: data that are hardly data are data`, () => {
    for (const [kind, make] of Object.entries(KINDS))
      for (const seed of NETWORKS.includes(name) ? [1] : [1, 2, 3]) {
        const plane = new Plane(make(new Random(seed)), seed, POINTS);
        const learner = new Learner(name, plane, { seed, ...cheap(name) });
        for (let i = 0; i < 6; i++) learner.step();
        if (learner.broken) learner.restore();
        stands(learner, plane, `${kind}, ${seed}`);
      }
  });

for (const name of NETWORKS)
  test(`${name}: a rate far too large is noticed, and what comes back stands`, () => {
    const random = new Random(8);
    const plane = new Plane(KINDS["points on a line"](random), 1, POINTS);
    for (const rate of range(3).map(() => 10 ** (4 * random.uniform()))) {
      const { learningRate } = FAMILIES[name].defaults;
      const learner = new Learner(name, plane, {
        seed: 1,
        ...cheap(name),
        learningRate: rate * learningRate,
      });
      for (let i = 0; i < 70 && !learner.broken; i++) learner.step();
      const how = `${rate.toFixed(1)} times, ${learner.broken}, step ${learner.steps}`;
      if (learner.broken) learner.restore();
      stands(learner, plane, how);
    }
  });
