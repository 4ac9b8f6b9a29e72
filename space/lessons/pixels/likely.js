/* Five cards to sort by how likely they are. `start` runs for the Likely of tab.py. `element.likelyCards` is the handle
 * for tests and the curious.
 */

import { surprises } from "../../browser/families/pixelcnn.js";
import { range } from "../../browser/numbers.js";
import { TorchRandom } from "../../browser/torch_random.js";
import { paint } from "../../page/digit_canvas.js";
import { finder, label, onLanguage, setText, texts } from "../../page/dom.js";
import { Live } from "../../page/live.js";
import { digit } from "../../page/sheets.js";
import { binarised, bound, flat, logWeights, PIXELS, parts, SIDE, total } from "./densities.js";
import { addCells } from "./drawing.js";
import { lesson, nats } from "./lesson.js";

/** @import { Text, Words } from "../../page/dom.js" */
/** -log p of a card in nats: exact, exact, at most.
 * @typedef {{ network: number, counting: number | null, vae: number | null }} Score */
/** @typedef {GradioScope & { words: Words, names: import("./lesson.js").Names, cards: string[],
 *   digits: { one: number, eight: number }, latents: number }} Scope */

const DENSITY = 0.13; // share of white pixels in digits, which the noise has

/** @param {Scope} scope */
export async function start(scope) {
  const { element, words, names, digits } = scope;
  const text = texts(words);
  label(element, text);
  lesson.names = names;
  const pictures = await picturesOf(digits);
  element.likelyCards = new Likely(scope, text, pictures);
}

/** @param {{ one: number, eight: number }} digits
 * @returns {Promise<Record<string, Float32Array>>} */
async function picturesOf({ one, eight }) {
  const upright = binarised((await digit(eight)).data);
  const noise = new TorchRandom(1).uniform(PIXELS);
  return {
    one: binarised((await digit(one)).data),
    eight: upright,
    upside_down: Float32Array.from(
      upright,
      (_, i) => upright[(SIDE - 1 - Math.floor(i / SIDE)) * SIDE + (i % SIDE)],
    ),
    blank: new Float32Array(PIXELS),
    noise: Float32Array.from(noise, (value) => Number(value < DENSITY)),
  };
}

class Likely {
  /** @param {Scope} scope
   * @param {Text} text
   * @param {Record<string, Float32Array>} pictures */
  constructor({ element, cards, latents }, text, pictures) {
    this.element = element;
    this.find = finder(element);
    this.text = text;
    this.cards = cards;
    this.latents = latents;
    this.pictures = pictures;
    /** @type {string[]} */
    this.order = []; // as the visitor sorts, the likeliest first
    /** @type {Record<string, Score> | null} */
    this.scores = null;
    this.live = new Live(element, "pixels");
    for (const card of cards) {
      const button = this.buttonOf(card);
      paint(button.querySelector("canvas"), pictures[card]);
      button.onclick = () => this.choose(card);
    }
    this.find(".undo").onclick = () => this.undo();
    onLanguage(() => {
      label(element, text);
      this.show();
    });
    this.show();
  }

  /** @param {string} card */
  buttonOf(card) {
    return this.find(`[data-card="${card}"]`);
  }

  /** @param {string} card */
  choose(card) {
    if (this.order.includes(card)) return;
    this.order.push(card);
    this.show();
    if (this.order.length === this.cards.length && !this.scores) this.score();
  }

  undo() {
    if (this.order.length === this.cards.length) this.order = [];
    else this.order.pop();
    this.show();
  }

  score() {
    this.live.update(
      async (open) => {
        const all = this.cards.map((card) => this.pictures[card]);
        const model = await open(lesson.names.model, ["logits"]);
        const logits = parts(await model.run("logits", flat(all), null));
        const { counting } = await lesson.told();
        const vae = await open(lesson.names.vae, ["encode", "decode_logits"]);
        /** @type {Record<string, Score>} */
        const scores = {};
        for (const [i, card] of this.cards.entries())
          scores[card] = {
            network: total(surprises(logits[i], all[i])),
            counting: counting && total(surprises(counting.logits(all[i]), all[i])),
            vae: await logWeights(vae, all[i], this.latents)
              .then((weights) => bound(weights, this.latents))
              .catch(() => null),
          };
        return scores;
      },
      (scores) => {
        this.scores = scores;
        this.show();
      },
    );
  }

  show() {
    const { order, cards, text, find, scores } = this;
    for (const card of cards) {
      const place = order.indexOf(card);
      const button = this.buttonOf(card);
      button.setAttribute("aria-pressed", String(place >= 0));
      setText(button.querySelector("b"), place < 0 ? "" : `${place + 1}`);
    }
    const done = order.length === cards.length;
    const key = done ? (scores ? "task.done" : "task.waiting") : order.length ? "task.next" : "task";
    setText(find(".task"), text(key, { n: order.length + 1 }));
    find(".undo").disabled = !order.length;
    setText(find(".undo"), text(done ? "undo.all" : "undo"));
    find(".asking").hidden = !done; // before, nothing is computed
    find(".reveal").hidden = !(done && scores);
    if (done && scores) this.reveal(scores);
  }

  /** @param {Record<string, Score>} scores */
  reveal(scores) {
    const { order, cards, text, find } = this;
    const ranked = [...cards].sort((a, b) => scores[a].network - scores[b].network);
    const body = find("tbody");
    body.replaceChildren();
    ranked.forEach((card, i) => {
      const { network, counting, vae } = scores[card];
      const line = addCells(body, [
        `${i + 1}`,
        text(`card.${card}`),
        `${order.indexOf(card) + 1}`,
        nats(network),
        counting === null ? "–" : nats(counting),
        vae === null ? "–" : text("at_most", { nats: nats(vae) }),
      ]);
      line.classList.toggle("right", order[i] === card);
    });
    const right = range(cards.length).filter((i) => order[i] === ranked[i]).length;
    const moral = [text("moral.right", { right, all: cards.length })];
    const { one, eight, upside_down, blank } = scores;
    const times = timesOf(blank.network);
    if (ranked[0] === "blank") moral.push(text("moral.blank", { times }));
    else if (blank.network < eight.network) moral.push(text("moral.between", { times }));
    const counted = cards.map((card) => scores[card].counting ?? Number.NaN);
    if (blank.counting === Math.min(...counted)) moral.push(text("moral.counting"));
    if (upside_down.network < eight.network) moral.push(text("moral.upside_down"));
    if (one.network < eight.network) moral.push(text("moral.one"));
    if (ranked[ranked.length - 1] === "noise") moral.push(text("moral.noise"));
    setText(find(".moral"), moral.join(" "));
    this.element.dataset.ranked = ranked.join();
  }
}

const MOST_WRITTEN = 1e6;

/** In how many pictures one is drawn: to two digits, or as a power of ten.
 * @param {number} nats */
function timesOf(nats) {
  const times = Math.exp(nats);
  if (times < MOST_WRITTEN) return Number(times.toPrecision(2)).toLocaleString("en");
  const power = `${Math.round(nats / Math.LN10)}`;
  return `10${power.replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)])}`;
}
