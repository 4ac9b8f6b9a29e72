/* What the lesson computes, as a model of live.js gives it; knows no page.
 *
 *   isSound(settings)                            whether there are such samples
 *   await drawSamples(model, settings)           z, images, scores
 *   await judge(model, x, images)                D(x) of a real picture x
 *   await explore(model, z, selection, frames)   the pictures of the walk, and of a - b + c
 *   spread(images)                               the mean distance between two
 */

import { standardNormal } from "../../browser/families/layers.js";
import { mean, row, walk, widthOf } from "../../browser/latents.js";
import { map, tensor } from "../../browser/nn.js";
import { range, sigmoid } from "../../browser/numbers.js";

/** @import { Tensor } from "../../browser/nn.js" */
/** @import { Opened } from "../../page/live.js" */
/** @import { Selection } from "./selection.js" */
/** @typedef {{ model: string, number: number, seed: number, scale: number }} Settings */
/** D(G(z)) of each image, in double precision so that few are exactly 0 or 1; null without a D.
 * @typedef {{ z: Tensor, images: Tensor, scores: number[] | null }} Samples */
/** @typedef {{ walk: Tensor | null, sum: { images: Tensor, lengths: number[] } | null }} Journey */

/** The bounds are those of the server.
 * @param {Settings} settings
 * @param {{ number: number, seed: number, scale: number }} most */
export const isSound = ({ number, seed, scale }, most) =>
  [number, seed].every(Number.isInteger) &&
  number >= 1 &&
  number <= most.number &&
  seed >= 0 &&
  seed <= most.seed &&
  Number.isFinite(scale) &&
  scale >= 0 &&
  scale <= most.scale;

/** @param {Opened} model
 * @param {Settings} settings
 * @returns {Promise<Samples>} */
export async function drawSamples(model, { number, seed, scale }) {
  const factor = Math.fround(scale); // as PyTorch multiplies
  const z = map(standardNormal(number, widthOf(model.config), seed), (value) => factor * value);
  const images = await model.run("decode", z);
  if (!model.methods.includes("discriminate")) return { z, images, scores: null };
  const logits = await model.run("discriminate", images);
  return { z, images, scores: Array.from(logits.data, sigmoid) };
}

/** D(x); null where the model has no D, or makes images of another shape.
 * @param {Opened} model
 * @param {Tensor} x
 * @param {Tensor} images
 * @returns {Promise<number | null>} */
export async function judge(model, x, images) {
  const fits = model.methods.includes("discriminate") && `${x.shape.slice(1)}` === `${images.shape.slice(1)}`;
  return fits ? sigmoid((await model.run("discriminate", x)).data[0]) : null;
}

/** What is shown of the selected samples, as far as they are among those of `z`: the film of the walk from two stops
 * on, a - b + c once each has a sample. The samples of a term are averaged (Radford et al. 2016, section 6.3.2).
 * @param {Opened} model
 * @param {Tensor} z
 * @param {Selection} selection
 * @param {number} frames  from one stop to the next
 * @returns {Promise<Journey>} */
export async function explore(model, z, selection, frames) {
  const [stops, ...terms] = ["walk", "a", "b", "c"].map((slot) =>
    selection[slot].filter((i) => i < z.shape[0]),
  );
  const stopped = stops.map((i) => row(z, i));
  const film = stops.length > 1 ? await model.run("decode", walk(stopped, frames)) : null;
  if (!terms.every((term) => term.length)) return { walk: film, sum: null };
  const [a, b, c] = terms.map((term) => mean(z, term));
  const vectors = [a, b, c, a.map((value, i) => value - b[i] + c[i])];
  const codes = tensor([4, a.length], Float32Array.from(vectors.flatMap((vector) => [...vector])));
  const lengths = vectors.map((vector) => Math.hypot(...vector));
  return { walk: film, sum: { images: await model.run("decode", codes), lengths } };
}

/** Mean Euclidean distance between two of the images; NaN of a single one.
 * @param {Tensor} images */
export function spread({ shape: [number], data }) {
  const size = data.length / number;
  let sum = 0;
  for (const i of range(number))
    for (let j = 0; j < i; j++) {
      let squares = 0;
      for (let k = 0; k < size; k++) squares += (data[i * size + k] - data[j * size + k]) ** 2;
      sum += Math.sqrt(squares);
    }
  return sum / ((number * (number - 1)) / 2);
}
