/* The upper canvas of a map: where the visitor's digit lies, the way to the second one, and the visitor's point.
 *
 *   drawMarks(canvas, plot, spacing, z, overlay)
 */

import { ellipse, lensCentre, line, toPixels } from "./coordinates.js";
import { GROUND } from "./drawing.js";

/** @import { Pair, Plot, Spacing } from "./coordinates.js" */
/** What the server says of the digits: `overlay` of `LatentMap` in maps.py.
 * @typedef {{ mu: Pair, end?: Pair, sigma?: Pair, samples?: Pair[], digit?: number }} Overlay */
/** @typedef {(z: Pair) => Pair} Place  from a code to its pixel */

/** @param {HTMLCanvasElement} canvas
 * @param {Plot} plot
 * @param {Spacing} spacing
 * @param {ArrayLike<number>} z the visitor's point
 * @param {Overlay | null} overlay */
export function drawMarks(canvas, plot, spacing, z, overlay) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  const marks = new Marks(context, plot);
  if (overlay) marks.drawOverlay(overlay, (code) => toPixels(plot, spacing, code));
  marks.drawRing(...toPixels(plot, spacing, z));
}

/** Draws on one canvas; lengths are in CSS pixels, places in pixels of the canvas. */
class Marks {
  /** @param {CanvasRenderingContext2D} context
   * @param {Plot} plot */
  constructor(context, plot) {
    this.context = context;
    this.plot = plot;
  }

  /** The visitor's digit, and the way to a second one.
   * @param {Overlay} overlay
   * @param {Place} place */
  drawOverlay(overlay, place) {
    const { mu, sigma, end } = overlay;
    if (end) {
      this.strokePath(line(mu, end).map(place), 2, [6, 4]);
      this.drawDot(place(end), 5, "#fff");
    }
    if (sigma) {
      this.drawLens(overlay, place);
      this.drawPosterior(overlay, place, 1.5);
    } else this.drawDot(place(mu), 5, "#fff");
  }

  /** mu, the ellipses of 1 and 2 sigma, and the re-samples.
   * @param {Overlay} overlay
   * @param {Place} place
   * @param {number} radius of the dots */
  drawPosterior({ mu, sigma, samples }, place, radius) {
    for (const deviations of [1, 2]) this.strokePath(ellipse(mu, sigma, deviations).map(place), 1);
    for (const sample of samples) this.drawDot(place(sample), radius, "#7dd3fc");
    this.drawDot(place(mu), radius, "#fff");
  }

  /** A lens in the free corner shows the ellipses once more: on most maps they are a few pixels large.
   * @param {Overlay} overlay
   * @param {Place} place */
  drawLens(overlay, place) {
    const { context } = this;
    const { mu, sigma } = overlay;
    const { size, ratio } = this.plot;
    const half = Math.round(0.14 * size);
    const [x, y] = lensCentre(this.plot, place(mu), half);
    const zoom = half / (3 * Math.max(sigma[0], sigma[1])); // the lens reaches to 3 sigma
    this.strokePath([place(mu), [x, y]], 1, [2, 3]);
    context.save();
    context.beginPath();
    context.rect(x - half, y - half, 2 * half, 2 * half);
    context.fillStyle = GROUND;
    context.fill();
    context.setLineDash([]);
    context.stroke();
    context.clip();
    this.drawPosterior(overlay, ([z1, z2]) => [x + (z1 - mu[0]) * zoom, y - (z2 - mu[1]) * zoom], 3);
    context.fillStyle = "#fff";
    context.font = `${10 * ratio}px system-ui, sans-serif`;
    context.textAlign = "left";
    context.textBaseline = "top";
    context.fillText("1\u03c3, 2\u03c3", x - half + 5 * ratio, y - half + 5 * ratio);
    context.restore();
  }

  /** A white line with black edges.
   * @param {Pair[]} points
   * @param {number} width
   * @param {number[]} dash */
  strokePath(points, width, dash = []) {
    const { context } = this;
    const { ratio } = this.plot;
    context.beginPath();
    for (const [x, y] of points) context.lineTo(x, y);
    context.setLineDash(dash.map((length) => length * ratio));
    this.strokeTwice(width + 2, width);
  }

  /** @param {Pair} pixel
   * @param {number} radius
   * @param {string} colour */
  drawDot([x, y], radius, colour) {
    const { context } = this;
    const { ratio } = this.plot;
    context.beginPath();
    context.arc(x, y, radius * ratio, 0, 2 * Math.PI);
    context.setLineDash([]);
    context.lineWidth = ratio;
    context.fillStyle = colour;
    context.strokeStyle = "#000";
    context.fill();
    context.stroke();
  }

  /** The ring around the visitor's point.
   * @param {number} x
   * @param {number} y */
  drawRing(x, y) {
    this.context.setLineDash([]);
    this.context.beginPath();
    this.context.arc(x, y, 8 * this.plot.ratio, 0, 2 * Math.PI);
    this.strokeTwice(5, 2.5);
  }

  /** Stroke the path in black, then narrower in white.
   * @param {number} outer
   * @param {number} inner */
  strokeTwice(outer, inner) {
    for (const [width, colour] of /** @type {[number, string][]} */ ([
      [outer, "#000"],
      [inner, "#fff"],
    ])) {
      this.context.lineWidth = width * this.plot.ratio;
      this.context.strokeStyle = colour;
      this.context.stroke();
    }
  }
}
