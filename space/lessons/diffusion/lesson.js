/* What both parts of the lesson share: the settings, and what is known of the models. One for the page.
 *
 *   await lesson.denoiser(open)     the chosen model, in an update of live.js; `config` and `levels` are there from then
 *                                   on; denoiser(open, network) another one
 *   lesson.settings, .set(changes)  what is set; null is as the model's config says, or as the seed decides
 *   lesson.ways                     [{ network, sampler }, ...] of the trajectories side by side
 *   lesson.onChange(callback)       callback(names of what has changed)
 *   lesson.asked(more)              what the settings ask of the denoiser
 */

import { isId } from "../../browser/links.js";
import { Store } from "../../page/store.js";
import { Denoiser, drawn } from "./denoising.js";

/** @import { Open } from "../../page/live.js" */
/** @import { Asked } from "./denoising.js" */
/** Names of models: `networks` are those of the lesson, by what the setting calls them; those of an operator's `own`
 * are no digits. A setting may also be the id of a repository.
 * @typedef {{ networks: Record<string, string>, own: string[], judge: string }} Names */
/** @typedef {{ digit: number | null, seed: number, steps: number | null, guidance: number | null,
 *   guided: "middle" | "everywhere" | null, sampler: "dpm_solver" | "ddim" | "ddpm" | "both", network: string, way: "back" | "forward", sheet: string | null, t: number,
 *   erase: string | null, resamplings: number }} Settings  `erase` is null where the visitor erased by hand */

const BOTH = /** @type {const} */ (["ddim", "ddpm"]);
const FIRST = { network: "velocity", sampler: /** @type {const} */ ("dpm_solver") };

const EVERYWHERE = { guidance_low: 0, guidance_high: 1 };
const MIDDLE = { guidance_low: 0.44, guidance_high: 0.86 };

class Lesson extends Store {
  constructor() {
    super();
    /** @type {Settings} */
    this.settings = {
      ...{
        digit: null,
        seed: 3,
        steps: null,
        guidance: null,
        guided: null,
        ...FIRST,
        way: "back",
        sheet: null,
      },
      ...{ t: 0.5, erase: "nothing", resamplings: 4 },
    };
    /** @type {Names} */
    this.names = { networks: {}, own: [], judge: "" };
    /** @type {Record<string, Denoiser>} */
    this.denoisers = {}; // by network
  }

  /** The denoiser. What is asked of it depends on its config, and so comes after this.
   * @param {Open} open
   * @param {string} network */
  async denoiser(open, network = this.network) {
    const model = await open(this.modelOf(network), ["trajectory"]);
    const denoiser = new Denoiser(model, this.isOwn(network) ? null : network);
    const known = network in this.denoisers;
    this.denoisers[network] = denoiser;
    if (!known) this.tell(["config"]);
    return denoiser;
  }

  /** The name of the model of a network.
   * @param {string} network */
  modelOf(network) {
    return this.names.networks[network] ?? network;
  }

  /** Whether a network is none of the lab's.
   * @param {string} network */
  isOwn(network) {
    return this.names.own.includes(network) || isId(network);
  }

  /** Of networks and of samplers, one are compared at a time: what was chosen last.
   * @param {Partial<Settings>} changes */
  set(changes) {
    const { network, sampler } = { ...this.settings, ...changes };
    if (network === "all" && sampler === "both") {
      const other = changes.network === "all" ? "sampler" : "network";
      changes = { ...changes, [other]: FIRST[other] };
    }
    super.set(changes);
  }

  /** Those that are compared, or the one that is chosen. */
  get networks() {
    return this.settings.network === "all"
      ? Object.keys(this.names.networks).filter((one) => !this.isOwn(one))
      : [this.settings.network];
  }

  /** The chosen one; of all, the first. */
  get network() {
    return this.networks[0];
  }

  get ways() {
    const { sampler } = this.settings;
    const samplers = sampler === "both" ? BOTH : [sampler];
    return this.networks.flatMap((network) => samplers.map((one) => ({ network, sampler: one })));
  }

  get config() {
    return this.denoisers[this.network]?.config ?? null;
  }

  get levels() {
    return this.denoisers[this.network]?.levels ?? null;
  }

  get steps() {
    return this.settings.steps ?? this.config?.num_inference_steps;
  }

  get guidance() {
    return this.settings.guidance ?? this.config?.guidance;
  }

  get guided() {
    const { guidance_low: low, guidance_high: high } = this.config ?? EVERYWHERE;
    return this.settings.guided ?? (low === 0 && high === 1 ? "everywhere" : "middle");
  }

  /** Where guidance acts; the middle is that of the model's config, if it has one. */
  get interval() {
    if (this.guided === "everywhere") return EVERYWHERE;
    const { guidance_low, guidance_high } = this.config ?? EVERYWHERE;
    return guidance_low === 0 && guidance_high === 1 ? MIDDLE : { guidance_low, guidance_high };
  }

  /** The digit that is asked for; none that the model does not know. */
  get wanted() {
    const { digit } = this.settings;
    return digit !== null && this.config && digit >= this.config.num_classes ? null : digit;
  }

  /** The digit that is made of noise: the one asked for, or the seed's. */
  get digit() {
    return this.wanted ?? drawn(this.settings.seed, this.config).digit;
  }

  /** @param {Partial<Asked>} [more]
   * @returns {Asked} */
  asked(more = {}) {
    const { steps, guidance, interval, wanted } = this;
    return {
      digit: wanted,
      seed: this.settings.seed,
      steps,
      guidance,
      ...interval,
      start: 1,
      sampler: "dpm_solver",
      ...more,
    };
  }
}

export const lesson = new Lesson();
