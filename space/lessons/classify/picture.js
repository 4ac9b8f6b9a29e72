/* The picture of the lesson: the people, both boundaries, and what lies behind them. With one measurement the normals'
 * curves stand over the line, and under it the share of kind 1, which is what the boundary's way fits; with two they
 * are ellipses in the plane.
 *
 *   new Picture(canvas, survey)   .resize(width, height), .draw()
 *   .place(values)                pixels of a point, for its handle; .valuesAt(x, y)
 */

import { contour, logDensities, valueAt } from "../../browser/classes.js";
import { range, sigmoid } from "../../browser/numbers.js";
import { linearScale, tickLabel, ticksBetween } from "../../browser/scales.js";
import { pixelRatio, sizeCanvas } from "../../page/dom.js";

/** @import { Labelled, Odds } from "../../browser/classes.js" */
/** @import { Survey } from "./survey.js" */

const AXIS = 20; // pixels under the picture, for the numbers
const LINE = 0.56; // with one measurement: where the line lies, of the height
const CURVE = [0.66, 0.99]; // and between which the share of kind 1 is drawn
const DOTS = 60; // with one measurement, more people are bars
const CELLS = 48; // a side of the grid on which curved boundaries are found
const SHARES = [0.5, 0.95]; // of a kind's people within its ellipses

export class Picture {
  /** @param {HTMLCanvasElement} canvas
   * @param {Survey} survey */
  constructor(canvas, survey) {
    this.canvas = canvas;
    this.survey = survey;
    this.width = this.height = 0;
    this.layer = document.createElement("canvas"); // the people, who stand still
    this.layerKey = "";
  }

  /** Fits the canvas to its frame. @param {number} width @param {number} height  CSS pixels */
  resize(width, height) {
    [this.width, this.height] = [width, height];
    this.ratio = pixelRatio(2);
    for (const canvas of [this.canvas, this.layer])
      sizeCanvas(canvas, Math.round(width * this.ratio), Math.round(height * this.ratio), this.ratio);
    const style = getComputedStyle(this.canvas);
    const names = ["data", "data-two", "model", "ink", "faint"];
    this.colours = Object.fromEntries(
      names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
    );
    this.kinds = [this.colours.data, this.colours["data-two"]];
    this.font = style.fontFamily;
    this.layerKey = "";
  }

  get floor() {
    return this.height - AXIS;
  }

  /** Where the line lies, with one measurement. */
  get line() {
    return Math.round(this.floor * LINE);
  }

  /** @param {number} value of the first measurement */
  x(value) {
    const { low, high } = this.survey.axes[0];
    return linearScale(low, high)(value) * this.width;
  }

  /** @param {number} value of the second one */
  y(value) {
    const { low, high } = this.survey.axes[1];
    return (1 - linearScale(low, high)(value)) * this.floor;
  }

  /** @param {number} share of kind 1 */
  shareY(share) {
    return this.floor * (CURVE[1] + (CURVE[0] - CURVE[1]) * share);
  }

  /** Pixels of a point. @param {number[]} values */
  place([x, y]) {
    return [this.x(x), y === undefined ? this.line : this.y(y)];
  }

  /** The values at a place of the picture. @param {number} x @param {number} y */
  valuesAt(x, y) {
    const [first, second] = this.survey.axes;
    const values = [first.low + (x / this.width) * (first.high - first.low)];
    if (this.survey.two) values.push(second.low + (1 - y / this.floor) * (second.high - second.low));
    return values;
  }

  draw() {
    const { survey, ratio, width } = this;
    this.fitPeak();
    this.drawLayer();
    const context = this.canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.drawImage(this.layer, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.lineJoin = "round";
    context.save();
    context.beginPath();
    context.rect(0, 0, width, this.floor);
    context.clip();
    if (survey.two) this.drawPlane(context);
    else this.drawLine(context);
    context.restore();
  }

  /** With one measurement: the density at the upper edge, so that the curves at home fit. */
  fitPeak() {
    const { survey } = this;
    const { problem } = survey.atHome.normals;
    const { low, high } = survey.axes[0];
    this.peak = 3 / (high - low);
    if (survey.two || problem) return;
    const kinds = logDensities(survey.atHome.normals);
    for (const [k, kind] of kinds.entries())
      this.peak = Math.max(this.peak, Math.exp(valueAt(kind, survey.atHome.normals.mean[k][0])) * 1.15);
  }

  /** @param {number} density */
  densityY(density) {
    return this.line * (1 - Math.min(1.1, density / this.peak));
  }

  /** The people and the axes, drawn anew only where they are others. */
  drawLayer() {
    const { survey, ratio } = this;
    const { data, seed } = survey.settings;
    const key = [data, seed, survey.n, survey.two, this.peak].join();
    if (key === this.layerKey) return;
    this.layerKey = key;
    const context = this.layer.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    this.drawAxes(context);
    if (survey.two) this.drawPoints(context);
    else {
      if (survey.n > DOTS) this.drawBars(context);
      else this.drawDots(context);
      this.drawTicks(context);
    }
  }

  /** @param {CanvasRenderingContext2D} context */
  drawAxes(context) {
    const [first, second] = this.survey.axes;
    context.fillStyle = this.colours.ink;
    context.strokeStyle = this.colours.faint;
    context.font = `12px ${this.font}`;
    context.textAlign = "center";
    context.textBaseline = "top";
    for (const tick of ticksBetween(first.low, first.high, this.width / 90)) {
      const x = this.x(tick);
      if (x > 14 && x < this.width - 14) context.fillText(tickLabel(tick), x, this.floor + 5);
    }
    context.textAlign = "left";
    context.textBaseline = "middle";
    if (this.survey.two) {
      for (const tick of ticksBetween(second.low, second.high, this.floor / 60))
        if (this.y(tick) > 10 && this.y(tick) < this.floor - 10)
          context.fillText(tickLabel(tick), 5, this.y(tick));
      rule(context, this.floor, this.width);
      return;
    }
    rule(context, this.line, this.width);
    for (const share of [0, 0.5, 1]) {
      context.globalAlpha = share === 0.5 ? 0.5 : 1;
      rule(context, this.shareY(share), this.width);
      context.globalAlpha = 1;
      context.fillText(["0", "½", "1"][2 * share], 4, this.shareY(share) + (share === 1 ? 9 : -8));
    }
  }

  /** Everybody but the one who is dragged: [place, kind]. */
  *standing() {
    const { home, dragged } = this.survey;
    for (let i = 0; i < home.label.length; i++)
      if (i !== dragged) yield/** @type {const} */ ([i, home.label[i]]);
  }

  /** @param {CanvasRenderingContext2D} context */
  drawPoints(context) {
    const { home, n } = this.survey;
    const radius = n > 1500 ? 1.4 : n > 200 ? 2.2 : 3.6;
    context.globalAlpha = n > 1500 ? 0.45 : n > 200 ? 0.7 : 0.9;
    for (const kind of [0, 1]) {
      context.fillStyle = context.strokeStyle = this.kinds[kind];
      context.lineWidth = 1.4;
      context.beginPath();
      for (const [i, label] of this.standing()) {
        if (label !== kind) continue;
        const [x, y] = this.place([home.columns[0][i], home.columns[1][i]]);
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      }
      // rings and discs: told apart without their colours, too
      if (kind && n <= 200) context.stroke();
      else context.fill();
    }
    context.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} context */
  drawBars(context) {
    const { home, n } = this.survey;
    context.globalAlpha = 0.3;
    for (const kind of [0, 1]) {
      const counts = new Map();
      for (const [i, label] of this.standing()) {
        const bin = Math.floor(home.columns[0][i]);
        if (label === kind) counts.set(bin, (counts.get(bin) ?? 0) + 1);
      }
      context.fillStyle = this.kinds[kind];
      for (const [bin, count] of counts) {
        const [left, right, top] = [this.x(bin), this.x(bin + 1), this.densityY(count / n)];
        context.fillRect(left, top, right - left - 0.5, this.line - top);
      }
    }
    context.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} context */
  drawDots(context) {
    const { home } = this.survey;
    const radius = 4;
    const filled = new Map();
    for (const [i, kind] of this.standing()) {
      const column = Math.round(this.x(home.columns[0][i]) / (2 * radius));
      const level = filled.get(column) ?? 0;
      filled.set(column, level + 1);
      context.beginPath();
      context.arc(column * 2 * radius, this.line - radius - level * 2 * radius, radius - 0.8, 0, 2 * Math.PI);
      context.fillStyle = context.strokeStyle = this.kinds[kind];
      context.lineWidth = 1.6;
      if (kind) context.stroke();
      else context.fill();
    }
  }

  /** The labels as the boundary's way sees them: 0 or 1 at each value.
   * @param {CanvasRenderingContext2D} context */
  drawTicks(context) {
    const { home, n } = this.survey;
    context.globalAlpha = Math.max(0.15, Math.min(0.8, 60 / n));
    context.lineWidth = 1.5;
    for (const [i, kind] of this.standing()) {
      context.strokeStyle = this.kinds[kind];
      const x = this.x(home.columns[0][i]);
      context.beginPath();
      context.moveTo(x, this.shareY(kind));
      context.lineTo(x, this.shareY(kind) + (kind ? 6 : -6));
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  /** One measurement: curves, boundaries, and shares.
   * @param {CanvasRenderingContext2D} context */
  drawLine(context) {
    const { survey, width } = this;
    const { odds, normals } = survey;
    const values = range(Math.ceil(width / 2) + 1).map((i) => this.valuesAt(2 * i, 0)[0]);
    if (!normals.problem)
      for (const [kind, density] of logDensities(normals).entries())
        path(
          context,
          values,
          (i) => this.densityY(Math.exp(valueAt(density, values[i]))),
          this.kinds[kind],
          2.5,
        );
    for (const [side, colour, thickness] of this.sides()) {
      const each = odds[side];
      if (!each) continue;
      path(context, values, (i) => this.shareY(sigmoid(valueAt(each, values[i]))), colour, thickness);
      const x = this.x(survey.edge(each));
      if (!Number.isFinite(x)) continue;
      context.setLineDash(side === "left" ? [6, 4] : []);
      segment(context, [x, 0, x, this.floor], thickness - 0.5);
      context.setLineDash([]);
    }
    this.drawMade(context, () => this.line - 5);
    const [x] = this.place(survey.at);
    this.guide(context, [x, 0, x, this.floor]);
  }

  /** The normals' way lies under the other one.
   * @returns {["left" | "right", string, number][]} */
  sides() {
    return [
      ["right", this.colours.model, 4],
      ["left", this.colours.ink, 2],
    ];
  }

  /** Two measurements: ellipses and boundaries.
   * @param {CanvasRenderingContext2D} context */
  drawPlane(context) {
    const { survey } = this;
    const { odds, normals } = survey;
    if (!normals.problem) for (const kind of [0, 1]) this.drawEllipses(context, kind);
    const [first, second] = survey.axes;
    for (const [side, colour, thickness] of this.sides()) {
      const each = odds[side];
      if (!each) continue;
      const value = (/** @type {number} */ x, /** @type {number} */ y) => valueAt(each, x, y);
      context.strokeStyle = colour;
      context.lineWidth = thickness;
      context.setLineDash([]);
      context.beginPath();
      for (const [ax, ay, bx, by] of contour(
        value,
        [first.low, first.high],
        [second.low, second.high],
        CELLS,
      )) {
        context.moveTo(this.x(ax), this.y(ay));
        context.lineTo(this.x(bx), this.y(by));
      }
      context.stroke();
    }
    this.drawMade(context, ([, y]) => this.y(y));
    const [x, y] = this.place(survey.at);
    if (survey.hidden !== 0) this.guide(context, [x, 0, x, this.floor]);
    if (survey.hidden !== 1) this.guide(context, [0, y, this.width, y]);
  }

  /** @param {CanvasRenderingContext2D} context
   * @param {number} kind */
  drawEllipses(context, kind) {
    const { mean, covariance } = this.survey.normals;
    const [[a, b], [, c]] = covariance[kind];
    const along = Math.sqrt(a);
    const across = Math.sqrt(c - (b * b) / a);
    context.strokeStyle = this.kinds[kind];
    context.lineWidth = 1.8;
    for (const share of SHARES) {
      const radius = Math.sqrt(-2 * Math.log(1 - share));
      context.beginPath();
      for (let i = 0; i <= 72; i++) {
        const [u, v] = [radius * Math.cos((i * Math.PI) / 36), radius * Math.sin((i * Math.PI) / 36)];
        context.lineTo(
          this.x(mean[kind][0] + along * u),
          this.y(mean[kind][1] + (b / along) * u + across * v),
        );
      }
      context.stroke();
    }
  }

  /** The people drawn from the normals, the latest larger.
   * @param {CanvasRenderingContext2D} context
   * @param {(x: number[]) => number} height */
  drawMade(context, height) {
    const { made } = this.survey;
    context.fillStyle = this.colours.model;
    made.forEach(({ x }, i) => {
      const last = i === made.length - 1;
      context.beginPath();
      context.arc(this.x(x[0]), height(x), last ? 6 : 3.5, 0, 2 * Math.PI);
      context.fill();
    });
  }

  /** @param {CanvasRenderingContext2D} context @param {number[]} ends */
  guide(context, ends) {
    context.strokeStyle = this.colours.faint;
    context.setLineDash([2, 3]);
    segment(context, ends, 1);
    context.setLineDash([]);
  }
}

/** @param {CanvasRenderingContext2D} context @param {number} y @param {number} width */
function rule(context, y, width) {
  segment(context, [0, Math.round(y) + 0.5, width, Math.round(y) + 0.5], 1);
}

/** @param {CanvasRenderingContext2D} context @param {number[]} ends @param {number} thickness */
function segment(context, [ax, ay, bx, by], thickness) {
  context.lineWidth = thickness;
  context.beginPath();
  context.moveTo(ax, ay);
  context.lineTo(bx, by);
  context.stroke();
}

/** A curve, two pixels a step.
 * @param {CanvasRenderingContext2D} context
 * @param {number[]} values
 * @param {(i: number) => number} height
 * @param {string} colour
 * @param {number} thickness */
function path(context, values, height, colour, thickness) {
  context.strokeStyle = colour;
  context.lineWidth = thickness;
  context.beginPath();
  for (let i = 0; i < values.length; i++) context.lineTo(2 * i, height(i));
  context.stroke();
}
