/* Drawing on the plane by hand, with a mouse, a finger or keys. */

import { EXTENT } from "../browser/mixtures.js";
import { clamp } from "../browser/numbers.js";
import { ARROWS } from "./dom.js";

/** @import { Point } from "../browser/mixtures.js" */
/** @typedef {object} Pen
 * @property {number} x where keys have moved the pen to
 * @property {number} y
 * @property {boolean} byKey whether keys moved it last
 * @property {Point[] | null} stroke the one under the pen */

const inPlane = (/** @type {number} */ value) => clamp(value, -EXTENT, EXTENT);

/** Place of the mouse or finger in the plane.
 * @param {PointerEvent} event
 * @returns {Point} */
function toPlane(event) {
  const box = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
  const u = (event.clientX - box.left) / box.width;
  const v = (event.clientY - box.top) / box.height;
  return [inPlane((2 * u - 1) * EXTENT), inPlane((1 - 2 * v) * EXTENT)];
}

/** @param {HTMLCanvasElement} canvas
 * @param {() => boolean} mayDraw
 * @param {(stroke: Point[]) => void} finished called with each whole stroke
 * @param {() => void} moved called when the pen has to be drawn again
 * @returns {Pen} */
export function startPen(canvas, mayDraw, finished, moved) {
  /** @type {Pen} */
  const pen = { x: 0, y: 0, byKey: false, stroke: null };

  function lift() {
    if (!pen.stroke) return;
    finished(pen.stroke);
    pen.stroke = null;
    moved();
  }

  canvas.onpointerdown = (event) => {
    if (!mayDraw()) return;
    canvas.setPointerCapture(event.pointerId);
    pen.byKey = false;
    pen.stroke = [toPlane(event)];
    moved();
  };
  canvas.onpointermove = (event) => {
    if (!pen.stroke || pen.byKey) return;
    pen.stroke.push(toPlane(event));
    moved();
  };
  canvas.onpointerup = canvas.onpointercancel = () => !pen.byKey && lift();
  canvas.onkeydown = (event) => {
    const arrow = ARROWS[event.key];
    if (!mayDraw() || (!arrow && event.key !== " ")) return;
    event.preventDefault(); // no scrolling
    pen.byKey = true;
    if (arrow) {
      const distance = event.shiftKey ? 0.5 : 0.1;
      pen.x = inPlane(pen.x + arrow[0] * distance);
      pen.y = inPlane(pen.y + arrow[1] * distance);
      pen.stroke?.push([pen.x, pen.y]);
    } else if (pen.stroke) lift();
    else pen.stroke = [[pen.x, pen.y]];
    moved();
  };
  canvas.onfocus = canvas.onblur = moved;
  return pen;
}
