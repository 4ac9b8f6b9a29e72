/* A family whose networks learn from batches of points that are drawn at random. */

import { Random } from "../numbers.js";

/** @import { Adam } from "../networks.js" */
/** @import { Plane } from "./data.js" */

export class LearnsByBatches {
  /** @param {Plane} plane
   * @param {{ learningRate: number, seed: number }} settings
   * @param {number} size  of a batch */
  constructor(plane, { learningRate, seed }, size) {
    this.plane = plane;
    this.random = new Random(seed);
    this.learningRate = learningRate;
    this.size = size;
    this.batch = new Float64Array(2 * size);
    /** @type {Adam[]} */
    this.adams = [];
    this.steps = 0;
  }

  drawBatch() {
    return this.plane.draw(this.batch, this.size, this.random);
  }

  /** The loss of a batch, and of what else chance decides; it fills the gradients.
   * @returns {number} */
  lossAtRandom() {
    throw new Error("each family has a loss of its own");
  }

  /** One step of Adam; the loss before it. */
  step() {
    const loss = this.lossAtRandom();
    for (const adam of this.adams) adam.step(this.learningRate);
    this.steps++;
    return loss;
  }
}
