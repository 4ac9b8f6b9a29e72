/* The charts of a training run, as SVG, and the axis of steps that they share.
 *
 *   drawCharts(run, text, width)     {nodes, move(step)}: what to show, and what marks a step on all of it
 *   placeAt(width, x)                the place in [0, 1] of a pixel on the axis
 */

import { clamp } from "../../browser/numbers.js";
import { reading, tickLabel } from "../../browser/scales.js";
import { add, make, svg } from "../../page/dom.js";
import { lastStep, stepScale, stepTicks, valueAt, verticalScale } from "./run.js";

/** @import { Text } from "../../page/dom.js" */
/** @import { Panel, Run, Series } from "./run.js" */

const MARGIN = { left: 52, right: 14, top: 8, bottom: 6 };
const AXIS_HEIGHT = 34;
const NARROW = 500; // pixels: below, charts are lower
const HUES = 5;

/** @param {number} width of the charts
 * @param {number} x
 * @returns {number} */
export const placeAt = (width, x) => (x - MARGIN.left) / (width - MARGIN.left - MARGIN.right);

/** @param {Run} run
 * @param {Text} text
 * @param {number} width in pixels */
export function drawCharts(run, text, width) {
  const [total, least] = width < NARROW ? [300, 78] : [440, 96];
  const height = Math.round(clamp(total / run.panels.length, least, 300));
  const place = stepScale(run);
  const x = (/** @type {number} */ step) => MARGIN.left + place(step) * (width - MARGIN.right - MARGIN.left);
  const panels = run.panels.map((panel) => drawPanel(panel, text, x, width, height));
  return {
    nodes: [...panels.map(({ figure }) => figure), drawAxis(run, text, x, width)],
    move: (/** @type {number} */ step) => panels.forEach((panel) => panel.move(step)),
  };
}

/** One chart with its title and its legend.
 * @param {Panel} panel
 * @param {Text} text
 * @param {(step: number) => number} x
 * @param {number} width
 * @param {number} height */
function drawPanel(panel, text, x, width, height) {
  const title = text(`group.${panel.group}`) ?? text(`column.${panel.group}`) ?? panel.group;
  const figure = make("figure", "panel");
  const caption = add(figure, "figcaption");
  add(caption, "b", "", title);
  const legend = add(caption, "ul", "legend");
  const [bottom, right] = [height - MARGIN.bottom, width - MARGIN.right];
  const scale = verticalScale(panel, height);
  const y = (/** @type {number} */ value) => bottom - scale.place(value) * (bottom - MARGIN.top);
  const viewBox = `0 0 ${width} ${height}`;
  const chart = svg("svg", { width, height, viewBox, role: "img", "aria-label": title });
  figure.append(chart);
  for (const tick of scale.ticks) {
    chart.append(svg("path", { class: "rule", d: `M${MARGIN.left} ${y(tick).toFixed(1)}H${right}` }));
    chart.append(svg("text", { x: MARGIN.left - 6, y: y(tick) + 4, "text-anchor": "end" }, tickLabel(tick)));
  }
  chart.append(svg("path", { class: "axis", d: `M${MARGIN.left} ${MARGIN.top}V${bottom}H${right}` }));
  const curves = panel.series.map((series) => drawCurve(series, text, x, y, chart, legend));
  if (panel.equilibrium !== null) {
    const level = y(panel.equilibrium).toFixed(1);
    chart.append(svg("path", { class: "equilibrium", d: `M${MARGIN.left} ${level}H${right}` }));
    add(legend, "li", "level", text(`equilibrium.${panel.group}`));
  }
  const line = svg("path", { class: "now-line" });
  chart.append(line, ...curves.map(({ dot }) => dot));
  return {
    figure,
    move(/** @type {number} */ step) {
      line.setAttribute("d", `M${x(step).toFixed(1)} ${MARGIN.top}V${bottom}`);
      for (const curve of curves) curve.move(step);
    },
  };
}

/** One curve in a chart and in its legend, with the dot that moves along it.
 * @param {Series} series
 * @param {Text} text
 * @param {(step: number) => number} x
 * @param {(value: number) => number} y
 * @param {SVGElement} chart
 * @param {HTMLElement} legend */
function drawCurve(series, text, x, y, chart, legend) {
  const points = series.steps.map((step, i) => `${x(step).toFixed(1)} ${y(series.values[i]).toFixed(1)}`);
  const classes = `hue-${series.hue % HUES} ${series.dashed ? "dashed" : ""}`;
  const d = `M${points.join("L")}${points.length > 1 ? "" : "h0.1"}`;
  chart.append(svg("path", { class: `curve ${classes}`, d }));
  const item = add(legend, "li", classes);
  add(item, "span", "", text(`column.${series.column}`) ?? series.column);
  const output = add(item, "output");
  output.ariaLive = "off"; // it changes many times a second
  const dot = svg("circle", { class: `dot ${classes}`, r: 4 });
  return {
    dot,
    move(/** @type {number} */ step) {
      const value = valueAt(series, step);
      dot.setAttribute("visibility", value === null ? "hidden" : "visible");
      if (value !== null)
        dot.setAttribute("transform", `translate(${x(step).toFixed(1)} ${y(value).toFixed(1)})`);
      output.textContent = value === null ? "\u2013" : reading(value);
    },
  };
}

/** The axis that all charts share: steps, and epochs under them where they are known.
 * @param {Run} run
 * @param {Text} text
 * @param {(step: number) => number} x
 * @param {number} width */
function drawAxis(run, text, x, width) {
  const last = lastStep(run);
  const perEpoch = run.steps_per_epoch;
  const rows = [{ label: text("step"), unit: 1, least: run.bend / 2, last, zero: true }];
  if (perEpoch)
    rows.push({
      label: text("epoch"),
      unit: perEpoch,
      least: Math.max(run.bend, perEpoch),
      last,
      zero: false,
    });
  const axis = svg("svg", { class: "steps", width, height: AXIS_HEIGHT, "aria-hidden": "true" });
  rows.forEach((row, i) => {
    const y = 12 + 16 * i;
    axis.append(svg("text", { x: 0, y, class: "unit" }, row.label));
    for (const tick of stepTicks(x, row, MARGIN.left, width))
      axis.append(svg("text", { x: tick.x.toFixed(1), y, "text-anchor": "middle" }, tick.content));
  });
  return axis;
}
