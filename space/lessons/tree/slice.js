/* The second factor of an autoregressive density: p(x2 | x1) where the visitor's point is, beside the true one. */

import { EXTENT } from "../../browser/mixtures.js";
import { range } from "../../browser/numbers.js";
import { pixelRatio, sizeCanvas } from "../../page/dom.js";

/** @import { Mixture, Point } from "../../browser/mixtures.js" */

const HEIGHT = 84; // CSS pixels

/** @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} slice  of the family, from -EXTENT to EXTENT
 * @param {Mixture} truth
 * @param {Point} at */
export function drawSlice(canvas, slice, truth, [x, y]) {
  const ratio = pixelRatio(2);
  const width = canvas.parentElement.clientWidth;
  if (!width) return;
  sizeCanvas(canvas, Math.round(width * ratio), Math.round(HEIGHT * ratio), ratio);
  const n = slice.length;
  const place = (/** @type {number} */ i) => EXTENT * ((2 * i) / (n - 1) - 1);
  const real = range(n).map((i) => truth.density(x, place(i)));
  const area = (real.reduce((sum, value) => sum + value, 0) * 2 * EXTENT) / (n - 1);
  const curves = { truth: area > 1e-12 ? real.map((value) => value / area) : [], model: Array.from(slice) };
  const most = Math.max(0.1, ...curves.truth, ...curves.model);
  const context = canvas.getContext("2d");
  const style = getComputedStyle(canvas);
  for (const [name, values] of Object.entries(curves)) {
    context.beginPath();
    values.forEach((value, i) => {
      const [px, py] = [
        (i / (n - 1)) * canvas.width,
        canvas.height - 2 * ratio - (value / most) * (HEIGHT - 8) * ratio,
      ];
      if (i) context.lineTo(px, py);
      else context.moveTo(px, py);
    });
    context.strokeStyle = style.getPropertyValue(`--${name}`);
    context.lineWidth = 2 * ratio;
    context.setLineDash(name === "truth" ? [5 * ratio, 4 * ratio] : []);
    context.stroke();
  }
  context.setLineDash([]);
  context.fillStyle = style.getPropertyValue("--ink");
  context.fillRect(((y / EXTENT + 1) / 2) * canvas.width, 0, ratio, canvas.height);
}
