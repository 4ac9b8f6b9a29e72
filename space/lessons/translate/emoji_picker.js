/* The picker of examples: a picker whose buttons are the examples of the model, in the domain that is translated. */

import { finder, make } from "../../page/dom.js";
import { factsOf } from "../../page/facts.js";
import { start as startPicker } from "../../page/picker.js";

/** @param {GradioScope} scope */
export function start(scope) {
  const { element, props, trigger, watch } = scope;
  const group = finder(element)(".emoji-picker");

  const fill = async () => {
    const { model } = props;
    group.dataset.direction = props.direction;
    if (group.dataset.model === model) return;
    const { examples } = await factsOf("translate", model);
    if (props.model !== model || group.dataset.model === model) return; // another was chosen meanwhile
    group.dataset.model = model;
    const labels = examples?.labels ?? [];
    group.style.setProperty("--sprite", `url("${examples?.sprite}")`);
    group.style.setProperty("--columns", labels.length);
    group.replaceChildren(...labels.map(button));
    if (labels.length && props.value >= labels.length) {
      props.value = 0;
      trigger("pick");
    }
  };

  /** @param {string} label
   * @param {number} i */
  const button = (label, i) => {
    const node = make("label");
    node.style.setProperty("--column", i);
    const input = make("input");
    Object.assign(input, { type: "radio", name: "test-emoji", value: i, checked: i === props.value });
    input.ariaLabel = label;
    node.append(input);
    return node;
  };

  const show = () => fill().catch(console.warn);
  watch(["model", "direction"], show);
  show();
  startPicker(scope);
}
