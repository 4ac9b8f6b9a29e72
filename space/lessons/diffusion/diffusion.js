/* One trajectory on the page: `start` runs for the Way of tab.py. `element.diffusion` is the handle for tests and the
 * curious.
 */

import { isId } from "../../browser/links.js";
import { tensor } from "../../browser/nn.js";
import { finder, isUnfolded, keepsStill, label, onLanguage, setText, texts } from "../../page/dom.js";
import { offer } from "../../page/downloads.js";
import { follow, onTab, tell } from "../../page/link.js";
import { Live, weightsOf } from "../../page/live.js";
import { isComparable, Nearest } from "../../page/nearest.js";
import { checkBytes, checkWay } from "./check.js";
import { bindControls, offerRepository, showControls } from "./controls.js";
import { actingOf, readDigits } from "./denoising.js";
import { drowning, framesOf, Lane } from "./film.js";
import { Flow } from "./flow.js";
import { lesson } from "./lesson.js";
import { drawSchedule, markTime } from "./schedule.js";
import { Sheets } from "./sheets.js";

/** @import { Tensor } from "../../browser/nn.js" */
/** @import { Text, Words } from "../../page/dom.js" */
/** @import { Trajectory } from "./denoising.js" */
/** @import { Frame } from "./film.js" */

/** @typedef {Trajectory & { network: string }} Way */

const PLAY_MS = 2600; // from one end to the other
const LEAST_FRAME_MS = 40;
const FIRST = 0.65; // share of the way that is shown first: all three pictures say something there
const WAY = ["digit", "seed", "steps", "guidance", "guided", "network", "sampler", "way"]; // settings that a way depends on
const LINKED = [...WAY, "sheet"];
const LANES = ["first", "second", "third"];
/** What the link calls a setting. */
const NAMES = { digit: "class" };

/** @param {GradioScope & { words: Words, names: import("./lesson.js").Names, diagram: import("./flow.js").Known }} scope */
export function start({ element, words, names, diagram, props, trigger }) {
  const text = texts(words);
  label(element, text);
  lesson.names = names;
  const page = new WayPage(element, text, trigger, () => props.value, diagram);
  Object.assign(element, { diffusion: page, place: () => page.place(), network: () => lesson.network });
  follow(element, (link) => {
    lesson.set(Object.fromEntries(LINKED.map((name) => [name, link[NAMES[name] ?? name]])));
  });
  page.changed();
}

class WayPage {
  /** @param {HTMLElement} element
   * @param {Text} text
   * @param {GradioScope["trigger"]} trigger
   * @param {() => import("./check.js").Facts} facts
   * @param {import("./flow.js").Known} diagram */
  constructor(element, text, trigger, facts, diagram) {
    this.element = element;
    this.text = text;
    this.trigger = trigger;
    this.facts = facts;
    this.find = finder(element);
    this.lesson = lesson;
    this.live = new Live(this.find(".stage"), "diffusion");
    this.judging = new Live(this.find(".judging"), "diffusion");
    this.checking = new Live(this.find(".checking"), "diffusion");
    /** @type {Way[]} */
    this.made = [];
    /** @type {number[]} */
    this.reads = []; // the digit that the classifier reads in each predicted x_0
    this.network = ""; // whose figures the server was asked for
    this.frame = 0;
    this.milliseconds = 0;
    /** @type {number | null} */
    this.playing = null; // the animation's request
    this.lanes = LANES.map(
      (name) => new Lane(this.find(`[data-lane="${name}"]`), (index) => this.scrub(index)),
    );
    this.flow = new Flow(this.find(".diagram"), diagram);
    this.sheets = new Sheets(element, text);
    this.nearest = new Nearest(this.find(".nearest-digit"));
    this.bind();
  }

  bind() {
    const { element, find, text } = this;
    bindControls(element, "way");
    find(".again").onclick = () => lesson.set({ seed: Math.floor(Math.random() * 1e6) });
    find(".play").onclick = () => (this.playing === null ? this.play() : this.pause());
    find(".position").oninput = ({ target }) => this.scrub(target.valueAsNumber);
    find(".check").onclick = () => this.check();
    find(".nearest-digit button").onclick = () => this.nearest.show(...this.drawn());
    lesson.onChange((changed) => {
      this.relabel();
      const isOne = (/** @type {string[]} */ names) => changed.some((name) => names.includes(name));
      const values = LINKED.map((name) => [NAMES[name] ?? name, lesson.settings[name]]);
      if (isOne(LINKED)) tell(element, Object.fromEntries(values));
      if (isOne(WAY)) this.changed();
      if (isOne(["sheet"])) this.sheets.show();
    });
    onTab(() => this.pause());
    document.addEventListener("visibilitychange", () => document.hidden && this.pause());
    onLanguage(() => {
      label(element, text);
      this.relabel();
      this.draw();
      this.sheets.show();
    });
  }

  /** The server says what it knows of the model. */
  learn() {
    if (this.network === lesson.network) return;
    this.network = lesson.network;
    this.trigger("ready");
  }

  changed() {
    this.pause();
    this.flow.expect();
    setText(this.find(".checked"), "");
    const { ways } = lesson;
    const { way } = lesson.settings;
    offerRepository(this.element, "way");
    if (!isId(lesson.network)) this.learn();
    this.live.update(
      async (open) => {
        const made = [];
        const films = [];
        let milliseconds = 0;
        for (const { network, sampler } of ways) {
          const denoiser = await lesson.denoiser(open, network);
          const begun = performance.now();
          const [one] = await denoiser.run([lesson.asked({ sampler })]);
          milliseconds += performance.now() - begun;
          made.push({ ...one, network });
          films.push(way === "back" ? framesOf(one) : await drowning(one, denoiser));
        }
        return { made, films, milliseconds };
      },
      ({ made, films, milliseconds }) => {
        Object.assign(this, { made, milliseconds });
        this.learn(); // of a repository, which is open now
        this.show(films, way);
        this.judge(films[0]);
        this.sheets.show();
      },
    );
  }

  /** The model of the first way, and the picture that it made.
   * @returns {[string, Tensor]} */
  drawn() {
    const [{ image, network }] = this.made;
    const { image_size: side, in_channels: channels } = lesson.denoisers[network].config;
    return [lesson.modelOf(network), tensor([1, side, side, channels], image)];
  }

  /** @param {Frame[][]} films
   * @param {"back" | "forward"} way */
  show(films, way) {
    const { find, lanes } = this;
    this.reads = [];
    this.nearest.clear();
    find(".nearest-digit").hidden = !isComparable(this.drawn()[1]);
    lanes.forEach((lane, i) => (lane.element.hidden = i >= films.length));
    films.forEach((frames, i) => lanes[i].show(frames));
    find(".lanes").style.setProperty("--lanes", films.length);
    find(".lanes").classList.toggle("several", films.length > 1);
    const position = find(".position");
    position.max = films[0].length - 1;
    this.frame = Math.round(FIRST * (films[0].length - 1));
    drawSchedule(find(".schedule"), levelsOf(this.made[0]), acting(this.made[0]));
    find(".legend .guided").hidden = !acting(this.made[0]);
    offer(
      this.element,
      this.made.map((one, i) => [
        `[data-lane="${LANES[i]}"] .png`,
        `${caseOf(one)}.png`,
        () => lanes[i].picture(),
      ]),
    );
    this.element.dataset.way = way;
    this.draw();
    if (isUnfolded("diffusion-code")) this.trigger("moved");
  }

  /** What the classifier reads in the predicted images. It says when the digit is decided.
   * @param {Frame[]} frames */
  judge(frames) {
    if (lesson.isOwn(lesson.network)) return; // the classifier knows digits
    this.judging.update(
      (open) =>
        readDigits(
          open,
          lesson.names.judge,
          frames.map(({ xStart }) => xStart),
        ),
      (reads) => {
        if (frames !== this.lanes[0].frames) return;
        this.reads = reads;
        this.draw();
      },
    );
  }

  draw() {
    const { find, text, frame, lanes, made } = this;
    if (!made.length) return;
    const areNetworks = made.some(({ network }) => network !== made[0].network);
    made.forEach(({ network, asked }, i) => {
      lanes[i].draw(frame);
      const heading = areNetworks ? `network.${network}.full` : `sampler.${asked.sampler}.full`;
      setText(lanes[i].find("h2"), text(heading));
    });
    const places = made.map((one, i) => {
      const levels = levelsOf(one);
      const { t } = lanes[i].frames[frame];
      const [a, sigma] = levels.map((level) => level[t + 1].toFixed(2));
      return text("where", { t: t + 1, T: levels[0].length - 1, a, sigma });
    });
    const where = [...new Set(places)].join("\n"); // networks of another path have times of their own
    find(".position").value = frame;
    setText(find(".where"), where);
    find(".position").setAttribute("aria-valuetext", where);
    markTime(find(".schedule"), (lanes[0].frames[frame].t + 1) / (levelsOf(made[0])[0].length - 1));
    this.flow.show(made[0], lanes[0].frames, frame);
    this.sayDecided();
    this.relabel();
  }

  sayDecided() {
    const { find, text, reads, lanes } = this;
    const { frames } = lanes[0];
    if (!reads.length) return setText(find(".decided"), "");
    const noisy = frames.map(({ t }, i) => ({ t, digit: reads[i] })).sort((one, other) => other.t - one.t);
    const final = noisy[noisy.length - 1].digit;
    const first = noisy.findLastIndex(({ digit }) => digit !== final) + 1;
    const { digit } = this.made[0].asked;
    const key = first === 0 ? "decided.always" : "decided";
    const wrong = digit !== null && final !== digit ? ` ${text("decided.other", { asked: digit })}` : "";
    setText(find(".decided"), text(key, { digit: final, t: noisy[first].t + 1 }) + wrong);
  }

  relabel() {
    const { find, text, element } = this;
    showControls(element, text);
    setText(find(".about"), this.about());
    setText(find(".play"), text(this.playing === null ? "play" : "pause"));
    if (!this.made.length) return;
    const calls = this.made.reduce((sum, one) => sum + one.times.length + (acting(one)?.steps ?? 0), 0);
    setText(find(".cost"), text("cost", { calls, ms: Math.round(this.milliseconds) }));
    this.sayActing();
  }

  /** What is said of the networks that are chosen. */
  about() {
    const { network } = lesson.settings;
    if (!lesson.isOwn(network)) return this.text(`network.${network}.about`);
    if (!lesson.config) return "";
    const { image_size: side, in_channels, num_classes: classes, prediction } = lesson.config;
    const colour = this.text(in_channels === 1 ? "own.grey" : "own.colour");
    const named = this.text(classes ? "own.classes" : "own.no_classes", { classes });
    return this.text("own.about", { side, colour, prediction }) + named;
  }

  /** Where guidance acts on the first way. */
  sayActing() {
    const [{ asked, times, network }] = this.made;
    const acts = acting(this.made[0]);
    const key = acts === null ? "" : acts.low === 0 && acts.high === 1 ? "acting.everywhere" : "acting";
    const T = lesson.denoisers[network].config.num_timesteps;
    const values = {
      guidance: asked.guidance,
      ...{ steps: acts?.steps, n: times.length },
      ...{ low: Math.round(acts?.low * T), high: Math.round(acts?.high * T) },
    };
    setText(this.find(".acting"), key && this.text(key, values));
  }

  /** @param {number} index */
  scrub(index) {
    this.pause();
    this.frame = index;
    this.draw();
  }

  play() {
    const last = this.lanes[0].frames.length - 1;
    if (last < 1) return;
    if (this.frame === last) this.frame = 0;
    const from = this.frame;
    const each = Math.max(PLAY_MS / last, LEAST_FRAME_MS) * (keepsStill() ? 4 : 1);
    const begun = performance.now();
    const step = (/** @type {number} */ now) => {
      const index = Math.min(last, from + Math.floor(Math.max(now - begun, 0) / each));
      if (index !== this.frame || index === from) {
        this.frame = index;
        this.draw();
      }
      if (index < last) this.playing = requestAnimationFrame(step);
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

  check() {
    const said = this.find(".checked");
    const [made] = this.made;
    if (!made) return;
    setText(said, this.text("checking"));
    this.checking.update(
      async (open) => {
        const sum = await checkWay(made, await lesson.denoiser(open, made.network), this.text);
        const url = weightsOf(lesson.modelOf(made.network));
        const facts = this.facts();
        const bytes = facts?.network === made.network ? checkBytes(url, facts, this.text) : "";
        return `${sum} ${await Promise.resolve(bytes).catch(() => this.text("checked.no_bytes"))}`;
      },
      (sentence) => made === this.made[0] && setText(said, sentence),
    );
  }

  /** All that the snippet depends on; null while nothing is shown. */
  place() {
    if (!this.made.length) return null;
    const [{ asked, network }] = this.made;
    const { digit, seed, steps, guidance, guidance_low, guidance_high, sampler } = asked;
    return { digit, seed, steps, guidance, guidance_low, guidance_high, sampler, network };
  }
}

/** @param {Way} way */
const levelsOf = ({ network }) => lesson.denoisers[network].levels;

/** @param {Way} way */
const acting = (way) => actingOf(way, lesson.denoisers[way.network].config);

/** What the files of a way are named: `case_of` of work.py.
 * @param {Way} way */
function caseOf({ network, asked }) {
  const { digit, seed, steps, guidance, guidance_low: low, guidance_high: high, sampler } = asked;
  const what = digit === null ? "any" : `digit-${digit}`;
  const acts = low === 0 && high === 1 ? "" : `_t${low}-${high}`;
  return `${lesson.modelOf(network).replace("/", "_")}_${what}_seed${seed}_${sampler}${steps}_guidance${guidance}${acts}`;
}
