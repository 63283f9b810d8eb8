"""Figures of a run and their ratios."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figures:
    """Throughput (messages a second) and latency (milliseconds) of one run; `lost` got no reply in time."""

    messages: int
    per_second: float
    p50: float
    p95: float
    p99: float
    lost: int


def figures(latencies: Sequence[float], *, seconds: float, lost: int) -> Figures:
    """Return the figures of latencies (seconds) measured over `seconds`."""
    if not latencies:
        return Figures(0, 0.0, 0.0, 0.0, 0.0, lost)
    ordered = sorted(latencies)
    return Figures(
        messages=len(ordered),
        per_second=round(len(ordered) / seconds, 1),
        p50=round(1000 * statistics.median(ordered), 1),
        p95=round(1000 * percentile(ordered, 0.95), 1),
        p99=round(1000 * percentile(ordered, 0.99), 1),
        lost=lost,
    )


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the value below which a share of the ordered values lies (nearest rank)."""
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def report(results: dict[str, Figures]) -> dict[str, Any]:
    """Return the figures and how many times better Kite is than the stock bot in each."""
    told: dict[str, Any] = {name: asdict(value) for name, value in results.items()}
    for case in ("fresh", "long"):
        kite, stock = results.get(f"kite_{case}"), results.get(f"stock_{case}")
        if kite is not None and stock is not None and stock.per_second and kite.p50:
            told[f"ratio_{case}"] = {
                "throughput": round(kite.per_second / stock.per_second, 2),
                "p50": round(stock.p50 / kite.p50, 2),
                "p95": round(stock.p95 / kite.p95, 2),
                "p99": round(stock.p99 / kite.p99, 2),
            }
    return told
