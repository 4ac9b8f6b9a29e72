/* The figures of all tabs: files for the visitor to keep, and alternative texts in the page's language.
 *
 * A `button.download` (space.html) gives the file `data-file`. Its content is what its `offer()` returns, which
 * the script of a tab may set; else the text in `data-csv`; else the tiles around it (`data-tiles`), as they are
 * shown; else the picture in the figure around it. Nothing is asked of the server.
 */

{
  /** A canvas of tiles side by side, each the same `--column` of its own `--sprite`. */
  async function joined(tiles) {
    const sprites = await Promise.all([...tiles.children].map(async (tile) => {
      const sprite = new Image();
      sprite.src = tile.style.getPropertyValue("--sprite").trim().slice("url(".length, -1);
      await sprite.decode();
      return sprite;
    }));
    const side = sprites[0].height, canvas = document.createElement("canvas");
    const column = Number(getComputedStyle(tiles).getPropertyValue("--column"));
    Object.assign(canvas, { width: side * sprites.length, height: side });
    sprites.forEach((sprite, i) =>
      canvas.getContext("2d").drawImage(sprite, column * side, 0, side, side, i * side, 0, side, side));
    return canvas;
  }

  const content = (button) => {
    if (button.offer) return button.offer();
    if (button.dataset.csv !== undefined) return button.dataset.csv;
    const tiles = button.closest("section")?.querySelector("[data-tiles]");
    if (tiles) return joined(tiles);
    return button.closest("figure").querySelector("img:not([hidden])");
  };

  /** Where the browser finds a picture, a canvas or the text of a table. */
  async function locate(thing) {
    if (thing instanceof HTMLImageElement) return thing.src;
    if (thing instanceof HTMLCanvasElement)
      return URL.createObjectURL(await new Promise((resolve) => thing.toBlob(resolve)));
    return thing.startsWith("data:") ? thing : URL.createObjectURL(new Blob([thing], { type: "text/csv" }));
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button.download");
    if (!button) return;
    const link = document.createElement("a"), thing = await content(button);
    link.href = await locate(thing);
    link.download = thing.dataset?.file ?? button.dataset.file; // of several pictures in a figure, each has a name
    link.click();
    if (link.href.startsWith("blob:")) setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  });

  function translate(root) {
    const korean = document.documentElement.lang.startsWith("ko");
    for (const image of root.querySelectorAll("img[data-ko]")) image.alt = korean ? image.dataset.ko : image.dataset.en;
  }

  function watchPage() {
    new MutationObserver(() => translate(document)).observe(document.documentElement, { attributeFilter: ["lang"] });
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes)
        for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) translate(node.parentNode ?? node);
    }).observe(document.body, { childList: true, subtree: true });
    translate(document);
  }

  if (document.body) watchPage(); // Gradio may put this script into a page that is already there
  else document.addEventListener("DOMContentLoaded", watchPage);
}
