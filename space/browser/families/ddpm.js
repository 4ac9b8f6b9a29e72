/* Denoising diffusion, as in space/models/ddpm.py. Pixels are in [-1, 1], but images in [0, 1] come in and go out. */

import { Conv2d, Linear } from "../convolutions.js";
import { widthOf } from "../latents.js";
import { add, affine, Embedding, GroupNorm, Module, map, Sequential, SiLU, silu, tensor } from "../nn.js";
import { clamp, range } from "../numbers.js";
import { concatenate, pixelShuffle, pixelUnshuffle } from "../shapes.js";
import { TorchRandom } from "../torch_random.js";
import { pairwise, standardNormal } from "./layers.js";
import { channelsLast, inferenceTimes, noiseSeeds, repaint, SAMPLERS, stepNoise } from "./samplers.js";

/** @import { Tensor } from "../nn.js" */
/** @import { Callback, Known, Levels } from "./samplers.js" */
/** @typedef {import("./layers.js").ImageConfig & { num_classes: number, num_timesteps: number, schedule: string,
 *   prediction: string, base_channels: number, num_blocks: number, num_inference_steps: number, guidance: number,
 *   guidance_low: number, guidance_high: number }} DDPMConfig */

/** beta_t, the share of noise that each step adds.
 * @param {DDPMConfig} config */
function betas({ schedule, num_timesteps: count }) {
  if (schedule === "linear") {
    const scale = 1000 / count;
    const [first, last] = [1e-4 * scale, 0.02 * scale];
    return range(count).map((t) => Math.min(first + ((last - first) * t) / Math.max(count - 1, 1), 0.999));
  }
  const product = range(count + 1).map((t) => Math.cos(((t / count + 0.008) / 1.008) * (Math.PI / 2)) ** 2);
  return range(count).map((t) => Math.min(1 - product[t + 1] / product[t], 0.999));
}

/** a_t and sigma_t of t = -1 (the image), 0, ..., num_timesteps - 1.
 * @param {DDPMConfig} config
 * @returns {Levels} */
export function pathLevels(config) {
  const count = config.num_timesteps;
  if (config.prediction === "flow") {
    const sigma = range(count + 1).map((t) => t / count);
    return [Float32Array.from(sigma, (value) => 1 - value), Float32Array.from(sigma)];
  }
  const remains = [1];
  betas(config).forEach((beta, t) => remains.push(remains[t] * (1 - beta)));
  return [Float32Array.from(remains, Math.sqrt), Float32Array.from(remains, (value) => Math.sqrt(1 - value))];
}

/** Sines, then cosines, (n, 2 dim) of times.
 * @param {number[]} times
 * @param {number} dim */
function timeEmbedding(times, dim) {
  const out = tensor([times.length, 2 * dim]);
  times.forEach((t, row) => {
    for (const i of range(dim)) {
      const angle = Math.fround(t * Math.fround(Math.exp(Math.fround(-Math.log(10_000) / dim) * i)));
      out.data[row * 2 * dim + i] = Math.sin(angle);
      out.data[row * 2 * dim + dim + i] = Math.cos(angle);
    }
  });
  return out;
}

/** @param {number} channels */
const groupNorm = (channels) =>
  new GroupNorm([8, 4, 2, 1].find((one) => channels % one === 0) ?? 1, channels);

/** Residual block of two convolutions; time and class scale and shift its channels (FiLM). */
class Block extends Module {
  /** @param {number} inputs
   * @param {number} channels
   * @param {number} conditionDim */
  constructor(inputs, channels, conditionDim) {
    super();
    this.norm1 = groupNorm(inputs);
    this.conv1 = new Conv2d(inputs, channels, 3, { padding: 1 });
    this.film = new Linear(conditionDim, 2 * channels);
    this.norm2 = groupNorm(channels);
    this.conv2 = new Conv2d(channels, channels, 3, { padding: 1 });
    this.skip = inputs === channels ? null : new Conv2d(inputs, channels, 1);
  }

  /** @param {Tensor} x
   * @param {Tensor} condition
   * @returns {Tensor} */
  forward(x, condition) {
    const h = this.conv1.forward(silu(this.norm1.forward(x)));
    const { shape, data } = this.film.forward(condition); // (n, 2 channels): scales, then shifts
    const channels = shape[1] / 2;
    const scale = tensor([shape[0], channels]).data;
    const shift = scale.slice();
    for (let i = 0; i < scale.length; i++) {
      const at = i + channels * Math.floor(i / channels);
      scale[i] = 1 + data[at];
      shift[i] = data[at + channels];
    }
    const modulated = affine(this.norm2.forward(h), scale, shift);
    return add(this.skip ? this.skip.forward(x) : x, this.conv2.forward(silu(modulated)));
  }
}

/** x_t, times and classes -> the prediction. 2x2 pixels are one position with four times the channels. */
class UNet extends Module {
  /** @param {DDPMConfig} config */
  constructor({ in_channels, image_size, base_channels, num_blocks, num_classes }) {
    super();
    const sizes = [image_size / 2];
    while (sizes[0] > 8 && sizes[0] % 2 === 0) sizes.unshift(sizes[0] / 2);
    const channels = sizes.map((_, depth) => base_channels * Math.min(2 ** depth, 4));
    const width = 3 * base_channels;
    this.frequencies = base_channels;
    this.time = new Sequential(new Linear(2 * base_channels, width), new SiLU(), new Linear(width, width));
    this.classes = new Embedding(num_classes + 1, width); // the last: no class
    this.stem = new Conv2d(4 * in_channels, channels[0], 3, { padding: 1 });
    const blocks = (/** @type {number} */ first, /** @type {number} */ last, /** @type {number} */ count) =>
      range(count).map((i) => new Block(i === 0 ? first : last, last, width));
    this.down = channels.slice(0, -1).map((c) => blocks(c, c, num_blocks));
    this.shrink = pairwise(channels).map(([a, b]) => new Conv2d(4 * a, b, 1));
    const bottom = channels[channels.length - 1];
    this.bottom = blocks(bottom, bottom, 2 * num_blocks);
    this.grow = pairwise(channels).map(([a, b]) => new Conv2d(b, 4 * a, 1));
    this.up = channels.slice(0, -1).map((c) => blocks(2 * c, c, num_blocks));
    this.norm = groupNorm(channels[0]);
    this.head = new Conv2d(channels[0], 4 * in_channels, 3, { padding: 1 });
  }

  /** @param {Tensor} x
   * @param {number[]} times
   * @param {number[]} labels
   * @returns {Tensor} */
  forward(x, times, labels) {
    const time = this.time.forward(timeEmbedding(times, this.frequencies));
    const condition = silu(add(time, this.classes.forward(labels)));
    const through = (/** @type {Block[]} */ blocks) => {
      for (const block of blocks) x = block.forward(x, condition);
    };
    x = this.stem.forward(pixelUnshuffle(x, 2));
    /** @type {Tensor[]} */
    const kept = [];
    this.down.forEach((blocks, depth) => {
      through(blocks);
      kept.push(x);
      x = this.shrink[depth].forward(pixelUnshuffle(x, 2));
    });
    through(this.bottom);
    for (const depth of range(this.up.length).reverse()) {
      x = concatenate(pixelShuffle(this.grow[depth].forward(x), 2), kept[depth]);
      through(this.up[depth]);
    }
    return pixelShuffle(this.head.forward(silu(this.norm.forward(x))), 2);
  }
}

/** How a sample is made, by default as the config says: times, the weight of the class and where it acts, sampler. What
 * is `known` stays, and the rest is filled in. Where there is chance in it, the noise needs a seed, or `seeds`, one an
 * image.
 * @typedef {{ times?: number[], guidance?: number, guidance_low?: number, guidance_high?: number,
 *   sampler?: keyof typeof SAMPLERS, known?: Known, seed?: number, seeds?: number[], callback?: Callback }} Sampling */

/** The guidance at a time: one above 1 acts between two shares of the way into noise.
 * @param {number} t
 * @param {number} numTimesteps
 * @param {Required<Pick<Sampling, "guidance" | "guidance_low" | "guidance_high">>} asked */
export function guidanceAt(t, numTimesteps, { guidance, guidance_low: low, guidance_high: high }) {
  const share = (t + 1) / numTimesteps;
  return low <= share && share <= high ? guidance : Math.min(guidance, 1);
}

export class DDPM extends Module {
  /** @param {DDPMConfig} config */
  constructor(config) {
    super();
    this.config = config;
    this.unet = new UNet(config);
    this.levels = pathLevels(config);
  }

  static needs = {
    predict: ["unet"],
    denoise: ["unet"],
    trajectory: ["unet"],
    decode: ["unet"],
    sample: ["unet"],
  };

  /** x_start, kept within [-1, 1], and the pred_noise that goes with it, of x_t at the time t. `labels` are classes, or
   * num_classes for none.
   * @param {Tensor} x
   * @param {number} t
   * @param {number[]} labels
   * @param {number} [guidance]
   * @returns {[Tensor, Tensor]} */
  predict(x, t, labels, guidance = 1) {
    const { num_classes, prediction } = this.config;
    const [n] = x.shape;
    const ask = (/** @type {number[]} */ all) => this.unet.forward(x, Array(n).fill(t), all);
    const nothing = Array(n).fill(num_classes);
    let output = guidance ? ask(labels) : ask(nothing);
    if (guidance !== 0 && guidance !== 1 && num_classes) {
      const without = ask(nothing);
      output = map(output, (value, i) => without.data[i] + guidance * (value - without.data[i]));
    }
    const [a, sigma] = this.levels.map((level) => level[t + 1]);
    /** @type {Record<string, (x: number, output: number) => number>} */
    const starts = {
      noise: (x, output) => (x - sigma * output) / a,
      x_start: (_, output) => output,
      velocity: (x, output) => a * x - sigma * output,
      flow: (x, output) => x - sigma * output,
    };
    const start = starts[prediction];
    const xStart = map(x, (value, i) => clamp(start(value, output.data[i]), -1, 1));
    return [xStart, map(x, (value, i) => (value - a * xStart.data[i]) / sigma)];
  }

  /** Images in [0, 1] out of x, which is x_t at the first of the times.
   * @param {Tensor} x
   * @param {number[]} labels
   * @param {Sampling} [sampling] */
  denoise(
    x,
    labels,
    { times, guidance, guidance_low, guidance_high, sampler = "dpm_solver", known, ...chance } = {},
  ) {
    const { config } = this;
    const path = times ?? inferenceTimes(this.levels, config.num_inference_steps);
    const weight = {
      guidance: guidance ?? config.guidance,
      guidance_low: guidance_low ?? config.guidance_low,
      guidance_high: guidance_high ?? config.guidance_high,
    };
    const { seed, callback } = chance;
    const seeds = chance.seeds ?? (seed !== undefined && noiseSeeds(x.shape[0], new TorchRandom(seed)));
    const noise = seeds ? stepNoise(x.shape, seeds) : undefined;
    const predict = (/** @type {Tensor} */ x, /** @type {number} */ t) =>
      this.predict(x, t, labels, guidanceAt(t, config.num_timesteps, weight));
    if (known && !noise) throw new Error("what is filled in is random: give its noise a seed");
    const found =
      known && noise
        ? repaint(predict, this.levels, x, path, noise, callback, {
            ...known,
            image: map(known.image, (value) => 2 * value - 1),
          })
        : SAMPLERS[sampler](predict, this.levels, x, path, noise, callback);
    return map(found, (value) => (clamp(value, -1, 1) + 1) / 2);
  }

  /** What denoise() makes, and all that it passed: images, then x, x_start and pred_noise at each of the times, one
   * after another. Of a time that comes again the last counts.
   * @param {Tensor} x
   * @param {number[]} labels
   * @param {Sampling} [sampling]
   * @returns {Tensor[]} */
  trajectory(x, labels, sampling = {}) {
    /** @type {Map<number, Tensor[]>} */
    const passed = new Map();
    const images = this.denoise(x, labels, {
      ...sampling,
      callback: (x, t, xStart, predNoise) => passed.set(t, [x, xStart, predNoise]),
    });
    const steps = [...passed.values()];
    const [n, ...shape] = x.shape;
    const all = range(3).map((part) => {
      const out = tensor([steps.length * n, ...shape]);
      steps.forEach((step, i) => out.data.set(step[part].data, i * x.data.length));
      return out;
    });
    return [images, ...all];
  }

  /** Images in [0, 1] out of z: x_T channel by channel, then a number a class, of which the largest names the class.
   * @param {Tensor} z */
  decode({ shape: [n, width], data }) {
    const { in_channels, image_size, num_classes } = this.config;
    const pixels = width - num_classes;
    const rows = range(n).map((i) => data.subarray(i * width, (i + 1) * width));
    const x = tensor([n, image_size, image_size, in_channels]);
    rows.forEach((row, i) => x.data.set(channelsLast(row.subarray(0, pixels), in_channels), i * pixels));
    const labels = rows.map((row) => {
      const scores = row.subarray(pixels);
      return num_classes ? scores.indexOf(Math.max(...scores)) : 0;
    });
    return this.denoise(x, labels);
  }

  /** @param {number} number
   * @param {number} seed */
  sample(number, seed) {
    return this.decode(standardNormal(number, widthOf(this.config), seed));
  }
}
