/* The diagram of the network, with the pixel whose turn it is, what the network sees of those before it, and its coin. */

import { diagramOf } from "../../browser/architectures.js";
import { fixed, minus, range } from "../../browser/numbers.js";
import { bitmap } from "../../browser/pictures.js";
import { Diagram } from "../../page/diagram.js";
import { PIXELS, SIDE, total } from "./densities.js";
import { OPEN, shade } from "./drawing.js";
import { nats } from "./lesson.js";

/** @import { Colour } from "./drawing.js" */
/** @typedef {{ words: import("../../page/dom.js").Words, models: Record<string, { family: string, config: any }> }}
 *   Known  `drawn_from` of diagram.py */

/** @type {Colour} */
const MARK = [249, 115, 22];
/** outside the picture, where the network sees black @type {Colour} */
const OUTSIDE = [40, 40, 40];

/** @param {number} width
 * @param {Colour[]} colours */
const draw = (width, colours) => bitmap(Uint8Array.from(colours.flat()), width);

/** The pixels that a masked convolution sees of `x` at pixel i, which is in the middle of the last row: `context` rows
 * above it, and as many columns to either side. Of those that are not seen nothing is known.
 * @param {(i: number) => Colour} colourOf
 * @param {number} i
 * @param {number} context */
export function seenFrom(colourOf, i, context) {
  const wide = 2 * context + 1;
  const own = context * wide + context;
  return range((context + 1) * wide).map((at) => {
    if (at >= own) return at === own ? MARK : OPEN;
    const row = Math.floor(i / SIDE) + Math.floor(at / wide) - context;
    const column = (i % SIDE) + (at % wide) - context;
    const inside = row >= 0 && column >= 0 && column < SIDE;
    return inside ? colourOf(row * SIDE + column) : OUTSIDE;
  });
}

export class Flow {
  /** @param {HTMLElement} figure
   * @param {Known} known
   * @param {string} model */
  constructor(figure, { words, models }, model) {
    this.diagram = new Diagram(figure, words);
    this.family = models[model].family;
    this.diagram.draw(diagramOf(this.family, models[model].config)); // no weights are needed for that
  }

  /** At the last pixel, once all are drawn. A model that counts has no network.
   * @param {import("./play.js").Made} made
   * @param {string} who
   * @param {number} position  pixels that are drawn
   * @param {(i: number) => number} chance */
  show({ by, uniforms, digit, temperature, config }, who, position, chance) {
    const isNetwork = who === "network";
    this.diagram.draw(isNetwork ? diagramOf(this.family, config, { tempered: temperature !== 1 }) : null);
    if (!isNetwork) return;
    const { x, odds, nats: surprise } = by.network;
    const i = Math.min(position, PIXELS - 1);
    const colourOf = (/** @type {number} */ j) => (j < position ? shade(x[j]) : j === i ? MARK : OPEN);
    this.diagram.set({
      x: draw(SIDE, range(PIXELS).map(colourOf)),
      seen: draw(2 * config.context + 1, seenFrom(colourOf, i, config.context)),
      ...{ i: String(i + 1), y: digit === null ? "∅" : String(digit), odds: minus(fixed(odds[i], 1)) },
      p: { p: chance(i), u: uniforms[i] },
      before: nats(total(surprise.subarray(0, i))),
      now: fixed(surprise[i], 3),
      after: nats(total(surprise.subarray(i + 1))),
    });
    this.diagram.light([], position < PIXELS ? ["now"] : []);
  }
}
