"""Visitors who open the page at once: `python -m tests.visits`.

Starts the app as a process of its own and opens it in Chromium, with an empty cache. Then `visitors` ask for
what that page asked for, over six connections each as a browser does, and keep the stream open that a page
keeps open; they come evenly over `seconds`. The last visitor is Chromium again, with an empty cache. All that
shares the cores of this machine with the app; the others' pages are fetched, but not shown.
"""

import asyncio
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import tyro
from playwright.async_api import Browser, async_playwright

from tests.conftest import CHROMIUM
from tests.processes import running_lab

BROWSER = {"accept-encoding": "gzip, deflate, br"}
CONNECTIONS = 6
"""that a browser opens to one address"""
PICTURE = "#heights .ranking tbody tr"
"""the first lesson's table, which its picture is drawn with"""
STREAM = "/heartbeat/"


@dataclass(frozen=True)
class VisitsConfig:
    """Measure how long a page takes while others open it."""

    visitors: int = 60
    """that open the page"""
    seconds: float = 60
    """in which they come, evenly"""


async def look(browser: Browser, url: str) -> tuple[float, list[str]]:
    """A page with an empty cache: seconds until its first picture, and the addresses that it asks for."""
    asked: list[str] = []
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    begun = time.monotonic()
    await page.goto(url)
    await page.locator(PICTURE).first.wait_for(state="attached", timeout=120_000)  # folded on a phone
    seconds = time.monotonic() - begun
    await page.wait_for_timeout(2000)  # what a page asks for behind its picture
    await context.close()
    return seconds, [address for address in asked if address.startswith("http")]


async def visit(addresses: list[str], after: float, left: asyncio.Event) -> tuple[float, int]:
    """A visitor who comes `after` so many seconds: seconds and bytes until all is there."""
    await asyncio.sleep(after)
    size, begun = 0, time.monotonic()
    limits = httpx.Limits(max_connections=CONNECTIONS + 1)
    async with httpx.AsyncClient(headers=BROWSER, limits=limits, timeout=120) as client:

        async def stay(address: str) -> None:
            async with client.stream("GET", address):
                await left.wait()

        async def fetch(address: str) -> None:
            try:
                await take(address)
            except httpx.RemoteProtocolError:  # an idle connection that the server has closed
                await take(address)

        async def take(address: str) -> None:
            nonlocal size
            async with client.stream("GET", address) as answer:
                answer.raise_for_status()
                async for piece in answer.aiter_raw():
                    size += len(piece)

        await fetch(addresses[0])  # which names the others
        staying = [asyncio.create_task(stay(address)) for address in addresses if STREAM in address]
        await asyncio.gather(*(fetch(address) for address in addresses[1:] if STREAM not in address))
        seconds = time.monotonic() - begun
        await asyncio.gather(*staying)
    return seconds, size


async def measure(url: str, config: VisitsConfig) -> None:
    """Print what the first, the others and the last visitor waited."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        first, addresses = await look(browser, f"{url}/")
        left = asyncio.Event()
        every = config.seconds / config.visitors
        crowd = [asyncio.create_task(visit(addresses, i * every, left)) for i in range(config.visitors - 1)]
        await asyncio.sleep(config.seconds - every)
        last, _ = await look(browser, f"{url}/")
        left.set()
        seconds, sizes = zip(*await asyncio.gather(*crowd))
        await browser.close()
    print(f"{config.visitors} visitors in {config.seconds:g} s, {len(addresses)} requests each")
    print(f"bytes of a visit: {statistics.median(sizes):,.0f}")
    print(f"first picture of the first visitor, behind the start of the app: {first:.1f} s")
    print(f"all bytes of the others: median {statistics.median(seconds):.2f} s, longest {max(seconds):.2f} s")
    print(f"first picture of the last visitor: {last:.1f} s")


def main() -> None:
    """Measure one crowd."""
    config = tyro.cli(VisitsConfig)
    with tempfile.TemporaryDirectory() as folder, running_lab(Path(folder)) as lab:
        asyncio.run(measure(lab.url, config))


if __name__ == "__main__":
    main()
