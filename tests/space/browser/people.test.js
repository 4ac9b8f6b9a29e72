/* Heights of people: the files, the simulated ones, and what visitors type. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  CENTIMETRES,
  fileOf,
  KOREAN_TWENTIES,
  otherUnit,
  readNumbers,
  readPeople,
  shuffled,
  simulatePeople,
} from "../../../space/browser/people.js";

const close = (value, expected, most) =>
  assert.ok(Math.abs(value - expected) <= most, `${value} is not ${expected}`);

/** Number, mean and standard deviation of a column of the people of one sex. */
function summary({ sex, columns }, column, wanted) {
  const values = Array.from(columns[column]).filter((_, i) => sex[i] === wanted);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return [values.length, mean, Math.sqrt(squares / (values.length - 1))];
}

/** @type {[string, string, Record<string, number[]>][]} */
const FILES = [
  ["ansur2", "height_cm", { F: [1986, 162.85, 6.42], M: [4082, 175.62, 6.86] }],
  ["galton", "height_in", { F: [453, 64.1, 2.36], M: [481, 69.23, 2.62] }],
];
for (const [file, column, expected] of FILES)
  test(`${file}.csv has its people, and says whose they are and under which terms`, () => {
    const text = readFileSync(fileOf(file), "utf8");
    assert.match(
      text
        .split("\n")
        .filter((line) => line.startsWith("#"))
        .join(" "),
      /Licence: public/,
    );
    const people = readPeople(text);
    for (const sex of ["F", "M"]) {
      const [count, mean, sd] = summary(people, column, sex);
      assert.equal(count, expected[sex][0]);
      close(mean, expected[sex][1], 0.01);
      close(sd, expected[sex][2], 0.01);
    }
  });

test("simulated people have the statistics that they were drawn from", () => {
  const people = simulatePeople(KOREAN_TWENTIES, 2010);
  assert.deepEqual(people, simulatePeople(KOREAN_TWENTIES, 2010));
  for (const { sex, count, mean, sd } of KOREAN_TWENTIES)
    ["height_cm", "foot_mm"].forEach((column, i) => {
      const [found, average, spread] = summary(people, column, sex);
      assert.equal(found, count);
      close(average, mean[i], (4 * sd[i]) / Math.sqrt(count)); // four standard errors
      close(spread, sd[i], (4 * sd[i]) / Math.sqrt(2 * count));
    });
});

test("an order has every number once, and another seed another order", () => {
  const order = shuffled(100, 1);
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    shuffled(100, 2).sort((a, b) => a - b),
  );
  assert.notDeepEqual(order, shuffled(100, 3));
});

/** @type {[string, number[]][]} */
const READ = [
  ["170 165.5 180 158", [170, 165.5, 180, 158]],
  ["170,165,180,158", [170, 165, 180, 158]],
  ["170, 165;\n180\t158,", [170, 165, 180, 158]],
  ["170,5 165,0 180,25 158", [170.5, 165, 180.25, 158]], // decimal commas
  ["1,5\n1,7\n1,8\n1,6", [1.5, 1.7, 1.8, 1.6]],
  ["170.5,165.5,180.5,158.5", [170.5, 165.5, 180.5, 158.5]],
  ["１７０　１６５　１８０　１５８", [170, 165, 180, 158]], // full width
  ["-1 \u22122 3e2 .5", [-1, -2, 300, 0.5]],
  ["5'11\" 6' 5’4 5'0\"", [5 + 11 / 12, 6, 5 + 4 / 12, 5]],
];
for (const [text, values] of READ)
  test(`the numbers of ${JSON.stringify(text)} are read`, () => {
    assert.deepEqual(readNumbers(text), { values });
  });

for (const [text, problem, at] of [
  ["", "few"],
  ["170 165 180", "few"],
  ["170 170 170 170", "equal"],
  ["170 165 tall 158", "text", "tall"],
  ["170 165 NaN 158", "text", "NaN"],
  ["170 165 Infinity 158", "text", "Infinity"],
  ["170 165 0x10 158", "text", "0x10"],
  ["170 165 1e999 158", "text", "1e999"],
  ["170cm 165cm 180cm 158cm", "text", "170cm"],
  ["170 165 <b>1</b> 158", "text", "<b>1</b>"],
  ["1 ".repeat(5001), "many"],
  ["9".repeat(100_001), "many"],
])
  test(`${JSON.stringify(text.slice(0, 30))} is refused: ${problem}`, () => {
    const read = readNumbers(text);
    assert.deepEqual([read.problem, read.at], [problem, at]);
  });

test("heights in another unit are recognised, centimetres and other numbers left alone", () => {
  /** @type {[number[], string | null][]} */
  const known = [
    [[1.62, 1.8, 1.75, 1.58], "m"],
    [[5.3, 5.9, 6.1, 5], "ft"],
    [[64, 70, 73, 61], "in"],
    [[1620, 1800, 1750, 1580], "mm"],
    [[162, 180, 175, 158], null],
    [[1, 20, 7, 13], null],
    [[230, 245, 260, 255], null], // feet in millimetres
  ];
  for (const [values, unit] of known) assert.equal(otherUnit(values), unit, String(values));
  assert.equal(CENTIMETRES.ft * 6, 182.88);
});
