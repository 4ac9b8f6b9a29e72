/* Layers and functions that move pixels about: pooling, flattening, resizing, shuffling, channels side by side. */

import { Module, product, tensor } from "./nn.js";
import { range } from "./numbers.js";

/** @import { Tensor } from "./nn.js" */

export class MaxPool2d extends Module {
  /** @param {number} size */
  constructor(size) {
    super();
    this.size = size;
  }

  /** @param {Tensor} x */
  forward({ shape: [n, height, width, channels], data }) {
    const { size } = this;
    const out = tensor([n, Math.floor(height / size), Math.floor(width / size), channels]);
    const [, rows, columns] = out.shape;
    out.data.fill(-Infinity);
    for (let y = 0; y < n * rows * size; y++) {
      const row = Math.floor(y / size); // of all images' outputs
      const from = (Math.floor(row / rows) * height + (y % (rows * size))) * width;
      for (let x = 0; x < columns * size; x++) {
        const at = (row * columns + Math.floor(x / size)) * channels;
        for (let c = 0; c < channels; c++) {
          const value = data[(from + x) * channels + c];
          if (!(value <= out.data[at + c])) out.data[at + c] = value;
        }
      }
    }
    return out;
  }
}

/** The mean of each channel over an image: (n, 1, 1, channels). */
export class MeanPool2d extends Module {
  /** @param {Tensor} x */
  forward({ shape: [n, height, width, channels], data }) {
    const out = tensor([n, 1, 1, channels]);
    const places = height * width;
    for (let image = 0; image < n; image++) {
      for (let at = 0; at < places * channels; at++) {
        out.data[image * channels + (at % channels)] += data[image * places * channels + at] / places;
      }
    }
    return out;
  }
}

/** Images (n, height, width, channels) as rows, in PyTorch's order: channel by channel. One number an image: (n). */
export class Flatten extends Module {
  /** @param {Tensor} x */
  forward({ shape, data }) {
    const [n, ...others] = shape;
    const channels = shape[shape.length - 1];
    const width = product(others);
    return width === 1 ? tensor([n], data) : tensor([n, width], swap(data, n, width / channels, channels));
  }
}

/** Rows as images, the inverse of `Flatten`. */
export class Unflatten extends Module {
  /** @param {number[]} shape  (channels, height, width), as in PyTorch */
  constructor([channels, height, width]) {
    super();
    this.image = [height, width, channels];
  }

  /** @param {Tensor} x */
  forward({ shape: [n], data }) {
    const [height, width, channels] = this.image;
    return tensor([n, ...this.image], swap(data, n, channels, height * width));
  }
}

/** n matrices (rows, columns), transposed.
 * @param {Float32Array} data
 * @param {number} n
 * @param {number} rows
 * @param {number} columns */
function swap(data, n, rows, columns) {
  if (rows === 1 || columns === 1) return data;
  const out = new Float32Array(data.length);
  for (let from = 0, i = 0; from < n * rows * columns; from += rows * columns)
    for (let column = 0; column < columns; column++)
      for (let row = 0; row < rows; row++, i++) out[i] = data[from + row * columns + column];
  return out;
}

/** Images enlarged or made smaller to (height, width), each pixel that of its nearest neighbour.
 * @param {Tensor} x
 * @param {number[]} size */
export function nearest({ shape: [n, height, width, channels], data }, [rows, columns]) {
  const out = tensor([n, rows, columns, channels]);
  // in float32, as PyTorch, so that ties fall alike
  const places = (/** @type {number} */ to, /** @type {number} */ from) =>
    range(to).map((i) => Math.min(Math.floor(Math.fround(i * Math.fround(from / to))), from - 1));
  const [sourceRows, sourceColumns] = [places(rows, height), places(columns, width)];
  const size = columns * channels; // of a row
  for (let row = 0, at = 0; row < n * rows; row++, at += size) {
    const y = sourceRows[row % rows];
    if (row % rows && y === sourceRows[(row % rows) - 1]) {
      out.data.copyWithin(at, at - size, at);
      continue;
    }
    const from = (Math.floor(row / rows) * height + y) * width * channels;
    for (let x = 0, i = at; x < columns; x++) {
      const pixel = from + sourceColumns[x] * channels;
      for (let c = 0; c < channels; c++, i++) out.data[i] = data[pixel + c];
    }
  }
  return out;
}

/** The channels of all tensors, one after another.
 * @param {Tensor[]} tensors */
export function concatenate(...tensors) {
  const widths = tensors.map(({ shape }) => shape[shape.length - 1]);
  const width = widths.reduce((sum, one) => sum + one, 0);
  const out = tensor([...tensors[0].shape.slice(0, -1), width]);
  let first = 0;
  for (const [i, { data }] of tensors.entries()) {
    for (let from = 0, at = first; from < data.length; at += width)
      for (let c = 0; c < widths[i]; c++) out.data[at + c] = data[from++];
    first += widths[i];
  }
  return out;
}

const SHADE = 0.02; // as in space/models/layers.py

/** How pixels differ from their right neighbours, and then from their lower ones: twice the channels, in [-1, 1].
 * @param {Tensor} x */
export function differences({ shape: [n, height, width, channels], data }) {
  const out = tensor([n, height, width, 2 * channels]);
  const most = Math.asinh(1 / SHADE);
  /** @param {number} from  where a number of a pixel is
   * @param {number} step  how far on that of its neighbour is */
  const between = (from, step) => Math.asinh((data[from + step] - data[from]) / SHADE) / most;
  for (let from = 0, at = 0; from < data.length; at += channels) {
    const pixel = from / channels;
    const [row, column] = [Math.floor(pixel / width) % height, pixel % width];
    for (let c = 0; c < channels; c++, from++, at++) {
      if (column < width - 1) out.data[at] = between(from, channels);
      if (row < height - 1) out.data[at + channels] = between(from, width * channels);
    }
  }
  return out;
}

/** Squares of size x size pixels as one pixel with as many times the channels, in PyTorch's order.
 * @param {Tensor} x
 * @param {number} size */
export function pixelUnshuffle({ shape: [n, height, width, channels], data }, size) {
  const out = tensor([n, height / size, width / size, channels * size * size]);
  shuffled(out.shape, size, (far, near) => {
    out.data[far] = data[near];
  });
  return out;
}

/** The inverse of `pixelUnshuffle`.
 * @param {Tensor} x
 * @param {number} size */
export function pixelShuffle({ shape, data }, size) {
  const [n, rows, columns, channels] = shape;
  const out = tensor([n, rows * size, columns * size, channels / (size * size)]);
  shuffled(shape, size, (far, near) => {
    out.data[near] = data[far];
  });
  return out;
}

/** Calls `visit` with where a number is in images of this shape, and where it is when their channels are pixels.
 * @param {number[]} shape
 * @param {number} size
 * @param {(far: number, near: number) => void} visit */
function shuffled([n, rows, columns, all], size, visit) {
  const channels = all / (size * size);
  for (let y = 0, far = 0; y < n * rows; y++)
    for (let x = 0; x < columns; x++)
      for (let c = 0; c < channels; c++)
        for (let dy = 0; dy < size; dy++)
          for (let dx = 0; dx < size; dx++, far++) {
            const pixel = (y * size + dy) * columns * size + x * size + dx;
            visit(far, pixel * channels + c);
          }
}
