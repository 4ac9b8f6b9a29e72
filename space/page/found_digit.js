/* The box around the digit on an uploaded picture: dragged as a whole or by a corner, moved to where the picture is
 * tapped, or by the arrow keys (with Shift its lower right corner). Each change triggers "moved".
 */

import { centred, moved } from "../browser/boxes.js";
import { ARROWS, finder } from "./dom.js";

/** @import { Box } from "../browser/boxes.js" */

const STEP = 0.01; // of an arrow key, as a share of the picture
const REST_MS = 400; // after the last key

/** @param {GradioScope} scope */
export function start({ element, props, trigger }) {
  const find = finder(element);
  /** @type {{ handle: string, x: number, y: number, from: Box } | null} */
  let drag = null;
  /** @type {Box} */
  let box = props.value;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting;
  /** @param {Box} next */
  const place = (next) => {
    box = next;
    const [left, top, right, bottom] = next.map((share) => `${100 * share}%`);
    Object.assign(find(".box").style, {
      left,
      top,
      width: `calc(${right} - ${left})`,
      height: `calc(${bottom} - ${top})`,
    });
  };
  const commit = () => {
    clearTimeout(resting);
    resting = undefined;
    const focused = document.activeElement === find(".box");
    props.value = box; // renders the template again
    trigger("moved");
    if (focused) requestAnimationFrame(() => find(".box")?.focus({ preventScroll: true }));
  };
  /** @param {PointerEvent} event */
  const share = ({ clientX, clientY }) => {
    const { left, top, width, height } = find(".picture").getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  };
  /** @param {PointerEvent} event */
  const follow = (event) => {
    if (!drag || !event.isPrimary) return;
    const { x, y } = share(event);
    place(moved(drag.from, drag.handle, x - drag.x, y - drag.y));
  };
  const end = () => {
    drag = null;
    window.removeEventListener("pointermove", follow);
    if (String(box) !== String(props.value)) commit();
  };
  element.addEventListener("pointerdown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (!event.isPrimary || !target.closest(".picture")) return;
    event.preventDefault();
    const at = share(event);
    box = props.value;
    if (!target.closest(".box")) place(centred(box, at.x, at.y));
    drag = { handle: target.localName === "i" ? target.className : "", ...at, from: box };
    find(".box").focus({ preventScroll: true });
    window.addEventListener("pointermove", follow);
    const ended = new AbortController();
    for (const name of ["pointerup", "pointercancel"])
      window.addEventListener(
        name,
        () => {
          ended.abort();
          end();
        },
        { signal: ended.signal },
      );
  });
  element.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow || event.target !== find(".box")) return;
    event.preventDefault();
    event.stopPropagation(); // in lecture mode arrow keys turn the pages
    if (!resting) box = props.value; // perhaps of another picture now
    place(moved(box, event.shiftKey ? "se" : "", STEP * arrow[0], -STEP * arrow[1]));
    clearTimeout(resting);
    resting = setTimeout(commit, REST_MS);
  });
}
