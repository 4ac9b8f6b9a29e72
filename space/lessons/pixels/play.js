/* A digit that is drawn pixel by pixel: `start` runs for the Play of tab.py. `element.pixelPlay` is the handle for tests
 * and the curious.
 */

import { standardNormal } from "../../browser/families/layers.js";
import { guided, surprises, uniformsOf } from "../../browser/families/pixelcnn.js";
import { widthOf } from "../../browser/latents.js";
import { clamp, range, sigmoid } from "../../browser/numbers.js";
import { paintRows } from "../../page/digit_canvas.js";
import { finder, isUnfolded, keepsStill, label, onLanguage, setText, texts } from "../../page/dom.js";
import { offer } from "../../page/downloads.js";
import { follow, onTab, tell } from "../../page/link.js";
import { Live } from "../../page/live.js";
import { Nearest } from "../../page/nearest.js";
import { flat, PIXELS, SIDE, total } from "./densities.js";
import { drawPixels, OPEN, shade } from "./drawing.js";
import { Flow } from "./flow.js";
import { bindControls, lesson, nats, showControls } from "./lesson.js";

/** @import { Text, Words } from "../../page/dom.js" */
/** A digit that one of the models has drawn: the log-odds of its coins, at a temperature of 1, and how surprised it was.
 * @typedef {{ x: Float32Array, odds: Float32Array, nats: Float64Array }} Drawn */
/** @typedef {{ uniforms: Float64Array, temperature: number, guidance: number, digit: number | null, seed: number,
 *   lacks: string | null, by: Record<string, Drawn>, config: any }} Made  by each model; the network's config */

const LINKED = ["class", "seed", "temperature", "guidance", "who"];
const DRAWN_BY = ["class", "seed", "temperature", "guidance"]; // what a digit depends on
const PLAY_MS = 9000;
const FIRST = 430; // pixels that are drawn at first: something of the digit is there, and something is open
const OPEN_COIN = 0.1; // a coin may fall on either side: p from here to 1 less this
const LEAST_SHARE = 0.15; // of the time of a fair coin that a sure pixel takes

/** @param {GradioScope & { words: Words, names: import("./lesson.js").Names, diagram: import("./flow.js").Known }} scope */
export function start({ element, words, names, diagram, trigger }) {
  const text = texts(words);
  label(element, text);
  lesson.names = names;
  const page = new PlayPage(element, text, trigger, diagram);
  Object.assign(element, { pixelPlay: page, place: () => page.place() });
  follow(element, (link) => lesson.set(Object.fromEntries(LINKED.map((name) => [name, link[name]]))));
  trigger("ready");
  page.compute();
}

class PlayPage {
  /** @param {HTMLElement} element
   * @param {Text} text
   * @param {GradioScope["trigger"]} trigger
   * @param {import("./flow.js").Known} diagram */
  constructor(element, text, trigger, diagram) {
    this.element = element;
    this.text = text;
    this.trigger = trigger;
    this.find = finder(element);
    this.lesson = lesson;
    this.live = new Live(this.find(".stage"), "pixels");
    this.flow = new Flow(this.find(".diagram"), diagram, lesson.names.model);
    /** @type {Made | null} */
    this.made = null;
    this.position = FIRST; // pixels that are drawn
    /** @type {number | null} */
    this.playing = null; // the animation's request
    this.nearest = new Nearest(this.find(".nearest-digit"));
    this.bind();
    this.relabel();
  }

  bind() {
    const { element, find } = this;
    bindControls(element, "play");
    find(".again").onclick = () => lesson.set({ seed: Math.floor(Math.random() * 1e6) });
    find(".play").onclick = () => (this.playing === null ? this.play() : this.pause());
    find(".position").oninput = ({ target }) => this.scrub(target.valueAsNumber);
    find(".nearest-digit button").onclick = () =>
      this.nearest.show(lesson.names.model, flat([this.made.by[this.who].x]));
    find(".next").onclick = () => this.scrub(this.nextCoin());
    lesson.onChange((changed) => {
      this.relabel();
      const values = LINKED.map((name) => [name, lesson.settings[name]]);
      if (changed.some((name) => LINKED.includes(name))) tell(element, Object.fromEntries(values));
      if (changed.some((name) => DRAWN_BY.includes(name))) this.compute();
      else if (changed.includes("who")) this.show();
    });
    onTab(() => this.pause());
    document.addEventListener("visibilitychange", () => document.hidden && this.pause());
    onLanguage(() => {
      label(element, this.text);
      this.relabel();
      this.draw();
    });
  }

  compute() {
    this.pause();
    const { class: digit, seed, temperature, guidance } = lesson.settings;
    this.live.update(
      async (open) => {
        const model = await open(lesson.names.model, ["complete", "logits"]);
        const { config } = model;
        const labels = digit === null ? null : [digit];
        const nothing = flat([new Float32Array(PIXELS)]);
        const drawing = { labels, seed, temperature, guidance };
        const images = await model.run("complete", nothing, nothing, drawing);
        const { data: logits } = await model.run("logits", images, labels);
        const isGuided = labels && guidance !== 1;
        const without = isGuided && (await model.run("logits", images, null)).data;
        const odds = isGuided ? logits.map((own, i) => guided(own, without[i], guidance)) : logits;
        const uniforms = uniformsOf(standardNormal(1, widthOf(config), seed).data, PIXELS);
        const { counting, lacks } = await lesson.told();
        const others = counting ? { counting: counting.draw(uniforms, temperature) } : {};
        const of = (/** @type {Float32Array} */ x, /** @type {Float32Array} */ logits, odds = logits) => ({
          ...{ x, odds, nats: surprises(logits, x) },
        });
        /** @type {Record<string, Drawn>} */
        const by = { network: of(images.data, logits, odds) };
        if (others.counting) by.counting = of(others.counting, counting.logits(others.counting));
        return { uniforms, temperature, guidance, digit, seed, lacks, by, config };
      },
      (made) => {
        this.made = made;
        this.show();
      },
    );
  }

  get who() {
    return this.made?.by[lesson.settings.who] ? lesson.settings.who : "network";
  }

  /** What guidance does here: it acts on the network, where a digit is asked for. */
  get guides() {
    return this.who === "counting" ? "counting" : this.made.digit === null ? "any" : "digit";
  }

  show() {
    const { find, element, made } = this;
    if (!made) return;
    find(".counts").hidden = !made.by.counting;
    find(".lacks").hidden = !made.lacks;
    setText(find(".lacks"), made.lacks ? this.text(`lacks.${made.lacks}`) : "");
    find(".other").hidden = !made.by.counting;
    element.dataset.made = `${made.seed}`;
    this.nearest.clear();
    find(".nearest-digit").hidden = this.who !== "network"; // its figures are the network's
    offer(element, [[".side .png", `${caseOf(made, this.who)}.png`, () => this.picture()]]);
    this.draw();
    if (isUnfolded("pixels-code")) this.trigger("moved");
  }

  /** p(white) of a pixel, as the coin has it.
   * @param {number} i */
  chance(i) {
    return sigmoid(this.made.by[this.who].odds[i] / this.made.temperature);
  }

  draw() {
    const { find, text, made, position } = this;
    if (!made) return;
    const { x, nats: surprise } = made.by[this.who];
    const next = position < PIXELS ? position : null;
    const shadeOf = (/** @type {number} */ i) => shade(this.chance(i));
    drawPixels(
      find(".drawn canvas"),
      (i) => (i < position ? shade(x[i]) : i === next ? shadeOf(i) : OPEN),
      next,
    );
    drawPixels(find(".shades canvas"), (i) => (i <= position ? shadeOf(i) : OPEN), next);
    find(".position").value = position;
    this.sayCoin(next);
    this.flow.show(made, this.who, position, (i) => this.chance(i));
    setText(
      find(".sum"),
      text(next === null ? "sum.all" : "sum", {
        ...{ n: position, nats: nats(total(surprise.subarray(0, position))) },
        who: text(`who.${this.who}`),
      }),
    );
    find(".tempered").hidden = made.temperature === 1;
    find(".guided").hidden = made.guidance === 1;
    setText(find(".guided"), text(`guided.${this.guides}`));
    if (made.by.counting) {
      const other = this.who === "network" ? "counting" : "network";
      drawPixels(find(".other canvas"), (i) => shade(made.by[other].x[i]));
      const said = { who: text(`who.${other}`), nats: nats(total(made.by[other].nats)) };
      setText(find(".other figcaption"), text("other.about", said));
    }
    this.relabel();
  }

  /** @param {number | null} i  the pixel whose turn it is */
  sayCoin(i) {
    const { find, text, made } = this;
    const coin = find(".coin");
    coin.classList.toggle("over", i === null);
    if (i === null) {
      setText(find(".where"), text("where.all"));
      setText(find(".fell"), "");
      find(".position").setAttribute("aria-valuetext", text("where.all"));
      return;
    }
    const [p, u] = [this.chance(i), made.uniforms[i]];
    const where = text("where", { row: Math.floor(i / SIDE) + 1, column: (i % SIDE) + 1 });
    const white = Boolean(made.by[this.who].x[i]);
    const said = { p: p.toFixed(3), u: u.toFixed(3) };
    setText(find(".where"), where);
    setText(find(".fell"), text(white ? "fell.white" : "fell.black", said));
    find(".position").setAttribute("aria-valuetext", `${where} ${find(".fell").textContent}`);
    coin.querySelector("i").style.width = `${100 * p}%`;
    coin.querySelector("b").style.left = `${100 * u}%`;
  }

  relabel() {
    const { find, text, element } = this;
    showControls(element, text);
    setText(find(".play"), text(this.playing === null ? "play" : "pause"));
    find(".next").disabled = !this.made || this.nextCoin() === PIXELS;
  }

  /** The next pixel whose coin may fall on either side. */
  nextCoin() {
    const open = range(PIXELS - this.position - 1).map((i) => this.position + 1 + i);
    return open.find((i) => Math.abs(this.chance(i) - 0.5) < 0.5 - OPEN_COIN) ?? PIXELS;
  }

  /** @param {number} position */
  scrub(position) {
    this.pause();
    this.position = clamp(Math.round(position), 0, PIXELS);
    this.draw();
  }

  /** Plays from the present pixel; an open coin takes longer than a sure one. */
  play() {
    if (!this.made) return;
    if (this.position >= PIXELS) this.position = 0;
    const shares = range(PIXELS).map((i) => {
      const p = this.chance(i);
      return LEAST_SHARE + 4 * p * (1 - p);
    });
    const each = (PLAY_MS * (keepsStill() ? 4 : 1)) / total(shares);
    let [before, spent] = [performance.now(), 0];
    const step = (/** @type {number} */ now) => {
      spent += Math.max(now - before, 0);
      before = now;
      const first = this.position;
      while (this.position < PIXELS && spent >= each * shares[this.position])
        spent -= each * shares[this.position++];
      if (this.position !== first) this.draw();
      if (this.position < PIXELS) this.playing = requestAnimationFrame(step);
      else this.pause();
    };
    this.playing = requestAnimationFrame(step);
    this.relabel();
  }

  pause() {
    if (this.playing !== null) cancelAnimationFrame(this.playing);
    this.playing = null;
    setText(this.find(".play"), this.text("play"));
  }

  /** The whole digit beside what was said of its pixels. */
  picture() {
    const canvas = document.createElement("canvas");
    const { x } = this.made.by[this.who];
    const shades = Float32Array.from(x, (_, i) => this.chance(i));
    paintRows(canvas, [[x, shades]]);
    return canvas;
  }

  /** All that the snippet depends on; null while nothing is shown. */
  place() {
    if (!this.made) return null;
    const { digit, seed, temperature, guidance } = this.made;
    return { digit, seed, temperature, guidance };
  }
}

/** What the file of a digit is named: as in `draw_pixels` of code_behind.py.
 * @param {Made} made
 * @param {string} who */
function caseOf({ digit, seed, temperature, guidance }, who) {
  const name = who === "network" ? lesson.names.model : who;
  const what = digit === null ? "any" : `digit-${digit}`;
  return `${name}_${what}_seed${seed}_temperature${temperature}_guidance${guidance}`;
}
