"""20,000 tickers a second through four sockets into the market, for some seconds."""

import sys

from tests.benchmarks import _runs

RATE = 5_000
SECONDS = 8.0


def main() -> None:
    """Updates a second, CPU, how late the loop is, how the memory grows; by ticks and without."""
    with _runs.serving(RATE) as url:
        for tick_ms in (5, 20, 0):
            found = _runs.client("ours", url, SECONDS, tick_ms)
            lag, late = found["lag_ms"], found["late_ms"]
            sys.stdout.write(
                f"burst, {tick_ms:2} ms ticks: {found['messages'] / SECONDS:6.0f} updates/s, "
                f"{found['cpu_s'] / SECONDS * 100:5.1f} % of a core, "
                f"loop lag p50/p99 {lag[0]:.1f}/{lag[1]:.1f} ms, "
                f"late p50/p99 {late[0]:.0f}/{late[1]:.0f} ms, "
                f"memory {found['grown_mb']:+.1f} MB\n"
            )
