/* The diagram of a model: pictures, networks and vectors in a row, with the visitor's own values in them.
 *
 *   const diagram = new Diagram(figure, words)    an empty figure; `words` of diagram.py
 *   diagram.draw(drawing)                         what diagramOf of architectures.js gives
 *   diagram.set({ x: url, z: [0.3, -1.2], D: 0.5, error: "31.2" })       of columns and terms, by their keys
 *   diagram.light(["d"], ["real"])                columns and terms that are at work
 *   diagram.freeze(["g"])                         networks that do not learn
 *
 * Where the row is too wide for its letters, it goes on in a second line.
 * Whoever touches a term of the loss sees which parts of the diagram it is about, and the other way round (terms.js).
 */

import { minus, range } from "../browser/numbers.js";
import { add, both, make, svg } from "./dom.js";
import { linkTerms } from "./terms.js";

/** @import { Column, Drawing, Layer } from "../browser/architectures.js" */
/** @import { Words } from "./dom.js" */
/** A picture's address, the numbers of a vector, points in the plane, a score, a text, what is said of a term, or the
 * probability of a coin and the uniform number that decides.
 * @typedef {string | number | ArrayLike<number> | { p: number, u: number } | null} Value */

const [TOP, MIDDLE, FLOOR] = [24, 78, 132]; // of what stands in a row
const [WORD, ARC] = [150, 176]; // baseline of the words, and how low the line of what is compared goes
const LINE = WORD + 8; // height of a row
const [PICTURE, BAR, BETWEEN, GAP] = [52, 20, 3, 16];
const TWO = 46; // side of pictures on top of each other, and width of a number that is written
const NARROW = 34; // width of a text
const COIN = 76;
const SEEN = 2; // side of a pixel of what a convolution sees
const FEW = 3; // numbers that are written; more are coloured cells
const POINTS = 48; // of a cloud
const PLANE = 3.2; // half a side of the plane of a cloud
const LEAST_SCALE = 0.86; // of a diagram, so that its letters are at least 12 pixels high

/** @param {Layer} layer */
const heightOf = (layer) =>
  "units" in layer ? 16 + 8 * Math.log2(layer.units) : Math.max(52, 20 + 3 * layer.size);

/** @param {Layer} layer */
const labelOf = (layer) => ("units" in layer ? `${layer.units}` : `${layer.channels}×${layer.size}²`);

/** @param {Column} column */
function widthOf({ kind, layers, length, wide, joined }) {
  if (kind === "net") return layers.length * (BAR + BETWEEN) + BETWEEN;
  if (kind === "vector") return length > FEW ? 20 : TWO;
  if (kind === "value") return joined ? NARROW : TWO;
  if (kind === "coin") return COIN;
  return kind === "picture" ? (wide ? SEEN * wide : PICTURE) : TWO + 6;
}

/** The chain in signs that need no language.
 * @param {Column[]} columns */
const inWords = (columns) =>
  columns
    .map(({ name, names, layers, length }) => {
      const size = layers ? `: ${layers.map(labelOf).join(" → ")}` : length ? `: ${length}` : "";
      return (names?.join(", ") ?? name) + size;
    })
    .join(" → ");

/** The column that a second line would begin with: so that both are about as long.
 * @param {Column[]} columns */
function halfOf(columns) {
  const widths = columns.map(widthOf);
  const length = (/** @type {number[]} */ some) => some.reduce((sum, width) => sum + width + GAP, 0);
  const longer = (/** @type {number} */ i) => Math.max(length(widths.slice(0, i)), length(widths.slice(i)));
  return range(columns.length)
    .filter((i) => i && !columns[i].joined)
    .reduce((best, i) => (longer(i) < longer(best) ? i : best));
}

export class Diagram {
  /** @param {HTMLElement} figure
   * @param {Words} words */
  constructor(figure, words) {
    this.figure = figure;
    this.words = words;
    this.drawn = "";
    /** @type {Map<string, (value: any) => void>} */
    this.fillers = new Map();
    /** @type {Map<string, Element>} */
    this.groups = new Map(); // by key of the column
    /** @type {Map<string, HTMLElement>} */
    this.terms = new Map();
    /** @type {(room: number) => void} */
    this.fit = () => {};
    new ResizeObserver(() => requestAnimationFrame(() => this.measure())).observe(figure);
  }

  /** What scrolls has to be reached by keys.
   * @param {Element | null} [scroller] */
  measure(scroller = this.figure.firstElementChild) {
    if (!scroller) return;
    this.fit(scroller.clientWidth);
    if (scroller.scrollWidth > scroller.clientWidth + 1) scroller.setAttribute("tabindex", "0");
    else scroller.removeAttribute("tabindex");
  }

  /** @param {Drawing | null} drawing  null of a model that has none */
  draw(drawing) {
    this.figure.hidden = !drawing;
    const key = JSON.stringify(drawing);
    if (!drawing || key === this.drawn) return;
    this.drawn = key;
    this.fillers.clear();
    this.groups.clear();
    this.terms.clear();
    const scroller = make("div", "scroller");
    scroller.append(this.row(drawing));
    this.figure.replaceChildren(scroller, this.loss(drawing));
    linkTerms(
      this.groups,
      drawing.terms.map(({ key, lights }) => ({ node: this.terms.get(key), lights })),
    );
    this.measure();
  }

  /** @param {Drawing} drawing */
  row({ columns, arc, terms }) {
    const lit = new Set(terms.flatMap(({ lights }) => lights));
    const root = svg("svg", { role: "group", "aria-label": inWords(columns) });
    /** @type {Map<string, string>} */
    const ends = new Map(); // where an arc may end: below the words
    const half = halfOf(columns);
    const [first, second] = [svg("g", {}), svg("g", {})];
    root.append(first, second);
    let line = first;
    let [x, end] = [2, 0];
    columns.forEach((column, i) => {
      if (i === half) [line, end] = [second, x];
      if (i && !column.joined) {
        line.append(arrow(x + 2, x + GAP - 2));
        x += GAP;
      } else if (i) x += BETWEEN;
      const width = widthOf(column);
      const group = svg("g", { class: `column-of-${column.kind}` });
      if ([column.key, ...(column.keys ?? [])].some((key) => lit.has(key))) {
        group.append(svg("rect", { x, y: TOP - 22, width, height: WORD - TOP + 26, class: "target" }));
        for (const [name, value] of [
          ["role", "button"],
          ["tabindex", "0"],
          ["aria-label", inWords([column])],
        ])
          group.setAttribute(name, value);
      }
      this.place(group, column, x, width);
      line.append(group);
      this.groups.set(column.key, group);
      for (const key of column.keys ?? []) this.groups.set(key, group);
      ends.set(column.key, `${x + width / 2} ${column.word ? WORD + 7 : FLOOR + 6}`);
      x += width;
    });
    if (arc) {
      const [from, to] = [ends.get(arc.from), ends.get(arc.to)];
      const [left, right] = [from, to].map(parseFloat);
      root.append(svg("path", { class: "arc", d: `M${from}V${ARC - 8}H${right}L${to}` }));
      root.append(text((left + right) / 2, ARC - 3, arc.name, "arc-name"));
    }
    this.fit = (room) => {
      const folded = room > 0 && room < LEAST_SCALE * (x + 2);
      const width = folded ? Math.max(end, x - end) + 2 : x + 2;
      const height = folded ? 2 * LINE : arc ? ARC + 2 : LINE;
      second.setAttribute("transform", folded ? `translate(${-end} ${LINE})` : "");
      root.classList.toggle("folded", folded);
      root.setAttribute("viewBox", `0 0 ${width} ${height}`);
      root.style.minWidth = `${Math.ceil(LEAST_SCALE * width)}px`;
      root.style.maxWidth = `${Math.ceil((folded ? 1.15 : 1.5) * width)}px`;
    };
    this.fit(0);
    return root;
  }

  /** @param {SVGElement} group
   * @param {Column} column
   * @param {number} x
   * @param {number} width */
  place(group, column, x, width) {
    const { kind, key, name, keys, names, word } = column;
    if (name) group.append(text(x + width / 2, TOP - 8, name, "name"));
    if (kind === "net") this.placeNet(group, column, x, width);
    if (word)
      for (const lang of /** @type {const} */ (["en", "ko"])) {
        const node = text(x + width / 2, WORD, this.words[lang][word], "word");
        node.setAttribute("lang", lang);
        group.append(node);
      }
    if (kind === "vector") this.placeVector(group, column, x, width);
    if (kind === "picture" && !keys) {
      const high = column.high ? SEEN * column.high : PICTURE;
      this.placePicture(group, key, x, MIDDLE - high / 2, width, high);
    }
    if (kind === "value") this.placeValue(group, key, x, width);
    if (kind === "coin") this.placeCoin(group, key, x, width);
    if (kind === "points" && !keys) this.placePoints(group, key, x + 3, MIDDLE - TWO / 2);
    keys?.forEach((one, i) => {
      const y = i ? MIDDLE + 12 : TOP + 2;
      if (kind === "scores") return this.placeScore(group, one, names[i], x, y + TWO / 2);
      if (kind === "picture") this.placePicture(group, one, x + 3, y, TWO);
      else this.placePoints(group, one, x + 3, y);
      group.append(text(x + width / 2, i ? y + TWO + 20 : y - 7, names[i], "name"));
    });
  }

  /** @param {SVGElement} group
   * @param {Column} column
   * @param {number} x
   * @param {number} width */
  placeNet(group, { key, layers, links = [] }, x, width) {
    const heights = layers.map(heightOf);
    const edge = (/** @type {number} */ height) => height / 2 + 5;
    const [first, last] = [edge(heights[0]), edge(heights[heights.length - 1])];
    const outline = `M${x} ${MIDDLE - first}L${x + width} ${MIDDLE - last}V${MIDDLE + last}L${x} ${MIDDLE + first}Z`;
    group.append(svg("path", { class: "body", d: outline }));
    layers.forEach((layer, i) => {
      const left = x + BETWEEN + i * (BAR + BETWEEN);
      const height = heights[i];
      group.append(
        svg("rect", { x: left, y: MIDDLE - height / 2, width: BAR, height, rx: 3, class: "layer" }),
      );
      const label = text(0, 0, labelOf(layer), "units");
      label.setAttribute("transform", `translate(${left + BAR / 2 + 5} ${MIDDLE}) rotate(-90)`);
      group.append(label);
    });
    for (const [from, to] of links) {
      const top = MIDDLE - edge(heights[0]);
      const up = 9 + 6 * links.filter(([first, last]) => from < first && last < to).length;
      const left = x + BETWEEN + from * (BAR + BETWEEN) + 2;
      const right = x + (to + 1) * (BAR + BETWEEN);
      const around = `M${left} ${top}q0 -${up} 9 -${up}H${right - 11}q9 0 9 ${up}m-4 -5l4 5l4 -5`;
      group.append(svg("path", { class: "skip", d: around }));
    }
    group.setAttribute("data-net", key);
  }

  /** Few numbers are written, many are cells: blue above 0, orange below, the stronger the farther.
   * @param {SVGElement} group
   * @param {Column} column
   * @param {number} x
   * @param {number} width */
  placeVector(group, { key, length }, x, width) {
    const few = length <= FEW;
    const side = Math.min(24, (FLOOR - TOP - 4) / length);
    const top = MIDDLE - (side * length) / 2;
    const cells = range(length).map((i) => {
      const place = { x, y: top + i * side, width, height: side };
      const cell = svg("rect", { ...place, class: "cell" });
      group.append(cell);
      return cell;
    });
    group.append(svg("rect", { x, y: top, width, height: side * length, class: "edge", rx: 3 }));
    const labels = few
      ? range(length).map((i) => text(x + width / 2, top + (i + 0.5) * side + 5, "", "number"))
      : [];
    group.append(...labels);
    if (!few) group.append(text(x + width / 2, WORD, String(length), "word"));
    this.fillers.set(key, (/** @type {ArrayLike<number>} */ values) => {
      const most = Math.max(1e-6, ...Array.from(values, Math.abs));
      cells.forEach((cell, i) => {
        const value = values[i];
        cell.setAttribute("class", `cell ${value < 0 ? "minus" : "plus"}`);
        cell.style.fillOpacity = few ? "0.15" : String(Math.abs(value) / most);
        if (few) labels[i].textContent = minus(value.toFixed(2));
      });
    });
  }

  /** @param {SVGElement} group
   * @param {string} key
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} [height] */
  placePicture(group, key, x, y, width, height = width) {
    group.append(svg("rect", { x, y, width, height, class: "paper" }));
    const image = svg("image", { x, y, width, height });
    group.append(image);
    this.fillers.set(key, (url) => image.setAttribute("href", url));
  }

  /** @param {SVGElement} group
   * @param {string} key
   * @param {number} x
   * @param {number} y */
  placePoints(group, key, x, y) {
    group.append(svg("rect", { x, y, width: TWO, height: TWO, class: "square", rx: 3 }));
    const cloud = svg("path", { class: `cloud ${key}` });
    group.append(cloud);
    /** @param {number} value */
    const inside = (value) => Math.max(1.5, Math.min(TWO - 1.5, (TWO / 2) * (1 + value / PLANE)));
    this.fillers.set(key, (/** @type {ArrayLike<number>} */ points) => {
      const places = range(Math.min(POINTS, points.length / 2)).map(
        (i) =>
          `M${(x + inside(points[2 * i])).toFixed(1)} ${(y + TWO - inside(points[2 * i + 1])).toFixed(1)}h0`,
      );
      cloud.setAttribute("d", places.join(""));
    });
  }

  /** A text in a box.
   * @param {SVGElement} group
   * @param {string} key
   * @param {number} x
   * @param {number} width */
  placeValue(group, key, x, width) {
    const said = text(x + width / 2, MIDDLE + 5, "", "number");
    group.append(svg("rect", { x, y: MIDDLE - 13, width, height: 26, class: "edge", rx: 3 }), said);
    this.fillers.set(key, (value) => {
      said.textContent = value;
    });
  }

  /** p and a bar that is white so far; u, a mark on it: 1 where it falls on white.
   * @param {SVGElement} group
   * @param {string} key
   * @param {number} x
   * @param {number} width */
  placeCoin(group, key, x, width) {
    const [p, u] = [MIDDLE - 17, MIDDLE + 30].map((y) => text(x + width / 2, y, "", "number"));
    const place = { x, y: MIDDLE - 9, height: 18 };
    const white = svg("rect", { ...place, width: 0, class: "white" });
    const mark = svg("rect", { ...place, y: MIDDLE - 12, height: 24, width: 4, class: "mark" });
    group.append(p, svg("rect", { ...place, width, class: "paper" }), white, mark, u);
    this.fillers.set(key, (/** @type {{ p: number, u: number }} */ coin) => {
      p.textContent = `p ${coin.p.toFixed(3)}`;
      u.textContent = `u ${coin.u.toFixed(3)}`;
      white.setAttribute("width", String(width * coin.p));
      mark.setAttribute("x", String(x + width * coin.u - 2));
    });
  }

  /** A number in [0, 1], written and as a bar.
   * @param {SVGElement} group
   * @param {string} key
   * @param {string} name
   * @param {number} x
   * @param {number} y */
  placeScore(group, key, name, x, y) {
    const width = TWO + 6;
    group.append(text(x + width / 2, y - 8, name, "name"));
    const number = text(x + width / 2, y + 10, "", "number");
    const bar = svg("rect", { x, y: y + 15, width: 0, height: 5, class: `gauge ${key}` });
    group.append(number, svg("rect", { x, y: y + 15, width, height: 5, class: "edge" }), bar);
    group.append(svg("path", { class: "half", d: `M${x + width / 2} ${y + 13}v9` }));
    this.fillers.set(`D ${key}`, (/** @type {number} */ value) => {
      number.textContent = value.toFixed(2);
      bar.setAttribute("width", String(width * value));
    });
  }

  /** The loss: each term with what it is now.
   * @param {Drawing} drawing */
  loss({ terms, title = "loss" }) {
    const line = make("p", "loss-line");
    if (terms.length) both(add(line, "span", "title"), this.words, title);
    terms.forEach(({ key, formula, sign = "+" }, i) => {
      if (i) add(line, "span", "sign", sign);
      const term = add(line, "button", "term");
      term.type = "button";
      term.innerHTML = formula; // ours: architectures.js
      const value = add(term, "b");
      term.dataset.term = key;
      this.terms.set(key, term);
      this.fillers.set(key, (/** @type {string} */ said) => {
        value.textContent = said ? ` = ${said}` : "";
      });
    });
    return line;
  }

  /** @param {Record<string, Value | undefined>} values */
  set(values) {
    for (const [key, value] of Object.entries(values))
      if (value !== null && value !== undefined) this.fillers.get(key)?.(value);
  }

  /** @param {string[]} columns
   * @param {string[]} terms */
  light(columns, terms) {
    for (const [key, group] of this.groups) group.classList.toggle("at-work", columns.includes(key));
    for (const [key, term] of this.terms) term.classList.toggle("at-work", terms.includes(key));
  }

  /** @param {string[]} networks */
  freeze(networks) {
    for (const [key, group] of this.groups) {
      const frozen = networks.includes(key);
      if (group.classList.contains("frozen") === frozen) continue;
      group.classList.toggle("frozen", frozen);
      const column = /** @type {Drawing} */ (JSON.parse(this.drawn)).columns.find((one) => one.key === key);
      for (const word of group.querySelectorAll(".word")) {
        const texts = this.words[/** @type {"en" | "ko"} */ (word.getAttribute("lang"))];
        word.textContent = texts[frozen ? "frozen" : column.word];
      }
    }
  }
}

/** @param {number} from
 * @param {number} to */
const arrow = (from, to) => svg("path", { class: "arrow", d: `M${from} ${MIDDLE}H${to}m-5 -4l5 4l-5 4` });

/** @param {number} x
 * @param {number} y
 * @param {string} content
 * @param {string} kind */
const text = (x, y, content, kind) => svg("text", { x, y, class: kind, "text-anchor": "middle" }, content);
