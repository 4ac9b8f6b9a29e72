/* The picker of test emoji: its radio buttons set the component's value, and show the domain that is translated. */

import { finder } from "../../page/dom.js";

/** @param {GradioScope} scope */
export function start({ element, props, trigger, watch }) {
  const picker = finder(element)(".emoji-picker");
  const show = () => {
    picker.dataset.direction = props.direction;
    for (const input of picker.querySelectorAll("input")) input.checked = Number(input.value) === props.value;
  };
  element.addEventListener("change", (event) => {
    event.stopPropagation();
    props.value = Number(/** @type {HTMLInputElement} */ (event.target).value);
  });
  watch(["direction", "value"], show);
  show();
  trigger("ready");
}
