/* The query string of a link: which tab is open, and the settings that differ from what the page begins with.
 *
 *   parse(text, rule), write(value, rule)      one parameter: its value, and its text
 *   isId(name)                                 whether a model is a repository of the Hub
 *   valueIn(texts, rule)                       its value among the texts of a tab
 *   rulesOf(parts)                             the rules of a tab
 *   read(tabs, search), query(tabs, tab, texts)    the whole query
 */

/** What a parameter may be (`Rule` of link.py): one of `choices`, or the id of a `repository` besides; or a number from `least` to `most`. With
 * `count` it is a list of `count[0]` to `count[1]` such numbers.
 * @typedef {{ name: string, default?: any, first?: any, choices?: any[], repository?: boolean, least?: number, most?: number, whole?: boolean,
 *   count?: [number, number] }} Rule */
/** A component: the id of its element, its rules, and whether its own script keeps its state.
 * @typedef {{ id: string, own: boolean, rules: Record<string, Rule> }} Part */
/** @typedef {Record<string, Part[]>} Tabs  the parts of each tab; the page begins with the first */
/** @typedef {Record<string, string>} Texts  name of a parameter -> its text, where it differs from the default */

const NUMBER = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Whether a model's name is the id of a repository: OWNER/NAME, or OWNER/NAME@REVISION.
 * @param {string} name */
export const isId = (name) => /^[\w.-]{1,96}\/[\w.-]{1,96}(@[\w.-]{1,96})?$/.test(name);

/** The value that a text stands for; undefined where the rule does not allow it.
 * @param {string | null | undefined} text
 * @param {Rule} rule */
export function parse(text, { choices, repository, least = -Infinity, most = Infinity, whole, count }) {
  if (text === undefined || text === null) return undefined;
  if (choices && repository && isId(text)) return text;
  if (choices) return choices.find((choice) => String(choice) === text);
  if (count && text === "") return count[0] === 0 ? [] : undefined;
  const numbers = text.split(",").map((part) => (NUMBER.test(part) ? Number(part) : NaN));
  if (!numbers.every((number) => number >= least && number <= most && (!whole || Number.isInteger(number))))
    return undefined;
  if (!count) return numbers.length === 1 ? numbers[0] : undefined;
  return numbers.length >= count[0] && numbers.length <= count[1] ? numbers : undefined;
}

/** The text of a value; undefined for the default, and for what no link can hold.
 * @param {any} value
 * @param {Rule} rule */
export function write(value, rule) {
  if (value === undefined || value === null || String(value) === String(rule.default)) return undefined;
  return parse(String(value), rule) === undefined ? undefined : String(value);
}

/** The value of a parameter among the texts of its tab.
 * @param {Texts} texts
 * @param {Rule} rule */
export const valueIn = (texts, rule) => parse(texts[rule.name], rule) ?? rule.default;

/** All rules of a tab.
 * @param {Part[]} parts */
export const rulesOf = (parts) => parts.flatMap((part) => Object.values(part.rules));

/** The query that says what is open; empty for the page as it begins.
 * @param {Tabs} tabs
 * @param {string} tab
 * @param {Texts} texts */
export function query(tabs, tab, texts) {
  /** @type {[string, string][]} */
  const said = rulesOf(tabs[tab]).flatMap(({ name }) =>
    name in texts ? [/** @type {[string, string]} */ ([name, texts[name]])] : [],
  );
  if (tab === Object.keys(tabs)[0] && said.length === 0) return "";
  return new URLSearchParams([["tab", tab], ...said]).toString().replaceAll("%2C", ",");
}

/** The tab and the texts of a query, as far as the rules allow them; null where it says nothing.
 * @param {Tabs} tabs
 * @param {string} search
 * @returns {{ tab: string, states: Record<string, Texts> } | null} */
export function read(tabs, search) {
  const said = new URLSearchParams(search);
  const tab = said.get("tab") ?? Object.keys(tabs)[0];
  if (!Object.hasOwn(tabs, tab)) return null;
  /** @type {Texts} */
  const texts = {};
  for (const rule of rulesOf(tabs[tab])) {
    const text = write(parse(said.get(rule.name), rule), rule);
    if (text !== undefined) texts[rule.name] = text;
  }
  return said.has("tab") || Object.keys(texts).length ? { tab, states: { [tab]: texts } } : null;
}
