/* Buttons, settings and pictures of the distributions: what a visitor does to the game, and how it stands. */

import { PRESETS } from "../../browser/gan2d.js";
import { arc, DISTRIBUTIONS } from "../../browser/mixtures.js";
import { finder, label } from "../../page/dom.js";
import { rgb } from "./colours.js";
import { PLAYERS } from "./play.js";

/** @import { Point } from "../../browser/mixtures.js" */
/** @import { Text } from "../../page/dom.js" */
/** @import { Colours } from "./colours.js" */
/** @import { Play } from "./play.js" */

/** @param {"D" | "G"} player */
const freezeButton = (player) => `.freeze-${player.toLowerCase()}`;

/** @param {Element} element
 * @param {string} selector
 * @returns {any[]} */
const findAll = (element, selector) => [...element.querySelectorAll(selector)];

/** Binds all controls.
 * @param {HTMLElement} element
 * @param {Play} play
 * @param {Text} text
 * @param {{ changed(): void, redraw(): void, say(sentence: string): void }} page  called when the game has
 * changed, when only its picture changes, and with a sentence for screen readers */
export function bindControls(element, play, text, { changed, redraw, say }) {
  /** @param {string} selector
   * @param {(button: HTMLButtonElement) => void} act */
  const onClick = (selector, act) => {
    for (const button of findAll(element, selector))
      button.onclick = () => {
        act(button);
        changed();
      };
  };
  onClick("[data-preset]", ({ dataset }) => {
    play.usePreset(dataset.preset);
    say(text(`${dataset.preset}.what`));
  });
  onClick(".apply", () => {
    play.useRemedy();
    say(text("applied"));
  });
  onClick(".run", () => play.setRunning(!play.running));
  onClick(".step-d", () => play.moveOnce("D"));
  onClick(".step-g", () => play.moveOnce("G"));
  onClick(".both", () => play.moveOnce("both"));
  for (const player of PLAYERS)
    onClick(freezeButton(player), () => play.freeze(player, !play.frozen[player]));
  onClick(".new-game", () => play.set({ seed: play.settings.seed + 1 }));
  for (const input of findAll(element, ".distributions input")) {
    input.name = `distribution-${element.id || "game"}`;
    input.onchange = () => {
      play.set({ distribution: input.value });
      changed();
    };
  }
  for (const input of findAll(element, "[data-setting]"))
    input[input.type === "range" ? "oninput" : "onchange"] = () => {
      play.set({ [input.dataset.setting]: readInput(input) });
      changed();
    };
  for (const input of findAll(element, "[data-layer]")) input.onchange = redraw;
}

/** The value of a setting's input: a link can say it.
 * @param {HTMLInputElement | HTMLSelectElement} input */
function readInput(input) {
  const { setting, scale } = input.dataset;
  if (input instanceof HTMLSelectElement)
    return Number.isNaN(Number(input.value)) ? input.value : Number(input.value);
  if (setting === "seed") return Math.floor(input.valueAsNumber || 0) >>> 0;
  return scale === "log" ? Number((10 ** input.valueAsNumber).toPrecision(3)) : input.valueAsNumber;
}

/** Writes words, and shows buttons and settings as the game has them.
 * @param {HTMLElement} element
 * @param {Play} play
 * @param {Text} text */
export function showControls(element, play, text) {
  showPlane(element, play);
  label(element, text);
  showMoves(element, play, text);
  showPreset(element, play, text);
  for (const input of findAll(element, ".distributions input"))
    input.checked = input.value === play.settings.distribution;
  for (const input of findAll(element, "[data-setting]")) {
    const { setting, scale } = input.dataset;
    const value = play.settings[setting];
    input.value = scale === "log" ? Math.log10(value) : value;
    const shown = input.parentNode.querySelector("b");
    if (shown) shown.textContent = scale === "log" ? value.toPrecision(2) : value;
  }
}

/** The plane is a picture, or paper to draw on.
 * @param {HTMLElement} element
 * @param {Play} play */
function showPlane(element, { settings, isEmpty }) {
  const find = finder(element);
  const drawing = settings.distribution === "drawn";
  const canvas = find(".plane");
  canvas.dataset.label = drawing ? "paper" : "plane";
  canvas.setAttribute("role", drawing ? "application" : "img");
  if (drawing) canvas.tabIndex = 0;
  else canvas.removeAttribute("tabindex");
  canvas.classList.toggle("paper", drawing);
  find(".draw-here").hidden = !drawing || !isEmpty;
  find(".clear").hidden = !drawing || isEmpty;
}

/** @param {HTMLElement} element
 * @param {Play} play
 * @param {Text} text */
function showMoves(element, { running, frozen, isEmpty, isStuck }, text) {
  const find = finder(element);
  find(".run").textContent = text(running ? "pause" : "run");
  find(".run").classList.toggle("running", running);
  find(".run").disabled = find(".both").disabled = isStuck;
  find(".step-d").disabled = isEmpty || frozen.D;
  find(".step-g").disabled = isEmpty || frozen.G;
  for (const player of PLAYERS) find(freezeButton(player)).setAttribute("aria-pressed", frozen[player]);
}

/** The situation, what it shows, and its remedy.
 * @param {HTMLElement} element
 * @param {Play} play
 * @param {Text} text */
function showPreset(element, { preset, remedied }, text) {
  const find = finder(element);
  const { remedy } = PRESETS[preset];
  for (const button of findAll(element, "[data-preset]"))
    button.setAttribute("aria-pressed", button.dataset.preset === preset);
  find(".what").textContent = text(`${preset}.what`);
  find(".remedy").hidden = !remedy;
  if (remedy) find(".remedy span").textContent = text(remedied ? "applied" : `${preset}.remedy`);
  find(".apply").hidden = remedied;
}

/** For the button of the drawing while nothing is drawn.
 * @type {Point[]} */
const SQUIGGLE = [...arc(-0.9, 0.2, 1, 0, Math.PI).reverse(), ...arc(1.1, 0.2, 1, Math.PI, 2 * Math.PI)];

/** Draws the density of each distribution on its button.
 * @param {HTMLElement} element
 * @param {Point[][]} strokes
 * @param {Colours} colours
 * @param {string[]} names  of the distributions */
export function drawThumbnails(element, strokes, colours, names = Object.keys(DISTRIBUTIONS)) {
  for (const name of names) {
    const canvas = finder(element)(`.distributions [value="${name}"] + canvas`);
    const side = canvas.width;
    const context = canvas.getContext("2d");
    const image = context.createImageData(side, side);
    const masses = DISTRIBUTIONS[name](strokes.length ? strokes : [SQUIGGLE]).cellMasses(side);
    const most = Math.max(...masses);
    const [r, g, b] = rgb(colours.real);
    masses.forEach((mass, cell) => {
      const at = 4 * ((side - 1 - Math.floor(cell / side)) * side + (cell % side));
      image.data.set([r, g, b, 255 * Math.sqrt(mass / most)], at);
    });
    context.putImageData(image, 0, 0);
  }
}
