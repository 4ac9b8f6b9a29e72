"""Times of the networks in Chromium, and their bars: `python -m tests.speed`.

Each figure is of many calls one after another: the least, which a busy machine disturbs little, and the
median. The first table is of the page itself, without a worker; the second of a worker, and of the time
between two frames of the page meanwhile. `--throttle 4` slows the page's CPU four times, as a phone's, and
its bars are four times as high; it does not slow the worker's. `--only PixelCNN` measures what has this in
its name.
"""

import threading
import time
from dataclasses import dataclass
from typing import Any

import tyro
import uvicorn
from playwright.sync_api import sync_playwright
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from space.models import roles
from space.page.modules import BASE
from space.page.routes import ROUTES
from tests.conftest import CHROMIUM

PORT = 7999
BARS = {
    "DCGAN, 32 samples": (roles.DCGAN, [["sample", 32, 0]], 60),
    "PixelCNN, an image pixel by pixel": (roles.PIXELS, [["sample", 1, 0]], 125),
    "VAE-20D, a frame": (roles.VAE_DEEP, [["decode", [1, 20]]], 8),
    "CycleGAN, 64 px, there and back with both D maps": (
        roles.TRANSLATOR,
        [
            *(["translate", [1, 64, 64, 3], "ab"], ["translate", [1, 64, 64, 3], "ba"]),
            *(["score_patches", [1, 64, 64, 3], domain] for domain in "ab"),
        ],
        400,
    ),
    "diffusion, one digit in 16 steps": (roles.DIFFUSION, [["sample", 1, 0]], 250),
}
"""what -> model, calls (a list stands for a tensor of that shape), milliseconds that the median may take"""
WORKER_BARS = {"diffusion, 16 digits in 16 steps": (roles.DIFFUSION, ["sample", 16, 0], 2500)}
"""what -> model, call, milliseconds that the median may take"""
MOST_FRAME_MS = 17.5
"""that the median of the time between two frames may take: 60 frames a second"""
TIME = """async ([base, name, calls, seconds, simd]) => {
    const { Model } = await import(`${base}browser/models.js`);
    const begun = performance.now();
    const model = await Model.open(new URL(`/weights/${name}`, location.origin), { simd });
    await model.prepare(...calls.map(([method]) => method));
    const loaded = performance.now() - begun;
    const random = (shape) => ({
        shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, Math.random),
    });
    const times = [];
    const given = calls.map((call) => call.map((value) => (Array.isArray(value) ? random(value) : value)));
    for (const end = performance.now() + 1000 * seconds; performance.now() < end || times.length < 5; ) {
        const begun = performance.now();
        for (const [method, ...values] of given) model.run(method, ...values);
        times.push(performance.now() - begun);
        await new Promise((resolve) => setTimeout(resolve));
    }
    times.sort((a, b) => a - b);
    return { loaded, least: times[0], median: times[times.length >> 1], count: times.length };
}"""

TIME_WORKER = """async ([base, name, [method, ...values], seconds]) => {
    const { Runner } = await import(`${base}browser/runner.js`);
    const model = await new Runner().load(new URL(`/weights/${name}`, location.origin), [method]);
    const [times, frames] = [[], []];
    let last = null;
    const note = (now) => {
        if (last !== null) frames.push(now - last);
        last = now;
        requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
    for (const end = performance.now() + 1000 * seconds; performance.now() < end || times.length < 5; ) {
        const begun = performance.now();
        await model.run(method, ...values);
        times.push(performance.now() - begun);
    }
    for (const all of [times, frames]) all.sort((a, b) => a - b);
    return {
        least: times[0], median: times[times.length >> 1], count: times.length,
        frame: frames[frames.length >> 1], late: frames[Math.floor(0.95 * frames.length)],
        rate: (1000 * frames.length) / frames.reduce((sum, one) => sum + one, 0),
    };
}"""


@dataclass(frozen=True)
class SpeedConfig:
    """Measure the networks in Chromium."""

    seconds: float = 5
    """that each figure is measured for"""
    only: str = ""
    """that is part of the name of what is measured"""
    throttle: float = 1.0
    """times that the page's CPU is slowed down"""


def serve() -> None:
    """Serve the scripts and weights, without the lab, on a thread that ends with this process."""
    empty = Route("/", lambda request: HTMLResponse("<!doctype html>"))
    config = uvicorn.Config(Starlette(routes=[empty, *ROUTES]), port=PORT, log_level="warning")
    server = uvicorn.Server(config)
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)


def chosen(bars: dict[str, Any], only: str) -> list[tuple[str, Any]]:
    """Those that `only` is part of the name of."""
    return [(what, bar) for what, bar in bars.items() if only.casefold() in what.casefold()]


def main() -> None:
    """Print a row for each figure."""
    config = tyro.cli(SpeedConfig)
    serve()
    print("| what | SIMD: least, median ms | bar | plain JavaScript | loading |\n|---|---|---|---|---|")
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        page = browser.new_page()
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": config.throttle})
        page.goto(f"http://127.0.0.1:{PORT}/")
        for what, (name, calls, most) in chosen(BARS, config.only):
            bar = f"{most * config.throttle:g}"
            fast, plain = (
                page.evaluate(TIME, [f"/{BASE}", name, calls, config.seconds, simd]) for simd in (True, False)
            )
            print(
                f"| {what} | {fast['least']:.1f}, {fast['median']:.1f} ({fast['count']} calls) | {bar} "
                f"| {plain['least']:.0f}, {plain['median']:.0f} | {fast['loaded']:.0f} |",
                flush=True,
            )
        print("\n| in a worker | least, median ms | bar | a frame: median, 95 % below, ms | bar | frames/s |")
        print("|---|---|---|---|---|---|")
        for what, (name, call, bar) in chosen(WORKER_BARS, config.only):
            found = page.evaluate(TIME_WORKER, [f"/{BASE}", name, call, config.seconds])
            print(
                f"| {what} | {found['least']:.0f}, {found['median']:.0f} ({found['count']} calls) | {bar} "
                f"| {found['frame']:.1f}, {found['late']:.1f} | {MOST_FRAME_MS} | {found['rate']:.1f} |",
                flush=True,
            )
        browser.close()


if __name__ == "__main__":
    main()
