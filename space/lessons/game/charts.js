/* The curves of the game over its moves. */

import { clamp, fixed } from "../../browser/numbers.js";
import { linearScale } from "../../browser/scales.js";

/** @import { Colours } from "./colours.js" */
/** @import { Row } from "./play.js" */

/** @typedef {object} Plot
 * @property {[keyof Colours, (row: Row) => number | null][]} curves
 *   in the order of the legend; a "faint" one is dashed
 * @property {[number, string][]} lines drawn in, with their names
 * @property {[number, number]} range shown at least */

const LOG_4 = Math.log(4);
const BOUND = 12; // shown at most: the loss of a generator that D sees through has no bound

/** @type {Record<string, Plot>} */
const PLOTS = {
  jsd: {
    curves: [
      ["fake", (row) => row.jsd],
      ["faint", (row) => Math.max(0, (row.value + LOG_4) / 2)],
    ],
    lines: [[Math.LN2, "ln 2"]],
    range: [0, 0.75],
  },
  value: {
    curves: [["ink", (row) => row.value]],
    lines: [
      [-LOG_4, "\u2212log 4"],
      [0, "0"],
    ],
    range: [-2, 0.1],
  },
  mean: {
    curves: [
      ["real", (row) => row.dReal],
      ["fake", (row) => row.dFake],
    ],
    lines: [[0.5, "1/2"]],
    range: [0, 1],
  },
  loss: {
    curves: [
      ["real", (row) => row.lossD],
      ["fake", (row) => row.lossG],
    ],
    lines: [
      [0, "0"],
      [LOG_4, "log 4"],
    ],
    range: [0, 2],
  },
};

/** Gives the canvas of each plot the pixels of the device.
 * @param {HTMLElement[]} plots
 * @param {number} ratio */
export function resizePlots(plots, ratio) {
  for (const plot of plots) {
    const canvas = plot.querySelector("canvas");
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = canvas.clientHeight * ratio;
  }
}

/** Draws a plot, and writes the latest value of each curve beside its name.
 * @param {HTMLElement} plot
 * @param {Row[]} history
 * @param {Colours} colours
 * @param {number} ratio */
export function drawPlot(plot, history, colours, ratio) {
  const { curves, lines, range } = PLOTS[plot.dataset.plot];
  const canvas = plot.querySelector("canvas");
  const context = canvas.getContext("2d");
  const series = curves.map(([, of]) => history.map(of));
  const y = verticalScale(series, range, canvas.height, 4 * ratio);
  context.clearRect(0, 0, canvas.width, canvas.height);
  drawLines(context, lines, y, colours, ratio);
  context.lineWidth = 1.6 * ratio;
  context.lineJoin = "round";
  const latest = plot.querySelectorAll("b");
  series.forEach((values, i) => {
    const [name] = curves[i];
    context.setLineDash(name === "faint" ? [3 * ratio, 3 * ratio] : []);
    context.strokeStyle = name === "faint" ? colours.ink : colours[name];
    drawCurve(context, values, y);
    const last = values.findLast((value) => value !== null);
    latest[i].textContent = last === undefined ? "" : fixed(last, 2);
  });
  drawNames(context, lines, y, colours, ratio);
}

/** Pixels below the upper edge, by value: all values are shown, but those beyond `BOUND`.
 * @param {(number | null)[][]} series
 * @param {[number, number]} range
 * @param {number} height
 * @param {number} margin */
function verticalScale(series, range, height, margin) {
  let [low, high] = range;
  for (const value of series.flat())
    if (value !== null) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  high = Math.min(high, BOUND);
  low = Math.max(low, -BOUND);
  const share = linearScale(high, low); // of the height, from above
  return (/** @type {number} */ value) => margin + share(clamp(value, low, high)) * (height - 2 * margin);
}

/** @param {CanvasRenderingContext2D} context
 * @param {[number, string][]} lines
 * @param {(value: number) => number} y
 * @param {Colours} colours
 * @param {number} ratio */
function drawLines(context, lines, y, colours, ratio) {
  context.strokeStyle = colours.faint;
  context.lineWidth = ratio;
  context.setLineDash([4 * ratio, 4 * ratio]);
  for (const [value] of lines) {
    context.beginPath();
    context.moveTo(0, y(value));
    context.lineTo(context.canvas.width, y(value));
    context.stroke();
  }
}

/** @param {CanvasRenderingContext2D} context
 * @param {(number | null)[]} values
 * @param {(value: number) => number} y */
function drawCurve(context, values, y) {
  context.beginPath();
  let started = false;
  values.forEach((value, i) => {
    if (value === null) return;
    const x = (i / Math.max(1, values.length - 1)) * context.canvas.width;
    if (started) context.lineTo(x, y(value));
    else context.moveTo(x, y(value));
    started = true;
  });
  context.stroke();
}

/** Names of the lines, over the curves, with a rim that sets them off.
 * @param {CanvasRenderingContext2D} context
 * @param {[number, string][]} lines
 * @param {(value: number) => number} y
 * @param {Colours} colours
 * @param {number} ratio */
function drawNames(context, lines, y, colours, ratio) {
  const { width, height } = context.canvas;
  context.setLineDash([]);
  context.font = `${10.5 * ratio}px system-ui, sans-serif`;
  context.textAlign = "right";
  context.fillStyle = colours.label;
  context.strokeStyle = getComputedStyle(context.canvas).backgroundColor;
  context.lineWidth = 4 * ratio;
  for (const [value, name] of lines) {
    const room = 18 * ratio;
    const below = y(value) < room || (y(value) > height / 2 && y(value) < height - room);
    context.textBaseline = below ? "top" : "bottom";
    const at = y(value) + (below ? 4 : -2) * ratio;
    context.strokeText(name, width - 4 * ratio, at);
    context.fillText(name, width - 4 * ratio, at);
  }
}
