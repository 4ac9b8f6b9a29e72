/* Arithmetic with samples, a - b + c: each term is the mean of the samples selected for it. */

import { add, finder, make, say } from "../../page/dom.js";
import { cut } from "./tiles.js";

const TERMS = ["a", "b", "c"];
const SIGNS = ["", "−", "+", "="];

export class Terms {
  /** @param {HTMLElement} element of the component
   * @param {import("../../page/dom.js").Text} text */
  constructor(element, text) {
    this.text = text;
    this.find = finder(element);
    /** @type {HTMLElement[]} */
    this.figures = [...TERMS, "result"].map((name, i) => this.build(name, SIGNS[i]));
  }

  /** One term behind its sign: a picture, a caption, the samples selected for it.
   * @param {string} name
   * @param {string} sign */
  build(name, sign) {
    const all = this.find(".terms");
    if (sign) add(all, "b", "sign", sign);
    const figure = add(all, "figure", name);
    add(figure, "span", "picture");
    const caption = add(figure, "figcaption");
    if (name === "result") say(caption, "result", this.text);
    else add(caption, "i", "", name);
    add(figure, "div", "chosen");
    return figure;
  }

  /** Show the terms, or the first sample of each while one is empty.
   * @param {import("./selection.js").Selection} selection
   * @param {{ number: number, picture: string, columns: number, rows: number, typical: number }} panel
   * @param {{ picture: string, lengths: number[] } | undefined} sum the decoded terms and their lengths */
  draw(selection, panel, sum) {
    const cutSample = (node, i) => cut(node, panel.picture, panel.columns, panel.rows, i);
    this.figures.forEach((figure, i) => {
      const samples = (selection[TERMS[i]] ?? []).filter((j) => j < panel.number);
      const picture = /** @type {HTMLElement} */ (figure.querySelector(".picture"));
      picture.style.backgroundImage = "";
      if (sum) cut(picture, sum.picture, this.figures.length, 1, i);
      else if (samples.length) cutSample(picture, samples[0]);
      const thumbs = samples.map((j) => {
        const thumb = make("span", "picture");
        cutSample(thumb, j);
        return thumb;
      });
      figure.querySelector(".chosen").replaceChildren(...thumbs);
    });
    this.find(".length").hidden = !sum;
    if (!sum) return;
    const lengths = { length: sum.lengths.at(-1).toFixed(1), typical: panel.typical.toFixed(1) };
    this.find(".length").textContent = this.text("length", lengths);
  }
}
