/* The picker of test emoji: a picker that shows the emoji of the domain that is translated. */

import { finder } from "../../page/dom.js";
import { start as startPicker } from "../../page/picker.js";

/** @param {GradioScope} scope */
export function start(scope) {
  const { element, props, watch } = scope;
  const show = () => {
    finder(element)(".emoji-picker").dataset.direction = props.direction;
  };
  watch("direction", show);
  show();
  startPicker(scope);
}
