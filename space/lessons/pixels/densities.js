/* What three models say of a binary digit: exactly, exactly, and at least. Knows no page.
 *
 *   flat(pictures)                     pictures of 784 numbers as a tensor; parts(tensor) again
 *   new Counting(told)                 the model that counts: .logits(x), .draw(uniforms, temperature)
 *   total(nats)                        their sum
 *   await logWeights(vae, x, number)   log p(x|z) p(z) / q(z|x) of so many z ~ q(z|x)
 *   bound(weights, k)                  -log p(x) is at most this, by k of them at a time; k = 1: the ELBO
 *   byBayes(logs)                      p(y | x) of log p(x | y), all classes as likely
 *   isFirst(known)                     whether all that is known comes before the rest
 *   binarised(grey)                    pixels made black or white, as work.py does
 */

import { standardNormal } from "../../browser/families/layers.js";
import { row } from "../../browser/latents.js";
import { tensor } from "../../browser/nn.js";
import { base64ToBytes, range, sigmoid } from "../../browser/numbers.js";
import { TorchRandom } from "../../browser/torch_random.js";

/** @import { Tensor } from "../../browser/nn.js" */
/** @import { Opened } from "../../page/live.js" */
/** What the server tells of the model that counts: `read_counting` of work.py.
 * @typedef {{ offsets: [number, number][], log_odds: string, place: string }} Told */

export const SIDE = 28;
export const PIXELS = SIDE * SIDE;

/** @param {ArrayLike<number>[]} pictures */
export function flat(pictures) {
  const out = tensor([pictures.length, SIDE, SIDE, 1]);
  pictures.forEach((picture, i) => out.data.set(picture, i * PIXELS));
  return out;
}

/** @param {Tensor} pictures */
export const parts = ({ data }) =>
  range(data.length / PIXELS).map((i) => data.subarray(i * PIXELS, (i + 1) * PIXELS));

/** @param {ArrayLike<number>} grey */
export function binarised(grey) {
  const uniform = new TorchRandom(0).uniform(PIXELS);
  return Float32Array.from(grey, (value, i) => Number(uniform[i] < value));
}

/** @param {ArrayLike<number>} nats */
export const total = (nats) => Array.from(nats).reduce((sum, one) => sum + one, 0);

/** How often a pixel was white after its neighbours, of those that come before it. */
export class Counting {
  /** @param {Told} told */
  constructor({ offsets, log_odds, place }) {
    this.offsets = offsets;
    const table = new DataView(base64ToBytes(log_odds).buffer);
    this.logOdds = Int16Array.from({ length: table.byteLength / 2 }, (_, i) => table.getInt16(2 * i, true)); // thousandths
    this.place = new Int8Array(base64ToBytes(place).buffer); // sixteenths, by the nearest neighbours of each place
    this.perPlace = this.place.length / PIXELS;
  }

  /** Log-odds of pixel i being 1.
   * @param {ArrayLike<number>} x
   * @param {number} i */
  logit(x, i) {
    const column = i % SIDE;
    const line = (i - column) / SIDE;
    let index = 0;
    this.offsets.forEach(([down, right], bit) => {
      const [y, at] = [line + down, column + right];
      if (y >= 0 && at >= 0 && at < SIDE && x[y * SIDE + at]) index |= 1 << bit;
    });
    const place = this.place[i * this.perPlace + (index % this.perPlace)];
    return this.logOdds[index] / 1000 + place / 16;
  }

  /** @param {ArrayLike<number>} x */
  logits(x) {
    return Float32Array.from({ length: PIXELS }, (_, i) => this.logit(x, i));
  }

  /** @param {ArrayLike<number>} uniforms
   * @param {number} temperature */
  draw(uniforms, temperature) {
    const x = new Float32Array(PIXELS);
    for (let i = 0; i < PIXELS; i++) x[i] = Number(uniforms[i] < sigmoid(this.logit(x, i) / temperature));
    return x;
  }
}

/** @param {number} logit */
const softplus = (logit) => Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit)));

/** The z are those of the seed 0.
 * @param {Opened} vae
 * @param {ArrayLike<number>} x
 * @param {number} number */
export async function logWeights(vae, x, number) {
  const [mu, logvar] = await vae.run("encode", flat([x]));
  const width = mu.data.length;
  const noise = standardNormal(number, width, 0);
  const z = tensor(noise.shape);
  noise.data.forEach((value, i) => {
    z.data[i] = mu.data[i % width] + Math.exp(0.5 * logvar.data[i % width]) * value;
  });
  const logits = await vae.run("decode_logits", z);
  return parts(logits).map((one, k) => {
    let sum = 0;
    for (let i = 0; i < PIXELS; i++) sum += x[i] * one[i] - softplus(one[i]);
    row(z, k).forEach((value, i) => {
      sum += 0.5 * (row(noise, k)[i] ** 2 + logvar.data[i] - value ** 2);
    });
    return sum;
  });
}

/** The mean over groups of k z each (Burda et al. 2016, eq. 8): it falls whenever k is doubled.
 * @param {number[]} weights
 * @param {number} k  of which their number is a multiple */
export function bound(weights, k) {
  const groups = range(weights.length / k).map((g) => weights.slice(g * k, (g + 1) * k));
  const found = groups.map((group) => {
    const most = Math.max(...group);
    return Math.log(k) - most - Math.log(total(group.map((one) => Math.exp(one - most))));
  });
  return total(found) / found.length;
}

/** @param {ArrayLike<number>} logs */
export function byBayes(logs) {
  const most = Math.max(...Array.from(logs));
  const odds = Array.from(logs, (one) => Math.exp(one - most));
  const sum = total(odds);
  return odds.map((one) => one / sum);
}

/** @param {ArrayLike<number>} known */
export const isFirst = (known) => !Array.from(known).some((one, i) => i > 0 && one && !known[i - 1]);
