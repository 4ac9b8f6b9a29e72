/* Samplers of a diffusion model, as in space/models/samplers.py: they walk a path into noise backwards.
 *
 * `levels` are [a, sigma], each an array over t = -1, 0, ..., T - 1. `predict(x, t)` gives [x_start, pred_noise] of x_t.
 * `noise()`, where a sampler is random, gives other numbers at each call. `callback(x, t, x_start, pred_noise)` is told
 * of each step.
 */

import { map, tensor } from "../nn.js";
import { range } from "../numbers.js";
import { TorchRandom } from "../torch_random.js";
import { pairwise } from "./layers.js";

/** @import { Tensor } from "../nn.js" */
/** @typedef {[Float32Array, Float32Array]} Levels */
/** @typedef {(x: Tensor, t: number) => [Tensor, Tensor]} Predict */
/** @typedef {(x: Tensor, t: number, xStart: Tensor, predNoise: Tensor) => void} Callback */

export const CLEAN = -1; // the time of the image itself

const MOST_RATIO = 40; // sigma / a of the second step at most: the first begins in pure noise
const LEAST_RATIO = 0.1; // and of the last
const RHO = 7; // how much closer the steps of little noise lie

/** Times at which the network is called, from `first` down, and CLEAN as the last; sigma / a falls as in Karras et al.
 * 2022.
 * @param {Levels} levels
 * @param {number} numInferenceSteps
 * @param {number} [first] */
export function inferenceTimes([a, sigma], numInferenceSteps, first = a.length - 2) {
  const ratios = range(a.length - 1).map((t) => sigma[t + 1] / a[t + 1]);
  const most = Math.min(MOST_RATIO, ratios[first]) ** (1 / RHO);
  const least = Math.min(LEAST_RATIO, ratios[first] / 4) ** (1 / RHO);
  /** @type {number[]} */
  const times = [];
  for (const step of range(numInferenceSteps)) {
    const share = step / Math.max(1, numInferenceSteps - 1);
    const nearest = step ? closest(ratios, (most + share * (least - most)) ** RHO) : first;
    const later = numInferenceSteps - 1 - step; // steps that need a time of their own
    times.push(Math.max(later, Math.min(nearest, (times[step - 1] ?? Infinity) - 1)));
  }
  return [...times, CLEAN];
}

/** Where a value is that lies closest to another.
 * @param {number[]} values
 * @param {number} wanted */
const closest = (values, wanted) =>
  values.reduce(
    (best, value, i) => (Math.abs(value - wanted) < Math.abs(values[best] - wanted) ? i : best),
    0,
  );

/** Noise of images (n, height, width, channels), each of a stream of its own.
 * @param {number[]} shape
 * @param {number[]} seeds  of the streams
 * @returns {() => Tensor} */
export function stepNoise([n, height, width, channels], seeds) {
  const streams = seeds.map((seed) => new TorchRandom(seed));
  const size = height * width * channels;
  return () => {
    const out = tensor([n, height, width, channels]);
    streams.forEach((stream, i) => out.data.set(channelsLast(stream.normal(size), channels), i * size));
    return out;
  };
}

/** Seeds of the noise of n images.
 * @param {number} n
 * @param {TorchRandom} random */
export const noiseSeeds = (n, random) => range(n).map(() => random.integer(2 ** 31));

/** Numbers of an image, channel by channel, as they lie here.
 * @param {Float32Array} data
 * @param {number} channels */
export const channelsLast = (data, channels) =>
  data.map((_, i) => data[(i % channels) * (data.length / channels) + Math.floor(i / channels)]);

/** One step back from t to s; with `eta` 0 nothing is random, with 1 it is the step of the paper.
 * @param {Levels} levels
 * @param {number} t
 * @param {number} s
 * @param {Tensor} xStart
 * @param {Tensor} predNoise
 * @param {number} eta
 * @param {Tensor | null} noise */
export function pSample([a, sigma], t, s, xStart, predNoise, eta, noise) {
  const ratio = ((a[t + 1] / a[s + 1]) * sigma[s + 1]) / sigma[t + 1];
  const spread = eta * Math.sqrt(1 - ratio ** 2);
  const rest = Math.sqrt(1 - eta ** 2 + (eta * ratio) ** 2);
  return map(xStart, (value, i) => {
    const fresh = noise ? spread * noise.data[i] : 0;
    return a[s + 1] * value + sigma[s + 1] * (rest * predNoise.data[i] + fresh);
  });
}

/** What the steps of all samplers share.
 * @param {(levels: Levels, x: Tensor, t: number, s: number, xStart: Tensor, predNoise: Tensor,
 *   noise: (() => Tensor) | undefined, kept: any) => Tensor} step  `kept` is its own, from step to step
 * @returns {(predict: Predict, levels: Levels, x: Tensor, times: number[], noise?: () => Tensor,
 *   callback?: Callback) => Tensor} */
const sampler = (step) => (predict, levels, x, times, noise, callback) => {
  const kept = {};
  for (const [t, s] of pairwise(times)) {
    const [xStart, predNoise] = predict(x, t);
    callback?.(x, t, xStart, predNoise);
    x = step(levels, x, t, s, xStart, predNoise, noise, kept);
  }
  return x;
};

export const SAMPLERS = {
  /** without chance */
  ddim: sampler((levels, _x, t, s, xStart, predNoise) => pSample(levels, t, s, xStart, predNoise, 0, null)),

  /** fresh noise in each step */
  ddpm: sampler((levels, _x, t, s, xStart, predNoise, noise) => {
    if (!noise) throw new Error("the steps of ddpm are random: give their noise");
    return pSample(levels, t, s, xStart, predNoise, 1, noise());
  }),

  /** Euler's steps along eps - x_0 */
  euler: sampler(([a, sigma], x, t, s, xStart, predNoise) => {
    const [from, to] = [a[t + 1] + sigma[t + 1], a[s + 1] + sigma[s + 1]];
    const duration = sigma[s + 1] / to - sigma[t + 1] / from;
    return map(x, (value, i) => to * (value / from + duration * (predNoise.data[i] - xStart.data[i])));
  }),

  /** DPM-Solver++(2M): x_0 goes on changing as it did in the step before */
  dpm_solver: sampler(([a, sigma], x, t, s, xStart, _predNoise, _noise, kept) => {
    const h = Math.log(a[s + 1] / sigma[s + 1]) - Math.log(a[t + 1] / sigma[t + 1]);
    const { before, lastH } = kept;
    const ahead =
      before === undefined || s === CLEAN
        ? xStart
        : map(xStart, (value, i) => value + ((0.5 * h) / lastH) * (value - before.data[i]));
    Object.assign(kept, { before: xStart, lastH: h });
    const [shrunk, gain] = [sigma[s + 1] / sigma[t + 1], a[s + 1] * Math.expm1(-h)];
    return map(x, (value, i) => shrunk * value - gain * ahead.data[i]);
  }),
};

/** What of images is to stay while the rest is filled in: the images, in repaint() in [-1, 1]; a mask, 1 where they
 * stay; and how often each step is done.
 * @typedef {{ image: Tensor, mask: Tensor, resamplings: number }} Known */

/** RePaint: fills in the rest of images by steps of ddpm.
 * @param {Predict} predict
 * @param {Levels} levels
 * @param {Tensor} x
 * @param {number[]} times
 * @param {() => Tensor} noise
 * @param {Callback | undefined} callback
 * @param {Known} known */
export function repaint(predict, levels, x, times, noise, callback, { image, mask, resamplings }) {
  const [a, sigma] = levels;
  const join = (/** @type {Tensor} */ x, /** @type {number} */ s) => {
    const fresh = noise();
    return map(x, (value, i) => {
      const stays = a[s + 1] * image.data[i] + sigma[s + 1] * fresh.data[i];
      return value + mask.data[i] * (stays - value);
    });
  };
  x = join(x, times[0]);
  for (const [t, s] of pairwise(times)) {
    const kept = a[t + 1] / a[s + 1];
    const added = Math.sqrt(sigma[t + 1] ** 2 - (kept * sigma[s + 1]) ** 2);
    for (let remaining = s === CLEAN ? 0 : resamplings - 1; ; remaining--) {
      const [xStart, predNoise] = predict(x, t);
      callback?.(x, t, xStart, predNoise);
      const next = join(pSample(levels, t, s, xStart, predNoise, 1, noise()), s);
      if (remaining) {
        const fresh = noise();
        x = map(next, (value, i) => kept * value + added * fresh.data[i]);
      } else {
        x = next;
        break;
      }
    }
  }
  return x;
}
