/* Two digits on the maps: where the encoders put them, what the first looks like when its code is drawn again, and what
 * lies between the two; computed and drawn in the visitor's browser. One script fills in both parts of digits.py, which
 * says which props events change. The codes of test digits come with the facts of a model: its encoder is fetched when
 * a visitor draws.
 */

import { diagramOf } from "../../browser/architectures.js";
import { klTerm, reconstructionTerm } from "../../browser/elbo.js";
import { straight } from "../../browser/latents.js";
import { tensor } from "../../browser/nn.js";
import { base64ToFloats, fixed, minus, range } from "../../browser/numbers.js";
import { bitmap, inARow, toRgb } from "../../browser/pictures.js";
import { TorchRandom } from "../../browser/torch_random.js";
import { Diagram } from "../../page/diagram.js";
import { both, finder } from "../../page/dom.js";
import { toCsv } from "../../page/downloads.js";
import { factsOf } from "../../page/facts.js";
import { Picture } from "../../page/figures.js";
import { Live } from "../../page/live.js";
import { digit } from "../../page/sheets.js";
import { choose, mark } from "./shared.js";

/** @import { Tensor } from "../../browser/nn.js" */
/** @import { Open } from "../../page/live.js" */
/** @import { Overlay } from "./marks.js" */
/** `models`: those of the maps, the VAE first; `samples`: how many are drawn; `most`: the largest seed.
 * @typedef {GradioScope & { part: "first" | "way", words: import("../../page/dom.js").Words, models: string[],
 *   samples: number, most: number, diagram: { words: any, models: any } }} Scope */
/** @typedef {{ start: number, end: number, seed: number, steps: number, own: string | null }} Settings */
/** Where a digit lies: `sigma` of a VAE. @typedef {{ mu: Float32Array, sigma: Float32Array | null }} Code */
/** A digit in one model: its marks on the map, and pictures.
 * @typedef {{ model: string, overlay: Overlay, strip: Tensor, resampled: Tensor | null, config: any,
 *   sample: Tensor | null }} Found  of a VAE, `sample` is what the first z that is drawn becomes */
/** @typedef {{ settings: Settings, x: Tensor, found: Found[] }} Shown */

const ENCODER = ["code", "posterior"];
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

/** The code of a test digit.
 * @param {string} model
 * @param {number} index
 * @returns {Promise<Code>} */
async function codeOf(model, index) {
  const { problem, mu, sigma } = await factsOf("manifold", model);
  if (problem || !mu) throw new Error(`${model} is no model of a map of digits`);
  const row = (/** @type {string} */ codes) => base64ToFloats(codes).slice(2 * index, 2 * index + 2);
  return { mu: row(mu), sigma: sigma ? row(sigma) : null };
}

class TwoDigits {
  /** @param {Scope} scope */
  constructor(scope) {
    const { element, props, watch, trigger } = scope;
    this.scope = scope;
    this.props = props;
    this.find = finder(element);
    this.live = new Live(element, "manifold", true);
    this.diagram = new Diagram(this.find(".diagram"), scope.diagram.words);
    const { family, config } = scope.diagram.models[scope.models[0]];
    this.diagram.draw(diagramOf(family, config, { drawn: true })); // no weights are needed for that
    /** @type {Map<string, Picture>} */
    this.pictures = new Map();
    /** @type {Shown | null} */
    this.shown = null;
    /** @type {Settings | null} */
    this.wanted = null; // the newest ones
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
    this.wanted = settings;
    const x =
      settings.own === null
        ? digit(settings.start)
        : Promise.resolve(tensor(SHAPE, base64ToFloats(settings.own)));
    if (settings.own === null) this.markPicked(x, settings, asked);
    this.live.update(
      async (open) => this.compute(open, await x, settings),
      (shown) => this.show(shown, asked),
    );
  }

  /** Marks a test digit on the maps, which takes no weights. What goes wrong is said where the pictures are.
   * @param {Promise<Tensor>} x
   * @param {Settings} settings
   * @param {number} asked  when it was chosen */
  async markPicked(x, settings, asked) {
    const picked = await x.catch(() => null);
    if (!picked || this.wanted !== settings) return;
    choose(picked);
    for (const model of this.scope.models) {
      const overlay = await Promise.all([codeOf(model, settings.start), codeOf(model, settings.end)]).then(
        ([code, end]) => this.overlay(code, end, settings),
        () => null,
      );
      if (this.wanted === settings) mark(model, overlay, asked);
    }
  }

  /** @param {Open} open
   * @param {Tensor} x
   * @param {Settings} settings
   * @returns {Promise<Shown>} */
  async compute(open, x, settings) {
    choose(x);
    /** @type {Found[]} */
    const found = [];
    let problem = null;
    for (const model of this.scope.models) {
      try {
        found.push(await this.place(open, model, x, settings));
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
   * @param {Settings} settings
   * @returns {Promise<Found>} */
  async place(open, name, x, settings) {
    const { start, own, steps } = settings;
    const end = await codeOf(name, settings.end);
    const code = own === null ? await codeOf(name, start) : await this.encode(open, name, x);
    const overlay = this.overlay(code, end, settings);
    const model = await open(name, ["decode"]);
    const decode = (/** @type {Tensor} */ z) => model.run("decode", z);
    const strip = inARow(await decode(straight(tensor([1, 2], code.mu), tensor([1, 2], end.mu), steps)));
    const drawn = overlay.samples?.flat();
    const codes = drawn && tensor([1 + overlay.samples.length, 2], Float32Array.of(...code.mu, ...drawn));
    const found = { model: name, config: model.config, overlay, strip };
    if (!codes) return { ...found, resampled: null, sample: null };
    const images = await decode(codes);
    const size = images.data.length / codes.shape[0];
    const sample = tensor([1, ...images.shape.slice(1)], images.data.slice(size, 2 * size));
    return { ...found, resampled: inARow(images), sample };
  }

  /** Where the encoder puts a drawn digit.
   * @param {Open} open
   * @param {string} name
   * @param {Tensor} x
   * @returns {Promise<Code>} */
  async encode(open, name, x) {
    const model = await open(name, ENCODER);
    if (!model.methods.includes("posterior")) return { mu: (await model.run("code", x)).data, sigma: null };
    const [mu, sigma] = await model.run("posterior", x);
    return { mu: mu.data, sigma: sigma.data };
  }

  /** What is marked on a map: both digits, and what is drawn around the first one.
   * @param {Code} code
   * @param {Code} end
   * @param {Settings} settings
   * @returns {Overlay} */
  overlay({ mu, sigma }, end, { start, own, seed }) {
    /** @type {any} */
    const overlay = { mu: [...mu], end: [...end.mu] };
    if (own === null) overlay.digit = start;
    if (!sigma) return overlay;
    const noise = new TorchRandom(seed).normal(2 * this.scope.samples);
    const drawn = noise.map((one, i) => mu[i % 2] + Math.fround(sigma[i % 2] * one));
    overlay.sigma = [...sigma];
    overlay.samples = range(this.scope.samples).map((i) => [...drawn.subarray(2 * i, 2 * i + 2)]);
    return overlay;
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
      this.showDiagram(x, vae);
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
    if (this.wanted !== settings) return; // the marks of what is wanted now are there already
    for (const model of scope.models)
      mark(model, found.find((one) => one.model === model)?.overlay ?? null, asked);
  }

  /** The first z that is drawn, and what becomes of it.
   * @param {Tensor} x
   * @param {Found} vae */
  showDiagram(x, { model, config, overlay: { mu, sigma, samples }, sample }) {
    const [z] = samples;
    const picture = (/** @type {Tensor} */ image) => bitmap(toRgb(image), image.shape[2]);
    this.diagram.draw(diagramOf(this.scope.diagram.models[model].family, config, { drawn: true }));
    this.diagram.set({
      ...{ x: picture(x), output: picture(sample), z, mu, sigma },
      noise: z.map((value, i) => (value - mu[i]) / sigma[i]),
      likelihood: fixed(reconstructionTerm(x.data, sample.data), 1),
      kl: fixed(klTerm(mu, sigma), 1),
    });
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
