/* Two ways to tell apart, on the page: `start` runs for the Classify of tab.py. `element.classifyLesson` is the handle
 * for tests and the curious.
 */

import { readSets } from "../../browser/people.js";
import { finder, label, onLanguage, onTheme, setText, texts } from "../../page/dom.js";
import { follow, tell } from "../../page/link.js";
import { showAnswers } from "./answers.js";
import { bindControls, drawnText, namesOf, showControls } from "./controls.js";
import { bindHandles, placeHandles } from "./handles.js";
import { Picture } from "./picture.js";
import { Race } from "./race.js";
import { Survey } from "./survey.js";

/** @import { Words } from "../../page/dom.js" */

const QUIET_MS = 400; // without a change, before a screen reader is told

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
  const page = new ClassifyPage(element, text, new Survey(sets));
  element.classifyLesson = page.handle();
  follow(element, (link) => {
    page.survey.set(link);
    page.changed();
  });
  page.changed();
  new ResizeObserver(() => page.layOut()).observe(page.find(".frame"));
  page.race.show();
  onLanguage(() => {
    page.show();
    page.race.show();
  });
  onTheme(() => page.layOut());
}

class ClassifyPage {
  /** @param {HTMLElement} element
   * @param {import("../../page/dom.js").Text} text
   * @param {Survey} survey */
  constructor(element, text, survey) {
    this.element = element;
    this.find = finder(element);
    this.text = text;
    this.survey = survey;
    this.picture = new Picture(this.find("canvas.line"), survey);
    this.race = new Race(element, survey, text);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    bindControls(element, survey, { changed: () => this.changed(), drew: () => this.show() });
    bindHandles(this.find, this.picture, survey, () => this.dragged());
  }

  /** The visitor has changed a setting. */
  changed() {
    this.show();
    tell(this.element, this.survey.linked());
  }

  /** The visitor drags: only what can have changed is shown, once a frame. */
  dragged() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = undefined;
      this.showPlaces();
      tell(this.element, this.survey.linked());
    });
  }

  show() {
    showControls(this.element, this.survey, this.text);
    this.race.follow();
    this.showPlaces();
  }

  showPlaces() {
    const { element, find, picture, survey, text } = this;
    const names = namesOf(survey, text);
    const said = showAnswers(element, survey, text, names);
    setText(find(".drawn"), drawnText(survey, text));
    find(".legend .made").hidden = survey.made.length === 0;
    find(".home").disabled = survey.settings.person === null;
    find(".make").disabled = Boolean(survey.normals.problem);
    for (const name of /** @type {const} */ (["person", "point"])) {
      const values = name === "person" ? survey.person : survey.at;
      const sizes = values.map(
        (value, j) => `${value.toFixed(survey.axes[j].digits)} ${names[`unit_${j + 1}`]}`,
      );
      find(`.handle.${name}`).setAttribute(
        "aria-label",
        text(`${survey.nouns}.${name}`, { sizes: sizes.join(", ") }),
      );
    }
    if (picture.width) {
      picture.draw();
      placeHandles(find, picture, survey);
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => setText(find(".board .said"), said), QUIET_MS);
  }

  layOut() {
    const { clientWidth, clientHeight } = this.find(".frame");
    if (!clientWidth) return; // on a tab that is not shown
    this.picture.resize(clientWidth, clientHeight);
    this.showPlaces();
    this.race.draw();
  }

  handle() {
    const { survey, race } = this;
    return {
      survey,
      race,
      set: (changes) => {
        survey.set(changes);
        this.changed();
      },
      /** a drag of the person to a place: milliseconds to fit both ways anew, and to show them */
      drag: (place) => {
        const begin = performance.now();
        survey.drag(place);
        const fitted = performance.now();
        this.showPlaces();
        return [fitted - begin, performance.now() - fitted];
      },
    };
  }
}
