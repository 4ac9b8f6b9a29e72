/* The samples of one model, to select from: drawn from its weights, in the browser or on the server (live.js), as the
 * settings above the panels and the selection, `props.value`, say. The server adds texts alone, in `props.told`.
 */

import { diagramOf } from "../../browser/architectures.js";
import { row } from "../../browser/latents.js";
import { isId } from "../../browser/links.js";
import { tensor } from "../../browser/nn.js";
import { fixed, range } from "../../browser/numbers.js";
import { bitmap, toRgb } from "../../browser/pictures.js";
import { Diagram } from "../../page/diagram.js";
import { add, finder, label, make, onLanguage, say, texts } from "../../page/dom.js";
import { offer, toCsv } from "../../page/downloads.js";
import { follow, heed, tell } from "../../page/link.js";
import { Live } from "../../page/live.js";
import { isComparable, Nearest } from "../../page/nearest.js";
import { digit } from "../../page/sheets.js";
import { Film } from "./film.js";
import { drawSamples, explore, isSound, judge, spread } from "./samples.js";
import { marksOf, ordered, ranksOf, tableRows, toggle } from "./selection.js";
import { Terms } from "./terms.js";
import { Tiles } from "./tiles.js";

/** @import { Tensor } from "../../browser/nn.js" */
/** @import { Opened } from "../../page/live.js" */
/** @import { Journey, Samples, Settings } from "./samples.js" */
/** `slots`: what samples are selected for, and how many at most; `named`: the setting that names this panel's model;
 * `about`: HTML on each model; `most`: bounds of the settings; `digit`: the shape of a test digit.
 * @typedef {{ words: import("../../page/dom.js").Words, slots: Record<string, number>, named: "model" | "other",
 *   about: Record<string, string>, most: { number: number, seed: number, scale: number }, columns: number,
 *   frames: number, digit: number[], diagram: { words: any, models: any } }} Given */
/** A test digit, and D(x). @typedef {{ x: Tensor, score: number }} Real */
/** What is seen.
 * @typedef {{ settings: Settings, model: Opened, samples: Samples, real: Real | null, tiles: Tiles, walk: Tiles | null,
 *   sum: { tiles: Tiles, lengths: number[] } | null }} Shown */

const NOTHING = "nothing"; // in place of the second model's name
const REAL = 7 * 20; // the test digit that D judges beside a sample: the first 7
const SORT_MS = 400; // without a new score, until the samples are put in order
const SOON_MS = 2000;

let ownIsSeen = () => {};
/** Resolves when there are samples of the lesson's own model, or soon. */
const ownModel = new Promise((done) => {
  ownIsSeen = () => done(null);
  setTimeout(done, SOON_MS);
});

/** One `SamplePanel` of tab.py. */
class SamplePanel {
  /** @param {GradioScope & Given} scope */
  constructor(scope) {
    const { element, props, trigger, words, slots } = scope;
    this.given = /** @type {Given} */ (scope);
    this.element = element;
    this.props = props;
    this.trigger = trigger;
    this.slots = slots;
    this.find = finder(element);
    this.text = texts(words);
    this.live = new Live(element, "generate");
    /** @type {Settings | null} */
    this.settings = null; // what the visitor has set
    /** @type {Shown | null} */
    this.shown = null;
    /** @type {HTMLButtonElement[]} */
    this.cells = []; // by number of the sample; the page may show them in another order
    this.meanNote = this.find(".mean-note").innerHTML; // where nothing is known of real digits
    this.diagram = new Diagram(this.find(".diagram"), scope.diagram.words);
    this.nearest = new Nearest(this.find(".nearest-digit"));
    this.looked = 0; // number of the sample in the diagram
    this.buildSlots();
    this.terms = new Terms(element, this.text);
    this.film = new Film(element, this.text);
    this.find(".clear").onclick = () => this.select({ ...this.selection, [this.slot]: [] });
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.sorting = undefined;
    this.find(".order input").onchange = () => this.order();
    this.find(".samples").onkeydown = (event) => this.moveFocus(event);
    this.relabel();
  }

  /** @returns {import("./selection.js").Selection} */
  get selection() {
    return this.props.value;
  }

  /** The slot that a click selects for. */
  get slot() {
    return this.find(".slots input:checked").value;
  }

  /** @param {import("./selection.js").Selection} selection */
  select(selection) {
    this.props.value = selection;
    tell(this.element, selection);
    this.showSelection();
  }

  showSelection() {
    if (this.shown) {
      this.mark();
      this.drawTerms();
    }
    this.update();
  }

  /** The visitor has set something.
   * @param {Record<string, any>} values */
  set(values) {
    const { number, seed, scale } = values;
    const model = values[this.given.named];
    this.settings = { model, number, seed, scale };
    if (model === NOTHING) return; // there is no second model
    if (!this.isKnown) return this.trigger("asks"); // the server says that there is no such model
    this.showTold();
    this.expect();
    this.update();
  }

  /** Whether the page has the model that is set, or it is a repository. */
  get isKnown() {
    const { model } = this.settings ?? {};
    return typeof model === "string" && (Object.hasOwn(this.given.about, model) || isId(model));
  }

  /** Draws what is set and selected, and has the texts on it. */
  update() {
    if (!this.isKnown) return;
    if (!isId(this.settings.model)) this.askForTexts();
    this.compute();
  }

  /** Draws first the samples, if they are others than those shown, and then what is made of them. */
  compute() {
    const { settings, selection, given } = this;
    if (!isSound(settings, given.most)) return; // the server says why
    const key = JSON.stringify(settings);
    this.live.update(
      async (open) => {
        if (given.named === "other") await ownModel; // whose samples a visitor sees first
        const model = await open(settings.model, ["decode", "discriminate"]);
        const before = this.shown;
        const same = before && JSON.stringify(before.settings) === key;
        const samples = same ? before.samples : await drawSamples(model, settings);
        const known = before?.settings.model === settings.model ? before.real : null;
        if (!same) return { settings, model, samples, journey: null, real: known };
        const journey = await explore(model, samples.z, selection, given.frames);
        return {
          settings,
          model,
          samples,
          journey,
          real: await this.judgeReal(model, settings, samples),
        };
      },
      (found) => {
        this.show(found);
        ownIsSeen();
        if (found.journey && isId(settings.model)) this.askForTexts(); // it is open now
      },
      () => isId(settings.model) && this.clear(),
    );
  }

  /** What was shown is of another model. */
  clear() {
    this.shown = null;
    this.element.dataset.state = "unavailable";
  }

  /** Asks the server for the figures of the model and for the snippet, where they are to be seen and not there yet. */
  askForTexts() {
    const { settings, props, given } = this;
    const snippet = this.element.closest(".column")?.querySelector(".label-wrap.open");
    if (snippet || props.told?.model !== settings.model || !isSound(settings, given.most))
      this.trigger("asks");
  }

  /** What D says of a real digit, which is asked once of each model.
   * @param {import("../../page/live.js").Opened} model
   * @param {Settings} settings
   * @param {Samples} samples
   * @returns {Promise<Real | null>} */
  async judgeReal(model, settings, { images }) {
    const { shown } = this;
    if (shown?.real && shown.settings.model === settings.model) return shown.real;
    if (!model.methods.includes("discriminate")) return null;
    const x = await digit(REAL).catch(() => null);
    const score = x && (await judge(model, x, images));
    return score === null ? null : { x, score };
  }

  /** @param {Pick<Shown, "settings" | "model" | "samples" | "real"> & { journey: Journey | null }} found */
  show({ settings, model, samples, journey, real }) {
    const { given, shown } = this;
    const same = shown?.samples === samples;
    const tiles = same ? shown.tiles : new Tiles(samples.images, given.columns);
    let { walk, sum } = shown ?? { walk: null, sum: null }; // those of before stay until they are computed anew
    if (journey) {
      walk = journey.walk && new Tiles(journey.walk, given.frames);
      sum = journey.sum && { tiles: new Tiles(journey.sum.images, 4), lengths: journey.sum.lengths };
    }
    this.shown = { settings, model, samples, real, tiles, walk, sum };
    if (!same) {
      this.nearest.clear();
      this.showSamples();
      this.showFacts();
    }
    if (!same || real !== shown.real) this.look(this.looked);
    const { dataset } = this.element;
    if (journey) dataset.state = "ready";
    else if (dataset.state !== "ready") dataset.state = "samples";
    this.mark();
    if (!journey) return this.compute();
    this.film.show(walk);
    this.drawTerms();
    this.offerFiles();
  }

  buildSlots() {
    for (const slot of Object.keys(this.slots)) {
      const option = add(this.find(".slots"), "label", slot);
      const radio = add(option, "input");
      Object.assign(radio, { type: "radio", name: "slot", value: slot, checked: slot === "walk" });
      radio.onchange = () => this.mark();
      if (slot === "walk") say(add(option, "span"), "walk_slot", this.text);
      else add(option, "i", "", slot);
    }
  }

  showSamples() {
    const { cells, find } = this;
    const { samples, tiles } = this.shown;
    const { scores } = samples;
    const ranks = scores && ranksOf(scores);
    const isFirst = cells.length === 0;
    while (cells.length > tiles.number) cells.pop()?.remove();
    while (cells.length < tiles.number) cells.push(this.buildCell(cells.length));
    cells.forEach((cell, i) => {
      tiles.show(this.part(cell, "picture"), i);
      this.part(cell, "score").textContent = scores ? scores[i].toFixed(2) : "";
      cell.style.setProperty("--rank", String(ranks?.[i] ?? 0));
    });
    find(".judged").hidden = !scores;
    find(".samples").classList.toggle("scored", scores !== null);
    clearTimeout(this.sorting); // while a slider moves, a sample stays where it is looked at
    if (isFirst) this.order();
    else this.sorting = setTimeout(() => this.order(), SORT_MS);
  }

  /** @param {number} i number of the sample */
  buildCell(i) {
    const cell = make("button", "sample");
    cell.type = "button";
    cell.tabIndex = -1;
    add(cell, "canvas", "picture");
    for (const part of ["marks", "score"]) add(cell, "span", part);
    cell.onclick = () => {
      this.select(toggle(this.selection, this.slot, i, this.slots[this.slot]));
      this.askNearest(i);
    };
    cell.onfocus = () => {
      for (const other of this.cells) other.tabIndex = other === cell ? 0 : -1;
      this.look(i);
    };
    return cell;
  }

  /** @param {Element} cell
   * @param {"picture" | "marks" | "score"} name
   * @returns {any} */
  part(cell, name) {
    return cell.querySelector(`.${name}`);
  }

  /** The networks of the model that is set, as its folder has them until its weights are there.
   * @param {{ family: string, config: any } | undefined} [model] */
  expect(model = this.given.diagram.models[this.settings.model]) {
    this.diagram.draw(diagramOf(model?.family, model?.config, { decodes: true }));
  }

  /** A sample as it is now; null while it is on its way.
   * @param {number} i
   * @returns {Tensor | null} */
  imageOf(i) {
    const { images } = this.shown.samples;
    const size = images.data.length / images.shape[0];
    if (i >= images.shape[0] || this.shown.settings.model !== this.settings.model) return null;
    return tensor([1, ...images.shape.slice(1)], images.data.slice(i * size, (i + 1) * size));
  }

  /** The training digit that is nearest to a sample, where it is in grey and as large.
   * @param {number} i */
  askNearest(i) {
    const image = this.imageOf(i);
    if (image && isComparable(image)) this.nearest.show(this.settings.model, image);
  }

  /** A sample in the diagram, with D's opinion of it and of a real digit.
   * @param {number} i */
  look(i) {
    const { samples, real, model } = this.shown;
    const { z, images, scores } = samples;
    this.looked = i < images.shape[0] ? i : 0;
    const image = this.imageOf(this.looked);
    if (!image) return; // another model is on its way
    const picture = (/** @type {Tensor} */ one) => bitmap(toRgb(one), one.shape[2]);
    this.expect(model);
    this.diagram.set({ output: picture(image), z: row(z, this.looked) });
    if (real)
      this.diagram.set({ x: picture(real.x), "D real": real.score, real: fixed(Math.log(real.score), 2) });
    const fake = scores?.[this.looked];
    if (scores) this.diagram.set({ "D fake": fake, fake: fixed(Math.log(1 - fake), 2) });
  }

  order() {
    const best = this.find(".order input").checked;
    const order = ordered(this.cells.length, best ? this.shown.samples.scores : null);
    const samples = this.find(".samples");
    if (order.every((i, place) => samples.children[place] === this.cells[i])) return; // moved, one loses the focus
    for (const i of order) samples.append(this.cells[i]);
    // one tab stop; arrow keys do the rest
    this.cells.forEach((cell, i) => {
      cell.tabIndex = i === order[0] ? 0 : -1;
    });
  }

  /** Show what each sample is selected for: on it, and in words. */
  mark() {
    const { selection, slot, text } = this;
    const { scores } = this.shown.samples;
    this.cells.forEach((cell, i) => {
      const marks = marksOf(selection, Object.keys(this.slots), i);
      this.part(cell, "marks").replaceChildren(...marks.map(([name, mark]) => make("b", name, mark)));
      const score = scores ? `, D(G(z)) = ${scores[i].toFixed(2)}` : "";
      const names = marks.map(([name, mark]) => (name === "walk" ? `${text("walk_slot")} ${mark}` : mark));
      cell.ariaLabel = [`${text("sample")} ${i + 1}${score}`, ...names].join(", ");
      cell.ariaPressed = String(selection[slot].includes(i));
    });
    this.find(".samples").dataset.slot = slot;
  }

  /** Arrow keys move between the samples as they lie on the page.
   * @param {KeyboardEvent} event */
  moveFocus(event) {
    const samples = this.find(".samples");
    const shown = [...samples.children];
    const here = shown.indexOf(document.activeElement);
    const columns = getComputedStyle(samples).gridTemplateColumns.split(" ").length;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    const next = { Home: shown[0], End: shown.at(-1) }[event.key] ?? (step && shown[here + step]);
    if (step || next) event.preventDefault(); // no scrolling
    next?.focus();
  }

  drawTerms() {
    const { samples, tiles, settings, sum } = this.shown;
    const typical = settings.scale * Math.sqrt(samples.z.shape[1]); // length that z has in most cases
    this.terms.draw(this.selection, tiles, typical, sum);
  }

  /** Two numbers of the samples shown: their mean score, and how far they differ. */
  showFacts() {
    const { scores, images } = this.shown.samples;
    const [number, ...shape] = images.shape;
    const facts = {
      mean: scores && scores.reduce((sum, score) => sum + score, 0) / number,
      // beside the distance between test digits
      spread: number > 1 && `${shape}` === `${this.given.digit}` ? spread(images) : null,
    };
    for (const [name, value] of Object.entries(facts)) {
      const place = this.find(`.facts .${name}`);
      place.closest("div").hidden = value === null;
      place.textContent = value?.toFixed(name === "mean" ? 2 : 1);
    }
  }

  /** Texts on the model: at once what is known of each, then what the server adds. */
  showTold() {
    const { model } = this.settings;
    if (!this.isKnown) return; // an answer about a model that is no longer chosen
    const told = this.props.told?.model === model ? this.props.told : null;
    const about = this.given.about[model] ?? told?.about ?? `<h2>${model}</h2>`;
    this.put(".about", about + (told?.unavailable ?? ""));
    this.put(".measured", told?.measured ?? "");
    this.put(".mean-note", told?.real ?? this.meanNote);
    if (told?.unavailable) this.element.dataset.state = "unavailable";
  }

  /** @param {string} selector
   * @param {string} html */
  put(selector, html) {
    const place = this.find(selector);
    if (place.told === html) return; // what the visitor has unfolded stays so
    place.innerHTML = place.told = html;
  }

  offerFiles() {
    const { settings, samples, tiles, walk, sum } = this.shown;
    const { model, seed, number, scale } = settings;
    const file = `${model.replace("/", "_")}_seed${seed}_${number}${scale === 1 ? "" : `_scale${Number(scale.toPrecision(6))}`}`;
    const z = range(number).map((i) => [...row(samples.z, i)]);
    offer(this.element, [
      [".files .png", `${file}.png`, () => tiles.canvas],
      [".files .csv", `${file}.csv`, () => toCsv(tableRows(z, samples.scores))],
      [".strip .download", `${file}_walk.png`, () => walk.canvas],
      [".sum .download", `${file}_arithmetic.png`, () => sum.tiles.canvas],
    ]);
    this.find(".sum .download").hidden = !sum;
  }

  relabel() {
    label(this.element, this.text);
    if (!this.shown) return;
    this.mark();
    this.drawTerms();
  }
}

/** @param {GradioScope & Given} scope */
export function start(scope) {
  const panel = new SamplePanel(scope);
  const { element, props, watch } = scope;
  watch("told", () => panel.showTold());
  onLanguage(() => panel.relabel());
  follow(element, (selection) => {
    props.value = selection;
    panel.showSelection();
  });
  heed(element, (values) => panel.set(values));
}
