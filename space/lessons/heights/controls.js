/* Chips, sliders and the visitor's own numbers: what a visitor does to the crowd, and how it stands. */

import { CENTIMETRES, otherUnit, readNumbers } from "../../browser/people.js";
import { bindChips, fromSlider, showChips, toSlider } from "../../page/chips.js";
import { label, setText } from "../../page/dom.js";
import { BOUNDED, NUM_MADE, SCALES } from "./crowd.js";
import { DOTS } from "./picture.js";

/** @import { Text } from "../../page/dom.js" */
/** @import { Crowd } from "./crowd.js" */

/** @param {Element} element
 * @param {string} selector
 * @returns {any[]} */
const findAll = (element, selector) => [...element.querySelectorAll(selector)];

/** The bounds of a slider with a logarithmic scale.
 * @param {Crowd} crowd
 * @param {string} setting */
const boundsOf = (crowd, setting) =>
  setting === "n" ? [Math.min(10, crowd.most - 1), crowd.most] : SCALES[setting];

/** @param {HTMLElement} element
 * @param {Crowd} crowd
 * @param {Text} text
 * @param {{ changed(): void, chosen(): void, make(): void, voted(humps: number): void }} page  `chosen` for a chip */
export function bindControls(element, crowd, text, { changed, chosen, make, voted }) {
  bindChips(element, "heights", (setting, value) => {
    const own = setting === "data" && value === "own";
    if (setting === "data") element.classList.toggle("typing", own);
    if (!own || crowd.numbers.length) crowd.set({ [setting]: value });
    chosen();
  });
  for (const input of findAll(element, ".slider input"))
    input.oninput = () => {
      const { setting, scale } = input.dataset;
      const at = input.valueAsNumber;
      const value = scale === "log" ? fromSlider(at, boundsOf(crowd, setting)) : at;
      crowd.set({ [setting]: setting === "n" ? Math.round(value) : Number(value.toPrecision(3)) });
      changed();
    };
  const [reserve] = findAll(element, ".reserve input");
  reserve.onchange = () => {
    crowd.set({ reserve: reserve.checked ? Number(reserve.value) : 0 });
    changed();
  };
  /** @type {HTMLElement} */ (element.querySelector(".make")).onclick = make;
  for (const button of findAll(element, "[data-vote]"))
    button.onclick = () => voted(Number(button.dataset.vote));
  bindNumbers(element, crowd, text, chosen);
}

/** The visitor's own numbers.
 * @param {HTMLElement} element
 * @param {Crowd} crowd
 * @param {Text} text
 * @param {() => void} chosen */
function bindNumbers(element, crowd, text, chosen) {
  const field = element.querySelector("textarea");
  const [use, convert, reply] = findAll(element, ".use, .convert, .reply");
  convert.hidden = true;
  /** @param {number[]} values */
  const take = (values) => {
    crowd.useNumbers(values);
    const unit = otherUnit(values);
    convert.hidden = !unit;
    setText(reply, unit ? text(`own.unit.${unit}`) : text("own.used", { n: values.length }));
    convert.onclick = () => {
      const converted = values.map((value) => Number((value * CENTIMETRES[unit]).toFixed(1)));
      field.value = converted.join(" ");
      take(converted);
    };
    chosen();
  };
  use.onclick = () => {
    const { values, problem, at } = readNumbers(field.value);
    convert.hidden = true;
    if (problem) setText(reply, text(`own.${problem}`, { at }));
    else take(values);
  };
}

/** Writes words, and shows chips and sliders as the crowd has them.
 * @param {HTMLElement} element
 * @param {Crowd} crowd
 * @param {Text} text */
export function showControls(element, crowd, text) {
  label(element, text);
  const { settings } = crowd;
  const nouns = crowd.nouns(text);
  const typing = element.classList.contains("typing");
  const data = typing ? "own" : settings.data;
  showChips(element, (setting) => (setting === "data" ? data : settings[setting]));
  for (const input of findAll(element, ".chips.who input"))
    setText(input.nextElementSibling, text(`${crowd.kind}.${input.value}`));
  const find = (selector) => element.querySelector(selector);
  find(".chips.who").hidden = typing || settings.data === "own";
  find(".numbers").hidden = !typing;
  setText(find(".source"), typing ? "" : text(`${data}.source`));
  setText(find(".what"), text(`${settings.model}.what`));
  for (const input of findAll(element, ".slider input")) {
    const { setting, scale } = input.dataset;
    const value = setting === "n" ? crowd.n : settings[setting];
    input.value = scale === "log" ? toSlider(value, boundsOf(crowd, setting)) : value;
    const shown = {
      n: `${value.toLocaleString("en")}`,
      origin: crowd.sizeText(value * settings.width),
    };
    setText(input.parentNode.querySelector("b"), shown[setting] ?? crowd.sizeText(value));
  }
  setText(find(".slider.n span"), text("n", nouns));
  find(".slider.width").hidden = find(".slider.origin").hidden = settings.model !== "histogram";
  find(".slider.bandwidth").hidden = settings.model !== "kernels";
  find(".reserve").hidden = !BOUNDED.includes(settings.model);
  find(".reserve input").checked = settings.reserve > 0;
  find(".curve").hidden = settings.model !== "histogram" && settings.model !== "kernels";
  showPaper(element, crowd);
  showLegend(element, crowd, text);
}

/** The picture is a picture, or paper to draw on.
 * @param {HTMLElement} element
 * @param {Crowd} crowd */
function showPaper(element, { settings, density }) {
  const drawing = settings.model === "drawn";
  const canvas = element.querySelector("canvas.line");
  canvas.setAttribute("role", drawing ? "application" : "img");
  canvas.classList.toggle("paper", drawing);
  if (drawing) canvas.setAttribute("tabindex", "0");
  else canvas.removeAttribute("tabindex");
  /** @type {HTMLElement} */ (element.querySelector(".draw-here")).hidden = !drawing || density !== null;
  /** @type {HTMLElement} */ (element.querySelector(".clear")).hidden = !drawing || density === null;
}

/** @param {HTMLElement} element
 * @param {Crowd} crowd
 * @param {Text} text */
function showLegend(element, crowd, text) {
  const nouns = crowd.nouns(text);
  const count = (/** @type {number} */ n) => crowd.counted(text, n);
  const words = {
    seen: text(crowd.n > DOTS ? "seen_some" : "seen", { ...nouns, n: count(crowd.n), shown: count(DOTS) }),
    new: text("new", { ...nouns, n: count(crowd.fresh.n) }),
    model: text("model"),
    truth: text("truth"),
    made: text("made", nouns),
  };
  for (const [name, said] of Object.entries(words))
    setText(element.querySelector(`.legend .${name} span`), said);
  /** @type {HTMLElement} */ (element.querySelector(".legend .truth")).hidden = !crowd.truth;
  const make = element.querySelector(".make");
  setText(make, text("make", { ...nouns, n: count(NUM_MADE) }));
  /** @type {HTMLButtonElement} */ (make).disabled = crowd.density === null;
  const drawing = crowd.settings.model === "drawn";
  element.querySelector("canvas.line").setAttribute("aria-label", text(drawing ? "paper" : "line"));
}
