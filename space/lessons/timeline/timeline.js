/* A training run that a visitor plays. All data of a run comes in one piece (`training_run` says what), so that
 * moving through it asks the server nothing. `element.trainingRun` is the handle for tests and the curious.
 */

import { clamp } from "../../browser/numbers.js";
import { decadesBetween, reading, tickLabel, ticksBetween } from "../../browser/scales.js";
import { follow, tell as tellLink } from "../../page/link.js";

/** @param {GradioScope} scope */
export function start({ element, props, trigger, watch }) {
  const SVG = "http://www.w3.org/2000/svg";
  const MARGIN = { left: 52, right: 14, top: 8, bottom: 6 };
  const AXIS_HEIGHT = 34;
  const TILES = 10; // stills of one latent
  const RUN_MS = 8000; // the time a run plays at speed 1, within the bounds for a picture
  const [SHORTEST_MS, LONGEST_MS] = [120, 500];

  const find = (selector) => element.querySelector(selector);
  const [frame, cell, now, strip] = [".frame", ".cell", ".now", ".strip"].map(find);
  const [play, slider, where, charts] = [".play", ".position", ".where", ".charts"].map(find);
  const reducedMotion = window.matchMedia("(prefers-reduced-motion: reduce)");

  let run = null,
    pictures = [],
    panels = []; // panels: what of a chart moves
  let index = 0,
    timer = null,
    touched = false,
    loads = 0;
  const LAST_ROW = { column: 0, row: Infinity }; // what the model made, whatever its family
  let pinned = LAST_ROW,
    hovered = null,
    pickedCell = null; // pickedCell: by the visitor
  let pending = null; // what a link says of a run, until that is there

  const language = () => (document.documentElement.lang.startsWith("ko") ? "ko" : "en");
  const text = (key) => (Object.hasOwn(props.text.en, key) ? props.text[language()][key] : undefined);

  // ---- Numbers

  /** The last step of all pictures and curves. */
  function lastStep() {
    const curves = run.panels.flatMap(({ series }) => series);
    return Math.max(1, ...run.positions, ...curves.map(({ steps }) => steps.at(-1)));
  }

  /** Place of a step on the charts' axis, in [0, 1]: about linear as far as `bend`, then logarithmic. */
  const toUnit = (step) => Math.log1p(step / run.bend) / Math.log1p(run.last / run.bend);

  /** Value of a curve at a step, on the line between its points; null where it has none. */
  function valueAt({ steps, values }, step) {
    if (step < steps[0] || step > steps.at(-1)) return null;
    let low = 0,
      high = steps.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (steps[middle] <= step) low = middle;
      else high = middle;
    }
    const share = steps[high] > steps[low] ? (step - steps[low]) / (steps[high] - steps[low]) : 1;
    return values[low] + share * (values[high] - values[low]);
  }

  // ---- Charts

  function svg(tag, attributes, content) {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (content !== undefined) node.textContent = content;
    return node;
  }

  function html(tag, className, content) {
    const node = document.createElement(tag);
    node.className = className;
    if (content !== undefined) node.textContent = content;
    return node;
  }

  /** Scale of a chart's values: place in [0, 1] of a value, upwards, and ticks. */
  function verticalScale(panel, height) {
    const values = panel.series.flatMap((one) => one.values);
    let low = Math.min(...values),
      high = Math.max(...values);
    if (panel.log) {
      low /= 1.15;
      high *= 1.15;
      let ticks = decadesBetween(low, high);
      if (ticks.length > height / 22) ticks = decadesBetween(low, high, [1]);
      return { toUnit: (value) => Math.log(value / low) / Math.log(high / low), ticks };
    }
    if (panel.group === "opinion")
      [low, high] = [Math.min(low, 0), Math.max(high, 1)]; // probabilities
    else {
      if (panel.group === "value") [low, high] = [Math.min(low, panel.equilibrium), Math.max(high, 0)]; // 0: D is sure
      const room = 0.06 * (high - low) || 0.5 * Math.abs(high) || 1;
      [low, high] = [low - room, high + room];
    }
    return {
      toUnit: (value) => (value - low) / (high - low),
      ticks: ticksBetween(low, high, clamp(height / 30, 2, 6)),
    };
  }

  function drawPanel(panel, width, height) {
    const figure = html("figure", "panel"),
      caption = html("figcaption", ""),
      legend = html("ul", "legend");
    const title = text(`group.${panel.group}`) ?? text(`column.${panel.group}`) ?? panel.group;
    caption.append(html("b", "", title), legend);
    const scale = verticalScale(panel, height),
      bottom = height - MARGIN.bottom,
      right = width - MARGIN.right;
    const x = (step) => MARGIN.left + toUnit(step) * (right - MARGIN.left);
    const y = (value) => bottom - scale.toUnit(value) * (bottom - MARGIN.top);
    const chart = svg("svg", {
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": title,
    });

    for (const tick of scale.ticks) {
      chart.append(svg("path", { class: "rule", d: `M${MARGIN.left} ${y(tick).toFixed(1)}H${right}` }));
      chart.append(
        svg("text", { x: MARGIN.left - 6, y: y(tick) + 4, "text-anchor": "end" }, tickLabel(tick)),
      );
    }
    chart.append(svg("path", { class: "axis", d: `M${MARGIN.left} ${MARGIN.top}V${bottom}H${right}` }));
    const dots = panel.series.map((one) => {
      const points = one.steps.map((step, i) => `${x(step).toFixed(1)} ${y(one.values[i]).toFixed(1)}`);
      const look = `hue-${one.hue % 5} ${one.dashed ? "dashed" : ""}`;
      chart.append(
        svg("path", { class: `curve ${look}`, d: `M${points.join("L")}${points.length > 1 ? "" : "h0.1"}` }),
      );
      const item = html("li", look),
        value = html("output", "");
      value.ariaLive = "off"; // it changes many times a second
      item.append(html("span", "", text(`column.${one.column}`) ?? one.column), value);
      legend.append(item);
      return { one, value, dot: svg("circle", { class: `dot ${look}`, r: 4 }) };
    });
    if (panel.equilibrium !== null) {
      const level = y(panel.equilibrium).toFixed(1);
      chart.append(svg("path", { class: "equilibrium", d: `M${MARGIN.left} ${level}H${right}` }));
      legend.append(html("li", "level", text(`equilibrium.${panel.group}`)));
    }
    const line = svg("path", { class: "now-line" });
    chart.append(line, ...dots.map(({ dot }) => dot));
    figure.append(caption, chart);

    function move(step) {
      line.setAttribute("d", `M${x(step).toFixed(1)} ${MARGIN.top}V${bottom}`);
      for (const { one, value, dot } of dots) {
        const here = valueAt(one, step);
        dot.setAttribute("visibility", here === null ? "hidden" : "visible");
        if (here !== null)
          dot.setAttribute("transform", `translate(${x(step).toFixed(1)} ${y(here).toFixed(1)})`);
        value.textContent = here === null ? "\u2013" : reading(here);
      }
    }
    return { figure, move };
  }

  /** The axis that all charts share: steps, and epochs under them where they are known. */
  function drawAxis(width) {
    const right = width - MARGIN.right,
      perEpoch = run.steps_per_epoch;
    const axis = svg("svg", { class: "steps", width, height: AXIS_HEIGHT, "aria-hidden": "true" });
    const rows = [{ label: text("step"), scale: 1, least: run.bend / 2 }];
    if (perEpoch) rows.push({ label: text("epoch"), scale: perEpoch, least: Math.max(run.bend, perEpoch) });
    rows.forEach(({ label, scale, least }, row) => {
      const y = 12 + 16 * row,
        ticks = decadesBetween(least / scale, run.last / scale).reverse();
      axis.append(svg("text", { x: 0, y, class: "unit" }, label));
      let free = width;
      for (const tick of row === 0 ? [...ticks, 0] : ticks) {
        const content = tick.toLocaleString("en"),
          half = 3.6 * content.length;
        const x = MARGIN.left + toUnit(tick * scale) * (right - MARGIN.left);
        if (x + half > free || (tick > 0 && x - half < MARGIN.left + 14)) continue;
        axis.append(
          svg("text", { x: clamp(x, 0, width - half).toFixed(1), y, "text-anchor": "middle" }, content),
        );
        free = x - half - 10;
      }
    });
    return axis;
  }

  function drawCharts() {
    for (const old of charts.querySelectorAll(".panel, .steps")) old.remove();
    panels = [];
    const width = charts.clientWidth,
      count = run.panels.length;
    if (width === 0 || count === 0) return;
    const height = Math.round(clamp((width < 500 ? 300 : 440) / count, width < 500 ? 78 : 96, 300));
    panels = run.panels.map((panel) => drawPanel(panel, width, height));
    charts.append(...panels.map(({ figure }) => figure), drawAxis(width));
  }

  /** A pointer on the charts moves to the picture nearest to it. */
  function moveToPointer(event) {
    const box = event.target.closest("svg")?.getBoundingClientRect();
    if (!box) return;
    const u = (event.clientX - box.left - MARGIN.left) / (box.width - MARGIN.left - MARGIN.right);
    const distances = run.positions.map((step) => Math.abs(toUnit(step) - u));
    pause();
    moveTo(distances.indexOf(Math.min(...distances)));
  }

  // ---- Pictures

  /** Draw one picture of the grid at position `i` on a canvas. */
  function drawCell(canvas, i) {
    const { side, padding } = run.cells,
      { column, row } = hovered ?? pinned,
      pitch = side + padding;
    const [left, top] = [column, row].map((place) => padding + place * pitch);
    canvas.width = canvas.height = side;
    canvas.getContext("2d").drawImage(pictures[i], left, top, side, side, 0, 0, side, side);
  }

  const stills = () => {
    const last = run.positions.length - 1,
      count = Math.min(TILES, last + 1);
    return Array.from({ length: count }, (_, k) => (count > 1 ? Math.round((k * last) / (count - 1)) : 0));
  };

  function buildStrip() {
    strip.replaceChildren(
      ...stills().map((i) => {
        const button = html("button", "still");
        button.type = "button";
        button.dataset.index = i;
        button.append(
          document.createElement("canvas"),
          html("small", "", run.positions[i].toLocaleString("en")),
        );
        button.onclick = () => {
          pause();
          moveTo(i);
        };
        return button;
      }),
    );
  }

  /** The chosen picture of the grid: its frame, its stills, and itself enlarged. */
  function drawMagnifier() {
    if (!run.cells || pictures.length === 0) return;
    const { column, row } = hovered ?? pinned,
      { side, padding } = run.cells,
      pitch = side + padding;
    const [width, height] = run.size;
    Object.assign(cell.style, {
      left: `${(100 * column * pitch) / width}%`,
      top: `${(100 * row * pitch) / height}%`,
      width: `${(100 * (pitch + padding)) / width}%`,
      height: `${(100 * (pitch + padding)) / height}%`,
    });
    for (const still of strip.children) drawCell(still.firstChild, Number(still.dataset.index));
    drawCell(now, index);
    nameFiles();
  }

  const withinGrid = ({ column, row }) => ({
    column: clamp(column, 0, run.cells.columns - 1),
    row: clamp(row, 0, run.cells.rows - 1),
  });

  function cellAt(event) {
    const box = frame.getBoundingClientRect(),
      { columns, rows } = run.cells;
    return withinGrid({
      column: Math.floor(((event.clientX - box.left) / box.width) * columns),
      row: Math.floor(((event.clientY - box.top) / box.height) * rows),
    });
  }

  function choose(next, keep) {
    if (!run?.cells) return;
    if (keep) [pinned, hovered, pickedCell] = [next, null, next];
    else hovered = next;
    drawMagnifier();
    if (keep) tell();
  }

  const ICONS = { play: "M4 2 14 8 4 14z", pause: "M3 2h4v12H3zM9 2h4v12H9z" };
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  function chooseByKey(event) {
    const arrow = ARROWS[event.key];
    if (!arrow || !run?.cells) return;
    event.preventDefault(); // no scrolling
    choose(withinGrid({ column: pinned.column + arrow[0], row: pinned.row + arrow[1] }), true);
  }

  // ---- Moving through the run

  function moveTo(next) {
    index = clamp(next, 0, run.positions.length - 1);
    const step = run.positions[index],
      epoch = run.steps_per_epoch && step / run.steps_per_epoch;
    const parts = [`${text("step")} ${step.toLocaleString("en")}`];
    if (epoch !== null)
      parts.push(`${text("epoch")} ${epoch.toFixed(epoch < 0.095 ? 2 : epoch < 10 ? 1 : 0)}`);
    where.textContent = parts.join(" \u00b7 ");
    slider.value = index;
    slider.setAttribute("aria-valuetext", parts.join(", "));
    for (const panel of panels) panel.move(step);
    if (pictures.length > 0) frame.getContext("2d").drawImage(pictures[index], 0, 0);
    nameFiles();
    if (run.cells) drawCell(now, index);
    const shown = stills().findLast((i) => i <= index);
    for (const still of strip.children)
      still.setAttribute("aria-pressed", Number(still.dataset.index) === shown);
  }

  function pause() {
    clearTimeout(timer);
    timer = null;
    touched = true;
    relabel();
    tell();
  }

  /** What of the run a link holds: the step where it stands still, unless it is the last, and the chosen picture. */
  function tell() {
    const step = timer === null && index < run.positions.length - 1 ? run.positions[index] : null;
    const cell = pickedCell && [pickedCell.column, pickedCell.row];
    tellLink(element, { step, cell });
  }

  /** As a link says, if it is of this run; what it leaves out is as a run begins. */
  function followLink() {
    if (!pending || pending.model !== run?.model) return;
    const { step, cell } = pending;
    pending = null;
    pickedCell = cell && { column: cell[0], row: cell[1] };
    if (run.cells) pinned = withinGrid(pickedCell ?? LAST_ROW);
    clearTimeout(timer);
    timer = null;
    touched = true;
    const at = run.positions.findLastIndex((position) => position <= step);
    index = step === null || at < 0 ? run.positions.length - 1 : at;
    redraw();
    drawMagnifier();
  }

  function start() {
    if (index >= run.positions.length - 1) moveTo(0);
    const wait = () =>
      clamp(RUN_MS / run.positions.length, SHORTEST_MS, LONGEST_MS) / Number(find(".speed").value);
    const turn = () => {
      if (!element.isConnected || element.offsetParent === null) return pause(); // another tab is open
      moveTo(index + 1);
      if (index >= run.positions.length - 1) return pause();
      timer = setTimeout(turn, wait());
    };
    timer = setTimeout(turn, wait());
    relabel();
  }

  const toggle = () => (timer === null ? start() : pause());

  // ---- Files to keep (space/page/downloads.js)

  /** All points that are drawn, a row a step. */
  function table() {
    const series = run.panels.flatMap((panel) => panel.series),
      rows = new Map();
    series.forEach(({ steps, values }, column) =>
      steps.forEach((step, i) => {
        if (!rows.has(step)) rows.set(step, Array(series.length).fill(""));
        rows.get(step)[column] = values[i];
      }),
    );
    const lines = [...rows].sort(([a], [b]) => a - b).map(([step, values]) => [step, ...values]);
    return [["step", ...series.map(({ column }) => column)], ...lines]
      .map((line) => `${line.join(",")}\n`)
      .join("");
  }

  function nameFiles() {
    const step = `${run.model}_step${run.positions[index]}`,
      { column, row } = hovered ?? pinned;
    for (const [selector, name, offer] of [
      [".files .png", `${step}.png`, () => frame],
      [".files .csv", `${run.model}_curves.csv`, table],
      [".one .download", `${step}_row${row + 1}_column${column + 1}.png`, () => now],
    ]) {
      find(selector).dataset.file = name;
      find(selector).offer = offer;
    }
  }

  // ---- Start

  function relabel() {
    for (const node of element.querySelectorAll("[data-text]")) node.textContent = text(node.dataset.text);
    for (const node of element.querySelectorAll("[data-label]")) {
      node.setAttribute("aria-label", text(node.dataset.label));
    }
    const act = timer === null ? "play" : "pause";
    play.firstElementChild.firstElementChild.setAttribute("d", ICONS[act]);
    play.setAttribute("aria-label", text(act));
    play.title = text(act);
  }

  function redraw() {
    if (!run) return;
    relabel();
    drawCharts();
    if (run.positions.length > 0) moveTo(index);
  }

  async function load() {
    const next = props.value,
      turn = ++loads;
    if (!next?.model) return;
    const decoded = await Promise.all(
      next.frames.map(async (source) => {
        const image = new Image();
        image.src = source;
        await image.decode();
        return image;
      }),
    );
    if (turn !== loads) return; // another run was chosen meanwhile
    clearTimeout(timer);
    timer = null;
    const before = run?.model === next.model ? index : Infinity; // the same run, sent again, stays where it is
    [run, pictures, hovered] = [next, decoded, null];
    run.last = lastStep();
    if (run.size) [frame.width, frame.height] = run.size;
    if (run.cells) pinned = withinGrid(pinned);
    for (const [selector, there] of [
      [".grid", pictures.length > 0],
      [".no-frames", pictures.length === 0],
      [".magnifier", run.cells],
      [".cell", run.cells],
      [".no-curves", run.panels.length === 0],
      [".controls", run.positions.length > 0],
      [".files .png", pictures.length > 0],
      [".files .csv", run.panels.length > 0],
    ])
      find(selector).hidden = !there;
    slider.max = Math.max(0, run.positions.length - 1);
    index = Math.max(0, Math.min(before, run.positions.length - 1)); // at first, what the model has become
    buildStrip();
    redraw();
    drawMagnifier();
    element.dataset.model = run.model;
    followLink();
    tell();
    if (!touched && !reducedMotion.matches && run.positions.length > 1) start();
  }

  element.trainingRun = {
    get index() {
      return index;
    },
    get playing() {
      return timer !== null;
    },
    get cell() {
      return hovered ?? pinned;
    },
  };
  play.onclick = toggle;
  slider.oninput = () => {
    pause();
    moveTo(slider.valueAsNumber);
  };
  frame.onpointermove = (event) =>
    event.pointerType === "mouse" && run?.cells && choose(cellAt(event), false);
  frame.onpointerleave = () => choose(null, false);
  frame.onclick = (event) => run?.cells && choose(cellAt(event), true);
  frame.onkeydown = chooseByKey;
  charts.onpointerdown = moveToPointer;
  charts.onpointermove = (event) => event.buttons && moveToPointer(event);
  element.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target.closest("button, select") || !run?.positions.length) return;
    event.preventDefault(); // no scrolling
    toggle();
  });
  watch("value", load);
  let width = 0;
  new ResizeObserver(() => {
    if (charts.clientWidth === width) return; // it grows in height by what is drawn here
    width = charts.clientWidth;
    redraw();
  }).observe(charts);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["lang"] });
  follow(element, (said, { model }) => {
    pending = { ...said, model };
    followLink();
  });
  relabel();
  if (props.value?.model) load();
  else trigger("ready");
}
