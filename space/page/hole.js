/* The part of a digit that a visitor erases: by a chip, with mouse or finger, or with keys. */

import { clamp } from "../browser/numbers.js";
import { paint, SIDE } from "./digit_canvas.js";
import { ARROWS } from "./dom.js";

const RADIUS = 2.5; // pixels of the digit
const HALVES = {
  nothing: () => true,
  top: (/** @type {number} */ _, /** @type {number} */ y) => y >= SIDE / 2,
  bottom: (/** @type {number} */ _, /** @type {number} */ y) => y < SIDE / 2,
  left: (/** @type {number} */ x) => x >= SIDE / 2,
  right: (/** @type {number} */ x) => x < SIDE / 2,
};

export class Hole {
  /** @param {HTMLCanvasElement} canvas
   * @param {() => void} erased  called when a stroke ends */
  constructor(canvas, erased) {
    this.canvas = canvas;
    this.erased = erased;
    this.known = new Float32Array(SIDE * SIDE).fill(1); // 0 where it is erased
    /** @type {Float32Array} */
    this.digit = null;
    this.cursor = [SIDE / 2, SIDE / 2];
    canvas.onpointerdown = (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.touch(event);
    };
    canvas.onpointermove = (event) => event.buttons && this.touch(event);
    canvas.onpointerup = erased;
    canvas.onkeydown = (event) => {
      if (!this.press(event.key)) return;
      event.preventDefault();
      this.draw();
    };
    canvas.onfocus = canvas.onblur = () => this.draw();
  }

  /** @param {string} part  a key of HALVES */
  set(part) {
    this.known = this.known.map((_, i) => Number(HALVES[part](i % SIDE, Math.floor(i / SIDE))));
    this.draw();
  }

  /** Where on the digit a finger is, in pixels of the digit.
   * @param {PointerEvent} event */
  placeOf({ clientX, clientY }) {
    const { left, top, width } = this.canvas.getBoundingClientRect();
    return [((clientX - left) / width) * SIDE, ((clientY - top) / width) * SIDE];
  }

  /** @param {PointerEvent} event */
  touch(event) {
    const [x, y] = this.placeOf(event);
    this.erase(x - 0.5, y - 0.5);
    this.draw();
  }

  /** Whether the key means something here.
   * @param {string} key */
  press(key) {
    const arrow = ARROWS[key];
    if (arrow) this.cursor = this.cursor.map((at, i) => clamp(at + (i ? -1 : 1) * arrow[i], 0, SIDE - 1));
    else if (key === " " || key === "Enter") {
      this.erase(this.cursor[0], this.cursor[1]);
      this.erased();
    } else return false;
    return true;
  }

  /** @param {number} x
   * @param {number} y */
  erase(x, y) {
    this.known.forEach((_, i) => {
      if (Math.hypot((i % SIDE) - x, Math.floor(i / SIDE) - y) < RADIUS) this.known[i] = 0;
    });
  }

  get isEmpty() {
    return this.known.every((one) => one === 1);
  }

  get isAll() {
    return this.known.every((one) => one === 0);
  }

  draw() {
    if (!this.digit) return;
    paint(this.canvas, this.digit);
    const context = this.canvas.getContext("2d");
    context.fillStyle = "#808080";
    this.known.forEach((one, i) => one || context.fillRect(i % SIDE, Math.floor(i / SIDE), 1, 1));
    if (document.activeElement !== this.canvas || !this.canvas.matches(":focus-visible")) return;
    context.strokeStyle = "#f97316";
    context.strokeRect(this.cursor[0] - RADIUS + 0.5, this.cursor[1] - RADIUS + 0.5, 2 * RADIUS, 2 * RADIUS);
  }
}
