/* What helps a lecturer beside the steps: a list of all of them, notes, and a QR code of the one that is shown. */

import { add, finder, label, setFormula, setText } from "./dom.js";

/** @import { Text } from "./dom.js" */
/** @import { Step } from "./lecture.js" */

const KEYS = { o: "overview", n: "notes", q: "code_of_step" };

export class Aids {
  /** @param {HTMLElement} element  of the lecture's buttons
   * @param {Step[]} steps
   * @param {Text} text
   * @param {(index: number) => void} go */
  constructor(element, steps, text, go) {
    this.element = element;
    this.find = finder(element);
    this.steps = steps;
    this.text = text;
    this.index = 0;
    /** @type {Record<string, () => void>} */
    this.acts = {
      overview: () => this.open(".overview-of-steps", () => this.markStep()),
      notes: () => this.toggleNotes(),
      code_of_step: () => this.open(".scan", () => this.drawCode()),
    };
    for (const [name, act] of Object.entries(this.acts)) {
      const button = this.find(`.${name}`);
      if (button) button.onclick = act;
    }
    this.build(go);
  }

  /** @param {(index: number) => void} go */
  build(go) {
    const list = this.find(".list");
    if (!list) return;
    let part = "";
    this.steps.forEach((step, i) => {
      const name = this.text(`part.${step.name}`);
      if (i === 0 || name !== part) add(list, "h3").dataset.text = `part.${step.name}`;
      part = name;
      const button = add(list, "button", step.short ? "short" : "");
      button.type = "button";
      add(button, "b", "", String(i + 1));
      add(button, "span").dataset.text = `title.${step.name}`;
      button.onclick = () => {
        button.closest("dialog").close();
        go(i);
      };
    });
  }

  /** Whether a list or a code lies on the page, which has the keys. */
  get isOpen() {
    return Boolean(this.element.querySelector("dialog[open]"));
  }

  /** @param {string} key
   * @returns {boolean} whether it does something */
  press(key) {
    const name = KEYS[/** @type {keyof typeof KEYS} */ (key.toLowerCase())];
    if (name) this.acts[name]();
    return Boolean(name);
  }

  /** @param {string} selector
   * @param {() => void} prepare */
  open(selector, prepare) {
    const dialog = this.find(selector);
    label(dialog, this.text);
    prepare();
    dialog.showModal();
  }

  markStep() {
    const buttons = this.element.querySelectorAll(".list button");
    buttons.forEach((button, i) => {
      if (i === this.index) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    });
  }

  /** The address of the step, as it stands above the page. */
  drawCode() {
    const { origin, pathname } = window.location;
    const address = `${origin}${pathname}?lecture=${this.steps[this.index].name}`;
    this.find(".scan .address").textContent = address;
    this.find(".scan img").src = new URL(`qr?of=${encodeURIComponent(address)}`, document.baseURI).href;
  }

  toggleNotes() {
    const note = this.find(".note");
    const answer = note.querySelector("details");
    // first the question, then its answer, then neither
    if (note.hidden) note.hidden = false;
    else if (answer.open) note.hidden = !(answer.open = false);
    else answer.open = true;
    this.find(".notes").setAttribute("aria-pressed", String(!note.hidden));
  }

  /** @param {number} index  of the step that is shown */
  show(index) {
    const { find, steps, text } = this;
    if (!find(".note")) return;
    if (index !== this.index) find(".note details").open = false;
    this.index = index;
    const { name, minutes } = steps[index];
    const sum = (/** @type {Step[]} */ some) => some.reduce((all, step) => all + step.minutes, 0);
    label(find(".note"), text);
    setText(find(".time"), text("time", { minutes, sum: sum(steps.slice(0, index + 1)), all: sum(steps) }));
    for (const part of ["question", "answer"]) setFormula(find(`.note .${part}`), text(`${part}.${name}`));
  }

  leave() {
    for (const dialog of this.element.querySelectorAll("dialog")) dialog.close();
  }
}
