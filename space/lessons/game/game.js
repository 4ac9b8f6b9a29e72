/* The game on the page: `start` runs for the GanGame of tab.py. It makes the moves of each frame while the game is on
 * the screen, and has them drawn. `element.ganGame` is the handle for tests and the curious.
 */

import { finder, onLanguage, pixelRatio, texts } from "../../page/dom.js";
import { offer } from "../../page/downloads.js";
import { follow, tell } from "../../page/link.js";
import { drawPlot, resizePlots } from "./charts.js";
import { readColours } from "./colours.js";
import { bindControls, drawThumbnails, showControls } from "./controls.js";
import { countText, fileName, historyTable, meterTexts, standsText } from "./meters.js";
import { startPen } from "./pen.js";
import { Plane } from "./plane.js";
import { Play } from "./play.js";

/** @import { Words } from "../../page/dom.js" */
/** @import { Colours } from "./colours.js" */

const METER_MS = 2; // of a frame's 16 ms, for the meter

/** @param {GradioScope & { words: Words, maxMoves: number }} scope  `maxMoves` of a game that a link repeats */
export function start({ element, words, maxMoves }) {
  const find = finder(element);
  const text = texts(words);
  const play = new Play();
  const figures = /** @type {HTMLElement[]} */ ([...element.querySelectorAll("[data-plot]")]);
  const plane = new Plane(find(".plane"), play, (layer) => find(`[data-layer="${layer}"]`).checked);
  /** @type {Colours} */
  let colours;
  let onScreen = false;
  let scheduled = false;
  let frames = 0;

  const say = (sentence) => (find(".said").textContent = sentence);
  const show = () => showControls(element, play, text);

  /** The game has changed by what the visitor did. */
  function changed() {
    show();
    schedule();
    tell(element, play.linked(maxMoves));
  }

  // ---- Frames

  function schedule() {
    if (scheduled || !onScreen) return;
    scheduled = true;
    requestAnimationFrame(frame);
  }

  function frame(now) {
    scheduled = false;
    if (!onScreen) return;
    if (play.running && !play.isEmpty) {
      play.advance(now, find(".slow").checked);
      if (!play.running) changed(); // a link's moves are made
    }
    if (play.measureFor(METER_MS) && !play.running) say(standsText(play, text));
    draw();
    if (play.running || play.measuring) schedule();
  }

  function draw() {
    if (plane.size === 0) return;
    plane.draw(pen);
    if (play.running && frames++ % 4 !== 0) return; // often enough to read
    for (const [name, shown] of Object.entries(meterTexts(play, text)))
      find(`.meters .${name} dd`).textContent = shown;
    find(".count").textContent = countText(play, text);
    nameFiles();
    for (const figure of figures) drawPlot(figure, play.history, colours, plane.ratio);
  }

  function layOut() {
    const width = find(".frame").clientWidth;
    if (width === 0) return; // on a tab that is not shown
    const ratio = pixelRatio(2);
    colours = readColours(element);
    plane.resize(Math.round(width * ratio), ratio, colours);
    resizePlots(figures, ratio);
    drawThumbnails(element, play.strokes, colours);
    frames = 0; // the plots too
    draw();
  }

  // ---- Drawing by hand, and files to keep

  const pen = startPen(
    find(".plane"),
    () => play.settings.distribution === "drawn",
    (stroke) => {
      play.addStroke(stroke);
      drawThumbnails(element, play.strokes, colours, ["drawn"]);
      changed();
    },
    schedule,
  );
  find(".clear").onclick = () => {
    pen.stroke = null;
    play.clearDrawing();
    changed();
  };

  function nameFiles() {
    offer(element, [
      [".files .png", `${fileName(play)}.png`, () => find(".plane")],
      [".files .csv", `${fileName(play)}.csv`, () => historyTable(play.history)],
    ]);
  }

  // ---- Start

  element.ganGame = {
    settings: play.settings,
    set(changes) {
      play.set(changes);
      changed();
    },
    get game() {
      return play.game;
    },
    get counts() {
      return play.counts;
    },
    get history() {
      return play.history;
    },
    get reading() {
      return play.measuring ? null : play.reading;
    },
    get running() {
      return play.running;
    },
    get onScreen() {
      return onScreen;
    },
  };
  bindControls(element, play, text, { changed, redraw: schedule, say });
  nameFiles();
  show();
  follow(element, (link) => {
    play.follow(link);
    changed();
  });
  new ResizeObserver(layOut).observe(find(".frame"));
  new IntersectionObserver(([entry]) => {
    onScreen = entry.isIntersecting;
    schedule();
  }).observe(find(".stage"));
  onLanguage(show);
  for (const root of [document.documentElement, document.body])
    new MutationObserver(layOut).observe(root, { attributeFilter: ["class"] }); // light or dark
}
