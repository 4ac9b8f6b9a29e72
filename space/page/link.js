/* State in the link: keeps the address up to date, and puts the page into the state that an address says.
 *
 * The scripts of components call
 *   tell(element, values)          when what their component holds has changed; null is as the page begins
 *   follow(element, callback)      at their start: `callback(values, those of the whole tab)` when a link is followed
 *   heed(element, callback)        at their start: `callback` gets the values of the tab's Gradio components, now and
 *                                  whenever one changes
 *   opened(name)                   a promise: the tab is the open one, the address having been followed
 *   onTab(callback), isOpen(name)  when another tab is opened, and whether one is the open one
 * and the lecture `go, read, say, snapshot`, once `started` is resolved. Scripts start in any order: what is told
 * before the link knows its tabs waits for that.
 */

import { query, read as readQuery, rulesOf, valueIn, write } from "../browser/links.js";
import { finder } from "./dom.js";

/** @import { Part, Rule, Tabs, Texts } from "../browser/links.js" */
/** @typedef {{ tab: string, states: Record<string, Texts> }} State  an open tab, and the texts of some tabs */
/** @typedef {(values: Record<string, any>, all: Record<string, any>) => void} Follower */

const WRITE_MS = 400; // between two changes of the address: browsers allow about three a second
const UNCHANGED = { __type__: "update" }; // leaves a component of Gradio as it is

/** @type {Tabs | null} */
let tabs = null; // what each tab can be linked by; null until the link has started
let tab = ""; // the open one
/** @type {Record<string, Texts>} */
let state = {}; // of each tab
/** @type {State | null} */
let wanted = null; // where the latest link leads
/** @type {string | null} */
let other = null; // a query string that the address shows in place of the tab's state; null shows the state
/** @type {string | null} */
let left = null; // the page's first tab, until Gradio has left it for the one that the address asks for
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {(event: string) => void} */
let trigger;
/** @type {Map<Element, Follower>} */
const followers = new Map();
/** @type {Map<Element, Record<string, any>>} */
const early = new Map(); // what was told before the start

/** @type {(value?: unknown) => void} */
let begin;
/** Resolved when the link has started. */
export const started = new Promise((resolve) => (begin = resolve));

const known = () => /** @type {Tabs} */ (tabs);

/** @param {string} tab @param {Rule} rule @param {any} value */
function put(tab, rule, value) {
  const text = write(value, rule);
  if (text === undefined) delete state[tab][rule.name];
  else state[tab][rule.name] = text;
}

const ourQuery = () => other ?? query(known(), tab, state[tab]);

/** The address of the page as it is, behind others' parameters. */
function address(others = "") {
  const search = [others, ourQuery()].filter(Boolean).join("&");
  return window.location.origin + window.location.pathname + (search && `?${search}`);
}

function writeAddress() {
  clearTimeout(timer);
  timer = undefined;
  const others = new URLSearchParams(window.location.search);
  const ours = Object.values(known()).flatMap((parts) => rulesOf(parts).map(({ name }) => name));
  for (const name of ["tab", "lecture", ...ours]) others.delete(name);
  const next = address(others.toString());
  if (next === window.location.href) return;
  history.replaceState(history.state, "", next);
  // the page of a Space shows the app in a frame, and takes over the query of this message
  if (window.parent !== window && window.location.hostname.endsWith(".hf.space"))
    window.parent.postMessage({ queryString: ourQuery() }, "https://huggingface.co");
}

function changed() {
  timer ??= setTimeout(writeAddress, WRITE_MS);
}

/** The tab and the part of an element of one of our own components.
 * @param {Element} element
 * @returns {{ name: string, part: Part }} */
function placeOf(element) {
  for (const [name, parts] of Object.entries(known())) {
    const part = parts.find(({ own, id }) => own && element.closest(`#${id}`));
    if (part) return { name, part };
  }
  throw new Error(`the link knows no component around ${element.outerHTML.slice(0, 100)}`);
}

/** What a component of our own holds now; null for what is as the page begins.
 * @param {Element} element
 * @param {Record<string, any>} values */
export function tell(element, values) {
  if (!tabs) {
    early.set(element, values);
    return;
  }
  const { name, part } = placeOf(element);
  for (const [key, rule] of Object.entries(part.rules)) put(name, rule, values[key]);
  changed();
}

/** @type {[string, () => void][]} */
let waiting = []; // for a tab: its name, and whom to tell

/** Resolved when the tab is the open one. Gradio builds the page's first tab before the link leads to another.
 * @param {string} name
 * @returns {Promise<void>} */
export function opened(name) {
  return new Promise((resolve) => {
    waiting.push([name, resolve]);
    if (tabs) tellWaiting();
  });
}

/** Whether the tab is the open one; until the link has started, any tab may be.
 * @param {string} name */
export const isOpen = (name) => !tabs || name === tab;

/** @type {(() => void)[]} */
const onTabs = [];

/** Calls back whenever another tab has been opened.
 * @param {() => void} callback */
export const onTab = (callback) => onTabs.push(callback);

/** @param {string} name  of the tab that is the open one now */
function openTab(name) {
  const changed = name !== tab;
  tab = name;
  tellWaiting();
  const button = document.querySelector(`[role=tab][data-tab-id="${name}"]`);
  button?.scrollIntoView({ block: "nearest", inline: "center" }); // on a phone the row of tabs scrolls
  if (changed) for (const callback of onTabs) callback();
}

function tellWaiting() {
  for (const [, resolve] of waiting.filter(([name]) => name === tab)) resolve();
  waiting = waiting.filter(([name]) => name !== tab);
}

/** An event of Gradio: a tab was opened, or the components of a tab have changed, whose values come in the order of
 * its parts.
 * @param {[string, string, any[]?]} event */
function hear([what, name, values = []]) {
  if (what === "open") {
    if (name === left) return; // Gradio opens it first, and may say so late
    left = null;
    openTab(name);
  } else {
    const parts = known()[name].filter(({ own }) => !own);
    parts.forEach((part, i) => {
      for (const rule of Object.values(part.rules)) put(name, rule, values[i]);
    });
    const told = Object.fromEntries(parts.map((part, i) => [Object.values(part.rules)[0].name, values[i]]));
    for (const [element, callback] of heeders) if (placeOf(element).name === name) callback(told);
  }
  changed();
}

/** The state that a query string asks for; null where it says nothing.
 * @param {string} search */
export const read = (search) => readQuery(known(), search);

/** Open a tab, and put it and other tabs into their states.
 * @param {State} next */
export function go(next) {
  wanted = next;
  openTab(next.tab);
  for (const [name, texts] of Object.entries(next.states)) state[name] = { ...texts };
  trigger("go"); // Gradio asks for `outputs`
  for (const [element, callback] of followers) lead(element, callback);
  changed();
}

/** A component of our own begins: it is called with what the link says, now and whenever a link is followed.
 * @param {Element} element
 * @param {Follower} callback */
export function follow(element, callback) {
  followers.set(element, callback);
  if (tabs) lead(element, callback);
}

/** @type {Map<Element, (values: Record<string, any>) => void>} */
const heeders = new Map();

/** A component of our own begins that shows what the Gradio components of its tab say: it is called with their values,
 * now and whenever one changes. Values that a visitor typed may be unsound.
 * @param {Element} element
 * @param {(values: Record<string, any>) => void} callback */
export function heed(element, callback) {
  heeders.set(element, callback);
  if (tabs) tellValues(element, callback);
}

/** @param {Element} element @param {(values: Record<string, any>) => void} callback */
function tellValues(element, callback) {
  const { name } = placeOf(element);
  callback(Object.fromEntries(rulesOf(known()[name]).map((rule) => [rule.name, valueIn(state[name], rule)])));
}

/** @param {Element} element @param {Follower} callback */
function lead(element, callback) {
  if (!wanted) return;
  const { name, part } = placeOf(element);
  if (!Object.hasOwn(wanted.states, name)) return;
  const texts = wanted.states[name];
  const own = Object.entries(part.rules).map(([key, rule]) => [key, valueIn(texts, rule)]);
  const all = rulesOf(known()[name]).map((rule) => [rule.name, valueIn(texts, rule)]);
  callback(Object.fromEntries(own), Object.fromEntries(all));
}

/** What the event `go` gives to the tabs and to all components of Gradio. */
function outputs() {
  const { tab, states } = /** @type {State} */ (wanted);
  /** @type {any[]} */
  const values = [{ ...UNCHANGED, selected: tab }];
  for (const [name, parts] of Object.entries(known())) {
    for (const { own, rules } of parts) {
      if (!own) values.push(states[name] ? valueIn(states[name], Object.values(rules)[0]) : UNCHANGED);
    }
  }
  return values;
}

/** The page as it is, for `go`. */
export const snapshot = () => structuredClone({ tab, states: state });

/** Have the address say this text in place of the tab's state, until it is null again.
 * @param {string | null} text */
export function say(text) {
  other = text;
  changed();
}

/** @param {Element} element */
function bindButton(element) {
  const find = finder(element);
  find(".copy").onclick = async () => {
    writeAddress();
    const link = address();
    const field = find(".address");
    const said = find(".said > *");
    try {
      await navigator.clipboard.writeText(link);
      said.hidden = false;
      setTimeout(() => (said.hidden = true), 2500);
    } catch {
      // not allowed here, or no https: the visitor copies it
      field.value = link;
      field.hidden = false;
      field.select();
    }
  };
  find(".address").onblur = ({ target }) => (target.hidden = true);
}

/** Starts the Link of link.py.
 * @param {GradioScope} scope */
export function start(scope) {
  ({ trigger } = scope);
  tabs = /** @type {Tabs} */ (scope.props.tabs);
  [tab] = Object.keys(tabs);
  const asked = read(window.location.search);
  if (asked && asked.tab !== tab) left = tab;
  state = Object.fromEntries(Object.keys(tabs).map((name) => [name, {}]));
  for (const [name, parts] of Object.entries(tabs))
    for (const rule of rulesOf(parts)) put(name, rule, rule.first);
  bindButton(scope.element);
  window.addEventListener("pagehide", writeAddress);
  window.labLink = { outputs, go, read, snapshot };
  const heard = /** @type {any} */ (window.labEvents ?? []);
  window.labEvents = { push: /** @type {any} */ (hear) };
  heard.forEach(hear);
  for (const [element, values] of early) tell(element, values);
  early.clear();
  if (asked) go(asked);
  tellWaiting();
  for (const [element, callback] of heeders) tellValues(element, callback);
  begin();
}
