/* State in the link; Gradio runs this once for the Link of link.py, with `element`, `props` and `trigger` in scope.
 * `props.tabs` says what each tab can be linked by: parts with the rules of their parameters.
 */

const FIRST = Object.keys(props.tabs)[0];
const WRITE_MS = 400; // between two changes of the address: browsers allow about three a second
const NUMBER = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NOTHING = { __type__: "update" }; // leaves a component as it is

let tab = FIRST;
const state = Object.fromEntries(Object.keys(props.tabs).map((name) => [name, {}])); // of each tab: name -> text
let wanted = null; // where to go: the tab, and the states of some tabs
let other = null; // what the address says in place of the tab's state, as text
let timer = null;

const rulesOf = (tab) => props.tabs[tab].flatMap((part) => Object.values(part.rules));
const OURS = new Set(["tab", "lecture", ...Object.keys(props.tabs).flatMap((tab) => rulesOf(tab).map(({ name }) => name))]);

// ---- One parameter: its value, and its text

/** The value that a text stands for; undefined where the rule does not allow it. */
function parse(text, { choices, least, most, whole, count }) {
  if (text === undefined || text === null) return undefined;
  if (choices) return choices.find((choice) => String(choice) === text);
  if (count && text === "") return count[0] === 0 ? [] : undefined;
  const numbers = text.split(",").map((part) => (NUMBER.test(part) ? Number(part) : NaN));
  if (!numbers.every((number) => number >= least && number <= most && (!whole || Number.isInteger(number)))) return undefined;
  if (!count) return numbers.length === 1 ? numbers[0] : undefined;
  return numbers.length >= count[0] && numbers.length <= count[1] ? numbers : undefined;
}

/** The text of a value; undefined where the page begins with it, and where no link can hold it. */
function write(value, rule) {
  if (value === undefined || value === null || String(value) === String(rule.default)) return undefined;
  return parse(String(value), rule) === undefined ? undefined : String(value);
}

const valueOf = (texts, rule) => parse(texts[rule.name], rule) ?? rule.default;

function put(tab, rule, value) {
  const text = write(value, rule);
  if (text === undefined) delete state[tab][rule.name];
  else state[tab][rule.name] = text;
}

// ---- To the address

/** The query string that says what is open; empty for the page as it begins. */
function query() {
  if (other !== null) return other;
  const texts = rulesOf(tab).map(({ name }) => [name, state[tab][name]]).filter(([, text]) => text !== undefined);
  if (tab === FIRST && texts.length === 0) return "";
  return new URLSearchParams([["tab", tab], ...texts]).toString().replaceAll("%2C", ",");
}

/** The address with that query behind others' parameters. */
function address(others = "") {
  const search = [others, query()].filter(Boolean).join("&");
  return window.location.origin + window.location.pathname + (search && `?${search}`);
}

function writeAddress() {
  clearTimeout(timer);
  timer = null;
  const others = new URLSearchParams(window.location.search);
  for (const name of OURS) others.delete(name);
  const next = address(others.toString());
  if (next === window.location.href) return;
  history.replaceState(history.state, "", next);
  // the page of a Space shows the app in a frame, and takes over the query of this message
  if (window.parent !== window && window.location.hostname.endsWith(".hf.space"))
    window.parent.postMessage({ queryString: query() }, "https://huggingface.co");
}

function changed() {
  timer ??= setTimeout(writeAddress, WRITE_MS);
}

/** The values of a tab's own Gradio components, in the order of its parts. */
function note(name, values) {
  const parts = props.tabs[name].filter(({ own }) => !own);
  parts.forEach((part, i) => Object.values(part.rules).forEach((rule) => put(name, rule, values[i])));
  changed();
}

/** The tab's name and the part of an element of one of our own components. */
function placeOf(element) {
  for (const [name, parts] of Object.entries(props.tabs)) {
    const part = parts.find(({ own, id }) => own && element.closest(`#${id}`));
    if (part) return { name, part };
  }
}

/** What a component of our own holds now; null for what is as the page begins. */
function tell(element, values) {
  const { name, part } = placeOf(element);
  for (const [key, rule] of Object.entries(part.rules)) put(name, rule, values[key]);
  changed();
}

// ---- From the address

/** The tab and the texts of a query string, as far as they are allowed; null where it says nothing. */
function read(search) {
  const said = new URLSearchParams(search), name = said.get("tab") ?? FIRST;
  if (!Object.hasOwn(props.tabs, name)) return null;
  const texts = {};
  for (const rule of rulesOf(name)) {
    const text = write(parse(said.get(rule.name), rule), rule);
    if (text !== undefined) texts[rule.name] = text;
  }
  return said.has("tab") || Object.keys(texts).length ? { tab: name, states: { [name]: texts } } : null;
}

/** Open a tab, and put it and other tabs into their states. */
function go({ tab: next, states }) {
  wanted = { tab: next, states };
  tab = next;
  for (const [name, texts] of Object.entries(states)) state[name] = { ...texts };
  trigger("go"); // Gradio asks for `outputs`
  for (const [element, callback] of followers) if (Object.hasOwn(states, placeOf(element).name)) lead(element, callback);
  changed();
}

const followers = new Map(); // element of a component of our own -> what to call with its values and the tab's

/** A component of our own begins: it is called with what the link says, now and whenever a link is followed. */
function follow(element, callback) {
  followers.set(element, callback);
  if (wanted && Object.hasOwn(wanted.states, placeOf(element).name)) lead(element, callback);
}

function lead(element, callback) {
  const { name, part } = placeOf(element), texts = wanted.states[name];
  const own = Object.entries(part.rules).map(([key, rule]) => [key, valueOf(texts, rule)]);
  const all = rulesOf(name).map((rule) => [rule.name, valueOf(texts, rule)]);
  callback(Object.fromEntries(own), Object.fromEntries(all));
}

/** What the event `go` gives to the tabs and to all components of Gradio. */
function outputs() {
  const values = [{ ...NOTHING, selected: wanted.tab }];
  for (const [name, parts] of Object.entries(props.tabs)) {
    const texts = wanted.states[name];
    for (const { own, rules } of parts) {
      if (!own) values.push(texts ? valueOf(texts, Object.values(rules)[0]) : NOTHING);
    }
  }
  return values;
}

// ---- The button

async function copy() {
  writeAddress();
  const link = address(), field = element.querySelector(".address"), said = element.querySelector(".said > *");
  try {
    await navigator.clipboard.writeText(link);
    said.hidden = false;
    setTimeout(() => (said.hidden = true), 2500);
  } catch { // not allowed here, or no https: the visitor copies it
    field.value = link;
    field.hidden = false;
    field.select();
  }
}

element.querySelector(".copy").onclick = copy;
element.querySelector(".address").onblur = ({ target }) => (target.hidden = true);
window.addEventListener("pagehide", writeAddress);
window.labLink = {
  note, outputs, go, read, tell, follow,
  open(name) {
    tab = name;
    changed();
  },
  snapshot: () => structuredClone({ tab, states: state }),
  say(text) { // until it is null again
    other = text;
    changed();
  },
};
const asked = read(window.location.search);
if (asked) go(asked);
document.dispatchEvent(new Event("lablink")); // for those that came before
