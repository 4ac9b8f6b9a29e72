/* Draws the plane: D's heat map, the modes, G's grid, real and generated points, arrows, and the pen. */

import { EXTENT, PEN_SIGMA } from "../../browser/mixtures.js";
import { sigmoid } from "../../browser/numbers.js";
import { make, makeDot } from "../../page/dom.js";
import { rgb } from "./colours.js";
import { MESH } from "./play.js";

/** @import { View } from "../../browser/gan2d.js" */
/** @import { Colours } from "./colours.js" */
/** @import { Pen } from "../../page/pen.js" */
/** @import { Play } from "./play.js" */

const HEAT = 36; // cells of D's heat map along each axis
const heatPoints = Float64Array.from({ length: 2 * HEAT * HEAT }, (_, i) => {
  const cell = i >> 1;
  const place = i & 1 ? HEAT - 1 - Math.floor(cell / HEAT) : cell % HEAT;
  return ((2 * place + 1) / HEAT - 1) * EXTENT;
});

/** Colours of D from 0, generated, by neutral at 1/2, to 1, real, as words of an image.
 * @param {Colours} colours */
function makePalette(colours) {
  const [fake, neutral, real] = [colours.fake, colours.neutral, colours.real].map(rgb);
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const t = (2 * i) / 255 - 1;
    const share = 0.55 * Math.abs(t) ** 0.8;
    const end = t < 0 ? fake : real;
    const [r, g, b] = neutral.map((value, c) => Math.round(value + share * (end[c] - value)));
    return 0xff000000 | (b << 16) | (g << 8) | r;
  });
}

export class Plane {
  /** @param {HTMLCanvasElement} canvas
   * @param {Play} play
   * @param {(layer: string) => boolean} shows */
  constructor(canvas, play, shows) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.play = play;
    this.shows = shows;
    this.heat = make("canvas");
    this.heat.width = this.heat.height = HEAT;
    this.heatContext = this.heat.getContext("2d");
    this.heatImage = this.heatContext.createImageData(HEAT, HEAT);
    this.heatWords = new Uint32Array(this.heatImage.data.buffer);
    this.size = 0; // in device pixels
    this.ratio = 1; // device pixels in a CSS pixel
  }

  /** @param {number} size
   * @param {number} ratio
   * @param {Colours} colours */
  resize(size, ratio, colours) {
    this.canvas.width = this.canvas.height = this.size = size;
    this.ratio = ratio;
    this.colours = colours;
    this.palette = makePalette(colours);
    const dot = (/** @type {string} */ fill) =>
      makeDot({ fill, rim: colours.neutral }, { radius: 3, line: 0.8, ratio });
    this.dots = { real: dot(colours.real), fake: dot(colours.fake) };
  }

  /** Pixels to the right of the left edge. @param {number} x */
  toX(x) {
    return ((x / EXTENT + 1) / 2) * this.size;
  }

  /** Pixels below the upper edge. @param {number} y */
  toY(y) {
    return ((1 - y / EXTENT) / 2) * this.size;
  }

  /** @param {Pen} pen */
  draw(pen) {
    const { context, play, shows } = this;
    context.fillStyle = this.colours.neutral;
    context.fillRect(0, 0, this.size, this.size);
    if (play.view) {
      if (shows("heat")) this.drawHeat();
      this.drawModes();
      if (shows("mesh")) this.drawMesh();
      if (shows("real")) this.drawDots(play.real, this.dots.real);
      if (shows("arrows")) this.drawArrows(play.view);
      if (shows("fake")) this.drawDots(play.view.fake, this.dots.fake);
    }
    if (play.settings.distribution === "drawn") this.drawPen(pen);
  }

  drawHeat() {
    const { palette, heatWords } = this;
    const logits = this.play.game.discriminator.forward(heatPoints, HEAT * HEAT);
    for (let i = 0; i < heatWords.length; i++) heatWords[i] = palette[Math.round(255 * sigmoid(logits[i]))];
    this.heatContext.putImageData(this.heatImage, 0, 0);
    this.context.imageSmoothingQuality = "high";
    this.context.drawImage(this.heat, 0, 0, this.size, this.size);
  }

  /** A circle of 3 sigma round each mode that is one Gaussian, whole where the mode is covered. */
  drawModes() {
    const { context, ratio } = this;
    const { components, numModes } = this.play.distribution;
    if (components.length > numModes) return;
    context.strokeStyle = this.colours.real;
    context.lineWidth = 1.2 * ratio;
    for (const { x, y, sigma, mode } of components) {
      context.setLineDash(this.play.reading?.covered[mode] ? [] : [3 * ratio, 4 * ratio]);
      context.beginPath();
      context.arc(this.toX(x), this.toY(y), (3 * sigma * this.size) / (2 * EXTENT), 0, 2 * Math.PI);
      context.stroke();
    }
    context.setLineDash([]);
  }

  drawMesh() {
    const { context, play, ratio } = this;
    const nodes = play.game.generator.forward(play.meshLatents, MESH * MESH);
    const line = (first, count, stride) => {
      for (let i = 0; i < count; i++) {
        const node = first + i * stride;
        const x = this.toX(nodes[2 * node]);
        const y = this.toY(nodes[2 * node + 1]);
        if (i) context.lineTo(x, y);
        else context.moveTo(x, y);
      }
    };
    const isLine = play.settings.latentDim === 1;
    context.beginPath();
    if (isLine) line(0, MESH * MESH, 1);
    else
      for (let i = 0; i < MESH; i++) {
        line(i * MESH, MESH, 1);
        line(i, MESH, MESH);
      }
    context.globalAlpha = isLine ? 0.9 : 0.5;
    context.lineWidth = (isLine ? 1.6 : 0.9) * ratio;
    context.strokeStyle = this.colours.fake;
    context.stroke();
    context.globalAlpha = 1;
  }

  /** @param {Float64Array} points (n, 2)
   * @param {HTMLCanvasElement} dot */
  drawDots(points, dot) {
    const half = dot.width / 2;
    for (let i = 0; i < points.length; i += 2)
      this.context.drawImage(dot, this.toX(points[i]) - half, this.toY(points[i + 1]) - half);
  }

  /** An arrow from each generated point the way that G's loss pushes it: the stronger the gradient, the
   * longer, up to a limit.
   * @param {View} view */
  drawArrows({ fake, push }) {
    const { context, ratio } = this;
    const [scale, most, head] = [0.3, 0.6, 3.5 * ratio];
    context.beginPath();
    for (let i = 0; i < fake.length; i += 2) {
      const length = Math.hypot(push[i], push[i + 1]);
      if (length * scale < 0.01) continue; // shorter than a pixel
      const long = Math.min(scale, most / length);
      const x = this.toX(fake[i]);
      const y = this.toY(fake[i + 1]);
      const endX = this.toX(fake[i] + push[i] * long);
      const endY = this.toY(fake[i + 1] + push[i + 1] * long);
      const angle = Math.atan2(endY - y, endX - x);
      context.moveTo(x, y);
      context.lineTo(endX, endY);
      context.moveTo(endX - head * Math.cos(angle - 0.5), endY - head * Math.sin(angle - 0.5));
      context.lineTo(endX, endY);
      context.lineTo(endX - head * Math.cos(angle + 0.5), endY - head * Math.sin(angle + 0.5));
    }
    context.strokeStyle = this.colours.ink;
    context.lineWidth = ratio;
    context.globalAlpha = 0.7;
    context.stroke();
    context.globalAlpha = 1;
  }

  /** The stroke under the pen, and the pen itself while keys move it.
   * @param {Pen} pen */
  drawPen({ stroke, x, y, byKey }) {
    const { context, ratio } = this;
    context.lineWidth = ((2 * PEN_SIGMA) / (2 * EXTENT)) * this.size;
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = this.colours.real;
    if (stroke) {
      context.beginPath();
      for (const [x, y] of stroke) context.lineTo(this.toX(x), this.toY(y));
      const [lastX, lastY] = stroke[stroke.length - 1];
      context.lineTo(this.toX(lastX) + 0.01, this.toY(lastY)); // or a dot would not be drawn
      context.stroke();
    }
    if (!byKey || document.activeElement !== this.canvas) return;
    context.lineWidth = 2 * ratio;
    context.strokeStyle = this.colours.ink;
    context.beginPath();
    context.arc(this.toX(x), this.toY(y), (stroke ? 5 : 8) * ratio, 0, 2 * Math.PI);
    context.stroke();
  }
}
