/* One digit through one autoencoder, or through the whole family, computed and drawn in the visitor's browser. tab.py
 * says which props events change. The bars of every latent vector can be dragged or switched off: its decoder follows.
 */

import { corrupt } from "../../browser/families/autoencoder.js";
import { tensor } from "../../browser/nn.js";
import { bitmap, toHeat, toRgb, toSigned } from "../../browser/pictures.js";
import { both, finder, texts } from "../../page/dom.js";
import { toCsv } from "../../page/downloads.js";
import { Picture } from "../../page/figures.js";
import { Live } from "../../page/live.js";
import { chosen, wrongWith } from "../../page/sheets.js";
import { Drawn } from "./drawn.js";
import { LatentBars, strongest } from "./latent.js";

/** @import { Tensor } from "../../browser/nn.js" */
/** @import { Opened, Open } from "../../page/live.js" */
/** @typedef {GradioScope & { words: import("../../page/dom.js").Words, models: string[],
 *   diagram: ConstructorParameters<typeof Drawn>[1] }} Scope */
/** @typedef {{ source: string, digit: number, model: string, noise: string, level: number, seed: number }} Settings */
/** What one unit of z draws.
 * @typedef {{ unit: number, picture: Tensor, off: boolean }} Share */
/** A digit through a model: `sigma` of a VAE, whose z is mu.
 * @typedef {{ name: string, config: any, z: Float32Array, sigma: Float32Array | null, output: Tensor, share?: Share }} Result */
/** @typedef {{ case: string, x: Tensor, noisy: Tensor, results: (Result | { name: string, missing: true })[] }} Shown */

const FAMILY = "family";
const METHODS = ["code", "posterior", "decode"];
const SHAPE = [1, 28, 28, 1];
const ROWS = 20; // digits of a class
const MAX_SEED = 2 ** 32 - 1;
const SIDE = 8 * SHAPE[1]; // pixels a side that pictures are kept with

/** @param {Tensor} x
 * @param {Tensor} y */
const meanSquare = (x, y) =>
  x.data.reduce((sum, value, i) => sum + (value - y.data[i]) ** 2, 0) / x.data.length;

/** Peak signal-to-noise ratio, peak 1.
 * @param {number} mse */
const psnr = (mse) => (mse > 0 ? `${(-10 * Math.log10(mse)).toFixed(2)} dB` : "∞");

/** @param {Tensor} image */
const draw = (image) => bitmap(toRgb(image), image.shape[2]);

/** |x - x'|.
 * @param {Tensor} output
 * @param {Tensor} x */
const drawError = (output, x) =>
  bitmap(toHeat(output.data.map((value, i) => Math.abs(value - x.data[i]))), x.shape[2]);

/** What a unit draws: the picture with it, less that without it. One that is switched off is taken as the encoder says.
 * @param {Opened} model
 * @param {Float32Array} z
 * @param {Float32Array} origin
 * @param {number} unit
 * @returns {Promise<Share>} */
async function shareOf(model, z, origin, unit) {
  const value = z[unit] || origin[unit];
  const both = new Float32Array(2 * z.length);
  [value, 0].forEach((one, i) => {
    both.set(z, i * z.length);
    both[i * z.length + unit] = one;
  });
  const { shape, data } = await model.run("decode", tensor([2, z.length], both));
  const size = data.length / 2;
  const picture = tensor(
    [1, ...shape.slice(1)],
    data.slice(0, size).map((one, i) => one - data[size + i]),
  );
  return { unit, picture, off: !value };
}

class Reconstruction {
  /** @param {Scope} scope */
  constructor({ element, props, trigger, watch, words, models, diagram }) {
    this.props = props;
    this.trigger = trigger;
    this.models = models;
    this.find = finder(element);
    this.words = words;
    this.text = texts(words);
    this.live = new Live(element, "reconstruct");
    this.drawn = new Drawn(this.find(".diagram"), diagram);
    this.layout = ""; // the template that is filled in
    /** @type {Map<string, Picture>} */
    this.pictures = new Map();
    /** @type {Map<string, LatentBars>} */
    this.bars = new Map(); // by place
    /** @type {Shown | null} */
    this.shown = null;
    /** @type {Map<string, Float32Array>} */
    this.decoded = new Map(); // by place: the z that the x' shown is made from
    /** @type {Map<string, number>} */
    this.errors = new Map(); // by model: how far the x' shown is from x
    this.waiting = false; // whether something else than what is shown is to be computed
    watch("settings", () => this.change());
    watch("own", () => this.settings.source !== "digit" && this.change());
    watch("about", () => this.learn());
    watch("unfolded", () => this.showCode());
    if (props.settings) this.change(); // they came before this script
    trigger("ready");
  }

  /** @returns {Settings} */
  get settings() {
    const [source, digit, model, noise, level, seed] = this.props.settings ?? ["digit", 0, "", "none", 0, 0];
    return { source, digit, model, noise, level, seed };
  }

  showCode() {
    if (this.props.unfolded) this.trigger("coded");
  }

  /** Another digit, model or noise is wanted. */
  change() {
    const { settings } = this;
    this.showCode();
    for (const [name, most] of /** @type {["level" | "seed", number][]} */ ([
      ["level", 1],
      ["seed", MAX_SEED],
    ])) {
      const value = settings[name];
      const sound = name === "seed" ? Number.isInteger(value) : Number.isFinite(value);
      if (sound && value >= 0 && value <= most) continue;
      const problem = typeof value === "number" ? "problem.number" : "problem.no_number"; // the field is empty
      return this.refuse(problem, { name, value, least: 0, most });
    }
    const { own } = this.props;
    const wrong = wrongWith(settings.source, own);
    if (wrong) return this.refuse(wrong);
    this.waiting = true;
    this.drawn.expect(settings.model, settings.noise !== "none");
    this.live.update(
      (open) => this.compute(open, settings, own),
      (shown) => this.show(shown, settings.model),
      () => {
        this.clear(); // what was shown is not what is wanted
        this.find("p.notice").hidden = true; // live.js says that it failed
      },
    );
  }

  /** There is no picture, for a reason.
   * @param {string} problem
   * @param {Record<string, unknown>} [values] */
  refuse(problem, values = {}) {
    this.live.update(
      async () => null,
      () => {
        this.clear();
        both(this.find("p.notice"), this.words, problem, values);
      },
    );
  }

  /** A sentence takes the place of the pictures. */
  clear() {
    this.find("p.notice").hidden = false;
    this.find(".shown").replaceChildren();
    this.layout = "";
    this.shown = null;
    this.waiting = false;
  }

  /** @param {Open} open
   * @param {Settings} settings
   * @param {import("../../page/sheets.js").Own} [own]  the visitor's digits
   * @returns {Promise<Shown>} */
  async compute(open, { source, digit: index, model, noise, level, seed }, own) {
    const x = await chosen(source, index, own);
    const noisy = noise === "none" ? x : corrupt(x, noise, level, seed);
    const results = [];
    for (const name of model === FAMILY ? this.models : [model]) {
      try {
        if (this.props.about?.[name]?.problem) throw new Error(`${name} cannot be used`);
        results.push(await this.through(open, name, noisy, model !== FAMILY));
      } catch (error) {
        if (model !== FAMILY && !this.props.about?.[name]?.problem) throw error;
        results.push({ name, missing: /** @type {true} */ (true) }); // the others are shown
      }
    }
    const label = { digit: `digit-${Math.floor(index / ROWS)}-${(index % ROWS) + 1}`, draw: "drawing" }[
      source
    ];
    const made = noise === "none" ? "" : `_${noise}-${Number(level.toPrecision(6))}_seed${seed}`;
    return { case: (label ?? "upload") + made, x, noisy, results };
  }

  /** @param {Open} open
   * @param {string} name
   * @param {Tensor} noisy
   * @param {boolean} alone
   * @returns {Promise<Result>} */
  async through(open, name, noisy, alone) {
    const model = await open(name, METHODS);
    const { image_size, in_channels } = model.config;
    if (image_size !== SHAPE[1] || in_channels !== 1) throw new Error(`${name} takes other images`);
    const [z, sigma] = model.methods.includes("posterior")
      ? await model.run("posterior", noisy)
      : [await model.run("code", noisy), null];
    const output = await model.run("decode", z);
    const result = { name, config: model.config, z: z.data, sigma: sigma?.data ?? null, output };
    return alone ? { ...result, share: await shareOf(model, z.data, z.data, strongest(z.data)) } : result;
  }

  /** @param {Shown} shown
   * @param {string} model */
  show(shown, model) {
    const alone = model !== FAMILY;
    if (alone && "missing" in shown.results[0]) {
      this.clear();
      this.find("p.notice").innerHTML = this.props.about[model].problem;
      return;
    }
    this.shown = shown;
    this.waiting = false;
    this.find("p.notice").hidden = true;
    this.build(alone ? "alone" : "family");
    this.pictures.get("x").draw(draw(shown.x), `${shown.case}_x.png`);
    this.pictures.get("noisy").draw(draw(shown.noisy), `${shown.case}_noisy.png`);
    for (const node of this.find(".shown").querySelectorAll(".noisy, .psnr_noisy"))
      node.hidden = shown.noisy === shown.x;
    this.find(".shown").dataset.shown = `${model} ${shown.case}`;
    if (alone) this.showOne(this.results[0]);
    else this.showAll(this.results);
    this.showMoved();
    this.showAbout();
  }

  /** Where a model is shown: the names of its pictures begin with this.
   * @param {string} model */
  place(model) {
    return this.layout === "family" ? `${model} ` : "";
  }

  /** What holds each result of `shown`. */
  get parts() {
    return this.layout === "family" ? this.find(".cards").children : [this.find(".shown")];
  }

  /** The results that are shown.
   * @returns {Result[]} */
  get results() {
    return /** @type {Result[]} */ (this.shown.results.filter((one) => !("missing" in one)));
  }

  /** Sets the page up for one model or for all.
   * @param {"alone" | "family"} layout */
  build(layout) {
    if (this.layout === layout) return;
    this.layout = layout;
    const { find, text, words } = this;
    find(".shown").replaceChildren(find(`template.${layout}`).content.cloneNode(true));
    this.pictures = new Map();
    this.bars = new Map();
    const small = layout === "family";
    /** @param {string} place
     * @param {Element} part */
    const add = (place, part) => {
      for (const key of ["x", "noisy", "output", "error", "share"]) {
        const figure = part.querySelector(`.${key}`);
        if (figure)
          this.pictures.set(place + key, new Picture(/** @type {HTMLElement} */ (figure), words, key, SIDE));
      }
      const drawing = part.querySelector("svg");
      if (!drawing) return;
      const bars = new LatentBars(drawing, { text, small, moved: () => this.decode() });
      this.bars.set(place, bars);
      finder(part)(".reset").onclick = () => bars.reset();
    };
    add("", find(".shown"));
    if (small) {
      find(".cards").append(find("template.each").content.cloneNode(true));
      this.models.forEach((name, i) => add(this.place(name), find(".cards").children[i]));
    }
    const table = find(".shown button.csv");
    table.offer = () => this.table();
  }

  /** @param {Result} result */
  showOne(result) {
    const { find, shown } = this;
    this.showResult(result);
    this.showShare(result.name, result.share);
    const dd = (key) => find(`.tiles .${key} dd`);
    dd("psnr_noisy").textContent = psnr(meanSquare(shown.noisy, shown.x));
    const [before, after] = [shown.x.data.length, 4 * result.z.length];
    dd("bytes").textContent = `${(before / after).toFixed(1)} : 1`;
    both(find(".tiles .bytes .note"), this.words, "bytes.note", { before, after });
    find(".with-sigma").hidden = !result.sigma;
    find(".shown button.csv").dataset.file = `${result.name}_${shown.case}_z.csv`;
  }

  /** What a model makes of the digit, and the bars of its z.
   * @param {Result} result */
  showResult({ name, z, sigma, output }) {
    this.bars.get(this.place(name)).show(z, sigma);
    this.showOutput(name, z, output);
  }

  /** What a model makes, of the digit or of a vector that the visitor has moved.
   * @param {string} model
   * @param {Float32Array} z
   * @param {Tensor} output */
  showOutput(model, z, output) {
    const { find, shown } = this;
    const place = this.place(model);
    const file = `${model}_${shown.case}${this.bars.get(place).isOrigin(z) ? "" : "_moved"}`;
    this.pictures.get(`${place}output`).draw(draw(output), `${file}_reconstruction.png`, { model });
    this.pictures.get(`${place}error`).draw(drawError(output, shown.x), `${file}_error.png`, { model });
    this.decoded.set(place, z);
    const mse = meanSquare(output, shown.x);
    this.errors.set(model, mse);
    if (place) return;
    this.drawn.show(shown, this.results[0], z, output);
    find(".tiles .psnr dd").textContent = psnr(mse);
    find(".tiles .mse dd").textContent = mse.toFixed(4);
  }

  /** What the chosen unit draws, beside the bars.
   * @param {string} model
   * @param {Share} share */
  showShare(model, { unit, picture, off }) {
    const [values, file] = [
      { model, unit: `${unit + 1}` },
      `${model}_${this.shown.case}_unit-${unit + 1}.png`,
    ];
    this.pictures.get("share").draw(bitmap(toSigned(picture.data), picture.shape[2]), file, values);
    both(this.find(".share figcaption span"), this.words, off ? "unit.off" : "unit", values);
  }

  /** Which bars the visitor has moved. */
  showMoved() {
    const { parts } = this;
    this.shown.results.forEach(({ name }, i) => {
      parts[i].querySelector(".reset").disabled = !this.bars.get(this.place(name)).isMoved;
    });
  }

  /** The visitor has moved z, or chosen a unit: what z makes is drawn, of each model whose picture shows another z, and
   * what the unit draws. */
  decode() {
    const { shown } = this;
    if (this.waiting) return; // which will set the bars anew
    const { results } = this;
    this.showMoved();
    this.live.update(
      async (open) => {
        const made = [];
        let share = null;
        for (const { name } of results) {
          const place = this.place(name);
          const bars = this.bars.get(place);
          const z = bars.z.slice();
          if (!place) share = await shareOf(await open(name, METHODS), z, bars.origin, bars.unit);
          if (this.decoded.get(place).every((value, i) => value === z[i])) continue;
          const model = await open(name, METHODS);
          made.push({ name, z, output: await model.run("decode", tensor([1, z.length], z)) });
        }
        return { made, share };
      },
      ({ made, share }) => {
        if (this.shown !== shown) return;
        if (share) this.showShare(results[0].name, share);
        for (const { name, z, output } of made) this.showOutput(name, z, output);
        if (this.layout === "family") this.showScores();
      },
      () => {
        if (this.shown !== shown) return;
        for (const { name } of results) {
          const place = this.place(name);
          this.bars.get(place).put(this.decoded.get(place));
        }
        this.showMoved();
      },
    );
  }

  /** @param {Result[]} results */
  showAll(results) {
    const { shown } = this;
    this.errors = new Map();
    this.models.forEach((name, i) => {
      const card = this.find(".cards").children[i];
      const result = results.find((one) => one.name === name);
      card.querySelector(".good").hidden = !result;
      if (!result) return;
      card.querySelector("small").textContent = `${result.z.length} × 4 B`;
      this.showResult(result);
    });
    this.showScores();
    this.find(".shown button.csv").dataset.file = `${FAMILY}_${shown.case}_z.csv`;
  }

  /** How near each model comes to x, and which one comes nearest. */
  showScores() {
    const least = Math.min(...this.errors.values());
    this.models.forEach((name, i) => {
      const error = this.errors.get(name);
      if (error === undefined) return;
      const card = this.find(".cards").children[i];
      card.querySelector(".score .value").textContent = psnr(error);
      card.querySelector("mark").hidden = error !== least;
    });
  }

  /** The server has said what it knows of each model. */
  learn() {
    const { model } = this.settings;
    const wanted = model === FAMILY ? this.models : [model];
    if (wanted.some((name) => this.props.about[name]?.problem)) this.change();
    else this.showAbout();
  }

  /** Where the weights come from, once the server has said so, or why they cannot be used. */
  showAbout() {
    if (!this.shown) return;
    const { parts } = this;
    this.shown.results.forEach((result, i) => {
      const { badge = "", problem = "" } = this.props.about?.[result.name] ?? {};
      parts[i].querySelector(".badge").innerHTML = badge;
      const notice = parts[i].querySelector("p.notice");
      if (!notice) return;
      if (problem) notice.innerHTML = problem;
      notice.hidden = !("missing" in result);
    });
  }

  /** The latent vectors as they are shown. */
  table() {
    const rows = this.results.flatMap(({ name, sigma }) =>
      Array.from(this.bars.get(this.place(name)).z, (value, i) => [name, i + 1, value, sigma?.[i] ?? ""]),
    );
    return toCsv([["model", "unit", "z", "sigma"], ...rows]);
  }
}

/** @param {Scope} scope */
export function start(scope) {
  new Reconstruction(scope);
}
