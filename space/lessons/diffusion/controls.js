/* Chips, sliders and numbers of both parts of the lesson, kept to the settings. */

import { setText } from "../../page/dom.js";
import { lesson } from "./lesson.js";

/** @import { Text } from "../../page/dom.js" */

const WHOLE = ["seed", "steps", "resamplings"];

/** @param {HTMLElement} element
 * @returns {HTMLInputElement[]} */
const inputs = (element) =>
  [...element.querySelectorAll("[data-setting]")].map((one) => /** @type {any} */ (one));

/** A chip's value: a class, none of them, or a word.
 * @param {string} setting
 * @param {string} value */
const read = (setting, value) => (setting !== "digit" ? value : /^\d$/.test(value) ? Number(value) : null);

/** @param {HTMLElement} element
 * @param {string} part  of the lesson: each has chips of its own */
export function bindControls(element, part) {
  for (const input of inputs(element)) {
    const { setting } = input.dataset;
    if (input.type === "radio") {
      input.name = `diffusion-${part}-${setting}`;
      input.onchange = () => lesson.set({ [setting]: read(setting, input.value) });
    } else
      input.oninput = () => {
        const value = input.valueAsNumber;
        const fits = value >= Number(input.min) && value <= Number(input.max);
        if (fits && (!WHOLE.includes(setting) || Number.isInteger(value))) lesson.set({ [setting]: value });
      };
    input.onblur = () => lesson.tell([]); // shows what is set in place of what cannot be
  }
}

/** Shows what is set.
 * @param {HTMLElement} element
 * @param {Text} text */
export function showControls(element, text) {
  const { settings } = lesson;
  const byConfig = { steps: lesson.steps, guidance: lesson.guidance };
  for (const input of inputs(element)) {
    const { setting } = input.dataset;
    const value = settings[setting];
    if (input.type === "radio") {
      const chosen = read(setting, input.value);
      input.checked = chosen === value;
      input.disabled = setting === "digit" && Number(chosen) >= (lesson.config?.num_classes ?? 10);
      continue;
    }
    const shown = value ?? byConfig[setting] ?? "";
    if (document.activeElement !== input || input.type === "range") input.value = shown;
    const said = input.parentElement.querySelector("b");
    if (said) setText(said, text(`${setting}.value`, { value: shown }) ?? `${shown}`);
  }
}

/** Whether a snippet is unfolded, and has to be written.
 * @param {string} id */
export const isUnfolded = (id) => document.querySelector(`#${id} .cm-content`)?.checkVisibility() ?? false;
