/* Draws the visitor's curve, with a pointer or with the arrow keys, while the model is the drawn one. */

import { clamp } from "../../browser/numbers.js";
import { ARROWS } from "../../page/dom.js";

/** @import { Crowd } from "./crowd.js" */
/** @import { Picture } from "./picture.js" */

/** @param {HTMLCanvasElement} canvas
 * @param {Picture} picture
 * @param {Crowd} crowd
 * @param {() => void} changed */
export function bindPen(canvas, picture, crowd, changed) {
  /** @type {[number, number] | null} */
  let last = null;
  const drawing = () => crowd.settings.model === "drawn";
  /** @param {PointerEvent} event
   * @returns {[number, number]} */
  const place = ({ clientX, clientY }) => {
    const { left, top } = canvas.getBoundingClientRect();
    return [picture.valueAt(clientX - left), picture.densityAt(clientY - top)];
  };
  /** @param {PointerEvent} event */
  const move = (event) => {
    if (!last) return;
    const next = place(event);
    crowd.drawCurve(last, next);
    last = next;
    changed();
  };
  canvas.onpointerdown = (event) => {
    if (!drawing() || !event.isPrimary) return;
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
    move(event);
  };
  canvas.onpointermove = (event) => {
    for (const each of event.getCoalescedEvents?.() ?? [event]) move(each);
  };
  canvas.onpointerup = canvas.onpointercancel = () => (last = null);
  canvas.onblur = () => {
    picture.cursor = null;
    changed();
  };
  canvas.onkeydown = (event) => {
    const arrow = ARROWS[event.key];
    if (!drawing() || !arrow) return;
    event.preventDefault();
    event.stopPropagation(); // in lecture mode arrow keys turn the pages
    const [right, up] = arrow;
    const step = (crowd.high - crowd.low) / 80;
    const at = picture.cursor ?? (crowd.low + crowd.high) / 2;
    const height = crowd.drawnAt(at);
    const next = clamp(at + right * step, crowd.low, crowd.high - step / 8);
    const raised = clamp(height + (up * picture.most) / 25, 0, picture.most);
    picture.cursor = next;
    crowd.drawCurve([at, raised], [next, up ? raised : Math.max(height, crowd.drawnAt(next))]);
    changed();
  };
}
