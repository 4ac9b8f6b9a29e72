/* A latent vector as bars up and down from zero, with whiskers of +-sigma; each bar can be dragged, or switched off.
 *
 *   const bars = new LatentBars(svg, { text, small, moved })     `moved()`: a visitor has changed z, or chosen a unit
 *   bars.show(z, sigma)                                         what the encoder says
 *   bars.put(z)                                                 back to another z, without `moved`
 *   bars.z, bars.unit, bars.isMoved, bars.isOrigin(z), bars.reset()
 *
 * A bar follows the pointer anywhere in its column; a click sets it to 0, and the next one back. With the keyboard, Left
 * and Right go from bar to bar, Up, Down, Page Up, Page Down, Home and End move it, Enter and the space bar are a click.
 */

import { clamp, fixed, minus, range } from "../../browser/numbers.js";
import { svg } from "../../page/dom.js";

/** @typedef {{ text: import("../../page/dom.js").Text, small?: boolean, moved: () => void }} Options */

const LARGE = { width: 640, height: 150, left: 60, bottom: 124 };
const SMALL = { width: 320, height: 100, left: 0, bottom: 94 };
const ROOM = 1.5; // how far a bar can be dragged, in lengths of the longest
const LEAST = 1; // and at least so far
const STILL = 4; // pixels that a pointer may stray in a click
/** Keys -> steps, of which there are 50 from zero to the end.
 * @type {Record<string, number>} */
const STEPS = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -100, End: 100 };

/** The unit that is largest in size.
 * @param {Float32Array} z */
export const strongest = (z) =>
  z.reduce((best, value, i) => (Math.abs(value) > Math.abs(z[best]) ? i : best), 0);

export class LatentBars {
  /** @param {SVGSVGElement} element
   * @param {Options} options */
  constructor(element, { text, small = false, moved }) {
    this.element = element;
    this.text = text;
    this.frame = small ? SMALL : LARGE;
    this.moved = moved;
    /** @type {Float32Array} */
    this.origin = new Float32Array(0); // what the encoder says
    /** @type {ArrayLike<number> | null} */
    this.sigma = null;
    this.z = this.origin;
    this.most = LEAST; // the value at the upper end
    /** @type {{ bar: Element, body: Element, whisker: Element }[]} */
    this.bars = [];
    /** @type {number | null} */
    this.held = null; // the bar that is dragged
    /** @type {PointerEvent | null} */
    this.pressed = null; // where that began, as long as it may be a click
    this.unit = 0; // the chosen one
    element.setAttribute("viewBox", `0 0 ${this.frame.width} ${this.frame.height}`);
    element.setAttribute("role", "group");
    this.listen();
  }

  get isMoved() {
    return !this.isOrigin(this.z);
  }

  /** Whether z is what the encoder says.
   * @param {Float32Array} z */
  isOrigin(z) {
    return z.every((value, i) => value === this.origin[i]);
  }

  get zero() {
    return (this.frame.bottom + 8) / 2;
  }

  /** Pixels for a difference of one. */
  get scale() {
    return (this.frame.bottom - 8) / 2 / this.most;
  }

  /** Width of a column. */
  get step() {
    return (this.frame.width - this.frame.left) / this.z.length;
  }

  /** @param {Float32Array} z
   * @param {Float32Array | null} sigma */
  show(z, sigma) {
    const longest = Math.max(...z.map((value, i) => Math.abs(value) + (sigma?.[i] ?? 0)));
    this.most = Math.max(LEAST, ROOM * longest);
    this.origin = z;
    this.z = z.slice();
    this.sigma = sigma;
    this.held = null;
    if (this.bars.length !== z.length) this.build();
    this.choose(strongest(z));
    this.draw();
  }

  /** @param {Float32Array} z */
  put(z) {
    this.z = z.slice();
    this.draw();
  }

  reset() {
    this.put(this.origin);
    this.moved();
  }

  build() {
    const { element, frame, z, zero } = this;
    element.replaceChildren(svg("path", { class: "axis", d: `M${frame.left} ${zero}H${frame.width}` }));
    const every = z.length <= 10 ? 1 : Math.max(4, Math.floor(z.length / 8)); // units from one number to the next
    const wide = Math.min(this.step * 0.7, 60);
    this.bars = range(z.length).map((i) => {
      const x = frame.left + this.step * (i + 0.5);
      const bar = svg("g", { class: "bar", role: "slider", tabindex: i ? -1 : 0 });
      const column = { x: x - this.step / 2, y: 0, width: this.step, height: frame.bottom + 8 };
      bar.append(svg("rect", { class: "column", ...column }));
      bar.setAttribute("aria-orientation", "vertical");
      const body = svg("rect", { x: x - wide / 2, width: wide });
      const whisker = svg("path", { class: "whisker" });
      bar.append(body, whisker);
      if (frame === LARGE && (i === 0 || (i + 1) % every === 0))
        bar.append(svg("text", { x, y: frame.height - 6, "text-anchor": "middle" }, `${i + 1}`));
      element.append(bar);
      return { bar, body, whisker };
    });
    if (frame === SMALL) return;
    for (const [name, y] of /** @type {[string, number][]} */ ([
      ["top", 8],
      ["middle", zero],
      ["end", frame.bottom],
    ]))
      element.append(svg("text", { class: name, x: frame.left - 8, y: y + 4, "text-anchor": "end" }));
  }

  draw() {
    const { element, frame, zero, scale } = this;
    this.bars.forEach((_, i) => this.drawBar(i));
    if (frame === LARGE) {
      const end = `${Number(this.most.toPrecision(3))}`;
      for (const [name, label] of [
        ["top", end],
        ["middle", "0"],
        ["end", minus(`-${end}`)],
      ])
        element.querySelector(`.${name}`).textContent = label;
    }
    const values = Array.from(this.z, (value) => value.toFixed(2)).join(", ");
    element.setAttribute("aria-label", `z = (${values})`);
    this.bars.forEach(({ whisker }, i) => {
      if (!this.sigma) return whisker.removeAttribute("d");
      const x = frame.left + this.step * (i + 0.5);
      const [low, high] = [-1, 1].map((side) => zero - (this.origin[i] + side * this.sigma[i]) * scale);
      whisker.setAttribute("d", `M${x.toFixed(1)} ${low.toFixed(1)}V${high.toFixed(1)}`);
    });
  }

  /** @param {number} i */
  drawBar(i) {
    const { bar, body } = this.bars[i];
    const value = this.z[i];
    const size = Math.abs(value) * this.scale;
    body.setAttribute("class", value >= 0 ? "plus" : "minus");
    body.setAttribute("y", (value >= 0 ? this.zero - size : this.zero).toFixed(1));
    body.setAttribute("height", Math.max(size, 0.75).toFixed(1));
    const said = { valuemin: -this.most, valuemax: this.most, valuenow: value };
    for (const [name, number] of Object.entries(said)) bar.setAttribute(`aria-${name}`, number.toFixed(3));
    const spread = this.sigma ? `, ${fixed(this.origin[i], 3)} ± ${this.sigma[i].toFixed(3)}` : "";
    bar.setAttribute("aria-valuetext", fixed(value, 3) + spread);
    bar.setAttribute("aria-label", this.text("latent.bar", { unit: i + 1 }));
  }

  /** @param {number} i
   * @param {number} value */
  set(i, value) {
    this.z[i] = clamp(value, -this.most, this.most);
    this.drawBar(i);
    this.moved();
  }

  /** Switches a unit off, or back on; one that the encoder leaves at 0 goes to `otherwise`.
   * @param {number} i
   * @param {number} [otherwise] */
  toggle(i, otherwise = 0) {
    this.set(i, this.z[i] ? 0 : this.origin[i] || otherwise);
  }

  listen() {
    const { element } = this;
    element.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary || event.button) return;
      event.preventDefault();
      const { x } = this.place(event);
      this.held = clamp(Math.floor((x - this.frame.left) / this.step), 0, this.z.length - 1);
      element.setPointerCapture(event.pointerId);
      this.pressed = event;
      this.focus(this.held);
    });
    element.addEventListener("pointermove", (event) => this.drag(event));
    element.addEventListener("pointerup", (event) => {
      if (this.held !== null && this.pressed) this.toggle(this.held, this.valueAt(event));
    });
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"])
      element.addEventListener(name, () => (this.held = null));
    element.addEventListener("keydown", (event) => this.press(event));
  }

  /** Where a pointer is, in units of the drawing.
   * @param {PointerEvent} event */
  place({ clientX, clientY }) {
    const box = this.element.getBoundingClientRect();
    const scale = this.frame.width / box.width;
    return { x: (clientX - box.left) * scale, y: (clientY - box.top) * scale };
  }

  /** @param {PointerEvent} event */
  valueAt(event) {
    return (this.zero - this.place(event).y) / this.scale;
  }

  /** @param {PointerEvent} event */
  drag(event) {
    if (this.held === null || !event.isPrimary) return;
    if (this.pressed) {
      const { clientX, clientY } = this.pressed;
      if (Math.hypot(event.clientX - clientX, event.clientY - clientY) < STILL) return;
      this.pressed = null;
    }
    this.set(this.held, this.valueAt(event));
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const i = this.bars.findIndex(({ bar }) => bar === document.activeElement);
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const steps = STEPS[event.key];
    const click = ["Enter", " "].includes(event.key);
    if (i < 0 || event.ctrlKey || event.metaKey || event.altKey || !(sideways || steps || click)) return;
    event.preventDefault();
    event.stopPropagation(); // in lecture mode arrow keys turn the pages
    if (sideways) this.focus(clamp(i + sideways, 0, this.bars.length - 1));
    else if (click) this.toggle(i);
    else this.set(i, this.z[i] + (steps * this.most) / 50);
  }

  /** @param {number} i */
  choose(i) {
    this.unit = i;
    this.bars.forEach(({ bar }, j) => {
      bar.setAttribute("tabindex", i === j ? "0" : "-1");
      bar.classList.toggle("chosen", i === j);
    });
  }

  /** @param {number} i */
  focus(i) {
    const another = i !== this.unit;
    this.choose(i);
    /** @type {any} */ (this.bars[i].bar).focus({ preventScroll: true });
    if (another) this.moved();
  }
}
