/* Pictures of tensors, as space/pictures/outputs.py makes them: red, green and blue bytes of each pixel.
 *
 *   toRgb(image)                             an image (1, h, w, 1 or 3) with values in [0, 1]
 *   inChannels(image, channels)              an image as a model of grey or of coloured ones takes it
 *   inARow(images)                           images (n, h, w, c) side by side as one, a grey pixel between them
 *   toHeat(values)                           from black (0) through violet to pale yellow (1 and more)
 *   toSigned(values)                         black at 0, blue above, orange below
 *   toOpinion(image, scores, stride)         an image in grey, coloured by a discriminator's scores of its patches
 *   bitmap(pixels, width)                    the picture as a `data:` URL, made without a canvas: some browsers falsify
 *                                            what a canvas gives back
 */

import { product, tensor } from "./nn.js";
import { clamp, range } from "./numbers.js";

/** @import { Tensor } from "./nn.js" */

const MAGMA = [
  [0, 0, 4],
  [81, 18, 124],
  [183, 55, 121],
  [252, 137, 97],
  [252, 253, 191],
];
const GENERATED = [234, 88, 12]; // the colour of a patch that scores 0
const REAL = [79, 70, 229]; // and of one that scores 1
const [MORE, LESS] = [
  [96, 165, 250],
  [251, 146, 60],
]; // colours of 1 and of -1
const HEADER = 54; // bytes before the pixels of a bitmap

/** @param {number} value in [0, 1] */
const byte = (value) => Math.round(clamp(value, 0, 1) * 255);

/** @param {Tensor} image */
export function toRgb({ shape, data }) {
  const channels = shape[3];
  const pixels = new Uint8Array((data.length / channels) * 3);
  for (let i = 0; i < pixels.length; i++) pixels[i] = byte(data[channels === 3 ? i : Math.floor(i / 3)]);
  return pixels;
}

/** Grey as Pillow makes it of the bytes of a picture (ITU-R 601), or grey as colour.
 * @param {Tensor} image (1, h, w, 1 or 3)
 * @param {number} channels 1 or 3
 * @returns {Tensor} */
export function inChannels(image, channels) {
  const [n, height, width, found] = image.shape;
  if (found === channels) return image;
  const next = tensor([n, height, width, channels]);
  const at = (/** @type {number} */ i) => byte(image.data[i]);
  for (let i = 0; i < next.data.length; i++) {
    const [red, green, blue] = [3 * i, 3 * i + 1, 3 * i + 2];
    next.data[i] =
      channels === 3
        ? image.data[Math.floor(i / 3)]
        : ((19595 * at(red) + 38470 * at(green) + 7471 * at(blue) + 32768) >> 16) / 255;
  }
  return next;
}

/** @param {Tensor} images */
export function inARow({ shape: [number, height, width, channels], data }) {
  const row = tensor([1, height, number * (width + 1) - 1, channels]);
  row.data.fill(0.5);
  const [from, to] = [width * channels, row.shape[2] * channels]; // numbers in a line of one, and of all
  for (const i of range(number))
    for (const y of range(height)) {
      const start = (i * height + y) * from;
      row.data.set(data.subarray(start, start + from), y * to + i * (from + channels));
    }
  return row;
}

/** @param {ArrayLike<number>} values */
export function toHeat(values) {
  const pixels = new Uint8Array(values.length * 3);
  for (let i = 0; i < values.length; i++) {
    const place = clamp(values[i], 0, 1) * (MAGMA.length - 1);
    const below = Math.min(Math.floor(place), MAGMA.length - 2);
    for (let channel = 0; channel < 3; channel++) {
      const [low, high] = [MAGMA[below][channel], MAGMA[below + 1][channel]];
      pixels[3 * i + channel] = Math.round(low + (high - low) * (place - below));
    }
  }
  return pixels;
}

/** Black is 0; what is above is blue, what is below orange.
 * @param {ArrayLike<number>} values from -1 to 1 */
export function toSigned(values) {
  const pixels = new Uint8Array(values.length * 3);
  for (let i = 0; i < values.length; i++) {
    const colour = values[i] > 0 ? MORE : LESS;
    for (let channel = 0; channel < 3; channel++)
      pixels[3 * i + channel] = byte((clamp(Math.abs(values[i]), 0, 1) * colour[channel]) / 255);
  }
  return pixels;
}

/** For each of `size` pixels in a row the nearest of `count` patches, which lie around the middle, `stride` apart.
 * @param {number} size
 * @param {number} count
 * @param {number} stride */
const nearestPatches = (size, count, stride) =>
  range(size).map((i) => {
    const place = (i - (size - 1) / 2) / stride + (count - 1) / 2;
    const even = 2 * Math.round(place / 2); // as torch.round: halves go to the even neighbour
    return clamp(Math.abs(place - even) === 0.5 ? even : Math.round(place), 0, count - 1);
  });

/** The surer a score, the stronger the colour; a patch that scores 1/2 stays grey.
 * @param {Tensor} image (1, h, w, 3)
 * @param {Tensor} scores (1, h, w, 1) of its patches
 * @param {number} stride pixels from one patch to the next */
export function toOpinion({ shape: [, height, width, channels], data }, scores, stride) {
  const rows = nearestPatches(height, scores.shape[1], stride);
  const columns = nearestPatches(width, scores.shape[2], stride);
  const pixels = new Uint8Array(height * width * 3);
  for (let i = 0; i < height * width; i++) {
    const patch = rows[Math.floor(i / width)] * scores.shape[2] + columns[i % width];
    const score = clamp(scores.data[patch], 0, 1);
    const strength = 0.7 * Math.abs(2 * score - 1);
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += data[i * channels + channel];
    const grey = 0.25 + (0.7 * sum) / channels;
    const colour = score > 0.5 ? REAL : GENERATED;
    for (let channel = 0; channel < 3; channel++)
      pixels[3 * i + channel] = byte(grey + strength * (colour[channel] / 255 - grey));
  }
  return pixels;
}

/** A picture whose every pixel becomes a block of `scale` x `scale`, as the bytes of a BMP file.
 * @param {Uint8Array} pixels red, green and blue, row by row
 * @param {number} width
 * @param {number} [scale] */
export function toBmp(pixels, width, scale = 1) {
  const height = pixels.length / 3 / width;
  const stride = Math.ceil((3 * width * scale) / 4) * 4; // rows begin at multiples of four bytes
  const bytes = new Uint8Array(HEADER + stride * height * scale);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x4d42, true); // "BM"
  const fields = [bytes.length, 0, HEADER, 40, width * scale, -height * scale]; // negative: from the top
  fields.forEach((value, i) => view.setInt32(2 + 4 * i, value, true));
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true); // bits a pixel
  for (let y = 0; y < height; y++) {
    const start = HEADER + y * scale * stride;
    let to = start;
    for (let from = 3 * y * width; from < 3 * (y + 1) * width; from += 3)
      for (let i = 0; i < scale; i++) {
        bytes[to++] = pixels[from + 2];
        bytes[to++] = pixels[from + 1];
        bytes[to++] = pixels[from];
      }
    for (let i = 1; i < scale; i++) bytes.copyWithin(start + i * stride, start, start + stride);
  }
  return bytes;
}

/** @param {Uint8Array} pixels
 * @param {number} width */
export function bitmap(pixels, width) {
  let text = "";
  for (const one of toBmp(pixels, width)) text += String.fromCharCode(one);
  return `data:image/bmp;base64,${btoa(text)}`;
}

/** The mean difference of two images, number by number.
 * @param {Tensor} x
 * @param {Tensor} y */
export const meanDifference = (x, y) =>
  x.data.reduce((sum, value, i) => sum + Math.abs(value - y.data[i]), 0) / product(x.shape);
