/* Pictures of one model through its training, on top of each other: the slider below shows one and its step. */

/** @param {GradioScope} scope */
export function start({ element, trigger }) {
  element.addEventListener("input", (event) => {
    const slider = /** @type {HTMLInputElement} */ (event.target);
    const figure = slider.closest(".snapshots");
    const pictures = figure.querySelectorAll("img");
    pictures.forEach((picture, i) => {
      picture.hidden = i !== slider.valueAsNumber;
    });
    const { step } = pictures[slider.valueAsNumber].dataset;
    figure.querySelector("output").value = slider.ariaValueText = step;
  });
  trigger("ready");
}
