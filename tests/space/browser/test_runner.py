"""The networks in Chromium: a worker computes them, from the weights that the app serves, as PyTorch does."""

import pytest
import torch
from playwright.sync_api import Page

from space.models import roles
from space.page.modules import BASE
from space.weights.hub import load
from tests.processes import Lab

pytestmark = pytest.mark.browser

RUN = """async ([base, name, calls, rounds]) => {
    const { Runner } = await import(new URL(`${base}browser/runner.js`, location.origin));
    const runner = new Runner();
    let blocked = 0, last = performance.now(), seen = 0;
    const watch = setInterval(() => {
        blocked = Math.max(blocked, performance.now() - last);
        last = performance.now();
        seen++;
    }, 1);
    const methods = calls.map(([method]) => method);
    const model = await runner.load(new URL(`/weights/${name}`, location.origin), methods);
    let results, still = 1;
    for (let round = 0; round < rounds; round++) {
        results = [];
        blocked = 0;
        const begun = performance.now();
        for (const [method, ...values] of calls) {
            // a number stands for the result of that call
            const given = values.map((one) => (one?.result === undefined ? one : results[one.result]));
            for (const one of given) if (one?.shape) one.data = Float32Array.from(one.data);
            results.push(await model.run(method, ...given));
        }
        still = Math.min(still, blocked / (performance.now() - begun));
    }
    const inWorker = runner.worker !== null;
    const wrong = await model.run("decode_all").catch((error) => error.message);
    runner.dispose();
    const gone = await model.run(...calls[0]).catch((error) => error.message);
    clearInterval(watch);
    const plain = results.map(({ shape, data }) => ({ shape, data: [...data] }));
    return { results: plain, still, seen, inWorker, wrong, gone };
}"""


def test_a_worker_makes_the_pictures_of_pytorch(page: Page, lab: Lab) -> None:
    """The round trip of CycleGAN, while the page stays alive, and no request but those for the weights."""
    page.goto(f"{lab.url}/robots.txt")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    model = load(roles.TRANSLATOR).model
    x = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    sent = {"shape": [1, 64, 64, 3], "data": x.movedim(1, -1).flatten().tolist()}
    calls = [
        ["translate", sent, "ab"],
        ["translate", {"result": 0}, "ba"],
        ["score_patches", {"result": 0}, "b"],
        ["score_patches", sent, "a"],
    ]
    found = page.evaluate(RUN, [f"/{BASE}", roles.TRANSLATOR, calls, 5])
    with torch.inference_mode():
        there = model.translate(x, "ab")
        expected = [there, model.translate(there, "ba"), model.score_patches(there, "b")]
        expected.append(model.score_patches(x, "a"))
    for result, wanted in zip(found["results"], expected, strict=True):
        wanted = wanted.movedim(1, -1)
        assert result["shape"] == list(wanted.shape)
        assert (torch.tensor(result["data"]).reshape(wanted.shape) - wanted).abs().max() < 1e-4
    assert found["inWorker"] and found["seen"] > 5
    assert found["still"] < 0.5  # of the time the page stood still, in the best round
    assert found["wrong"] == "there is no method decode_all here" and "given back" in found["gone"]
    weights = f"{lab.url}/weights/{roles.TRANSLATOR}"
    others = {url for url in asked if f"/{BASE}browser/" not in url}
    assert others == {weights, f"{weights}/config.json"}


def test_the_same_seed_gives_the_same_pictures(page: Page, lab: Lab) -> None:
    page.goto(f"{lab.url}/robots.txt")
    for name in (roles.DCGAN, roles.GAN, roles.VAE_DEEP, roles.VAE_MAP):
        found = page.evaluate(RUN, [f"/{BASE}", name, [["sample", 6, 4242]], 1])
        with torch.inference_mode():
            images = load(name).model.sample(6, torch.Generator().manual_seed(4242)).flatten()
        assert (torch.tensor(found["results"][0]["data"]) - images).abs().max() < 1e-4, name
