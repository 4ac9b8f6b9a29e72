/* Arithmetic with samples, a - b + c: each term is the mean of the samples selected for it. */

import { add, finder, make, say } from "../../page/dom.js";

/** @import { Tiles } from "./tiles.js" */

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
    add(figure, "canvas", "picture");
    const caption = add(figure, "figcaption");
    if (name === "result") say(caption, "result", this.text);
    else add(caption, "i", "", name);
    add(figure, "div", "chosen");
    return figure;
  }

  /** Show the terms, or the first sample of each while one is empty.
   * @param {import("./selection.js").Selection} selection
   * @param {Tiles} samples
   * @param {number} typical length of a sample's latent vector
   * @param {{ tiles: Tiles, lengths: number[] } | null} sum the decoded terms and their lengths */
  draw(selection, samples, typical, sum) {
    this.figures.forEach((figure, i) => {
      const chosen = (selection[TERMS[i]] ?? []).filter((j) => j < samples.number);
      const picture = /** @type {HTMLCanvasElement} */ (figure.querySelector(".picture"));
      picture.classList.toggle("blank", !sum && !chosen.length);
      if (sum) sum.tiles.show(picture, i);
      else if (chosen.length) samples.show(picture, chosen[0]);
      else picture.width = 1; // clears it
      const thumbs = chosen.map((j) => {
        const thumb = make("canvas", "picture");
        samples.show(thumb, j);
        return thumb;
      });
      figure.querySelector(".chosen").replaceChildren(...thumbs);
    });
    this.find(".length").hidden = !sum;
    if (!sum) return;
    const lengths = { length: sum.lengths.at(-1).toFixed(1), typical: typical.toFixed(1) };
    this.find(".length").textContent = this.text("length", lengths);
  }
}
