/* The frames of a trajectory, and the lane that shows them: three pictures of the present one, three strips of all.
 *
 *   framesOf(made)                 from noise to the image
 *   drowning(made, denoiser)       from the image to noise, each asked of the network once
 *   new Lane(element)              .show(frames, reads), .draw(index); onScrub(index)
 */

import { CLEAN } from "../../browser/families/samplers.js";
import { range } from "../../browser/numbers.js";
import { paint, paintRows } from "../../page/digit_canvas.js";
import { finder } from "../../page/dom.js";
import { drawn, noised, toUnit } from "./denoising.js";

/** @import { Denoiser, Trajectory } from "./denoising.js" */
/** What is shown of one time, in [0, 1]. Nothing is predicted where no noise is left. `noise` is what was added to the
 * image, in about [-3, 3], where that is known.
 * @typedef {{ t: number, x: Float32Array, xStart: Float32Array, predNoise: Float32Array | null,
 *   noise?: ArrayLike<number> }} Frame */

const MOST_COLUMNS = 17;

/** @param {Trajectory} made
 * @returns {Frame[]} */
export const framesOf = ({ times, x, xStart, predNoise, image }) => [
  ...times.map((t, i) => ({
    ...{ t, x: toUnit(x[i]), xStart: toUnit(xStart[i]), predNoise: toUnit(predNoise[i]) },
  })),
  { t: CLEAN, x: image, xStart: image, predNoise: null },
];

/** @param {Trajectory} made
 * @param {Denoiser} denoiser
 * @returns {Promise<Frame[]>} */
export async function drowning({ asked, times, image }, denoiser) {
  const later = [...times].reverse();
  const { noise } = drawn(asked.seed, denoiser.config);
  const x = later.map((t) => noised(image, noise, denoiser.levels, t));
  const [starts, predicted] = await denoiser.predict(x, later, asked);
  return [
    { t: CLEAN, x: image, xStart: image, predNoise: null },
    ...later.map((t, i) => ({
      ...{ t, x: toUnit(x[i]), xStart: toUnit(starts[i]), predNoise: toUnit(predicted[i]), noise },
    })),
  ];
}

export class Lane {
  /** @param {HTMLElement} element
   * @param {(index: number) => void} onScrub */
  constructor(element, onScrub) {
    this.element = element;
    this.find = finder(element);
    /** @type {Frame[]} */
    this.frames = [];
    /** @type {number[]} */
    this.columns = []; // frames that the strips show
    const film = this.find(".film");
    const scrub = (/** @type {PointerEvent} */ event) => {
      const { left, width } = film.getBoundingClientRect();
      const share = (event.clientX - left) / width;
      const column = Math.min(Math.max(Math.floor(share * this.columns.length), 0), this.columns.length - 1);
      if (this.columns.length) onScrub(this.columns[column]);
    };
    film.onpointerdown = (event) => {
      film.setPointerCapture(event.pointerId);
      scrub(event);
    };
    film.onpointermove = (event) => event.buttons && scrub(event);
  }

  /** @param {Frame[]} frames */
  show(frames) {
    this.frames = frames;
    const count = Math.min(frames.length, MOST_COLUMNS);
    this.columns = range(count).map((i) => Math.round((i * (frames.length - 1)) / Math.max(count - 1, 1)));
    const shown = this.columns.map((i) => frames[i]);
    paintRows(this.find(".film"), [
      shown.map(({ x }) => x),
      shown.map(({ xStart }) => xStart),
      shown.map(({ predNoise }) => predNoise),
    ]);
  }

  /** @param {number} index of the frame */
  draw(index) {
    const { x, xStart, predNoise } = this.frames[index];
    paint(this.find(".x canvas"), x);
    paint(this.find(".x_start canvas"), xStart);
    paint(this.find(".pred_noise canvas"), predNoise);
    const column = this.columns.reduce(
      (best, frame, i) => (Math.abs(frame - index) < Math.abs(this.columns[best] - index) ? i : best),
      0,
    );
    const mark = this.find(".strips i");
    mark.style.left = `${(100 * column) / this.columns.length}%`;
    mark.style.width = `${100 / this.columns.length}%`;
  }

  /** All steps as one picture, as the server draws it. */
  picture() {
    const canvas = document.createElement("canvas");
    const steps = this.frames.filter(({ t }) => t !== CLEAN);
    paintRows(canvas, [
      steps.map(({ x }) => x),
      steps.map(({ xStart }) => xStart),
      steps.map(({ predNoise }) => predNoise),
    ]);
    return canvas;
  }
}
