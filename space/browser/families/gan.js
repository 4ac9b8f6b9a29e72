/* GAN of MLPs, as in space/models/gan.py. */

import { Linear } from "../convolutions.js";
import { BatchNorm, LeakyReLU, Module, map, Sequential, Tanh } from "../nn.js";
import { Flatten, Unflatten } from "../shapes.js";
import { imageShape, pairwise, standardNormal } from "./layers.js";

/** @import { Tensor } from "../nn.js" */
/** @typedef {import("./layers.js").ImageConfig & { latent_dim: number, spectral_norm: boolean }} GameConfig */
/** @typedef {GameConfig & { hidden_dim: number, num_layers: number }} GANConfig */

/** The range of images inside the networks, from that outside.
 * @param {number} value */
export const inward = (value) => 2 * value - 1;
/** @param {number} value */
const outward = (value) => (value + 1) / 2;

/** Two networks that play the game, each as a Sequential that `network` of the generator or discriminator is. */
export class Game extends Module {
  /** @param {GameConfig} config
   * @param {Sequential} generator
   * @param {Sequential} discriminator */
  constructor(config, generator, discriminator) {
    super();
    this.config = config;
    this.generator = new Player(generator);
    this.discriminator = new Player(discriminator);
  }

  static needs = {
    decode: ["generator"],
    forward: ["generator"],
    sample: ["generator"],
    discriminate: ["discriminator"],
  };

  /** Images of latent vectors (n, latent_dim).
   * @param {Tensor} z */
  decode(z) {
    return map(this.generator.network.forward(z), outward);
  }

  /** @param {Tensor} z */
  forward(z) {
    return this.decode(z);
  }

  /** Logits (n): how real the images look.
   * @param {Tensor} x */
  discriminate(x) {
    return this.discriminator.network.forward(map(x, inward));
  }

  /** @param {number} number
   * @param {number} seed */
  sample(number, seed) {
    return this.decode(standardNormal(number, this.config.latent_dim, seed));
  }
}

class Player extends Module {
  /** @param {Sequential} network */
  constructor(network) {
    super();
    this.network = network;
  }
}

export class GAN extends Game {
  /** @param {GANConfig} config */
  constructor(config) {
    super(config, buildGenerator(config), buildDiscriminator(config));
  }
}

/** @param {GANConfig} config */
function buildGenerator(config) {
  const { latent_dim, hidden_dim, num_layers, in_channels, image_size } = config;
  const widths = [latent_dim, ...Array(num_layers).fill(hidden_dim)];
  return new Sequential(
    ...pairwise(widths).flatMap(([a, b]) => [new Linear(a, b), new BatchNorm(b), new LeakyReLU(0.2)]),
    new Linear(widths[num_layers], in_channels * image_size ** 2),
    new Tanh(),
    new Unflatten(imageShape(config)),
  );
}

/** @param {GANConfig} config */
function buildDiscriminator(config) {
  const { hidden_dim, num_layers, in_channels, image_size, spectral_norm: spectralNorm } = config;
  const widths = [in_channels * image_size ** 2, ...Array(num_layers).fill(hidden_dim)];
  return new Sequential(
    new Flatten(),
    ...pairwise(widths).flatMap(([a, b]) => [new Linear(a, b, { spectralNorm }), new LeakyReLU(0.2)]),
    new Linear(widths[num_layers], 1, { spectralNorm }),
    new Flatten(),
  );
}
