/* The tree's leaves, chips, sliders and buttons: what a visitor does on the bench, and how it stands. */

import { FAMILIES } from "../../browser/plane/families.js";
import { bindChips, fromSlider, showChips, toSlider } from "../../page/chips.js";
import { finder, label, setText } from "../../page/dom.js";
import { nats, time } from "./answers.js";
import { MOST, MOST_COMPONENTS } from "./bench.js";

/** @import { Text } from "../../page/dom.js" */
/** @import { Bench } from "./bench.js" */
/** @typedef {Record<string, [number, number]>} Bounds  of the sliders */

/** sliders of one family alone; that of the learning rate is of all that have one */
const OF = { side: "histogram", bandwidth: "kernels", components: "gaussians", ruler: "gan" };
const WHOLE = ["side", "components"];
/** families whose picture can have something over it */
const OVERLAYS = { gaussians: "ellipses", flow: "mesh", vae: "mesh", gan: "mesh" };

/** @param {Element} element
 * @param {string} selector
 * @returns {any[]} */
const findAll = (element, selector) => [...element.querySelectorAll(selector)];

/** What a slider says, rounded as its setting is.
 * @param {any} input
 * @param {Bounds} bounds */
function settingOf(input, bounds) {
  const { setting } = input.dataset;
  const value = fromSlider(input.valueAsNumber, bounds[setting]);
  return WHOLE.includes(setting) ? Math.round(value) : Number(value.toPrecision(2));
}

/** The families, in the order of the tree.
 * @param {Element} element */
export const leavesOf = (element) => findAll(element, "button.leaf");

/** @typedef {object} Page
 * @property {() => void} changed
 * @property {(plane: string) => void} shown  of a phone
 * @property {() => void} chosen  a leaf
 * @property {(by: number) => void} turn  to the next family, or back
 * @property {() => void} redraw */

/** @param {HTMLElement} element
 * @param {Bench} bench
 * @param {Bounds} bounds
 * @param {Page} page */
export function bindControls(element, bench, bounds, { changed, chosen, redraw, shown, turn }) {
  const find = finder(element);
  for (const leaf of leavesOf(element))
    leaf.onclick = () => {
      bench.set({ family: leaf.dataset.family });
      changed();
      chosen();
    };
  find(".turn .before").onclick = () => turn(-1);
  find(".turn .after").onclick = () => turn(1);
  bindChips(element, "tree", (setting, value) => {
    if (setting === "shown") return shown(value);
    bench.set({ [setting]: value });
    changed();
    if (value === "drawn") shown("truth"); // where a phone has the paper
  });
  for (const input of findAll(element, ".slider input"))
    input.oninput = () => {
      bench.set({ [input.dataset.setting]: settingOf(input, bounds) });
      changed();
    };
  find("[data-setting=seed]").onchange = ({ target }) => {
    bench.set({ seed: Math.floor(target.valueAsNumber || 0) >>> 0, restarts: 0 });
    changed();
  };
  find(".run").onclick = () => {
    bench.run(!bench.frame?.training);
    changed();
  };
  find(".restart").onclick = () => {
    bench.restart();
    changed();
  };
  find(".restore").onclick = () => {
    bench.restore();
    changed();
  };
  for (const input of findAll(element, "[data-layer]")) input.onchange = redraw;
}

/** Writes words, and shows leaves, chips and sliders as the bench has them.
 * @param {HTMLElement} element
 * @param {Bench} bench
 * @param {Bounds} bounds
 * @param {string} plane  that a phone shows
 * @param {Text} text */
export function showControls(element, bench, bounds, plane, text) {
  const find = finder(element);
  const { settings } = bench;
  label(element, text);
  for (const leaf of leavesOf(element))
    leaf.setAttribute("aria-pressed", leaf.dataset.family === settings.family);
  showChips(element, (setting) => (setting === "shown" ? plane : settings[setting]));
  for (const input of findAll(element, ".slider input")) {
    const { setting } = input.dataset;
    const learned = "learningRate" in FAMILIES[settings.family].defaults;
    input.parentNode.hidden = setting === "rate" ? !learned : OF[setting] !== settings.family;
    const [low, high] = bounds[setting];
    const steps = WHOLE.includes(setting) ? 1 / (high - low) : 0.01;
    input.step = Math.min(0.01, steps);
    if (settingOf(input, bounds) !== settings[setting])
      // else steps smaller than the rounding would lead nowhere
      input.value = toSlider(settings[setting], bounds[setting]);
    setText(
      input.parentNode.querySelector("b"),
      setting === "rate" ? `× ${settings.rate}` : `${settings[setting]}`,
    );
  }
  find("[data-setting=seed]").value = settings.seed;
  const overlay = OVERLAYS[settings.family];
  find(".layers .mesh").hidden = !overlay;
  if (overlay) setText(find(".layers .mesh span"), text(`layer.${overlay}`));
  find(".restart").hidden = settings.family !== "gaussians";
  const drawing = settings.data === "drawn";
  const canvas = find(".truth canvas");
  canvas.setAttribute("role", drawing ? "application" : "img");
  canvas.setAttribute("aria-label", text(drawing ? "paper" : "plane.truth.label"));
  canvas.classList.toggle("paper", drawing);
  if (drawing) canvas.tabIndex = 0;
  else canvas.removeAttribute("tabindex");
  find(".draw-here").hidden = !bench.isEmpty;
  find(".clear").hidden = !drawing || bench.isEmpty;
  showRun(element, bench, text);
}

/** How far the family has learned.
 * @param {HTMLElement} element
 * @param {Bench} bench
 * @param {Text} text */
export function showRun(element, bench, text) {
  const { frame, isEmpty, problem, settings } = bench;
  const find = finder(element);
  const { enough } = FAMILIES[settings.family];
  const run = find(".run");
  run.hidden = enough === 0;
  const training = Boolean(frame?.training);
  run.disabled = isEmpty || !frame || frame.broken || (!training && frame.steps >= MOST.steps);
  run.classList.toggle("running", training);
  setText(run, text(training ? "stop" : frame?.steps >= enough ? "more" : "learn"));
  find(".restart").disabled = !frame || isEmpty || settings.restarts >= MOST.restarts;
  const starts = settings.family === "gaussians" ? Object.values(bench.starts) : [];
  const listed = starts.map((kl) => nats(kl)).join(" · ");
  setText(find(".starts"), starts.length > 1 ? text("starts", { listed }) : "");
  const busy = frame?.busy && !training ? ` ${text("state.scoring")}` : "";
  setText(find(".count"), countOf(bench, text) + busy);
  const said = frame?.broken ? "broken" : problem ? `problem.${problem}` : null;
  find(".problem").hidden = !said;
  const n = whole(frame?.broken ? frame.steps : MOST_COMPONENTS);
  if (said) setText(find(".problem p"), text(said, { n }) ?? text("problem.other", { reason: problem }));
  find(".restore").hidden = !frame?.broken;
}

/** @param {number} value */
const whole = (value) => value.toLocaleString("en");

/** How many steps the family has made, and how many there are to be.
 * @param {Bench} bench
 * @param {Text} text */
function countOf({ frame, isEmpty, settings }, text) {
  if (!frame) return text(isEmpty ? "state.empty" : "state.waiting");
  const { enough } = FAMILIES[settings.family];
  if (enough === 0) return text("state.counted");
  const { seconds, steps, training, until } = frame;
  const goal = training ? Math.max(enough, until) : enough;
  const state = steps >= MOST.steps ? "state.most" : steps > goal ? "state.beyond" : "state.steps";
  return text(state, { steps: whole(steps), enough: whole(goal), s: time(seconds) });
}
