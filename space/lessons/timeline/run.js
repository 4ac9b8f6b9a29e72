/* A training run as numbers: where a step lies on the axis of time, what a curve says there, which pictures to show.
 *
 *   stepScale(run)                    place(step) in [0, 1]; lastStep(run)
 *   nearest(run, u)                   index of the position that lies nearest to a place
 *   valueAt(curve, step)              of a curve, on the line between its points
 *   verticalScale(panel, height)      {place, ticks} of a chart's values
 *   stepTicks(run, width, ...)        the numbers under the charts
 *   stillsOf(count)                   indices of the pictures in the strip
 *   within(cells, cell), cellAt(cells, x, y), boxOf(cells, cell)    the small pictures of a grid
 *   timeOf(run, index)                step and epoch, as text
 *   toRows(run)                       all points that are drawn, as a table
 */

import { clamp, range } from "../../browser/numbers.js";
import { decadesBetween, linearScale, logScale, ticksBetween } from "../../browser/scales.js";

/** @typedef {{ steps: number[], values: number[] }} Curve */
/** A curve of a chart (work.py): the name of its column, its colour, and whether it is dashed.
 * @typedef {Curve & { column: string, hue: number, dashed: boolean }} Series */
/** @typedef {{ group: string, log: boolean, equilibrium: number | null, series: Series[] }} Panel */
/** How the small pictures lie in a grid, in pixels.
 * @typedef {{ columns: number, rows: number, side: number, padding: number }} Cells */
/** @typedef {{ column: number, row: number }} Cell */
/** What the server sends: `training_run` of view.py.
 * @typedef {{ model: string, positions: number[], frames: string[], size: [number, number] | null,
 *   cells: Cells | null, panels: Panel[], bend: number, steps_per_epoch: number | null }} Run */

const MOST_STILLS = 10;

/** The last step of all pictures and curves.
 * @param {Run} run */
export function lastStep({ panels, positions }) {
  const curves = panels.flatMap(({ series }) => series);
  return Math.max(1, ...positions, ...curves.map(({ steps }) => steps[steps.length - 1]));
}

/** Place of a step on the charts' axis, in [0, 1]: about linear as far as `bend`, then logarithmic.
 * @param {Run} run */
export function stepScale(run) {
  const whole = Math.log1p(lastStep(run) / run.bend);
  return (/** @type {number} */ step) => Math.log1p(step / run.bend) / whole;
}

/** Index of the position that lies nearest to a place on the axis.
 * @param {Run} run
 * @param {number} u */
export function nearest(run, u) {
  const place = stepScale(run);
  const distances = run.positions.map((step) => Math.abs(place(step) - u));
  return distances.indexOf(Math.min(...distances));
}

/** Value of a curve at a step, on the line between its points; null where it has none.
 * @param {Curve} curve
 * @param {number} step */
export function valueAt({ steps, values }, step) {
  if (step < steps[0] || step > steps[steps.length - 1]) return null;
  let low = 0;
  let high = steps.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (steps[middle] <= step) low = middle;
    else high = middle;
  }
  const share = steps[high] > steps[low] ? (step - steps[low]) / (steps[high] - steps[low]) : 1;
  return values[low] + share * (values[high] - values[low]);
}

/** Scale of a chart's values: the place of a value in [0, 1], upwards, and ticks.
 * @param {Panel} panel
 * @param {number} height in pixels */
export function verticalScale(panel, height) {
  const values = panel.series.flatMap((series) => series.values);
  let low = Math.min(...values);
  let high = Math.max(...values);
  if (panel.log) {
    low /= 1.15;
    high *= 1.15;
    let ticks = decadesBetween(low, high);
    if (ticks.length > height / 22) ticks = decadesBetween(low, high, [1]);
    return { place: logScale(low, high), ticks };
  }
  if (panel.group === "opinion")
    [low, high] = [Math.min(low, 0), Math.max(high, 1)]; // probabilities
  else {
    if (panel.group === "value") [low, high] = [Math.min(low, panel.equilibrium), Math.max(high, 0)]; // 0: D is sure
    const room = 0.06 * (high - low) || 0.5 * Math.abs(high) || 1;
    [low, high] = [low - room, high + room];
  }
  return { place: linearScale(low, high), ticks: ticksBetween(low, high, clamp(height / 30, 2, 6)) };
}

/** The numbers on one row of the charts' axis, from the right; one that would touch its neighbour is left out.
 * @param {(step: number) => number} x from a step to pixels
 * @param {{ unit: number, least: number, last: number, zero: boolean }} row steps in one unit of the row, the first
 *   and the last step that may get a number, and whether 0 gets one too
 * @param {number} left where the axis begins
 * @param {number} width of all of it */
export function stepTicks(x, { unit, least, last, zero }, left, width) {
  const ticks = decadesBetween(least / unit, last / unit).reverse();
  const kept = [];
  let free = width;
  for (const tick of zero ? [...ticks, 0] : ticks) {
    const content = tick.toLocaleString("en");
    const half = 3.6 * content.length; // about half its width
    const middle = x(tick * unit);
    if (middle + half > free || (tick > 0 && middle - half < left + 14)) continue;
    kept.push({ content, x: clamp(middle, 0, width - half) });
    free = middle - half - 10;
  }
  return kept;
}

/** Indices of at most ten of `count` pictures, evenly spread, the first and the last among them.
 * @param {number} count */
export function stillsOf(count) {
  const kept = Math.min(MOST_STILLS, count);
  return range(kept).map((k) => (kept > 1 ? Math.round((k * (count - 1)) / (kept - 1)) : 0));
}

/** The cell of the grid that is nearest to a cell.
 * @param {Cells} cells
 * @param {Cell} cell
 * @returns {Cell} */
export const within = ({ columns, rows }, { column, row }) => ({
  column: clamp(column, 0, columns - 1),
  row: clamp(row, 0, rows - 1),
});

/** The cell at a place of the grid, in [0, 1] to the right and downwards.
 * @param {Cells} cells
 * @param {number} x
 * @param {number} y */
export const cellAt = (cells, x, y) =>
  within(cells, { column: Math.floor(x * cells.columns), row: Math.floor(y * cells.rows) });

/** Left, top and side of a cell's picture, in pixels of the grid.
 * @param {Cells} cells
 * @param {Cell} cell */
export const boxOf = ({ side, padding }, { column, row }) => ({
  left: padding + column * (side + padding),
  top: padding + row * (side + padding),
  side,
});

/** Step and epoch of a position, as numbers for the page; the epoch is null where it is unknown.
 * @param {Run} run
 * @param {number} index */
export function timeOf({ positions, steps_per_epoch }, index) {
  const step = positions[index];
  const epoch = steps_per_epoch && step / steps_per_epoch;
  return {
    step: step.toLocaleString("en"),
    epoch: epoch === null ? null : epoch.toFixed(epoch < 0.095 ? 2 : epoch < 10 ? 1 : 0),
  };
}

/** All points that are drawn as a table, a row a step; "" where a curve has no value.
 * @param {Run} run */
export function toRows({ panels }) {
  const series = panels.flatMap((panel) => panel.series);
  /** @type {Map<number, (number | "")[]>} */
  const rows = new Map();
  series.forEach(({ steps, values }, column) => {
    steps.forEach((step, i) => {
      const row = rows.get(step) ?? Array(series.length).fill("");
      row[column] = values[i];
      rows.set(step, row);
    });
  });
  const lines = [...rows].sort(([a], [b]) => a - b).map(([step, values]) => [step, ...values]);
  return [["step", ...series.map(({ column }) => column)], ...lines];
}
