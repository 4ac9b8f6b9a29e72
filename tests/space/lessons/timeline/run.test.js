/* A training run as numbers: the axis of time, readings of curves, scales, thinning, and the table of all points. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  boxOf,
  cellAt,
  lastStep,
  nearest,
  stepScale,
  stepTicks,
  stillsOf,
  timeOf,
  toRows,
  valueAt,
  verticalScale,
  within,
} from "../../../../space/lessons/timeline/run.js";

/** @import { Panel, Run } from "../../../../space/lessons/timeline/run.js" */

/** @param {string} group @param {number[]} values @param {Partial<Panel>} [more]
 * @returns {Panel} */
const panel = (group, values, more = {}) => ({
  group,
  log: false,
  equilibrium: null,
  series: [{ column: group, hue: 0, dashed: false, steps: values.map((_, i) => 10 * (i + 1)), values }],
  ...more,
});

/** @type {Run} */
const RUN = {
  model: "gan-mnist",
  positions: [0, 1, 5, 20, 100],
  frames: [],
  size: [291, 175],
  cells: { columns: 10, rows: 6, side: 28, padding: 1 },
  panels: [panel("loss", [5, 3, 2]), panel("value", [-1, -2])],
  bend: 10,
  steps_per_epoch: 50,
};

test("the axis of time is about linear up to the bend, and logarithmic beyond", () => {
  const place = stepScale(RUN);
  assert.equal(place(0), 0);
  assert.equal(place(lastStep(RUN)), 1);
  assert.ok(Math.abs(place(2) / place(1) - 2) < 0.1);
  assert.ok(place(20) > 0.4); // a fifth of the steps, but not of the axis
  assert.equal(lastStep({ ...RUN, positions: [], panels: [] }), 1);
});

test("a place on the axis has a nearest picture", () => {
  const place = stepScale(RUN);
  RUN.positions.forEach((step, i) => assert.equal(nearest(RUN, place(step)), i));
  assert.equal(nearest(RUN, -3), 0);
  assert.equal(nearest(RUN, 9), 4);
});

test("a curve is read on the line between its points, and nowhere else", () => {
  const curve = { steps: [10, 20, 40], values: [1, 3, -1] };
  assert.deepEqual(
    [9, 10, 15, 20, 30, 40, 41].map((step) => valueAt(curve, step)),
    [null, 1, 2, 3, 1, -1, null],
  );
  assert.equal(valueAt({ steps: [7], values: [2] }, 7), 2);
  assert.equal(valueAt({ steps: [7, 7], values: [1, 2] }, 7), 2); // of two rows for one step the later
});

test("all values and the equilibrium lie within a chart", () => {
  for (const one of [
    panel("opinion", [0.2, 0.8], { equilibrium: 0.5 }),
    panel("value", [-0.5, -0.6], { equilibrium: -Math.log(4) }),
    panel("loss", [1, 1000], { log: true }),
    panel("loss", [3, 3]),
    panel("loss", [0, 0]),
  ]) {
    const { place, ticks } = verticalScale(one, 150);
    const shown = [...one.series[0].values, ...ticks, ...(one.equilibrium === null ? [] : [one.equilibrium])];
    for (const value of shown) assert.ok(place(value) >= -1e-9 && place(value) <= 1 + 1e-9, `${value}`);
    assert.ok(ticks.length >= 2 && ticks.length <= 8, String(ticks));
  }
});

test("probabilities keep their scale from 0 to 1", () => {
  const { place, ticks } = verticalScale(panel("opinion", [0.4, 0.6]), 150);
  assert.deepEqual([place(0), place(1)], [0, 1]);
  assert.ok(ticks.includes(0) && ticks.includes(1));
});

test("numbers on the axis do not touch", () => {
  for (const width of [200, 600]) {
    const place = stepScale({ ...RUN, positions: [0, 30000] });
    const x = (/** @type {number} */ step) => 52 + place(step) * (width - 66);
    const ticks = stepTicks(x, { unit: 1, least: 5, last: 30000, zero: true }, 52, width);
    assert.ok(ticks.length >= 3);
    assert.equal(ticks[ticks.length - 1].content, "0");
    ticks.slice(1).forEach((tick, i) => {
      const room = 3.6 * (tick.content.length + ticks[i].content.length);
      assert.ok(ticks[i].x - tick.x >= room, `${tick.content} and ${ticks[i].content} at ${width}`);
    });
  }
});

test("stills are at most ten, evenly spread, the ends among them", () => {
  assert.deepEqual(stillsOf(0), []);
  assert.deepEqual(stillsOf(1), [0]);
  assert.deepEqual(stillsOf(4), [0, 1, 2, 3]);
  const many = stillsOf(64);
  assert.equal(many.length, 10);
  assert.deepEqual([many[0], many[9]], [0, 63]);
});

test("a place on the grid has a cell, and a cell its picture", () => {
  const cells = /** @type {NonNullable<Run["cells"]>} */ (RUN.cells);
  assert.deepEqual(cellAt(cells, 0, 0), { column: 0, row: 0 });
  assert.deepEqual(cellAt(cells, 0.75, 0.5), { column: 7, row: 3 });
  assert.deepEqual(cellAt(cells, 1, 1.2), { column: 9, row: 5 });
  assert.deepEqual(within(cells, { column: 0, row: Infinity }), { column: 0, row: 5 });
  assert.deepEqual(boxOf(cells, { column: 9, row: 5 }), { left: 262, top: 146, side: 28 });
});

test("a step is told with its epoch, as far as that is known", () => {
  assert.deepEqual(timeOf(RUN, 4), { step: "100", epoch: "2.0" });
  assert.deepEqual(timeOf(RUN, 1), { step: "1", epoch: "0.02" });
  assert.deepEqual(timeOf({ ...RUN, positions: [12345] }, 0), { step: "12,345", epoch: "247" });
  assert.equal(timeOf({ ...RUN, steps_per_epoch: null }, 4).epoch, null);
});

test("the table has a row a step, with gaps where a curve has no value", () => {
  assert.deepEqual(toRows(RUN), [
    ["step", "loss", "value"],
    [10, 5, -1],
    [20, 3, -2],
    [30, 2, ""],
  ]);
});
