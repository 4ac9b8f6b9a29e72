/* The samples of one model, to choose from. What is shown comes from the server in two props: `panel` (samples and
 * scores, in one picture that the cells cut up) and `journey` (the film of the walk, the terms of a - b + c). Choosing
 * goes into `props.value`; ordering and playing ask the server nothing.
 */

import { add, finder, label, make, onLanguage, say, texts } from "../../page/dom.js";
import { offer, toCsv } from "../../page/downloads.js";
import { follow, tell } from "../../page/link.js";
import { Film } from "./film.js";
import { cut } from "./tiles.js";

const TERMS = ["a", "b", "c"];
const SIGNS = ["", "−", "+", "="];

/** One `Samples` of tab.py. */
class Samples {
  /** @param {GradioScope & { words: import("../../page/dom.js").Words, slots: Record<string, number> }} scope
   * `slots`: what samples are chosen for, and how many at most */
  constructor({ element, props, trigger, words, slots }) {
    this.element = element;
    this.props = props;
    this.trigger = trigger;
    this.slots = slots;
    this.find = finder(element);
    this.text = texts(words);
    /** @type {HTMLButtonElement[]} */
    this.cells = []; // by number of the sample; the page may show them in another order
    /** @type {Record<string, string>} */
    this.parts = {}; // HTML that is shown
    this.buildSlots();
    this.terms = this.buildTerms();
    this.film = new Film(element, this.text);
    this.find(".clear").onclick = () => this.put(this.target, []);
    this.find(".order input").onchange = () => this.order();
    this.find(".samples").onkeydown = (event) => this.moveFocus(event);
    this.relabel();
  }

  // ---- Choosing

  /** Numbers of the chosen samples, by slot. */
  get chosen() {
    return this.props.value;
  }

  /** The slot that a click chooses for. */
  get target() {
    return this.find(".slots input:checked").value;
  }

  put(slot, samples) {
    this.props.value = { ...this.chosen, [slot]: samples };
    tell(this.element, this.chosen);
    this.showChosen();
  }

  showChosen() {
    if (!this.props.panel?.picture) return;
    this.mark();
    this.drawTerms();
    this.trigger("choose");
  }

  choose(i) {
    const slot = this.target;
    const before = this.chosen[slot];
    const most = this.slots[slot];
    this.put(slot, before.includes(i) ? before.filter((j) => j !== i) : [...before, i].slice(-most));
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

  // ---- Samples

  build() {
    const { cells, find } = this;
    const { number, scores } = this.props.panel;
    while (cells.length > number) cells.pop()?.remove();
    while (cells.length < number) cells.push(this.buildCell(cells.length));
    cells.forEach((cell, i) => {
      const { picture, score } = this.partsOf(cell);
      this.cutSample(picture, i);
      score.textContent = scores ? scores[i].toFixed(2) : "";
      cell.style.setProperty("--score", scores ? scores[i] : 0);
    });
    find(".order").hidden = !scores;
    find(".samples").classList.toggle("scored", scores !== null);
    this.order();
  }

  buildCell(i) {
    const cell = make("button", "sample");
    cell.type = "button";
    cell.tabIndex = -1;
    for (const part of ["picture", "marks", "score"]) add(cell, "span", part);
    cell.onclick = () => this.choose(i);
    cell.onfocus = () => {
      for (const other of this.cells) other.tabIndex = other === cell ? 0 : -1;
    };
    return cell;
  }

  partsOf(cell) {
    const [picture, marks, score] = cell.children;
    return { picture, marks, score };
  }

  cutSample(node, i) {
    const { picture, columns, rows } = this.props.panel;
    cut(node, picture, columns, rows, i);
  }

  order() {
    const { scores } = this.props.panel;
    const best = scores && this.find(".order input").checked;
    const order = this.cells.map((_, i) => i);
    if (best) order.sort((i, j) => scores[j] - scores[i]);
    for (const i of order) this.find(".samples").append(this.cells[i]);
    // one tab stop; arrow keys do the rest
    this.cells.forEach((cell, i) => {
      cell.tabIndex = i === order[0] ? 0 : -1;
    });
  }

  /** What each sample is chosen for: on it, and in words. */
  mark() {
    const slot = this.target;
    const { scores } = this.props.panel;
    const text = this.text;
    this.cells.forEach((cell, i) => {
      const marks = Object.keys(this.slots).flatMap((name) => {
        const place = this.chosen[name].indexOf(i);
        return place < 0 ? [] : [[name, name === "walk" ? String(place + 1) : name]];
      });
      this.partsOf(cell).marks.replaceChildren(...marks.map(([name, mark]) => make("b", name, mark)));
      const score = scores ? `, D(G(z)) = ${scores[i].toFixed(2)}` : "";
      const names = marks.map(([name, mark]) => (name === "walk" ? `${text("walk_slot")} ${mark}` : mark));
      cell.ariaLabel = [`${text("sample")} ${i + 1}${score}`, ...names].join(", ");
      cell.ariaPressed = String(this.chosen[slot].includes(i));
    });
    this.find(".samples").dataset.slot = slot;
  }

  /** Arrow keys move between the samples as they lie on the page. */
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

  // ---- Arithmetic: a - b + c, each term the mean of what was chosen for it

  buildTerms() {
    const all = this.find(".terms");
    return [...TERMS, "result"].map((name, i) => {
      if (i) add(all, "b", "sign", SIGNS[i]);
      const term = add(all, "figure", name);
      add(term, "span", "picture");
      const caption = add(term, "figcaption");
      if (name === "result") say(caption, "result", this.text);
      else add(caption, "i", "", name);
      add(term, "div", "chosen");
      return term;
    });
  }

  drawTerms() {
    const { journey, panel } = this.props;
    const sum = journey?.sum;
    this.terms.forEach((term, i) => {
      const all = (this.chosen[TERMS[i]] ?? []).filter((j) => j < panel.number);
      const picture = term.querySelector(".picture");
      picture.style.backgroundImage = "";
      if (sum) cut(picture, sum.picture, this.terms.length, 1, i);
      else if (all.length) this.cutSample(picture, all[0]);
      const thumbs = all.map((j) => {
        const thumb = make("span", "picture");
        this.cutSample(thumb, j);
        return thumb;
      });
      term.querySelector(".chosen").replaceChildren(...thumbs);
    });
    this.find(".length").hidden = !sum;
    if (!sum) return;
    const lengths = { length: sum.lengths.at(-1).toFixed(1), typical: panel.typical.toFixed(1) };
    this.find(".length").textContent = this.text("length", lengths);
  }

  // ---- Files to keep

  offerFiles() {
    const { props } = this;
    const { file, z, scores } = props.panel;
    const table = () => {
      const header = ["sample", "score", ...z[0].map((_, i) => `z${i + 1}`)];
      return toCsv([header, ...z.map((row, i) => [i + 1, scores?.[i] ?? "", ...row])]);
    };
    offer(this.element, [
      [".files .png", `${file}.png`, () => props.panel.picture],
      [".files .csv", `${file}.csv`, table],
      [".strip .download", `${file}_walk.png`, () => props.journey.walk.picture],
      [".sum .download", `${file}_arithmetic.png`, () => props.journey.sum.picture],
    ]);
    this.find(".sum .download").hidden = !props.journey?.sum;
  }

  // ---- What the server sends

  showPanel() {
    const { panel } = this.props;
    if (!panel) return;
    this.element.dataset.state = panel.picture ? "ready" : "unavailable";
    for (const part of ["about", "facts", "measured"]) {
      const html = panel[part] ?? "";
      if (this.parts[part] !== html) this.find(`.${part}`).innerHTML = this.parts[part] = html; // what is unfolded stays so
    }
    if (!panel.picture) {
      this.film.frames = 0;
      return;
    }
    this.build();
    this.offerFiles();
    this.relabel();
  }

  showJourney() {
    this.film.show(this.props.journey?.walk);
    if (!this.props.panel?.picture) return;
    this.drawTerms();
    this.offerFiles();
  }

  relabel() {
    label(this.element, this.text);
    if (!this.props.panel?.picture) return;
    this.mark();
    this.drawTerms();
  }
}

/** Starts a `Samples` of tab.py.
 * @param {any} scope */
export function start(scope) {
  const samples = new Samples(scope);
  const { element, props, watch, trigger } = scope;
  watch("panel", () => samples.showPanel());
  watch("journey", () => samples.showJourney());
  onLanguage(() => samples.relabel());
  follow(element, (chosen) => {
    props.value = chosen;
    samples.showChosen();
  });
  if (!props.panel) {
    trigger("ready");
    return;
  }
  samples.showPanel();
  samples.film.show(props.journey?.walk);
}
