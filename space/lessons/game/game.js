/* The game on the page: `start` runs for the GanGame of tab.py. While the game is on the screen, each frame
 * makes some moves and draws them. `element.ganGame` is the handle for tests and the curious.
 */

import { finder, onLanguage, onTheme, pixelRatio, texts } from "../../page/dom.js";
import { offer } from "../../page/downloads.js";
import { follow, tell } from "../../page/link.js";
import { startPen } from "../../page/pen.js";
import { drawPlot, resizePlots } from "./charts.js";
import { readColours } from "./colours.js";
import { bindControls, drawThumbnails, showControls } from "./controls.js";
import { countText, fileName, historyTable, meterTexts, standsText } from "./meters.js";
import { Networks } from "./networks.js";
import { Plane } from "./plane.js";
import { Play } from "./play.js";

/** @import { Words } from "../../page/dom.js" */
/** @import { Colours } from "./colours.js" */

const METER_MS = 2; // of a frame's 16 ms, for the meter

/** @param {GradioScope & { words: Words, maxMoves: number, diagram: Words }} scope  a link repeats at most `maxMoves` */
export function start({ element, words, maxMoves, diagram }) {
  const page = new GamePage(element, words, maxMoves, diagram);
  element.ganGame = page.handle();
  page.show();
  follow(element, (link) => {
    page.play.follow(link);
    page.changed();
  });
  new ResizeObserver(() => page.layOut()).observe(page.find(".frame"));
  new IntersectionObserver(([entry]) => {
    page.onScreen = entry.isIntersecting;
    page.schedule();
  }).observe(page.find(".stage"));
  onLanguage(() => page.show());
  onTheme(() => page.layOut());
}

class GamePage {
  /** @param {HTMLElement} element
   * @param {Words} words
   * @param {number} maxMoves
   * @param {Words} diagram  its words */
  constructor(element, words, maxMoves, diagram) {
    this.element = element;
    this.maxMoves = maxMoves;
    this.find = finder(element);
    this.text = texts(words);
    this.play = new Play();
    this.networks = new Networks(this.find(".diagram"), diagram, this.play);
    this.plots = /** @type {HTMLElement[]} */ ([...element.querySelectorAll("[data-plot]")]);
    const shows = (layer) => this.find(`[data-layer="${layer}"]`).checked;
    this.plane = new Plane(this.find(".plane"), this.play, shows);
    /** @type {Colours} */
    this.colours = readColours(element);
    this.onScreen = false;
    this.scheduled = false;
    this.frames = 0;
    this.pen = this.startPen();
    bindControls(element, this.play, this.text, {
      changed: () => this.changed(),
      redraw: () => this.schedule(),
      say: (sentence) => this.say(sentence),
    });
  }

  /** The visitor has changed the game. */
  changed() {
    this.show();
    this.schedule();
    tell(this.element, this.play.linked(this.maxMoves));
  }

  /** Words, controls and names of files as the game has them. */
  show() {
    showControls(this.element, this.play, this.text);
    this.networks.show();
    this.nameFiles();
  }

  /** Tells a screen reader. @param {string} sentence */
  say(sentence) {
    this.find(".said").textContent = sentence;
  }

  schedule() {
    if (this.scheduled || !this.onScreen) return;
    this.scheduled = true;
    requestAnimationFrame((now) => this.frame(now));
  }

  /** @param {number} now in ms */
  frame(now) {
    const { play } = this;
    this.scheduled = false;
    if (!this.onScreen) return;
    if (play.running && !play.isEmpty) {
      play.advance(now, this.find(".slow").checked);
      if (!play.running) this.changed(); // a link's moves are made
    }
    if (play.measureFor(METER_MS) && !play.running) this.say(standsText(play, this.text));
    this.draw();
    if (play.running || !play.isMeasured) this.schedule();
  }

  draw() {
    const { find, plane, play } = this;
    if (plane.size === 0) return;
    plane.draw(this.pen);
    if (play.running && this.frames++ % 4 !== 0) return; // often enough to read
    for (const [name, shown] of Object.entries(meterTexts(play, this.text)))
      find(`.meters .${name} dd`).textContent = shown;
    find(".count").textContent = countText(play, this.text);
    this.networks.show();
    this.nameFiles();
    for (const plot of this.plots) drawPlot(plot, play.history, this.colours, plane.ratio);
  }

  /** Fits all canvases to their place, in the colours of the page. */
  layOut() {
    const width = this.find(".frame").clientWidth;
    if (width === 0) return; // on a tab that is not shown
    const ratio = pixelRatio(2);
    this.colours = readColours(this.element);
    this.plane.resize(Math.round(width * ratio), ratio, this.colours);
    resizePlots(this.plots, ratio);
    drawThumbnails(this.element, this.play.strokes, this.colours);
    this.frames = 0; // the plots too
    this.draw();
  }

  startPen() {
    const { find, play } = this;
    const pen = startPen(
      find(".plane"),
      () => play.settings.distribution === "drawn",
      (stroke) => {
        play.addStroke(stroke);
        drawThumbnails(this.element, play.strokes, this.colours, ["drawn"]);
        this.changed();
      },
      () => this.schedule(),
    );
    find(".clear").onclick = () => {
      pen.stroke = null;
      play.clearDrawing();
      this.changed();
    };
    return pen;
  }

  nameFiles() {
    const { find, play } = this;
    offer(this.element, [
      [".files .png", `${fileName(play)}.png`, () => find(".plane")],
      [".files .csv", `${fileName(play)}.csv`, () => historyTable(play.history)],
    ]);
  }

  /** What tests see of the game. */
  handle() {
    const { play } = this;
    const page = this;
    return {
      settings: play.settings,
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
        return play.isMeasured ? play.reading : null;
      },
      get shown() {
        return /** @type {const} */ ([play.real, play.latents, play.real.length / 2]);
      },
      get running() {
        return play.running;
      },
      get onScreen() {
        return page.onScreen;
      },
      set(changes) {
        play.set(changes);
        page.changed();
      },
    };
  }
}
