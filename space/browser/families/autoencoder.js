/* Autoencoders, as in space/models/autoencoder.py. */

import { Module, map, ReLU } from "../nn.js";
import { sigmoid } from "../numbers.js";
import { concatenate } from "../shapes.js";
import { buildDecoder, buildEncoder } from "./layers.js";

/** @import { Tensor } from "../nn.js" */
/** @typedef {import("./layers.js").NetworkConfig & { latent_dim: number, variant: string }} AutoencoderConfig */

export class Autoencoder extends Module {
  /** @param {AutoencoderConfig} config */
  constructor(config) {
    super();
    this.config = config;
    // the denoising encoder also sees which pixels are strictly between 0 and 1
    const channels = config.in_channels * (config.variant === "denoising" ? 2 : 1);
    this.encoder = buildEncoder(config, config.latent_dim, channels);
    if (config.variant === "sparse") this.encoder.layers.push(new ReLU());
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
