"""The whole stack: four TLS sockets with 1,000 tickers a second each, and what they cost."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks import _runs

RATE = 1_000
SECONDS = 6.0


def show(name: str, found: dict[str, Any], base_us: float | None) -> float:
    """One line; the CPU time of a message in µs."""
    each_us: float = found["cpu_s"] / max(1, found["messages"]) * 1e6
    share = found["cpu_s"] / SECONDS * 100
    line = (
        f"{name:28} {found['messages'] / SECONDS:7.0f}/s {share:5.1f} % of a core {each_us:7.1f} µs"
    )
    if base_us is not None:
        line += f" {each_us / base_us:6.2f} ×"
    if "late_ms" in found:
        late, lag = found["late_ms"], found["lag_ms"]
        line += f"   late p50/p99 {late[0]:.0f}/{late[1]:.0f} ms"
        line += f"   lag p50/p99 {lag[0]:.1f}/{lag[1]:.1f} ms"
    sys.stdout.write(line + "\n")
    return each_us


def main() -> None:
    """Ours by ticks and without, then the peers; × is against ours by 5 ms ticks."""
    with tempfile.TemporaryDirectory() as folder:
        pair = _runs.certificate(Path(folder))
        with _runs.serving(RATE, *pair) as url:
            ours = _runs.client("ours", url, SECONDS, 5, pair[0])
            base_us = show("ours, 5 ms ticks", ours, None)
            for tick_ms in (20, 0):
                name = f"ours, {tick_ms} ms ticks" if tick_ms else "ours, no ticks"
                show(name, _runs.client("ours", url, SECONDS, tick_ms, pair[0]), base_us)
            show("ccxt.pro", _runs.client("ccxt", url, SECONDS, 0, pair[0]), base_us)
            peer = _runs.cryptofeed("stack", url, str(SECONDS), trusted=pair[0])
            if peer is None:
                sys.stdout.write("cryptofeed is not installed\n")
            else:
                show("cryptofeed", peer, base_us)
