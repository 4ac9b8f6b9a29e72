/* The decoded pictures under a map.
 *
 *   const grid = new Grid(element)
 *   grid.make(key, spacing, tiles, side, decode, drawn)     decodes the pictures of all tiles, row by row
 *   grid.canvas                                             grows with each row
 */

import { Live } from "../../page/live.js";
import { tileCodes } from "./coordinates.js";
import { GreyPainter } from "./drawing.js";

/** @import { Open } from "../../page/live.js" */
/** @import { Pair, Spacing } from "./coordinates.js" */
/** @typedef {(open: Open, codes: Pair[]) => Promise<ArrayLike<number>>} Decode  a row of pictures */

export class Grid {
  /** @param {Element} element  of the map */
  constructor(element) {
    this.live = new Live(element, "manifold", true);
    /** @type {OffscreenCanvas | null} */
    this.canvas = null;
    this.key = ""; // what the canvas was made for
  }

  /** Makes the grid unless it is there or on its way.
   * @param {string} key of all that the pictures depend on
   * @param {Spacing} spacing
   * @param {number} tiles
   * @param {number} side of a digit
   * @param {Decode} decode
   * @param {() => void} drawn called after each row */
  make(key, spacing, tiles, side, decode, drawn) {
    if (key === this.key) return;
    this.key = key;
    this.canvas = null;
    const { columns, rows } = tileCodes(spacing, tiles);
    const painter = new GreyPainter(side);
    this.live.update(
      async (open) => {
        const canvas = new OffscreenCanvas(tiles * side, tiles * side);
        const context = canvas.getContext("2d");
        for (let row = 0; row < tiles; row++) {
          const pixels = await decode(
            open,
            columns.map((z1) => [z1, rows[row]]),
          );
          if (key !== this.key) return; // the map has changed meanwhile
          for (let column = 0; column < tiles; column++)
            painter.paint(context, pixels, column * side * side, column * side, row * side);
          this.canvas = canvas;
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
