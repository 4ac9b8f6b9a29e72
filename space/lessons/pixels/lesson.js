/* What the three parts of the lesson share: settings, the names of the models, what the server tells. One for the page.
 *
 *   lesson.settings, .set(changes), .onChange(callback)     see store.js; a class that is null is none
 *   await lesson.told()                  figures of the model, and the model that counts, or null
 *   bindControls(element, part), showControls(element, text)
 *   nats(value)                          as it is written
 */

import { fixed } from "../../browser/numbers.js";
import { factsOf } from "../../page/facts.js";
import * as controls from "../../page/store.js";
import { Counting } from "./densities.js";

/** @import { Text } from "../../page/dom.js" */
/** @typedef {{ model: string, vae: string, judge: string }} Names  of the models */
/** What the server tells of the network; `lacks`: why there is no model that counts, as in `told` of work.py.
 * @typedef {{ figures: Record<string, number>, counting: Counting | null, lacks: string | null }} Facts */

const CLASSES = ["class", "as"];

class Lesson extends controls.Store {
  constructor() {
    super();
    this.settings = {
      ...{ class: null, seed: 1, temperature: 1, guidance: 1, who: "network" },
      ...{ as: null, kept: "seam", seam: 14, k: 4 },
    };
    /** @type {Names} */
    this.names = { model: "", vae: "", judge: "" };
    /** @type {Promise<Facts> | null} */
    this.facts = null;
  }

  /** Without facts, the parts do without.
   * @returns {Promise<Facts>} */
  told() {
    this.facts ??= factsOf("pixels", this.names.model)
      .then(({ figures = {}, counting, lacks = null }) => ({
        ...{ figures, counting: counting ? new Counting(counting) : null, lacks },
      }))
      .catch((error) => {
        console.warn(error);
        this.facts = null;
        return { figures: {}, counting: null, lacks: "unanswered" };
      });
    return this.facts;
  }
}

export const lesson = new Lesson();

const RULES = {
  /** @param {string} setting
   * @param {string} value */
  read: (setting, value) => (!CLASSES.includes(setting) ? value : /^\d$/.test(value) ? Number(value) : null),
  whole: ["seed", "k"],
};

/** @param {HTMLElement} element
 * @param {string} part  of the lesson: each has chips of its own */
export const bindControls = (element, part) =>
  controls.bindControls(element, `pixels-${part}`, lesson, RULES);

/** @param {HTMLElement} element
 * @param {Text} text */
export function showControls(element, text) {
  controls.showControls(element, lesson, text, RULES);
  const k = element.querySelector(".k b");
  if (k) k.textContent = text("k.value", { k: 2 ** lesson.settings.k });
}

/** @param {number} value */
export const nats = (value) => fixed(value, 1);
