/* A server on this machine for tests of what fetches. */

import { createServer } from "node:http";

/** Serves one file, with what it is at /file/config.json, and calls `use(url, asked)`; `asked` collects the Range header of each request.
 * @param {Uint8Array} file
 * @param {(url: string, asked: (string | undefined)[]) => Promise<void>} use
 * @param {{ ranges?: boolean, description?: any }} [options] `ranges`: whether the server knows them */
export async function serving(file, use, { ranges = true, description } = {}) {
  /** @type {(string | undefined)[]} */
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.range);
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    if (request.url === "/file/config.json" && description) response.end(JSON.stringify(description));
    else if (request.url !== "/file") response.writeHead(404).end();
    else if (range && ranges)
      response.writeHead(206).end(file.subarray(Number(range[1]), Number(range[2]) + 1));
    else response.writeHead(200).end(file);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  try {
    await use(`http://127.0.0.1:${port}/file`, asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
