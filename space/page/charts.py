"""Line charts as SVG."""

import math
from collections.abc import Sequence

MAX_POINTS = 400
"""points of a curve that are drawn"""


def line_chart(series: Sequence[tuple[str, str, Sequence[float], Sequence[float]]], x_label: str) -> str:
    """Curves over steps as SVG with a logarithmic y axis: (name, CSS class, x, y > 0) each."""
    width, height, left, bottom, top = 460, 240, 48, 24, 8
    xs = [x for _, _, x, _ in series for x in x]
    ys = [y for _, _, _, y in series for y in y]
    x_most, y_least, y_most = max(1, *xs), min(ys), max(ys)
    if y_most / y_least < 1.05:
        y_least, y_most = y_least / 1.05, y_most * 1.05

    def place(x: float, y: float) -> tuple[float, float]:
        share = math.log(y / y_least) / math.log(y_most / y_least)
        return left + (width - left - 12) * x / x_most, height - bottom - (height - bottom - top) * share

    parts = []
    for tick in _log_ticks(y_least, y_most):
        y = place(0, tick)[1]
        parts.append(f'<path class="grid" d="M{left} {y:.1f}H{width - 12}"/>')
        parts.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
    for tick in _ticks(0, x_most, 5):
        x = place(tick, y_least)[0]
        parts.append(f'<text x="{x:.1f}" y="{height - bottom + 17}" text-anchor="middle">{tick:,.0f}</text>')
    parts.append(f'<path class="axis" d="M{left} {top}V{height - bottom}H{width - 12}"/>')
    for _, css, x, y in series:
        points = " ".join("{:.1f},{:.1f}".format(*place(*point)) for point in zip(x, y))
        parts.append(f'<polyline class="{css}" points="{points}"/>')
    legend = "".join(f'<li class="{css}">{name}</li>' for name, css, _, _ in series)
    return (
        f'<figure class="chart"><ul class="legend">{legend}</ul>'
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-hidden="true">{"".join(parts)}</svg>'
        f"<figcaption>{x_label}</figcaption></figure>"
    )


def _ticks(low: float, high: float, count: int) -> list[float]:
    """About `count` round numbers from `low` to `high`."""
    rough = (high - low) / count
    size = 10 ** math.floor(math.log10(rough))
    step = next(m * size for m in (1, 2, 5, 10) if m * size >= rough)
    return [i * step for i in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _log_ticks(low: float, high: float) -> list[float]:
    """Round numbers for a logarithmic axis: 1, 2, 5 a decade, or even steps within less than a decade."""
    if high / low < 8:
        return _ticks(low, high, 4)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    wanted = (1, 2, 5) if high / low < 1000 else (1,)
    return [m * 10.0**d for d in decades for m in wanted if low <= m * 10.0**d <= high]
