/* The lines of the tree: each [data-under] hangs on the [data-node] of that name. */

import { svg } from "../../page/dom.js";

/** @param {HTMLElement} map
 * @param {string} chosen  the leaf: the way to it stands out */
export function drawBranches(map, chosen) {
  const picture = map.querySelector("svg");
  const around = map.getBoundingClientRect();
  picture.setAttribute("viewBox", `0 0 ${around.width} ${around.height}`);
  const upright = getComputedStyle(map).getPropertyValue("--upright").trim() === "1";
  const nodes = /** @type {HTMLElement[]} */ ([...map.querySelectorAll("[data-under]")]);
  const onWay = new Set();
  for (let name = chosen; name; name = named(map, name)?.dataset.under ?? "") onWay.add(name);
  const lines = nodes.filter(isShown).map((node) => {
    const way = onWay.has(node.dataset.node ?? "");
    let above = named(map, node.dataset.under ?? "");
    while (!isShown(above)) above = named(map, above.dataset.under ?? "");
    const path = pathBetween(above, node, around, upright);
    return {
      way,
      line: svg("path", { d: path, class: `${node.dataset.since ? "since " : ""}${way ? "way" : ""}` }),
    };
  });
  lines.sort((a, b) => Number(a.way) - Number(b.way)); // the way over the others
  picture.replaceChildren(...lines.map(({ line }) => line));
}

/** @param {HTMLElement} map
 * @param {string} name
 * @returns {HTMLElement} */
const named = (map, name) => map.querySelector(`[data-node="${name}"]`);

/** A narrow screen leaves out some nodes. @param {HTMLElement} node */
const isShown = (node) => node.getClientRects().length > 0;

/** @param {HTMLElement} from
 * @param {HTMLElement} to
 * @param {DOMRect} around
 * @param {boolean} upright  where the tree hangs down; else it is a list, indented */
function pathBetween(from, to, around, upright) {
  const [a, b] = [from, to].map((node) => node.getBoundingClientRect());
  const line = (/** @type {number[]} */ ...at) => at.map((value) => value.toFixed(1)).join(" ");
  if (!upright) {
    const [x, y] = [a.left - around.left + 9, a.bottom - around.top];
    const [endX, endY] = [b.left - around.left, b.top - around.top + b.height / 2];
    return `M${line(x, y)} V${line(endY - 8)} Q${line(x, endY, x + 8, endY)} H${line(endX)}`;
  }
  const [x, y] = [a.left - around.left + a.width / 2, a.bottom - around.top];
  const [endX, endY] = [b.left - around.left + b.width / 2, b.top - around.top];
  const middle = (y + endY) / 2;
  return `M${line(x, y)} C${line(x, middle, endX, middle, endX, endY)}`;
}
