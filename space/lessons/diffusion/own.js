/* A visitor's own digit: noised and brought back, a row over t, and what is erased filled in. `start` runs for the Own
 * of tab.py. `element.ownDigit` is the handle for tests and the curious.
 */

import { range } from "../../browser/numbers.js";
import { addRow, paint } from "../../page/digit_canvas.js";
import { finder, isUnfolded, label, onLanguage, setText, texts } from "../../page/dom.js";
import { Hole } from "../../page/hole.js";
import { follow, tell } from "../../page/link.js";
import { Live } from "../../page/live.js";
import { chosen, wrongWith } from "../../page/sheets.js";
import { bindControls, showControls } from "./controls.js";
import { drawn, noised, readDigits, toUnit, wayOf } from "./denoising.js";
import { lesson } from "./lesson.js";

/** @import { Text, Words } from "../../page/dom.js" */
/** @import { Asked, Trajectory } from "./denoising.js" */

const STARTS = range(10).map((i) => (i + 1) / 10);
const OTHERS = 6; // fillings with other noise
const OWN = ["t", "erase", "resamplings"];
const ALL = ["digit", "seed", "steps", "guidance", "guided", "network"]; // settings that this part shares

/** @param {GradioScope & { words: Words, names: import("./lesson.js").Names }} scope */
export function start({ element, words, names, props, trigger, watch }) {
  const text = texts(words);
  label(element, text);
  lesson.names = names;
  const page = new OwnPage({ element, props, trigger }, text);
  Object.assign(element, { ownDigit: page, place: () => page.place() });
  follow(element, (link) => lesson.set(Object.fromEntries(OWN.map((name) => [name, link[name]]))));
  watch("settings", () => page.take());
  watch("own", () => props.settings?.[0] !== "digit" && page.take());
  page.take();
  trigger("ready");
}

class OwnPage {
  /** @param {Pick<GradioScope, "element" | "props" | "trigger">} scope
   * @param {Text} text */
  constructor({ element, props, trigger }, text) {
    this.element = element;
    this.props = props;
    this.text = text;
    this.trigger = trigger;
    this.find = finder(element);
    /** @type {Float32Array} */
    this.digit = null;
    /** @type {(Trajectory & { network: string }) | null} */
    this.made = null;
    /** @type {Trajectory} */
    this.filled = null;
    /** @type {Trajectory[] | null} */
    this.fillings = null; // with the steps done once, several times, and with other noise
    /** @type {{ images: Float32Array[], reads: number[] } | null} */
    this.found = null; // what comes of the digit from each start
    this.lives = Object.fromEntries(
      ["back", "flips", "fill"].map((part) => [part, new Live(this.find(`.${part}`), "diffusion")]),
    );
    this.hole = new Hole(this.find(".hole canvas"), () => {
      if (lesson.settings.erase === null) this.fill();
      else lesson.set({ erase: null }); // which fills
    });
    bindControls(element, "own");
    lesson.onChange((changed) => this.changed(changed));
    onLanguage(() => {
      label(element, text);
      this.relabel();
      this.showFlips();
      if (this.digit) this.sayFilled();
      this.showFilled();
    });
  }

  /** Another digit is chosen, or there is none. */
  async take() {
    if (!this.props.settings) return;
    const [source, index] = this.props.settings;
    const { own } = this.props;
    this.problem = wrongWith(source, own);
    this.taken = {}; // stands for this digit
    const { taken } = this;
    const x = this.problem ? null : await chosen(source, index, own).catch(() => null);
    if (taken !== this.taken) return;
    if (!this.problem && !x) this.lives.back.say("failed");
    this.digit = x?.data ?? null;
    this.hole.digit = this.digit;
    this.relabel();
    if (!this.digit) return;
    if (lesson.settings.erase === null) lesson.set({ erase: "nothing" }); // strokes were on another digit
    this.hole.set(lesson.settings.erase);
    this.workAll();
  }

  /** @param {string[]} changed */
  changed(changed) {
    const isOne = (/** @type {string[]} */ names) => changed.some((name) => names.includes(name));
    this.relabel();
    if (isOne(OWN)) tell(this.element, Object.fromEntries(OWN.map((name) => [name, lesson.settings[name]])));
    if (changed.includes("erase") && lesson.settings.erase !== null) this.hole.set(lesson.settings.erase);
    if (isOne(["t", ...ALL])) this.bringBack();
    if (isOne(ALL)) this.overTime();
    if (isOne(["erase", "resamplings", ...ALL])) this.fill();
  }

  workAll() {
    this.bringBack();
    this.overTime();
    this.fill();
  }

  /** @param {Partial<Asked>} more */
  asked(more) {
    return lesson.asked({ picture: this.digit, ...more });
  }

  /** The digit, its noise, and what comes of it. */
  bringBack() {
    const { find, digit } = this;
    if (!digit || !this.fits) return;
    const { settings, config, levels } = lesson;
    paint(find(".seen canvas"), digit);
    if (config) {
      const [t] = wayOf(levels, lesson.steps, settings.t);
      paint(find(".noised canvas"), toUnit(noised(digit, drawn(settings.seed, config).noise, levels, t)));
    }
    this.lives.back.update(
      async (open) => {
        const { network } = lesson;
        const denoiser = await lesson.denoiser(open);
        if (!denoiser.makesDigits) return null;
        const [made] = await denoiser.run([this.asked({ start: settings.t })]);
        return { ...made, network };
      },
      (made) => {
        if (!made) return;
        paint(find(".noised canvas"), toUnit(made.x[0]));
        paint(find(".made canvas"), made.image);
        this.made = made;
        this.element.dataset.made = String(made.asked.start);
        if (isUnfolded("diffusion-own-code")) this.trigger("moved");
      },
    );
  }

  /** What comes of it from each start, and where it flips. */
  overTime() {
    const { digit } = this;
    if (!digit || !this.fits) return;
    this.row = {}; // stands for what is asked for now
    const { row } = this;
    this.lives.flips.update(
      async (open) => {
        const denoiser = await lesson.denoiser(open);
        if (!denoiser.makesDigits) return null;
        const images = [];
        for (const start of STARTS) {
          if (row !== this.row) return null; // a newer one follows
          const [{ image }] = await denoiser.run([this.asked({ start })]);
          images.push(image);
        }
        const isOwn = lesson.isOwn(lesson.network); // the classifier knows digits
        const reads = isOwn ? [] : await readDigits(open, lesson.names.judge, [digit, ...images]);
        return { images, reads };
      },
      (found) => {
        if (!found || row !== this.row) return;
        this.found = found;
        this.flips = found.reads;
        this.showFlips();
      },
    );
  }

  showFlips() {
    if (!this.found) return;
    const { find, text } = this;
    const { images, reads } = this.found;
    const [own, ...others] = reads;
    const captions = STARTS.map((start, i) => `${start}${reads.length ? ` → ${others[i]}` : ""}`);
    find(".flips .row").replaceChildren();
    addRow(find(".flips .row"), "", images, captions);
    const first = others.findIndex((read) => read !== own);
    const key = reads.length ? (first < 0 ? "own.never" : "own.flip") : "";
    setText(find(".flip"), text(key, { own, t: STARTS[first], to: others[first] }) ?? "");
  }

  /** What is erased, filled in: with the steps done once, several times, and with other noise. */
  fill() {
    const { find, hole, digit } = this;
    if (!digit || !this.fits) return;
    const none = hole.isEmpty || hole.isAll;
    this.filling = {}; // stands for what is asked for now
    const { filling } = this;
    for (const name of ["once", "filled"]) find(`.fill .${name}`).hidden = none;
    find(".fill .computed").hidden = none;
    this.sayFilled();
    if (none) {
      find(".fill .row").replaceChildren();
      this.fillings = null;
      return;
    }
    const known = hole.known.slice();
    const { resamplings, seed } = lesson.settings;
    const asked = (/** @type {number} */ seed, /** @type {number} */ resamplings) =>
      this.asked({ seed, known, resamplings, sampler: "ddpm" });
    this.lives.fill.update(
      async (open) => {
        const denoiser = await lesson.denoiser(open);
        if (!denoiser.makesDigits) return null;
        const made = [];
        const seeds = range(OTHERS + 1).map((i) => seed + i);
        // one by one: all together would be more than the server does at once
        for (const one of [asked(seed, 1), ...seeds.map((seed) => asked(seed, resamplings))])
          if (filling === this.filling) made.push(...(await denoiser.run([one])));
        return made;
      },
      (made) => {
        if (!made || filling !== this.filling) return;
        this.fillings = made;
        this.filled = made[1];
        this.showFilled();
        this.element.dataset.filled = String(resamplings);
      },
    );
  }

  sayFilled() {
    const { hole, find, text } = this;
    setText(
      find(".fill .unfilled"),
      hole.isAll ? text("fill.all") : hole.isEmpty ? text("fill.nothing") : "",
    );
  }

  showFilled() {
    if (!this.fillings) return;
    const { find, text } = this;
    const [once, several, ...others] = this.fillings;
    paint(find(".once canvas"), once.image);
    paint(find(".filled canvas"), several.image);
    const row = find(".fill .row");
    row.replaceChildren();
    addRow(
      row,
      text("fill.others"),
      others.map(({ image }) => image),
    );
  }

  relabel() {
    const { element, find, text } = this;
    showControls(element, text);
    const notice = find(".notice");
    const said = this.fits ? this.problem : "own.no_digits";
    notice.hidden = !said;
    setText(notice, said ? this.text(said) : "");
    /** @type {HTMLElement} */ for (const part of element.querySelectorAll(".pictures, .flips, .fill"))
      part.classList.toggle("empty", !this.digit || !this.fits);
  }

  /** Whether the model that is chosen makes digits, as far as it is known. */
  get fits() {
    return lesson.denoisers[lesson.network]?.makesDigits ?? true;
  }

  /** All that the snippet depends on; null while nothing is shown. */
  place() {
    if (!this.made) return null;
    const { network, asked } = this.made;
    const { digit, seed, steps, guidance, guidance_low, guidance_high, start } = asked;
    return { digit, seed, steps, guidance, guidance_low, guidance_high, start, network };
  }
}
