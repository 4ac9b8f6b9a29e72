/* The samples of one model; Gradio runs this once for each `Samples` of generate.py, with `element`, `props`,
 * `trigger` and `watch`, and the constants `WORDS` and `SLOTS` in scope. What is shown comes from the server in two
 * props: `panel` (samples and scores, in one picture that the cells cut up) and `journey` (the film of the walk, the
 * terms of a - b + c). Choosing goes into `props.value`; ordering and playing ask the server nothing.
 */

const find = (selector) => element.querySelector(selector);
const text = (key) => WORDS[document.documentElement.lang.startsWith("ko") ? "ko" : "en"][key];
const FRAMES_PER_SECOND = 12;
const SPEEDS = [0.25, 0.5, 1, 2, 4];
const TERMS = ["a", "b", "c"], SIGNS = ["", "−", "+", "="];

/** Text of an element that changes with the page's language. */
function say(node, key, attribute) {
  node.dataset[attribute ? "label" : "text"] = key;
  if (attribute) node.setAttribute(attribute, text(key));
  else node.textContent = text(key);
  return node;
}

function make(tag, className, parent) {
  const node = document.createElement(tag);
  node.className = className;
  parent?.append(node);
  return node;
}

/** Show one tile of a picture that holds `columns` x `rows` of them. */
function cut(node, picture, columns, rows, index) {
  const share = (i, count) => (count > 1 ? (100 * i) / (count - 1) : 0);
  node.style.backgroundImage = `url("${picture}")`;
  node.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
  node.style.backgroundPosition = `${share(index % columns, columns)}% ${share(Math.floor(index / columns), rows)}%`;
}

const cutSample = (node, i) => cut(node, props.panel.picture, props.panel.columns, props.panel.rows, i);

// ---- Choosing

const chosen = () => props.value;
const target = () => find(".slots input:checked").value;

function put(slot, samples) {
  props.value = { ...chosen(), [slot]: samples };
  window.labLink?.tell(element, chosen());
  showChoice();
}

function showChoice() {
  if (!props.panel?.picture) return;
  markSamples();
  drawTerms();
  trigger("choose");
}

function choose(i) {
  const slot = target(), before = chosen()[slot];
  put(slot, before.includes(i) ? before.filter((j) => j !== i) : [...before, i].slice(-SLOTS[slot]));
}

const clear = () => put(target(), []);

function buildSlots() {
  for (const slot of Object.keys(SLOTS)) {
    const label = make("label", slot, find(".slots"));
    const radio = make("input", "", label);
    Object.assign(radio, { type: "radio", name: "slot", value: slot, checked: slot === "walk" });
    radio.onchange = markSamples;
    if (slot === "walk") say(make("span", "", label), "walk_slot");
    else make("i", "", label).textContent = slot;
  }
}

// ---- Samples

const cells = []; // by number of the sample; the page may show them in another order

function buildSamples() {
  const { number, scores } = props.panel;
  while (cells.length > number) cells.pop().remove();
  while (cells.length < number) {
    const i = cells.length, cell = make("button", "sample", find(".samples"));
    cell.type = "button";
    cell.tabIndex = -1;
    make("span", "picture", cell);
    make("span", "marks", cell);
    make("span", "score", cell);
    cell.onclick = () => choose(i);
    cell.onfocus = () => cells.forEach((other) => (other.tabIndex = other === cell ? 0 : -1));
    cells.push(cell);
  }
  cells.forEach((cell, i) => {
    cutSample(cell.querySelector(".picture"), i);
    cell.querySelector(".score").textContent = scores ? scores[i].toFixed(2) : "";
    cell.style.setProperty("--score", scores ? scores[i] : 0);
  });
  find(".order").hidden = !scores;
  find(".samples").classList.toggle("scored", scores !== null);
  orderSamples();
}

function orderSamples() {
  const { scores } = props.panel, best = scores && find(".order input").checked;
  const order = cells.map((_, i) => i);
  if (best) order.sort((i, j) => scores[j] - scores[i]);
  order.forEach((i) => find(".samples").append(cells[i]));
  cells.forEach((cell, i) => (cell.tabIndex = i === order[0] ? 0 : -1)); // one tab stop; arrow keys do the rest
}

/** What each sample is chosen for: on it, and in words. */
function markSamples() {
  const slot = target();
  cells.forEach((cell, i) => {
    const marks = Object.keys(SLOTS).flatMap((name) => {
      const place = chosen()[name].indexOf(i);
      return place < 0 ? [] : [[name, name === "walk" ? place + 1 : name]];
    });
    cell.querySelector(".marks").replaceChildren(...marks.map(([name, mark]) => {
      const node = make("b", name);
      node.textContent = mark;
      return node;
    }));
    const score = props.panel.scores ? `, D(G(z)) = ${props.panel.scores[i].toFixed(2)}` : "";
    const names = marks.map(([name, mark]) => (name === "walk" ? `${text("walk_slot")} ${mark}` : mark));
    cell.setAttribute("aria-label", `${[`${text("sample")} ${i + 1}${score}`, ...names].join(", ")}`);
    cell.setAttribute("aria-pressed", chosen()[slot].includes(i));
  });
  find(".samples").dataset.slot = slot;
}

/** Arrow keys move between the samples as they lie on the page. */
function moveFocus(event) {
  const shown = [...find(".samples").children], here = shown.indexOf(document.activeElement);
  const columns = getComputedStyle(find(".samples")).gridTemplateColumns.split(" ").length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
  const next = { Home: shown[0], End: shown.at(-1) }[event.key] ?? (step && shown[here + step]);
  if (step || next) event.preventDefault(); // no scrolling
  next?.focus();
}

// ---- The walk: a film whose frames lie row by row in one picture, a row from each stop to the next

const film = new Image(), canvas = find(".walk canvas"), slider = find(".position");
let frames = 0, time = 0, drawn = -1; // in frames
let playing = !matchMedia("(prefers-reduced-motion: reduce)").matches;
let visible = false, running = false, clock = null;

const columns = () => props.journey.walk.columns;

function drawFrame() {
  if (!frames || !film.naturalWidth) return;
  const index = Math.floor(time) % frames, side = film.naturalWidth / columns();
  drawn = index;
  const [column, row] = [index % columns(), Math.floor(index / columns())];
  if (canvas.width !== side) canvas.width = canvas.height = side;
  canvas.getContext("2d").drawImage(film, column * side, row * side, side, side, 0, 0, side, side);
  slider.value = index;
  const head = find(".strip i").style;
  head.width = `${100 / columns()}%`;
  head.height = `${(100 * columns()) / frames}%`;
  head.left = `${(100 * column) / columns()}%`;
  head.top = `${(100 * columns() * row) / frames}%`;
}

/** One picture of the browser; it asks for the next while there is something to see moving. */
function tick(now) {
  running = playing && visible && frames > 0 && element.isConnected;
  if (!running) return;
  time = (time + ((now - (clock ?? now)) / 1000) * FRAMES_PER_SECOND * find(".speed").value) % frames;
  clock = now;
  if (Math.floor(time) !== drawn) drawFrame(); // the screen has more frames than the film
  requestAnimationFrame(tick);
}

function run() {
  if (running) return;
  running = true;
  clock = null;
  requestAnimationFrame(tick);
}

function setPlaying(on) {
  playing = on;
  say(find(".play"), playing ? "pause" : "play");
  run();
}

function seek(index) {
  setPlaying(false);
  time = index;
  drawFrame();
}

function seekOnStrip(event) {
  const box = find(".strip").getBoundingClientRect(), rows = frames / columns();
  const part = (offset, size, count) => Math.min(Math.max(Math.floor((offset / size) * count), 0), count - 1);
  const row = part(event.clientY - box.top, box.height, rows);
  seek(row * columns() + part(event.clientX - box.left, box.width, columns()));
}

async function showWalk() {
  const walk = props.journey?.walk;
  find(".film").hidden = !walk;
  frames = walk ? walk.columns * walk.rows : 0;
  if (!walk) return;
  slider.max = frames - 1;
  time %= frames;
  film.src = find(".strip img").src = walk.picture;
  await film.decode().catch(() => {}); // a newer film has taken its place
  drawFrame();
  setPlaying(playing);
}

// ---- Arithmetic: a - b + c, each term the mean of what was chosen for it

const terms = [...TERMS, "result"].map((name, i) => {
  if (i) make("b", "sign", find(".terms")).textContent = SIGNS[i];
  const figure = make("figure", name, find(".terms"));
  make("span", "picture", figure);
  if (name === "result") say(make("figcaption", "", figure), "result");
  else make("figcaption", "", figure).innerHTML = `<i>${name}</i>`;
  make("div", "chosen", figure);
  return figure;
});

function drawTerms() {
  const sum = props.journey?.sum;
  terms.forEach((figure, i) => {
    const all = (chosen()[TERMS[i]] ?? []).filter((j) => j < props.panel.number);
    const picture = figure.querySelector(".picture");
    picture.style.backgroundImage = "";
    if (sum) cut(picture, sum.picture, terms.length, 1, i);
    else if (all.length) cutSample(picture, all[0]);
    figure.querySelector(".chosen").replaceChildren(...all.map((j) => {
      const thumb = make("span", "picture");
      cutSample(thumb, j);
      return thumb;
    }));
  });
  find(".length").hidden = !sum;
  if (sum)
    find(".length").textContent = text("length")
      .replace("{length}", sum.lengths.at(-1).toFixed(1))
      .replace("{typical}", props.panel.typical.toFixed(1));
}

// ---- Files to keep (space/page/downloads.js)

const comma = (row) => `${row.join(",")}\n`;

function table() {
  const { z, scores } = props.panel;
  const header = ["sample", "score", ...z[0].map((_, i) => `z${i + 1}`)];
  return [header, ...z.map((row, i) => [i + 1, scores?.[i] ?? "", ...row])].map(comma).join("");
}

function nameFiles() {
  const { file } = props.panel;
  for (const [selector, name, offer] of [
    [".files .png", `${file}.png`, () => props.panel.picture],
    [".files .csv", `${file}.csv`, table],
    [".strip .download", `${file}_walk.png`, () => props.journey.walk.picture],
    [".sum .download", `${file}_arithmetic.png`, () => props.journey.sum.picture],
  ]) {
    find(selector).dataset.file = name;
    find(selector).offer = offer;
  }
  find(".sum .download").hidden = !props.journey?.sum;
}

// ---- Start

const parts = {};

function showPanel() {
  const { panel } = props;
  if (!panel) return;
  element.dataset.state = panel.picture ? "ready" : "unavailable";
  for (const part of ["about", "facts", "measured"]) {
    const html = panel[part] ?? "";
    if (parts[part] !== html) find(`.${part}`).innerHTML = parts[part] = html; // what is unfolded stays so
  }
  if (!panel.picture) return (frames = 0);
  buildSamples();
  nameFiles();
  relabel();
}

function relabel() {
  for (const node of element.querySelectorAll("[data-text]")) node.textContent = text(node.dataset.text);
  for (const node of element.querySelectorAll("[data-label]"))
    node.setAttribute(node.localName === "img" ? "alt" : "aria-label", text(node.dataset.label));
  if (!props.panel?.picture) return;
  markSamples();
  drawTerms();
}

buildSlots();
find(".speed").replaceChildren(...SPEEDS.map((speed) => new Option(`${speed}×`, speed, speed === 1, speed === 1)));
find(".clear").onclick = clear;
find(".order input").onchange = orderSamples;
find(".samples").onkeydown = moveFocus;
find(".play").onclick = () => setPlaying(!playing);
find(".strip").onclick = (event) => event.target.closest(".download") || seekOnStrip(event);
slider.oninput = () => seek(slider.valueAsNumber);
watch("panel", showPanel);
watch("journey", () => {
  showWalk();
  if (!props.panel?.picture) return;
  drawTerms();
  nameFiles();
});
new IntersectionObserver(([entry]) => {
  visible = entry.isIntersecting;
  run();
}).observe(canvas);
new MutationObserver(relabel).observe(document.documentElement, { attributeFilter: ["lang"] });
relabel();
setPlaying(playing);
window.labLink?.follow(element, (choice) => {
  props.value = choice;
  showChoice();
});
if (props.panel) {
  showPanel();
  showWalk();
} else trigger("ready");
