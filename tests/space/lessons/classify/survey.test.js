/* The survey of the classify lesson: who is seen, what both ways say, and what happens when one person is dragged. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { edges, fitLogistic, fitNormals, oddsOfNormals, valueAt } from "../../../../space/browser/classes.js";
import { range } from "../../../../space/browser/numbers.js";
import { fileOf, KOREAN_TWENTIES, readPeople, simulatePeople } from "../../../../space/browser/people.js";
import { chanceText, powerText } from "../../../../space/lessons/classify/answers.js";
import { DEFAULTS, Survey, UNITS } from "../../../../space/lessons/classify/survey.js";

const read = (name) => readPeople(readFileSync(fileOf(name), "utf8"));
const SETS = { ansur2: read("ansur2"), galton: read("galton"), korea: simulatePeople(KOREAN_TWENTIES, 2010) };
const ALL = 6068;

test("the lesson opens on sixty people with one measurement, and both ways nearly agree", () => {
  const survey = new Survey(SETS);
  assert.equal(survey.seen.label.length, 60);
  assert.equal(survey.fresh.label.length, 1820);
  const { left, right } = survey.answer();
  assert.ok(Math.abs(left - right) < 0.3);
  const { share, error } = survey.wrong(survey.odds.left);
  assert.ok(share > 0.1 && share < 0.25 && error < 0.011);
});

test("a person dragged far away moves the generative boundary, and hardly the other; at home all is as before", () => {
  for (const features of ["one", "two"])
    for (const n of [60, 400, ALL]) {
      const survey = new Survey(SETS);
      survey.set({ features, n });
      const before = [survey.logistic, survey.normals];
      survey.dragFar();
      const { left, right } = survey.moved;
      assert.ok(Math.abs(right) > 5 * Math.abs(left), `${features} ${n}: ${left} ${right}`);
      assert.ok(n === ALL || Math.abs(right) > 0.1);
      survey.set({ person: null });
      assert.deepEqual([survey.logistic, survey.normals], before);
      assert.deepEqual(survey.moved, { left: 0, right: 0 });
    }
});

test("what is found while dragging is what a fit from the beginning finds", () => {
  const survey = new Survey(SETS);
  survey.set({ features: "two", n: 300, kind: "qda" });
  for (const place of [
    [180, 90],
    [201.5, 120],
    [226, 12],
    [150, 60],
  ]) {
    survey.drag(place);
    const anew = fitLogistic(survey.seen).odds;
    assert.ok(Math.abs(survey.odds.left.constant - anew.constant) < 1e-7);
    assert.deepEqual(survey.odds.right, oddsOfNormals(fitNormals(survey.seen, "qda")));
    assert.deepEqual(survey.person, place);
  }
});

test("without a measurement the right way answers by the other alone, the left one has no answer", () => {
  const survey = new Survey(SETS);
  survey.set({ features: "two", n: 500, kind: "lda", at: [170, 80], hidden: "second" });
  const { left, right } = survey.answer();
  assert.equal(left, null);
  const alone = new Survey(SETS);
  alone.set({ n: 500, kind: "lda", at: [170] });
  assert.ok(Math.abs(right - alone.answer().right) < 1e-12);
  assert.ok(Math.abs(survey.answer().logDensity - alone.answer().logDensity) < 1e-12);
  survey.set({ hidden: "first" });
  assert.notEqual(survey.answer().right, right);
  survey.set({ features: "one" }); // there is nothing to hide
  assert.notEqual(survey.answer().left, null);
});

test("where nobody is both are sure, and the density says that nobody was seen there", () => {
  const survey = new Survey(SETS);
  survey.set({ features: "two", n: ALL, kind: "qda" });
  survey.nowhere();
  const { left, right, logDensity, rarer } = survey.answer();
  assert.ok(left < -4 && right > 4, "sure, and not of the same thing");
  assert.equal(rarer, 0);
  assert.ok(logDensity < -50);
  survey.set({ at: null });
  assert.ok(survey.answer().rarer > 1000);
});

test("people who stand where the density is smaller are counted exactly", () => {
  const survey = new Survey(SETS);
  survey.set({ n: 200, at: [183.3] });
  const { rarer, logDensity } = survey.answer();
  const density = (x) => {
    survey.set({ at: [x] });
    return survey.answer().logDensity;
  };
  const counted = Array.from(survey.seen.columns[0]).filter((x) => density(x) < logDensity - 1e-12).length;
  assert.equal(rarer, counted);
});

test("only kinds of the data are drawn, within its world, and the same seed draws the same", () => {
  const draws = () => {
    const survey = new Survey(SETS);
    survey.set({ features: "two", n: 400 });
    return range(80).map(() => survey.draw());
  };
  assert.deepEqual(draws(), draws());
  for (const { label, x } of draws()) assert.ok([0, 1].includes(label) && x[0] > 120 && x[0] < 220);
});

test("few people: no way breaks, and each says what is wrong", () => {
  const found = new Set();
  for (const seed of range(60))
    for (const n of [4, 5, 8])
      for (const features of ["one", "two"])
        for (const kind of /** @type {const} */ (["lda", "qda", "naive", "naive_shared"])) {
          const survey = new Survey({ ...SETS, ansur2: few(seed) });
          survey.set({ seed, n, features, kind });
          survey.dragFar();
          for (const way of [survey.logistic, survey.normals]) found.add(way.problem);
          const { left, right, rarer } = survey.answer();
          for (const each of [left, right]) assert.ok(each === null || Number.isFinite(each));
          assert.ok(rarer >= 0 && Number.isFinite(survey.person[0]));
          assert.equal(survey.draw() === null, survey.normals.problem !== "");
        }
  assert.deepEqual([...found].sort(), ["", "flat", "one_kind", "separable"]);
});

/** Forty people with many ties. @param {number} seed */
function few(seed) {
  const pick = (i, k) => (i * 7 + seed * 13 + k) % 4;
  return {
    sex: /** @type {("F" | "M")[]} */ (range(40).map((i) => (pick(i, 0) % 4 ? "M" : "F"))),
    columns: {
      height_cm: Float64Array.from(range(40), (i) => 160 + pick(i, 1)),
      weight_kg: Float64Array.from(range(40), (i) => 60 + pick(i * i, 2)),
    },
  };
}

test("places from a link are kept within the axes, and one measurement too few is the person's own", () => {
  const survey = new Survey(SETS);
  survey.set({ features: "two", person: [999], at: [0] });
  const [{ low, high }] = survey.axes;
  assert.equal(survey.person[0], high);
  assert.equal(survey.at[0], low);
  assert.ok([...survey.person, ...survey.at].every(Number.isFinite));
  survey.set({ data: "galton" }); // whose places are others
  assert.equal(survey.two, false);
  assert.equal(survey.settings.person, null);
  survey.set({ data: "korea", at: [170, 250], person: [200, 300] }); // as a link sets all at once
  assert.deepEqual(
    [survey.at, survey.person],
    [
      [170, 250],
      [200, 300],
    ],
  );
  survey.set({ seed: 9 });
  assert.equal(survey.settings.person, null); // it would be another one
});

test("every set has its axes, units and an edge between the kinds", () => {
  for (const data of Object.keys(UNITS)) {
    const survey = new Survey(SETS);
    survey.set({ data, features: "two", n: ALL });
    assert.equal(survey.axes.length, UNITS[data].length);
    for (const odds of [survey.odds.left, survey.odds.right]) {
      const edge = survey.edge(odds);
      assert.ok(edge > 160 && edge < 180, `${data}: ${edge}`);
      const rest = survey.two ? survey.axes[1].typical : 0;
      assert.ok(edges(odds, rest).some((each) => each === edge));
      assert.ok(Math.abs(valueAt(odds, edge, rest)) < 1e-6);
    }
  }
});

test("a link brings all settings back", () => {
  const survey = new Survey(SETS);
  assert.deepEqual(survey.linked(), DEFAULTS);
  survey.set({ data: "korea", features: "two", kind: "naive", n: 77, hidden: "first", seed: 3 });
  survey.drag([190, 300]);
  survey.moveTo([150, 222.4]);
  const other = new Survey(SETS);
  other.set(survey.linked());
  assert.deepEqual([other.answer(), other.moved], [survey.answer(), survey.moved]);
});

test("numbers near 0 and 1 can be read", () => {
  assert.equal(chanceText(0), "0.500");
  assert.equal(chanceText(20), "1 − 2.1·10⁻⁹");
  assert.equal(chanceText(-20), "2.1·10⁻⁹");
  assert.equal(powerText(Math.log(0.033)), "0.033");
  assert.equal(powerText(-170), "1.5·10⁻⁷⁴");
  assert.equal(powerText(-1e5), "3.6·10⁻⁴³⁴³⁰");
  assert.equal(powerText(-Infinity), "0");
  assert.equal(powerText(Math.log(9.99e-5)), "1.0·10⁻⁴");
});
