/* A point of a latent space with more dimensions than a map can show: a slider for each, and the picture that the point
 * decodes to, which follows while a slider moves. `start` is called for the Sliders of sliders.py.
 */

import { tensor } from "../../browser/nn.js";
import { minus } from "../../browser/numbers.js";
import { bitmap, toRgb } from "../../browser/pictures.js";
import { add, finder } from "../../page/dom.js";
import { toCsv } from "../../page/downloads.js";
import { factsOf } from "../../page/facts.js";
import { Picture } from "../../page/figures.js";
import { Live } from "../../page/live.js";
import { chosen } from "./shared.js";

/** @import { Tensor } from "../../browser/nn.js" */
/** @import { Open } from "../../page/live.js" */
/** `most`: how far a slider goes; `side`: pixels a side that the picture is kept with.
 * @typedef {GradioScope & { words: import("../../page/dom.js").Words, model: string, most: number, side: number }} Scope */

const STEP = 0.05;

class Sliders {
  /** @param {Scope} scope */
  constructor(scope) {
    const { element, props, watch, words, side } = scope;
    this.scope = scope;
    this.props = props;
    this.find = finder(element);
    this.live = new Live(element, "manifold", true);
    this.picture = new Picture(this.find("figure"), words, "deep", side);
    /** @type {Float32Array} */
    this.z = new Float32Array(0); // where the sliders stand
    this.decoded = this.z; // what the picture shows
    /** @type {{ dimension: number, slider: HTMLInputElement, output: HTMLElement }[]} */
    this.rows = [];
    this.find(".origin").onclick = () => {
      this.move(new Float32Array(this.z.length));
      this.showCode();
    };
    this.find(".mean").onclick = () => this.start();
    const table = this.find("button.csv");
    table.dataset.file = `${scope.model}_point.csv`;
    table.offer = () =>
      toCsv([["dimension", "z"], ...Array.from(this.decoded, (value, i) => [i + 1, value])]);
    watch("unfolded", () => this.showCode());
  }

  async begin() {
    const { find, scope } = this;
    this.live.waiting.begin();
    const { problem, badge, latent_dim, dimensions } = await factsOf("manifold", scope.model);
    if (problem) {
      this.live.waiting.end();
      find(".notice").innerHTML = problem;
      find(".notice").hidden = false;
      find(".deep").hidden = true;
      return;
    }
    find(".badge").innerHTML = badge;
    for (const [dimension, kl] of dimensions) this.build(dimension, kl);
    this.move(new Float32Array(latent_dim));
    this.showCode();
  }

  /** @param {number} dimension
   * @param {number | null} kl  its information in nats */
  build(dimension, kl) {
    const { most } = this.scope;
    const row = add(this.find(".sliders"), "label");
    const name = add(row, "span", "", "z");
    add(name, "sub", "", `${dimension + 1}`);
    if (kl !== null) add(name, "small", "", ` KL ${kl.toFixed(2)} nats`);
    const output = add(row, "b");
    const slider = add(row, "input");
    Object.assign(slider, { type: "range", min: -most, max: most, step: STEP, value: 0 });
    slider.ariaLabel = name.textContent;
    slider.oninput = () => {
      const z = this.z.slice();
      z[dimension] = slider.valueAsNumber;
      this.move(z);
    };
    slider.onchange = () => this.showCode();
    this.rows.push({ dimension, slider, output });
  }

  /** Has the script's snippet written, where that is unfolded. */
  showCode() {
    if (!this.props.unfolded || !this.z.length) return;
    this.props.value = { z: [...this.z] };
    this.scope.trigger("coded");
  }

  /** Puts the sliders where z is; one that ends before stays at its end.
   * @param {Float32Array} z */
  put(z) {
    this.z = z;
    for (const { dimension, slider, output } of this.rows) {
      slider.valueAsNumber = z[dimension];
      output.textContent = minus(z[dimension].toFixed(2));
      slider.setAttribute("aria-valuetext", output.textContent);
    }
  }

  /** The visitor has moved z.
   * @param {Float32Array} z */
  move(z) {
    this.put(z);
    this.live.update(
      (open) => this.decode(open, z),
      (found) => this.show(found),
      () => this.put(this.decoded.length ? this.decoded : z),
    );
  }

  /** Goes to where the encoder puts the visitor's digit. */
  start() {
    this.live.update(
      async (open) => this.decode(open, await this.encode(open)),
      (found) => {
        this.put(found.z);
        this.show(found);
        this.showCode();
      },
    );
  }

  /** @param {Open} open
   * @param {Float32Array} z */
  async decode(open, z) {
    const model = await open(this.scope.model, ["decode"]);
    return { z, image: await model.run("decode", tensor([1, z.length], z)) };
  }

  /** @param {{ z: Float32Array, image: Tensor }} found */
  show({ z, image }) {
    const { model } = this.scope;
    this.decoded = z;
    this.picture.draw(bitmap(toRgb(image), image.shape[2]), `${model}_point.png`, { model });
    this.find("figure").hidden = false;
  }

  /** @param {Open} open
   * @returns {Promise<Float32Array>} */
  async encode(open) {
    const x = await chosen();
    const model = await open(this.scope.model, ["code"]);
    const { image_size, in_channels } = model.config;
    if (`${[1, image_size, image_size, in_channels]}` !== `${x.shape}`)
      throw new Error("it takes other images");
    return (await model.run("code", x)).data;
  }
}

/** @param {Scope} scope */
export function start(scope) {
  const sliders = new Sliders(scope);
  sliders.begin().catch((error) => {
    console.warn(error);
    sliders.live.say("failed");
  });
}
