/* Autoencoders, as in space/models/autoencoder.py. */

import { BatchNorm, Module, map, ReLU } from "../nn.js";
import { clamp, normalQuantile, range, sigmoid } from "../numbers.js";
import { concatenate } from "../shapes.js";
import { TorchRandom } from "../torch_random.js";
import { buildDecoder, buildEncoder } from "./layers.js";

/** @import { Tensor } from "../nn.js" */
/** @typedef {import("./layers.js").NetworkConfig & { latent_dim: number, variant: string }} AutoencoderConfig */

/** Keeps the `k` largest of the non-negative numbers of each row, and sets the others to 0. */
class KLargest extends Module {
  /** @param {number} k */
  constructor(k) {
    super();
    this.k = k;
  }

  /** @param {Tensor} z */
  forward(z) {
    const size = z.shape[1];
    const least = range(z.shape[0]).map((i) => z.data.slice(i * size, (i + 1) * size).sort()[size - this.k]);
    return map(z, (value, i) => (value >= least[Math.floor(i / size)] ? value : 0));
  }
}

export class Autoencoder extends Module {
  /** @param {AutoencoderConfig} config */
  constructor(config) {
    super();
    this.config = config;
    // the denoising encoder also sees which pixels are strictly between 0 and 1
    const channels = config.in_channels * (config.variant === "denoising" ? 2 : 1);
    this.encoder = buildEncoder(config, config.latent_dim, channels);
    const { layers } = this.encoder;
    if (config.variant === "sparse") layers.push(new ReLU());
    if (config.variant === "k_sparse") {
      const active = Math.max(1, Math.floor(config.latent_dim / 8));
      layers.push(new BatchNorm(config.latent_dim), new ReLU(), new KLargest(active));
    }
    this.decoder = buildDecoder(config, config.latent_dim);
  }

  static needs = {
    encode: ["encoder"],
    code: ["encoder"],
    decode: ["decoder"],
    forward: ["encoder", "decoder"],
  };

  /** @param {Tensor} x */
  encode(x) {
    const between = (/** @type {number} */ value) => Number(value > 0 && value < 1);
    return this.encoder.forward(this.config.variant === "denoising" ? concatenate(x, map(x, between)) : x);
  }

  /** @param {Tensor} x */
  code(x) {
    return this.encode(x);
  }

  /** @param {Tensor} z */
  decode(z) {
    return map(this.decoder.forward(z), sigmoid);
  }

  /** @param {Tensor} x */
  forward(x) {
    return this.decode(this.encode(x));
  }
}

/** Images with noise, in [0, 1]; a seed always gives the same noise, scaled by the level.
 * @param {Tensor} x
 * @param {string} kind  gaussian, masking, salt_and_pepper or coin_flip
 * @param {number} level
 * @param {number} seed */
export function corrupt(x, kind, level, seed) {
  const random = new TorchRandom(seed);
  const uniform = random.uniform(x.data.length);
  const normal = random.normal(x.data.length);
  const [all, half] = [Math.fround(level), Math.fround(level / 2)]; // float32, as the numbers that they meet
  const flipped = half > 0 ? Math.fround(normalQuantile(half)) : -Infinity;
  /** @type {Record<string, (value: number, i: number) => number>} */
  const kinds = {
    gaussian: (value, i) => value + Math.fround(all * normal[i]),
    masking: (value, i) => (uniform[i] >= all ? value : 0),
    salt_and_pepper: (value, i) => (uniform[i] < half ? 0 : uniform[i] < all ? 1 : value),
    coin_flip: (value, i) => (uniform[i] >= half ? value : 0) + Number(normal[i] < flipped),
  };
  return map(x, (value, i) => clamp(kinds[kind](value, i), 0, 1));
}
