/* A group of radio buttons, each a picture: the value of the component is the number on the checked one. */

/** Triggers "ready", and "pick" when a picture is picked, by the visitor (even the picked one again) or by a link.
 * @param {GradioScope} scope */
export function start({ element, props, trigger, watch }) {
  const show = () => {
    for (const button of element.querySelectorAll("input"))
      button.checked = Number(button.value) === props.value;
  };
  element.addEventListener("change", (event) => event.stopPropagation()); // Gradio has its own event of that name
  element.addEventListener("click", ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    props.value = Number(target.value);
    trigger("pick");
  });
  watch("value", () => {
    show();
    trigger("pick");
  });
  show();
  trigger("ready");
}
