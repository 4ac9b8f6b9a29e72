/* Chips, buttons and the slider: what a visitor does to the survey, and how it stands. */

import { bindChips, fromSlider, showChips, toSlider } from "../../page/chips.js";
import { finder, label, setText } from "../../page/dom.js";
import { UNITS } from "./survey.js";

/** @import { Text } from "../../page/dom.js" */
/** @import { Survey } from "./survey.js" */

/** @param {Survey} survey */
const boundsOf = (survey) => [4, survey.most];

/** Names of the kinds and of the measurements, for the texts.
 * @param {Survey} survey
 * @param {Text} text
 * @returns {Record<string, string>} */
export function namesOf({ nouns, settings }, text) {
  const [first, second] = [
    text(`${nouns}.first`),
    text(settings.data === "korea" ? "foot" : `${nouns}.second`),
  ];
  const letters = { zero: text(`${nouns}.zero`), one: text(`${nouns}.one`) };
  const units = Object.fromEntries(UNITS[settings.data].map((unit, j) => [`unit_${j + 1}`, unit]));
  return { first, second, ...letters, ...units };
}

/** @param {HTMLElement} element
 * @param {Survey} survey
 * @param {{ changed(): void, drew(): void }} page */
export function bindControls(element, survey, { changed, drew }) {
  const find = finder(element);
  bindChips(element, "classify", (setting, value) => {
    survey.set({ [setting]: value });
    changed();
  });
  const n = find(".slider.n input");
  n.oninput = () => {
    survey.set({ n: Math.round(fromSlider(n.valueAsNumber, boundsOf(survey))) });
    changed();
  };
  const does = {
    ".far": () => survey.dragFar(),
    ".nowhere": () => survey.nowhere(),
    ".home": () => survey.set({ person: null }),
    ".others": () => survey.set({ seed: (survey.settings.seed + 1) % 2 ** 32 }),
  };
  for (const [selector, act] of Object.entries(does))
    find(selector).onclick = () => {
      act();
      changed();
    };
  find(".make").onclick = () => {
    survey.draw();
    drew();
  };
}

/** Writes words, and shows chips and the slider as the survey has them.
 * @param {HTMLElement} element
 * @param {Survey} survey
 * @param {Text} text */
export function showControls(element, survey, text) {
  label(element, text);
  const find = finder(element);
  const { settings } = survey;
  const names = namesOf(survey, text);
  const shown = { ...settings, kind: survey.kind, features: survey.two ? "two" : "one" };
  showChips(element, (setting) => shown[setting]);
  const chip = (/** @type {string} */ value) => find(`.chips input[value="${value}"]`).parentElement;
  for (const value of ["one", "two", "first", "second"])
    setText(chip(value).querySelector("span"), text(value, names));
  chip("two").hidden = !survey.hasTwo;
  for (const value of ["naive", "naive_shared"]) chip(value).hidden = !survey.two;
  find(".hide").hidden = !survey.two;
  setText(find(".what"), text(`${survey.kind}.${survey.two ? "what" : "line"}`, names));
  const slider = find(".slider.n");
  slider.querySelector("input").value = toSlider(survey.n, boundsOf(survey));
  setText(slider.querySelector("b"), survey.n.toLocaleString("en"));
  setText(slider.querySelector("span"), text(`${survey.nouns}.n`));
  find(".home").disabled = settings.person === null;
  find(".make").disabled = Boolean(survey.normals.problem);
  setText(find(".make"), text(`${survey.nouns}.make`));
  setText(find(".far"), text(`${survey.nouns}.far`));
  setText(find(".home"), text(`${survey.nouns}.home`));
  setText(find(".others"), text(`${survey.nouns}.others`));
  setText(find(".nowhere"), text(`${survey.nouns}.nowhere`));
  setText(find(".source"), text(`${settings.data}.source`));
  showLegend(element, survey, text, names);
}

/** @param {HTMLElement} element
 * @param {Survey} survey
 * @param {Text} text
 * @param {Record<string, string>} names */
function showLegend(element, survey, text, names) {
  const find = finder(element);
  let ones = 0;
  for (const each of survey.home.label) ones += each;
  const counts = [survey.n - ones, ones].map((count) => count.toLocaleString("en"));
  const words = {
    zero: text(`${survey.nouns}.counted_zero`, { n: counts[0] }),
    one: text(`${survey.nouns}.counted_one`, { n: counts[1] }),
    left: text("boundary", { name: text("logistic") }),
    right: text("boundary", { name: text(survey.kind) }),
    made: text(`${survey.nouns}.made`),
  };
  for (const [name, said] of Object.entries(words)) setText(find(`.legend .${name} span`), said);
  find(".legend .made").hidden = survey.made.length === 0;
  const canvas = find("canvas.line");
  canvas.setAttribute("aria-label", text(survey.two ? "plane" : "line", names));
}

/** What was drawn last, in words.
 * @param {Survey} survey
 * @param {Text} text */
export function drawnText({ made, settings, axes, nouns }, text) {
  if (!made.length) return text("left.cannot_draw");
  const { label: kind, x } = made[made.length - 1];
  const sizes = x.map((value, j) => `${value.toFixed(axes[j].digits)} ${UNITS[settings.data][j]}`);
  return text("drawn", { kind: text(`${nouns}.${kind ? "one" : "zero"}_word`), sizes: sizes.join(", ") });
}
