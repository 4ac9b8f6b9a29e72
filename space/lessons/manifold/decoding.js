/* Decoding for a map: in this browser with the weights that training wrote, or else on the server.
 *
 *   fetchNetwork(chart)                      the decoder, or null where its weights cannot be fetched
 *   decodeOnServer(server, model, codes)     pixels of many codes
 *   new Grid()                               .make(...) decodes the pictures of all tiles, row by row
 */

import { Model } from "../../browser/models.js";
import { tensor } from "../../browser/nn.js";
import { base64ToBytes } from "../../browser/numbers.js";
import { ROOT } from "../../page/dom.js";
import { tileCodes } from "./coordinates.js";
import { GreyPainter } from "./drawing.js";

/** @import { Pair, Spacing } from "./coordinates.js" */
/** @typedef {{ decode(codes: ArrayLike<number>, n?: number): ArrayLike<number>, side: number }} Network */
/** @typedef {GradioScope["server"]} Server */

/** The decoder of a model, or null where it cannot be had: then the server decodes.
 * @param {{ model: string, commit: string | null }} chart
 * @returns {Promise<Network | null>} */
export async function fetchNetwork({ model, commit }) {
  try {
    const url = new URL(`weights/${model}`, ROOT);
    if (commit) url.searchParams.set("commit", commit); // another commit is another file to a cache
    const loaded = await Model.open(url);
    if (loaded.config.in_channels !== 1) throw new Error("maps are of grey pictures");
    await loaded.prepare("decode");
    return {
      side: loaded.config.image_size,
      decode: (codes, n = 1) => loaded.run("decode", tensor([n, 2], Float32Array.from(codes))).data,
    };
  } catch (error) {
    console.warn(`decoding on the server: ${error.message}`);
    return null;
  }
}

/** Pixels in [0, 1] of many codes, picture by picture.
 * @param {Server} server
 * @param {string} model
 * @param {Pair[]} codes
 * @returns {Promise<Float32Array>} */
export async function decodeOnServer(server, model, codes) {
  const answer = await server.decode_pixels({ model, z: codes });
  if (typeof answer !== "string") throw new Error("the server could not decode");
  return Float32Array.from(base64ToBytes(answer), (byte) => byte / 255);
}

/** The decoded pictures under a map. `canvas` grows row by row. */
export class Grid {
  constructor() {
    /** @type {OffscreenCanvas | null} */
    this.canvas = null;
    this.key = ""; // what the canvas was made for
  }

  /** Makes the grid unless it is there, in pieces between which the page can react; `drawn` is called after each.
   * @param {string} key of all that the pictures depend on
   * @param {Spacing} spacing
   * @param {number} tiles
   * @param {number} side of a digit
   * @param {(codes: Pair[]) => ArrayLike<number> | Promise<ArrayLike<number>>} decode a row of pictures
   * @param {() => void} drawn */
  async make(key, spacing, tiles, side, decode, drawn) {
    if (key === this.key) return;
    this.key = key;
    const { columns, rows } = tileCodes(spacing, tiles);
    this.canvas = new OffscreenCanvas(tiles * side, tiles * side);
    const context = this.canvas.getContext("2d");
    const painter = new GreyPainter(side);
    for (let row = 0; row < tiles; row++) {
      let pixels;
      try {
        pixels = await decode(columns.map((z1) => [z1, rows[row]]));
      } catch (error) {
        if (key === this.key) this.key = ""; // the next time that the map is drawn, this is tried again
        throw error;
      }
      for (let column = 0; column < tiles; column++)
        painter.paint(context, pixels, column * side * side, column * side, row * side);
      drawn();
      await new Promise((resolve) => setTimeout(resolve));
      if (key !== this.key) return; // the map has changed meanwhile
    }
  }
}
