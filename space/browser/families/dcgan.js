/* Deep convolutional GAN, as in space/models/dcgan.py. */

import { Conv2d, ConvTranspose2d } from "../convolutions.js";
import { BatchNorm, LeakyReLU, ReLU, Sequential, Tanh } from "../nn.js";
import { Flatten, Unflatten } from "../shapes.js";
import { Game } from "./gan.js";
import { pairwise } from "./layers.js";

/** @typedef {import("./gan.js").GameConfig & { base_channels: number }} DCGANConfig */

export class DCGAN extends Game {
  /** @param {DCGANConfig} config */
  constructor(config) {
    super(config, buildGenerator(config), buildDiscriminator(config));
  }
}

/** Height of the image and of each halving, 28 -> [28, 14, 7, 4], and the channels at each.
 * @param {DCGANConfig} config */
function plan({ image_size, in_channels, base_channels }) {
  const sizes = [image_size];
  while (sizes[sizes.length - 1] > 4) sizes.push(Math.ceil(sizes[sizes.length - 1] / 2));
  return { sizes, channels: sizes.map((_, i) => (i ? base_channels * 2 ** (i - 1) : in_channels)) };
}

/** @param {DCGANConfig} config */
function buildGenerator(config) {
  const { latent_dim } = config;
  const { sizes, channels } = plan(config);
  sizes.reverse();
  channels.reverse();
  return new Sequential(
    new Unflatten([latent_dim, 1, 1]),
    // of a single pixel, whose outputs are the same at any stride; at this one none is computed with zeros
    new ConvTranspose2d(latent_dim, channels[0], sizes[0], { stride: sizes[0], bias: false }),
    ...pairwise(channels).flatMap(([a, b], i) => [
      new BatchNorm(a),
      new ReLU(),
      new ConvTranspose2d(a, b, sizes[i + 1] % 2 ? 3 : 4, { stride: 2, padding: 1, bias: false }),
    ]),
    new Tanh(),
  );
}

/** @param {DCGANConfig} config */
function buildDiscriminator(config) {
  const { spectral_norm: spectralNorm } = config;
  const { sizes, channels } = plan(config);
  const layers = pairwise(channels).flatMap(([a, b], depth) => {
    const normalised = depth > 0 && !spectralNorm;
    const options = { stride: 2, padding: 1, bias: !normalised, spectralNorm };
    return [
      new Conv2d(a, b, sizes[depth] % 2 ? 3 : 4, options),
      ...(normalised ? [new BatchNorm(b)] : []),
      new LeakyReLU(0.2),
    ];
  });
  const [lastSize, lastChannels] = [sizes[sizes.length - 1], channels[channels.length - 1]];
  return new Sequential(...layers, new Conv2d(lastChannels, 1, lastSize, { spectralNorm }), new Flatten());
}
