/* Links: what a query may hold, and the way there and back. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, query, read, valueIn, write } from "../../../space/browser/links.js";

/** @import { Rule, Tabs } from "../../../space/browser/links.js" */

const MODEL = { name: "model", choices: ["vae", "gan"], default: "vae" };
const SEED = { name: "seed", least: 0, most: 99, whole: true, default: 0 };
const LEVEL = { name: "level", least: 0, most: 1, default: 0.5 };
/** @type {Rule} */
const Z = { name: "z", least: -5, most: 5, count: [2, 2], default: null };
/** @type {Rule} */
const CHOSEN = { name: "walk", least: 0, most: 9, whole: true, count: [0, 3], default: [1, 2] };
/** @type {Tabs} */
const TABS = {
  first: [{ id: "a", own: false, rules: { value: MODEL } }],
  second: [
    { id: "b", own: false, rules: { value: SEED } },
    { id: "c", own: true, rules: { z: Z, walk: CHOSEN } },
  ],
};

test("one value as the rules allow it", () => {
  assert.equal(parse("gan", MODEL), "gan");
  assert.equal(parse("7", SEED), 7);
  assert.equal(parse(".25", LEVEL), 0.25);
  assert.deepEqual(parse("-1.5,2e0", Z), [-1.5, 2]);
  assert.deepEqual(parse("", CHOSEN), []);
});

test("nothing else is a value", () => {
  for (const text of [undefined, null, "", "dcgan", "VAE", "constructor"])
    assert.equal(parse(text, MODEL), undefined);
  for (const text of ["", "-1", "100", "1.5", "1,2", "NaN", "Infinity", "0x10", " 1", "1 ", "１"])
    assert.equal(parse(text, SEED), undefined, text);
  for (const text of ["1", "1,2,3", "1,", ",1", "6,0", "a,b", ""])
    assert.equal(parse(text, Z), undefined, text);
  assert.equal(parse("1,2,3,4", CHOSEN), undefined);
});

test("the default, and what no link can hold, has no text", () => {
  assert.equal(write("vae", MODEL), undefined);
  assert.equal(write("gan", MODEL), "gan");
  assert.equal(write([1, 2], CHOSEN), undefined);
  assert.equal(write([], CHOSEN), "");
  assert.equal(write(1000, SEED), undefined);
  assert.equal(write(null, Z), undefined);
  assert.equal(write([0.5, -1], Z), "0.5,-1");
});

test("a value is the text's, or the default", () => {
  assert.equal(valueIn({ seed: "3" }, SEED), 3);
  assert.equal(valueIn({ seed: "x" }, SEED), 0);
  assert.equal(valueIn({}, MODEL), "vae");
});

test("the page as it begins has no query", () => {
  assert.equal(query(TABS, "first", {}), "");
  assert.equal(query(TABS, "second", {}), "tab=second");
  assert.equal(query(TABS, "first", { model: "gan" }), "tab=first&model=gan");
});

test("what a query says comes back", () => {
  const texts = { seed: "5", z: "0.5,-1.2", walk: "" };
  const search = query(TABS, "second", texts);
  assert.equal(search, "tab=second&seed=5&z=0.5,-1.2&walk=");
  assert.deepEqual(read(TABS, `?${search}`), { tab: "second", states: { second: texts } });
});

test("a query says nothing, or what of it the rules allow", () => {
  assert.equal(read(TABS, ""), null);
  assert.equal(read(TABS, "?lang=ko"), null);
  assert.equal(read(TABS, "?tab=constructor"), null);
  assert.equal(read(TABS, "?tab=__proto__&seed=1"), null);
  assert.deepEqual(read(TABS, "?tab=first"), { tab: "first", states: { first: {} } });
  assert.deepEqual(read(TABS, "?model=gan&seed=1"), { tab: "first", states: { first: { model: "gan" } } });
  assert.deepEqual(read(TABS, "?tab=second&seed=1e99&z=1,<script>&walk=3"), {
    tab: "second",
    states: { second: { walk: "3" } },
  });
});
