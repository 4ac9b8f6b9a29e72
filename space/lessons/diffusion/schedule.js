/* The schedule: how much of the image and how much noise is in x_t, along t, and where guidance acts. */

import { range } from "../../browser/numbers.js";
import { svg } from "../../page/dom.js";

/** @import { Levels } from "../../browser/families/samplers.js" */

const [LEFT, RIGHT, TOP, BOTTOM] = [8, 232, 8, 126];
const POINTS = 80;

/** @param {SVGElement} picture
 * @param {Levels} levels
 * @param {{ low: number, high: number } | null} acting  shares of the way between which guidance acts */
export function drawSchedule(picture, [a, sigma], acting) {
  const last = a.length - 1;
  const x = (/** @type {number} */ share) => LEFT + share * (RIGHT - LEFT);
  const line = (/** @type {Float32Array} */ level) =>
    range(POINTS + 1)
      .map((i) => [x(i / POINTS), BOTTOM - level[Math.round((i / POINTS) * last)] * (BOTTOM - TOP)])
      .map((point) => point.map((value) => value.toFixed(1)).join())
      .join(" ");
  const band = acting && {
    ...{ class: "guided", x: x(acting.low), width: x(acting.high) - x(acting.low) },
    ...{ y: TOP, height: BOTTOM - TOP },
  };
  picture.replaceChildren(
    ...(band ? [svg("rect", band)] : []),
    svg("path", { class: "axis", d: `M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}` }),
    svg("polyline", { class: "a", points: line(a) }),
    svg("polyline", { class: "sigma", points: line(sigma) }),
    svg("line", { class: "now", x1: 0, x2: 0, y1: TOP, y2: BOTTOM }),
    svg("text", { x: LEFT, y: 144 }, "t = 0"),
    svg("text", { x: RIGHT, y: 144, "text-anchor": "end" }, `t = ${last}`),
  );
}

/** Marks a time.
 * @param {SVGElement} picture
 * @param {number} share  of the way into noise */
export function markTime(picture, share) {
  const at = (LEFT + share * (RIGHT - LEFT)).toFixed(1);
  const now = picture.querySelector(".now");
  now?.setAttribute("x1", at);
  now?.setAttribute("x2", at);
}
