/* Pictures side by side on one canvas, which can be kept as a file or shown one by one. */

/** @import { Tensor } from "../../browser/nn.js" */

export class Tiles {
  /** @param {Tensor} images  square, grey or in colours, numbers in [0, 1]
   * @param {number} columns */
  constructor({ shape: [number, side, , channels], data }, columns) {
    this.number = number;
    this.side = side;
    this.columns = columns;
    this.rows = Math.ceil(number / columns);
    /** @type {HTMLCanvasElement} */
    this.canvas = document.createElement("canvas");
    Object.assign(this.canvas, { width: side * columns, height: side * this.rows });
    const context = this.canvas.getContext("2d");
    context.fillStyle = "#808080"; // what is left of the last row
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    const tile = new ImageData(side, side);
    const pixels = tile.data.fill(255);
    for (let i = 0, next = 0; i < number; i++) {
      for (let pixel = 0; pixel < pixels.length; pixel += 4, next += channels)
        for (let colour = 0; colour < 3; colour++)
          pixels[pixel + colour] = Math.round(255 * data[next + (channels === 3 ? colour : 0)]);
      context.putImageData(tile, (i % columns) * side, Math.floor(i / columns) * side);
    }
  }

  /** Shows one of the pictures on a canvas.
   * @param {HTMLCanvasElement} canvas
   * @param {number} index */
  show(canvas, index) {
    const { side, columns } = this;
    if (canvas.width !== side) Object.assign(canvas, { width: side, height: side });
    const [x, y] = [(index % columns) * side, Math.floor(index / columns) * side];
    canvas.getContext("2d").drawImage(this.canvas, x, y, side, side, 0, 0, side, side);
  }
}
