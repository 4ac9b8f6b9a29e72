/* What stays of a digit: all above a seam that a visitor drags, or all that he does not erase. */

import { clamp } from "../../browser/numbers.js";
import { ARROWS } from "../../page/dom.js";
import { Hole } from "../../page/hole.js";
import { SIDE } from "./densities.js";

export class Mask extends Hole {
  /** @param {HTMLCanvasElement} canvas
   * @param {() => void} erased  called when a stroke ends
   * @param {(row: number) => void} moved  the seam lies above this row now */
  constructor(canvas, erased, moved) {
    super(canvas, erased);
    this.moved = moved;
    this.kept = "seam"; // or "brush"
    this.seam = SIDE / 2;
    canvas.onpointerup = () => this.kept === "brush" && erased();
  }

  /** @param {string} kept
   * @param {number} seam */
  show(kept, seam) {
    const before = this.kept;
    Object.assign(this, { kept, seam });
    if (kept === "seam") this.known = this.known.map((_, i) => Number(i < seam * SIDE));
    else if (before !== kept) this.known.fill(1);
    this.draw();
  }

  /** Another digit: strokes were on the one before.
   * @param {Float32Array | null} digit */
  take(digit) {
    this.digit = digit;
    if (this.kept === "brush") this.known.fill(1);
    this.draw();
  }

  /** @param {PointerEvent} event */
  touch(event) {
    if (this.kept === "brush") return super.touch(event);
    const [, y] = this.placeOf(event);
    this.moved(clamp(Math.round(y), 0, SIDE));
  }

  /** @param {string} key */
  press(key) {
    if (this.kept === "brush") return super.press(key);
    const up = ARROWS[key]?.[1];
    if (!up) return false;
    this.moved(clamp(this.seam - up, 0, SIDE));
    return true;
  }

  draw() {
    super.draw();
    const line = /** @type {HTMLElement} */ (this.canvas.nextElementSibling);
    line.hidden = !this.digit || this.kept !== "seam";
    line.style.top = `${(100 * this.seam) / SIDE}%`;
  }
}
