/* Pictures that a script draws: a figure with an image, a caption and a button that keeps it.
 *
 *   const picture = new Picture(figure, words, "output", 256)     `words` has its alternative text, alt.output
 *   picture.draw(url, "file.png", { model: "..." })               kept 256 pixels wide
 */

import { language, spoken } from "./dom.js";

/** @import { Words } from "./dom.js" */

export class Picture {
  /** @param {HTMLElement} figure
   * @param {Words} words
   * @param {string} key
   * @param {number} side */
  constructor(figure, words, key, side) {
    this.image = /** @type {HTMLImageElement} */ (figure.querySelector("img"));
    this.button = /** @type {HTMLElement} */ (figure.querySelector("button"));
    this.words = words;
    this.key = key;
    this.side = side;
    this.button.offer = () => this.enlarged();
  }

  /** @param {string} url
   * @param {string} file
   * @param {Record<string, string>} [values]  in the alternative text */
  draw(url, file, values = {}) {
    const { image } = this;
    image.src = url;
    this.button.dataset.file = file;
    for (const lang of /** @type {const} */ (["en", "ko"]))
      image.dataset[lang] = this.words[lang][`alt.${this.key}`].replace(/{(\w+)}/g, (_, name) =>
        spoken(values[name]),
      );
    image.alt = image.dataset[language()];
  }

  /** A pixel becomes a block. */
  enlarged() {
    const { image, side } = this;
    const canvas = document.createElement("canvas");
    const scale = Math.max(1, Math.floor(side / image.naturalWidth));
    canvas.width = scale * image.naturalWidth;
    canvas.height = scale * image.naturalHeight;
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas;
  }
}
