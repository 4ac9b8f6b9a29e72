/* Layers that are matrix products: convolutions, transposed convolutions, linear layers.
 *
 * The product reads what a convolution sees of an image where it lies. A transposed convolution is a few small
 * convolutions, its phases: with stride 2 one for each of the four outputs around an input pixel.
 */

import { PANEL, roundUp, TILE } from "./engine.js";
import { BatchNorm, found, LeakyReLU, Module, product, tensor } from "./nn.js";
import { range } from "./numbers.js";

/** @import { Engine } from "./engine.js" */
/** @import { Tensor, Tensors } from "./nn.js" */

/** Options of a layer.
 * @typedef {{ stride?: number, padding?: number, reflect?: boolean, bias?: boolean, spectralNorm?: boolean }} Options
 * `reflect`: padding mirrors the image; else it is zeros */

/** How a layer lies along one axis: its outputs, the pixels that are added `before` and `after` the image, and for
 * each phase which of all these pixels its patches begin at (`from`, then each `step`) and which outputs they make.
 * @typedef {{ outputs: number, before: number, after: number, phases: Phase[] }} Axis
 * @typedef {{ from: number, step: number, outFrom: number, outStep: number, count: number }} Phase */

const BATCH_BYTES = 1 << 20; // of images that are computed together: about what a processor keeps near

export class Conv2d extends Module {
  /** @param {number} inputs
   * @param {number} outputs
   * @param {number} kernelSize
   * @param {Options} [options] */
  constructor(inputs, outputs, kernelSize, options = {}) {
    super();
    const { stride = 1, padding = 0, reflect = false, bias = true, spectralNorm = false } = options;
    this.inputs = inputs;
    this.outputs = outputs;
    this.kernelSize = kernelSize;
    this.stride = stride;
    this.padding = padding;
    this.reflect = reflect;
    this.hasBias = bias;
    this.spectralNorm = spectralNorm;
    /** @type {Float32Array} */
    this.weight = new Float32Array(); // until it is packed
    this.bias = new Float32Array(outputs);
    this.scale = new Float32Array(outputs).fill(1); // of outputs
    this.slope = 1; // of negative outputs
    /** @type {Engine | null} */
    this.engine = null;
    /** @type {{ b: number, height: number, width: number }[]} */
    this.kernels = []; // one a phase
    this.biasAddress = 0;
  }

  get weightShape() {
    return [this.outputs, this.inputs, this.kernelSize, this.kernelSize];
  }

  /** @param {string} prefix
   * @returns {[string, number[]][]} */
  parameters(prefix) {
    const { weightShape, outputs } = this;
    const normed = `${prefix}parametrizations.weight.`;
    /** @type {[string, number[]][]} */
    const weights = this.spectralNorm
      ? [
          [`${normed}original`, weightShape],
          [`${normed}0._u`, [outputs]],
          [`${normed}0._v`, [product(weightShape) / outputs]],
        ]
      : [[`${prefix}weight`, weightShape]];
    return this.hasBias ? [...weights, [`${prefix}bias`, [outputs]]] : weights;
  }

  /** @param {Tensors} tensors
   * @param {string} prefix */
  load(tensors, prefix) {
    const numbers = this.parameters(prefix).map(([name]) => found(tensors, name));
    this.weight = numbers[0];
    if (this.hasBias) this.bias = numbers[numbers.length - 1].slice();
    if (this.spectralNorm) this.scale.fill(1 / stretch(numbers[0], numbers[1], numbers[2]));
  }

  /** @param {Module} next */
  take(next) {
    if (this.slope !== 1) return false;
    if (next instanceof LeakyReLU) this.slope = next.slope;
    else if (next instanceof BatchNorm)
      this.bias.forEach((value, i) => {
        this.scale[i] *= next.scale[i];
        this.bias[i] = value * next.scale[i] + next.shift[i];
      });
    else return false;
    return true;
  }

  /** Where in `weight` is what input i at (y, x) of the kernel gives to output o.
   * @param {number} o
   * @param {number} i
   * @param {number} y
   * @param {number} x */
  indexOf(o, i, y, x) {
    return ((o * this.inputs + i) * this.kernelSize + y) * this.kernelSize + x;
  }

  /** Rows of the kernel that each phase has, which are also its columns.
   * @returns {number[][]} */
  taps() {
    return [range(this.kernelSize)];
  }

  /** @param {Engine} engine */
  pack(engine) {
    this.engine = engine;
    this.kernels = []; // until they are needed first
  }

  /** Packs the weights, unless that is done. The engine's scratch is another one afterwards. */
  packKernels() {
    if (this.kernels.length) return;
    const { inputs, outputs, kernelSize, weight, scale } = this;
    const engine = /** @type {Engine} */ (this.engine);
    const step = this.indexOf(1, 0, 0, 0);
    const taps = this.taps();
    this.kernels = taps.flatMap((ys) =>
      taps.map((xs) => {
        const starts = ys.flatMap((y) =>
          xs.flatMap((x) =>
            range(inputs).map((i) => (x < kernelSize && y < kernelSize ? this.indexOf(0, i, y, x) : -1)),
          ),
        );
        const b = engine.pack(outputs, weight, Int32Array.from(starts), step, scale);
        return { b, height: ys.length, width: xs.length };
      }),
    );
    const bias = new Float32Array(roundUp(outputs, PANEL));
    bias.set(this.bias);
    this.biasAddress = engine.keep(bias);
    this.weight = new Float32Array();
  }

  /** @param {number} size  of the image along this axis
   * @returns {Axis} */
  axis(size) {
    const { kernelSize, stride, padding } = this;
    const count = Math.floor((size + 2 * padding - kernelSize) / stride) + 1;
    return {
      outputs: count,
      before: padding,
      after: padding,
      phases: [{ from: 0, step: stride, outFrom: 0, outStep: 1, count }],
    };
  }

  /** @param {Tensor} x
   * @returns {Tensor} */
  forward(x) {
    const [n, height, width, channels] = x.shape;
    if (channels !== this.inputs) throw new Error(`${this.inputs} channels are needed, not ${channels}`);
    this.packKernels();
    const rows = this.axis(height);
    const columns = this.axis(width);
    const out = tensor([n, rows.outputs, columns.outputs, this.outputs]);
    const bytes = 4 * (height * width * this.inputs + product(out.shape.slice(1)));
    const most = Math.max(1, Math.floor(BATCH_BYTES / bytes));
    for (let first = 0; first < n; first += most)
      this.compute(x, out, first, Math.min(most, n - first), rows, columns);
    return out;
  }

  /** The outputs of `count` images from the `first` one.
   * @param {Tensor} x
   * @param {Tensor} out
   * @param {number} first
   * @param {number} count
   * @param {Axis} rows
   * @param {Axis} columns */
  compute(x, out, first, count, rows, columns) {
    const { inputs, outputs, slope, biasAddress } = this;
    const engine = /** @type {Engine} */ (this.engine);
    const width = columns.before + x.shape[2] + columns.after; // with padding
    const height = rows.before + x.shape[1] + rows.after;
    const pixels = count * rows.outputs * columns.outputs;
    const outWidth = roundUp(outputs, PANEL);
    const spare = pixels; // a pixel more, for what the last tile computes too much
    const patches = roundUp(pixels, TILE);
    const [images, outs, patchAddresses, outAddresses] = engine.places([
      count * height * width * inputs,
      (pixels + 1) * outWidth,
      patches,
      patches,
    ]);
    pad(x, first, count, engine.floats, images / 4, rows, columns, this.reflect);
    const { words, floats } = engine;
    const phases = rows.phases.flatMap((row) => columns.phases.map((column) => [row, column]));
    phases.forEach(([row, column], phase) => {
      const { b, height: segments, width: taps } = this.kernels[phase];
      let at = 0;
      const put = (/** @type {number} */ patch, /** @type {number} */ pixel) => {
        words[patchAddresses / 4 + at] = images + 4 * inputs * patch;
        words[outAddresses / 4 + at++] = outs + 4 * outWidth * pixel;
      };
      for (let image = 0; image < count; image++) {
        for (let i = 0; i < row.count; i++) {
          const y = image * height + row.from + i * row.step;
          const outY = image * rows.outputs + row.outFrom + i * row.outStep;
          for (let j = 0; j < column.count; j++)
            put(
              y * width + column.from + j * column.step,
              outY * columns.outputs + column.outFrom + j * column.outStep,
            );
        }
      }
      while (at % TILE) put(0, spare);
      const [tiles, panels, length] = [at / TILE, outWidth / PANEL, taps * inputs];
      const skip = 4 * (width - taps) * inputs;
      const args = [
        patchAddresses,
        outAddresses,
        tiles,
        b,
        biasAddress,
        panels,
        segments,
        length,
        skip,
        slope,
      ];
      if (tiles) engine.multiply(.../** @type {Parameters<Engine["multiply"]>} */ (args));
    });
    const result = out.data.subarray(first * (pixels / count) * outputs);
    if (outWidth === outputs) result.set(floats.subarray(outs / 4, outs / 4 + pixels * outputs));
    else
      for (let pixel = 0; pixel < pixels; pixel++)
        for (let c = 0; c < outputs; c++)
          result[pixel * outputs + c] = floats[outs / 4 + pixel * outWidth + c];
  }
}

export class ConvTranspose2d extends Conv2d {
  get weightShape() {
    return [this.inputs, this.outputs, this.kernelSize, this.kernelSize];
  }

  /** @param {number} o
   * @param {number} i
   * @param {number} y
   * @param {number} x */
  indexOf(o, i, y, x) {
    return ((i * this.outputs + o) * this.kernelSize + y) * this.kernelSize + x;
  }

  /** Output o gets from input i by row t of the kernel, o = i stride - padding + t. So the outputs of one phase q,
   * those with o + padding = q modulo the stride, have the rows q, q + stride, ..., the last for the first input.
   * @returns {number[][]} */
  taps() {
    const { stride } = this;
    const most = Math.max(this.kernelSize, stride); // rows behind the kernel's last are zeros
    return range(stride).map((q) =>
      range(Math.ceil((most - q) / stride))
        .map((j) => q + stride * j)
        .reverse(),
    );
  }

  /** @param {number} size
   * @returns {Axis} */
  axis(size) {
    const { kernelSize, stride, padding } = this;
    const outputs = (size - 1) * stride - 2 * padding + kernelSize;
    const taps = this.taps();
    const before = taps[0].length - 1;
    return {
      outputs,
      before,
      after: Math.max(0, Math.floor((outputs - 1 + padding) / stride) - (size - 1)),
      phases: range(stride).map((q) => {
        const outFrom = (((q - padding) % stride) + stride) % stride;
        const from = (outFrom + padding - q) / stride - (taps[q].length - 1) + before;
        const count = Math.max(0, Math.ceil((outputs - outFrom) / stride));
        return { from, step: 1, outFrom, outStep: stride, count };
      }),
    };
  }
}

export class Linear extends Conv2d {
  /** @param {number} inputs
   * @param {number} outputs
   * @param {Options} [options] */
  constructor(inputs, outputs, options) {
    super(inputs, outputs, 1, options);
  }

  get weightShape() {
    return [this.outputs, this.inputs];
  }

  /** @param {Tensor} x */
  forward({ shape: [n, width], data }) {
    return tensor([n, this.outputs], super.forward(tensor([n, 1, 1, width], data)).data);
  }
}

/** u W v, the largest singular value of W by PyTorch's estimates of its singular vectors.
 * @param {Float32Array} weight
 * @param {Float32Array} u
 * @param {Float32Array} v */
function stretch(weight, u, v) {
  return u.reduce((sum, left, row) => {
    const start = row * v.length;
    return sum + left * v.reduce((inner, right, i) => inner + right * weight[start + i], 0);
  }, 0);
}

/** Writes images with their padding from index `to` on.
 * @param {Tensor} x
 * @param {number} first
 * @param {number} count
 * @param {Float32Array} floats
 * @param {number} to
 * @param {Axis} rows
 * @param {Axis} columns
 * @param {boolean} reflect */
function pad({ shape: [, h, w, c], data }, first, count, floats, to, rows, columns, reflect) {
  const width = columns.before + w + columns.after;
  for (let image = first; image < first + count; image++) {
    for (let row = -rows.before; row < h + rows.after; row++, to += width * c) {
      const y = reflect ? mirror(row, h) : row;
      const inside = to + columns.before * c;
      if (y < 0 || y >= h) floats.fill(0, to, to + width * c);
      else {
        const from = (image * h + y) * w * c;
        floats.set(data.subarray(from, from + w * c), inside);
        const edge = (/** @type {number} */ x) => {
          const at = inside + x * c;
          if (reflect) floats.copyWithin(at, inside + mirror(x, w) * c, inside + (mirror(x, w) + 1) * c);
          else floats.fill(0, at, at + c);
        };
        for (let x = 1; x <= columns.before; x++) edge(-x);
        for (let x = 0; x < columns.after; x++) edge(w + x);
      }
    }
  }
}

/** Index i of a row that is mirrored at its ends.
 * @param {number} i
 * @param {number} size */
const mirror = (i, size) => size - 1 - Math.abs(size - 1 - Math.abs(i));
