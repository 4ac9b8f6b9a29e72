/* Cards that are computed once they come into view: what the way back makes of a translation with a little noise (what
 * is hidden in it), and the same picture through every model of the lab.
 */

import { tensor } from "../../browser/nn.js";
import { clamp, Random } from "../../browser/numbers.js";
import { bitmap, inChannels, meanDifference, toRgb } from "../../browser/pictures.js";
import { both, finder } from "../../page/dom.js";
import { factsOf } from "../../page/facts.js";
import { Picture } from "../../page/figures.js";
import { Live } from "../../page/live.js";

/** @import { Tensor } from "../../browser/nn.js" */
/** @import { Open } from "../../page/live.js" */
/** What the circle shows: x, and where it is to go.
 * @typedef {{ x: Tensor, settings: { model: string, direction: "ab" | "ba" }, generators: Record<string, string>,
 *   case: string }} Shown */
/** @typedef {{ name: string, domains: string[], image: Tensor, measured: Record<string, number> }} Way  by one model */

const KEPT = 256; // pixels a side that pictures are kept with
const LEVEL = 1 / 255; // the noise: one grey level up or down
const SEED = 1;
const ALIKE = 0.6; // SSIM of untranslated pictures to their counterparts from which on the sets have the same shapes

const draw = (/** @type {Tensor} */ image) => bitmap(toRgb(image), image.shape[2]);

/** An image with each number a grey level higher or lower.
 * @param {Tensor} image */
export function withNoise({ shape, data }) {
  const random = new Random(SEED);
  const noisy = tensor(shape);
  data.forEach((value, i) => {
    noisy.data[i] = clamp(value + (random.uniform() < 0.5 ? -LEVEL : LEVEL), 0, 1);
  });
  return noisy;
}

/** @param {Open} open
 * @param {Shown} shown
 * @param {string[]} names of the models */
async function compute(open, { x, settings: { model: name, direction } }, names) {
  const [source, target] = direction;
  const model = await open(name, ["translate"]);
  const output = await model.run("translate", x, direction);
  const noisy = withNoise(output);
  const restored = await model.run("translate", output, target + source);
  const again = await model.run("translate", noisy, target + source);
  /** @type {Way[]} */
  const ways = [];
  for (const one of names) {
    const { config, run } = await open(one, ["translate"]);
    const { measured, problem } = await factsOf("translate", one);
    if (problem) continue;
    const image = await run("translate", inChannels(x, config.in_channels), direction);
    const domains = [...direction].map((domain) => config[`domain_${domain}`]);
    ways.push({ name: one, domains, image, measured });
  }
  const figures = {
    clean: meanDifference(x, restored),
    noisy: meanDifference(x, again),
    noise: meanDifference(output, noisy) / LEVEL,
    change: meanDifference(restored, again) / LEVEL,
  };
  return { restored, again, figures, ways };
}

export class Beside {
  /** @param {GradioScope & { words: import("../../page/dom.js").Words, models: string[] }} scope */
  constructor({ element, words, models }) {
    this.find = finder(element);
    this.words = words;
    this.models = models;
    this.live = new Live(element, "translate", true);
    const figures = /** @type {HTMLElement[]} */ ([...element.querySelectorAll("figure[data-key]")]);
    this.pictures = figures.map((figure) => new Picture(figure, words, figure.dataset.key, KEPT));
  }

  /** @param {Shown} shown */
  show(shown) {
    this.live.update(
      (open) => compute(open, shown, this.models),
      (found) => this.fill(shown, found),
    );
  }

  /** @param {Shown} shown
   * @param {Awaited<ReturnType<typeof compute>>} found */
  fill({ settings, generators, case: name }, { restored, again, figures, ways }) {
    const images = { restored, noisy: again };
    for (const picture of this.pictures)
      picture.draw(draw(images[picture.key]), `${name}_${picture.key}.png`, generators);
    const said = { ...generators };
    for (const key of ["clean", "noisy"]) said[key] = figures[key].toFixed(3);
    for (const key of ["noise", "change"]) said[key] = figures[key].toFixed(1);
    both(this.find(".hidden .hint span"), this.words, "hidden.note", said);
    const way = settings.direction.toUpperCase();
    for (const node of this.find(".hidden").querySelectorAll(".to")) node.textContent = way;
    for (const node of this.find(".hidden").querySelectorAll(".fro")) node.textContent = way[1] + way[0];
    this.find(".each").replaceChildren(...ways.map((one) => this.way(one, settings.direction, name)));
    this.find(".facts").dataset.shown = name;
  }

  /** @param {Way} way
   * @param {string} direction
   * @param {string} name of the files */
  way({ name: model, domains: [source, target], image, measured }, direction, name) {
    const node = this.find("template").content.cloneNode(true).firstElementChild;
    const picture = new Picture(node.querySelector("figure"), this.words, "by", KEPT);
    picture.draw(draw(image), `${name}_by_${model}.png`, { source, target });
    node.querySelector("figcaption").textContent = `${source} → ${target}`;
    const { ssim_nothing: ssim, l1_nothing: before, [`l1_${direction}`]: after } = measured;
    if (ssim === undefined || before === undefined || after === undefined) return node;
    const [why, figures] = node.querySelectorAll(".hint span");
    both(why, this.words, ssim > ALIKE ? "models.style" : "models.shape", { ssim: ssim.toFixed(2) });
    const scaled = measured[`l1_scaled_${direction}`];
    const values = { before: before.toFixed(3), after: after.toFixed(3), scaled: scaled?.toFixed(3) };
    both(figures, this.words, scaled === undefined ? "models.l1" : "models.l1.scaled", values);
    return node;
  }
}
