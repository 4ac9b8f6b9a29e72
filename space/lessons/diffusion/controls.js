/* Chips, sliders and numbers of both parts of the lesson, kept to the settings. */

import { isId } from "../../browser/links.js";
import { add } from "../../page/dom.js";
import * as controls from "../../page/store.js";
import { lesson } from "./lesson.js";

/** @import { Text } from "../../page/dom.js" */

const RULES = {
  /** A chip's value: a class, none of them, or a word.
   * @param {string} setting
   * @param {string} value */
  read: (setting, value) => (setting !== "digit" ? value : /^\d$/.test(value) ? Number(value) : null),
  whole: ["seed", "steps", "resamplings"],
  /** @param {string} setting */
  shown: (setting) =>
    ({ steps: lesson.steps, guidance: lesson.guidance, guided: lesson.guided })[setting] ?? "",
  /** @param {string} setting
   * @param {number | null} chosen */
  lacks: (setting, chosen) =>
    setting === "digit" && chosen !== null && chosen >= (lesson.config?.num_classes ?? 10),
};

/** Puts a chip of a repository, which a link names, behind the lab's networks.
 * @param {HTMLElement} element
 * @param {string} part */
export function offerRepository(element, part) {
  const { network } = lesson.settings;
  const chips = element.querySelector(".chips.network");
  const isThere = [...chips.querySelectorAll("input")].some(({ value }) => value === network);
  if (isThere || !isId(network)) return;
  const chip = add(chips, "label");
  Object.assign(add(chip, "input"), { type: "radio", value: network }).dataset.setting = "network";
  add(chip, "span", "", network);
  bindControls(element, part);
}

/** @param {HTMLElement} element
 * @param {string} part  of the lesson: each has chips of its own */
export const bindControls = (element, part) =>
  controls.bindControls(element, `diffusion-${part}`, lesson, RULES);

/** @param {HTMLElement} element
 * @param {Text} text */
export const showControls = (element, text) => controls.showControls(element, lesson, text, RULES);
