/* The people of the heights lesson, their models and their scores. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { tally } from "../../../../space/browser/densities.js";
import { fileOf, KOREAN_TWENTIES, readPeople, simulatePeople } from "../../../../space/browser/people.js";
import { BOUNDED, Crowd, DEFAULTS, MODELS } from "../../../../space/lessons/heights/crowd.js";

const read = (name) => readPeople(readFileSync(fileOf(name), "utf8"));
const SETS = { ansur2: read("ansur2"), galton: read("galton"), korea: simulatePeople(KOREAN_TWENTIES, 2010) };
const ALL = 6068;

test("the lesson opens on sixty women, a uniform, and new ones whom that finds impossible", () => {
  const crowd = new Crowd(SETS);
  assert.equal(crowd.seen.length, 60);
  assert.equal(crowd.fresh.n, 596);
  assert.equal(crowd.score.mean, -Infinity);
  assert.ok(crowd.score.impossible > 0);
  assert.equal(crowd.made.length, 60);
  const seen = tally(crowd.seen).x;
  assert.ok(crowd.made.every((each) => each >= seen[0] && each <= seen.at(-1)));
});

test("no new person is among those whom a model sees, and the seed decides which they are", () => {
  const crowd = new Crowd({
    ansur2: {
      sex: new Array(100).fill("F"),
      columns: { height_cm: Float64Array.from({ length: 100 }, (_, i) => i) },
    },
  });
  crowd.set({ n: 100 });
  assert.deepEqual(
    [...crowd.seen, ...crowd.fresh.x].sort((a, b) => a - b),
    Array.from({ length: 100 }, (_, i) => i),
  );
  const before = [...crowd.fresh.x];
  crowd.set({ seed: 2 });
  assert.notDeepEqual([...crowd.fresh.x], before);
  assert.equal(crowd.n, 70);
});

test("the ranking goes from the best to the worst, and gains are over one normal", () => {
  const crowd = new Crowd(SETS);
  crowd.set({ who: "both", n: ALL });
  const ranking = crowd.ranking();
  assert.deepEqual(ranking.map(({ model }) => model).sort(), [...MODELS].sort());
  const scored = ranking.filter(({ score }) => score);
  for (let i = 1; i < scored.length; i++) assert.ok(scored[i - 1].score.mean >= scored[i].score.mean);
  const of = Object.fromEntries(ranking.map((each) => [each.model, each]));
  assert.equal(of.normal.gain.mean, 0);
  assert.ok(Math.abs(of.mixture.gain.mean - (of.mixture.score.mean - of.normal.score.mean)) < 1e-12);
  assert.ok(of.mixture.gain.error < of.mixture.score.error / 4, "pairs have a smaller error");
  assert.equal(of.uniform.gain, null); // one of the new is impossible
  assert.equal(of.drawn.score, null);
});

test("the score along the slider is the model's own, and kernels have their best between the ends", () => {
  const crowd = new Crowd(SETS);
  crowd.set({ model: "kernels", n: 300, bandwidth: 2 });
  const { setting, points } = crowd.curve();
  assert.equal(setting, "bandwidth");
  for (const [value, mean] of points.filter((_, i) => i % 20 === 0)) {
    crowd.set({ bandwidth: value });
    assert.ok(Math.abs(crowd.score.mean - mean) < 1e-9);
  }
  const best = points.reduce((a, b) => (b[1] > a[1] ? b : a));
  assert.ok(best[0] > points[0][0] && best[0] < points.at(-1)[0]);
  crowd.set({ model: "normal" });
  assert.equal(crowd.curve(), null);
});

test("two normals against one: a hump in ANSUR II, two in the Korean twenties, both with an error", () => {
  const crowd = new Crowd(SETS);
  crowd.set({ who: "both" });
  const ansur = crowd.humps();
  assert.ok(Math.abs(ansur.gain.mean - 0.0058) < 0.0005 && Math.abs(ansur.gain.error - 0.0015) < 0.0002);
  assert.equal(ansur.depth, null);
  crowd.set({ data: "korea" });
  const korea = crowd.humps();
  assert.ok(korea.gain.mean > 3 * korea.gain.error);
  assert.ok(korea.depth > 0.01 && korea.depth < 0.3);
});

test("a reserve makes everything on the axis possible", () => {
  const crowd = new Crowd(SETS);
  crowd.set({ reserve: 0.01 });
  for (const model of BOUNDED) {
    crowd.set({ model });
    assert.ok(model === "drawn" || Number.isFinite(crowd.score.mean), model);
  }
});

test("a drawn curve is scored like the others, and can be wiped away", () => {
  const crowd = new Crowd(SETS);
  crowd.set({ model: "drawn" });
  assert.equal(crowd.density, null);
  assert.deepEqual(crowd.made, []);
  crowd.drawCurve([crowd.low, 1], [crowd.high, 1]);
  const { mean } = crowd.score;
  assert.ok(Math.abs(mean + Math.log(crowd.high - crowd.low)) < 1e-9, "a flat line is uniform");
  crowd.drawCurve([155, 9], [170, 9]);
  assert.ok(crowd.score.mean > mean);
  crowd.drawCurve([-1e9, 5], [1e9, 2]); // the pointer has left the picture
  assert.ok(Number.isFinite(crowd.score.mean) && crowd.made.length === 60);
  crowd.clearCurve();
  assert.equal(crowd.density, null);
});

test("the same model makes the same people until others are asked for", () => {
  const crowd = new Crowd(SETS);
  crowd.set({ model: "mixture" });
  const before = crowd.made;
  crowd.set({ model: "normal" });
  crowd.set({ model: "mixture" });
  assert.deepEqual(crowd.made, before);
  crowd.makeOthers();
  assert.notDeepEqual(crowd.made, before);
});

test("the axis fits numbers of any size, and widths are readable", () => {
  const crowd = new Crowd(SETS);
  crowd.useNumbers([0.23, 0.24, 0.25, 0.26, 0.27]);
  assert.ok(crowd.low > 0.2 && crowd.high < 0.3, `${crowd.low} to ${crowd.high}`);
  assert.match(crowd.sizeText(2), /^0\.00\d+$/);
});

test("cups are the people's numbers under another name", () => {
  const crowd = new Crowd(SETS);
  const people = [...crowd.people];
  crowd.set({ data: "cups" });
  assert.deepEqual(crowd.people, people);
  assert.equal(crowd.kind, "cups");
});

test("a visitor's numbers of any size get a score, and no link", () => {
  const crowd = new Crowd(SETS);
  for (const values of [
    [1, 2, 3, 4],
    [5, 5, 5, 5, 5, 5, 7],
    [-1e6, 1e6, 0, 3],
    Array.from({ length: 40 }, (_, i) => 1e-3 * i),
  ]) {
    crowd.useNumbers(values);
    for (const model of MODELS) {
      crowd.set({ model });
      for (const each of crowd.made) assert.ok(Number.isFinite(each));
      assert.ok(!crowd.score || !Number.isNaN(crowd.score.mean), `${model} of ${values}`);
    }
    crowd.ranking();
    for (const model of /** @type {const} */ (["histogram", "kernels"])) {
      crowd.set({ model });
      crowd.curve(); // also where what the model sees is equal
    }
    assert.deepEqual(crowd.linked(), DEFAULTS);
  }
});
