/* A training run that a visitor plays; `start` is called for the TrainingRun of tab.py. All data of a run comes in one
 * file, so that moving through it asks the server nothing. `element.trainingRun` is the handle for tests and the
 * curious.
 */

import { clamp } from "../../browser/numbers.js";
import { ARROWS, add, decoded, finder, keepsStill, label, onLanguage, texts } from "../../page/dom.js";
import { offer, toCsv } from "../../page/downloads.js";
import { factsOf, forget } from "../../page/facts.js";
import { follow, tell } from "../../page/link.js";
import { Waiting } from "../../page/waiting.js";
import { drawCharts, placeAt } from "./charts.js";
import { boxOf, cellAt, nearest, stillsOf, timeOf, toRows, within } from "./run.js";

/** @import { Cell, Run } from "./run.js" */

/** What a link says: a model, and of its run what `LINKED` of tab.py names.
 * @typedef {{ model: string, step: number | null, cell: [number, number] | null }} Said */

const RUN_MS = 8000; // the time a run plays at speed 1, within the bounds for a picture
const SHORTEST_MS = 120;
const LONGEST_MS = 500;
const ICONS = { play: "M4 2 14 8 4 14z", pause: "M3 2h4v12H3zM9 2h4v12H9z" };
/** In the last row is what the model made, whatever its family.
 * @type {Cell} */
const LAST_ROW = { column: 0, row: Infinity };

/** @param {GradioScope & { words: import("../../page/dom.js").Words }} scope */
export function start(scope) {
  const player = new Player(scope);
  scope.element.trainingRun = {
    get index() {
      return player.index;
    },
    get playing() {
      return player.timer !== null;
    },
    get cell() {
      return player.cell;
    },
  };
  scope.watch("model", () => player.open());
  scope.watch("unfolded", () => player.showCode());
  follow(scope.element, (said, { model }) => {
    player.pending = /** @type {Said} */ ({ ...said, model });
    player.followLink();
  });
  player.open();
}

class Player {
  /** @param {GradioScope & { words: import("../../page/dom.js").Words }} scope */
  constructor({ element, props, trigger, words }) {
    this.element = element;
    this.props = props;
    this.trigger = trigger;
    this.find = finder(element);
    this.text = texts(words);
    this.frame = this.find(".frame");
    this.box = this.find(".cell"); // around the enlarged picture
    this.now = this.find(".now");
    this.strip = this.find(".strip");
    this.button = this.find(".play");
    this.slider = this.find(".position");
    this.where = this.find(".where");
    this.charts = this.find(".charts");
    /** @type {Run | null} */
    this.run = null;
    /** @type {HTMLImageElement[]} */
    this.pictures = [];
    this.opened = 0; // runs that were asked for
    this.waiting = new Waiting(element);
    this.index = 0; // of `run.positions`
    /** @type {number | null} */
    this.timer = null; // while it plays
    this.touched = false; // the visitor has taken over: nothing plays by itself any more
    this.pinned = LAST_ROW; // the cell that is enlarged while none is pointed at
    /** @type {Cell | null} */
    this.hovered = null;
    /** @type {Cell | null} */
    this.picked = null; // by the visitor, or a link
    /** @type {Said | null} */
    this.pending = null; // what a link says of a run that is not there yet
    this.moveMarks = (/** @type {number} */ _step) => {};
    this.width = 0;
    this.bind();
    this.relabel();
  }

  bind() {
    const { element, frame, charts, slider } = this;
    this.button.onclick = () => this.toggle();
    slider.oninput = () => {
      this.pause();
      this.moveTo(slider.valueAsNumber);
    };
    frame.onpointermove = (event) =>
      event.pointerType === "mouse" && this.choose(this.cellUnder(event), false);
    frame.onpointerleave = () => this.choose(null, false);
    frame.onclick = (event) => this.choose(this.cellUnder(event), true);
    frame.onkeydown = (event) => this.chooseByKey(event);
    charts.onpointerdown = (event) => this.moveToPointer(event);
    charts.onpointermove = (event) => event.buttons && this.moveToPointer(event);
    element.addEventListener("keydown", (event) => {
      const { target } = /** @type {{ target: Element }} */ (/** @type {unknown} */ (event));
      if (event.key !== " " || target.closest("button, select") || !this.run?.positions.length) return;
      event.preventDefault(); // no scrolling
      this.toggle();
    });
    new ResizeObserver(() => {
      if (charts.clientWidth === this.width) return; // it grows in height by what is drawn here
      this.width = charts.clientWidth;
      this.redraw();
    }).observe(charts);
    onLanguage(() => this.redraw());
  }

  showCode() {
    if (this.props.unfolded) this.trigger("coded");
  }

  /** The run of another model is wanted. */
  async open() {
    const turn = ++this.opened;
    this.showCode();
    this.waiting.begin();
    const { problem, badge, run, pictures } = await this.load(this.props.model);
    if (turn !== this.opened) return; // another one was chosen meanwhile
    this.waiting.end();
    this.stop();
    this.find("#timeline-source").innerHTML = problem ?? badge;
    this.find(".run").hidden = Boolean(problem);
    if (problem) return;
    this.run = /** @type {Run} */ (run);
    this.pictures = pictures;
    this.hovered = null;
    if (run.size) [this.frame.width, this.frame.height] = run.size;
    if (run.cells) this.pinned = within(run.cells, this.pinned);
    this.showParts();
    this.slider.max = Math.max(0, run.positions.length - 1);
    this.index = Math.max(0, run.positions.length - 1); // at first, what the model has become
    this.buildStrip();
    this.redraw();
    this.drawMagnifier();
    this.element.dataset.model = run.model;
    this.followLink();
    this.tellLink();
    if (!this.touched && !keepsStill() && run.positions.length > 1) this.play();
  }

  /** The facts of a model, and the pictures in them, which take megabytes of memory.
   * @param {string} model
   * @returns {Promise<import("../../page/facts.js").Facts>} */
  async load(model) {
    try {
      const { problem, badge, run } = await factsOf("timeline", model);
      forget("timeline", model);
      return { problem, badge, run, pictures: await Promise.all(problem ? [] : run.frames.map(decoded)) };
    } catch (error) {
      console.warn(error);
      return { problem: this.find("template").innerHTML };
    }
  }

  /** Hides the parts that this run has nothing for. */
  showParts() {
    const { panels, positions, cells } = this.run;
    const pictures = this.pictures.length > 0;
    for (const [selector, there] of /** @type {[string, boolean][]} */ ([
      [".grid", pictures],
      [".no-frames", !pictures],
      [".magnifier", Boolean(cells)],
      [".cell", Boolean(cells)],
      [".no-curves", panels.length === 0],
      [".controls", positions.length > 0],
      [".files .png", pictures],
      [".files .csv", panels.length > 0],
    ]))
      this.find(selector).hidden = !there;
  }

  redraw() {
    if (!this.run) return;
    this.relabel();
    for (const old of this.charts.querySelectorAll(".panel, .steps")) old.remove();
    this.moveMarks = () => {};
    const width = this.charts.clientWidth;
    if (width > 0 && this.run.panels.length > 0) {
      const { nodes, move } = drawCharts(this.run, this.text, width);
      this.charts.append(...nodes);
      this.moveMarks = move;
    }
    if (this.run.positions.length > 0) this.moveTo(this.index);
  }

  relabel() {
    label(this.element, this.text);
    const act = this.timer === null ? "play" : "pause";
    this.find(".play path").setAttribute("d", ICONS[act]);
    this.button.setAttribute("aria-label", this.text(act));
    this.button.title = this.text(act);
  }

  /** @param {number} index */
  moveTo(index) {
    const { run, text, pictures } = this;
    this.index = clamp(index, 0, run.positions.length - 1);
    const { step, epoch } = timeOf(run, this.index);
    const parts = [`${text("step")} ${step}`];
    if (epoch !== null) parts.push(`${text("epoch")} ${epoch}`);
    this.where.textContent = parts.join(" \u00b7 ");
    this.slider.value = this.index;
    this.slider.setAttribute("aria-valuetext", parts.join(", "));
    this.moveMarks(run.positions[this.index]);
    if (pictures.length > 0) this.frame.getContext("2d").drawImage(pictures[this.index], 0, 0);
    this.nameFiles();
    if (run.cells) this.drawCell(this.now, this.index);
    const shown = stillsOf(run.positions.length).findLast((i) => i <= this.index);
    for (const still of this.strip.children)
      still.setAttribute("aria-pressed", String(Number(still.dataset.index) === shown));
  }

  /** A pointer on the charts moves to the picture nearest to it.
   * @param {PointerEvent} event */
  moveToPointer(event) {
    const box = /** @type {Element} */ (event.target).closest("svg")?.getBoundingClientRect();
    if (!box) return;
    this.pause();
    this.moveTo(nearest(this.run, placeAt(box.width, event.clientX - box.left)));
  }

  play() {
    if (this.index >= this.run.positions.length - 1) this.moveTo(0);
    this.wait();
    this.relabel();
  }

  /** Until the next picture. */
  wait() {
    const { length } = this.run.positions;
    const turn = clamp(RUN_MS / length, SHORTEST_MS, LONGEST_MS) / Number(this.find(".speed").value);
    this.timer = window.setTimeout(() => {
      if (!this.element.isConnected || this.element.offsetParent === null) return this.pause(); // another tab is open
      this.moveTo(this.index + 1);
      if (this.index >= length - 1) return this.pause();
      this.wait();
    }, turn);
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = null;
  }

  pause() {
    this.stop();
    this.touched = true;
    this.relabel();
    this.tellLink();
  }

  toggle() {
    if (this.timer === null) this.play();
    else this.pause();
  }

  /** Says the step where the run stands still, unless it is the last, and the picture that was picked. */
  tellLink() {
    const { run, index, picked } = this;
    const step = this.timer === null && index < run.positions.length - 1 ? run.positions[index] : null;
    tell(this.element, { step, cell: picked && [picked.column, picked.row] });
  }

  /** Do as a link says, if it is of this run; for what it leaves out, as a run begins. */
  followLink() {
    const { run, pending } = this;
    if (!pending || pending.model !== run?.model) return;
    const { step, cell } = pending;
    this.pending = null;
    this.picked = cell && { column: cell[0], row: cell[1] };
    if (run.cells) this.pinned = within(run.cells, this.picked ?? LAST_ROW);
    this.stop();
    this.touched = true;
    const at = run.positions.findLastIndex((position) => position <= step);
    this.index = step === null || at < 0 ? run.positions.length - 1 : at;
    this.redraw();
    this.drawMagnifier();
  }

  /** The cell that is enlarged. */
  get cell() {
    return this.hovered ?? this.pinned;
  }

  /** @param {PointerEvent} event */
  cellUnder(event) {
    const box = this.frame.getBoundingClientRect();
    const cells = this.run?.cells;
    return (
      cells && cellAt(cells, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height)
    );
  }

  /** @param {Cell | null} cell
   * @param {boolean} keep */
  choose(cell, keep) {
    if (!this.run?.cells) return;
    this.hovered = keep ? null : cell;
    if (keep) this.pinned = this.picked = cell;
    this.drawMagnifier();
    if (keep) this.tellLink();
  }

  /** @param {KeyboardEvent} event */
  chooseByKey(event) {
    const arrow = ARROWS[event.key];
    if (!arrow || !this.run?.cells) return;
    event.preventDefault(); // no scrolling
    const { column, row } = this.pinned;
    this.choose(within(this.run.cells, { column: column + arrow[0], row: row - arrow[1] }), true);
  }

  /** The enlarged picture: its place in the grid, its stills, and itself. */
  drawMagnifier() {
    const { run, strip, cell } = this;
    if (!run.cells || this.pictures.length === 0) return;
    const { left, top, side } = boxOf(run.cells, cell);
    const { padding } = run.cells; // part of the frame around the picture
    const share = (/** @type {number} */ pixels, /** @type {number} */ axis) =>
      `${(100 * pixels) / run.size[axis]}%`;
    Object.assign(this.box.style, {
      left: share(left - padding, 0),
      top: share(top - padding, 1),
      width: share(side + 2 * padding, 0),
      height: share(side + 2 * padding, 1),
    });
    for (const still of strip.children) this.drawCell(still.firstChild, Number(still.dataset.index));
    this.drawCell(this.now, this.index);
    this.nameFiles();
  }

  /** The enlarged picture at a position.
   * @param {HTMLCanvasElement} canvas
   * @param {number} index */
  drawCell(canvas, index) {
    const { left, top, side } = boxOf(this.run.cells, this.cell);
    canvas.width = canvas.height = side;
    canvas.getContext("2d").drawImage(this.pictures[index], left, top, side, side, 0, 0, side, side);
  }

  buildStrip() {
    this.strip.replaceChildren();
    for (const i of stillsOf(this.run.positions.length)) {
      const still = add(this.strip, "button", "still");
      still.type = "button";
      still.dataset.index = String(i);
      add(still, "canvas");
      add(still, "small", "", this.run.positions[i].toLocaleString("en"));
      still.onclick = () => {
        this.pause();
        this.moveTo(i);
      };
    }
  }

  nameFiles() {
    const { run, index } = this;
    const { column, row } = this.cell;
    const step = `${run.model}_step${run.positions[index]}`;
    offer(this.element, [
      [".files .png", `${step}.png`, () => this.frame],
      [".files .csv", `${run.model}_curves.csv`, () => toCsv(toRows(run))],
      [".one .download", `${step}_row${row + 1}_column${column + 1}.png`, () => this.now],
    ]);
  }
}
