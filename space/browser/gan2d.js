/* A GAN in the plane: distributions of known density, the game of two small networks, and a meter. It knows nothing of
 * the page: the game's scripts show it, and tests drive it in node.
 *
 *   DISTRIBUTIONS[name](strokes)     a `Mixture`: .sample, .density, .cellMasses, .components
 *   new Game(distribution, settings) .stepD, .stepG, .look; DEFAULTS and PRESETS of its settings
 *   measure(game, distribution)      a generator of a reading; measureNow at once
 *
 * Points are rows of flat Float64Arrays. Nothing here draws from Math.random: the same seed gives the same game.
 */

import { Adam, descend, Mlp } from "./networks.js";
import { logSigmoid, normalCdf, normalQuantile, Random, range, sigmoid } from "./numbers.js";

// ---- Distributions

export const EXTENT = 3; // the plane is shown, and measured, on [-EXTENT, EXTENT]^2

/** A mixture of round Gaussians, whose density, mass on a cell, samples and modes are all known exactly.
 *
 * A component is {x, y, sigma, weight, mode}; components of one `mode` make up one mode. Curves are mixtures too:
 * with centres one sigma apart the density along a curve ripples by less than one part in 10^7.
 */
export class Mixture {
  constructor(components) {
    const total = components.reduce((sum, { weight }) => sum + weight, 0);
    this.components = components.map((one) => ({ ...one, weight: one.weight / total }));
    let sum = 0;
    this.cumulative = Float64Array.from(this.components, ({ weight }) => (sum += weight));
    this.numModes = new Set(components.map(({ mode }) => mode)).size;
    this.modeWeights = new Float64Array(this.numModes);
    for (const { mode, weight } of this.components) this.modeWeights[mode] += weight;
  }

  density(x, y) {
    let sum = 0;
    for (const c of this.components) {
      const square = ((x - c.x) ** 2 + (y - c.y) ** 2) / c.sigma ** 2;
      sum += (c.weight * Math.exp(-0.5 * square)) / (2 * Math.PI * c.sigma ** 2);
    }
    return sum;
  }

  /** Fills `points` (n, 2) with samples. */
  sample(points, n, random) {
    for (let i = 0; i < n; i++) {
      const u = random.uniform();
      let low = 0,
        high = this.components.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (this.cumulative[middle] <= u) low = middle + 1;
        else high = middle;
      }
      const { x, y, sigma } = this.components[low];
      points[2 * i] = x + sigma * random.normal();
      points[2 * i + 1] = y + sigma * random.normal();
    }
  }

  /** Probability of each of `side`^2 equal cells of the shown square, row by row from y = -EXTENT upwards. */
  cellMasses(side) {
    const masses = new Float64Array(side * side),
      edges = side + 1;
    const columns = new Float64Array(side),
      rows = new Float64Array(side),
      at = (i) => ((2 * i) / side - 1) * EXTENT;
    const fill = (out, centre, sigma) => {
      for (let i = 1, before = normalCdf((at(0) - centre) / sigma); i < edges; i++) {
        const after = normalCdf((at(i) - centre) / sigma);
        out[i - 1] = after - before;
        before = after;
      }
    };
    for (const { x, y, sigma, weight } of this.components) {
      fill(columns, x, sigma);
      fill(rows, y, sigma);
      for (let row = 0, cell = 0; row < side; row++) {
        const share = weight * rows[row];
        if (share < 1e-12) cell += side;
        else for (let column = 0; column < side; column++, cell++) masses[cell] += share * columns[column];
      }
    }
    return masses;
  }
}

/** Components one sigma apart along the path through `points` [[x, y], ...], of weight 1 each. */
function alongPath(points, sigma, mode) {
  const [[x, y]] = points;
  const components = [{ x, y, sigma, weight: 1, mode }];
  let missing = sigma; // length to go to the next centre
  for (let i = 1; i < points.length; i++) {
    const [x0, y0] = points[i - 1],
      [x1, y1] = points[i];
    const length = Math.hypot(x1 - x0, y1 - y0);
    let at = missing;
    for (; at <= length; at += sigma) {
      const t = at / length;
      components.push({ x: x0 + t * (x1 - x0), y: y0 + t * (y1 - y0), sigma, weight: 1, mode });
    }
    missing = at - length;
  }
  return components;
}

export const arc = (x, y, radius, from, to) =>
  range(129).map((i) => {
    const angle = from + ((to - from) * i) / 128;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
export const PEN_SIGMA = 0.12; // half-width of what is drawn by hand

/** The distributions to choose from; the one drawn by hand takes its strokes, lists of points [x, y]. */
export const DISTRIBUTIONS = {
  ring: () =>
    new Mixture(
      range(8).map((mode) => {
        const angle = (mode * Math.PI) / 4;
        return { x: 2 * Math.cos(angle), y: 2 * Math.sin(angle), sigma: 0.2, weight: 1, mode };
      }),
    ),
  grid: () =>
    new Mixture(
      range(25).map((mode) => ({
        x: 1.1 * ((mode % 5) - 2),
        y: 1.1 * (Math.floor(mode / 5) - 2),
        sigma: 0.12,
        weight: 1,
        mode,
      })),
    ),
  moons: () =>
    new Mixture([
      ...alongPath(arc(-0.75, -0.4, 1.5, 0, Math.PI), 0.14, 0),
      ...alongPath(arc(0.75, 0.4, 1.5, Math.PI, 2 * Math.PI), 0.14, 1),
    ]),
  gaussians: () =>
    new Mixture([
      { x: -1.3, y: 1.1, sigma: 0.45, weight: 5, mode: 0 },
      { x: 1.5, y: 0.9, sigma: 0.3, weight: 3, mode: 1 },
      { x: 0.2, y: -1.5, sigma: 0.2, weight: 2, mode: 2 },
    ]),
  drawn: (strokes) => new Mixture(strokes.flatMap((points, mode) => alongPath(points, PEN_SIGMA, mode))),
};

// ---- The game

const BATCH = 128;
/** `stepsD` steps of D go with each of G; `seed` comes from the page. */
export const DEFAULTS = {
  distribution: "ring",
  latentKind: "gaussian",
  latentDim: 2,
  width: 32,
  start: "middle",
  learningRateD: 1e-2,
  learningRateG: 2e-3,
  optimizerG: "adam",
  stepsD: 3,
  loss: "non_saturating",
  instanceNoise: 0,
};
/** What a situation sets beside the defaults, and what its remedy changes in the running game. */
export const PRESETS = {
  balanced: { set: {} },
  collapse: {
    set: { learningRateD: 3e-4, learningRateG: 1e-2, stepsD: 1 },
    remedy: { learningRateD: 1e-2, learningRateG: 2e-3, stepsD: 3 },
  },
  strong: {
    set: { start: "corner", learningRateD: 2e-2, stepsD: 20, loss: "saturating" },
    remedy: { learningRateD: 5e-3, stepsD: 1, instanceNoise: 0.5 },
  },
  vanishing: {
    set: {
      distribution: "moons",
      start: "corner",
      stepsD: 5,
      optimizerG: "sgd",
      learningRateG: 0.05,
      loss: "saturating",
    },
    remedy: { loss: "non_saturating" },
  },
};

/** G's loss on one sample, and its slope, by D's logit of the sample. */
const GENERATOR_LOSSES = {
  non_saturating: { loss: (logit) => -logSigmoid(logit), slope: (logit) => -sigmoid(-logit) }, // -log D(G(z))
  saturating: { loss: (logit) => logSigmoid(-logit), slope: (logit) => -sigmoid(logit) }, // log(1 - D(G(z)))
};

/** Latents (n, dim) from `us`, n * dim numbers in (0, 1): uniform on [-1, 1]^dim, or N(0, I) by its quantiles. */
export function toLatents(us, latents, kind) {
  for (let i = 0; i < us.length; i++)
    latents[i] = kind === "gaussian" ? normalQuantile(us[i]) : 2 * us[i] - 1;
  return latents;
}

/** Generator and discriminator, their optimisers, and the moves.
 *
 * Fixed for a game: `latentKind`, `latentDim`, `width`, `seed`, and `start`: G's first points lie all over the middle, or
 * close together in a "corner", far from what is real. `distribution` and the settings of a move
 * (`learningRateD`, `learningRateG`, `optimizerG`, `loss`, `instanceNoise`) may change at any time. D learns by Adam; G
 * may do without, for Adam hides a vanishing gradient: its steps are as long for a tiny slope as for a steep one.
 */
export class Game {
  constructor(distribution, settings) {
    const { latentDim, width, start, seed } = settings;
    this.distribution = distribution;
    this.settings = settings;
    const random = new Random(seed);
    this.generator = new Mlp([latentDim, width, width, 2]).initialise(random);
    this.discriminator = new Mlp([2, width, width, 1]).initialise(random);
    if (start === "corner") {
      const { weight, bias } = this.generator.layers[this.generator.layers.length - 1];
      for (let i = 0; i < weight.length; i++) weight[i] *= 0.2;
      bias.fill(-0.8 * EXTENT);
    }
    this.adamG = new Adam(this.generator);
    this.adamD = new Adam(this.discriminator);
    this.random = random;
    this.latents = new Float64Array(BATCH * latentDim);
    this.points = new Float64Array(2 * BATCH * 2); // real ones, then generated ones
    this.slopes = new Float64Array(2 * BATCH);
  }

  /** Latents (n, latentDim) at random. */
  drawLatents(latents, random) {
    const gaussian = this.settings.latentKind === "gaussian";
    for (let i = 0; i < latents.length; i++)
      latents[i] = gaussian ? random.normal() : 2 * random.uniform() - 1;
    return latents;
  }

  /** Instance noise on points that D is about to see (Sonderby et al. 2017; Arjovsky & Bottou 2017). */
  blur(points) {
    const { instanceNoise } = this.settings;
    if (instanceNoise > 0)
      for (let i = 0; i < points.length; i++) points[i] += instanceNoise * this.random.normal();
  }

  /** One step of D up V(D, G), on a fresh batch. */
  stepD() {
    this.distribution.sample(this.points, BATCH, this.random);
    const fake = this.generator.forward(this.drawLatents(this.latents, this.random), BATCH);
    for (let i = 0; i < 2 * BATCH; i++) this.points[2 * BATCH + i] = fake[i];
    this.blur(this.points);
    const logits = this.discriminator.forward(this.points, 2 * BATCH);
    for (let i = 0; i < BATCH; i++) {
      this.slopes[i] = -sigmoid(-logits[i]) / BATCH; // of -log D(x)
      this.slopes[BATCH + i] = sigmoid(logits[BATCH + i]) / BATCH; // of -log(1 - D(G(z)))
    }
    this.discriminator.backward(this.slopes, 2 * BATCH, true);
    this.adamD.step(this.settings.learningRateD);
  }

  /** One step of G down its loss, with D as it stands. */
  stepG() {
    const fake = this.generator.forward(this.drawLatents(this.latents, this.random), BATCH);
    const seen = this.points.subarray(0, 2 * BATCH);
    for (let i = 0; i < 2 * BATCH; i++) seen[i] = fake[i];
    this.blur(seen);
    const logits = this.discriminator.forward(seen, BATCH),
      { slope } = GENERATOR_LOSSES[this.settings.loss];
    for (let i = 0; i < BATCH; i++) this.slopes[i] = slope(logits[i]) / BATCH;
    this.generator.backward(this.discriminator.backward(this.slopes, BATCH, false), BATCH, true);
    const { optimizerG, learningRateG } = this.settings;
    if (optimizerG === "sgd") descend(this.generator, learningRateG);
    else this.adamG.step(learningRateG);
  }

  /** How the game stands on given points (n, 2) and latents (n, latentDim): the generated points, the way that G's
   * loss pushes each of them, and V, the losses (nats) and D's means. */
  look(real, latents, n) {
    const { loss, slope } = GENERATOR_LOSSES[this.settings.loss];
    let logits = this.discriminator.forward(real, n),
      dReal = 0,
      dFake = 0,
      value = 0,
      lossG = 0,
      gradient = 0;
    for (let i = 0; i < n; i++) {
      dReal += sigmoid(logits[i]) / n;
      value += logSigmoid(logits[i]) / n;
    }
    const fake = this.generator.forward(latents, n).slice(0, 2 * n);
    logits = this.discriminator.forward(fake, n);
    const slopes = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      dFake += sigmoid(logits[i]) / n;
      value += logSigmoid(-logits[i]) / n;
      lossG += loss(logits[i]) / n;
      slopes[i] = slope(logits[i]);
    }
    const push = this.discriminator.backward(slopes, n, false).slice(0, 2 * n);
    for (let i = 0; i < 2 * n; i++) push[i] = -push[i];
    for (let i = 0; i < n; i++) gradient += Math.hypot(push[2 * i], push[2 * i + 1]) / n;
    return { fake, push, dReal, dFake, value, lossD: -value, lossG, gradient };
  }
}

// ---- The meter

export const CELLS = 64; // along each axis of the meter's grid: cells of 0.094, narrower than any sigma here
const COVERED = 0.2; // of its share that a mode needs to count as covered

/** Compares points with a distribution: Jensen-Shannon divergence on a grid, and the modes they cover.
 *
 * The distribution's mass on a cell is exact; what lies beyond the grid is one cell more. A point is of high quality
 * if it lies within 3 sigma of the nearest component (as in VEEGAN, Srivastava et al. 2017, and PacGAN, Lin et al.
 * 2018). There one such point covers a mode; here, where many thousand points are thrown, some always fall on the way
 * between two modes, and it takes a fifth of what the mode should get.
 */
export class Meter {
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

  add(points, n) {
    const { components } = this.distribution,
      scale = CELLS / (2 * EXTENT);
    for (let i = 0; i < n; i++) {
      const x = points[2 * i],
        y = points[2 * i + 1];
      const column = Math.floor((x + EXTENT) * scale),
        row = Math.floor((y + EXTENT) * scale);
      const inside = column >= 0 && column < CELLS && row >= 0 && row < CELLS;
      this.counts[inside ? row * CELLS + column : CELLS * CELLS]++;
      let nearest = 9,
        mode = -1; // squared distance in sigmas
      for (let c = 0; c < components.length; c++) {
        const one = components[c],
          dx = x - one.x,
          dy = y - one.y,
          distance = (dx * dx + dy * dy) / (one.sigma * one.sigma);
        if (distance <= nearest) {
          nearest = distance;
          mode = one.mode;
        }
      }
      if (mode >= 0) this.modeCounts[mode]++;
    }
    this.total += n;
  }

  /** {jsd in nats, 0 to ln 2; covered, a flag a mode; quality, the share of high-quality points}. */
  read() {
    let jsd = 0;
    for (let cell = 0; cell < this.counts.length; cell++) {
      const p = this.masses[cell],
        q = this.counts[cell] / this.total,
        m = (p + q) / 2;
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

export const MEASURED = 20480; // latents thrown for one reading
const THROW = 512; // of them at a time

/** The meter's reading of a generator as it stands at the start; yields between its throws, so that a page can spread
 * it over frames. The latents are those of Roberts's R sequence: evenly spread over the unit cube, not random. */
export function* measure(game, distribution) {
  const { latentKind, latentDim } = game.settings;
  const meter = new Meter(distribution),
    generator = new Mlp(game.generator.widths);
  generator.parameters.set(game.generator.parameters);
  let root = 2; // of x^(dim + 1) = x + 1
  for (let i = 0; i < 60; i++) root = (1 + root) ** (1 / (latentDim + 1));
  const strides = range(latentDim).map((d) => root ** -(d + 1));
  const us = new Float64Array(THROW * latentDim),
    latents = new Float64Array(us.length);
  for (let first = 0; first < MEASURED; first += THROW) {
    for (let i = 0; i < us.length; i++) {
      us[i] = (0.5 + strides[i % latentDim] * (first + Math.floor(i / latentDim) + 1)) % 1;
    }
    meter.add(generator.forward(toLatents(us, latents, latentKind), THROW), THROW);
    yield;
  }
  return meter.read();
}

/** The same at once. */
export function measureNow(game, distribution) {
  const readings = measure(game, distribution);
  for (;;) {
    const { done, value } = readings.next();
    if (done) return value;
  }
}
