/* A painting with flat colours: a square of cells, each of one colour of a palette, 0 is the paper. It knows no page.
 *
 *   const painting = new Painting(side)
 *   painting.begin()                        before each change that is to be undone as one
 *   line(from, to, radius, colour), fill(at, colour), rectangle(from, to, colour), ellipse(from, to, colour)
 *   undo(), clear(), isBlank()
 *   runs()                                  its cells as [colour, count, ...], row by row
 *   rgb(palette, side)                      as a picture of `side` pixels a side: means of cells, as Pillow's box filter
 */

import { clamp, range } from "./numbers.js";

/** @typedef {[number, number]} Place  x and y, in cells */

const MOST_STEPS = 30; // that can be undone

export class Painting {
  /** @param {number} side */
  constructor(side) {
    this.side = side;
    /** @type {Uint8Array} */
    this.cells = new Uint8Array(side * side);
    /** @type {Uint8Array[]} */
    this.before = [];
  }

  begin() {
    this.before.push(this.cells.slice());
    if (this.before.length > MOST_STEPS) this.before.shift();
  }

  undo() {
    this.cells = this.before.pop() ?? this.cells;
  }

  clear() {
    this.cells = new Uint8Array(this.cells.length);
  }

  isBlank() {
    return this.cells.every((colour) => colour === 0);
  }

  /** Colours the cells whose middles are `inside`.
   * @param {number[]} box  left, top, right, bottom
   * @param {(x: number, y: number) => boolean} inside
   * @param {number} colour */
  paint([left, top, right, bottom], inside, colour) {
    const last = this.side - 1;
    for (let y = clamp(Math.floor(top), 0, last); y <= clamp(Math.ceil(bottom), 0, last); y++)
      for (let x = clamp(Math.floor(left), 0, last); x <= clamp(Math.ceil(right), 0, last); x++)
        if (inside(x + 0.5, y + 0.5)) this.cells[y * this.side + x] = colour;
  }

  /** A line with round ends; a dot where both are one place.
   * @param {Place} from
   * @param {Place} to
   * @param {number} radius
   * @param {number} colour */
  line([x0, y0], [x1, y1], radius, colour) {
    const [dx, dy] = [x1 - x0, y1 - y0];
    const length = dx * dx + dy * dy;
    const box = [
      Math.min(x0, x1) - radius,
      Math.min(y0, y1) - radius,
      Math.max(x0, x1) + radius,
      Math.max(y0, y1) + radius,
    ];
    const near = (/** @type {number} */ x, /** @type {number} */ y) => {
      const along = length && clamp(((x - x0) * dx + (y - y0) * dy) / length, 0, 1);
      return Math.hypot(x - x0 - along * dx, y - y0 - along * dy) <= radius;
    };
    this.paint(box, near, colour);
  }

  /** @param {Place} from  a corner
   * @param {Place} to  the opposite one
   * @param {number} colour */
  rectangle([x0, y0], [x1, y1], colour) {
    const [left, right] = [Math.min(x0, x1), Math.max(x0, x1)];
    const [top, bottom] = [Math.min(y0, y1), Math.max(y0, y1)];
    const inside = (/** @type {number} */ x, /** @type {number} */ y) =>
      x >= left && x <= right && y >= top && y <= bottom;
    this.paint([left, top, right, bottom], inside, colour);
  }

  /** The ellipse within a rectangle.
   * @param {Place} from
   * @param {Place} to
   * @param {number} colour */
  ellipse([x0, y0], [x1, y1], colour) {
    const [a, b] = [Math.abs(x1 - x0) / 2, Math.abs(y1 - y0) / 2];
    const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
    if (!a || !b) return;
    const inside = (/** @type {number} */ u, /** @type {number} */ v) =>
      ((u - x) / a) ** 2 + ((v - y) / b) ** 2 <= 1;
    this.paint([x - a, y - b, x + a, y + b], inside, colour);
  }

  /** Colours all cells that hang together with the one at a place and have its colour.
   * @param {Place} at
   * @param {number} colour */
  fill([x, y], colour) {
    const { side, cells } = this;
    const start = clamp(Math.floor(y), 0, side - 1) * side + clamp(Math.floor(x), 0, side - 1);
    const old = cells[start];
    if (old === colour) return;
    const waiting = [start];
    cells[start] = colour;
    /** @param {number} next */
    const take = (next) => {
      if (cells[next] !== old) return;
      cells[next] = colour;
      waiting.push(next);
    };
    while (waiting.length) {
      const one = /** @type {number} */ (waiting.pop());
      if (one % side > 0) take(one - 1);
      if (one % side < side - 1) take(one + 1);
      if (one >= side) take(one - side);
      if (one < cells.length - side) take(one + side);
    }
  }

  /** @returns {number[]} */
  runs() {
    const found = [];
    let start = 0;
    for (let i = 1; i <= this.cells.length; i++)
      if (i === this.cells.length || this.cells[i] !== this.cells[start]) {
        found.push(this.cells[start], i - start);
        start = i;
      }
    return found;
  }

  /** @param {number[][]} palette  red, green and blue of each colour
   * @param {number} side
   * @returns {Uint8Array} */
  rgb(palette, side) {
    const scale = this.side / side;
    const spans = range(side).map((i) => [Math.round(i * scale), Math.round((i + 1) * scale)]);
    const pixels = new Uint8Array(3 * side * side);
    spans.forEach(([top, bottom], row) => {
      spans.forEach(([left, right], column) => {
        const sum = [0, 0, 0];
        for (let y = top; y < bottom; y++)
          for (let x = left; x < right; x++) {
            const colour = palette[this.cells[y * this.side + x]];
            for (let channel = 0; channel < 3; channel++) sum[channel] += colour[channel];
          }
        const count = (bottom - top) * (right - left);
        for (let channel = 0; channel < 3; channel++)
          pixels[3 * (row * side + column) + channel] = Math.round(sum[channel] / count);
      });
    });
    return pixels;
  }
}
