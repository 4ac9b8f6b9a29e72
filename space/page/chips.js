/* Chips and sliders of a lesson (`chips` and `slider` of markup.py): settings that a visitor picks from a row, or moves.
 *
 *   bindChips(element, name, chosen), showChips(element, chosen)
 *   toSlider(value, bounds), fromSlider(at, bounds)     a slider over [0, 1] on a logarithmic scale
 */

/** @param {Element} element
 * @returns {any[]} */
const chipsOf = (element) => [...element.querySelectorAll(".chips input")];

/** @param {Element} element
 * @param {string} name of the lesson: radio buttons of one name are one group on the whole page
 * @param {(setting: string, value: string) => void} chosen */
export function bindChips(element, name, chosen) {
  for (const input of chipsOf(element)) {
    input.name = `${input.dataset.setting}-${name}`;
    input.onchange = () => chosen(input.dataset.setting, input.value);
  }
}

/** @param {Element} element
 * @param {(setting: string) => unknown} chosen */
export function showChips(element, chosen) {
  for (const input of chipsOf(element)) input.checked = input.value === chosen(input.dataset.setting);
}

/** @param {number} value @param {number[]} bounds */
export const toSlider = (value, [low, high]) => Math.log(value / low) / Math.log(high / low);

/** @param {number} at @param {number[]} bounds */
export const fromSlider = (at, [low, high]) => low * (high / low) ** at;
