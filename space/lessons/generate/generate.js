/* The samples of one model, to select from. The server sends what is shown in two props: `panel` (samples and scores,
 * in one picture that the cells cut up) and `journey` (the film of the walk, the terms of a - b + c). The selection
 * is `props.value`. Ordering and playing ask the server nothing.
 */

import { add, finder, label, make, onLanguage, say, texts } from "../../page/dom.js";
import { offer, toCsv } from "../../page/downloads.js";
import { follow, tell } from "../../page/link.js";
import { Film } from "./film.js";
import { marksOf, ordered, tableRows, toggle } from "./selection.js";
import { Terms } from "./terms.js";
import { cut } from "./tiles.js";

/** @typedef {GradioScope & { words: import("../../page/dom.js").Words, slots: Record<string, number> }} Scope
 * `slots`: what samples are selected for, and how many at most */

/** One `SamplePanel` of tab.py. */
class SamplePanel {
  /** @param {Scope} scope */
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
    this.terms = new Terms(element, this.text);
    this.film = new Film(element, this.text);
    this.find(".clear").onclick = () => this.select({ ...this.selection, [this.slot]: [] });
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
    if (!this.props.panel?.picture) return;
    this.mark();
    this.drawTerms();
    this.trigger("selected");
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
    const { number, scores, picture, columns, rows } = this.props.panel;
    while (cells.length > number) cells.pop()?.remove();
    while (cells.length < number) cells.push(this.buildCell(cells.length));
    cells.forEach((cell, i) => {
      cut(this.part(cell, "picture"), picture, columns, rows, i);
      this.part(cell, "score").textContent = scores ? scores[i].toFixed(2) : "";
      cell.style.setProperty("--score", scores ? scores[i] : 0);
    });
    find(".order").hidden = !scores;
    find(".samples").classList.toggle("scored", scores !== null);
    this.order();
  }

  /** @param {number} i number of the sample */
  buildCell(i) {
    const cell = make("button", "sample");
    cell.type = "button";
    cell.tabIndex = -1;
    for (const part of ["picture", "marks", "score"]) add(cell, "span", part);
    cell.onclick = () => this.select(toggle(this.selection, this.slot, i, this.slots[this.slot]));
    cell.onfocus = () => {
      for (const other of this.cells) other.tabIndex = other === cell ? 0 : -1;
    };
    return cell;
  }

  /** @param {Element} cell
   * @param {"picture" | "marks" | "score"} name
   * @returns {HTMLElement} */
  part(cell, name) {
    return cell.querySelector(`.${name}`);
  }

  order() {
    const best = this.find(".order input").checked;
    const order = ordered(this.cells.length, best ? this.props.panel.scores : null);
    for (const i of order) this.find(".samples").append(this.cells[i]);
    // one tab stop; arrow keys do the rest
    this.cells.forEach((cell, i) => {
      cell.tabIndex = i === order[0] ? 0 : -1;
    });
  }

  /** Show what each sample is selected for: on it, and in words. */
  mark() {
    const { selection, slot, text } = this;
    const { scores } = this.props.panel;
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
    this.terms.draw(this.selection, this.props.panel, this.props.journey?.sum);
  }

  offerFiles() {
    const { props } = this;
    const { file, z, scores } = props.panel;
    offer(this.element, [
      [".files .png", `${file}.png`, () => props.panel.picture],
      [".files .csv", `${file}.csv`, () => toCsv(tableRows(z, scores))],
      [".strip .download", `${file}_walk.png`, () => props.journey.walk.picture],
      [".sum .download", `${file}_arithmetic.png`, () => props.journey.sum.picture],
    ]);
    this.find(".sum .download").hidden = !props.journey?.sum;
  }

  showPanel() {
    const { panel } = this.props;
    if (!panel) return;
    this.element.dataset.state = panel.picture ? "ready" : "unavailable";
    for (const part of ["about", "facts", "measured"]) {
      const html = panel[part] ?? "";
      if (this.parts[part] === html) continue; // what the visitor has unfolded stays so
      this.find(`.${part}`).innerHTML = this.parts[part] = html;
    }
    if (!panel.picture) {
      this.film.frames = 0;
      return;
    }
    this.showSamples();
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

/** @param {Scope} scope */
export function start(scope) {
  const panel = new SamplePanel(scope);
  const { element, props, watch, trigger } = scope;
  watch("panel", () => panel.showPanel());
  watch("journey", () => panel.showJourney());
  onLanguage(() => panel.relabel());
  follow(element, (selection) => {
    props.value = selection;
    panel.showSelection();
  });
  if (!props.panel) {
    trigger("ready");
    return;
  }
  panel.showPanel();
  panel.film.show(props.journey?.walk);
}
