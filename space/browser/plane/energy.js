/* An energy-based model: p(x) = exp(-E(x)) / Z with a network for E. In the plane Z is a sum over a grid, and so
 * learning follows the true gradient; with 784 pixels there is no such sum (LeCun et al. 2006).
 */

import { EXTENT } from "../mixtures.js";
import { Adam, Mlp } from "../networks.js";
import { LearnsByBatches } from "./batches.js";
import { fill, firstAbove } from "./counting.js";
import { logSumExp, middles } from "./data.js";

/** @import { Random } from "../numbers.js" */
/** @import { Plane } from "./data.js" */

const BATCH = 256;
const HIDDEN = 48;
const READ = 96; // side of the grid that densities are read from
const REACH = 1.2 * EXTENT; // of the grid: density beyond it is taken for none

export class Energy extends LearnsByBatches {
  /** @param {Plane} plane
   * @param {{ side: number, learningRate: number, seed: number }} settings  `side` of the grid in training */
  constructor(plane, { side, ...settings }) {
    super(plane, settings, BATCH);
    this.network = new Mlp([2, HIDDEN, HIDDEN, 1]).initialise(this.random);
    this.adams = [new Adam(this.network, 0.9)];
    this.side = side;
    this.cells = middles(side, REACH);
    this.grid = this.cells.slice();
    this.inputs = new Float64Array(2 * BATCH + this.grid.length);
    this.batch = this.inputs.subarray(0, 2 * BATCH); // the grid behind it
    this.slopes = new Float64Array(this.inputs.length / 2);
    this.logZ = NaN;
    this.readAt = -1; // steps at which logZ was read
  }

  /** Fills the gradients of the mean -log p of `batch` (n, 2), which it returns; the grid is that of the training.
   * @param {Float64Array} batch
   * @param {number} n */
  loss(batch, n) {
    const { grid, inputs, slopes } = this;
    const cells = grid.length / 2;
    if (batch !== this.batch) inputs.set(batch.subarray(0, 2 * n));
    inputs.set(grid, 2 * n);
    const energies = this.network.forward(inputs, n + cells);
    const logs = energies.slice(n, n + cells).map((energy) => -energy);
    const total = logSumExp(logs, 0, cells);
    for (let k = 0; k < cells; k++) slopes[n + k] = -Math.exp(logs[k] - total);
    let loss = total + Math.log((4 * REACH * REACH) / cells);
    for (let i = 0; i < n; i++) {
      loss += energies[i] / n;
      slopes[i] = 1 / n;
    }
    this.network.backward(slopes, n + cells, true);
    return loss;
  }

  lossAtRandom() {
    this.shiftGrid();
    return this.loss(this.drawBatch(), BATCH);
  }

  /** Lays the grid of the training somewhere else by less than a cell: what lay between its points, where the network
   * could hide density, is seen too. */
  shiftGrid() {
    const width = (2 * REACH) / this.side;
    const shift = [0, 1].map(() => width * (this.random.uniform() - 0.5));
    for (let i = 0; i < this.grid.length; i++) this.grid[i] = this.cells[i] + shift[i % 2];
  }

  /** log Z by the finer grid. */
  readZ() {
    const cells = READ * READ;
    const logs = this.network
      .forward(middles(READ, REACH), cells)
      .slice(0, cells)
      .map((energy) => -energy);
    this.readAt = this.steps;
    this.logZ = logSumExp(logs, 0, cells) + Math.log((4 * REACH * REACH) / cells);
    return logs;
  }

  /** @param {Float64Array} points
   * @param {number} n */
  logDensity(points, n) {
    if (this.readAt !== this.steps) this.readZ();
    return this.network
      .forward(points, n)
      .slice(0, n)
      .map((energy, i) => {
        const inside = Math.abs(points[2 * i]) < REACH && Math.abs(points[2 * i + 1]) < REACH;
        return inside ? -energy - this.logZ : -Infinity;
      });
  }

  /** By the cells of the grid, which only the plane allows; elsewhere it takes a long walk.
   * @param {number} n
   * @param {Random} random */
  sample(n, random) {
    const logs = this.readZ();
    const most = logs.reduce((a, b) => Math.max(a, b));
    const sums = logs.map((log) => Math.exp(log - most));
    for (let k = 1; k < sums.length; k++) sums[k] += sums[k - 1];
    const width = (2 * REACH) / READ;
    return fill(n, () => {
      const cell = firstAbove(sums, sums[sums.length - 1] * random.uniform());
      const column = cell % READ;
      return [column, (cell - column) / READ].map((at) => -REACH + width * (at + random.uniform()));
    });
  }
}
