/* CycleGAN, as in space/models/cyclegan.py. */

import { Conv2d } from "../convolutions.js";
import { add, found, GroupNorm, LeakyReLU, Module, map, ReLU, Sequential, tensor } from "../nn.js";
import { clamp, range, sigmoid } from "../numbers.js";
import { concatenate, nearest } from "../shapes.js";
import { inward } from "./gan.js";
import { pairwise, scaleAboutCentre } from "./layers.js";

/** @import { Tensor, Tensors } from "../nn.js" */
/** @typedef {"logit" | "mask" | "palette" | "colours" | "none"} Skip */
/** @typedef {import("./layers.js").ImageConfig & { base_channels: number, num_blocks: number, zoom: number,
 *   skip?: Skip, skip_ba?: Skip | "", palette_size?: number, discriminator_channels: number, discriminator_layers: number, domain_a?: string,
 *   domain_b?: string }} CycleGANConfig */

const WHITE = 0.999; // largest pixel value whose logit the generator takes
const PALETTE_FEATURES = 32; // what a pixel's weights are computed from
const FAINT = -12; // logits this far below the largest one are left out: 64 of them are a tenth of a grey level

/** @param {number} a
 * @param {number} b
 * @param {number} kernelSize
 * @param {number} [stride] */
const convolution = (a, b, kernelSize, stride = 1) =>
  new Conv2d(a, b, kernelSize, { stride, padding: Math.floor(kernelSize / 2), reflect: true });

/** @param {number} a
 * @param {number} b
 * @param {number} kernelSize
 * @param {number} [stride] */
const layer = (a, b, kernelSize, stride = 1) =>
  new Sequential(convolution(a, b, kernelSize, stride), new GroupNorm(b, b), new ReLU());

class ResidualBlock extends Module {
  /** @param {number} channels */
  constructor(channels) {
    super();
    this.network = new Sequential(
      convolution(channels, channels, 3),
      new GroupNorm(channels, channels),
      new ReLU(),
      convolution(channels, channels, 3),
      new GroupNorm(channels, channels),
    );
  }

  /** @param {Tensor} x */
  forward(x) {
    return add(x, this.network.forward(x));
  }
}

/** Each pixel as a mixture of colours that were learned and, if `own`, of its own colour. */
class Palette extends Module {
  /** @param {number} features
   * @param {number} channels
   * @param {number} size
   * @param {boolean} own */
  constructor(features, channels, size, own) {
    super();
    this.mix = convolution(channels + features, PALETTE_FEATURES, 3);
    this.mix.take(new ReLU());
    this.first = own ? 1 : 0; // of the weights, which of a learned colour
    this.weights = convolution(PALETTE_FEATURES, this.first + size, 1);
    this.shape = [channels, size, 1, 1];
    /** @type {Float32Array} */
    this.colours = new Float32Array();
  }

  /** @param {string} prefix
   * @returns {[string, number[]][]} */
  parameters(prefix) {
    return [...super.parameters(prefix), [`${prefix}colours`, this.shape]];
  }

  /** @param {Tensors} tensors
   * @param {string} prefix */
  load(tensors, prefix) {
    super.load(tensors, prefix);
    this.colours = found(tensors, `${prefix}colours`).map((value) => clamp(value, 0, 1));
  }

  /** @param {Tensor} x
   * @param {Tensor[]} features */
  forward(x, ...features) {
    const { data } = this.weights.forward(this.mix.forward(concatenate(map(x, inward), ...features)));
    const { first, colours } = this;
    const [channels, size] = this.shape;
    const out = tensor(x.shape);
    const weights = new Float64Array(first + size);
    for (let from = 0, at = 0; at < out.data.length; from += first + size, at += channels) {
      let most = data[from];
      for (let k = from + 1; k < from + first + size; k++) if (data[k] > most) most = data[k];
      let sum = 0;
      for (let k = 0; k < first + size; k++) {
        const below = data[from + k] - most;
        weights[k] = below < FAINT ? 0 : Math.exp(below);
        sum += weights[k];
      }
      for (let c = 0; c < channels; c++) {
        let value = first * weights[0] * x.data[at + c];
        for (let k = 0; k < size; k++) value += weights[first + k] * colours[c * size + k];
        out.data[at + c] = value / sum;
      }
    }
    return out;
  }
}

class Generator extends Module {
  /** @param {CycleGANConfig} config
   * @param {number} zoom
   * @param {Skip} [skip]  what config.json leaves out is the default of Python */
  constructor(config, zoom, skip = "logit") {
    super();
    const channels = [1, 2, 4].map((times) => times * config.base_channels);
    this.zoom = zoom;
    this.skip = skip;
    this.stem = layer(config.in_channels, channels[0], 5);
    this.down = pairwise(channels).map(([a, b]) => layer(a, b, 3, 2));
    this.blocks = new Sequential(...range(config.num_blocks).map(() => new ResidualBlock(channels[2])));
    this.up = pairwise(channels.reverse()).map(([a, b]) => layer(a, b, 3));
    const own = skip === "palette";
    this.head =
      own || skip === "colours"
        ? new Palette(2 * channels[2], config.in_channels, config.palette_size ?? 64, own)
        : convolution(channels[2], config.in_channels + (skip === "mask" ? 1 : 0), 5);
  }

  /** @param {Tensor} x
   * @returns {Tensor} */
  forward(x) {
    if (this.zoom !== 1) x = scaleAboutCentre(x, this.zoom);
    const fine = this.stem.forward(map(x, inward));
    let h = fine;
    const sizes = [];
    for (const down of this.down) {
      sizes.push(h.shape.slice(1, 3));
      h = down.forward(h);
    }
    h = this.blocks.forward(h);
    for (const up of this.up) h = up.forward(nearest(h, sizes.pop() ?? []));
    if (this.head instanceof Palette) return this.head.forward(x, fine, h);
    return this.joined(x, this.head.forward(h).data);
  }

  /** The input and the head's output, by `skip`.
   * @param {Tensor} x
   * @param {Float32Array} output
   * @returns {Tensor} */
  joined(x, output) {
    if (this.skip === "none") return map(x, (_, i) => sigmoid(output[i]));
    if (this.skip === "logit")
      return map(x, (value, i) => {
        const pixel = clamp(value, 1 - WHITE, WHITE);
        return sigmoid(output[i] + Math.log(pixel / (1 - pixel)));
      });
    const channels = x.shape[3];
    return map(x, (value, i) => {
      const first = Math.floor(i / channels) * (channels + 1); // of this pixel, whose last number is the mask's
      return value + sigmoid(output[first + channels]) * (sigmoid(output[first + (i % channels)]) - value);
    });
  }
}

class Discriminator extends Module {
  /** @param {CycleGANConfig} config */
  constructor({ in_channels, discriminator_channels, discriminator_layers }) {
    super();
    const widths = range(discriminator_layers + 1).map((i) => discriminator_channels * 2 ** i);
    this.network = new Sequential(
      new Conv2d(in_channels, widths[0], 4, { stride: 2, padding: 1 }),
      new LeakyReLU(0.2),
      ...pairwise(widths).flatMap(([a, b], i) => [
        new Conv2d(a, b, 4, { stride: i + 1 < discriminator_layers ? 2 : 1, padding: 1 }),
        new GroupNorm(b, b),
        new LeakyReLU(0.2),
      ]),
      new Conv2d(widths[discriminator_layers], 1, 4, { padding: 1 }),
    );
  }

  /** @param {Tensor} x */
  forward(x) {
    return this.network.forward(map(x, inward));
  }
}

export class CycleGAN extends Module {
  /** @param {CycleGANConfig} config */
  constructor(config) {
    super();
    this.config = config;
    this.generator_ab = new Generator(config, config.zoom, config.skip);
    this.generator_ba = new Generator(config, 1 / config.zoom, config.skip_ba || config.skip);
    this.discriminator_a = new Discriminator(config);
    this.discriminator_b = new Discriminator(config);
  }

  static needs = {
    translate: ["generator_ab", "generator_ba"],
    score_patches: ["discriminator_a", "discriminator_b"],
    forward: ["generator_ab"],
  };

  /** Images as images of the other domain.
   * @param {Tensor} x
   * @param {"ab" | "ba"} [direction] */
  translate(x, direction = "ab") {
    return (direction === "ab" ? this.generator_ab : this.generator_ba).forward(x);
  }

  /** Scores (n, h, w, 1) of images, patch by patch: near 1 real, near 0 not.
   * @param {Tensor} x
   * @param {"a" | "b"} domain */
  score_patches(x, domain) {
    return (domain === "a" ? this.discriminator_a : this.discriminator_b).forward(x);
  }

  /** @param {Tensor} x */
  forward(x) {
    return this.translate(x);
  }
}
