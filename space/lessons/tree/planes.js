/* The three planes: where the data come from, what the family makes of them, and its samples.
 *
 *   new Plane(canvas)   .resize(width, colours), .clear(), .density(values, most, faint), .dots(points, colour)
 *                       .mesh(nodes), .ellipses(components), .field(grid, vectors), .stroke(pen)
 *   readColours(element)
 */

import { EXTENT, PEN_SIGMA } from "../../browser/mixtures.js";
import { make, makeDot, pixelRatio, sizeCanvas } from "../../page/dom.js";

/** @import { Pen } from "../../page/pen.js" */
/** @typedef {{ ramp: Uint32Array, paper: string, ink: string, data: string, model: string }} Colours */

const STEPS = 6; // colours of the ramp in tree.css

/** Red, green and blue of "#rrggbb". @param {string} hex */
const rgb = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

/** The colours of tree.css in the page's light or dark scheme; the ramp as 256 words of an image.
 * @param {Element} element
 * @returns {Colours} */
export function readColours(element) {
  const style = getComputedStyle(element);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
  const stops = Array.from({ length: STEPS }, (_, i) => rgb(colour(`ramp-${i}`)));
  const ramp = Uint32Array.from({ length: 256 }, (_, i) => {
    const at = (i / 255) * (STEPS - 1);
    const k = Math.min(STEPS - 2, Math.floor(at));
    const [r, g, b] = stops[k].map((from, c) => Math.round(from + (at - k) * (stops[k + 1][c] - from)));
    return 0xff000000 | (b << 16) | (g << 8) | r;
  });
  return { ramp, paper: colour("ramp-0"), ink: colour("ink"), data: colour("data"), model: colour("model") };
}

export class Plane {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.raster = make("canvas");
    this.size = 0; // in device pixels
  }

  /** @param {number} width  in CSS pixels
   * @param {Colours} colours */
  resize(width, colours) {
    this.ratio = pixelRatio(2);
    this.size = Math.round(width * this.ratio);
    this.colours = colours;
    sizeCanvas(this.canvas, this.size, this.size, this.ratio);
    const { data, model, paper } = colours;
    const dot = (/** @type {string} */ fill) =>
      makeDot({ fill, rim: paper }, { radius: 1.9, line: 0.6, ratio: this.ratio });
    this.pictures = { data: dot(data), model: dot(model) };
  }

  /** Pixels to the right of the left edge. @param {number} x */
  toX(x) {
    return ((x / EXTENT + 1) / 2) * this.size;
  }

  /** Pixels below the upper edge. @param {number} y */
  toY(y) {
    return ((1 - y / EXTENT) / 2) * this.size;
  }

  clear() {
    this.context.fillStyle = this.colours.paper;
    this.context.fillRect(0, 0, this.size, this.size);
  }

  /** A density, row by row from below; its colour is the root of its share of `most`.
   * @param {ArrayLike<number>} values
   * @param {number} most
   * @param {number} [opacity] */
  density(values, most, opacity = 1) {
    const side = Math.sqrt(values.length);
    const { raster } = this;
    if (raster.width !== side) raster.width = raster.height = side;
    const context = raster.getContext("2d");
    const image = context.createImageData(side, side);
    const words = new Uint32Array(image.data.buffer);
    for (let row = 0, i = 0; row < side; row++)
      for (let column = 0; column < side; column++, i++) {
        const share = Math.sqrt(Math.min(1, values[i] / most)) || 0;
        words[(side - 1 - row) * side + column] = this.colours.ramp[Math.round(255 * share)];
      }
    context.putImageData(image, 0, 0);
    this.context.imageSmoothingEnabled = true;
    this.context.imageSmoothingQuality = "high";
    this.context.globalAlpha = opacity;
    this.context.drawImage(raster, 0, 0, this.size, this.size);
    this.context.globalAlpha = 1;
  }

  /** @param {ArrayLike<number>} points  (n, 2)
   * @param {"data" | "model"} kind
   * @param {number} [most]  so many of them */
  dots(points, kind, most = points.length / 2) {
    const dot = this.pictures[kind];
    const half = dot.width / 2;
    for (let i = 0; i < 2 * most; i += 2)
      this.context.drawImage(dot, this.toX(points[i]) - half, this.toY(points[i + 1]) - half);
  }

  /** Where an even grid of noise goes.
   * @param {ArrayLike<number>} nodes  (lines * lines, 2) */
  mesh(nodes) {
    const { context } = this;
    const lines = Math.sqrt(nodes.length / 2);
    context.beginPath();
    for (let i = 0; i < lines; i++)
      for (const [first, stride] of [
        [i * lines, 1],
        [i, lines],
      ])
        for (let k = 0; k < lines; k++) {
          const node = 2 * (first + k * stride);
          const [x, y] = [this.toX(nodes[node]), this.toY(nodes[node + 1])];
          if (k) context.lineTo(x, y);
          else context.moveTo(x, y);
        }
    this.line(this.colours.model, 0.9, 0.75);
  }

  /** Two standard deviations round each Gaussian.
   * @param {{ x: number, y: number, a: number, b: number, c: number, logWeight: number }[]} components */
  ellipses(components) {
    const { context } = this;
    context.beginPath();
    for (const { x, y, a, b, c, logWeight } of components) {
      if (!(logWeight > -9)) continue; // it has no points
      for (let k = 0; k <= 48; k++) {
        const [u, v] = [2 * Math.cos((k * Math.PI) / 24), 2 * Math.sin((k * Math.PI) / 24)];
        const [px, py] = [this.toX(x + a * u), this.toY(y + b * u + c * v)];
        if (k) context.lineTo(px, py);
        else context.moveTo(px, py);
      }
    }
    this.line(this.colours.model, 1.6, 0.95);
  }

  /** Arrows towards the data.
   * @param {ArrayLike<number>} grid  (n, 2)
   * @param {ArrayLike<number>} vectors  (n, 2) */
  field(grid, vectors) {
    const { context } = this;
    const longest = 0.42; // in units of the plane
    context.beginPath();
    for (let i = 0; i < grid.length; i += 2) {
      const length = Math.hypot(vectors[i], vectors[i + 1]);
      const scale = longest / Math.max(1.5, length);
      const [x, y] = [this.toX(grid[i]), this.toY(grid[i + 1])];
      const [endX, endY] = [
        this.toX(grid[i] + scale * vectors[i]),
        this.toY(grid[i + 1] + scale * vectors[i + 1]),
      ];
      const angle = Math.atan2(endY - y, endX - x);
      const head = 3.5 * this.ratio;
      context.moveTo(x, y);
      context.lineTo(endX, endY);
      for (const turn of [-0.5, 0.5]) {
        context.moveTo(endX - head * Math.cos(angle + turn), endY - head * Math.sin(angle + turn));
        context.lineTo(endX, endY);
      }
    }
    this.line(this.colours.ink, 1, 0.45);
  }

  /** @param {string} colour
   * @param {number} width
   * @param {number} opacity */
  line(colour, width, opacity) {
    const { context } = this;
    context.globalAlpha = opacity;
    context.lineWidth = width * this.ratio;
    context.strokeStyle = colour;
    context.stroke();
    context.globalAlpha = 1;
  }

  /** The stroke under the pen, and the pen itself while keys move it.
   * @param {Pen} pen */
  pen({ stroke, x, y, byKey }) {
    const { context, ratio } = this;
    context.lineCap = context.lineJoin = "round";
    if (stroke) {
      context.beginPath();
      for (const [px, py] of stroke) context.lineTo(this.toX(px), this.toY(py));
      const [lastX, lastY] = stroke[stroke.length - 1];
      context.lineTo(this.toX(lastX) + 0.01, this.toY(lastY)); // or a dot would not be drawn
      this.line(this.colours.data, (PEN_SIGMA / EXTENT) * (this.size / ratio), 1);
    }
    if (!byKey || document.activeElement !== this.canvas) return;
    context.beginPath();
    context.arc(this.toX(x), this.toY(y), (stroke ? 5 : 8) * ratio, 0, 2 * Math.PI);
    this.line(this.colours.ink, 2, 1);
  }
}
