/* The diagram of the denoiser, with the present step of the first way in it. */

import { diagramOf } from "../../browser/architectures.js";
import { tensor } from "../../browser/nn.js";
import { bitmap, toRgb } from "../../browser/pictures.js";
import { Diagram } from "../../page/diagram.js";
import { shapeOf } from "../../page/digit_canvas.js";
import { toUnit } from "./denoising.js";
import { lesson } from "./lesson.js";

/** @import { Frame } from "./film.js" */
/** @typedef {{ words: import("../../page/dom.js").Words, models: Record<string, { family: string, config: any }> }}
 *   Known  `drawn_from` of diagram.py */

/** @param {Float32Array} unit */
function draw(unit) {
  const [side, channels] = shapeOf(unit.length);
  return bitmap(toRgb(tensor([1, side, side, channels], unit)), side);
}

/** What the network puts out for a time, by the image and the noise that are said of it.
 * @type {Record<string, (xStart: number, noise: number, a: number, sigma: number) => number>} */
const OUTPUTS = {
  noise: (_, noise) => noise,
  x_start: (xStart) => xStart,
  velocity: (xStart, noise, a, sigma) => a * noise - sigma * xStart,
  flow: (xStart, noise) => noise - xStart,
};

export class Flow {
  /** @param {HTMLElement} figure
   * @param {Known} known */
  constructor(figure, { words, models }) {
    this.diagram = new Diagram(figure, words);
    this.models = models;
    this.expect();
  }

  /** The network that is chosen, before it is asked for anything; none of which nothing is known.
   * @param {string} [network] */
  expect(network = lesson.network) {
    const config = lesson.denoisers[network]?.config ?? this.models[lesson.modelOf(network)]?.config;
    this.diagram.draw(config ? diagramOf("DDPM", config, { steps: lesson.settings.way === "back" }) : null);
  }

  /** A frame of a way; of the image itself, the step beside it. Into noise, the loss is that of this image and noise: the
   * squared error of what the network puts out, summed over the pixels: as it is shown, guided and with an image in [-1, 1].
   * @param {import("./diffusion.js").Way} way
   * @param {Frame[]} frames
   * @param {number} index */
  show({ network, asked: { digit }, image }, frames, index) {
    this.expect(network);
    const { config, levels } = lesson.denoisers[network];
    const asked = (/** @type {Frame} */ { predNoise }) => predNoise !== null;
    const at = asked(frames[index]) ? index : frames.findIndex((_, i) => Math.abs(i - index) === 1);
    const { t, x, xStart, predNoise, noise } = frames[at];
    const [a, sigma] = levels.map((level) => level[t + 1]);
    const put = OUTPUTS[config.prediction];
    const output = xStart.map((value, i) => put(2 * value - 1, 2 * predNoise[i] - 1, a, sigma));
    const error =
      noise &&
      output.reduce((sum, one, i) => sum + (put(2 * image[i] - 1, noise[i], a, sigma) - one) ** 2, 0);
    const next = lesson.settings.way === "back" ? frames[at + 1] : null;
    this.diagram.set({
      ...{ x: draw(x), t: String(t + 1), y: digit === null ? "∅" : String(digit) },
      ...{ output: draw(toUnit(output)), start: draw(xStart), error: noise ? error.toFixed(1) : "" },
      ...(next && { next: draw(next.x), s: String(next.t + 1) }),
    });
  }
}
