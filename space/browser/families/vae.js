/* Variational autoencoder, as in space/models/vae.py. */

import { Module, map, tensor } from "../nn.js";
import { sigmoid } from "../numbers.js";
import { buildDecoder, buildEncoder, standardNormal } from "./layers.js";

/** @import { Tensor } from "../nn.js" */
/** @typedef {import("./layers.js").NetworkConfig & { latent_dim: number }} VAEConfig */

export class VAE extends Module {
  /** @param {VAEConfig} config */
  constructor(config) {
    super();
    this.config = config;
    this.encoder = buildEncoder(config, 2 * config.latent_dim, config.in_channels);
    this.decoder = buildDecoder(config, config.latent_dim);
  }

  static needs = {
    encode: ["encoder"],
    code: ["encoder"],
    posterior: ["encoder"],
    decode: ["decoder"],
    decode_logits: ["decoder"],
    sample: ["decoder"],
    forward: ["encoder", "decoder"],
  };

  /** Mean and log variance of q(z|x), both (n, latent_dim).
   * @param {Tensor} x
   * @returns {[Tensor, Tensor]} */
  encode(x) {
    const { latent_dim } = this.config;
    const { data } = this.encoder.forward(x);
    const half = (/** @type {number} */ part) =>
      tensor(
        [x.shape[0], latent_dim],
        data.filter((_, i) => Math.floor(i / latent_dim) % 2 === part),
      );
    return [half(0), half(1)];
  }

  /** @param {Tensor} x */
  code(x) {
    return this.encode(x)[0];
  }

  /** Mean and standard deviation of q(z|x).
   * @param {Tensor} x
   * @returns {[Tensor, Tensor]} */
  posterior(x) {
    const [mu, logvar] = this.encode(x);
    return [mu, map(logvar, (value) => Math.exp(0.5 * value))];
  }

  /** Logits of the pixels.
   * @param {Tensor} z
   * @returns {Tensor} */
  decode_logits(z) {
    return this.decoder.forward(z);
  }

  /** @param {Tensor} z */
  decode(z) {
    return map(this.decode_logits(z), sigmoid);
  }

  /** @param {Tensor} x */
  forward(x) {
    return this.decode(this.code(x));
  }

  /** @param {number} number
   * @param {number} seed */
  sample(number, seed) {
    return this.decode(standardNormal(number, this.config.latent_dim, seed));
  }
}
