/* The lower canvas of a map: the grid of decoded pictures, the codes of the test digits, and the axes.
 *
 *   COLOURS, GROUND                    of the ten classes, and of the map
 *   new GreyPainter(side)              .paint(context, pixels, offset, x, y): numbers in [0, 1] as a grey picture
 *   drawChart(canvas, scene)
 */

import { axisName, ticksOf } from "./coordinates.js";

/** @import { Axes, Plot, Spacing } from "./coordinates.js" */
/** All that the lower canvas shows. `codes` are pairs in a row, `labels` their classes; `highlighted` is the class
 * that stands out, or -1; `grid` is null unless it is to be seen.
 * @typedef {{ chart: Axes, plot: Plot, spacing: Spacing, spacingName: string, grid: OffscreenCanvas | null,
 *   sure: OffscreenCanvas | null,
 *   showCodes: boolean, codes: Float32Array, labels: Uint8Array, highlighted: number, ink: string }} Scene */

/* Ten colours on a dark ground, apart for normal vision and for protan-, deuteran- and tritanopia: their least
 * distance in CIELAB under the simulations of Machado et al. (2009) was maximised, then that of digits which lie
 * side by side, like 4 and 9. */
export const COLOURS =
  "#74b98b #ffd1e8 #ff8b17 #b9b9ff #ff46b9 #e8ff00 #d15dff #b9ff74 #74ffa2 #b98b46".split(" ");
export const GROUND = "#0b0e17";

/** Draws square grey pictures of one size. */
export class GreyPainter {
  /** @param {number} side */
  constructor(side) {
    this.picture = new ImageData(side, side);
    this.words = new Uint32Array(this.picture.data.buffer); // a pixel each: opaque, blue, green, red
  }

  /** The pixels from `offset` on, in [0, 1], as a picture whose corner is (x, y).
   * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context
   * @param {ArrayLike<number>} pixels
   * @param {number} offset
   * @param {number} x
   * @param {number} y */
  paint(context, pixels, offset, x, y) {
    const { words } = this;
    for (let i = 0; i < words.length; i++)
      words[i] = 0xff000000 | (Math.round(pixels[offset + i] * 255) * 0x010101);
    context.putImageData(this.picture, x, y);
  }
}

/** @param {HTMLCanvasElement} canvas
 * @param {Scene} scene */
export function drawChart(canvas, scene) {
  const { size, left, top } = scene.plot;
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = GROUND;
  context.fillRect(left, top, size, size);
  if (scene.grid) {
    context.imageSmoothingEnabled = false;
    context.globalAlpha = scene.showCodes ? 0.6 : 1; // so that the codes stand out
    context.drawImage(scene.grid, left, top, size, size);
    context.globalAlpha = 1;
  }
  if (scene.sure) {
    context.imageSmoothingEnabled = false;
    context.drawImage(scene.sure, left, top, size, size);
  }
  if (scene.showCodes) drawCodes(context, scene);
  drawAxes(context, scene);
}

/** A dot for each test digit, in the colour of its class.
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene */
function drawCodes(context, { plot, spacing, codes, labels, highlighted }) {
  const { size, left, top, ratio } = plot;
  const radius = 1.3 * ratio;
  context.save();
  context.beginPath();
  context.rect(left, top, size, size);
  context.clip();
  for (let label = 0; label < 10; label++) {
    context.beginPath();
    for (let i = 0; i < labels.length; i++) {
      if (labels[i] !== label) continue;
      const x = left + spacing.toUnit(codes[2 * i], 0) * size; // toPixels, without an array for each of thousands
      const y = top + (1 - spacing.toUnit(codes[2 * i + 1], 1)) * size;
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 2 * Math.PI);
    }
    context.globalAlpha = highlighted < 0 ? 0.85 : highlighted === label ? 1 : 0.07;
    context.fillStyle = COLOURS[label];
    context.fill();
  }
  context.restore();
}

/** Ticks of z on a linear map, of u = Phi(z) in (0, 1) on an inverse-Gaussian one, and the axes' names.
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene */
function drawAxes(context, { chart, plot, spacingName, ink }) {
  const { size, left, top, width, ratio } = plot;
  context.font = `${11 * ratio}px system-ui, sans-serif`;
  context.fillStyle = ink;
  for (const axis of [0, 1]) {
    const [low, high] = spacingName === "linear" ? chart.axes[axis] : [0, 1];
    context.textAlign = axis ? "right" : "center";
    context.textBaseline = axis ? "middle" : "top";
    for (const { label, share } of ticksOf(low, high)) {
      const x = left + share * size;
      const y = top + (1 - share) * size;
      if (axis) {
        context.fillRect(left - 4 * ratio, y, 4 * ratio, ratio);
        context.fillText(label, left - 6 * ratio, y);
      } else {
        context.fillRect(x, top + size, ratio, 4 * ratio);
        const half = context.measureText(label).width / 2; // a label at the edge of the canvas stays whole
        context.fillText(label, Math.min(x, width - half), top + size + 6 * ratio);
      }
    }
    const name = axisName(axis, spacingName, chart);
    context.textAlign = axis ? "left" : "right";
    if (axis) context.fillText(`${name} \u2191`, left, top - 10 * ratio);
    else context.fillText(`${name} \u2192`, left + size, top + size + 22 * ratio);
  }
}
