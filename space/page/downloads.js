/* Pictures and tables of all tabs: files for the visitor to keep, alternative texts and labels in the page's language,
 * and keys for the slider between two pictures. Runs once for the whole page.
 *
 * A `button.download` (space.page.markup) gives the file `data-file`. Its content is what its `offer()` returns, which
 * a tab's script sets by `offer` below; else the text in `data-csv`; else the tiles around it (`data-tiles`), as they
 * are shown; else the picture in the figure around it. Nothing is asked of the server.
 */

import { decoded, language, onLanguage } from "./dom.js";

/** Sets what the buttons of a component give: [selector, name of the file, content], the content a function that
 * returns a picture, a canvas, a data URL or the text of a table.
 * @param {Element} element
 * @param {[string, string, () => unknown][]} files */
export function offer(element, files) {
  for (const [selector, name, content] of files) {
    const button = /** @type {HTMLElement} */ (element.querySelector(selector));
    button.dataset.file = name;
    button.offer = content;
  }
}

/** The text of a table: rows of cells that hold neither commas nor quotes.
 * @param {unknown[][]} rows */
export const toCsv = (rows) => rows.map((row) => `${row.join(",")}\n`).join("");

/** A canvas of tiles side by side, each the same `--column` of its own `--sprite`. */
async function joined(tiles) {
  const sprites = await Promise.all(
    [...tiles.children].map((tile) =>
      decoded(tile.style.getPropertyValue("--sprite").trim().slice("url(".length, -1)),
    ),
  );
  const side = sprites[0].height;
  const canvas = document.createElement("canvas");
  const column = Number(getComputedStyle(tiles).getPropertyValue("--column"));
  Object.assign(canvas, { width: side * sprites.length, height: side });
  sprites.forEach((sprite, i) =>
    canvas.getContext("2d").drawImage(sprite, column * side, 0, side, side, i * side, 0, side, side),
  );
  return canvas;
}

const content = (button) => {
  if (button.offer) return button.offer();
  if (button.dataset.csv !== undefined) return button.dataset.csv;
  const tiles = button.closest("section")?.querySelector("[data-tiles]");
  if (tiles) return joined(tiles);
  return button.closest("figure").querySelector("img:not([hidden])");
};

/** Where the browser finds a picture, a canvas or the text of a table. */
async function locate(thing) {
  if (thing instanceof HTMLImageElement) return thing.src;
  if (thing instanceof HTMLCanvasElement)
    return URL.createObjectURL(await new Promise((resolve) => thing.toBlob(resolve)));
  return thing.startsWith("data:") ? thing : URL.createObjectURL(new Blob([thing], { type: "text/csv" }));
}

document.addEventListener("click", async (event) => {
  const target = /** @type {Element} */ (event.target);
  const button = /** @type {HTMLElement | null | undefined} */ (target.closest?.("button.download"));
  if (!button) return;
  const link = document.createElement("a");
  const thing = /** @type {any} */ (await content(button));
  link.href = await locate(thing);
  link.download = thing.dataset?.file ?? button.dataset.file; // of several pictures in a figure, each has a name
  link.click();
  if (link.href.startsWith("blob:")) setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
});

/** @param {ParentNode} root */
function translate(root) {
  for (const one of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-ko]"))) {
    one.setAttribute(one.matches("img") ? "alt" : "aria-label", one.dataset[language()]);
  }
}

/** Gradio's slider between two pictures knows the pointer alone: its handle learns the arrow keys. */
function teachKeys(handle) {
  const frame = handle.parentElement;
  const line = handle.querySelector(".inner");
  const label = handle.closest(".block").querySelector("label");
  const tell = () => {
    // the share of the picture, a square amid its element, that is cut off: "inset(0px 0px 0px 50%)"
    const picture = frame.querySelector(".fixed");
    const cut = picture?.style.clipPath.match(/([\d.]+)%\)$/);
    if (!cut || !picture.clientHeight) return; // still loading
    const { clientWidth: width, clientHeight: height } = picture;
    handle.ariaValueNow = Math.round(50 + ((cut[1] - 50) * width) / Math.min(width, height));
  };
  label.id ||= `${handle.closest(".block").id}-label`;
  handle.setAttribute("aria-labelledby", label.id);
  Object.assign(handle, {
    role: "slider",
    tabIndex: 0,
    ariaValueMin: 0,
    ariaValueMax: 100,
    ariaValueNow: 50,
  });
  new MutationObserver(tell).observe(frame, { attributeFilter: ["style"], subtree: true });
  handle.addEventListener("keydown", (event) => {
    const { clientWidth: width } = frame;
    const by = { ArrowLeft: -width / 20, ArrowRight: width / 20, Home: -width, End: width }[event.key];
    if (!by) return;
    event.preventDefault(); // nor do they turn the pages of the lecture
    const { x, y, width: thickness } = line.getBoundingClientRect();
    const point = (type, target, moved) =>
      target.dispatchEvent(
        new MouseEvent(type, {
          view: window,
          bubbles: true,
          clientX: x + thickness / 2 + moved,
          clientY: y,
        }),
      );
    point("mousedown", line, 0);
    point("mousemove", window, by);
    point("mouseup", window, by);
  });
}

function prepare(root) {
  translate(root);
  root.querySelectorAll(".slider-wrap [data-testid=slider]:not([role=slider])").forEach(teachKeys);
}

function watchPage() {
  onLanguage(() => translate(document));
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes)
        if (node.nodeType === Node.ELEMENT_NODE) prepare(node.parentNode ?? node);
  }).observe(document.body, { childList: true, subtree: true });
  prepare(document);
}

watchPage(); // a module runs when the page is there
