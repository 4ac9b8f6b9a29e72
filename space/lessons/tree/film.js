/* The way of points from noise to data, to play and to scrub: a button, a slider, and what the plane shows of it. */

import { keepsStill, setText } from "../../page/dom.js";

/** @import { Text } from "../../page/dom.js" */

const PLAY_MS = 2600; // from noise to data

/** Whether two films are one: the thread that learns sends a copy with each frame.
 * @param {any} a
 * @param {any} b  each null where there is none */
export function isSame(a, b) {
  if (!a || !b || a.way.length !== b.way.length) return a === b;
  const [ours, theirs] = [a.way.at(-1), b.way.at(-1)];
  return (
    ours.length === theirs.length &&
    ours.every((/** @type {number} */ x, /** @type {number} */ i) => Object.is(x, theirs[i]))
  );
}

export class Film {
  /** @param {HTMLElement} element
   * @param {Text} text
   * @param {() => void} redraw */
  constructor(element, text, redraw) {
    this.element = element;
    this.text = text;
    this.redraw = redraw;
    /** @type {any} */
    this.film = null;
    this.at = 0; // a frame of it
    this.playing = false;
    this.slider = /** @type {HTMLInputElement} */ (element.querySelector(".position"));
    this.slider.oninput = () => {
      this.playing = false;
      this.go(this.slider.valueAsNumber);
    };
    /** @type {HTMLElement} */ (element.querySelector(".play")).onclick = () => this.play(!this.playing);
  }

  get last() {
    return this.film.way.length - 1;
  }

  /** @param {any} film  null where there is none */
  show(film) {
    this.element.hidden = !film;
    if (film && isSame(this.film, film)) return this.write();
    this.film = film;
    this.playing = false;
    if (!film) return;
    this.slider.max = String(this.last);
    this.go(this.last);
    if (!keepsStill()) this.play(true); // once, at first sight
  }

  /** @param {number} at */
  go(at) {
    this.at = at;
    this.slider.value = String(Math.round(at));
    this.write();
    this.redraw();
  }

  write() {
    const { element, film, playing, text } = this;
    setText(element.querySelector(".play"), text(playing ? "film.stop" : "film.play"));
    const time = text(`film.${film.clock}`, { at: film.times[Math.round(this.at)].toFixed(2) });
    setText(element.querySelector(".time"), time);
    this.slider.setAttribute("aria-valuetext", time);
  }

  /** @param {boolean} on */
  play(on) {
    this.playing = on;
    if (!on) return this.write();
    if (this.at >= this.last) this.at = 0;
    const [begin, from] = [performance.now(), this.at];
    const film = this.film;
    const go = (/** @type {number} */ now) => {
      if (!this.playing || this.film !== film) return;
      const at = Math.min(this.last, from + (Math.max(0, now - begin) / PLAY_MS) * this.last);
      if (at === this.last) this.playing = false;
      this.go(at);
      if (this.playing) requestAnimationFrame(go);
    };
    requestAnimationFrame(go);
  }

  /** The points and the field as the slider stands; nothing at the end of the way. */
  now() {
    const { at, film } = this;
    if (!film || at >= this.last) return {};
    const [k, share] = [Math.floor(at), at % 1];
    const next = film.way[k + 1];
    const samples = film.way[k].map((value, i) => value + share * (next[i] - value));
    return { samples, field: film.fields[k], grid: film.grid };
  }
}
