/* The picture of the lesson: the people seen as dots on a line, the model's density over it, the people made under it.
 *
 *   new Picture(canvas, crowd)   .resize(), .draw(progress)   `progress` of the people made, from the curve to the line
 *   .valueAt(x), .densityAt(y)   where a pointer is
 */

import { tally } from "../../browser/densities.js";
import { range } from "../../browser/numbers.js";
import { linearScale, tickLabel, ticksBetween } from "../../browser/scales.js";
import { pixelRatio, sizeCanvas } from "../../page/dom.js";

/** @import { Density } from "../../browser/densities.js" */
/** @import { Crowd } from "./crowd.js" */

export const DOTS = 60; // people shown as dots; more are shown as bars behind them
const LINE = 0.64; // share of the height that lies above the line
const LABELS = 18; // pixels under the line, for its numbers
const ROOM = [1.5, 3.2]; // the density at the upper edge, least and most, as multiples of a normal's peak
const RADIUS = 4.5;

export class Picture {
  /** @param {HTMLCanvasElement} canvas
   * @param {Crowd} crowd */
  constructor(canvas, crowd) {
    this.canvas = canvas;
    this.crowd = crowd;
    this.width = this.height = this.most = 0;
    /** @type {number | null} */
    this.cursor = null; // of the keyboard's pen, on the axis
  }

  /** Fits the canvas to its frame. @param {number} width @param {number} height  CSS pixels */
  resize(width, height) {
    [this.width, this.height] = [width, height];
    this.ratio = pixelRatio();
    sizeCanvas(this.canvas, Math.round(width * this.ratio), Math.round(height * this.ratio), this.ratio);
    const style = getComputedStyle(this.canvas);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    this.colours = Object.fromEntries(
      ["data", "model", "truth", "impossible", "ink", "faint"].map((name) => [name, colour(name)]),
    );
    this.font = style.fontFamily;
  }

  get base() {
    return Math.round(this.height * LINE);
  }

  /** Pixels from the left, of a value. @param {number} value */
  x(value) {
    const { low, high } = this.crowd;
    return linearScale(low, high)(value) * this.width;
  }

  /** The density at the upper edge: as much as the model needs, within bounds. A curve is drawn on a fixed sheet. */
  fitHeight() {
    const { density, peak, settings } = this.crowd;
    const [least, most] = ROOM.map((times) => times * peak);
    this.most = settings.model === "drawn" ? 2 * peak : least;
    if (!density || settings.model === "drawn") return;
    for (let x = 0; x <= this.width; x += 2)
      this.most = Math.max(this.most, 1.08 * Math.exp(density.logDensity(this.valueAt(x))));
    this.most = Math.min(this.most, most);
  }

  /** Pixels from above, of a density. @param {number} density */
  y(density) {
    return this.base - Math.min(1.02, density / this.most) * (this.base - 6);
  }

  /** @param {number} x */
  valueAt(x) {
    return this.crowd.low + (x / this.width) * (this.crowd.high - this.crowd.low);
  }

  /** @param {number} y */
  densityAt(y) {
    return Math.max(0, ((this.base - y) / (this.base - 6)) * this.most);
  }

  /** @param {number} progress */
  draw(progress = 1) {
    const { canvas, crowd, ratio } = this;
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    this.fitHeight();
    if (crowd.seen.length > DOTS) this.drawBars(context);
    this.drawAxis(context);
    this.drawDots(context, crowd.seen.slice(0, DOTS), this.colours.data, -1);
    this.drawNew(context);
    if (crowd.truth) this.drawDensity(context, crowd.truth, this.colours.truth, [5, 4]);
    if (crowd.density) this.drawDensity(context, crowd.density, this.colours.model, []);
    this.drawMade(context, progress);
    if (this.cursor !== null) this.drawCursor(context);
  }

  /** The data seen as bars of one unit. @param {CanvasRenderingContext2D} context */
  drawBars(context) {
    const { seen, unit } = this.crowd;
    const counts = new Map();
    for (const value of seen) {
      const bin = Math.floor(value / unit);
      counts.set(bin, (counts.get(bin) ?? 0) + 1);
    }
    context.globalAlpha = 0.22;
    context.fillStyle = this.colours.data;
    for (const [bin, count] of counts) {
      const [left, right, top] = [
        this.x(bin * unit),
        this.x((bin + 1) * unit),
        this.y(count / (seen.length * unit)),
      ];
      context.fillRect(left, top, right - left - 0.5, this.base - top);
    }
    context.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} context */
  drawAxis(context) {
    const { low, high } = this.crowd;
    context.strokeStyle = this.colours.faint;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(0, this.base + 0.5);
    context.lineTo(this.width, this.base + 0.5);
    context.stroke();
    context.fillStyle = this.colours.ink;
    context.font = `12px ${this.font}`;
    context.textAlign = "center";
    context.textBaseline = "top";
    for (const tick of ticksBetween(low, high, this.width / 90)) {
      const x = this.x(tick);
      if (x > 14 && x < this.width - 14) context.fillText(tickLabel(tick), x, this.base + 5);
    }
  }

  /** Columns of dots that grow from the line, up or down: [x, y] of each value.
   * @param {number[]} values
   * @param {number} direction
   * @returns {[number, number][]} */
  stack(values, direction) {
    const room = direction < 0 ? this.base - 4 : this.height - this.base - LABELS - 4;
    const columns = new Map();
    const column = (value) => Math.round(this.x(value) / (2 * RADIUS));
    for (const value of values) columns.set(column(value), (columns.get(column(value)) ?? 0) + 1);
    const pitch = Math.min(2 * RADIUS, room / Math.max(1, ...columns.values()));
    const filled = new Map();
    return values.map((value) => {
      const at = column(value);
      const level = filled.get(at) ?? 0;
      filled.set(at, level + 1);
      const start = direction < 0 ? this.base - RADIUS : this.base + LABELS + RADIUS;
      return [at * 2 * RADIUS, start + direction * level * pitch];
    });
  }

  /** @param {CanvasRenderingContext2D} context @param {number[]} values @param {string} colour @param {number} direction */
  drawDots(context, values, colour, direction) {
    context.fillStyle = colour;
    for (const [x, y] of this.stack(values, direction)) dot(context, x, y);
  }

  /** The new data as ticks that hang from the line, and crosses where the model finds them impossible.
   * @param {CanvasRenderingContext2D} context */
  drawNew(context) {
    const { fresh, density } = this.crowd;
    context.strokeStyle = this.colours.data;
    context.globalAlpha = Math.max(0.25, Math.min(1, 60 / fresh.n));
    context.beginPath();
    for (const value of fresh.x) {
      context.moveTo(this.x(value), this.base + 1);
      context.lineTo(this.x(value), this.base + 5);
    }
    context.stroke();
    context.globalAlpha = 1;
    if (!density) return;
    context.strokeStyle = this.colours.impossible;
    context.lineWidth = 2;
    context.beginPath();
    for (const value of fresh.x.filter((each) => density.logDensity(each) === -Infinity)) {
      const [x, y, r] = [this.x(value), this.base, 4];
      context.moveTo(x - r, y - r);
      context.lineTo(x + r, y + r);
      context.moveTo(x - r, y + r);
      context.lineTo(x + r, y - r);
    }
    context.stroke();
  }

  /** A density as a line, one point a pixel and its edges where it has them.
   * @param {CanvasRenderingContext2D} context
   * @param {Density & { edges?: number[], heights?: number[] }} density
   * @param {string} colour
   * @param {number[]} dashes */
  drawDensity(context, density, colour, dashes) {
    context.strokeStyle = colour;
    context.lineWidth = 2.5;
    context.lineJoin = "round";
    context.setLineDash(dashes);
    context.beginPath();
    const values = tally(range(Math.ceil(this.width) + 1).map((x) => this.valueAt(x)));
    values.x.forEach((value, i) => {
      const y = this.y(Math.exp(density.logDensity(value)));
      if (i) context.lineTo(i, y);
      else context.moveTo(i, y);
    });
    context.stroke();
    context.setLineDash([]);
  }

  /** The people made: they fall from the curve to their places under the line.
   * @param {CanvasRenderingContext2D} context
   * @param {number} progress */
  drawMade(context, progress) {
    const { made, density } = this.crowd;
    if (!density) return;
    context.fillStyle = this.colours.model;
    this.stack(made, 1).forEach(([x, y], i) => {
      const t = Math.min(1, Math.max(0, progress * 1.6 - (0.6 * i) / made.length)); // one after the other
      if (t === 0) return;
      const from = this.y(Math.exp(density.logDensity(made[i])));
      dot(context, x, from + (y - from) * t * t);
    });
  }

  /** @param {CanvasRenderingContext2D} context */
  drawCursor(context) {
    context.strokeStyle = this.colours.ink;
    context.lineWidth = 1;
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(this.x(this.cursor), 4);
    context.lineTo(this.x(this.cursor), this.base);
    context.stroke();
    context.setLineDash([]);
  }
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y */
function dot(context, x, y) {
  context.beginPath();
  context.arc(x, y, RADIUS - 0.6, 0, 2 * Math.PI);
  context.fill();
}
