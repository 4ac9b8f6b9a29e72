/* Parts of several families, as in space/models/layers.py. */

import { convPlan } from "../architectures.js";
import { Conv2d, ConvTranspose2d, Linear } from "../convolutions.js";
import { Sequential, SiLU, tensor } from "../nn.js";
import { range } from "../numbers.js";
import { Flatten, Unflatten } from "../shapes.js";
import { TorchRandom } from "../torch_random.js";

/** @import { Module, Tensor } from "../nn.js" */
/** The fields that families share.
 * @typedef {{ in_channels: number, image_size: number }} ImageConfig
 * @typedef {ImageConfig & { architecture: "mlp" | "conv", hidden_dim: number, num_layers: number,
 *   base_channels: number }} NetworkConfig */

/** Each value with the one behind it.
 * @template T
 * @param {T[]} values
 * @returns {[T, T][]} */
export const pairwise = (values) => values.slice(1).map((value, i) => [values[i], value]);

/** (channels, height, width) of an image.
 * @param {ImageConfig} config */
export const imageShape = ({ in_channels, image_size }) => [in_channels, image_size, image_size];

/** Network from (n, height, width, inChannels) to (n, outFeatures), without an activation at its end.
 * @param {NetworkConfig} config
 * @param {number} outFeatures
 * @param {number} inChannels */
export function buildEncoder(config, outFeatures, inChannels) {
  const { architecture, hidden_dim, num_layers, image_size } = config;
  if (architecture === "mlp") {
    const widths = [inChannels * image_size ** 2, ...Array(num_layers).fill(hidden_dim)];
    const hidden = pairwise(widths).flatMap(([a, b]) => [new Linear(a, b), new SiLU()]);
    return new Sequential(new Flatten(), ...hidden, new Linear(widths[num_layers], outFeatures));
  }
  const [channels, size] = convPlan(config);
  const last = channels[channels.length - 1];
  return new Sequential(
    ...pairwise([inChannels, ...channels]).flatMap(([a, b]) => [
      new Conv2d(a, b, 4, { stride: 2, padding: 1 }),
      new SiLU(),
    ]),
    new Conv2d(last, last, 3, { padding: 1 }),
    new SiLU(),
    new Flatten(),
    new Linear(last * size * size, hidden_dim),
    new SiLU(),
    new Linear(hidden_dim, outFeatures),
  );
}

/** Network from codes (n, latentDim) to pixel logits (n, height, width, channels).
 * @param {NetworkConfig} config
 * @param {number} latentDim */
export function buildDecoder(config, latentDim) {
  const { architecture, hidden_dim, num_layers, in_channels, image_size } = config;
  if (architecture === "mlp") {
    const widths = [latentDim, ...Array(num_layers).fill(hidden_dim)];
    const hidden = pairwise(widths).flatMap(([a, b]) => [new Linear(a, b), new SiLU()]);
    const last = new Linear(widths[num_layers], in_channels * image_size ** 2);
    return new Sequential(...hidden, last, new Unflatten(imageShape(config)));
  }
  const [channels, size] = convPlan(config);
  const last = channels[channels.length - 1];
  /** @type {Module[]} */
  const steps = [new Linear(latentDim, hidden_dim), new SiLU()];
  steps.push(new Linear(hidden_dim, last * size * size), new SiLU(), new Unflatten([last, size, size]));
  steps.push(new Conv2d(last, last, 3, { padding: 1 }), new SiLU());
  for (const [a, b] of pairwise([...channels.reverse(), in_channels]))
    steps.push(new ConvTranspose2d(a, b, 4, { stride: 2, padding: 1 }), new SiLU());
  return new Sequential(...steps.slice(0, -1)); // ends with logits
}

/** Codes (number, latentDim) from N(0, I): those of the server by the same seed.
 * @param {number} number
 * @param {number} latentDim
 * @param {number} seed */
export function standardNormal(number, latentDim, seed) {
  const random = new TorchRandom(seed);
  const z = tensor([number, latentDim]);
  for (const i of range(number)) z.data.set(random.normal(latentDim), i * latentDim);
  return z;
}

/** Images whose content is drawn `factor` times as large, with white where nothing was.
 * @param {Tensor} x
 * @param {number} factor
 * @returns {Tensor} */
export function scaleAboutCentre(x, factor) {
  const [n, height, width, channels] = x.shape;
  const out = tensor(x.shape, new Float32Array(x.data.length).fill(1));
  /** @param {number} size where each pixel of an axis comes from, between which two */
  const sources = (size) =>
    range(size).map((i) => {
      const at = (((2 * i + 1) / size - 1) / factor + 1) * (size / 2) - 0.5;
      const low = Math.floor(at);
      return [low, 1 - (at - low), low + 1, at - low].filter((_, j, all) => {
        const pixel = all[j - (j % 2)];
        return pixel >= 0 && pixel < size;
      });
    });
  const [rows, columns] = [sources(height), sources(width)];
  for (let image = 0, i = 0; image < n; image++) {
    for (const row of rows) {
      for (const column of columns) {
        for (let c = 0; c < channels; c++, i++) {
          for (let a = 0; a < row.length; a += 2)
            for (let b = 0; b < column.length; b += 2) {
              const pixel = (image * height + row[a]) * width + column[b];
              out.data[i] -= row[a + 1] * column[b + 1] * (1 - x.data[pixel * channels + c]);
            }
        }
      }
    }
  }
  return out;
}
