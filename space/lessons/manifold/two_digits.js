/* Two digits on the maps: where the encoders put them, what the first looks like when its code is drawn again, and what
 * lies between the two; computed and drawn in the visitor's browser. One script fills in both parts of digits.py, which
 * says which props events change.
 */

import { straight } from "../../browser/latents.js";
import { tensor } from "../../browser/nn.js";
import { base64ToBytes, minus, range } from "../../browser/numbers.js";
import { bitmap, inARow, toRgb } from "../../browser/pictures.js";
import { TorchRandom } from "../../browser/torch_random.js";
import { both, finder } from "../../page/dom.js";
import { toCsv } from "../../page/downloads.js";
import { Picture } from "../../page/figures.js";
import { Live } from "../../page/live.js";
import { digit } from "../../page/sheets.js";
import { choose, mark } from "./shared.js";

/** @import { Tensor } from "../../browser/nn.js" */
/** @import { Open } from "../../page/live.js" */
/** @import { Overlay } from "./marks.js" */
/** `models`: those of the maps, the VAE first; `samples`: how many are drawn; `most`: the largest seed.
 * @typedef {GradioScope & { part: "first" | "way", words: import("../../page/dom.js").Words, models: string[],
 *   samples: number, most: number }} Scope */
/** @typedef {{ start: number, end: number, seed: number, steps: number, own: string | null }} Settings */
/** A digit in one model: its marks on the map, and pictures.
 * @typedef {{ model: string, overlay: Overlay, strip: Tensor, resampled: Tensor | null }} Found */
/** @typedef {{ settings: Settings, x: Tensor, found: Found[] }} Shown */

const METHODS = ["code", "posterior", "decode"];
const SHAPE = [1, 28, 28, 1];
const ROWS = 20; // digits of a class
const ALONE = 10; // pixels that a pixel of a digit is kept as
const IN_A_ROW = 4;

/** @type {Scope | null} */
let way = null; // the part of the strips, once it is there
/** @type {TwoDigits | null} */
let lesson = null;

/** @param {ArrayLike<number>} z */
const pair = ({ 0: z1, 1: z2 }) => `(${minus(z1.toFixed(2))}, ${minus(z2.toFixed(2))})`;

/** What files say of a test digit. @param {number} index */
const nameOf = (index) => `digit-${Math.floor(index / ROWS)}-${(index % ROWS) + 1}`;

class TwoDigits {
  /** @param {Scope} scope */
  constructor(scope) {
    const { element, props, watch, trigger } = scope;
    this.scope = scope;
    this.props = props;
    this.find = finder(element);
    this.live = new Live(element, "manifold");
    /** @type {Map<string, Picture>} */
    this.pictures = new Map();
    /** @type {Shown | null} */
    this.shown = null;
    watch(["settings", "source"], () => this.change()); // it is called for what differs
    watch("own", () => this.change());
    watch("unfolded", () => this.showCode());
    if (props.settings) this.change(); // they came before this script
    trigger("ready");
  }

  /** @returns {Settings} */
  get settings() {
    const [start, end, seed, steps] = this.props.settings;
    return { start, end, seed, steps, own: this.props.source === "draw" ? (this.props.own ?? null) : null };
  }

  showCode() {
    if (!this.props.unfolded) return;
    this.props.value = { drawn: this.settings.own !== null };
    this.scope.trigger("coded");
  }

  /** Another digit, seed or number of steps is wanted. */
  change() {
    if (!this.props.settings) return;
    const { settings, find } = this;
    const { words, most } = this.scope;
    const { seed } = settings;
    const sound = Number.isInteger(seed) && seed >= 0 && seed <= most;
    find(".notice").hidden = sound;
    if (!sound) {
      const problem = typeof seed === "number" ? "problem.number" : "problem.no_number"; // the field is empty
      return both(find(".notice"), words, problem, { name: "seed", value: seed, least: 0, most });
    }
    this.showCode();
    const asked = performance.now();
    this.live.update(
      (open) => this.compute(open, settings),
      (shown) => this.show(shown, asked),
    );
  }

  /** @param {Open} open
   * @param {Settings} settings
   * @returns {Promise<Shown>} */
  async compute(open, settings) {
    const { start, end, own } = settings;
    const [x, y] = await Promise.all([
      own === null ? digit(start) : tensor(SHAPE, new Float32Array(base64ToBytes(own).buffer)),
      digit(end),
    ]);
    choose(x);
    /** @type {Found[]} */
    const found = [];
    let problem = null;
    for (const model of this.scope.models) {
      try {
        found.push(await this.place(open, model, x, y, settings));
      } catch (error) {
        problem = error; // its map says so; the other one works
      }
    }
    if (problem && !found.length) throw problem;
    return { settings, x, found };
  }

  /** Both digits in one model.
   * @param {Open} open
   * @param {string} name
   * @param {Tensor} x
   * @param {Tensor} y
   * @param {Settings} settings
   * @returns {Promise<Found>} */
  async place(open, name, x, y, { start, own, seed, steps }) {
    const model = await open(name, METHODS);
    const { image_size, in_channels, latent_dim } = model.config;
    if (`${[1, image_size, image_size, in_channels]}` !== `${SHAPE}` || latent_dim !== 2)
      throw new Error(`${name} is no model of a map`);
    const isVae = model.methods.includes("posterior");
    const [mu, sigma] = isVae ? await model.run("posterior", x) : [await model.run("code", x), null];
    const end = await model.run("code", y);
    const strip = inARow(await model.run("decode", straight(mu, end, steps)));
    /** @type {any} */
    const overlay = { mu: [...mu.data], end: [...end.data] };
    if (own === null) overlay.digit = start;
    if (!sigma) return { model: name, overlay, strip, resampled: null };
    const { samples } = this.scope;
    const noise = new TorchRandom(seed).normal(2 * samples);
    const drawn = noise.map((one, i) => mu.data[i % 2] + Math.fround(sigma.data[i % 2] * one));
    const codes = tensor([samples + 1, 2], Float32Array.of(...mu.data, ...drawn));
    overlay.sigma = [...sigma.data];
    overlay.samples = range(samples).map((i) => [...drawn.subarray(2 * i, 2 * i + 2)]);
    return { model: name, overlay, strip, resampled: inARow(await model.run("decode", codes)) };
  }

  /** @param {Shown} shown
   * @param {number} asked  when it was chosen */
  show(shown, asked) {
    const { find, scope } = this;
    this.shown = shown;
    const { settings, x, found } = shown;
    const first = settings.own === null ? nameOf(settings.start) : "drawing";
    this.draw(find, "seen", x, ALONE, `${first}_seen.png`);
    const vae = found.find(({ resampled }) => resampled);
    find(".resampled").hidden = !vae;
    if (vae) {
      const file = `${vae.model}_${first}_seed${settings.seed}`;
      this.draw(find, "resampled", vae.resampled, IN_A_ROW, `${file}.png`);
      const table = find(".resampled button.csv");
      const codes = [vae.overlay.mu, ...vae.overlay.samples];
      table.dataset.file = `${file}.csv`;
      table.offer = () => toCsv([["code", "z1", "z2"], ...codes.map((z, i) => [i || "mu", ...z])]);
    }
    find(".found").innerHTML = found
      .map(({ overlay: { mu, sigma } }) =>
        sigma ? `VAE: <i>μ</i> = ${pair(mu)}, <i>σ</i> = ${pair(sigma)}` : `AE: <i>z</i> = ${pair(mu)}`,
      )
      .join(" · ");
    this.showWay();
    for (const model of scope.models)
      mark(model, found.find((one) => one.model === model)?.overlay ?? null, asked);
  }

  showWay() {
    if (!way || !this.shown) return;
    const { settings, found } = this.shown;
    const find = finder(way.element);
    const ends = `${settings.own === null ? nameOf(settings.start) : "drawing"}_${nameOf(settings.end)}`;
    this.scope.models.forEach((model, i) => {
      const key = ["vae", "autoencoder"][i];
      const strip = found.find((one) => one.model === model)?.strip;
      find(`.${key}`).hidden = !strip;
      const said = { model, count: String(settings.steps) };
      if (strip) this.draw(find, key, strip, IN_A_ROW, `${model}_${ends}_${settings.steps}.png`, said);
    });
  }

  /** @param {(selector: string) => any} find
   * @param {string} key  of the figure
   * @param {Tensor} image
   * @param {number} scale
   * @param {string} file
   * @param {Record<string, string>} [said] */
  draw(find, key, image, scale, file, said = {}) {
    const { pictures, scope } = this;
    const figure = find(`.${key}`);
    const text = figure.classList.contains("strip") ? "strip" : key;
    if (!pictures.has(key)) pictures.set(key, new Picture(figure, scope.words, text, 0));
    const picture = pictures.get(key);
    const width = image.shape[2];
    picture.side = scale * width;
    picture.draw(bitmap(toRgb(image), width), file, said);
    figure.hidden = false;
  }
}

/** @param {Scope} scope */
export function start(scope) {
  if (scope.part === "first") lesson = new TwoDigits(scope);
  else {
    way = scope;
    lesson?.showWay();
  }
}
