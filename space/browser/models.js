/* Models, in this thread. runner.js has them in another one.
 *
 *   const model = await Model.open(url)        reads what the model is, and the header of its weights
 *   await model.prepare("decode", ...)         fetches the networks that these methods need, unless they are there
 *   model.run("decode", z), .run("sample", 16, 0)
 *
 * `url` is that of the weights; what the model is, {family, config}, lies at `url`/config.json. Methods, their arguments
 * and what they give are those of space/models; images are (n, height, width, channels), and a seed stands for a
 * `torch.Generator`.
 */

import { Engine } from "./engine.js";
import { Autoencoder } from "./families/autoencoder.js";
import { Classifier } from "./families/classifier.js";
import { CycleGAN } from "./families/cyclegan.js";
import { DCGAN } from "./families/dcgan.js";
import { DDPM } from "./families/ddpm.js";
import { GAN } from "./families/gan.js";
import { PixelCNN } from "./families/pixelcnn.js";
import { VAE } from "./families/vae.js";
import { get, WeightsFile } from "./safetensors.js";

/** @typedef {{ family: string, config: Record<string, any> }} Description */

/** @type {Record<string, any>} */
const FAMILIES = { Autoencoder, Classifier, CycleGAN, DCGAN, DDPM, GAN, PixelCNN, VAE };

export class Model {
  /** @param {Description} description
   * @param {WeightsFile} file
   * @param {Engine} engine */
  constructor({ family, config }, file, engine) {
    if (!Object.hasOwn(FAMILIES, family)) throw new Error(`the family ${family} has no networks here`);
    this.family = family;
    this.config = config;
    this.file = file;
    this.engine = engine;
    this.needs = FAMILIES[family].needs;
    this.network = new FAMILIES[family](config);
    /** @type {Map<string, Promise<void>>} */
    this.parts = new Map(); // networks of it that are there, or on their way
  }

  /** @param {URL | string} url
   * @param {{ description?: Description, simd?: boolean }} [options] */
  static async open(url, { description, simd } = {}) {
    const opened = WeightsFile.open(url);
    const [file, known] = await Promise.all([opened, description ?? describe(url)]);
    return new Model(known, file, new Engine(simd));
  }

  /** Methods that it has. */
  get methods() {
    return Object.keys(this.needs);
  }

  /** @param {string[]} methods */
  async prepare(...methods) {
    for (const method of methods)
      if (!Object.hasOwn(this.needs, method)) throw new Error(`there is no method ${method} here`);
    const parts = [...new Set(methods.flatMap((method) => this.needs[method]))];
    const missing = parts.filter((part) => !this.parts.has(part));
    const fetched = this.fetch(missing);
    for (const part of missing) this.parts.set(part, fetched);
    try {
      await Promise.all(parts.map((part) => this.parts.get(part)));
    } catch (error) {
      for (const part of missing) this.parts.delete(part); // so that it can be tried again
      throw error;
    }
  }

  /** @param {string[]} parts */
  async fetch(parts) {
    const tensors = await this.file.fetch(parts.flatMap((part) => this.network[part].parameters(`${part}.`)));
    for (const part of parts) {
      this.network[part].load(tensors, `${part}.`);
      this.network[part].pack(this.engine);
    }
  }

  /** @param {string} method  one that is prepared
   * @param {any[]} values */
  run(method, ...values) {
    return this.network[method](...values);
  }
}

/** Methods of a family.
 * @param {string} family */
export const methodsOf = (family) => Object.keys(FAMILIES[family].needs);

/** What the model is whose weights lie at `url`.
 * @param {URL | string} url
 * @returns {Promise<Description>} */
export async function describe(url) {
  const { bytes } = await get(`${url}`.replace(/(?=\?|$)/, "/config.json"));
  return JSON.parse(new TextDecoder().decode(bytes));
}
