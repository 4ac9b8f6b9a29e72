/* The terms of a loss and the parts of a diagram that they are about: whoever touches one sees the others.
 *
 *   linkTerms(parts, terms)    parts: key -> element; terms: [{ node, lights }], a button and keys of parts
 *
 * What is under the pointer or has the focus lights up with what belongs to it, by the class `meant`. A click, a tap,
 * Enter or the space bar holds it until the next one.
 */

/** @param {Map<string, Element>} parts
 * @param {{ node: HTMLElement, lights: string[] }[]} terms */
export function linkTerms(parts, terms) {
  /** @type {Map<any, Set<Element>>} */
  const meant = new Map(); // element -> what lights up with it
  for (const { node, lights } of terms)
    for (const part of lights.flatMap((key) => parts.get(key) ?? []))
      for (const [one, other] of [
        [node, part],
        [part, node],
      ])
        meant.set(one, (meant.get(one) ?? new Set([one])).add(other));
  /** @type {Element | null} */
  let held = null;
  const show = (/** @type {Element | null} */ node) => {
    for (const one of meant.keys()) one.classList.toggle("meant", meant.get(node)?.has(one) ?? false);
  };
  for (const node of meant.keys()) {
    const hold = () => {
      held = held === node ? null : node;
      for (const one of meant.keys())
        if (one.matches("button, [role=button]")) one.setAttribute("aria-pressed", String(one === held));
      show(held);
    };
    node.onpointerenter = node.onfocus = () => show(node);
    node.onpointerleave = node.onblur = () => show(held);
    node.onclick = (/** @type {MouseEvent} */ { target }) => {
      const inner = /** @type {Element} */ (target).closest("button");
      if (!inner || inner === node) hold();
    };
    if (node.localName !== "button")
      node.onkeydown = (/** @type {KeyboardEvent} */ event) => {
        if (event.target !== node || !["Enter", " "].includes(event.key)) return;
        event.preventDefault();
        hold();
      };
  }
}
