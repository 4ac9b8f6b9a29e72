/* A visitor's own digit: completed, asked how likely it is, told apart by Bayes. `start` runs for the Own of tab.py.
 * `element.pixelOwn` is the handle for tests and the curious.
 */

import { surprises } from "../../browser/families/pixelcnn.js";
import { range } from "../../browser/numbers.js";
import { paint } from "../../page/digit_canvas.js";
import { finder, isUnfolded, label, onLanguage, setText, texts } from "../../page/dom.js";
import { follow, tell } from "../../page/link.js";
import { Live } from "../../page/live.js";
import { chosen, wrongWith } from "../../page/sheets.js";
import { binarised, bound, byBayes, flat, isFirst, logWeights, parts, total } from "./densities.js";
import { drawPixels, heat, MOST_HEAT } from "./drawing.js";
import { bindControls, lesson, nats, showControls } from "./lesson.js";
import { Mask } from "./mask.js";

/** @import { Text, Words } from "../../page/dom.js" */
/** Nats by the network and by the model that counts, and what bounds the VAE's.
 * @typedef {{ network: Float64Array, counting: Float64Array | null, weights: number[] | null,
 *   figures: Record<string, number> }} Judged */
/** @typedef {GradioScope & { words: Words, names: import("./lesson.js").Names, completions: number, latents: number }
 *   } Scope */

const LINKED = ["as", "kept", "seam", "k"];

/** @param {Scope} scope */
export function start(scope) {
  const { element, words, names, props, trigger, watch } = scope;
  const text = texts(words);
  label(element, text);
  lesson.names = names;
  const page = new OwnPage(scope, text);
  Object.assign(element, { pixelOwn: page, place: () => page.place() });
  follow(element, (link) => lesson.set(Object.fromEntries(LINKED.map((name) => [name, link[name]]))));
  watch("settings", () => page.take());
  watch("own", () => props.settings?.[0] !== "digit" && page.take());
  page.take();
  trigger("ready");
}

class OwnPage {
  /** @param {Scope} scope
   * @param {Text} text */
  constructor({ element, props, trigger, completions, latents }, text) {
    this.element = element;
    this.props = props;
    this.text = text;
    this.trigger = trigger;
    this.completions = completions;
    this.latents = latents;
    this.find = finder(element);
    this.lesson = lesson;
    /** @type {Float32Array | null} */
    this.digit = null;
    /** @type {string | undefined} */
    this.problem = undefined; // key of what is wrong with the picture
    this.taken = {}; // stands for the digit that is chosen
    this.lives = Object.fromEntries(
      ["completing", "surprise", "bayes"].map((part) => [
        part,
        new Live(this.find(`.${part}`), "pixels", part !== "completing"),
      ]),
    );
    /** @type {{ images: Float32Array[], seed: number } | null} */
    this.completed = null;
    /** @type {Judged | null} */
    this.judged = null;
    /** @type {{ logs: Float32Array, reads: number[] | null } | null} */
    this.told = null;
    this.mask = new Mask(
      this.find(".mask figure canvas"),
      () => this.complete(),
      (row) => lesson.set({ seam: row }),
    );
    bindControls(element, "own");
    lesson.onChange((changed) => this.changed(changed));
    onLanguage(() => {
      label(element, text);
      this.relabel();
      this.showJudged();
      this.showBayes();
    });
    this.relabel();
  }

  /** Another digit is chosen, or there is none. */
  async take() {
    if (!this.props.settings) return;
    const [source, index] = this.props.settings;
    const { own } = this.props;
    this.problem = wrongWith(source, own);
    this.taken = {};
    const { taken } = this;
    const x = this.problem ? null : await chosen(source, index, own).catch(() => null);
    if (taken !== this.taken) return;
    if (!this.problem && !x) this.lives.completing.say("failed");
    this.digit = x && binarised(x.data);
    this.mask.take(this.digit);
    Object.assign(this, { completed: null, judged: null, told: null });
    for (const name of ["completed", "judged", "told"]) delete this.element.dataset[name];
    this.relabel();
    if (!this.digit) return;
    paint(this.find(".binary canvas"), this.digit);
    this.complete();
    this.judge();
    this.tellApart();
  }

  /** @param {string[]} changed */
  changed(changed) {
    const isOne = (/** @type {string[]} */ names) => changed.some((name) => names.includes(name));
    this.relabel();
    const values = LINKED.map((name) => [name, lesson.settings[name]]);
    if (isOne(LINKED)) tell(this.element, Object.fromEntries(values));
    if (isOne(["kept", "seam", "as", "seed"])) this.complete();
    if (isOne(["k"])) this.showJudged();
  }

  /** The rest of the digit, drawn several times. */
  complete() {
    const { digit, mask, find, completions } = this;
    this.relabel();
    delete this.element.dataset.completed;
    if (!digit) return;
    const known = mask.known.slice();
    const { as, seed } = lesson.settings;
    this.lives.completing.update(
      async (open) => {
        const model = await open(lesson.names.model, ["complete"]);
        const labels = as === null ? null : Array(completions).fill(as);
        const copies = (/** @type {Float32Array} */ one) => flat(range(completions).map(() => one));
        const drawing = { labels, seed, temperature: 1 };
        return { images: parts(await model.run("complete", copies(digit), copies(known), drawing)), known };
      },
      ({ images, known }) => {
        if (digit !== this.digit) return;
        this.completed = { images, seed };
        images.forEach((image, i) => {
          const canvas = find(`[data-four="${i}"]`);
          drawPixels(canvas, (pixel) => {
            const on = 255 * image[pixel];
            return known[pixel] ? [on, on, on] : image[pixel] ? [251, 146, 60] : [30, 27, 45];
          });
          canvas.setAttribute("aria-label", this.text("four", { i: i + 1 }));
        });
        this.element.dataset.completed = `${seed}`;
        if (isUnfolded("pixels-own-code")) this.trigger("moved");
      },
    );
  }

  /** -log p of the digit, by all. */
  judge() {
    const { digit, latents } = this;
    this.lives.surprise.update(
      async (open) => {
        const model = await open(lesson.names.model, ["logits"]);
        const { data } = await model.run("logits", flat([digit]), null);
        const { counting, figures } = await lesson.told();
        const vae = await open(lesson.names.vae, ["encode", "decode_logits"]);
        const weights = await logWeights(vae, digit, latents).catch((error) => {
          console.warn(error); // the network's answer is shown without
          return null;
        });
        return {
          network: surprises(data, digit),
          counting: counting && surprises(counting.logits(digit), digit),
          weights,
          figures,
        };
      },
      (judged) => {
        if (digit !== this.digit) return;
        this.judged = judged;
        this.showJudged();
        this.element.dataset.judged = nats(total(judged.network));
      },
    );
  }

  showJudged() {
    const { judged, find, text } = this;
    find(".surprise").classList.toggle("empty", !judged);
    if (!judged) return;
    drawPixels(find(".heat canvas"), (i) => heat(judged.network[i]));
    const k = 2 ** lesson.settings.k;
    /** @type {Record<string, number | null>} */
    const values = {
      network: total(judged.network),
      counting: judged.counting && total(judged.counting),
      vae: judged.weights && bound(judged.weights, k),
      gan: null,
    };
    const most = Math.max(...Object.values(values).map((value) => value ?? 0));
    for (const [name, value] of Object.entries(values)) {
      const bar = find(`.bars .${name}`);
      bar.hidden = name !== "gan" && value === null;
      bar.querySelector("i").style.width = `${(100 * (value ?? 0)) / most}%`;
      const written = value === null ? "" : nats(value);
      setText(bar.querySelector("b"), text(`by.${name}.value`, { nats: written }));
      setText(bar.querySelector("small"), text(`by.${name}.about`, { k }));
    }
    find(".k").hidden = values.vae === null;
    const mean = judged.figures.nll;
    const said = { mine: nats(values.network), mean: mean === undefined ? "" : nats(mean) };
    setText(find(".compared"), mean === undefined ? "" : text("compared", said));
  }

  /** log p of the digit given each class, and what the classifier says. */
  tellApart() {
    const { digit } = this;
    this.lives.bayes.update(
      async (open) => {
        const model = await open(lesson.names.model, ["class_log_probs"]);
        const { data: logs } = await model.run("class_log_probs", flat([digit]));
        return { logs, reads: await readClasses(open, digit) };
      },
      (told) => {
        if (digit !== this.digit) return;
        this.told = told;
        this.showBayes();
        this.element.dataset.told = `${best(byBayes(told.logs))}`;
      },
    );
  }

  showBayes() {
    const { told, find, text, element } = this;
    find(".bayes").classList.toggle("empty", !told);
    if (!told) return;
    const { logs, reads } = told;
    const bayes = byBayes(logs);
    const sorted = Array.from(logs).sort((one, other) => other - one);
    const [top, last] = [sorted[0], sorted[sorted.length - 1]];
    [...element.querySelectorAll(".bayes tbody tr")].forEach((line, y) => {
      /** @type {HTMLElement} */ (line).hidden = y >= logs.length;
      line.classList.toggle("chosen", y === best(bayes));
      const put = (/** @type {string} */ selector, /** @type {string} */ content) =>
        setText(line.querySelector(selector), content);
      put(".log", nats(logs[y]));
      put(".p", percent(bayes[y]));
      put(".q", reads ? percent(reads[y]) : "–");
      const share = top === last ? 1 : (logs[y] - last) / (top - last);
      /** @type {HTMLElement} */ (line.querySelector(".lane i")).style.width = `${8 + 92 * share}%`;
    });
    const [one, other] = [best(bayes), reads ? best(reads) : null];
    const key = other === null ? "verdict.alone" : one === other ? "verdict.same" : "verdict.other";
    setText(find(".verdict"), text(key, { bayes: one, classifier: other, gap: nats(sorted[0] - sorted[1]) }));
  }

  relabel() {
    const { element, find, text, mask, digit } = this;
    const { kept, seam } = lesson.settings;
    mask.show(kept, seam);
    showControls(element, text);
    const notice = find(".notice");
    notice.hidden = !this.problem;
    setText(notice, this.problem ? text(this.problem) : "");
    find(".completing").classList.toggle("empty", !digit);
    for (const name of ["surprise", "bayes"]) if (!digit) find(`.${name}`).classList.add("empty");
    setText(find(".mask figcaption"), text(`mask.${kept}`));
    setText(find(".scale [data-text='heat.most']"), text("heat.most", { most: MOST_HEAT }));
    const all = mask.known.every((one) => one !== 0);
    const key = all ? "exact.nothing" : isFirst(mask.known) ? "exact.yes" : "exact.no";
    setText(find(".exact"), digit ? text(key) : "");
    find(".exact").classList.toggle("warn", key === "exact.no");
  }

  /** All that the snippet depends on; null while nothing is shown. */
  place() {
    if (!this.completed) return null;
    const { as, seed, kept, seam } = lesson.settings;
    return { digit: as, seed, seam: kept === "seam" ? seam : null };
  }
}

/** @param {ArrayLike<number>} numbers */
const best = (numbers) => Array.from(numbers).indexOf(Math.max(...Array.from(numbers)));

/** @param {number} share */
const percent = (share) => (share > 0.9995 && share < 1 ? "> 99.9 %" : `${(100 * share).toFixed(1)} %`);

/** P(y | x) of the classifier; null where it cannot be had.
 * @param {import("../../page/live.js").Open} open
 * @param {Float32Array} digit */
async function readClasses(open, digit) {
  try {
    const { run } = await open(lesson.names.judge, ["forward"]);
    return byBayes((await run("forward", flat([digit]))).data);
  } catch (error) {
    console.warn(error);
    return null;
  }
}
