/* The colours of the game, from game.css, in the page's light or dark scheme. */

/** @typedef {Record<"real" | "fake" | "neutral" | "ink" | "faint" | "label", string>} Colours */

/** @param {Element} element
 * @returns {Colours} */
export function readColours(element) {
  const style = getComputedStyle(element);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    real: colour("real"),
    fake: colour("fake"),
    neutral: colour("neutral"),
    ink: colour("ink"),
    faint: colour("faint"),
    label: colour("body-text-color-subdued"),
  };
}

/** Red, green and blue, 0 to 255, of a colour "#rrggbb".
 * @param {string} hex */
export const rgb = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
