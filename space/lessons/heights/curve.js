/* The score of a model at every value of its slider: where it falls on the left the model learns its sample by heart,
 * on the right it blurs.
 */

import { linearScale, logScale } from "../../browser/scales.js";
import { pixelRatio, sizeCanvas } from "../../page/dom.js";

const MARGIN = 8; // half of a slider's thumb, so that the curve lies over the slider

/** Draws the curve, a ring at its best and a dot at the present value.
 * @param {HTMLCanvasElement} canvas
 * @param {[number, number][]} points  value and score, which is -Infinity where a new value is impossible
 * @param {number} value the present one
 * @param {number} now its score */
export function drawCurve(canvas, points, value, now) {
  const ratio = pixelRatio();
  const [width, height] = [canvas.parentElement.clientWidth, 72];
  sizeCanvas(canvas, Math.round(width * ratio), Math.round(height * ratio), ratio);
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const style = getComputedStyle(canvas);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const finite = points.map(([, each]) => each).filter(Number.isFinite);
  const [low, high] = [Math.max(Math.min(...finite), Math.max(...finite) - 0.5), Math.max(...finite)];
  const across = logScale(points[0][0], points[points.length - 1][0]);
  const x = (/** @type {number} */ at) => MARGIN + across(at) * (width - 2 * MARGIN);
  const share = linearScale(low, high);
  const y = (/** @type {number} */ each) =>
    each === -Infinity || !finite.length
      ? height - 4
      : height - 16 - Math.max(0, share(each)) * (height - 26);

  context.strokeStyle = colour("model");
  context.lineWidth = 2;
  context.beginPath();
  points.forEach(([at, each], i) => {
    const before = points[i - 1]?.[1];
    if (Number.isFinite(each) && Number.isFinite(before)) context.lineTo(x(at), y(each));
    else context.moveTo(x(at), y(each));
  });
  context.stroke();
  context.fillStyle = colour("impossible");
  for (const [at, each] of points) if (each === -Infinity) context.fillRect(x(at) - 1.5, height - 6, 3, 4);
  if (finite.length) {
    const [bestAt, best] = bestOf(points);
    context.strokeStyle = colour("ink");
    context.beginPath();
    context.arc(x(bestAt), y(best), 6, 0, 2 * Math.PI);
    context.stroke();
  }
  context.fillStyle = now === -Infinity ? colour("impossible") : colour("model");
  context.beginPath();
  context.arc(x(value), y(now), 4, 0, 2 * Math.PI);
  context.fill();
}

/** The value with the best score.
 * @param {[number, number][]} points */
export const bestOf = (points) => points.reduce((best, point) => (point[1] > best[1] ? point : best));
