/* The distribution of heights on the page: `start` runs for the Heights of tab.py. `element.heightsLesson` is the
 * handle for tests and the curious.
 */

import { readSets } from "../../browser/people.js";
import { finder, keepsStill, label, onLanguage, onTheme, setText, texts } from "../../page/dom.js";
import { offer, toCsv } from "../../page/downloads.js";
import { follow, tell } from "../../page/link.js";
import { bindControls, showControls } from "./controls.js";
import { Crowd } from "./crowd.js";
import { bestOf, drawCurve } from "./curve.js";
import { bindPen } from "./pen.js";
import { Picture } from "./picture.js";
import { scoreText, showMeter, showRanking, showVote } from "./scores.js";

/** @import { Words } from "../../page/dom.js" */

const FALL_MS = 900; // of the people made
const QUIET_MS = 120; // without a change, before all models are scored again

/** @param {GradioScope & { words: Words }} scope */
export async function start({ element, words }) {
  const text = texts(words);
  label(element, text);
  let sets;
  try {
    sets = await readSets();
  } catch {
    finder(element)(".source").textContent = text("failed");
    return;
  }
  const page = new HeightsPage(element, text, new Crowd(sets));
  element.heightsLesson = page.handle();
  follow(element, (link) => {
    element.classList.remove("typing");
    page.crowd.set(link);
    page.changed();
  });
  page.changed();
  new IntersectionObserver(([{ isIntersecting }], watcher) => {
    if (!isIntersecting) return;
    watcher.disconnect();
    page.fall(); // at first sight
  }).observe(page.find(".frame"));
  new ResizeObserver(() => page.layOut()).observe(page.find(".frame"));
  onLanguage(() => page.show());
  onTheme(() => page.layOut());
}

class HeightsPage {
  /** @param {HTMLElement} element
   * @param {import("../../page/dom.js").Text} text
   * @param {Crowd} crowd */
  constructor(element, text, crowd) {
    this.element = element;
    this.find = finder(element);
    this.text = text;
    this.crowd = crowd;
    this.picture = new Picture(this.find(".line"), crowd);
    this.progress = 1; // of the people made, from the curve to the line
    /** @type {number | null} */
    this.vote = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    bindControls(element, crowd, text, {
      changed: () => this.changed(),
      chosen: () => {
        this.changed();
        this.fall();
      },
      make: () => {
        crowd.makeOthers();
        this.fall();
      },
      voted: (humps) => {
        this.vote = humps;
        crowd.humps();
        this.show();
      },
    });
    bindPen(this.find(".line"), this.picture, crowd, () => this.changed());
    this.find(".clear").onclick = () => {
      crowd.clearCurve();
      this.changed();
    };
  }

  /** The visitor has changed a setting. */
  changed() {
    this.progress = 1;
    this.show();
    tell(this.element, this.crowd.linked());
  }

  show() {
    const { crowd, element, text } = this;
    showControls(element, crowd, text);
    showMeter(element, crowd, text);
    if (crowd.foundHumps === null) this.vote = null;
    showVote(element, crowd, text, this.vote);
    this.draw();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.compare(), QUIET_MS);
  }

  /** What takes longer than a frame: all models on the same new data, and the score along the slider. */
  compare() {
    const { crowd, element, text } = this;
    const ranking = crowd.ranking();
    showRanking(element, crowd, ranking, text);
    this.showCurve(crowd.curve());
    setText(this.find(".said"), scoreText(crowd, text));
    const rows = ranking
      .filter(({ score }) => score)
      .map(({ model, score, gain }) => [
        model,
        score.mean,
        score.error,
        score.impossible,
        gain?.mean,
        gain?.error,
      ]);
    const names = ["model", "nats", "standard_error", "impossible", "gain_over_normal", "its_standard_error"];
    offer(element, [[".ranking .csv", "heights.csv", () => toCsv([names, ...rows])]]);
  }

  /** @param {ReturnType<Crowd["curve"]>} curve */
  showCurve(curve) {
    const { crowd, find, text } = this;
    find(".curve").hidden = !curve;
    if (!curve) return;
    const { setting, points } = curve;
    drawCurve(find(".curve canvas"), points, crowd.settings[setting], crowd.score.mean);
    const best = crowd.sizeText(bestOf(points)[0]);
    setText(find(".curve figcaption"), text("curve", { ...crowd.nouns(text), best }));
  }

  /** Lets the people made fall from the curve. */
  fall() {
    this.progress = keepsStill() ? 1 : 0;
    const begin = performance.now();
    const fall = (now) => {
      this.progress = Math.min(1, Math.max(0, (now - begin) / FALL_MS));
      this.draw();
      if (this.progress < 1) requestAnimationFrame(fall);
    };
    requestAnimationFrame(fall);
  }

  draw() {
    if (this.picture.width) this.picture.draw(this.progress);
  }

  layOut() {
    const { clientWidth, clientHeight } = this.find(".frame");
    if (!clientWidth) return; // on a tab that is not shown
    this.picture.resize(clientWidth, clientHeight);
    this.draw();
    this.compare();
  }

  handle() {
    const { crowd } = this;
    return {
      crowd,
      set: (changes) => {
        crowd.set(changes);
        this.changed();
      },
      ranking: () => crowd.ranking(),
    };
  }
}
