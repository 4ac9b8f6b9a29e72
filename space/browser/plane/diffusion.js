/* Diffusion in the plane: a network tells the noise in x + sigma * noise, for every sigma (Song & Ermon 2019, with the
 * scaling of Karras et al. 2022). Time is sigma, so that the velocity of a path is its noise; points flow from noise to
 * data along dx/dsigma = noise(x, sigma) (Song et al. 2021).
 */

import { Field } from "./field.js";

const LEAST = 0.03;
const MOST = 5;
const RHO = 7; // the larger, the more steps where sigma is small

export class Diffusion extends Field {
  /** @param {number} sigma */
  path(sigma) {
    return { a: 1, b: sigma, aSlope: 0, bSlope: 1 };
  }

  /** @param {number} sigma */
  clock(sigma) {
    return Math.log(sigma) / 2;
  }

  /** Log sigma is even: with that a bound of -log p grows in proportion to the loss (Song et al. 2021).
   * @param {number} share */
  timeOf(share) {
    return LEAST * (MOST / LEAST) ** share;
  }

  /** @param {number} steps */
  schedule(steps) {
    const [from, to] = [MOST, LEAST].map((sigma) => sigma ** (1 / RHO));
    return Float64Array.from({ length: steps + 1 }, (_, i) => (from + (i / steps) * (to - from)) ** RHO);
  }
}
