/* How well a generator in the plane has learned a distribution: Jensen-Shannon divergence, modes, quality.
 *
 *   measure(game, distribution)       a generator of a reading, in pieces; measureNow at once
 *   new Meter(distribution)           .add(points, n), .read()
 */

import { toLatents } from "./gan2d.js";
import { EXTENT } from "./mixtures.js";
import { Mlp } from "./networks.js";
import { range } from "./numbers.js";

/** @import { Game } from "./gan2d.js" */
/** @import { Mixture } from "./mixtures.js" */
/** @typedef {object} Reading
 * @property {number} jsd Jensen-Shannon divergence in nats, 0 to ln 2
 * @property {boolean[]} covered a flag for each mode
 * @property {number} quality share of high-quality points */

const CELLS = 64; // along each axis of the meter's grid: cells of 0.094, narrower than any sigma here
const COVERED = 0.2; // a mode is covered if it gets at least this fraction of its share
export const MEASURED = 20480; // points generated for one reading
const THROW = 512; // points generated at a time

/** Compares points with a distribution.
 *
 * The distribution's mass on a cell is exact; all that lies beyond the grid is one cell more. A point is of
 * high quality if it lies within 3 sigma of the nearest component (as in VEEGAN, Srivastava et al. 2017, and
 * PacGAN, Lin et al. 2018). There, one such point covers a mode. Here many thousand points are generated, and
 * some always fall on the way between two modes: a mode has to get a fifth of its share.
 */
export class Meter {
  /** @param {Mixture} distribution */
  constructor(distribution) {
    this.distribution = distribution;
    const masses = distribution.cellMasses(CELLS);
    this.masses = new Float64Array(CELLS * CELLS + 1);
    this.masses.set(masses);
    this.masses[CELLS * CELLS] = Math.max(0, 1 - masses.reduce((sum, mass) => sum + mass, 0));
    this.counts = new Float64Array(this.masses.length);
    this.modeCounts = new Float64Array(distribution.numModes);
    this.total = 0;
  }

  /** Counts n points (n, 2).
   * @param {Float64Array} points
   * @param {number} n */
  add(points, n) {
    const { components } = this.distribution;
    const scale = CELLS / (2 * EXTENT);
    for (let i = 0; i < n; i++) {
      const x = points[2 * i];
      const y = points[2 * i + 1];
      const column = Math.floor((x + EXTENT) * scale);
      const row = Math.floor((y + EXTENT) * scale);
      const inside = column >= 0 && column < CELLS && row >= 0 && row < CELLS;
      this.counts[inside ? row * CELLS + column : CELLS * CELLS]++;
      let nearest = 9; // squared distance in sigmas
      let mode = -1;
      for (let c = 0; c < components.length; c++) {
        const one = components[c];
        const dx = x - one.x;
        const dy = y - one.y;
        const distance = (dx * dx + dy * dy) / (one.sigma * one.sigma);
        if (distance <= nearest) {
          nearest = distance;
          mode = one.mode;
        }
      }
      if (mode >= 0) this.modeCounts[mode]++;
    }
    this.total += n;
  }

  /** @returns {Reading} */
  read() {
    let jsd = 0;
    for (let cell = 0; cell < this.counts.length; cell++) {
      const p = this.masses[cell];
      const q = this.counts[cell] / this.total;
      const m = (p + q) / 2;
      if (p > 0) jsd += (p / 2) * Math.log(p / m);
      if (q > 0) jsd += (q / 2) * Math.log(q / m);
    }
    const covered = Array.from(
      this.modeCounts,
      (count, mode) => count >= COVERED * this.distribution.modeWeights[mode] * this.total,
    );
    return { jsd, covered, quality: this.modeCounts.reduce((sum, count) => sum + count, 0) / this.total };
  }
}

/** The meter's reading of a generator as it stands at the start. It yields between its throws, so that a page
 * can spread it over frames. The latents are Roberts's R sequence: evenly spread over the unit cube, not
 * random.
 * @param {Game} game
 * @param {Mixture} distribution
 * @returns {Generator<undefined, Reading>} */
export function* measure(game, distribution) {
  const { latentKind, latentDim } = game.settings;
  const meter = new Meter(distribution);
  const generator = new Mlp(game.generator.widths);
  generator.parameters.set(game.generator.parameters);
  let root = 2; // of x^(dim + 1) = x + 1
  for (let i = 0; i < 60; i++) root = (1 + root) ** (1 / (latentDim + 1));
  const strides = range(latentDim).map((d) => root ** -(d + 1));
  const us = new Float64Array(THROW * latentDim);
  const latents = new Float64Array(us.length);
  for (let first = 0; first < MEASURED; first += THROW) {
    for (let i = 0; i < us.length; i++) {
      us[i] = (0.5 + strides[i % latentDim] * (first + Math.floor(i / latentDim) + 1)) % 1;
    }
    meter.add(generator.forward(toLatents(us, latents, latentKind), THROW), THROW);
    yield;
  }
  return meter.read();
}

/** The same at once.
 * @param {Game} game
 * @param {Mixture} distribution
 * @returns {Reading} */
export function measureNow(game, distribution) {
  const readings = measure(game, distribution);
  for (;;) {
    const { done, value } = readings.next();
    if (done) return value;
  }
}
