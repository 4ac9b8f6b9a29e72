/* Pictures that hold many tiles: show one of them on an element. */

/** Shows one tile of a picture that holds `columns` x `rows` of them, as the background of a node.
 * @param {HTMLElement} node
 * @param {string} picture its URL
 * @param {number} columns
 * @param {number} rows
 * @param {number} index row by row */
export function cut(node, picture, columns, rows, index) {
  const share = (i, count) => (count > 1 ? (100 * i) / (count - 1) : 0);
  node.style.backgroundImage = `url("${picture}")`;
  node.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
  node.style.backgroundPosition = `${share(index % columns, columns)}% ${share(Math.floor(index / columns), rows)}%`;
}
