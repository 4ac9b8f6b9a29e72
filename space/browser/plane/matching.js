/* Flow matching in the plane (Lipman et al. 2023): the paths x_t = (1 - t) noise + t x are straight, each at the even
 * speed x - noise, and the network learns the mean speed of those that cross at a place.
 */

import { Field } from "./field.js";

export class Matching extends Field {
  /** @param {number} t */
  path(t) {
    return { a: t, b: 1 - t, aSlope: 1, bSlope: -1 };
  }

  /** @param {number} t */
  clock(t) {
    return 2 * t - 1;
  }
}
