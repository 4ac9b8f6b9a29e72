/* The board of the visitor's drawing: flat colours, by pen, bucket, rectangle or ellipse. The drawing stays in the page
 * until the server has to compute it.
 *
 *   drawing.isBlank(), drawing.rgb(side)    what is drawn, as a picture
 *   onDrawn(callback)                       whenever it has changed: a finger was lifted, a step taken back
 */

import { Painting } from "../../browser/painting.js";
import { bindChips, showChips } from "../../page/chips.js";
import { ARROWS, finder, label, onLanguage, texts } from "../../page/dom.js";

/** @import { Place } from "../../browser/painting.js" */
/** @typedef {GradioScope & { words: import("../../page/dom.js").Words, side: number, palette: string[] }} Scope */

const RADII = { thin: 3, middle: 8, thick: 16 };
const KEY_STEP = 8; // cells that an arrow key moves the pen by

/** @type {Board | null} */
let board = null;
/** @type {(() => void)[]} */
const callbacks = [];

export const drawing = {
  isBlank: () => board === null || board.painting.isBlank(),
  /** @param {number} side */
  rgb: (side) => board.painting.rgb(board.palette, side),
};
/** @param {() => void} callback */
export const onDrawn = (callback) => callbacks.push(callback);

class Board {
  /** @param {Scope} scope */
  constructor({ element, props, trigger, words, side, palette }) {
    this.props = props;
    this.trigger = trigger;
    this.side = side;
    this.palette = palette.map((colour) => [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16)));
    this.painting = new Painting(side);
    this.chosen = { tool: "pen", width: "middle", colour: "1" };
    /** @type {Place | null} */
    this.start = null; // of the stroke or shape that is being drawn
    /** @type {Place} */
    this.last = [side / 2, side / 2];
    this.byKey = false;
    const find = finder(element);
    /** @type {HTMLCanvasElement} */
    this.canvas = find("canvas");
    this.image = new ImageData(side, side);
    bindChips(element, "board", (setting, value) => (this.chosen[setting] = value));
    showChips(element, (setting) => this.chosen[setting]);
    find(".undo").onclick = () => this.change(() => this.painting.undo());
    find(".clear").onclick = () => {
      if (this.painting.isBlank()) return;
      this.painting.begin();
      this.change(() => this.painting.clear());
    };
    const text = texts(words);
    label(element, text);
    onLanguage(() => label(element, text));
    this.listen();
    this.draw();
  }

  listen() {
    const { canvas } = this;
    canvas.onpointerdown = (event) => {
      if (event.button) return;
      canvas.setPointerCapture(event.pointerId);
      this.byKey = false;
      this.press(this.placeOf(event));
    };
    canvas.onpointermove = (event) => {
      for (const one of event.getCoalescedEvents?.() ?? [event]) if (this.start) this.move(this.placeOf(one));
    };
    canvas.onpointerup = canvas.onpointercancel = () => this.lift();
    canvas.onkeydown = (event) => {
      const arrow = ARROWS[event.key];
      if (!arrow && event.key !== " ") return;
      event.preventDefault(); // no scrolling
      this.byKey = true;
      if (!arrow) {
        if (this.start) this.lift();
        else this.press(this.last);
        return;
      }
      const [x, y] = this.last;
      this.move([x + KEY_STEP * arrow[0], y - KEY_STEP * arrow[1]]);
    };
    canvas.onblur = () => this.byKey && this.lift();
  }

  /** @param {PointerEvent} event
   * @returns {Place} */
  placeOf(event) {
    const box = this.canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) / box.width) * this.side,
      ((event.clientY - box.top) / box.height) * this.side,
    ];
  }

  /** @param {Place} at */
  press(at) {
    const { painting } = this;
    painting.begin();
    this.start = this.last = at;
    if (this.chosen.tool === "fill") painting.fill(at, Number(this.chosen.colour));
    else this.move(at);
    this.draw();
  }

  /** @param {Place} at */
  move(at) {
    const { painting, start } = this;
    const { tool, width } = this.chosen;
    const colour = Number(this.chosen.colour);
    if (start && tool === "pen") painting.line(this.last, at, RADII[width], colour);
    else if (start && tool !== "fill") {
      painting.cells = painting.before.at(-1).slice(); // what the shape lay over so far
      painting[tool](start, at, colour);
    }
    const inside = (/** @type {number} */ place) => Math.min(Math.max(place, 0), this.side);
    this.last = this.byKey ? [inside(at[0]), inside(at[1])] : at;
    this.draw();
  }

  lift() {
    if (!this.start) return;
    this.start = null;
    this.change();
  }

  /** @param {() => void} [make] */
  change(make = () => {}) {
    make();
    this.draw();
    this.props.value = { runs: this.painting.runs() };
    for (const callback of callbacks) callback();
    this.trigger("drawn");
  }

  draw() {
    const { data } = this.image;
    this.painting.cells.forEach((colour, i) => {
      data.set(this.palette[colour], 4 * i);
      data[4 * i + 3] = 255;
    });
    const context = this.canvas.getContext("2d");
    context.putImageData(this.image, 0, 0);
    if (!this.byKey) return;
    context.strokeStyle = "#6366f1";
    context.lineWidth = 2;
    context.strokeRect(this.last[0] - 5, this.last[1] - 5, 10, 10); // where the keys have moved the pen
  }
}

/** @param {Scope} scope */
export function start(scope) {
  board = new Board(scope);
}
