/* What the scripts of all components do with the page: find and make elements, speak its language, size canvases.
 *
 *   ROOT                       URL of the app's root, ending in "/"
 *   inPath(name)               a model's name as part of an address
 *   finder(element)            -> find(selector), an element within `element`
 *   make(tag, className, content), svg(tag, attributes, content)    new elements; add(parent, ...) at the end of one
 *   language()                 "ko" or "en"; onLanguage(callback) when it changes
 *   texts(words)               -> text(key, values), from {en: {key: text}, ko: ...}
 *   label(element, text)       writes the texts of [data-text] and [data-label]; say(node, key, text) of one node
 *   setText(node, content)     writes only what is new
 *   setFormula(node, content)  writes G_AB with its index below the line; spoken(content) says it
 *   await decoded(url)         a picture, ready to be drawn
 *   both(node, words, key, values)   a text in both languages, of which theme.css shows the page's
 *   pixelRatio(most), sizeCanvas(canvas, width, height, ratio)
 *   makeDot(colours, sizes)    a point of a plane, to be drawn many times
 *   ARROWS                     arrow key -> [right, up]
 *   keepsStill()               whether the visitor wants nothing to move by itself
 *   isUnfolded(id)             whether the snippet in a fold is seen, and has to be written
 */

/** Root of the app: this module's address is `<root>/modules/<version>/page/dom.js`. */
export const ROOT = new URL("../../../", import.meta.url);

/** The name of a model as part of an address; that of a repository has a slash.
 * @param {string} name */
export const inPath = (name) => (name.includes("/") ? `hub/${name}` : encodeURIComponent(name));

/** A picture, ready to be drawn.
 * @param {string} url
 * @returns {Promise<HTMLImageElement>} */
export async function decoded(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

/** Finds elements within `element`. The markup is ours: what is not there is a mistake, which shows at once.
 * @param {Element} element
 * @returns {(selector: string) => any} */
export const finder = (element) => (selector) => element.querySelector(selector);

/** A new HTML element.
 * @param {string} tag
 * @param {string} [className]
 * @param {string} [content] its text
 * @returns {any} */
export function make(tag, className = "", content) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (content !== undefined) node.textContent = content;
  return node;
}

/** A new HTML element at the end of `parent`.
 * @param {Element} parent
 * @param {string} tag
 * @param {string} [className]
 * @param {string} [content] its text
 * @returns {any} */
export function add(parent, tag, className, content) {
  const node = make(tag, className, content);
  parent.append(node);
  return node;
}

/** A new SVG element.
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {string} [content] its text
 * @returns {any} */
export function svg(tag, attributes = {}, content) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  if (content !== undefined) node.textContent = content;
  return node;
}

/** Sets the text of a node; one that is there already is left alone, so that no observer of the node is called.
 * @param {Element} node
 * @param {string} content */
export function setText(node, content) {
  if (node.textContent !== content) node.textContent = content;
}

const INDEXED = /([GD])_(AB|BA|A|B)(?![A-Za-z])/; // a network of two domains, in a text

/** Sets a text in which G_AB and D_B are names of networks: their indices are written below the line.
 * @param {Element} node
 * @param {string} content */
export function setFormula(node, content) {
  const parts = content.split(INDEXED); // text, name, index, text, ...
  if (node.textContent === parts.join("")) return; // where a text is that already, no observer is called
  node.replaceChildren(...parts.map((part, i) => (i % 3 ? make(["", "i", "sub"][i % 3], "", part) : part)));
}

/** The same as plain text: G AB.
 * @param {string} content */
export const spoken = (content) => content.replace(new RegExp(INDEXED, "g"), "$1 $2");

/** The language that the page is in.
 * @returns {"ko" | "en"} */
export const language = () => (document.documentElement.lang.startsWith("ko") ? "ko" : "en");

/** Calls back whenever the page's language changes.
 * @param {() => void} callback */
export function onLanguage(callback) {
  new MutationObserver(callback).observe(document.documentElement, { attributeFilter: ["lang"] });
}

/** Calls back whenever the page turns light or dark.
 * @param {() => void} callback */
export function onTheme(callback) {
  for (const root of [document.documentElement, document.body])
    new MutationObserver(callback).observe(root, { attributeFilter: ["class"] });
}

/** @typedef {Record<"en" | "ko", Record<string, string>>} Words */
/** @typedef {(key: string, values?: Record<string, unknown>) => string} Text */

/** Texts in the page's language, with the `values` in place of their {names}; undefined for an unknown key.
 * @param {Words | (() => Words)} words the texts, or what returns them where they come later
 * @returns {Text} */
export function texts(words) {
  return (key, values = {}) => {
    const all = (typeof words === "function" ? words() : words)[language()];
    if (!Object.hasOwn(all, key)) return /** @type {any} */ (undefined);
    return all[key].replace(/{(\w+)}/g, (blank, name) => String(values[name] ?? blank));
  };
}

/** Writes a text in both languages, as `words` of words.py does; theme.css shows the page's one.
 * @param {Element} node
 * @param {Words} words
 * @param {string} key
 * @param {Record<string, unknown>} [values] in place of its {names} */
export function both(node, words, key, values = {}) {
  const parts = Object.entries(words).map(([lang, all]) => {
    const part = make("span");
    part.lang = lang;
    setFormula(
      part,
      all[key].replace(/{(\w+)}/g, (blank, name) => String(values[name] ?? blank)),
    );
    return part;
  });
  node.replaceChildren(...parts);
}

/** Writes the texts of all elements with `data-text`, and the labels of those with `data-label`.
 * @param {Element} element
 * @param {Text} text */
export function label(element, text) {
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-text]")))
    setText(node, text(node.dataset.text ?? "")); // where a text is that already, no observer is called
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-label]")))
    node.setAttribute(node.localName === "img" ? "alt" : "aria-label", text(node.dataset.label ?? ""));
}

/** Gives a node a text that `label` keeps in the page's language.
 * @param {HTMLElement} node
 * @param {string} key
 * @param {Text} text */
export function say(node, key, text) {
  node.dataset.text = key;
  node.textContent = text(key);
}

/** Device pixels in a CSS pixel.
 * @param {number} [most] */
export const pixelRatio = (most = Number.POSITIVE_INFINITY) => Math.min(window.devicePixelRatio || 1, most);

/** Gives a canvas `width` by `height` device pixels, and shows each as one pixel of the device.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 * @param {number} ratio device pixels in a CSS pixel */
export function sizeCanvas(canvas, width, height, ratio) {
  Object.assign(canvas, { width, height });
  Object.assign(canvas.style, { width: `${width / ratio}px`, height: `${height / ratio}px` });
}

/** A point as a picture, in its middle.
 * @param {{ fill: string, rim: string }} colours
 * @param {{ radius: number, line: number, ratio: number }} sizes  in CSS pixels, and device pixels in one of them
 * @returns {HTMLCanvasElement} */
export function makeDot({ fill, rim }, { radius, line, ratio }) {
  const dot = make("canvas");
  const context = dot.getContext("2d");
  dot.width = dot.height = Math.ceil(2 * (radius + 1) * ratio);
  context.arc(dot.width / 2, dot.width / 2, radius * ratio, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.lineWidth = line * ratio;
  context.strokeStyle = rim;
  context.stroke();
  return dot;
}

/** Where an arrow key leads: [right, up].
 * @type {Record<string, [number, number] | undefined>} */
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Whether the visitor wants nothing to move by itself. */
export const keepsStill = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @param {string} id  of the fold */
export const isUnfolded = (id) => document.querySelector(`#${id} .cm-content`)?.checkVisibility() ?? false;

/** Unfold the parts of a lesson (parts.py) that an element lies in; on a wide screen none is folded.
 * @param {Element} element */
export function unfold(element) {
  for (let part = element.closest(".part"); part; part = part.parentElement?.closest(".part") ?? null) {
    const fold = part.querySelector(":scope > .fold details");
    if (fold instanceof HTMLDetailsElement) fold.open = true;
  }
}
