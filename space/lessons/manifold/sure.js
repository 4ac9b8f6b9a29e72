/* How sure a classifier is of the pictures on a map: a layer, and the share of places where it is unsure.
 *
 *   const sure = new Sure(element, judge)
 *   sure.make(key, spacing, decode, drawn)      decodes and classifies SIDE x SIDE places, row by row
 *   sure.canvas, sure.unsure                    the layer so far; the share, once all places are done
 */

import { tensor } from "../../browser/nn.js";
import { Live } from "../../page/live.js";
import { tileCodes } from "./coordinates.js";

/** @import { Decode } from "./grid.js" */
/** @import { Spacing } from "./coordinates.js" */

export const SIDE = 40; // places along each axis
export const SURE = 0.9; // the largest probability from which the classifier counts as sure
const [RED, GREEN, BLUE] = [255, 90, 60];
const MOST_ALPHA = 230; // where all classes are as likely as one another it would be a little more

/** The largest of the probabilities that logits stand for.
 * @param {ArrayLike<number>} logits */
function largest(logits) {
  const high = Math.max(...Array.from(logits));
  return 1 / Array.from(logits).reduce((sum, logit) => sum + Math.exp(logit - high), 0);
}

export class Sure {
  /** @param {Element} element  of the map
   * @param {string} judge  name of the classifier */
  constructor(element, judge) {
    this.live = new Live(element, "manifold", true);
    this.judge = judge;
    /** @type {OffscreenCanvas | null} */
    this.canvas = null;
    /** @type {number | null} */
    this.unsure = null;
    this.key = ""; // what both were made for
  }

  /** Makes the layer unless it is there or on its way.
   * @param {string} key of all that it depends on
   * @param {Spacing} spacing
   * @param {number} side of a digit
   * @param {Decode} decode
   * @param {() => void} drawn called after each row */
  make(key, spacing, side, decode, drawn) {
    if (key === this.key) return;
    this.key = key;
    this.canvas = this.unsure = null;
    const { columns, rows } = tileCodes(spacing, SIDE);
    this.live.update(
      async (open) => {
        const canvas = new OffscreenCanvas(SIDE, SIDE);
        const context = canvas.getContext("2d");
        const line = new ImageData(SIDE, 1);
        let unsure = 0;
        for (const [y, z2] of rows.entries()) {
          const pixels = await decode(
            open,
            columns.map((z1) => [z1, z2]),
          );
          const { run } = await open(this.judge, ["forward"]);
          const { shape, data } = await run(
            "forward",
            tensor([SIDE, side, side, 1], Float32Array.from(pixels)),
          );
          if (key !== this.key) return; // the map has changed meanwhile
          for (let x = 0; x < SIDE; x++) {
            const most = largest(data.subarray(x * shape[1], (x + 1) * shape[1]));
            unsure += Number(most < SURE);
            line.data.set([RED, GREEN, BLUE, Math.min(MOST_ALPHA, 2 * 255 * (1 - most))], 4 * x);
          }
          context.putImageData(line, 0, y);
          this.canvas = canvas;
          if (y === SIDE - 1) this.unsure = unsure / SIDE ** 2;
          drawn();
        }
      },
      () => {},
      () => {
        this.key = ""; // the next time that the map is drawn, this is tried again
      },
    );
  }
}
