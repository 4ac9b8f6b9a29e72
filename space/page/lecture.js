/* The lecture mode. A step puts the page into the state of its link, and shows its text beside it. */

import { finder, label, onLanguage, setText, texts, unfold } from "./dom.js";
import { Aids } from "./lecture_aids.js";
import * as link from "./link.js";

const root = document.documentElement;
const OPENER = "#lecture-open button";
const SETTLE_MS = 1500; // after that, no more pictures arrive that move the rest of the tab
// elements that turn a key into something of their own
const FIELDS = "select, textarea, [contenteditable], [role=slider], [role=listbox]";
const KEEPS_PAGES = `input:not([type=checkbox], [type=radio], [type=button]), ${FIELDS}`;
const KEEPS_ARROWS =
  `input:not([type=checkbox], [type=button]), ${FIELDS}, ` +
  "canvas[tabindex], .samples, [role=application], [role=tablist]";
const TURNS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -1, PageDown: 1, Home: -Infinity, End: Infinity };

/** `picture` and `result`: ids of elements, or empty: what the step is about, and what a phone is led to; `minutes` of a lecture; `short`: whether the short one has it, too; `wide`:
 * whether it fills the page, without a tab beside it.
 * @typedef {{ name: string, link: string, picture: string, result: string, minutes: number, short: boolean, wide: boolean }} Step */

/** @type {Step[]} */
let steps = [];
/** @type {HTMLElement} */
let panel;
/** @type {(selector: string) => any} */
let find;
/** @type {import("./dom.js").Text} */
let text;
/** @type {Aids} */
let aids;
/** @type {number | null} */
let index = null; // of the step; null when there is no lecture
/** @type {any} */
let before = null; // the page as it was, and the tabs that steps have shown since
/** @type {ReturnType<typeof setInterval> | undefined} */
let settling;

/** @param {Step} step */
const textOf = ({ name }) => document.getElementById(`lecture-${name}`);

function show(next) {
  index = Math.min(Math.max(next, 0), steps.length - 1);
  const step = steps[index];
  const asked = link.read(step.link);
  before.visited.add(asked.tab);
  link.go(asked);
  link.say(`lecture=${step.name}`);
  root.classList.toggle("lecturing-wide", Boolean(step.wide));
  panel.scrollTop = 0;
  relabel();
  goTo(textIsBeside() ? step.picture : "");
}

/** Scroll to a part of the page, or to its top. */
const goTo = (id) =>
  stayAt(() => {
    const target = id && document.getElementById(id);
    if (target) {
      unfold(target);
      target.scrollIntoView({ block: "start" });
    } else window.scrollTo(0, 0);
    offerPicture();
  });

/** Scroll, and stay there while the page grows, until the visitor moves.
 * @param {() => void} scroll */
function stayAt(scroll) {
  settle();
  const until = performance.now() + SETTLE_MS;
  settling = setInterval(() => {
    scroll();
    if (performance.now() > until) settle();
  }, 100);
  scroll();
}

function settle() {
  clearInterval(settling);
  settling = undefined;
}

/** On a phone the text lies above the tab: it is read first, and a button leads to the picture below. */
const textIsBeside = () => getComputedStyle(panel).position === "fixed";

function offerPicture() {
  const target = index !== null && !textIsBeside() && document.getElementById(steps[index].result);
  if (target && settling) unfold(target);
  find(".to_picture").hidden = !target || target.getBoundingClientRect().top < window.innerHeight / 2;
}

function open(at) {
  if (index !== null) return;
  before = { ...link.snapshot(), visited: new Set(), scroll: window.scrollY };
  root.classList.add("lecturing");
  show(at);
  panel.focus({ preventScroll: true });
}

/** Back to the page as it was; tabs that no step has shown were left alone. */
function leave() {
  if (index === null) return;
  index = null;
  if (document.fullscreenElement) document.exitFullscreen();
  root.classList.remove("lecturing", "lecturing-wide");
  aids.leave();
  const states = Object.fromEntries([...before.visited].map((tab) => [tab, before.states[tab]]));
  link.say(null);
  link.go({ tab: before.tab, states });
  const { scroll } = before;
  stayAt(() => window.scrollTo(0, scroll));
  /** @type {HTMLElement} */ (document.querySelector(OPENER)).focus({ preventScroll: true });
}

function toggleFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else root.requestFullscreen().catch(() => {}); // not allowed in this frame
}

function relabel() {
  label(panel, text);
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (panel.querySelectorAll("[data-label]")))
    button.title = button.ariaLabel ?? "";
  panel.setAttribute("aria-label", text("region"));
  if (index === null) return;
  steps.forEach((step, i) => textOf(step)?.classList.toggle("shown", i === index));
  setText(find(".place"), `${index + 1} / ${steps.length}`);
  setText(find(".title"), textOf(steps[index])?.querySelector("h2")?.textContent ?? "");
  aids.show(index);
  find(".previous").disabled = index === 0;
  find(".next").disabled = index === steps.length - 1;
}

function onKey(event) {
  const { key, target } = event;
  if (
    index === null ||
    aids.isOpen ||
    event.defaultPrevented ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    event.shiftKey
  )
    return;
  const busy = target.closest(key.startsWith("Page") ? KEEPS_PAGES : KEEPS_ARROWS);
  if (key === "Escape" && busy)
    panel.focus({ preventScroll: true }); // out of the widget first
  else if (key === "Escape") leave();
  else if (busy) return;
  else if (key in TURNS) show(index + TURNS[key]);
  else if (key === "f" || key === "F") toggleFullScreen();
  else if (aids.press(key)) event.preventDefault();
  else return;
  event.preventDefault();
}

/** The index of the step that the address asks for, by name or number from 1; -1 where it asks for none. */
function asked() {
  const said = new URLSearchParams(window.location.search).get("lecture");
  const number = /^\d{1,3}$/.test(said ?? "")
    ? Number(said) - 1
    : steps.findIndex(({ name }) => name === said);
  return number < steps.length ? number : -1;
}

/** Starts the Lecture of lecture.py.
 * @param {GradioScope} scope */
export function start({ element, props }) {
  steps = props.steps;
  panel = /** @type {HTMLElement} */ (element.closest("#lecture"));
  find = finder(element);
  text = texts(props.text);
  aids = new Aids(element, steps, text, show);
  panel.setAttribute("role", "region");
  panel.tabIndex = -1;
  find(".previous").onclick = () => show(index - 1);
  find(".next").onclick = () => show(index + 1);
  find(".full_screen").onclick = toggleFullScreen;
  find(".full_screen").hidden = !document.fullscreenEnabled;
  find(".leave").onclick = leave;
  find(".to_picture").onclick = () => goTo(steps[index].result);
  for (const change of ["scroll", "resize"]) window.addEventListener(change, offerPicture, { passive: true });
  document.addEventListener(
    "click",
    ({ target }) => /** @type {Element} */ (target).closest(OPENER) && link.started.then(() => open(0)),
  );
  document.addEventListener("keydown", onKey);
  for (const gesture of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    document.addEventListener(gesture, settle, { passive: true, capture: true });
  }
  onLanguage(relabel);
  // the texts of the steps come later, and change with the language
  new MutationObserver(relabel).observe(panel, { childList: true, subtree: true });
  relabel();
  const first = asked();
  if (first >= 0) link.started.then(() => open(first));
}
