/* Layers of networks, as space/models uses them, named and nested as in PyTorch, so that a weights file fits.
 *
 *   class Block extends Module { constructor() { super(); this.network = new Sequential(...); } forward(x) { ... } }
 *   .parameters(prefix)                          [name, shape] of all that it reads from a weights file
 *   .load(tensors, prefix), then .pack(engine)   once; weights are packed when a layer is needed first; then
 *   .forward(x)
 *
 * Layers that are matrix products are in convolutions.js, those that move pixels in shapes.js. Tensors are {shape,
 * data}: images (n, height, width, channels), or rows (n, width). No layer changes its input. Norms are those of
 * evaluation.
 */

import { sigmoid } from "./numbers.js";

/** @import { Engine } from "./engine.js" */
/** @typedef {{ shape: number[], data: Float32Array }} Tensor */
/** @typedef {Map<string, Float32Array>} Tensors  by name */

const EPSILON = 1e-5; // of norms

/** @param {number[]} numbers */
export const product = (numbers) => numbers.reduce((a, b) => a * b, 1);

/** @param {number[]} shape
 * @param {Float32Array} [data]
 * @returns {Tensor} */
export const tensor = (shape, data = new Float32Array(product(shape))) => ({ shape, data });

/** @param {Tensors} tensors
 * @param {string} name */
export function found(tensors, name) {
  const data = tensors.get(name);
  if (!data) throw new Error(`the weights lack ${name}`);
  return data;
}

/** x, changed number by number.
 * @param {Tensor} x
 * @param {(value: number, i: number) => number} change
 * @returns {Tensor} */
export function map({ shape, data }, change) {
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = change(data[i], i);
  return tensor(shape, out);
}

/** @param {Tensor} x @param {Tensor} y */
export function add(x, y) {
  const out = x.data.slice();
  for (let i = 0; i < out.length; i++) out[i] += y.data[i];
  return tensor(x.shape, out);
}

/** Anything with weights. Its children are its properties that are modules, or lists of them. */
export class Module {
  /** @returns {[string, Module][]} */
  children() {
    /** @type {(name: string, value: unknown) => [string, Module][]} */
    const named = (name, value) => {
      if (value instanceof Module) return [[name, value]];
      return Array.isArray(value) ? value.flatMap((child, i) => named(`${name}.${i}`, child)) : [];
    };
    return Object.entries(this).flatMap(([name, value]) => named(name, value));
  }

  /** @param {string} prefix
   * @returns {[string, number[]][]} */
  parameters(prefix) {
    return this.children().flatMap(([name, child]) => child.parameters(`${prefix}${name}.`));
  }

  /** @param {Tensors} tensors
   * @param {string} prefix */
  load(tensors, prefix) {
    for (const [name, child] of this.children()) child.load(tensors, `${prefix}${name}.`);
  }

  /** @param {Engine} engine */
  pack(engine) {
    for (const [, child] of this.children()) child.pack(engine);
  }

  /** Takes over the work of the layer behind this one; false where it cannot.
   * @param {Module} _next */
  take(_next) {
    return false;
  }

  /** @param {any[]} _values
   * @returns {any} */
  forward(..._values) {
    throw new Error("no forward");
  }
}

/** Layers one after another. Where one can take over the next one's work, the next is left out. */
export class Sequential extends Module {
  /** @param {Module[]} layers */
  constructor(...layers) {
    super();
    this.layers = layers;
    this.steps = layers;
  }

  /** @returns {[string, Module][]} */
  children() {
    return this.layers.map((layer, i) => [`${i}`, layer]);
  }

  /** @param {Engine} engine */
  pack(engine) {
    this.steps = [];
    for (const layer of this.layers) if (!this.steps.at(-1)?.take(layer)) this.steps.push(layer);
    for (const step of this.steps) step.pack(engine);
  }

  /** @param {Tensor} x
   * @returns {Tensor} */
  forward(x) {
    return this.steps.reduce((x, step) => step.forward(x), x);
  }
}

export class LeakyReLU extends Module {
  /** @param {number} slope  of negative numbers */
  constructor(slope) {
    super();
    this.slope = slope;
  }

  /** @param {Tensor} x */
  forward(x) {
    return map(x, (value) => (value > 0 ? value : this.slope * value));
  }
}

export class ReLU extends LeakyReLU {
  constructor() {
    super(0);
  }
}

/** x times its sigmoid.
 * @param {Tensor} x */
export function silu({ shape, data }) {
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = data[i] / (1 + Math.exp(-data[i]));
  return tensor(shape, out);
}

export class SiLU extends Module {
  /** @param {Tensor} x */
  forward(x) {
    return silu(x);
  }
}

export class Tanh extends Module {
  /** @param {Tensor} x */
  forward(x) {
    return map(x, Math.tanh);
  }
}

export class Sigmoid extends Module {
  /** @param {Tensor} x */
  forward(x) {
    return map(x, sigmoid);
  }
}

/** y = scale x + shift, one of each a channel (or one a channel of each image), negative y times `slope`.
 * @param {Tensor} x
 * @param {Float32Array} scale
 * @param {Float32Array} shift
 * @param {number} [slope] */
export function affine({ shape, data }, scale, shift, slope = 1) {
  const channels = shape[shape.length - 1];
  const out = new Float32Array(data.length);
  const pixels = scale.length > channels ? product(shape.slice(1, -1)) : data.length / channels;
  for (let i = 0, at = 0; at < scale.length; at += channels) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let c = 0; c < channels; c++, i++) {
        const y = scale[at + c] * data[i] + shift[at + c];
        out[i] = y > 0 ? y : slope * y;
      }
    }
  }
  return tensor(shape, out);
}

/** What norms share: a weight and a bias a channel, and the slope of a ReLU behind it. */
class Norm extends Module {
  /** @param {number} channels */
  constructor(channels) {
    super();
    this.channels = channels;
    this.slope = 1;
    /** @type {Float32Array[]} */
    this.numbers = []; // weight, bias, ...
  }

  /** @param {string} prefix
   * @returns {[string, number[]][]} */
  parameters(prefix) {
    return ["weight", "bias"].map((name) => [prefix + name, [this.channels]]);
  }

  /** @param {Tensors} tensors
   * @param {string} prefix */
  load(tensors, prefix) {
    this.numbers = this.parameters(prefix).map(([name]) => found(tensors, name));
  }

  /** @param {Module} next */
  take(next) {
    if (this.slope !== 1 || !(next instanceof LeakyReLU)) return false;
    this.slope = next.slope;
    return true;
  }
}

/** By the means and variances of training. */
export class BatchNorm extends Norm {
  /** @param {number} channels */
  constructor(channels) {
    super(channels);
    /** @type {Float32Array} */
    this.scale = new Float32Array();
    /** @type {Float32Array} */
    this.shift = new Float32Array();
  }

  /** @param {string} prefix
   * @returns {[string, number[]][]} */
  parameters(prefix) {
    return ["weight", "bias", "running_mean", "running_var"].map((name) => [prefix + name, [this.channels]]);
  }

  /** @param {Tensors} tensors
   * @param {string} prefix */
  load(tensors, prefix) {
    super.load(tensors, prefix);
    const [weight, bias, mean, variance] = this.numbers;
    this.scale = weight.map((value, i) => value / Math.sqrt(variance[i] + EPSILON));
    this.shift = bias.map((value, i) => value - mean[i] * this.scale[i]);
  }

  /** @param {Tensor} x */
  forward(x) {
    return affine(x, this.scale, this.shift, this.slope);
  }
}

/** By mean and variance of each image's groups of channels; with as many groups as channels it is instance norm. */
export class GroupNorm extends Norm {
  /** @param {number} groups
   * @param {number} channels */
  constructor(groups, channels) {
    super(channels);
    this.groups = groups;
    /** @type {Engine | null} */
    this.engine = null;
  }

  /** @param {Engine} engine */
  pack(engine) {
    this.engine = engine;
  }

  /** @param {Tensor} x */
  forward({ shape, data }) {
    const { channels, slope } = this;
    const engine = /** @type {Engine} */ (this.engine);
    const [weight, bias] = this.numbers;
    const width = channels / this.groups;
    const size = product(shape.slice(1));
    const [image, numbers, sums] = engine.places([size, 2 * channels, 4 * channels]);
    const { floats } = engine;
    const out = tensor(shape);
    for (let from = 0; from < data.length; from += size) {
      floats.set(data.subarray(from, from + size), image / 4);
      const found = engine.sums(image, size / channels, channels, sums);
      for (let first = 0; first < channels; first += width) {
        let [mean, square] = [0, 0]; // of the group
        for (let c = first; c < first + width; c++) {
          mean += found[c] / (width * (size / channels));
          square += found[channels + c] / (width * (size / channels));
        }
        const deviation = Math.sqrt(Math.max(square - mean * mean, 0) + EPSILON);
        for (let c = first; c < first + width; c++) {
          floats[numbers / 4 + c] = weight[c] / deviation;
          floats[numbers / 4 + channels + c] = bias[c] - (mean * weight[c]) / deviation;
        }
      }
      engine.affine(image, size / channels, channels, numbers, slope);
      out.data.set(floats.subarray(image / 4, image / 4 + size), from);
    }
    return out;
  }
}

/** A row of its weight for each number. */
export class Embedding extends Module {
  /** @param {number} count
   * @param {number} width */
  constructor(count, width) {
    super();
    this.weightShape = [count, width];
    /** @type {Float32Array} */
    this.weight = new Float32Array();
  }

  /** @param {string} prefix
   * @returns {[string, number[]][]} */
  parameters(prefix) {
    return [[`${prefix}weight`, this.weightShape]];
  }

  /** @param {Tensors} tensors
   * @param {string} prefix */
  load(tensors, prefix) {
    this.weight = found(tensors, `${prefix}weight`);
  }

  /** @param {number[]} labels */
  forward(labels) {
    const [, width] = this.weightShape;
    const out = tensor([labels.length, width]);
    labels.forEach((label, i) =>
      out.data.set(this.weight.subarray(label * width, (label + 1) * width), i * width),
    );
    return out;
  }
}
