/* A picture into the other domain and back, at the size of the training computed and drawn in the visitor's browser.
 * A larger one of the visitor's own is shown so first, until the server has computed it at its size. tab.py says which
 * props events change. There are two parts of the page, each a component: the circle, and the cards below it.
 */

import { tensor } from "../../browser/nn.js";
import { base64ToBytes } from "../../browser/numbers.js";
import { bitmap, meanDifference, toBmp, toHeat, toOpinion, toRgb } from "../../browser/pictures.js";
import { both, finder } from "../../page/dom.js";
import { toCsv } from "../../page/downloads.js";
import { factsOf } from "../../page/facts.js";
import { Picture } from "../../page/figures.js";
import { Live } from "../../page/live.js";
import { emoji } from "../../page/sheets.js";

/** @import { Tensor } from "../../browser/nn.js" */
/** @import { Open } from "../../page/live.js" */
/** @typedef {GradioScope & { words: import("../../page/dom.js").Words, part: "circle" | "details" }} Scope */
/** @typedef {{ direction: "ab" | "ba", source: string, emoji: number, size: number }} Settings */
/** Pictures by their key, as addresses, and figures by their name.
 * @typedef {{ settings: Settings, side: number, pictures: Record<string, string>, figures: Record<string, number>,
 *   slider: Uint8Array[] }} Shown  in the slider are x and G(x), as files */

const MODEL = "cyclegan-twemoji2fluent";
const METHODS = ["translate", "score_patches"];
const DOMAINS = { a: "Twemoji", b: "Fluent 3D" };
const SIDE = 64; // of the pictures of the training
const KEPT = 256; // pixels a side that pictures are kept with
const LARGE = 512; // and that those in the slider have
const MOST_ERROR = 0.25; // |x - F(G(x))| from which on the error map is brightest

/** @type {Scope | null} */
let details = null; // the part of the cards, once it is there
/** @type {Scope | null} */
let training = null; // and that of the training
/** @type {Translation | null} */
let lesson = null;

const signed = (score) => score.toFixed(2).replace("-", "\u2212");
const mean = ({ data }) => data.reduce((sum, value) => sum + value, 0) / data.length;
const draw = (image) => bitmap(toRgb(image), image.shape[2]);

/** An image once round the cycle.
 * @param {Open} open
 * @param {Tensor} x
 * @param {Settings} settings
 * @returns {Promise<Shown>} */
async function onceRound(open, x, settings) {
  const model = await open(MODEL, METHODS);
  if (model.config.in_channels !== 3) throw new Error("it takes other images");
  const [source, target] = settings.direction;
  const output = await model.run("translate", x, source + target);
  const back = await model.run("translate", output, target + source);
  const scoresOutput = await model.run("score_patches", output, target);
  const scoresX = await model.run("score_patches", x, source);
  const identity = await model.run("translate", x, target + source);
  const stride = 2 ** model.config.discriminator_layers;
  const error = new Float32Array(x.data.length / 3);
  for (let i = 0; i < x.data.length; i++)
    error[Math.floor(i / 3)] += Math.abs(x.data[i] - back.data[i]) / 3 / MOST_ERROR;
  const pictures = {
    x: draw(x),
    translation: draw(output),
    back: draw(back),
    error: bitmap(toHeat(error), SIDE),
    judged_x: bitmap(toOpinion(x, scoresX, stride), SIDE),
    judged_translation: bitmap(toOpinion(output, scoresOutput, stride), SIDE),
    identity: draw(identity),
  };
  const figures = {
    cycle_l1: meanDifference(x, back),
    identity_l1: meanDifference(x, identity),
    translation_l1: meanDifference(x, output),
    score_x: mean(scoresX),
    score_translation: mean(scoresOutput),
  };
  if (settings.source === "emoji") {
    const y = await emoji(settings.emoji, target);
    pictures.counterpart = draw(y);
    figures.counterpart_l1_translation = meanDifference(output, y);
    figures.counterpart_l1_x = meanDifference(x, y);
  }
  const slider = [x, output].map((image) => toBmp(toRgb(image), SIDE, LARGE / SIDE));
  return { settings, side: SIDE, pictures, figures, slider };
}

class Translation {
  /** @param {Scope} scope */
  constructor({ element, props, trigger, watch, words }) {
    this.props = props;
    this.trigger = trigger;
    this.find = finder(element);
    this.words = words;
    this.live = new Live(element, "translate");
    /** @type {Shown | null} */
    this.shown = null;
    this.question = 0; // of the picture that is wanted
    this.problem = ""; // why the model cannot be used
    /** @type {Record<string, any>} */
    this.told = {}; // by direction: how the model learned, as HTML
    /** @type {string[]} */
    this.urls = []; // pictures in the slider
    /** @type {Map<HTMLElement, Map<string, Picture>>} */
    this.pictures = new Map(); // of each part that is set up
    watch("settings", () => this.change());
    watch("own", () => this.settings.source !== "emoji" && this.change());
    watch("large", () => this.showLarge());
    watch("refused", () => this.sayLarge());
    watch("unfolded", () => this.showCode());
    if (props.settings) this.change(); // they came before this script
    this.learn().catch(console.warn); // the pictures do without
    trigger("ready");
  }

  /** What the server knows of the model. */
  async learn() {
    this.told = await factsOf("translate", MODEL);
    this.showTraining();
    this.problem = this.told.problem ?? "";
    if (this.problem) this.change();
  }

  /** How the model learned the direction that is chosen. */
  showTraining() {
    const html = this.told[this.settings.direction] ?? "";
    if (!training || training.element.dataset.direction === this.settings.direction || !html) return;
    training.element.dataset.direction = this.settings.direction;
    training.element.innerHTML = html;
  }

  /** @returns {Settings} */
  get settings() {
    const [direction, source, emoji, size] = this.props.settings ?? ["ab", "emoji", 0, SIDE];
    return { direction, source, emoji, size: source === "emoji" ? SIDE : size };
  }

  showCode() {
    if (this.props.unfolded) this.trigger("coded");
  }

  /** Another picture or direction is wanted. */
  change() {
    if (!this.props.settings) return;
    const { settings } = this;
    this.question++;
    this.showCode();
    this.showTraining();
    if (this.problem) return this.refuse((notice) => (notice.innerHTML = this.problem));
    const missing = settings.source === "draw" ? "problem.empty_drawing" : "problem.no_image";
    const own = this.props.own?.[settings.source] ?? { problem: missing };
    if (settings.source !== "emoji" && own.problem)
      return this.refuse((notice) => both(notice, this.words, own.problem));
    this.live.update(
      async (open) => onceRound(open, await this.picture(settings, own.pixels), settings),
      (shown) => this.show(shown),
    );
    if (settings.size > SIDE) this.ask();
  }

  /** @param {Settings} settings
   * @param {string} [pixels]
   * @returns {Promise<Tensor>} */
  async picture(settings, pixels) {
    if (settings.source === "emoji") return emoji(settings.emoji, settings.direction[0]);
    const data = Float32Array.from(base64ToBytes(pixels), (byte) => byte / 255);
    return tensor([1, SIDE, SIDE, 3], data);
  }

  /** The server is to compute the picture at its size. */
  ask() {
    this.props.value = { ...this.props.value, question: this.question };
    this.trigger("asked");
  }

  /** There is no picture, for a reason.
   * @param {(notice: HTMLElement) => void} fill  says which */
  refuse(fill) {
    this.live.update(
      async () => null,
      () => {
        fill(this.find(".notice"));
        this.find(".notice").hidden = false;
        this.find(".large").hidden = true;
        for (const part of this.pictures.keys()) part.replaceChildren();
        this.pictures.clear();
        this.shown = null;
        this.fillSlider(null);
      },
    );
  }

  /** @param {Shown} shown */
  show(shown) {
    const small = shown.side === SIDE;
    if (small && this.props.large?.question === this.question) return; // the server was quicker
    this.shown = shown;
    this.find(".notice").hidden = true;
    this.find(".computed").hidden = !small;
    this.sayLarge();
    this.showPart(this.find);
    if (details) this.showDetails();
    this.fillSlider(shown.slider);
    this.find(".shown").dataset.shown = this.case;
  }

  /** What the server has computed, if it is still wanted. */
  showLarge() {
    const { large } = this.props;
    if (large?.question !== this.question) return;
    this.show({
      settings: this.settings,
      side: large.size,
      pictures: large.pictures,
      figures: large.figures,
      slider: large.slider.map(base64ToBytes),
    });
  }

  /** Whether the server computes, has computed or could not compute the picture at its size. */
  sayLarge() {
    if (!this.shown) return;
    const { side, settings } = this.shown;
    const waiting = this.props.refused === this.question ? "refused" : "waiting";
    this.find(".large").hidden = settings.size === SIDE;
    both(this.find(".large"), this.words, side === SIDE ? waiting : "large", { size: settings.size });
  }

  /** What the files are named by. */
  get case() {
    const { settings, side } = this.shown;
    const name = { emoji: `emoji-${settings.emoji + 1}`, draw: "drawing", upload: "upload" }[settings.source];
    return `${MODEL}_${settings.direction}_${name}_${side}`;
  }

  /** Fills in one part of the page.
   * @param {(selector: string) => any} find */
  showPart(find) {
    const part = find(".shown");
    const { words } = this;
    if (!this.pictures.has(part)) {
      part.replaceChildren(find("template").content.cloneNode(true));
      const figures = /** @type {HTMLElement[]} */ ([...part.querySelectorAll("figure")]);
      const made = figures.map((figure) => new Picture(figure, words, figure.dataset.key, KEPT));
      this.pictures.set(part, new Map(made.map((one) => [one.key, one])));
    }
    const { pictures, figures, settings } = this.shown;
    const [source, target] = [...settings.direction].map((domain) => DOMAINS[domain]);
    const domains = { translation: target, back: source };
    for (const [key, picture] of this.pictures.get(part))
      if (pictures[key]) picture.draw(pictures[key], `${this.case}_${key}.png`, { domain: domains[key] });
    for (const node of part.querySelectorAll("[data-figure]")) {
      const name = node.dataset.figure;
      node.textContent = name.startsWith("score") ? signed(figures[name]) : figures[name].toFixed(3);
    }
    const said = {
      as: { domain: target },
      back: { domain: source },
      "cycle.note": { change: figures.translation_l1.toFixed(3) },
      "counterpart.note": {
        translated: figures.counterpart_l1_translation?.toFixed(3),
        untranslated: figures.counterpart_l1_x?.toFixed(3),
      },
      "identity.note": { source },
    };
    for (const node of part.querySelectorAll("[data-say]"))
      both(node, words, node.dataset.say, said[node.dataset.say]);
    this.nameNetworks(part, source, target);
  }

  /** @param {HTMLElement} part
   * @param {string} source
   * @param {string} target */
  nameNetworks(part, source, target) {
    const way = this.shown.settings.direction.toUpperCase();
    const back = way[1] + way[0];
    const write = (selector, ...texts) =>
      part.querySelectorAll(selector).forEach((node, i) => (node.textContent = texts[i]));
    write(".way", way, back);
    write(".key span > span", `: ${source} → ${target}`, `: ${target} → ${source}`);
    write(".judge", ...way);
    write(".counterpart figcaption span", target);
  }

  showDetails() {
    if (!this.shown) return;
    const find = finder(details.element);
    this.showPart(find);
    find(".counterpart").hidden = !this.shown.pictures.counterpart;
    const table = find("button.csv");
    table.dataset.file = `${this.case}.csv`;
    const rows = Object.entries(this.shown.figures);
    table.offer = () => toCsv([["figure", "value"], ...rows]);
  }

  /** @param {Shown["slider"] | null} files */
  fillSlider(files) {
    for (const url of this.urls) URL.revokeObjectURL(url);
    this.urls = (files ?? []).map((bytes) => URL.createObjectURL(new Blob([/** @type {any} */ (bytes)])));
    this.props.value = { ...this.props.value, slider: files && this.urls };
    this.trigger("drawn");
  }
}

/** @param {Scope} scope */
export function start(scope) {
  if (scope.part === "circle") lesson = new Translation(scope);
  else if (scope.part === "details") {
    details = scope;
    lesson?.showDetails();
  } else {
    training = scope;
    lesson?.showTraining();
  }
}
