/* Paths between latent vectors, as in space/models/latents.py. Vectors are arrays, codes are tensors (n, width).
 *
 *   slerp(start, end, t)       the vector at t in [0, 1] of the spherical path
 *   walk(stops, numFrames)     codes of the path through all stops and back to the first
 *   straight(start, end, n)    n codes on the straight line from one code to another
 *   row(z, i), mean(z, rows)   one of the codes, the mean of some
 *   widthOf(config)            numbers in a latent vector of a model
 */

import { tensor } from "./nn.js";
import { range } from "./numbers.js";

/** @import { Tensor } from "./nn.js" */

/** Numbers that `decode` makes an image of. A diffusion model has one a pixel and channel, and one a class.
 * @param {Record<string, any>} config
 * @returns {number} */
export const widthOf = ({ latent_dim, in_channels, image_size, num_classes }) =>
  latent_dim ?? in_channels * image_size ** 2 + num_classes;

/** @param {ArrayLike<number>} x @param {ArrayLike<number>} y */
const dot = (x, y) => range(x.length).reduce((sum, i) => sum + x[i] * y[i], 0);
/** @param {ArrayLike<number>} x */
const norm = (x) => Math.sqrt(dot(x, x));
/** x divided by its length, if it has any.
 * @param {ArrayLike<number>} x
 * @returns {number[]} */
const direction = (x) => Array.from(x, (value) => value / Math.max(norm(x), 1e-12));
/** What of x is at a right angle to the direction u.
 * @param {number[]} x
 * @param {number[]} u */
const across = (x, u) => x.map((value, i) => value - dot(u, x) * u[i]);

/** Directions turn evenly along the great circle, lengths change linearly. Between opposite directions the choice is
 * always the same; a zero vector takes the direction of the other.
 * @param {ArrayLike<number>} start
 * @param {ArrayLike<number>} end
 * @param {number} t */
export function slerp(start, end, t) {
  let [u, v] = [direction(start), direction(end)];
  if (!norm(u)) u = v;
  if (!norm(v)) v = u;
  let turned = across(v, u);
  const angle = Math.atan2(norm(turned), dot(u, v));
  if (norm(turned) < 1e-6) {
    // parallel or opposite: any direction at a right angle
    const sizes = u.map(Math.abs);
    const least = sizes.indexOf(Math.min(...sizes));
    turned = across(
      u.map((_, i) => Number(i === least)),
      u,
    );
  }
  const towards = direction(turned);
  const length = norm(start) + t * (norm(end) - norm(start));
  const [along, aside] = [length * Math.cos(t * angle), length * Math.sin(t * angle)];
  return Float32Array.from(u, (value, i) => along * value + aside * towards[i]);
}

/** Codes (stops * numFrames, width).
 * @param {Float32Array[]} stops
 * @param {number} numFrames */
export function walk(stops, numFrames) {
  const width = stops[0].length;
  const out = tensor([stops.length * numFrames, width]);
  stops.forEach((start, i) => {
    const end = stops[(i + 1) % stops.length];
    for (const frame of range(numFrames))
      out.data.set(slerp(start, end, frame / numFrames), (i * numFrames + frame) * width);
  });
  return out;
}

/** Codes (number, width), the ends included.
 * @param {Tensor} start  (1, width)
 * @param {Tensor} end
 * @param {number} number */
export function straight(start, end, number) {
  const width = start.shape[1];
  const out = tensor([number, width]);
  for (const i of range(number)) {
    const t = Math.fround(i / (number - 1));
    for (const k of range(width)) out.data[i * width + k] = start.data[k] + t * (end.data[k] - start.data[k]);
  }
  return out;
}

/** Row i of codes.
 * @param {Tensor} z
 * @param {number} i */
export const row = ({ shape: [, width], data }, i) => data.subarray(i * width, (i + 1) * width);

/** The mean of some rows.
 * @param {Tensor} z
 * @param {number[]} rows */
export const mean = (z, rows) =>
  Float32Array.from(
    { length: z.shape[1] },
    (_, i) => rows.reduce((sum, r) => sum + row(z, r)[i], 0) / rows.length,
  );
