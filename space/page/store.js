/* The settings of a lesson that several components share, and the controls that show them.
 *
 *   class Lesson extends Store { settings = {...} }
 *   store.set(changes), .onChange(callback)       callback(names of what has changed)
 *   bindControls(element, group, store, rules), showControls(element, store, text, rules)
 *
 * A control is an input with `data-setting`: a radio button of a row of chips, a slider or a number.
 */

import { setText } from "./dom.js";

/** @import { Text } from "./dom.js" */
/** What a lesson says of its settings: how a chip's value is read, which numbers are whole, and what is shown of a
 * setting that is null.
 * @typedef {{ read?: (setting: string, value: string) => any, whole?: string[], shown?: (setting: string) => any,
 *   lacks?: (setting: string, value: any) => boolean }} Rules  `lacks`: a chip that cannot be chosen */

export class Store {
  constructor() {
    /** @type {Record<string, any>} */
    this.settings = {};
    /** @type {((changed: string[]) => void)[]} */
    this.callbacks = [];
  }

  /** @param {Record<string, any>} changes */
  set(changes) {
    const changed = Object.keys(changes).filter((name) => this.settings[name] !== changes[name]);
    Object.assign(this.settings, changes);
    if (changed.length) this.tell(changed);
  }

  /** @param {string[]} changed */
  tell(changed) {
    for (const callback of this.callbacks) callback(changed);
  }

  /** @param {(changed: string[]) => void} callback */
  onChange(callback) {
    this.callbacks.push(callback);
  }
}

/** @param {HTMLElement} element
 * @returns {HTMLInputElement[]} */
const inputs = (element) =>
  [...element.querySelectorAll("[data-setting]")].map((one) => /** @type {any} */ (one));

/** @param {string} _
 * @param {string} value */
const asItIs = (_, value) => value;

/** @param {HTMLElement} element
 * @param {string} group  of radio buttons: those of one name are one group on the whole page
 * @param {Store} store
 * @param {Rules} rules */
export function bindControls(element, group, store, { read = asItIs, whole = [] }) {
  for (const input of inputs(element)) {
    const { setting } = input.dataset;
    if (input.type === "radio") {
      input.name = `${group}-${setting}`;
      input.onchange = () => store.set({ [setting]: read(setting, input.value) });
    } else
      input.oninput = () => {
        const value = input.valueAsNumber;
        const fits = value >= Number(input.min) && value <= Number(input.max);
        if (fits && (!whole.includes(setting) || Number.isInteger(value))) store.set({ [setting]: value });
      };
    input.onblur = () => store.tell([]); // shows what is set in place of what cannot be
  }
}

/** Shows what is set.
 * @param {HTMLElement} element
 * @param {Store} store
 * @param {Text} text
 * @param {Rules} rules */
export function showControls(
  element,
  { settings },
  text,
  { read = asItIs, shown = () => "", lacks = () => false },
) {
  for (const input of inputs(element)) {
    const { setting } = input.dataset;
    const value = settings[setting];
    if (input.type === "radio") {
      const chosen = read(setting, input.value);
      input.checked = chosen === value || (value === null && chosen === shown(setting));
      input.disabled = lacks(setting, chosen);
      continue;
    }
    const stands = value ?? shown(setting);
    if (document.activeElement !== input || input.type === "range") input.value = stands;
    const said = input.parentElement.querySelector("b");
    if (said) setText(said, text(`${setting}.value`, { value: stands }) ?? `${stands}`);
  }
}
