/* Trajectories of a diffusion model, as work.py computes them.
 *
 *   const denoiser = new Denoiser(await open(name, ["trajectory"]), "velocity")      in an update of live.js
 *   await denoiser.run([asked, ...])     -> [trajectory, ...]
 *   await denoiser.predict(x, times, asked)               asks the network once for each x
 *   await readDigits(open, judge, pictures)               what a classifier reads in them
 *   drawn(seed, config), noised(picture, noise, levels, t), wayOf(...), sumOfSteps(made, levels, config), actingOf(made, config)
 */

import { guidanceAt, pathLevels } from "../../browser/families/ddpm.js";
import { CLEAN, channelsLast, inferenceTimes, SAMPLERS, stepNoise } from "../../browser/families/samplers.js";
import { tensor } from "../../browser/nn.js";
import { range } from "../../browser/numbers.js";
import { TorchRandom } from "../../browser/torch_random.js";
import { SIDE, shapeOf } from "../../page/digit_canvas.js";

/** @import { Tensor } from "../../browser/nn.js" */
/** @import { DDPMConfig } from "../../browser/families/ddpm.js" */
/** @import { Levels } from "../../browser/families/samplers.js" */
/** @import { Open, Opened } from "../../page/live.js" */
/** What is asked for: `Asked` of work.py. `noise` is used in place of the seed's.
 * @typedef {{ digit: number | null, seed: number, steps: number, start: number, guidance: number,
 *   guidance_low: number, guidance_high: number, sampler: "dpm_solver" | "ddim" | "ddpm", picture?: Float32Array | null, known?: Float32Array | null,
 *   resamplings?: number, noise?: Float32Array }} Asked */
/** What a way passes: pictures at each of its times, in about [-1, 1], and the image in [0, 1].
 * @typedef {{ asked: Asked, times: number[], x: Float32Array[], xStart: Float32Array[], predNoise: Float32Array[],
 *   image: Float32Array }} Trajectory */

/** The times of a way that begins at `start`, with the share `start` of the steps, and CLEAN as the last.
 * @param {Levels} levels
 * @param {number} steps
 * @param {number} start */
export function wayOf(levels, steps, start) {
  const numTimes = Math.max(1, Math.floor(start * (levels[0].length - 1) + 0.5));
  return inferenceTimes(
    levels,
    Math.min(numTimes, Math.max(1, Math.floor(start * steps + 0.5))),
    numTimes - 1,
  );
}

/** What a seed stands for: x_T, the class, and the seed of the noise of random steps.
 * @param {number} seed
 * @param {DDPMConfig} config */
export function drawn(seed, { num_classes, image_size, in_channels }) {
  const random = new TorchRandom(seed);
  const pixels = image_size ** 2 * in_channels;
  const z = random.normal(pixels + num_classes);
  const scores = z.subarray(pixels);
  const digit = num_classes ? scores.indexOf(Math.max(...scores)) : null;
  const noise = channelsLast(z.slice(0, pixels), in_channels);
  return { noise, digit, stream: random.integer(2 ** 31) };
}

/** A picture in [0, 1] with the noise of time t: x_t.
 * @param {ArrayLike<number>} picture
 * @param {ArrayLike<number>} noise
 * @param {Levels} levels
 * @param {number} t */
export const noised = (picture, noise, [a, sigma], t) =>
  Float32Array.from(picture, (value, i) => a[t + 1] * (2 * value - 1) + sigma[t + 1] * noise[i]);

/** A picture as the canvas shows it: -1 is black, 1 white.
 * @param {Float32Array} values */
export const toUnit = (values) => values.map((value) => (value + 1) / 2);

/** Pictures of the same size as one tensor.
 * @param {ArrayLike<number>[]} pictures */
function batch(pictures) {
  const [{ length }] = pictures;
  const [side, channels] = shapeOf(length);
  const out = tensor([pictures.length, side, side, channels]);
  pictures.forEach((picture, i) => out.data.set(picture, i * length));
  return out;
}

/** @param {Tensor} pictures */
const separate = ({ shape: [n], data }) =>
  range(n).map((i) => data.subarray((i * data.length) / n, ((i + 1) * data.length) / n));

/** A diffusion model that was opened by `Live`, here or on the server. */
export class Denoiser {
  /** @param {Opened} model
   * @param {string | null} network  what it has to put out; null: whatever it does */
  constructor(model, network) {
    const { prediction } = model.config;
    if (network !== null && prediction !== network)
      throw new Error(`the network puts out ${prediction}, not ${network}`);
    this.model = model;
    this.config = /** @type {DDPMConfig} */ (model.config);
    this.levels = pathLevels(this.config);
  }

  /** Whether it makes pictures like the visitor's digit. */
  get makesDigits() {
    return this.config.image_size === SIDE && this.config.in_channels === 1;
  }

  /** Trajectories that have the same times, guidance and sampler.
   * @param {Asked[]} all
   * @returns {Promise<Trajectory[]>} */
  async run(all) {
    const { config, levels } = this;
    const [{ steps, start, guidance, guidance_low, guidance_high, sampler, known, resamplings = 4 }] = all;
    const times = wayOf(levels, steps, start);
    const seeds = all.map(({ seed }) => drawn(seed, config));
    const noises = all.map(({ noise }, i) => noise ?? seeds[i].noise);
    const x = all.map(({ picture }, i) =>
      picture ? noised(picture, noises[i], levels, times[0]) : noises[i],
    );
    const digits = all.map(({ digit, picture }, i) => digit ?? (picture ? null : seeds[i].digit));
    const [images, ...passed] = await this.model.run(
      "trajectory",
      batch(x),
      digits.map((digit) => digit ?? config.num_classes),
      {
        times,
        sampler,
        guidance_low,
        guidance_high,
        guidance: digits.every((digit) => digit === null) ? 0 : guidance,
        seeds: seeds.map(({ stream }) => stream),
        ...(known && {
          known: {
            image: batch(all.map(({ picture }) => picture)),
            mask: batch(all.map(({ known }) => known)),
            resamplings,
          },
        }),
      },
    );
    const [xs, starts, predicted] = passed.map(separate);
    const of = (/** @type {Float32Array[]} */ parts, /** @type {number} */ i) =>
      range(times.length - 1).map((step) => parts[step * all.length + i]);
    return separate(images).map((image, i) => ({
      asked: { ...all[i], digit: digits[i] },
      times: times.slice(0, -1),
      x: of(xs, i),
      xStart: of(starts, i),
      predNoise: of(predicted, i),
      image,
    }));
  }

  /** x_start and pred_noise of each x_t, each at its own time: a way of one step for each.
   * @param {Float32Array[]} x
   * @param {number[]} times
   * @param {Asked} asked  the class and the guidance count
   * @returns {Promise<[Float32Array[], Float32Array[]]>} */
  async predict(x, times, { digit, guidance, guidance_low, guidance_high }) {
    const labels = [digit ?? this.config.num_classes];
    const weight = { guidance: digit === null ? 0 : guidance, guidance_low, guidance_high };
    const sampling = { sampler: "ddim", ...weight };
    const starts = [];
    const predicted = [];
    for (const [i, one] of x.entries()) {
      const steps = { ...sampling, times: [times[i], CLEAN] };
      const [, , start, noise] = await this.model.run("trajectory", batch([one]), labels, steps);
      starts.push(start.data);
      predicted.push(noise.data);
    }
    return [starts, predicted];
  }
}

/** Where guidance acts on a way: from and to which share of it, and in how many of its steps. Null: nowhere.
 * @param {Pick<Trajectory, "asked" | "times">} made
 * @param {DDPMConfig} config */
export function actingOf({ asked, times }, { num_timesteps }) {
  const { digit, guidance, guidance_low, guidance_high } = asked;
  if (digit === null || guidance === 0 || guidance === 1) return null;
  const steps = times.filter((t) => guidanceAt(t, num_timesteps, asked) !== 1).length;
  const [low, high] = guidance < 1 ? [0, 1] : [guidance_low, guidance_high];
  return { low, high, steps };
}

/** The digit that a classifier reads in each picture of [0, 1]; none where it cannot be had.
 * @param {Open} open
 * @param {string} judge
 * @param {Float32Array[]} pictures
 * @returns {Promise<number[]>} */
export async function readDigits(open, judge, pictures) {
  try {
    const { run } = await open(judge, ["forward"]);
    const { shape, data } = await run("forward", batch(pictures));
    return pictures.map((_, i) => {
      const logits = data.subarray(i * shape[1], (i + 1) * shape[1]);
      return logits.indexOf(Math.max(...logits));
    });
  } catch (error) {
    console.warn(error);
    return [];
  }
}

/** The way again from what was predicted at each time, and how far x_T and the sum of all steps lie from the sample.
 * Gives the largest differences of one step and of the sum.
 * @param {Trajectory} made
 * @param {Levels} levels
 * @param {DDPMConfig} config */
export function sumOfSteps({ asked, times, x, xStart, predNoise, image }, levels, config) {
  const noise = stepNoise(
    [1, config.image_size, config.image_size, config.in_channels],
    [drawn(asked.seed, config).stream],
  );
  const last = image.map((value) => 2 * value - 1);
  /** @type {ArrayLike<number>[]} */
  const reached = []; // where the step before each time leads; the first: x_T
  const walked = SAMPLERS[asked.sampler](
    (here, t) => {
      const i = times.indexOf(t);
      reached.push(here.data.slice());
      here.data.set(x[i]); // so that the next step begins where that of the way did
      return [batch([xStart[i]]), batch([predNoise[i]])];
    },
    levels,
    batch([x[0]]),
    [...times, CLEAN],
    noise,
  );
  reached.push(walked.data);
  const step = Math.max(...[...x, last].map((there, i) => farthest(reached[i], there)));
  const sum = Float64Array.from(x[0]);
  x.forEach((from, i) => sum.forEach((_, pixel) => (sum[pixel] += reached[i + 1][pixel] - from[pixel])));
  return { step, sum: farthest(sum, last) };
}

/** The largest difference of two pictures.
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b */
export const farthest = (a, b) =>
  range(a.length).reduce((most, i) => Math.max(most, Math.abs(a[i] - b[i])), 0);
