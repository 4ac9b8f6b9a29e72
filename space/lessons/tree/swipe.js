/* A finger that goes sideways over the planes turns to the next family, as the buttons above them do. */

const BEGUN = 8; // CSS pixels, from which on a finger means to go sideways
const ENOUGH = 48; // to turn

/** @param {HTMLElement} row
 * @param {(by: number) => void} turn  1 for the next, -1 for the one before */
export function bindSwipe(row, turn) {
  /** @type {{ id: number, x: number, y: number, sideways: boolean } | null} */
  let finger = null;
  const move = (/** @type {number} */ x) => (row.style.translate = x ? `${x}px` : "");
  const end = () => {
    finger = null;
    move(0);
  };
  row.onpointerdown = ({ isPrimary, pointerId, pointerType, target, clientX, clientY }) => {
    const own = /** @type {Element} */ (target).closest("button, .paper"); // they have a use for the finger
    const swipes =
      isPrimary && pointerType !== "mouse" && !own && getComputedStyle(row).touchAction === "pan-y";
    finger = swipes ? { id: pointerId, x: clientX, y: clientY, sideways: false } : null;
  };
  row.onpointermove = ({ pointerId, clientX, clientY }) => {
    if (finger?.id !== pointerId) return;
    const [x, y] = [clientX - finger.x, clientY - finger.y];
    if (!finger.sideways && Math.hypot(x, y) < BEGUN) return;
    if (!finger.sideways && Math.abs(y) > Math.abs(x)) return end();
    finger.sideways = true;
    move(x / 3); // it gives way, and stays on the screen
  };
  row.onpointerup = ({ pointerId, clientX }) => {
    if (finger?.id !== pointerId) return;
    const { sideways, x } = finger;
    end();
    if (sideways && Math.abs(clientX - x) > ENOUGH) turn(clientX < x ? 1 : -1);
  };
  row.onpointercancel = end;
}
