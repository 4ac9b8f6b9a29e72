/* The two things that a visitor moves over the picture: the person, and the point that is asked about. With a pointer,
 * or with the arrow keys.
 */

import { ARROWS } from "../../page/dom.js";

/** @import { Picture } from "./picture.js" */
/** @import { Survey } from "./survey.js" */

const STEP = 1 / 120; // of an axis, for an arrow key; five with Shift

/** @param {(selector: string) => any} find
 * @param {Picture} picture
 * @param {Survey} survey
 * @param {() => void} changed */
export function bindHandles(find, picture, survey, changed) {
  const canvas = find("canvas.line");
  /** @param {HTMLElement} handle
   * @param {() => number[]} now
   * @param {(place: number[]) => void} move */
  const bind = (handle, now, move) => {
    const follow = bindDrag(handle, canvas, picture, (place) => {
      move(place);
      changed();
    });
    handle.onkeydown = (event) => {
      const arrow = ARROWS[event.key];
      if (!arrow) return;
      event.preventDefault();
      event.stopPropagation(); // in lecture mode arrow keys turn the pages
      const step = STEP * (event.shiftKey ? 5 : 1);
      const sizes = survey.axes.map(({ low, high, digits }) => Math.max(10 ** -digits, step * (high - low)));
      move(now().map((value, j) => value + arrow[j] * sizes[j]));
      changed();
    };
    return follow;
  };
  bind(
    find(".handle.person"),
    () => survey.person,
    (place) => survey.drag(place),
  );
  const followPoint = bind(
    find(".handle.point"),
    () => survey.at,
    (place) => survey.moveTo(place),
  );
  canvas.onpointerdown = (/** @type {PointerEvent} */ event) => {
    if (event.pointerType === "mouse") followPoint(event); // a finger scrolls the page
  };
  canvas.onclick = (/** @type {PointerEvent} */ event) => {
    const { left, top } = canvas.getBoundingClientRect();
    survey.moveTo(picture.valuesAt(event.clientX - left, event.clientY - top));
    changed();
  };
}

/** Drags a handle. Returns what begins a drag that a pointer began elsewhere.
 * @param {HTMLElement} handle
 * @param {HTMLElement} canvas
 * @param {Picture} picture
 * @param {(place: number[]) => void} move */
function bindDrag(handle, canvas, picture, move) {
  /** @param {PointerEvent} event */
  const to = ({ clientX, clientY }) => {
    const { left, top } = canvas.getBoundingClientRect();
    move(picture.valuesAt(clientX - left, clientY - top));
  };
  let dragging = false;
  /** @param {PointerEvent} event */
  const begin = (event) => {
    if (!event.isPrimary || event.button) return;
    handle.setPointerCapture(event.pointerId);
    dragging = true;
  };
  handle.onpointerdown = begin;
  handle.onpointermove = (event) => {
    if (dragging) to(event);
  };
  handle.onpointerup = handle.onpointercancel = () => (dragging = false);
  return (/** @type {PointerEvent} */ event) => {
    begin(event);
    to(event);
  };
}

/** Puts the handles where they stand.
 * @param {(selector: string) => any} find
 * @param {Picture} picture
 * @param {Survey} survey */
export function placeHandles(find, picture, survey) {
  const put = (/** @type {string} */ name, /** @type {number[]} */ values, rise = 0) => {
    const [x, y] = picture.place(values);
    find(name).style.transform = `translate(${x.toFixed(1)}px, ${(y - rise).toFixed(1)}px)`;
  };
  put(".handle.person", survey.person, survey.two ? 0 : 14);
  put(".handle.point", survey.at, survey.two ? 0 : -15);
  find(".handle.person").classList.toggle("one", survey.seen.label[survey.dragged] === 1);
}
