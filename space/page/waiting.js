/* The sign of what waits, for weights or for the server: the element has `data-waiting`, and theme.css lets it pulse.
 *
 *   const waiting = new Waiting(element)
 *   waiting.begin()      shown after a moment: most answers are sooner, and nothing flashes
 *   waiting.end()
 */

const MOMENT_MS = 300;

export class Waiting {
  /** @param {Element} element */
  constructor(element) {
    this.element = element;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** What waits already goes on. */
  begin() {
    this.timer ??= setTimeout(() => this.element.setAttribute("data-waiting", ""), MOMENT_MS);
  }

  end() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.element.removeAttribute("data-waiting");
  }
}
