/* PixelCNN, as in space/models/pixelcnn.py: a density of binary images, pixel by pixel.
 *
 * What the masked convolution sees of a pixel's surroundings is a sum over those that are white. So each white pixel adds
 * its column of the kernel to the features of the pixels after it, once, and a drawn pixel costs the 1x1 blocks alone.
 */

import { Linear } from "../convolutions.js";
import { PANEL, roundUp, TILE } from "../engine.js";
import { widthOf } from "../latents.js";
import { Embedding, found, Module, Sequential, tensor } from "../nn.js";
import { logSigmoid, normalCdf, range, sigmoid } from "../numbers.js";
import { standardNormal } from "./layers.js";

/** @import { Engine } from "../engine.js" */
/** @import { Tensor, Tensors } from "../nn.js" */
/** @typedef {import("./layers.js").ImageConfig & { num_classes: number, context: number, hidden_dim: number,
 *   num_blocks: number }} PixelCNNConfig */
/** How pixels are drawn: for which classes (num_classes: none), one an image; what a class changes in the log-odds is
 * multiplied by the guidance, and they are divided by the temperature.
 * @typedef {{ labels?: number[] | null, seed?: number, temperature?: number, guidance?: number }} Drawing */

const ROWS_AT_ONCE = 196; // whose features a processor keeps near

/** What a pixel sees of those before it: `edge` rows above it, and as many columns to either side. */
class MaskedConvolution extends Module {
  /** @param {number} edge
   * @param {number} width */
  constructor(edge, width) {
    super();
    this.edge = edge;
    this.width = width;
    /** @type {Float32Array} */
    this.columns = new Float32Array(); // what a white pixel adds: `width` numbers for each place in the kernel
  }

  /** @param {string} prefix
   * @returns {[string, number[]][]} */
  parameters(prefix) {
    return [[`${prefix}weight`, [this.width, 1, this.edge + 1, 2 * this.edge + 1]]];
  }

  /** @param {Tensors} tensors
   * @param {string} prefix */
  load(tensors, prefix) {
    const weight = found(tensors, `${prefix}weight`);
    const size = weight.length / this.width;
    this.columns = new Float32Array(weight.length);
    for (let c = 0; c < this.width; c++)
      for (let k = 0; k < size; k++) this.columns[k * this.width + c] = weight[c * size + k];
  }

  /** Adds what pixels see of one of them to their features.
   * @param {Float32Array} features  (size², width)
   * @param {number} size  of the image
   * @param {number} pixel
   * @param {number} value */
  add(features, size, pixel, value) {
    const { edge, width, columns } = this;
    const x = pixel % size;
    const y = (pixel - x) / size;
    const last = Math.min(y + edge, size - 1);
    for (let row = y; row <= last; row++) {
      const from = row === y ? x + 1 : Math.max(x - edge, 0);
      const to = Math.min(x + edge, size - 1);
      for (let column = from; column <= to; column++) {
        const k = (edge - row + y) * (2 * edge + 1) + x - column + edge;
        let [at, of] = [(row * size + column) * width, k * width];
        for (const end = at + width; at < end; at++, of++) features[at] += value * columns[of];
      }
    }
  }
}

/** h + W2 silu(W1 silu(h)). */
class Block extends Module {
  /** @param {number} width */
  constructor(width) {
    super();
    this.first = new Linear(width, width);
    this.second = new Linear(width, width);
  }
}

/** Room in an engine's memory for the features of some pixels, which blocks are computed on. The room is lost when the
 * engine computes anything else. */
class Rows {
  /** @param {Engine} engine
   * @param {number} most
   * @param {number} width */
  constructor(engine, most, width) {
    this.engine = engine;
    this.width = width;
    this.stride = roundUp(width, PANEL);
    const count = roundUp(most, TILE);
    const length = count * this.stride;
    const [h, a, b, ...addresses] = engine.places([length, length, length, count, count]);
    this.h = h;
    this.a = a; // what a layer is multiplied with, by turns with b
    this.b = b;
    this.addresses = addresses; // where those of the rows of a and b lie
    for (const [i, from] of [this.a, this.b].entries())
      for (let row = 0; row < count; row++)
        engine.words[this.addresses[i] / 4 + row] = from + 4 * row * this.stride;
    engine.floats.fill(0, this.h / 4, this.h / 4 + 3 * length);
  }

  /** @param {Linear} layer
   * @param {number} tiles
   * @param {number} from  0: of `a` into `b`, 1: of `b` into `a` */
  multiply({ kernels: [{ b }], biasAddress, inputs, outputs }, tiles, from) {
    const [rows, outs] = [this.addresses[from], this.addresses[1 - from]];
    const panels = roundUp(outputs, PANEL) / PANEL;
    this.engine.multiply(rows, outs, tiles, b, biasAddress, panels, 1, inputs, 0, 1);
  }

  /** The first rows of `h` through all blocks and the head, whose numbers are written to `out`.
   * @param {number} number
   * @param {Block[]} blocks
   * @param {Linear} head
   * @param {Float64Array} out */
  run(number, blocks, head, out) {
    const { stride } = this;
    const { floats } = this.engine;
    const [h, a, b] = [this.h / 4, this.a / 4, this.b / 4];
    const tiles = Math.ceil(number / TILE);
    const length = number * stride;
    for (const { first, second } of blocks) {
      silu(floats, h, a, length);
      this.multiply(first, tiles, 0);
      silu(floats, b, b, length);
      this.multiply(second, tiles, 1);
      for (let i = 0; i < length; i++) floats[h + i] += floats[a + i];
    }
    silu(floats, h, a, length);
    this.multiply(head, tiles, 0);
    for (let row = 0; row < number; row++) out[row] = floats[b + row * stride];
  }
}

/** @param {Float32Array} floats
 * @param {number} from
 * @param {number} to
 * @param {number} length */
function silu(floats, from, to, length) {
  for (let i = 0; i < length; i++) {
    const value = floats[from + i];
    floats[to + i] = value / (1 + Math.exp(-value));
  }
}

/** -log p of each pixel, in nats, by the log-odds of its being 1.
 * @param {ArrayLike<number>} logits
 * @param {ArrayLike<number>} x  of zeros and ones
 * @returns {Float64Array} */
export const surprises = (logits, x) =>
  Float64Array.from(x, (value, i) => -(value * logSigmoid(logits[i]) + (1 - value) * logSigmoid(-logits[i])));

/** Log-odds of classifier-free guidance, by those with a class and those without.
 * @param {number} own
 * @param {number} without
 * @param {number} guidance */
export const guided = (own, without, guidance) => without + guidance * (own - without);

/** The uniform numbers that decide the pixels, as a seed or a row of latent numbers gives them.
 * @param {Float32Array} z
 * @param {number} pixels */
export const uniformsOf = (z, pixels) => Float64Array.from(z.subarray(0, pixels), normalCdf);

export class PixelCNN extends Module {
  /** @param {PixelCNNConfig} config */
  constructor(config) {
    super();
    this.config = config;
    const { image_size, num_classes, context, hidden_dim, num_blocks } = config;
    this.pixels = image_size ** 2;
    this.context = new MaskedConvolution(context, hidden_dim);
    this.place = new Embedding(this.pixels, hidden_dim);
    this.classes = new Embedding(num_classes + 1, hidden_dim); // the last: no class
    this.blocks = new Sequential(...range(num_blocks).map(() => new Block(hidden_dim)));
    this.head = new Linear(hidden_dim, 1);
    this.bias = new Embedding(this.pixels, 1);
  }

  static needs = Object.fromEntries(
    ["logits", "class_log_probs", "decode", "sample", "complete"].map((method) => [
      method,
      ["context", "place", "classes", "blocks", "head", "bias"],
    ]),
  );

  /** Features of an image's pixels, without a class: (pixels, hidden_dim).
   * @param {ArrayLike<number>} x */
  features(x) {
    const features = this.place.weight.slice();
    for (let i = 0; i < this.pixels; i++)
      if (x[i]) this.context.add(features, this.config.image_size, i, x[i]);
    return features;
  }

  /** Log-odds of all pixels out of their features.
   * @param {Float32Array} features
   * @param {number} label */
  logOdds(features, label) {
    const { pixels } = this;
    const { hidden_dim: width } = this.config;
    const rows = this.room(Math.min(ROWS_AT_ONCE, pixels));
    const { floats } = rows.engine;
    const [out, odds] = [new Float64Array(ROWS_AT_ONCE), new Float32Array(pixels)];
    for (let first = 0; first < pixels; first += ROWS_AT_ONCE) {
      const number = Math.min(ROWS_AT_ONCE, pixels - first);
      for (let i = 0; i < number; i++)
        this.put(floats, rows.h / 4 + i * rows.stride, features, (first + i) * width, label);
      rows.run(number, /** @type {Block[]} */ (this.blocks.layers), this.head, out);
      for (let i = 0; i < number; i++) odds[first + i] = out[i] + this.bias.weight[first + i];
    }
    return odds;
  }

  /** Features of one pixel and its class as a row.
   * @param {Float32Array} floats
   * @param {number} to
   * @param {Float32Array} features
   * @param {number} from
   * @param {number} label */
  put(floats, to, features, from, label) {
    const { weight } = this.classes;
    const { hidden_dim: width } = this.config;
    for (let c = 0; c < width; c++) floats[to + c] = features[from + c] + weight[label * width + c];
  }

  /** @param {number} most */
  room(most) {
    const blocks = /** @type {Block[]} */ (this.blocks.layers);
    for (const layer of [...blocks.flatMap(({ first, second }) => [first, second]), this.head])
      layer.packKernels();
    return new Rows(/** @type {Engine} */ (this.head.engine), most, this.config.hidden_dim);
  }

  /** Each of the images.
   * @param {Tensor} x */
  imagesOf({ shape: [n], data }) {
    return range(n).map((i) => data.subarray(i * this.pixels, (i + 1) * this.pixels));
  }

  /** Log-odds of each pixel being 1, given those before it.
   * @param {Tensor} x
   * @param {number[] | null} [labels] */
  logits(x, labels) {
    const out = tensor(x.shape);
    this.imagesOf(x).forEach((image, i) =>
      out.data.set(
        this.logOdds(this.features(image), labels?.[i] ?? this.config.num_classes),
        i * this.pixels,
      ),
    );
    return out;
  }

  /** log p(x | y) for each class y, (n, num_classes).
   * @param {Tensor} x */
  class_log_probs(x) {
    const { num_classes } = this.config;
    const out = tensor([x.shape[0], num_classes]);
    this.imagesOf(x).forEach((image, i) => {
      const features = this.features(image);
      for (const label of range(num_classes)) {
        const nats = surprises(this.logOdds(features, label), image);
        out.data[i * num_classes + label] = -nats.reduce((sum, one) => sum + one, 0);
      }
    });
    return out;
  }

  /** Images of zeros and ones: a pixel is 1 where its uniform number is below its probability.
   * @param {Float64Array[]} uniforms  of each image
   * @param {number[]} labels
   * @param {{ x: Tensor, known: Tensor } | null} [given]  pixels of x that stay, where `known` is not 0
   * @param {number} [temperature]
   * @param {number} [guidance] */
  draw(uniforms, labels, given = null, temperature = 1, guidance = 1) {
    const { pixels, config } = this;
    const { image_size: size, hidden_dim: width, num_classes } = config;
    const out = tensor([uniforms.length, size, size, 1]);
    const images = this.imagesOf(out);
    const features = uniforms.map(() => this.place.weight.slice());
    const rows = this.room(uniforms.length);
    const { floats } = rows.engine;
    const odds = new Float64Array(uniforms.length);
    const without = new Float64Array(uniforms.length); // log-odds without a class
    const nothing = labels.map(() => num_classes);
    const twice = guidance !== 0 && guidance !== 1;
    /** @param {number} i
     * @param {number[]} classes
     * @param {Float64Array} found */
    const ask = (i, classes, found) => {
      features.forEach((all, n) =>
        this.put(floats, rows.h / 4 + n * rows.stride, all, i * width, classes[n]),
      );
      rows.run(uniforms.length, /** @type {Block[]} */ (this.blocks.layers), this.head, found);
      for (let n = 0; n < uniforms.length; n++) found[n] = Math.fround(found[n] + this.bias.weight[i]);
    };
    const x = given && this.imagesOf(given.x);
    const known = given && this.imagesOf(given.known);
    for (let i = 0; i < pixels; i++) {
      if (!known?.every((one) => one[i])) {
        ask(i, guidance ? labels : nothing, odds);
        if (twice) ask(i, nothing, without);
      }
      images.forEach((image, n) => {
        const logit = twice ? guided(odds[n], without[n], guidance) : odds[n];
        const p = sigmoid(logit / temperature);
        image[i] = x && known?.[n][i] ? x[n][i] : Number(uniforms[n][i] < p);
        if (image[i]) this.context.add(features[n], size, i, image[i]);
      });
    }
    return out;
  }

  /** Images out of z: a number a pixel, then one a class, of which the largest names the class.
   * @param {Tensor} z */
  decode({ shape: [n, width], data }) {
    const rows = range(n).map((i) => data.subarray(i * width, (i + 1) * width));
    const labels = rows.map((row) => {
      const scores = row.subarray(this.pixels);
      return scores.length ? scores.indexOf(Math.max(...scores)) : 0;
    });
    return this.draw(
      rows.map((row) => uniformsOf(row, this.pixels)),
      labels,
    );
  }

  /** @param {number} number
   * @param {number} seed */
  sample(number, seed) {
    return this.decode(standardNormal(number, widthOf(this.config), seed));
  }

  /** Images that are as x where `known` is not 0; the rest is drawn, given all pixels before.
   * @param {Tensor} x  of zeros and ones
   * @param {Tensor} known
   * @param {Drawing} [drawing] */
  complete(x, known, { labels, seed = 0, temperature = 1, guidance = 1 } = {}) {
    const [n] = x.shape;
    const z = standardNormal(n, widthOf(this.config), seed);
    const width = z.shape[1];
    const uniforms = range(n).map((i) => uniformsOf(z.data.subarray(i * width), this.pixels));
    const classes = range(n).map((i) => labels?.[i] ?? this.config.num_classes);
    return this.draw(uniforms, classes, { x, known }, temperature, guidance);
  }
}
