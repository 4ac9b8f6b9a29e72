/* A picture into the other domain and back, computed and drawn in the visitor's browser. One that is wanted at another
 * size is shown so first, until the server has computed it at that size. tab.py says which props events change. There
 * are three parts of the page, each a component: the circle, the cards below it, and how the model was trained.
 */

import { tensor } from "../../browser/nn.js";
import { base64ToBytes } from "../../browser/numbers.js";
import {
  bitmap,
  inChannels,
  meanDifference,
  toBmp,
  toHeat,
  toOpinion,
  toRgb,
} from "../../browser/pictures.js";
import { both, finder } from "../../page/dom.js";
import { toCsv } from "../../page/downloads.js";
import { factsOf } from "../../page/facts.js";
import { Picture } from "../../page/figures.js";
import { Live } from "../../page/live.js";
import { example } from "../../page/sheets.js";
import { linkTerms } from "../../page/terms.js";
import { Beside } from "./beside.js";
import { drawing, onDrawn } from "./board.js";
import { shareCard } from "./share.js";

/** @import { Tensor } from "../../browser/nn.js" */
/** @import { Open } from "../../page/live.js" */
/** @typedef {GradioScope & { words: import("../../page/dom.js").Words, models: string[],
 *   part: "circle" | "details" | "beside" | "training" }} Scope */
/** With the size 0 a picture has that of the example, or of the pictures of the training.
 * @typedef {{ model: string, direction: "ab" | "ba", source: string, emoji: number, size: number }} Settings */
/** A visitor's upload: its bytes, as base64, by their side; or what is wrong.
 * @typedef {{ pixels?: Record<number, string>, problem?: string }} Own */
/** Pictures by their key, as addresses, and figures by their name.
 * @typedef {{ settings: Settings, side: number, pictures: Record<string, string>, figures: Record<string, number>,
 *   domains: Record<string, string>, zoomed: boolean, slider: Uint8Array[], served?: boolean, x?: Tensor }} Shown  in the slider are
 *   x and G(x), as files; `zoomed` if the generators scale pictures; `served` if the server has computed it, at the size
 *   that was asked for */

const METHODS = ["translate", "score_patches"];
const MOST_HERE = 128; // pixels a side of a picture at another size than that of the training; larger ones the server has
const MOST_SIDE = 256; // of a visitor's own picture
const KEPT = 256; // pixels a side that pictures are kept with
const MOST_URLS = 12; // of pictures in the slider that are kept: it may still be loading those of before
const LARGE = 512; // and that those in the slider have
const MOST_ERROR = 0.25; // |x - F(G(x))| from which on the error map is brightest

/** @type {Scope | null} */
let details = null; // the part of the cards, once it is there
/** @type {Scope | null} */
let training = null; // and that of the training
/** @type {Beside | null} */
let beside = null;
/** @type {Translation | null} */
let lesson = null;

/** The generators of a direction and of the way back, in plain text.
 * @param {string} direction */
const namesOf = ([source, target]) => ({
  there: `G_${source}${target}`.toUpperCase(),
  back: `G_${target}${source}`.toUpperCase(),
});
const signed = (score) => score.toFixed(2).replace("-", "\u2212");
const mean = ({ data }) => data.reduce((sum, value) => sum + value, 0) / data.length;
const draw = (image) => bitmap(toRgb(image), image.shape[2]);

/** An emoji that is to be translated, in colour.
 * @param {string} model
 * @param {number} emoji
 * @param {string} direction */
async function emojiOf(model, emoji, [source]) {
  const { examples } = await factsOf("translate", model);
  return example(examples, emoji, source);
}

/** The picture that is chosen, as the model takes it.
 * @param {Settings} settings
 * @param {any} config of the model
 * @param {Own} [own]
 * @returns {Promise<Tensor>} */
async function pictureOf({ model, direction, source, emoji, size }, config, own) {
  if (source === "emoji") return inChannels(await emojiOf(model, emoji, direction), config.in_channels);
  const side = size && size <= MOST_HERE ? size : Math.min(config.image_size, MOST_SIDE);
  const bytes = source === "draw" ? drawing.rgb(side) : base64ToBytes(own.pixels[side]);
  const data = Float32Array.from(bytes, (byte) => byte / 255);
  return inChannels(tensor([1, side, side, 3], data), config.in_channels);
}

/** An image as a file for the slider.
 * @param {Tensor} image */
function fileOf(image) {
  const side = image.shape[1];
  return toBmp(toRgb(image), side, Math.max(1, Math.floor(LARGE / side)));
}

/** A picture once round the cycle.
 * @param {Open} open
 * @param {Settings} settings
 * @param {Own} own
 * @param {(slider: Uint8Array[]) => void} halfWay  takes x and G(x), as files, as soon as they are there
 * @returns {Promise<Shown>} */
async function onceRound(open, settings, own, halfWay) {
  const { source: kind, model: name, emoji, direction } = settings;
  if (kind === "emoji") emojiOf(name, emoji, direction).catch(() => {}); // it comes while the weights do
  const model = await open(settings.model, ["translate"]); // the generators first: G(x) is seen before D is fetched
  const whole = open(settings.model, METHODS);
  whole.catch(() => {}); // said where it is used
  const { config } = model;
  const x = await pictureOf(settings, config, own);
  const side = x.shape[1];
  const [source, target] = settings.direction;
  const translated = model.run("translate", x, source + target);
  const before = fileOf(x); // while the thread of the networks computes
  const output = await translated;
  const slider = [before, fileOf(output)];
  halfWay(slider);
  const back = await model.run("translate", output, target + source);
  const judges = await whole;
  const scoresOutput = await judges.run("score_patches", output, target);
  const scoresX = await judges.run("score_patches", x, source);
  const identity = await model.run("translate", x, target + source);
  const stride = 2 ** config.discriminator_layers;
  const channels = config.in_channels;
  const error = new Float32Array(x.data.length / channels);
  for (let i = 0; i < x.data.length; i++)
    error[Math.floor(i / channels)] += Math.abs(x.data[i] - back.data[i]) / channels / MOST_ERROR;
  const pictures = {
    x: draw(x),
    translation: draw(output),
    back: draw(back),
    error: bitmap(toHeat(error), side),
    judged_x: bitmap(toOpinion(x, scoresX, stride), side),
    judged_translation: bitmap(toOpinion(output, scoresOutput, stride), side),
    identity: draw(identity),
  };
  const figures = {
    cycle_l1: meanDifference(x, back),
    identity_l1: meanDifference(x, identity),
    translation_l1: meanDifference(x, output),
    score_x: mean(scoresX),
    score_translation: mean(scoresOutput),
    fooling: mean({ data: scoresOutput.data.map((score) => (score - 1) ** 2) }),
  };
  const y = await counterpartOf(settings, config);
  if (y) {
    pictures.counterpart = draw(y);
    figures.counterpart_l1_translation = meanDifference(output, y);
    figures.counterpart_l1_x = meanDifference(x, y);
  }
  const domains = { a: config.domain_a ?? "A", b: config.domain_b ?? "B" };
  return { settings, side, pictures, figures, domains, zoomed: config.zoom !== 1, slider, x };
}

/** An emoji as the designers of the other domain drew it; undefined where nobody did.
 * @param {Settings} settings
 * @param {any} config of the model
 * @returns {Promise<Tensor | undefined>} */
async function counterpartOf({ model, direction, source, emoji }, config) {
  if (source !== "emoji") return undefined;
  const { examples } = await factsOf("translate", model);
  if (examples.sheet) return inChannels(await example(examples, emoji, direction[1]), config.in_channels);
}

/** The pieces of the circle and the terms of the loss that they are in.
 * @param {HTMLElement} part */
function linkLoss(part) {
  const terms = [.../** @type {NodeListOf<HTMLElement>} */ (part.querySelectorAll(".term"))].map((node) => ({
    ...{ node, lights: node.dataset.lights.split(" ") },
  }));
  const keys = new Set(terms.flatMap(({ lights }) => lights));
  linkTerms(new Map([...keys].map((key) => [key, part.querySelector(`.cycle > .${key}`)])), terms);
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
    /** @type {Record<string, any>} */
    this.told = {}; // what the server knows of each model that was chosen
    /** @type {string[]} */
    this.urls = []; // pictures in the slider, the newest last
    /** @type {Uint8Array[] | null} */
    this.inSlider = null;
    /** @type {Map<HTMLElement, Map<string, Picture>>} */
    this.pictures = new Map(); // of each part that is set up
    watch("settings", () => this.change());
    watch("own", () => this.settings.source === "upload" && this.change());
    onDrawn(() => this.settings.source === "draw" && this.change());
    watch("large", () => this.showLarge());
    watch("refused", () => this.sayLarge());
    watch("unfolded", () => this.showCode());
    if (props.settings) this.change(); // they came before this script
    trigger("ready");
  }

  /** What the server knows of a model.
   * @param {string} model */
  async learn(model) {
    this.told[model] = await factsOf("translate", model);
    if (this.settings.model !== model) return;
    this.showTraining();
    if (this.problem || this.told[model].examples === null) this.change();
  }

  /** Why the model cannot be used.
   * @returns {string | undefined} */
  get problem() {
    return this.told[this.settings.model]?.problem;
  }

  /** How the model learned the direction that is chosen. */
  showTraining() {
    const { model, direction } = this.settings;
    const html = this.told[model]?.[direction];
    const shown = `${model} ${direction}`;
    if (!training || training.element.dataset.shown === shown || !html) return;
    training.element.dataset.shown = shown;
    training.element.innerHTML = html;
  }

  /** @returns {Settings} */
  get settings() {
    const [model, direction, source, emoji, size] = this.props.settings ?? ["", "ab", "emoji", 0, 0];
    return { model, direction, source, emoji, size };
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
    if (!this.told[settings.model]) this.learn(settings.model).catch(console.warn);
    if (this.problem) return this.refuse((notice) => (notice.innerHTML = this.problem));
    /** @type {Own} */
    const own = this.props.own?.upload ?? { problem: "problem.no_image" };
    const problem = { draw: drawing.isBlank() && "problem.empty_drawing", upload: own.problem }[
      settings.source
    ];
    if (problem) return this.refuse((notice) => both(notice, this.words, problem));
    if (settings.source === "emoji" && this.told[settings.model]?.examples === null)
      return this.refuse((notice) => both(notice, this.words, "no_examples"));
    const { question } = this;
    const isWanted = () => question === this.question && this.props.large?.question !== question;
    this.live.update(
      (open) => onceRound(open, settings, own, (slider) => isWanted() && this.fillSlider(slider)),
      (shown) => this.show(shown),
    );
    if (settings.size && (settings.source === "emoji" || settings.size > MOST_HERE)) this.ask();
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
    if (!shown.served && this.props.large?.question === this.question) return; // the server was quicker
    this.shown = shown;
    this.find(".notice").hidden = true;
    this.find(".computed").hidden = shown.served ?? false;
    this.sayLarge();
    this.showPart(this.find);
    if (details) this.showDetails();
    this.showBeside();
    if (shown.slider !== this.inSlider) this.fillSlider(shown.slider);
    this.find(".shown").dataset.shown = this.case;
  }

  /** What the server has computed, if it is still wanted. */
  showLarge() {
    const { large } = this.props;
    if (large?.question !== this.question) return;
    this.show({
      served: true,
      settings: this.settings,
      side: large.size,
      domains: large.domains,
      zoomed: large.zoomed,
      pictures: large.pictures,
      figures: large.figures,
      slider: large.slider.map(base64ToBytes),
    });
  }

  /** Whether the server computes, has computed or could not compute the picture at its size. */
  sayLarge() {
    if (!this.shown) return;
    const { side, settings, served } = this.shown;
    const waiting = this.props.refused === this.question ? "refused" : "waiting";
    const { size } = settings;
    this.find(".large").hidden = !served && (!size || size === side);
    both(this.find(".large"), this.words, served ? "large" : waiting, { size, side });
  }

  /** What the files are named by. */
  get case() {
    const { settings, side } = this.shown;
    const name = { emoji: `emoji-${settings.emoji + 1}`, draw: "drawing", upload: "upload" }[settings.source];
    return `${settings.model}_${settings.direction}_${name}_${side}`;
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
      linkLoss(part);
    }
    const share = part.querySelector(".share button");
    if (share) this.bindShare(share);
    const { pictures, figures, settings, domains: names } = this.shown;
    const [source, target] = [...settings.direction].map((domain) => names[domain]);
    const domains = { translation: target, back: source };
    const generators = namesOf(settings.direction);
    for (const [key, picture] of this.pictures.get(part))
      if (pictures[key])
        picture.draw(pictures[key], `${this.case}_${key}.png`, { domain: domains[key], ...generators });
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
    for (const node of part.querySelectorAll("[data-say]")) {
      const key = node.dataset.say;
      const name = key === "identity.note" && this.shown.zoomed ? "identity.zoomed" : key;
      both(node, words, name, { ...said[key], ...generators });
    }
    this.nameNetworks(part, source, target);
  }

  /** @param {HTMLElement} button */
  bindShare(button) {
    const { pictures, settings, domains } = this.shown;
    const names = [...settings.direction].map((domain) => domains[domain]);
    button.dataset.file = `${this.case}_card.png`;
    button.offer = () =>
      shareCard([pictures.x, pictures.translation, pictures.back], names, namesOf(settings.direction));
  }

  /** @param {HTMLElement} part
   * @param {string} source
   * @param {string} target */
  nameNetworks(part, source, target) {
    const way = this.shown.settings.direction.toUpperCase();
    const back = way[1] + way[0];
    const write = (selector, ...texts) =>
      part.querySelectorAll(selector).forEach((node, i) => (node.textContent = texts[i % texts.length]));
    write(".to", way);
    write(".fro", back);
    write(".key span > span", `: ${source} → ${target}`, `: ${target} → ${source}`);
    write(".judge", ...way);
    write(".rival", way[1]);
    write(".counterpart figcaption span", target);
  }

  showBeside() {
    if (!this.shown?.x) return;
    const { x, settings } = this.shown;
    beside?.show({ x, settings, generators: namesOf(settings.direction), case: this.case });
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
    this.inSlider = files;
    const urls = (files ?? []).map((bytes) => URL.createObjectURL(new Blob([/** @type {any} */ (bytes)])));
    this.urls.push(...urls);
    for (const old of this.urls.splice(0, this.urls.length - MOST_URLS)) URL.revokeObjectURL(old);
    this.props.value = { ...this.props.value, slider: files && urls };
    this.trigger("drawn");
  }
}

/** @param {Scope} scope */
export function start(scope) {
  if (scope.part === "circle") lesson = new Translation(scope);
  else if (scope.part === "details") {
    details = scope;
    lesson?.showDetails();
  } else if (scope.part === "beside") {
    beside = new Beside(scope);
    lesson?.showBeside();
  } else {
    training = scope;
    lesson?.showTraining();
  }
}
