/* The game on the page; `start` is called for the GanGame of tab.py. In this order: state, moves, what is measured and drawn, drawing by hand, and the controls.
 * `element.ganGame` is the handle for tests and the curious.
 */

import {
  arc,
  DEFAULTS,
  DISTRIBUTIONS,
  EXTENT,
  Game,
  measure,
  PEN_SIGMA,
  PRESETS,
  toLatents,
} from "../../browser/gan2d.js";
import { Random, sigmoid } from "../../browser/numbers.js";
import { follow, tell as tellLink } from "../../page/link.js";

/** @param {GradioScope} scope */
export function start({ element, props }) {
  // ---- State

  const MOVE_MS = 6; // of a frame's 16 ms, for moves; a slow machine then makes fewer of them, not fewer frames
  const CATCH_UP_MS = 12; // the same, until a game that a link repeats is where the link says
  const METER_MS = 2; // of a frame, for the meter
  const SLOW_MS = 250; // between moves in slow motion
  const SHOWN = 256; // points of each kind
  const MESH = 21; // lines of G's grid each way
  const HEAT = 36; // cells of D's heat map along each axis
  const MAX_HISTORY = 400; // entries; then every other one goes, and half as many come
  const MAX_COMPONENTS = 600; // of a drawing

  const NEW_GAME = ["distribution", "latentKind", "latentDim", "width", "start", "seed"]; // settings that fix a game

  const find = (selector) => element.querySelector(selector);
  const findAll = (selector) => [...element.querySelectorAll(selector)];
  const korean = () => document.documentElement.lang.startsWith("ko");
  const text = (key, values = {}) =>
    props.words[korean() ? "ko" : "en"][key].replace(/{(\w+)}/g, (_, name) => values[name]);
  const number = (value, digits) =>
    value
      .toFixed(digits)
      .replace(/^-(?=.*[1-9])/, "\u2212")
      .replace(/^-/, "");

  const settings = { ...DEFAULTS, seed: 1 };
  const frozen = { D: false, G: false };
  let preset = "balanced",
    remedied = false;
  let strokes = []; // of the drawing: lists of [x, y]
  let distribution, game, reading; // reading: the meter's latest
  let measuring = null,
    measuredAt = null,
    measuredRow = null; // the reading under way, and the move it began at
  let view = null; // what `look` returned, for the plane
  let counts = { D: 0, G: 0 },
    turn = 0; // turn: steps of D made since G's last
  let history = [],
    stride = 1,
    ticks = 0; // history of views and readings, one every `stride` frames
  let plain = true; // whether the game so far is what a new one with these settings would play by itself
  let stopAt = null; // moves after which a game pauses that a link repeats
  let running = false,
    onScreen = false,
    scheduled = false,
    lastMove = 0;
  let real, latents, meshLatents; // fixed for a game, so that a point keeps its identity from frame to frame

  // ---- Moves

  function newGame() {
    distribution = DISTRIBUTIONS[settings.distribution](strokes);
    game = new Game(distribution, settings);
    const random = new Random(settings.seed ^ 0x5eed); // of its own: looking does not change the game
    latents = game.drawLatents(new Float64Array(SHOWN * settings.latentDim), random);
    meshLatents = makeMesh();
    counts = { D: 0, G: 0 };
    plain = true;
    stopAt = null;
    turn = ticks = 0;
    history = [];
    stride = 1;
    pickReal();
    changed();
  }

  const isEmpty = () => distribution.components.length === 0;

  function pickReal() {
    real = new Float64Array(2 * SHOWN);
    if (!isEmpty()) distribution.sample(real, SHOWN, new Random(settings.seed ^ 0xda7a));
    reading = measuring = measuredAt = null;
  }

  const numMoves = () => counts.D + counts.G;

  function step(player) {
    plain &&= player === (numMoves() % (settings.stepsD + 1) < settings.stepsD ? "D" : "G");
    game[`step${player}`]();
    counts[player]++;
  }

  /** The next move of a running game, with `stepsD` moves of D for each of G; a frozen player passes. */
  function move() {
    const player = turn < settings.stepsD ? "D" : "G";
    turn = player === "D" ? turn + 1 : 0;
    if (frozen[player])
      move(); // not both are: a game with two frozen players does not run
    else step(player);
  }

  function both() {
    if (!frozen.D) for (let i = 0; i < settings.stepsD; i++) step("D");
    if (!frozen.G) step("G");
    turn = 0;
  }

  /** The networks or what they are measured by have changed: look again, draw, and let the meter run. */
  function changed() {
    look();
    record();
    schedule();
  }

  function look() {
    view = isEmpty() ? null : game.look(real, latents, SHOWN);
  }

  function record() {
    if (!view || ticks++ % stride) return;
    const { fake, push, ...row } = view;
    history.push({ ...row, stepsD: counts.D, stepsG: counts.G, jsd: null });
    if (history.length < MAX_HISTORY) return;
    for (let i = 0; i + 1 < history.length; i += 2) history[i].jsd ??= history[i + 1].jsd; // readings are rare
    history = history.filter((_, i) => i % 2 === 0);
    stride *= 2;
  }

  function schedule() {
    if (scheduled || !onScreen) return;
    scheduled = true;
    requestAnimationFrame(frame);
  }

  function frame(now) {
    scheduled = false;
    if (!onScreen) return;
    if (running && !isEmpty()) {
      const before = numMoves();
      if (stopAt !== null || !find(".slow").checked) {
        const until = performance.now() + (stopAt === null ? MOVE_MS : CATCH_UP_MS);
        do move();
        while (numMoves() !== stopAt && performance.now() < until);
        if (numMoves() === stopAt) setRunning(false);
      } else if (now - lastMove >= SLOW_MS) {
        lastMove = now;
        move();
      }
      if (numMoves() > before) {
        look();
        record();
      }
    }
    measureForAWhile();
    draw();
    if (running || measuring) schedule();
  }

  /** A piece of the reading under way; after a move a new one is due. */
  function measureForAWhile() {
    const moves = numMoves();
    if (!measuring && measuredAt !== moves && !isEmpty()) {
      measuring = measure(game, distribution);
      measuredAt = moves;
      measuredRow = history.at(-1);
    }
    for (const until = performance.now() + METER_MS; measuring && performance.now() < until; ) {
      const { done, value } = measuring.next();
      if (!done) continue;
      measuring = null;
      reading = value;
      measuredRow.jsd = value.jsd;
      if (!running)
        say(text("stands", { count: countText(), jsd: number(value.jsd, 3), modes: modesText() }));
    }
  }

  // ---- Drawing

  const planeCanvas = find(".plane"),
    plane = planeCanvas.getContext("2d");
  const heat = document.createElement("canvas"),
    heatContext = heat.getContext("2d");
  heat.width = heat.height = HEAT;
  const heatImage = heatContext.createImageData(HEAT, HEAT),
    heatWords = new Uint32Array(heatImage.data.buffer);
  const heatPoints = Float64Array.from({ length: 2 * HEAT * HEAT }, (_, i) => {
    const cell = i >> 1,
      place = i & 1 ? HEAT - 1 - Math.floor(cell / HEAT) : cell % HEAT;
    return ((2 * place + 1) / HEAT - 1) * EXTENT;
  });
  let size = 0,
    ratio = 1; // of the plane, in device pixels, and device pixels per CSS pixel
  const plots = findAll("[data-plot]");
  let frames = 0;
  let palette, colours, dots; // for the page's light or dark look

  const toX = (x) => ((x / EXTENT + 1) / 2) * size;
  const toY = (y) => ((1 - y / EXTENT) / 2) * size;
  const shows = (layer) => find(`[data-layer="${layer}"]`).checked;

  /** Latents of the grid's nodes: an even grid on the unit square, so that each cell holds the same share of z. Of one
   * dimension it is a line; of more than two, the first two, with the others in the middle. */
  function makeMesh() {
    const { latentDim, latentKind } = settings,
      us = new Float64Array(MESH * MESH * latentDim).fill(0.5);
    for (let node = 0; node < MESH * MESH; node++) {
      if (latentDim === 1) us[node] = (node + 0.5) / (MESH * MESH);
      else {
        us[node * latentDim] = ((node % MESH) + 0.5) / MESH;
        us[node * latentDim + 1] = (Math.floor(node / MESH) + 0.5) / MESH;
      }
    }
    return toLatents(us, new Float64Array(us.length), latentKind);
  }

  /** Colours of the page's look: the palette from 'generated' by neutral, D = 1/2, to 'real', and dots as pictures. */
  function readColours() {
    const style = getComputedStyle(element);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    colours = Object.fromEntries(
      ["real", "fake", "neutral", "ink", "faint"].map((name) => [name, colour(name)]),
    );
    colours.label = colour("body-text-color-subdued");
    const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
    const [fake, neutral, right] = [colours.fake, colours.neutral, colours.real].map(rgb);
    palette = Uint32Array.from({ length: 256 }, (_, i) => {
      const t = (2 * i) / 255 - 1,
        share = 0.55 * Math.abs(t) ** 0.8,
        end = t < 0 ? fake : right;
      const [r, g, b] = neutral.map((value, c) => Math.round(value + share * (end[c] - value)));
      return 0xff000000 | (b << 16) | (g << 8) | r;
    });
    dots = Object.fromEntries(["real", "fake"].map((name) => [name, makeDot(colours[name])]));
  }

  function makeDot(fill) {
    const dot = document.createElement("canvas"),
      context = dot.getContext("2d"),
      radius = 3 * ratio;
    dot.width = dot.height = Math.ceil(2 * radius + 2 * ratio);
    context.arc(dot.width / 2, dot.width / 2, radius, 0, 2 * Math.PI);
    context.fillStyle = fill;
    context.fill();
    context.lineWidth = 0.8 * ratio;
    context.strokeStyle = colours.neutral;
    context.stroke();
    return dot;
  }

  function draw() {
    if (size === 0) return;
    plane.fillStyle = colours.neutral;
    plane.fillRect(0, 0, size, size);
    if (!isEmpty()) {
      if (shows("heat")) drawHeat();
      drawModes();
      if (shows("mesh")) drawMesh();
      if (shows("real")) drawDots(real, dots.real);
      if (shows("arrows")) drawArrows();
      if (shows("fake")) drawDots(view.fake, dots.fake);
    }
    if (settings.distribution === "drawn") drawPen();
    if (!running || frames++ % 4 === 0) {
      // often enough to read
      drawMeters();
      plots.forEach(drawPlot);
    }
  }

  function drawHeat() {
    const logits = game.discriminator.forward(heatPoints, HEAT * HEAT);
    for (let i = 0; i < heatWords.length; i++) heatWords[i] = palette[Math.round(255 * sigmoid(logits[i]))];
    heatContext.putImageData(heatImage, 0, 0);
    plane.imageSmoothingQuality = "high";
    plane.drawImage(heat, 0, 0, size, size);
  }

  /** A circle of 3 sigma round each mode that is one Gaussian, whole where the mode is covered. */
  function drawModes() {
    const { components, numModes } = distribution;
    if (components.length > numModes) return;
    plane.strokeStyle = colours.real;
    plane.lineWidth = 1.2 * ratio;
    for (const { x, y, sigma, mode } of components) {
      plane.setLineDash(reading?.covered[mode] ? [] : [3 * ratio, 4 * ratio]);
      plane.beginPath();
      plane.arc(toX(x), toY(y), (3 * sigma * size) / (2 * EXTENT), 0, 2 * Math.PI);
      plane.stroke();
    }
    plane.setLineDash([]);
  }

  function drawMesh() {
    const nodes = game.generator.forward(meshLatents, MESH * MESH);
    const line = (first, count, stride) => {
      for (let i = 0; i < count; i++) {
        const node = first + i * stride,
          x = toX(nodes[2 * node]),
          y = toY(nodes[2 * node + 1]);
        if (i) plane.lineTo(x, y);
        else plane.moveTo(x, y);
      }
    };
    plane.beginPath();
    if (settings.latentDim === 1) line(0, MESH * MESH, 1);
    else
      for (let i = 0; i < MESH; i++) {
        line(i * MESH, MESH, 1);
        line(i, MESH, MESH);
      }
    plane.globalAlpha = settings.latentDim === 1 ? 0.9 : 0.5;
    plane.lineWidth = (settings.latentDim === 1 ? 1.6 : 0.9) * ratio;
    plane.strokeStyle = colours.fake;
    plane.stroke();
    plane.globalAlpha = 1;
  }

  function drawDots(points, dot) {
    const half = dot.width / 2;
    for (let i = 0; i < points.length; i += 2)
      plane.drawImage(dot, toX(points[i]) - half, toY(points[i + 1]) - half);
  }

  /** From each generated point the way that G's loss pushes it, as long as the gradient is strong, up to a limit. */
  function drawArrows() {
    const { fake, push } = view,
      scale = 0.3,
      most = 0.6,
      head = 3.5 * ratio;
    plane.beginPath();
    for (let i = 0; i < fake.length; i += 2) {
      const length = Math.hypot(push[i], push[i + 1]);
      if (length * scale < 0.01) continue; // shorter than a pixel
      const long = Math.min(scale, most / length),
        x = toX(fake[i]),
        y = toY(fake[i + 1]);
      const endX = toX(fake[i] + push[i] * long),
        endY = toY(fake[i + 1] + push[i + 1] * long);
      const angle = Math.atan2(endY - y, endX - x);
      plane.moveTo(x, y);
      plane.lineTo(endX, endY);
      plane.moveTo(endX - head * Math.cos(angle - 0.5), endY - head * Math.sin(angle - 0.5));
      plane.lineTo(endX, endY);
      plane.lineTo(endX - head * Math.cos(angle + 0.5), endY - head * Math.sin(angle + 0.5));
    }
    plane.strokeStyle = colours.ink;
    plane.lineWidth = ratio;
    plane.globalAlpha = 0.7;
    plane.stroke();
    plane.globalAlpha = 1;
  }

  const countText = () => {
    const format = (value) => value.toLocaleString(korean() ? "ko-KR" : "en-US");
    return text("count", { d: format(counts.D), g: format(counts.G), seed: settings.seed });
  };
  const modesText = () =>
    text("of", { some: reading.covered.filter(Boolean).length, all: reading.covered.length });

  function drawMeters() {
    const put = (name, value) => (find(`.meters .${name} dd`).textContent = value);
    put("jsd", reading ? number(reading.jsd, 3) : "–");
    put("modes", reading ? modesText() : "–");
    put("quality", reading ? `${Math.round(100 * reading.quality)} %` : "–");
    put(
      "gradient",
      view
        ? view.gradient < 0.01
          ? view.gradient.toExponential(1).replace("-", "\u2212")
          : number(view.gradient, 2)
        : "–",
    );
    find(".count").textContent = countText();
    nameFiles();
  }

  /** Curves of a plot, in the order of its legend, the lines drawn in, and the range shown at least. */
  const PLOTS = {
    jsd: {
      curves: [
        ["fake", (row) => row.jsd],
        ["faint", (row) => Math.max(0, (row.value + Math.log(4)) / 2)],
      ],
      lines: [[Math.LN2, "ln 2"]],
      range: [0, 0.75],
    },
    value: {
      curves: [["ink", (row) => row.value]],
      lines: [
        [-Math.log(4), "\u2212log 4"],
        [0, "0"],
      ],
      range: [-2, 0.1],
    },
    mean: {
      curves: [
        ["real", (row) => row.dReal],
        ["fake", (row) => row.dFake],
      ],
      lines: [[0.5, "1/2"]],
      range: [0, 1],
    },
    loss: {
      curves: [
        ["real", (row) => row.lossD],
        ["fake", (row) => row.lossG],
      ],
      lines: [
        [0, "0"],
        [Math.log(4), "log 4"],
      ],
      range: [0, 2],
    },
  };

  function drawPlot(figure) {
    const {
      curves,
      lines,
      range: [least, most],
    } = PLOTS[figure.dataset.plot];
    const canvas = figure.querySelector("canvas"),
      context = canvas.getContext("2d");
    const { width, height } = canvas,
      values = figure.querySelectorAll("b"),
      margin = 4 * ratio;
    context.clearRect(0, 0, width, height);
    const series = curves.map(([, of]) => history.map(of));
    let low = least,
      high = most;
    for (const one of series)
      for (const value of one)
        if (value !== null) {
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
    high = Math.min(high, 12); // a loss of a generator that D sees through has no bound
    low = Math.max(low, -12);
    const y = (value) =>
      margin + ((high - Math.min(Math.max(value, low), high)) / (high - low)) * (height - 2 * margin);

    context.strokeStyle = colours.faint;
    context.lineWidth = ratio;
    for (const [value] of lines) {
      context.setLineDash([4 * ratio, 4 * ratio]);
      context.beginPath();
      context.moveTo(0, y(value));
      context.lineTo(width, y(value));
      context.stroke();
    }
    context.setLineDash([]);
    context.lineWidth = 1.6 * ratio;
    context.lineJoin = "round";
    series.forEach((one, i) => {
      const dashed = curves[i][0] === "faint";
      context.setLineDash(dashed ? [3 * ratio, 3 * ratio] : []);
      context.strokeStyle = dashed ? colours.ink : colours[curves[i][0]];
      context.beginPath();
      let started = false;
      one.forEach((value, at) => {
        if (value === null) return;
        const x = (at / Math.max(1, one.length - 1)) * width;
        if (started) context.lineTo(x, y(value));
        else context.moveTo(x, y(value));
        started = true;
      });
      context.stroke();
      const latest = one.findLast((value) => value !== null);
      values[i].textContent = latest === undefined ? "" : number(latest, 2);
    });

    // names of the lines, over the curves, with a rim that keeps them apart
    context.setLineDash([]);
    context.font = `${10.5 * ratio}px system-ui, sans-serif`;
    context.textAlign = "right";
    context.fillStyle = colours.label;
    context.strokeStyle = getComputedStyle(canvas).backgroundColor;
    context.lineWidth = 4 * ratio;
    for (const [value, name] of lines) {
      const room = 18 * ratio,
        below = y(value) < room || (y(value) > height / 2 && y(value) < height - room);
      const at = [width - 4 * ratio, y(value) + (below ? 4 : -2) * ratio];
      context.textBaseline = below ? "top" : "bottom";
      context.strokeText(name, ...at);
      context.fillText(name, ...at);
    }
  }

  // ---- Files to keep (space/page/downloads.js)

  /** The curves, a row a point of them; the divergence is measured less often. */
  function table() {
    const keys = ["steps_d", "steps_g", "jsd", "value", "d_real", "d_fake", "loss_d", "loss_g", "gradient"];
    const names = ["stepsD", "stepsG", "jsd", "value", "dReal", "dFake", "lossD", "lossG", "gradient"];
    return [keys, ...history.map((row) => names.map((name) => row[name] ?? ""))]
      .map((line) => `${line.join(",")}\n`)
      .join("");
  }

  find(".files .png").offer = () => planeCanvas;
  find(".files .csv").offer = table;

  function nameFiles() {
    for (const button of findAll(".files .download")) {
      const kind = button.classList.contains("csv") ? "csv" : "png";
      button.dataset.file = `gan-game_${settings.distribution}_seed${settings.seed}_${counts.D}_${counts.G}.${kind}`;
    }
  }

  function layOut() {
    const width = find(".frame").clientWidth;
    if (width === 0) return; // on a tab that is not shown
    ratio = Math.min(window.devicePixelRatio || 1, 2);
    size = Math.round(width * ratio);
    planeCanvas.width = planeCanvas.height = size;
    for (const canvas of findAll("[data-plot] canvas")) {
      canvas.width = canvas.clientWidth * ratio;
      canvas.height = canvas.clientHeight * ratio;
    }
    readColours();
    findAll(".distributions label").forEach(drawThumbnail);
    frames = 0; // the plots too
    draw();
  }

  const SQUIGGLE = arc(-0.9, 0.2, 1, 0, Math.PI)
    .reverse()
    .concat(arc(1.1, 0.2, 1, Math.PI, 2 * Math.PI));

  function drawThumbnail(label) {
    const { value } = label.querySelector("input"),
      canvas = label.querySelector("canvas");
    const context = canvas.getContext("2d"),
      side = canvas.width,
      image = context.createImageData(side, side);
    const drawing = strokes.length ? strokes : [SQUIGGLE];
    const masses = DISTRIBUTIONS[value](drawing).cellMasses(side),
      most = Math.max(...masses);
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(colours.real.slice(at, at + 2), 16));
    masses.forEach((mass, cell) => {
      const at = 4 * ((side - 1 - Math.floor(cell / side)) * side + (cell % side));
      image.data.set([r, g, b, 255 * Math.sqrt(mass / most)], at);
    });
    context.putImageData(image, 0, 0);
  }

  // ---- Drawing by hand

  let stroke = null; // the one under the pen
  const pen = { x: 0, y: 0, byKey: false };

  function drawPen() {
    plane.lineWidth = ((2 * PEN_SIGMA) / (2 * EXTENT)) * size;
    plane.lineCap = plane.lineJoin = "round";
    plane.strokeStyle = colours.real;
    if (stroke) {
      plane.beginPath();
      for (const [x, y] of stroke) plane.lineTo(toX(x), toY(y));
      plane.lineTo(toX(stroke.at(-1)[0]) + 0.01, toY(stroke.at(-1)[1]));
      plane.stroke();
    }
    if (!pen.byKey || document.activeElement !== planeCanvas) return;
    plane.lineWidth = 2 * ratio;
    plane.strokeStyle = colours.ink;
    plane.beginPath();
    plane.arc(toX(pen.x), toY(pen.y), (stroke ? 5 : 8) * ratio, 0, 2 * Math.PI);
    plane.stroke();
  }

  const putDown = (x, y) => (stroke = [[x, y]]);
  const clamp = (value) => Math.min(Math.max(value, -EXTENT), EXTENT);

  function lift() {
    if (!stroke) return;
    const drawing = DISTRIBUTIONS.drawn([...strokes, stroke]);
    if (drawing.components.length <= MAX_COMPONENTS) {
      strokes.push(stroke);
      setDrawing();
    }
    stroke = null;
    schedule();
  }

  /** The game goes on with the new drawing as its real distribution. */
  function setDrawing() {
    game.distribution = distribution = DISTRIBUTIONS.drawn(strokes);
    plain = false;
    pickReal();
    showControls();
    drawThumbnail(find('[value="drawn"]').parentNode);
    changed();
  }

  function toPlane(event) {
    const box = planeCanvas.getBoundingClientRect();
    const u = (event.clientX - box.left) / box.width,
      v = (event.clientY - box.top) / box.height;
    return [clamp((2 * u - 1) * EXTENT), clamp((1 - 2 * v) * EXTENT)];
  }

  const drawing = () => settings.distribution === "drawn";
  planeCanvas.onpointerdown = (event) => {
    if (!drawing()) return;
    planeCanvas.setPointerCapture(event.pointerId);
    pen.byKey = false;
    putDown(...toPlane(event));
    schedule();
  };
  planeCanvas.onpointermove = (event) => {
    if (!stroke || pen.byKey) return;
    stroke.push(toPlane(event));
    schedule();
  };
  planeCanvas.onpointerup = planeCanvas.onpointercancel = () => !pen.byKey && lift();
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  planeCanvas.onkeydown = (event) => {
    const arrow = ARROWS[event.key];
    if (!drawing() || (!arrow && event.key !== " ")) return;
    event.preventDefault(); // no scrolling
    pen.byKey = true;
    if (arrow) {
      [pen.x, pen.y] = [pen.x, pen.y].map((value, axis) =>
        clamp(value + arrow[axis] * (event.shiftKey ? 0.5 : 0.1)),
      );
      stroke?.push([pen.x, pen.y]);
    } else if (stroke) lift();
    else putDown(pen.x, pen.y);
    schedule();
  };
  planeCanvas.onfocus = planeCanvas.onblur = schedule;
  find(".clear").onclick = () => {
    strokes = [];
    stroke = null;
    setRunning(false);
    newGame();
    showControls();
  };

  // ---- Controls

  const say = (sentence) => (find(".said").textContent = sentence);

  function setRunning(on) {
    running = on && !isEmpty() && !(frozen.D && frozen.G);
    if (!running) stopAt = null;
    showControls();
    schedule();
    tell();
  }

  // ---- The link

  /** What of the game a link holds: what differs from the situation, and how far it is, if it can be repeated. */
  function tell() {
    const base = { ...DEFAULTS, ...PRESETS[preset].set },
      detail = { preset };
    for (const [name, value] of Object.entries(settings)) detail[name] = value === base[name] ? null : value;
    detail.moves = stopAt ?? (!running && plain && numMoves() <= props.max_moves ? numMoves() : null);
    tellLink(element, detail);
  }

  /** As a link says: the game anew, and as many moves of it. */
  function followLink(link) {
    preset = link.preset;
    remedied = frozen.D = frozen.G = false;
    const base = { ...DEFAULTS, ...PRESETS[preset].set };
    const said = Object.keys(settings).map((name) => [name, link[name] ?? base[name]]);
    set(Object.fromEntries(said));
    setRunning(false);
    if (!link.moves || isEmpty()) return;
    stopAt = link.moves;
    setRunning(true);
  }

  /** Buttons, choices and settings as the state has them. */
  function showControls() {
    for (const node of findAll("[data-text]")) node.textContent = text(node.dataset.text);
    for (const node of findAll("[data-label]")) node.setAttribute("aria-label", text(node.dataset.label));
    find(".run").textContent = text(running ? "pause" : "run");
    find(".run").classList.toggle("running", running);
    const empty = isEmpty();
    for (const [button, off] of [
      [".run", empty || (frozen.D && frozen.G)],
      [".step-d", empty || frozen.D],
      [".step-g", empty || frozen.G],
      [".both", empty || (frozen.D && frozen.G)],
    ])
      find(button).disabled = off;
    for (const player of ["D", "G"])
      find(`.freeze-${player.toLowerCase()}`).setAttribute("aria-pressed", frozen[player]);

    for (const button of findAll("[data-preset]"))
      button.setAttribute("aria-pressed", button.dataset.preset === preset);
    find(".lesson").hidden = !preset;
    if (preset) {
      const { remedy } = PRESETS[preset];
      find(".what").textContent = text(`${preset}.what`);
      find(".remedy").hidden = !remedy;
      if (remedy) find(".remedy span").textContent = text(remedied ? "applied" : `${preset}.remedy`);
      find(".apply").hidden = remedied;
    }

    for (const input of findAll(".distributions input"))
      input.checked = input.value === settings.distribution;
    planeCanvas.dataset.label = drawing() ? "paper" : "plane";
    planeCanvas.setAttribute("aria-label", text(planeCanvas.dataset.label));
    planeCanvas.setAttribute("role", drawing() ? "application" : "img");
    if (drawing()) planeCanvas.tabIndex = 0;
    else planeCanvas.removeAttribute("tabindex");
    planeCanvas.classList.toggle("paper", drawing());
    find(".draw-here").hidden = !drawing() || !empty;
    find(".clear").hidden = !drawing() || empty;

    for (const input of findAll("[data-setting]")) {
      const { setting, scale } = input.dataset,
        value = settings[setting];
      input.value = scale === "log" ? Math.log10(value) : value;
      const shown = input.parentNode.querySelector("b");
      if (shown) shown.textContent = scale === "log" ? value.toPrecision(2) : value;
    }
  }

  /** Change settings; those that fix a game begin a new one. */
  function set(changes) {
    Object.assign(settings, changes);
    if (NEW_GAME.some((name) => name in changes)) {
      newGame();
      if (isEmpty()) running = false;
    } else {
      if (numMoves() > 0) plain = false;
      look(); // another loss has other arrows
      schedule();
    }
    showControls();
    tell();
  }

  for (const button of findAll("[data-preset]"))
    button.onclick = () => {
      preset = button.dataset.preset;
      remedied = frozen.D = frozen.G = false;
      set({ ...DEFAULTS, ...PRESETS[preset].set, seed: settings.seed });
      say(text(`${preset}.what`));
      setRunning(true);
    };
  find(".apply").onclick = () => {
    remedied = true;
    set(PRESETS[preset].remedy);
    say(text("applied"));
    setRunning(true);
  };
  for (const input of findAll(".distributions input")) {
    input.name = `distribution-${element.id || "game"}`;
    input.onchange = () => set({ distribution: input.value });
  }
  find(".run").onclick = () => setRunning(!running);
  for (const [button, moves] of [
    [".step-d", () => step("D")],
    [".step-g", () => step("G")],
    [".both", both],
  ]) {
    find(button).onclick = () => {
      setRunning(false);
      moves();
      changed();
      tell();
    };
  }
  for (const player of ["D", "G"])
    find(`.freeze-${player.toLowerCase()}`).onclick = () => {
      frozen[player] = !frozen[player];
      setRunning(running);
    };
  find(".new-game").onclick = () => set({ seed: settings.seed + 1 });
  for (const input of findAll("[data-layer]")) input.onchange = schedule;
  const rounded = (value) => Number(value.toPrecision(3)); // what a link can say
  for (const input of findAll("[data-setting]")) {
    const read = () => {
      const { setting, scale } = input.dataset;
      if (input.type === "range")
        set({ [setting]: scale === "log" ? rounded(10 ** input.valueAsNumber) : input.valueAsNumber });
      else if (setting === "seed") set({ seed: Math.floor(input.valueAsNumber || 0) >>> 0 });
      else set({ [setting]: isNaN(input.value) ? input.value : Number(input.value) });
    };
    if (input.type === "range") input.oninput = read;
    else input.onchange = read;
  }

  element.ganGame = {
    settings,
    set,
    get game() {
      return game;
    },
    get counts() {
      return counts;
    },
    get history() {
      return history;
    },
    get reading() {
      return measuring ? null : reading;
    },
    get running() {
      return running;
    },
    get onScreen() {
      return onScreen;
    },
  };
  newGame();
  showControls();
  follow(element, followLink);
  new ResizeObserver(layOut).observe(find(".frame"));
  new IntersectionObserver(([entry]) => {
    onScreen = entry.isIntersecting;
    schedule();
  }).observe(find(".stage"));
  new MutationObserver(showControls).observe(document.documentElement, { attributeFilter: ["lang"] });
  for (const root of [document.documentElement, document.body]) {
    new MutationObserver(layOut).observe(root, { attributeFilter: ["class"] });
  }
}
