/* The map of a two-dimensional latent space; `start` is called for each LatentMap of tab.py. In this order: the decoder (safetensors file to
 * pixels), coordinates, drawing, and what a visitor can do.
 *
 * The decoder runs here and not on the server: a drag then costs the server nothing and a frame about a
 * millisecond, where a round trip costs 80. `element.latentMap` is the handle for tests and the curious.
 */

import { buildDecoder } from "../../browser/networks.js";
import { base64ToBytes, normalCdf, normalQuantile } from "../../browser/numbers.js";
import { fetchTensors, toLayers } from "../../browser/safetensors.js";
import { ROOT } from "../../page/dom.js";
import { follow, tell as tellAddress } from "../../page/link.js";

/** @param {GradioScope} scope */
export function start({ element, props, trigger, watch, server }) {
  /** What stands in for the MLP where the weights cannot be fetched: pixels of many codes [[z1, z2], ...]. */
  async function decodeOnServer(model, codes) {
    const answer = await server.decode_pixels({ model, z: codes });
    if (typeof answer !== "string") throw new Error("the server could not decode");
    return Float32Array.from(base64ToBytes(answer), (byte) => byte / 255);
  }

  // ---- Coordinates: a code z, and its place (u, v) in [0, 1]^2 of the map, v upwards

  const EDGE = 0.001; // share of the Gaussian beyond each edge of an inverse-Gaussian map: its quantiles are infinite
  const SPACINGS = {
    linear: {
      toUnit: (z, axis) => (z - chart.axes[axis][0]) / (chart.axes[axis][1] - chart.axes[axis][0]),
      toCode: (u, axis) => chart.axes[axis][0] + u * (chart.axes[axis][1] - chart.axes[axis][0]),
    },
    inverse_gaussian: {
      toUnit: (z, axis) => normalCdf((z - chart.location[axis]) / chart.scale[axis]),
      toCode: (u, axis) =>
        chart.location[axis] + chart.scale[axis] * normalQuantile(Math.min(Math.max(u, EDGE), 1 - EDGE)),
    },
  };

  // ---- State

  /* Ten colours on a dark ground, apart for normal vision and for protan-, deuteran- and tritanopia: their least
   * distance in CIELAB under the simulations of Machado et al. (2009) was maximised, then that of digits which lie
   * side by side, like 4 and 9. */
  const COLOURS = [
    "#74b98b",
    "#ffd1e8",
    "#ff8b17",
    "#b9b9ff",
    "#ff46b9",
    "#e8ff00",
    "#d15dff",
    "#b9ff74",
    "#74ffa2",
    "#b98b46",
  ];
  const GROUND = "#0b0e17";
  const MARGIN = { left: 30, right: 4, top: 20, bottom: 36 }; // of the axes, in CSS pixels
  const find = (selector) => element.querySelector(selector);
  const chartCanvas = find(".chart"),
    pointerCanvas = find(".pointer"),
    digitCanvas = find(".digit");
  const position = find(".position"); // read out to whoever moves by keys on the map; sliders say theirs themselves
  const chartContext = chartCanvas.getContext("2d"),
    pointerContext = pointerCanvas.getContext("2d");
  const digitContext = digitCanvas.getContext("2d");
  const sliders = [find(".z1"), find(".z2")];

  let chart = null; // props.value once it is there
  let codes = null,
    labels = null; // of the test digits
  let mlp = null; // null until the weights are here, and for good where they cannot be fetched
  let side = 28,
    picture = null,
    words = null; // ImageData of a digit, and its pixels as 32-bit words
  let spacing = SPACINGS.linear;
  let highlighted = -1; // label that the legend singles out
  let plot = { size: 0, left: 0, top: 0, ratio: 1, tiles: 0 }; // in device pixels
  let grid = null,
    gridKey = ""; // canvas with the decoded grid, and what it was made for
  const z = [0, 0];
  const frames = []; // milliseconds from pointer event to drawn pixels, the last 500

  const text = (key) => chart.text[document.documentElement.lang.startsWith("ko") ? "ko" : "en"][key] ?? key;
  const format = (value) => value.toFixed(2).replace("-", "\u2212");

  // ---- Drawing

  function setSide(pixels) {
    side = pixels;
    digitCanvas.width = digitCanvas.height = side;
    picture = digitContext.createImageData(side, side);
    words = new Uint32Array(picture.data.buffer);
  }

  /** Grey `pixels` (from `offset` on) in [0, 1] as a picture on `context` at (x, y). */
  function paint(context, pixels, offset, x, y) {
    for (let i = 0; i < words.length; i++) {
      words[i] = 0xff000000 | (Math.round(pixels[offset + i] * 255) * 0x010101);
    }
    context.putImageData(picture, x, y);
  }

  const toX = (z1) => plot.left + spacing.toUnit(z1, 0) * plot.size;
  const toY = (z2) => plot.top + (1 - spacing.toUnit(z2, 1)) * plot.size;

  /** The map's size in device pixels: a whole number of tiles, each a whole number of times as large as a digit. */
  function layOut() {
    const ratio = window.devicePixelRatio || 1;
    const width = find(".plot").clientWidth;
    const tile = side * Math.ceil((18 * ratio) / side); // at least 18 CSS pixels, or a digit cannot be read
    const tiles = Math.max(2, Math.floor(((width - MARGIN.left - MARGIN.right) * ratio) / tile));
    const [left, right, top, bottom] = ["left", "right", "top", "bottom"].map((edge) =>
      Math.round(MARGIN[edge] * ratio),
    );
    plot = { size: tiles * tile, left, top, ratio, tiles };
    for (const canvas of [chartCanvas, pointerCanvas]) {
      canvas.width = plot.size + left + right;
      canvas.height = plot.size + top + bottom;
      canvas.style.width = `${canvas.width / ratio}px`;
      canvas.style.height = `${canvas.height / ratio}px`;
    }
  }

  /** The grid of decoded pictures, in pieces between which the page can react; drawn as it grows, then kept. */
  async function makeGrid() {
    const key = [spacing === SPACINGS.linear, plot.tiles, side, mlp !== null].join();
    if (key === gridKey || !find(".show-grid").checked) return;
    gridKey = key;
    const canvas = new OffscreenCanvas(plot.tiles * side, plot.tiles * side);
    const context = canvas.getContext("2d"),
      tiles = plot.tiles;
    grid = canvas;
    const axis = (index) => Array.from({ length: tiles }, (_, i) => spacing.toCode((i + 0.5) / tiles, index));
    const [columns, rows] = [axis(0), axis(1).reverse()];
    for (let row = 0; row < tiles; row++) {
      const codes = columns.map((z1) => [z1, rows[row]]);
      const pixels = mlp
        ? null
        : await decodeOnServer(chart.model, codes).catch((error) => {
            if (key === gridKey) gridKey = ""; // the next time that the map is drawn, this is tried again
            throw error;
          });
      for (let column = 0; column < tiles; column++) {
        if (mlp) paint(context, mlp.decode([columns[column], rows[row]]), 0, column * side, row * side);
        else paint(context, pixels, column * side * side, column * side, row * side);
      }
      drawChart();
      await new Promise((resolve) => setTimeout(resolve));
      if (key !== gridKey) return; // the map has changed meanwhile
    }
  }

  function drawChart() {
    const { size, left, top } = plot,
      context = chartContext;
    const showGrid = find(".show-grid").checked && grid,
      showCodes = find(".show-codes").checked;
    context.clearRect(0, 0, chartCanvas.width, chartCanvas.height);
    context.fillStyle = GROUND;
    context.fillRect(left, top, size, size);
    if (showGrid) {
      context.imageSmoothingEnabled = false;
      context.globalAlpha = showCodes ? 0.6 : 1; // so that the codes stand out
      context.drawImage(grid, left, top, size, size);
      context.globalAlpha = 1;
    }
    if (showCodes) drawCodes();
    drawAxes();
  }

  function drawCodes() {
    const { size, left, top, ratio } = plot,
      context = chartContext,
      radius = 1.3 * ratio;
    context.save();
    context.beginPath();
    context.rect(left, top, size, size);
    context.clip();
    for (let label = 0; label < 10; label++) {
      context.beginPath();
      for (let i = 0; i < labels.length; i++) {
        if (labels[i] !== label) continue;
        const x = toX(codes[2 * i]),
          y = toY(codes[2 * i + 1]);
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      }
      context.globalAlpha = highlighted < 0 ? 0.85 : highlighted === label ? 1 : 0.07;
      context.fillStyle = COLOURS[label];
      context.fill();
    }
    context.restore();
  }

  /** Ticks of z on a linear map, of u = Phi(z) in (0, 1) on an inverse-Gaussian one, and the axes' names. */
  function drawAxes() {
    const { size, left, top, ratio } = plot,
      context = chartContext,
      linear = spacing === SPACINGS.linear;
    context.font = `${11 * ratio}px system-ui, sans-serif`;
    context.fillStyle = getComputedStyle(element).color;
    for (const axis of [0, 1]) {
      const [low, high] = linear ? chart.axes[axis] : [0, 1];
      const step =
        [0.25, 0.5, 1, 2, 5, 10, 20, 50, 100].find((step) => (high - low) / step <= 8) ?? (high - low) / 4;
      context.textAlign = axis ? "right" : "center";
      context.textBaseline = axis ? "middle" : "top";
      for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) {
        const label = String(+tick.toFixed(2)).replace("-", "\u2212"),
          share = (tick - low) / (high - low);
        const x = left + share * size,
          y = top + (1 - share) * size;
        if (axis) {
          context.fillRect(left - 4 * ratio, y, 4 * ratio, ratio);
          context.fillText(label, left - 6 * ratio, y);
        } else {
          context.fillRect(x, top + size, ratio, 4 * ratio);
          const half = context.measureText(label).width / 2; // a label at the edge of the canvas stays whole
          context.fillText(label, Math.min(x, chartCanvas.width - half), top + size + 6 * ratio);
        }
      }
      const code = `z${"\u2081\u2082"[axis]}`,
        standard = chart.location[axis] === 0 && chart.scale[axis] === 1;
      const name = linear ? code : standard ? `\u03a6(${code})` : `\u03a6((${code} \u2212 m) / s)`;
      context.textAlign = axis ? "left" : "right";
      if (axis) context.fillText(`${name} \u2191`, left, top - 10 * ratio);
      else context.fillText(`${name} \u2192`, left + size, top + size + 22 * ratio);
    }
  }

  function strokePath(points, width, dash = []) {
    const context = pointerContext;
    context.beginPath();
    for (const [x, y] of points) context.lineTo(x, y);
    context.setLineDash(dash.map((length) => length * plot.ratio));
    for (const [casing, style] of [
      [2, "#000"],
      [0, "#fff"],
    ]) {
      context.lineWidth = (width + casing) * plot.ratio;
      context.strokeStyle = style;
      context.stroke();
    }
  }

  function drawDot(x, y, radius, colour) {
    pointerContext.beginPath();
    pointerContext.arc(x, y, radius * plot.ratio, 0, 2 * Math.PI);
    pointerContext.setLineDash([]);
    pointerContext.lineWidth = plot.ratio;
    pointerContext.fillStyle = colour;
    pointerContext.strokeStyle = "#000";
    pointerContext.fill();
    pointerContext.stroke();
  }

  const STEPS = Array.from({ length: 65 }, (_, i) => i / 64);

  /** mu, the ellipses of 1 and 2 sigma and the re-samples, with `place` from a code to pixels. */
  function drawPosterior({ mu, sigma, samples }, place, radius) {
    for (const deviations of [1, 2]) {
      strokePath(
        STEPS.map((t) =>
          place([
            mu[0] + deviations * sigma[0] * Math.cos(2 * Math.PI * t),
            mu[1] + deviations * sigma[1] * Math.sin(2 * Math.PI * t),
          ]),
        ),
        1,
      );
    }
    for (const sample of samples) drawDot(...place(sample), radius, "#7dd3fc");
    drawDot(...place(mu), radius, "#fff");
  }

  /** The ellipses are a few pixels large on most maps, so that a lens in the free corner shows them again. */
  function drawLens(overlay, place) {
    const { mu, sigma } = overlay,
      { size, left, top, ratio } = plot,
      context = pointerContext;
    const half = Math.round(0.14 * size),
      [x, y] = place(mu);
    const centre = [
      x < left + size / 2 ? left + size - half : left + half,
      y < top + size / 2 ? top + size - half : top + half,
    ];
    const zoom = half / (3 * Math.max(sigma[0], sigma[1])); // the lens reaches to 3 sigma
    strokePath([[x, y], centre], 1, [2, 3]);
    context.save();
    context.beginPath();
    context.rect(centre[0] - half, centre[1] - half, 2 * half, 2 * half);
    context.fillStyle = GROUND;
    context.fill();
    context.setLineDash([]);
    context.stroke();
    context.clip();
    drawPosterior(
      overlay,
      ([z1, z2]) => [centre[0] + (z1 - mu[0]) * zoom, centre[1] - (z2 - mu[1]) * zoom],
      3,
    );
    context.fillStyle = "#fff";
    context.font = `${10 * ratio}px system-ui, sans-serif`;
    context.textAlign = "left";
    context.textBaseline = "top";
    context.fillText("1\u03c3, 2\u03c3", centre[0] - half + 5 * ratio, centre[1] - half + 5 * ratio);
    context.restore();
  }

  /** The visitor's digit, and the way to a second one. */
  function drawOverlay(overlay) {
    const { mu, sigma, end } = overlay,
      place = ([z1, z2]) => [toX(z1), toY(z2)];
    if (end) {
      strokePath(
        STEPS.map((t) => place([mu[0] + t * (end[0] - mu[0]), mu[1] + t * (end[1] - mu[1])])),
        2,
        [6, 4],
      );
      drawDot(...place(end), 5, "#fff");
    }
    if (sigma) {
      drawLens(overlay, place);
      drawPosterior(overlay, place, 1.5);
    } else drawDot(...place(mu), 5, "#fff");
  }

  function drawPointer() {
    pointerContext.clearRect(0, 0, pointerCanvas.width, pointerCanvas.height);
    if (props.overlay) drawOverlay(props.overlay);
    const x = toX(z[0]),
      y = toY(z[1]),
      radius = 8 * plot.ratio;
    for (const [width, style] of [
      [5, "#000"],
      [2.5, "#fff"],
    ]) {
      pointerContext.setLineDash([]);
      pointerContext.lineWidth = width * plot.ratio;
      pointerContext.strokeStyle = style;
      pointerContext.beginPath();
      pointerContext.arc(x, y, radius, 0, 2 * Math.PI);
      pointerContext.stroke();
    }
  }

  function drawPosition() {
    drawPointer();
    position.textContent = `z = (${format(z[0])}, ${format(z[1])})`;
    sliders.forEach((slider, axis) => (slider.value = z[axis]));
  }

  // ---- Files to keep (space/page/downloads.js), and the code behind the map, which the server writes while it is unfolded

  const place = () => ({ z: [...z], spacing: find(".spacing").value, tiles: plot.tiles });

  function drawMap() {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [chartCanvas.width, chartCanvas.height];
    const context = canvas.getContext("2d");
    context.fillStyle = getComputedStyle(document.body).backgroundColor; // else the axes lie on nothing
    context.fillRect(0, 0, canvas.width, canvas.height);
    for (const layer of [chartCanvas, pointerCanvas]) context.drawImage(layer, 0, 0);
    return canvas;
  }

  function table() {
    const rows = Array.from(labels, (label, i) => `${codes[2 * i]},${codes[2 * i + 1]},${label}\n`);
    return `z1,z2,label\n${rows.join("")}`;
  }

  function nameFiles() {
    for (const [selector, name, offer] of [
      [".side .download", "point.png", () => digitCanvas],
      [".files .png", "map.png", drawMap],
      [".files .csv", "codes.csv", table],
    ]) {
      find(selector).dataset.file = `${chart.model}_${name}`;
      find(selector).offer = offer;
    }
  }

  let told = null; // what the server wrote the code for

  function tell() {
    const now = JSON.stringify(place());
    const unfolded = document.querySelector(`#code-${chart.model} .cm-content`)?.checkVisibility();
    if (!unfolded || plot.tiles === 0 || now === told) return;
    told = now;
    trigger("moved");
  }

  // ---- Moving

  let scheduled = false,
    since = 0;
  let shown = null; // mu of the digit that the overlay marks
  let free = false; // z was chosen, and is not just where the digit lies
  let started = false;
  let pending = null; // what a link says, until the map has started
  let awaited = null; // index of the digit that a link brings along: its overlay leaves z where the link says

  /** Go to a code that the visitor chose, rounded to what a link can say. */
  function choose(...code) {
    free = true;
    position.ariaLive = "off";
    moveTo(...code.map((value) => Math.round(value * 1000) / 1000));
    tellLink();
  }

  /** What of the map a link holds. */
  function tellLink() {
    const off = (selector) => (find(selector).checked ? null : "off");
    const detail = {
      z: free ? [...z] : null,
      spacing: find(".spacing").value,
      class: highlighted < 0 ? null : highlighted,
      grid: off(".show-grid"),
      codes: off(".show-codes"),
    };
    tellAddress(element, detail);
  }

  /** As a link says; what it leaves out is as the page begins. */
  function followLink(said, { start }) {
    if (!started) return (pending = [said, { start }]);
    const { overlay } = props;
    find(".spacing").value = said.spacing;
    spacing = SPACINGS[said.spacing];
    find(".show-grid").checked = said.grid !== "off";
    find(".show-codes").checked = said.codes !== "off";
    highlight(said.class ?? -1);
    free = said.z !== null;
    awaited = free && overlay?.digit !== start ? start : null;
    if (free) moveTo(...said.z);
    else if (overlay) moveTo(...overlay.mu);
    redraw();
  }

  /** Go to a code; however many events arrive, there is one drawing a frame. */
  function moveTo(z1, z2) {
    z[0] = z1;
    z[1] = z2;
    if (scheduled) return;
    scheduled = true;
    since = performance.now();
    requestAnimationFrame(draw);
  }

  async function draw() {
    scheduled = false;
    drawPosition();
    if (mlp) {
      const start = performance.now();
      const pixels = mlp.decode(z);
      const milliseconds = performance.now() - start;
      paint(digitContext, pixels, 0, 0, 0);
      record(milliseconds);
    } else await drawFromServer();
  }

  let asking = false;

  /** One question at a time, and after it the newest: a slow server drops frames instead of queueing them. */
  async function drawFromServer() {
    if (asking) return;
    asking = true;
    try {
      for (let asked = []; asked[0] !== z[0] || asked[1] !== z[1]; ) {
        asked = [...z];
        const start = performance.now();
        paint(digitContext, await decodeOnServer(chart.model, [asked]), 0, 0, 0);
        record(performance.now() - start);
      }
    } catch (error) {
      find(".status").textContent = text("failed");
      console.warn(error);
    } finally {
      asking = false;
    }
  }

  function record(milliseconds) {
    if (frames.length === 500) frames.shift();
    frames.push(performance.now() - since);
    const where = text(mlp ? "in_browser" : "on_server").replace("{ms}", milliseconds.toFixed(1));
    find(".status").textContent =
      `${where} · ${chart.model} · ${text(chart.source)} ${chart.commit?.slice(0, 7) ?? ""}`;
  }

  function moveToPointer(event) {
    const box = pointerCanvas.getBoundingClientRect();
    const u = ((event.clientX - box.left) * plot.ratio - plot.left) / plot.size;
    const v = 1 - ((event.clientY - box.top) * plot.ratio - plot.top) / plot.size;
    const [clampedU, clampedV] = [Math.min(Math.max(u, 0), 1), Math.min(Math.max(v, 0), 1)];
    choose(spacing.toCode(clampedU, 0), spacing.toCode(clampedV, 1));
  }

  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

  function moveByKey(event) {
    const arrow = ARROWS[event.key];
    if (!arrow && event.key !== "Home") return;
    event.preventDefault(); // no scrolling
    const step = event.shiftKey ? 0.1 : 0.01;
    const [u, v] = arrow
      ? arrow.map((sign, axis) => Math.min(Math.max(spacing.toUnit(z[axis], axis) + sign * step, 0), 1))
      : [0.5, 0.5];
    choose(spacing.toCode(u, 0), spacing.toCode(v, 1));
    position.ariaLive = "polite";
  }

  // ---- Start

  function relabel() {
    if (!chart) return;
    for (const node of element.querySelectorAll("[data-text]")) node.textContent = text(node.dataset.text);
    for (const node of element.querySelectorAll("[data-label]"))
      node.setAttribute("aria-label", text(node.dataset.label));
  }

  function buildLegend() {
    find(".legend").replaceChildren(
      ...COLOURS.map((colour, label) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = label;
        button.style.setProperty("--colour", colour);
        button.setAttribute("aria-pressed", "false");
        button.onclick = () => {
          highlight(highlighted === label ? -1 : label);
          drawChart();
          tellLink();
        };
        return button;
      }),
    );
  }

  function highlight(label) {
    highlighted = label;
    [...find(".legend").children].forEach((button, i) =>
      button.setAttribute("aria-pressed", i === highlighted),
    );
  }

  function redraw() {
    if (!chart || find(".plot").clientWidth === 0) return; // on a tab that is not shown
    layOut();
    drawChart();
    drawPosition();
    makeGrid().catch(console.warn); // a map without its grid is still a map
    tell();
  }

  async function start() {
    if (!props.value?.model) return;
    chart = props.value;
    codes = new Float32Array(base64ToBytes(chart.codes).buffer);
    labels = base64ToBytes(chart.labels);
    sliders.forEach((slider, axis) => {
      [slider.min, slider.max] = chart.axes[axis];
      z[axis] = SPACINGS.linear.toCode(0.5, axis);
    });
    relabel();
    nameFiles();
    buildLegend();
    try {
      const url = new URL(`weights/${chart.model}`, ROOT);
      if (chart.commit) url.searchParams.set("commit", chart.commit); // another commit is another file to a cache
      mlp = buildDecoder(toLayers(await fetchTensors(url, "decoder.")), 2);
      setSide(mlp.side);
    } catch (error) {
      console.warn(`decoding on the server: ${error.message}`);
      mlp = null;
    }
    redraw();
    moveTo(...z);
    started = true;
    shown = props.overlay?.mu;
    if (pending) followLink(...pending);
    else if (props.overlay) moveTo(...props.overlay.mu);
    element.dataset.decoder = mlp ? "browser" : "server";
    tell();
  }

  setSide(side);
  element.latentMap = {
    frames,
    z,
    get place() {
      return place();
    },
    decode: (z1, z2) => mlp && Array.from(mlp.decode([z1, z2])),
  };
  pointerCanvas.onpointerdown = (event) => {
    pointerCanvas.setPointerCapture(event.pointerId);
    moveToPointer(event);
  };
  pointerCanvas.onpointermove = (event) => event.buttons && moveToPointer(event);
  pointerCanvas.onkeydown = moveByKey;
  pointerCanvas.onpointerup = pointerCanvas.onkeyup = tell;
  for (const slider of sliders) {
    slider.oninput = () => choose(sliders[0].valueAsNumber, sliders[1].valueAsNumber);
    slider.onchange = tell;
  }
  find(".show-grid").onchange = find(".show-codes").onchange = () => {
    redraw();
    tellLink();
  };
  find(".spacing").onchange = (event) => {
    spacing = SPACINGS[event.target.value];
    redraw();
    tellLink();
  };
  follow(element, followLink);
  watch("value", start);
  watch("overlay", () => {
    if (!started) return;
    const { mu, digit } = props.overlay ?? {};
    if (mu && (awaited === null || awaited !== digit) && String(mu) !== String(shown)) {
      // another digit, not another sample of it
      free = false;
      moveTo(...mu);
      tell();
      tellLink();
    } else drawPointer();
    awaited = null;
    shown = mu;
  });
  new ResizeObserver(redraw).observe(find(".plot"));
  new MutationObserver(relabel).observe(document.documentElement, { attributeFilter: ["lang"] });
  if (props.value?.model) start();
  else trigger("ready");
}
