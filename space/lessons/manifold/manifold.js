/* The map of a two-dimensional latent space, and what a visitor can do on it; `start` is called for each LatentMap of
 * maps.py.
 *
 * `element.latentMap` is the handle for tests and the curious.
 */

import { tensor } from "../../browser/nn.js";
import { base64ToBytes, base64ToFloats, clamp, minus } from "../../browser/numbers.js";
import { ARROWS, add, finder, label, onLanguage, pixelRatio, sizeCanvas, texts } from "../../page/dom.js";
import { offer, toCsv } from "../../page/downloads.js";
import { factsOf } from "../../page/facts.js";
import { follow, tell } from "../../page/link.js";
import { Live } from "../../page/live.js";
import { layOut, SPACINGS, toSquare } from "./coordinates.js";
import { COLOURS, drawChart, GreyPainter } from "./drawing.js";
import { Grid } from "./grid.js";
import { drawMarks } from "./marks.js";
import { onMarks } from "./shared.js";
import { SIDE, Sure } from "./sure.js";

/** @import { Opened } from "../../page/live.js" */
/** @import { Pair, Plot } from "./coordinates.js" */
/** @import { Overlay } from "./marks.js" */
/** @typedef {GradioScope & { model: string, judge: string, words: import("../../page/dom.js").Words }} Scope */
/** `chart` of view.py.
 * @typedef {import("./coordinates.js").Axes & { model: string, source: string, commit: string | null, side: number,
 *   codes: string, labels: string }} Chart */
/** What a link says of a map, by `LINKED` of maps.py.
 * @typedef {{ z: Pair | null, spacing: string, grid: string | null, codes: string | null, sure: string | null,
 *   class: number | null }} Said */

const MOST_FRAMES = 500; // times that are kept
const HOLD_MS = 150; // that a finger stays before it drags the point

/** Codes (n, 2) as grey pictures, number by number.
 * @param {Opened} model
 * @param {number[]} codes */
async function decode(model, codes) {
  const { shape, data } = await model.run("decode", tensor([codes.length / 2, 2], Float32Array.from(codes)));
  const channels = shape[3];
  if (channels === 1) return data;
  const grey = (/** @type {number} */ i) => {
    const pixel = data.subarray(i * channels, (i + 1) * channels);
    return pixel.reduce((sum, value) => sum + value, 0) / channels;
  };
  return Float32Array.from({ length: data.length / channels }, (_, i) => grey(i));
}

/** @param {Scope} scope */
export function start(scope) {
  const map = new LatentMap(scope);
  scope.element.latentMap = map.handle();
  scope.element.dataset.map = scope.model;
  follow(scope.element, (said, tab) =>
    map.followLink(/** @type {Said} */ (said), /** @type {{ start: number }} */ (tab)),
  );
  map.begin().catch((error) => {
    console.warn(error);
    map.live.say("failed");
  });
}

class LatentMap {
  /** @param {Scope} scope */
  constructor({ element, trigger, model, judge, words }) {
    this.element = element;
    this.trigger = trigger;
    this.model = model;
    this.find = finder(element);
    this.chartCanvas = this.find(".chart");
    this.pointerCanvas = this.find(".pointer");
    this.digitCanvas = this.find(".digit");
    this.position = this.find(".position"); // read out while keys move on the map; the sliders say theirs themselves
    this.sliders = [this.find(".z1"), this.find(".z2")];
    /** @type {Chart | null} */
    this.chart = null; // once it is there
    /** @type {Overlay | null} */
    this.overlay = null; // the digits that are marked
    this.text = texts(words);
    this.live = new Live(element, "manifold", true);
    this.spacingName = "linear";
    this.highlighted = -1; // class that the legend singles out
    /** @type {Plot} */
    this.plot = { size: 0, left: 0, top: 0, width: 0, height: 0, ratio: 1, tiles: 0 };
    this.grid = new Grid(element);
    this.sure = new Sure(element, judge);
    this.held = false; // whether a finger stays on the map: then it does not scroll the page
    this.start = [0, 0]; // where it came down
    /** @type {number | undefined} */
    this.hold = undefined; // the timer until then
    /** @type {Pair} */
    this.z = [0, 0];
    /** @type {number[]} */
    this.frames = []; // milliseconds from pointer event to drawn pixels
    this.scheduled = false; // whether the browser was asked for a frame
    this.since = 0; // when it was
    this.chosen = false; // whether the visitor chose z; else the digit lies there
    this.chosenAt = 0; // when
    this.started = false;
    /** @type {[Said, { start: number }] | null} */
    this.pending = null; // what a link says, until the map has started
    /** @type {number | null} */
    this.awaited = null; // set while a link's digit is loading, so that its overlay does not move z
    /** @type {Pair | undefined} */
    this.marked = undefined; // mu of the digit that the overlay marks
    this.told = ""; // the place that the server wrote the snippet for
    this.setSide(28);
    this.bind();
  }

  handle() {
    const place = () => this.place();
    return {
      frames: this.frames,
      z: this.z,
      get place() {
        return place();
      },
    };
  }

  bind() {
    const { find, pointerCanvas, sliders } = this;
    this.bindPointer();
    pointerCanvas.onkeydown = (event) => this.moveByKey(event);
    pointerCanvas.onkeyup = () => this.askForSnippet();
    for (const slider of sliders) {
      slider.oninput = () => this.choose(sliders[0].valueAsNumber, sliders[1].valueAsNumber);
      slider.onchange = () => this.askForSnippet();
    }
    for (const layer of [".show-grid", ".show-codes", ".show-sure"])
      find(layer).onchange = () => {
        this.redraw();
        this.tellLink();
      };
    find(".spacing").onchange = ({ target }) => {
      this.spacingName = target.value;
      this.redraw();
      this.tellLink();
    };
    new ResizeObserver(() => this.redraw()).observe(find(".plot"));
    label(this.element, this.text);
    onLanguage(() => {
      label(this.element, this.text);
      this.saySure();
    });
  }

  /** A mouse drags at once. A finger that swipes up or down scrolls the page: it moves the point by a tap, sideways, or
   * after it has stayed a moment. */
  bindPointer() {
    const canvas = this.pointerCanvas;
    canvas.onpointerdown = (event) => {
      this.held = event.pointerType !== "touch";
      this.start = [event.clientX, event.clientY];
      if (this.held) canvas.setPointerCapture(event.pointerId);
      if (this.held) return this.moveToPointer(event);
      this.hold = window.setTimeout(() => {
        this.held = true;
        this.moveToPointer(event);
      }, HOLD_MS);
    };
    canvas.onpointermove = (event) => {
      if (!event.buttons) return;
      clearTimeout(this.hold);
      const [across, down] = [event.clientX - this.start[0], event.clientY - this.start[1]];
      this.held ||= Math.abs(across) > Math.abs(down);
      if (this.held) this.moveToPointer(event);
    };
    canvas.onpointerup = (event) => {
      clearTimeout(this.hold);
      if (!this.held) this.moveToPointer(event);
      this.askForSnippet();
    };
    canvas.onpointercancel = () => {
      clearTimeout(this.hold);
      this.held = false;
    };
    canvas.addEventListener("touchmove", (event) => this.held && event.preventDefault(), { passive: false });
  }

  async begin() {
    const { find, model } = this;
    this.live.waiting.begin();
    const { problem, ...told } = await factsOf("manifold", model);
    if (problem) {
      this.live.waiting.end();
      find(".notice").innerHTML = problem;
      find(".notice").hidden = false;
      return;
    }
    const chart = /** @type {Chart} */ (told);
    this.chart = chart;
    this.setSide(chart.side);
    this.codes = base64ToFloats(chart.codes);
    this.labels = base64ToBytes(chart.labels);
    this.sliders.forEach((slider, axis) => {
      [slider.min, slider.max] = chart.axes[axis];
      this.z[axis] = SPACINGS.linear(chart).toCode(0.5, axis);
    });
    this.nameFiles();
    this.buildLegend();
    this.element.dataset.ready = "";
    this.redraw();
    this.moveTo(this.z);
    this.started = true;
    if (this.pending) this.followLink(...this.pending);
    onMarks(model, (overlay, asked) => this.followOverlay(overlay, asked));
    this.askForSnippet();
  }

  /** @param {number} side of a digit, in its own pixels */
  setSide(side) {
    this.side = side;
    Object.assign(this.digitCanvas, { width: side, height: side });
    this.painter = new GreyPainter(side);
  }

  get spacing() {
    return SPACINGS[this.spacingName](this.chart);
  }

  /** All of it, in the size that there is. */
  redraw() {
    const { chart, find, side } = this;
    const width = find(".plot").clientWidth;
    if (!chart || width === 0) return; // on a tab that is not shown
    this.plot = layOut(width, pixelRatio(), side);
    for (const canvas of [this.chartCanvas, this.pointerCanvas])
      sizeCanvas(canvas, this.plot.width, this.plot.height, this.plot.ratio);
    this.drawChart();
    this.drawPosition();
    if (find(".show-grid").checked) this.makeGrid();
    if (find(".show-sure").checked) this.makeSure();
    this.saySure();
    this.askForSnippet();
  }

  /** The grid of decoded pictures, drawn as it grows, then kept. */
  makeGrid() {
    const { plot, side, spacingName, spacing, model } = this;
    const key = [spacingName, plot.tiles, side].join();
    this.grid.make(
      key,
      spacing,
      plot.tiles,
      side,
      async (open, codes) => {
        const pixels = await decode(await open(model, ["decode"]), codes.flat());
        return pixels;
      },
      () => this.drawChart(),
    );
  }

  /** The layer of how sure the classifier is, drawn as it grows, then kept. */
  makeSure() {
    const { side, spacingName, spacing, model } = this;
    this.sure.make(
      [spacingName, side].join(),
      spacing,
      side,
      async (open, codes) => decode(await open(model, ["decode"]), codes.flat()),
      () => {
        this.drawChart();
        this.saySure();
      },
    );
  }

  saySure() {
    const { unsure } = this.sure;
    const said = this.find(".sure");
    said.hidden = !this.find(".show-sure").checked;
    const share = unsure === null ? "\u2026" : (100 * unsure).toFixed(1);
    said.textContent = this.text("unsure", { share, count: SIDE ** 2 });
  }

  drawChart() {
    const { chart, plot, spacing, spacingName, codes, labels, highlighted } = this;
    drawChart(this.chartCanvas, {
      ...{ chart, plot, spacing, spacingName, codes, labels, highlighted },
      grid: this.find(".show-grid").checked ? this.grid.canvas : null,
      sure: this.find(".show-sure").checked ? this.sure.canvas : null,
      showCodes: this.find(".show-codes").checked,
      ink: getComputedStyle(this.element).color,
    });
  }

  drawMarks() {
    drawMarks(this.pointerCanvas, this.plot, this.spacing, this.z, this.overlay);
  }

  drawPosition() {
    this.drawMarks();
    const [z1, z2] = this.z.map((value) => minus(value.toFixed(2)));
    this.position.textContent = `z = (${z1}, ${z2})`;
    this.sliders.forEach((slider, axis) => (slider.value = this.z[axis]));
  }

  /** @param {ArrayLike<number>} pixels */
  drawDigit(pixels) {
    this.painter.paint(this.digitCanvas.getContext("2d"), pixels, 0, 0, 0);
  }

  /** Go to a code that the visitor chose, rounded to what a link can say.
   * @param {number[]} code */
  choose(...code) {
    this.chosen = true;
    this.chosenAt = performance.now();
    this.position.ariaLive = "off";
    this.moveTo(code.map((value) => Math.round(value * 1000) / 1000));
    this.tellLink();
  }

  /** Go to a code. However many events arrive, there is one drawing a frame.
   * @param {ArrayLike<number>} code */
  moveTo({ 0: z1, 1: z2 }) {
    this.z[0] = z1;
    this.z[1] = z2;
    if (this.scheduled) return;
    this.scheduled = true;
    this.since = performance.now();
    requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.scheduled = false;
    this.drawPosition();
    const { since } = this;
    const z = [...this.z];
    this.live.update(
      async (open) => {
        const model = await open(this.model, ["decode"]);
        const begun = performance.now();
        return { pixels: await decode(model, z), milliseconds: performance.now() - begun };
      },
      ({ pixels, milliseconds }) => {
        this.drawDigit(pixels);
        this.record(since, milliseconds);
      },
    );
  }

  /** Says what decoding took, and with which weights.
   * @param {number} since  when the drawing was asked for
   * @param {number} milliseconds */
  record(since, milliseconds) {
    const { chart, frames, text } = this;
    if (frames.length === MOST_FRAMES) frames.shift();
    frames.push(performance.now() - since);
    const weights = `${text(chart.source)} ${chart.commit?.slice(0, 7) ?? ""}`;
    // at first, the thread has the grid to make as well
    const took = this.chosen ? `${milliseconds.toFixed(1)} ms · ` : "";
    this.find(".status").textContent = `${took}${chart.model} · ${weights}`;
  }

  /** @param {PointerEvent} event */
  moveToPointer(event) {
    if (!this.chart) return;
    const { plot, spacing } = this;
    const box = this.pointerCanvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const [u, v] = toSquare(plot, x * plot.ratio, y * plot.ratio);
    this.choose(spacing.toCode(u, 0), spacing.toCode(v, 1));
  }

  /** @param {KeyboardEvent} event */
  moveByKey(event) {
    const { spacing } = this;
    const arrow = ARROWS[event.key];
    if (!arrow && event.key !== "Home") return;
    event.preventDefault(); // no scrolling
    if (!this.chart) return;
    const step = event.shiftKey ? 0.1 : 0.01;
    const [u, v] = arrow
      ? arrow.map((sign, axis) => clamp(spacing.toUnit(this.z[axis], axis) + sign * step, 0, 1))
      : [0.5, 0.5];
    this.choose(spacing.toCode(u, 0), spacing.toCode(v, 1));
    this.position.ariaLive = "polite";
  }

  /** A digit has its place: go there, unless it is only another sample of the same digit, or the visitor has gone
   * elsewhere since it was chosen.
   * @param {Overlay | null} overlay
   * @param {number} asked  when the digit was chosen */
  followOverlay(overlay, asked) {
    this.overlay = overlay;
    const { mu, digit } = /** @type {Partial<Overlay>} */ (overlay ?? {});
    const awaited = this.awaited !== null && this.awaited === digit;
    const late = this.chosen && this.chosenAt > asked;
    if (mu && !awaited && !late && String(mu) !== String(this.marked)) {
      this.chosen = false;
      this.moveTo(mu);
      this.askForSnippet();
      this.tellLink();
    } else this.drawMarks();
    this.awaited = null;
    this.marked = mu;
  }

  tellLink() {
    const { find, chosen, z, spacingName, highlighted } = this;
    const off = (/** @type {string} */ selector) => (find(selector).checked ? null : "off");
    tell(this.element, {
      z: chosen ? [...z] : null,
      spacing: spacingName,
      class: highlighted < 0 ? null : highlighted,
      grid: off(".show-grid"),
      codes: off(".show-codes"),
      sure: find(".show-sure").checked ? "on" : null,
    });
  }

  /** Do as a link says; for what it leaves out, as the page begins.
   * @param {Said} said
   * @param {{ start: number }} tab the first digit */
  followLink(said, { start }) {
    if (!this.started) {
      this.pending = [said, { start }];
      return;
    }
    const { find, overlay } = this;
    find(".spacing").value = this.spacingName = said.spacing;
    find(".show-grid").checked = said.grid !== "off";
    find(".show-codes").checked = said.codes !== "off";
    find(".show-sure").checked = said.sure === "on";
    this.highlight(said.class ?? -1);
    this.chosen = said.z !== null;
    this.awaited = this.chosen && overlay?.digit !== start ? start : null;
    if (this.chosen) this.moveTo(said.z);
    else if (overlay) this.moveTo(overlay.mu);
    this.redraw();
  }

  nameFiles() {
    const { model } = this.chart;
    offer(this.element, [
      [".side .download", `${model}_point.png`, () => this.digitCanvas],
      [".files .png", `${model}_map.png`, () => this.joinLayers()],
      [".files .csv", `${model}_codes.csv`, () => this.table()],
    ]);
  }

  /** The map as one picture. */
  joinLayers() {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [this.plot.width, this.plot.height];
    const context = canvas.getContext("2d");
    context.fillStyle = getComputedStyle(document.body).backgroundColor; // else the axes lie on nothing
    context.fillRect(0, 0, canvas.width, canvas.height);
    for (const layer of [this.chartCanvas, this.pointerCanvas]) context.drawImage(layer, 0, 0);
    return canvas;
  }

  /** The codes of the test digits as CSV. */
  table() {
    const { codes, labels } = this;
    return toCsv([
      ["z1", "z2", "label"],
      ...Array.from(labels, (label, i) => [...codes.subarray(2 * i, 2 * i + 2), label]),
    ]);
  }

  /** All that the snippet of the map depends on. */
  place() {
    return { z: [...this.z], spacing: this.spacingName, tiles: this.plot.tiles };
  }

  /** Has the server write the snippet of the map, while that is unfolded. */
  askForSnippet() {
    if (!this.chart) return;
    const place = JSON.stringify(this.place());
    const unfolded = document.querySelector(`#code-${this.model} .cm-content`)?.checkVisibility();
    if (!unfolded || this.plot.tiles === 0 || place === this.told) return;
    this.told = place;
    this.trigger("moved");
  }

  buildLegend() {
    const legend = this.find(".legend");
    legend.replaceChildren();
    COLOURS.forEach((colour, label) => {
      const button = add(legend, "button", "", String(label));
      button.type = "button";
      button.style.setProperty("--colour", colour);
      button.setAttribute("aria-pressed", "false");
      button.onclick = () => {
        this.highlight(this.highlighted === label ? -1 : label);
        this.drawChart();
        this.tellLink();
      };
    });
  }

  /** @param {number} label a class, or -1 */
  highlight(label) {
    this.highlighted = label;
    [...this.find(".legend").children].forEach((button, i) =>
      button.setAttribute("aria-pressed", String(i === label)),
    );
  }
}
