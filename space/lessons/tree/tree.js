/* The tree of densities on the page: `start` runs for the Tree of tab.py. `element.treeLesson` is the handle for tests
 * and the curious.
 */

import { EXTENT } from "../../browser/mixtures.js";
import { clamp } from "../../browser/numbers.js";
import { ARROWS, finder, keepsStill, onLanguage, onTheme, setText, texts } from "../../page/dom.js";
import { offer } from "../../page/downloads.js";
import { follow, isOpen, onTab, tell } from "../../page/link.js";
import { startPen } from "../../page/pen.js";
import { showAnswers, showPoint } from "./answers.js";
import { Bench } from "./bench.js";
import { drawBranches } from "./branches.js";
import { bindControls, leavesOf, showControls, showRun } from "./controls.js";
import { Film } from "./film.js";
import { Plane, readColours } from "./planes.js";
import { drawSlice } from "./slice.js";
import { bindSwipe } from "./swipe.js";
import { showTable } from "./table.js";

/** @import { Point } from "../../browser/mixtures.js" */
/** @import { Words } from "../../page/dom.js" */

const PLANES = ["truth", "model", "samples"];
const TRUTH_SIDE = 128; // of the picture of the true density
const POINTS = 500; // of the data, shown over it
const KEY_STEP = 0.05; // of the point, for an arrow key; five with Shift

/** @param {GradioScope & { words: Words, bounds: import("./controls.js").Bounds}} scope */
export function start({ element, words, bounds }) {
  const page = new TreePage(element, words, bounds);
  element.treeLesson = page.handle();
  page.show();
  let followed = false;
  follow(element, (link) => {
    followed = true;
    page.bench.follow(link);
    page.changed();
  });
  if (!followed) {
    page.bench.open();
    page.changed();
  }
  for (const node of [page.find(".planes"), page.find(".map")])
    new ResizeObserver(() => page.layOut()).observe(node);
  onLanguage(() => page.show());
  onTheme(() => page.layOut());
  onTab(() => {
    page.bench.tell("sleep", { on: !isOpen("tree") }); // nobody watches
  });
}

class TreePage {
  /** @param {HTMLElement} element
   * @param {Words} words
   * @param {import("./controls.js").Bounds} bounds */
  constructor(element, words, bounds) {
    this.element = element;
    this.find = finder(element);
    this.text = texts(words);
    this.bounds = bounds;
    this.plane = "model"; // that a phone shows
    this.asked = false; // a frame is to be drawn
    /** @type {any} */
    this.truth = null; // picture of the true density
    this.bench = new Bench({
      framed: (frame) => this.framed(frame),
      said: () => this.showPoint(),
      failed: () => this.show(),
    });
    this.planes = Object.fromEntries(
      PLANES.map((name) => [name, new Plane(this.find(`.planes .${name} canvas`))]),
    );
    this.film = new Film(this.find(".film"), this.text, () => this.redraw());
    this.pen = this.startPen();
    bindControls(element, this.bench, bounds, {
      changed: () => this.changed(),
      shown: (plane) => this.showPlane(plane),
      chosen: () => this.reveal(),
      turn: (by) => this.turn(by),
      redraw: () => this.redraw(),
    });
    this.bindPoint();
    bindSwipe(this.find(".planes"), (by) => this.turn(by));
    this.bench.start();
  }

  /** The visitor has changed something. */
  changed() {
    this.truth = null;
    this.show();
    this.redraw();
    this.noteLink();
  }

  noteLink() {
    tell(this.element, this.bench.linked());
  }

  /** The family has learned a little more. @param {any} frame */
  framed(frame) {
    this.film.show(frame.training ? null : frame.film);
    showRun(this.element, this.bench, this.text);
    showAnswers(this.element, this.bench, this.text);
    this.redraw();
    if (frame.busy) return;
    showTable(this.element, this.bench, this.text);
    setText(this.find(".said"), this.spoken());
    this.noteLink();
  }

  /** What a screen reader is told. */
  spoken() {
    const { find, text } = this;
    return `${text(this.bench.settings.family)}: ${find(".meter output").textContent}. ${find(".meter .note").textContent}`;
  }

  show() {
    const { bench, element, text } = this;
    showControls(element, bench, this.bounds, this.plane, text);
    showAnswers(element, bench, text);
    showTable(element, bench, text);
    this.film.show(bench.frame?.training ? null : (bench.frame?.film ?? null));
    this.showPoint();
    drawBranches(this.find(".map"), bench.settings.family);
    const { data, family, seed } = bench.settings;
    this.find(".planes").dataset.shown = this.plane;
    setText(this.find(".turn b"), text(family));
    offer(element, [[".files .png", `tree-${data}-${family}-${seed}.png`, () => this.sheet()]]);
    const name = text(family);
    const caption = family === "gan" ? "plane.model.ruler" : "plane.model.caption";
    setText(this.find(".model figcaption"), text(caption, { family: name }));
    this.find(".model canvas").setAttribute("aria-label", text("plane.model.label", { family: name }));
    setText(this.find(".point .said-of dt"), name);
  }

  showPoint() {
    const { bench, element, find, text } = this;
    showPoint(element, bench, text);
    const { at } = bench.settings;
    const handle = find(".handle");
    const { clientWidth } = find(".model .frame");
    const [x, y] = [((at[0] / EXTENT + 1) / 2) * clientWidth, ((1 - at[1] / EXTENT) / 2) * clientWidth];
    handle.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
    handle.setAttribute("aria-label", text("handle", { x: at[0].toFixed(2), y: at[1].toFixed(2) }));
    const slice = bench.answer?.slice;
    find(".slice").hidden = !slice;
    if (slice) {
      drawSlice(find(".slice canvas"), slice, bench.truth, at);
      setText(find(".slice figcaption"), text("slice", { x: at[0].toFixed(2) }));
    }
  }

  redraw() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.draw();
    });
  }

  draw() {
    const { bench, find, planes } = this;
    if (!planes.truth.size) return;
    if (!this.truth) this.makeTruth();
    const { most, points, values } = this.truth;
    const shows = (/** @type {string} */ layer) => find(`[data-layer="${layer}"]`).checked;
    for (const plane of Object.values(planes)) plane.clear();
    if (!bench.isEmpty) {
      planes.truth.density(values, most);
      if (shows("points")) planes.truth.dots(points, "data");
    }
    if (bench.drawing) planes.truth.pen(this.pen);
    const { frame } = bench;
    setText(find(".samples figcaption"), this.samplesCaption());
    if (!frame) return;
    const never = frame.family === "gan";
    const density = never ? frame.ruled?.density : frame.density;
    if (density) planes.model.density(density, most, never ? 0.45 : 1);
    if (shows("mesh") && frame.components) planes.model.ellipses(frame.components);
    if (shows("points")) planes.samples.dots(points, "data");
    if (shows("mesh") && frame.mesh) planes.samples.mesh(frame.mesh); // over the density it would hide it
    const { grid, field, samples } = this.film.now();
    if (field) planes.samples.field(grid, field);
    const made = samples ?? frame.samples;
    if (made) planes.samples.dots(made, "model");
  }

  samplesCaption() {
    const { bench, film, text } = this;
    const { samples } = film.now();
    const n = (samples ?? bench.frame?.samples ?? []).length / 2;
    return text(n ? "plane.samples.caption" : "plane.samples.none", { n });
  }

  /** The true density, and some of the data. */
  makeTruth() {
    const { truth, isEmpty } = this.bench;
    const cell = (2 * EXTENT) / TRUTH_SIDE;
    const values = isEmpty
      ? new Float64Array(1)
      : truth.cellMasses(TRUTH_SIDE).map((mass) => mass / cell ** 2);
    const points = isEmpty ? new Float64Array(0) : this.bench.points(POINTS);
    const most = values.reduce((a, b) => Math.max(a, b), 1e-9);
    this.truth = { values, points, most };
    setText(this.find(".scale .most"), isEmpty ? "" : this.text("scale", { most: most.toPrecision(2) }));
  }

  layOut() {
    const frames = /** @type {HTMLElement[]} */ ([...this.element.querySelectorAll(".frame")]);
    const clientWidth = Math.max(...frames.map((frame) => frame.clientWidth)); // a phone shows one of them
    if (!clientWidth) return; // on a tab that is not shown
    const colours = readColours(this.element);
    for (const plane of Object.values(this.planes)) plane.resize(clientWidth, colours);
    drawBranches(this.find(".map"), this.bench.settings.family);
    this.showPoint();
    this.draw();
  }

  /** The three pictures side by side, to keep. */
  sheet() {
    const { size } = this.planes.truth;
    const sheet = document.createElement("canvas");
    Object.assign(sheet, { width: 3 * size + 16, height: size });
    PLANES.forEach((name, i) =>
      sheet.getContext("2d").drawImage(this.planes[name].canvas, i * (size + 8), 0, size, size),
    );
    return sheet;
  }

  startPen() {
    const { bench, find } = this;
    const pen = startPen(
      find(".truth canvas"),
      () => bench.drawing,
      (stroke) => {
        bench.addStroke(stroke);
        this.changed();
      },
      () => this.redraw(),
    );
    find(".clear").onclick = () => {
      pen.stroke = null;
      bench.clear();
      this.changed();
    };
    return pen;
  }

  /** The point that is asked about: a click, a drag, or arrow keys. */
  bindPoint() {
    const { bench, find } = this;
    const canvas = find(".model canvas");
    const handle = find(".handle");
    const round = (/** @type {number} */ value) => Number(clamp(value, -EXTENT, EXTENT).toFixed(2));
    /** @param {Point} at */
    const move = ([x, y]) => {
      bench.set({ at: [round(x), round(y)] });
      this.showPoint();
      this.noteLink();
    };
    const to = (/** @type {PointerEvent} */ { clientX, clientY }) => {
      const { left, top, width } = canvas.getBoundingClientRect();
      move([((2 * (clientX - left)) / width - 1) * EXTENT, (1 - (2 * (clientY - top)) / width) * EXTENT]);
    };
    canvas.onclick = to;
    let dragging = false;
    handle.onpointerdown = (event) => {
      if (!event.isPrimary || event.button) return;
      handle.setPointerCapture(event.pointerId);
      dragging = true;
    };
    handle.onpointermove = (event) => dragging && to(event);
    handle.onpointerup = handle.onpointercancel = () => (dragging = false);
    handle.onkeydown = (event) => {
      const arrow = ARROWS[event.key];
      if (!arrow) return;
      event.preventDefault();
      event.stopPropagation(); // in lecture mode arrow keys turn the pages
      const step = KEY_STEP * (event.shiftKey ? 5 : 1);
      const [x, y] = bench.settings.at;
      move([x + step * arrow[0], y + step * arrow[1]]);
    };
  }

  /** On a phone one plane is shown at a time. @param {string} plane */
  showPlane(plane) {
    this.plane = plane;
    this.show();
    this.layOut();
  }

  /** The next family, in the order of the tree, or the one before. @param {number} by */
  turn(by) {
    const names = leavesOf(this.element).map((leaf) => leaf.dataset.family);
    const at = names.indexOf(this.bench.settings.family) + by;
    this.bench.set({ family: names[(at + names.length) % names.length] });
    this.changed();
  }

  /** Brings the planes onto the screen, where they lie below the leaf that was pressed. */
  reveal() {
    const { top, height } = this.find(".planes").getBoundingClientRect();
    const seen = Math.min(window.innerHeight, top + height) - Math.max(0, top);
    if (seen > 0.75 * Math.min(height, window.innerHeight)) return;
    const first = ["turn", "top"].map((name) => this.find(`.${name}`)).find((one) => one.offsetHeight);
    first.scrollIntoView({ block: "start", behavior: keepsStill() ? "instant" : "smooth" });
  }

  handle() {
    const { bench } = this;
    return {
      bench,
      get frame() {
        return bench.frame;
      },
      set: (changes) => {
        bench.set(changes);
        this.changed();
      },
    };
  }
}
