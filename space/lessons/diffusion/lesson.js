/* What both parts of the lesson share: the settings, and what is known of the model. One for the page.
 *
 *   await lesson.denoiser(open)     the model, in an update of live.js; `config` and `levels` are there from then on
 *   lesson.settings, .set(changes)  what is set; null is as the model's config says, or as the seed decides
 *   lesson.onChange(callback)       callback(names of what has changed)
 *   lesson.asked(more)              what the settings ask of the denoiser
 */

import { Denoiser, drawn } from "./denoising.js";

/** @import { Levels } from "../../browser/families/samplers.js" */
/** @import { Open } from "../../page/live.js" */
/** @import { Asked } from "./denoising.js" */
/** @typedef {{ model: string, judge: string }} Names  of the models */
/** @typedef {{ digit: number | null, seed: number, steps: number | null, guidance: number | null,
 *   sampler: "dpm_solver" | "ddim" | "ddpm" | "both", way: "back" | "forward", sheet: string | null, t: number,
 *   erase: string | null, resamplings: number }} Settings  `erase` is null where the visitor erased by hand */

class Lesson {
  constructor() {
    /** @type {Settings} */
    this.settings = {
      ...{
        digit: null,
        seed: 3,
        steps: null,
        guidance: null,
        sampler: "dpm_solver",
        way: "back",
        sheet: null,
      },
      ...{ t: 0.5, erase: "nothing", resamplings: 4 },
    };
    /** @type {Names} */
    this.names = { model: "", judge: "" };
    /** @type {Denoiser["config"]} */
    this.config = null;
    /** @type {Levels} */
    this.levels = null;
    /** @type {((changed: string[]) => void)[]} */
    this.callbacks = [];
  }

  /** The denoiser. What is asked of it depends on its config, and so comes after this.
   * @param {Open} open */
  async denoiser(open) {
    const denoiser = new Denoiser(await open(this.names.model, ["trajectory"]));
    const known = this.config !== null;
    this.config = denoiser.config;
    this.levels = denoiser.levels;
    if (!known) this.tell(["config"]);
    return denoiser;
  }

  /** @param {Partial<Settings>} changes */
  set(changes) {
    const changed = Object.keys(changes).filter((name) => this.settings[name] !== changes[name]);
    Object.assign(this.settings, changes);
    if (changed.length) this.tell(changed);
  }

  /** @param {string[]} changed */
  tell(changed) {
    for (const callback of this.callbacks) callback(changed);
  }

  /** @param {(changed: string[]) => void} callback */
  onChange(callback) {
    this.callbacks.push(callback);
  }

  get steps() {
    return this.settings.steps ?? this.config?.num_inference_steps;
  }

  get guidance() {
    return this.settings.guidance ?? this.config?.guidance;
  }

  /** The digit that is made of noise: the one asked for, or the seed's. */
  get digit() {
    return this.settings.digit ?? drawn(this.settings.seed, this.config).digit;
  }

  /** @param {Partial<Asked>} [more]
   * @returns {Asked} */
  asked(more = {}) {
    const { steps, guidance } = this;
    const { digit, seed } = this.settings;
    return { digit, seed, steps, guidance, start: 1, sampler: "dpm_solver", ...more };
  }
}

export const lesson = new Lesson();
