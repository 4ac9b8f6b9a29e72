/* The diagram of the model that is chosen, with the visitor's digit in it. */

import { diagramOf } from "../../browser/architectures.js";
import { klTerm, reconstructionTerm } from "../../browser/elbo.js";
import { fixed } from "../../browser/numbers.js";
import { bitmap, toRgb } from "../../browser/pictures.js";
import { Diagram } from "../../page/diagram.js";

/** @import { Tensor } from "../../browser/nn.js" */
/** @typedef {{ x: Tensor, noisy: Tensor }} Pictures */
/** @typedef {{ name: string, config: any, z: Float32Array, sigma: Float32Array | null }} Model */

/** @param {Tensor} image */
const draw = (image) => bitmap(toRgb(image), image.shape[2]);

export class Drawn {
  /** @param {HTMLElement} figure
   * @param {{ words: import("../../page/dom.js").Words, models: Record<string, { family: string, config: any }> }} known
   *   `drawn_from` of diagram.py */
  constructor(figure, { words, models }) {
    this.diagram = new Diagram(figure, words);
    this.models = models;
  }

  /** The networks, before anything is computed.
   * @param {string} model  the family of all has no diagram
   * @param {boolean} noisy
   * @param {any} [config]  of the weights, where they are known */
  expect(model, noisy, config = this.models[model]?.config) {
    this.diagram.draw(diagramOf(this.models[model]?.family, config, { noisy }));
  }

  /** What flows through them.
   * @param {Pictures} pictures
   * @param {Model} model
   * @param {Float32Array} z  as the encoder gave it, or as the visitor moved it
   * @param {Tensor} output */
  show({ x, noisy }, { name, config, z: mu, sigma }, z, output) {
    const { data } = output;
    this.expect(name, noisy !== x, config);
    const error = x.data.reduce((sum, value, i) => sum + (value - data[i]) ** 2, 0);
    const active = z.filter(Boolean).length;
    this.diagram.set({
      ...{ x: draw(x), noisy: draw(noisy), output: draw(output), z, mu, sigma },
      error: fixed(error, 1),
      active: `${active} ≤ ${Math.max(1, Math.floor(z.length / 8))}`,
      l1: fixed(
        z.reduce((sum, value) => sum + Math.abs(value), 0),
        1,
      ),
      likelihood: fixed(reconstructionTerm(x.data, data), 1),
      kl: sigma && fixed(klTerm(mu, sigma), 1),
    });
  }
}
