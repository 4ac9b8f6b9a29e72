/* The pictures of digits, and how far two of them are apart.
 *
 *   new Picture(figure, words)      .show(image, file, model), .showError(image, x, file, model)
 *   meanSquare(x, y), psnr(mse)
 */

import { bitmap, toHeat, toRgb } from "../../browser/pictures.js";
import { language } from "../../page/dom.js";

/** @import { Tensor } from "../../browser/nn.js" */

const SCALE = 8; // pixels a side that each pixel of a digit is kept with

/** A figure with a picture, a caption and a button that keeps it. */
export class Picture {
  /** @param {HTMLElement} figure
   * @param {import("../../page/dom.js").Words} words */
  constructor(figure, words) {
    this.key = ["x", "noisy", "output", "error"].find((key) => figure.classList.contains(key));
    this.image = /** @type {HTMLImageElement} */ (figure.querySelector("img"));
    this.button = /** @type {HTMLElement} */ (figure.querySelector("button"));
    this.words = words;
    this.button.offer = () => this.enlarged();
  }

  /** @param {Tensor} image
   * @param {string} file  its name, without the ending
   * @param {string} [model] */
  show(image, file, model = "") {
    this.draw(toRgb(image), image.shape[2], file, model);
  }

  /** @param {Tensor} image
   * @param {Tensor} x
   * @param {string} file
   * @param {string} model */
  showError(image, x, file, model) {
    const error = image.data.map((value, i) => Math.abs(value - x.data[i]));
    this.draw(toHeat(error), image.shape[2], file, model);
  }

  /** @param {Uint8Array} pixels
   * @param {number} width
   * @param {string} file
   * @param {string} model */
  draw(pixels, width, file, model) {
    const { image, words } = this;
    image.src = bitmap(pixels, width);
    this.button.dataset.file = `${file}.png`;
    for (const lang of /** @type {const} */ (["en", "ko"]))
      image.dataset[lang] = words[lang][`alt.${this.key}`].replace("{model}", model);
    image.alt = image.dataset[language()];
  }

  enlarged() {
    const canvas = document.createElement("canvas");
    canvas.width = SCALE * this.image.naturalWidth;
    canvas.height = SCALE * this.image.naturalHeight;
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(this.image, 0, 0, canvas.width, canvas.height);
    return canvas;
  }
}

/** @param {Tensor} x
 * @param {Tensor} y */
export const meanSquare = (x, y) =>
  x.data.reduce((sum, value, i) => sum + (value - y.data[i]) ** 2, 0) / x.data.length;

/** Peak signal-to-noise ratio, peak 1.
 * @param {number} mse */
export const psnr = (mse) => (mse > 0 ? `${(-10 * Math.log10(mse)).toFixed(2)} dB` : "∞");
