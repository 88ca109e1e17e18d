"""Spreads, signals, funding and coins without an engine: what is stored, marked so."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.boards.signals import Ending
from tui_monitor.boards.spreads import Filter, Kind
from tui_monitor.clock import DAY_MS, MINUTE_MS, BoardZone
from tui_monitor.config import Signals, Spreads, SumCurve
from tui_monitor.model import (
    Exchange,
    Market,
    Settlement,
    SignalRecord,
    SignalSample,
    SpreadKind,
    SpreadMinute,
)
from tui_monitor.source.spreads import StoredSpreads
from tui_monitor.source.stored import StoredSource
from tui_monitor.store import open_reader, open_store


def a_minute(minute: int, over_s: float) -> SpreadMinute:
    return SpreadMinute(
        minute_ms=START_MS - minute * MINUTE_MS,
        coin="BTC",
        kind=SpreadKind.ALL,
        max_pct=0.7,
        min_pct=0.1,
        buy_exchange=Exchange.OKX,
        buy_market=Market.PERP,
        sell_exchange=Exchange.BYBIT,
        sell_market=Market.SPOT,
        over_s=over_s,
        rises=1,
        samples=60,
    )


def a_record(coin: str, *, ending: str | None) -> SignalRecord:
    samples = [SignalSample(START_MS - 4_000 + at, 100.0, 100.7, 0.7) for at in (0, 2_000, 4_000)]
    return SignalRecord(
        coin=coin,
        basis="executable",
        buy_exchange=Exchange.OKX,
        buy_market=Market.PERP,
        sell_exchange=Exchange.BYBIT,
        sell_market=Market.PERP,
        first_ms=START_MS - 4_000,
        observed_ms=START_MS,
        threshold_pct=0.6,
        samples=tuple(samples),
        ended_ms=None if ending is None else START_MS + 6_000,
        ending=ending,
    )


async def stored(folder: Path, clock: VirtualClock) -> None:
    """Two signals, two minutes within the day and one before, one settlement."""
    async with open_store(folder, clock, kind="real") as store:
        await store.record_signals(
            [a_record("BTC", ending=Ending.NARROWED.value), a_record("ETH", ending=None)]
        )
        old = DAY_MS // MINUTE_MS + 1
        await store.record_spreads([a_minute(1, 4.0), a_minute(2, 0.0), a_minute(old, 9.0)])
        paid = Settlement(
            exchange=Exchange.OKX,
            market=Market.PERP,
            symbol="BTC-USDT-SWAP",
            coin="BTC",
            settled_ms=START_MS - 3_600_000,
            rate=0.0001,
        )
        await store.record_funding([paid])


@in_virtual_time
async def test_pairs_that_nobody_named_are_those_of_the_settings(tmp_path: Path) -> None:
    """Whoever names some gets those."""
    clock = VirtualClock()
    await stored(tmp_path, clock)
    async with open_reader(tmp_path) as reader:
        set_to = StoredSpreads(reader, clock, Spreads(pairs="spot-perp"), Signals())
        assert set_to.spreads_board(None, Filter.ALL, None).kind is Kind.SPOT_PERP
        assert set_to.spreads_board(Kind.SPOT_SPOT, Filter.ALL, None).kind is Kind.SPOT_SPOT


@in_virtual_time
async def test_what_is_stored_is_shown_and_says_so(tmp_path: Path) -> None:
    """No prices of now, with the reason; history as it is."""
    clock = VirtualClock()
    await stored(tmp_path, clock)
    async with open_reader(tmp_path) as reader:
        source = StoredSource(reader, BoardZone(), clock, SumCurve(), tmp_path / "exports")
        spreads = await source.spreads_board(Kind.ALL, Filter.ALL)
        assert (spreads.rows, spreads.live) == ([], False)
        assert "no engine runs" in spreads.reason
        signals = await source.signals_board()
        assert not signals.live
        ended, lasting = sorted(signals.signals, key=lambda one: one.coin)
        assert (ended.coin, ended.ending, ended.lasted_ms) == ("BTC", Ending.NARROWED, 10_000)
        assert (lasting.ending, lasting.ended_ms, lasting.lasted_ms) == (Ending.LOST, None, None)
        assert (ended.price_long, ended.price_short) == (100.0, 100.7)
        told = sorted(signals.runs, key=lambda run: run.newest.coin)
        assert [(run.newest, run.signals, run.is_over) for run in told] == [
            (ended, 1, True), (lasting, 1, True),
        ]  # fmt: skip
        page = await source.coin_page("BTC")
        assert (page.live, page.legs) == (False, [])
        assert [one.over_s for one in page.minutes] == [0.0, 4.0]
        assert (page.over_24h_s, page.rises_24h) == (4.0, 2)
        assert [one.rate for one in page.settlements] == [0.0001]
        assert [one.coin for one in page.signals] == ["BTC"]
        empty = await source.coin_page("NONE")
        assert (empty.over_24h_s, empty.rises_24h) == (None, None)
        (row,) = (await source.funding_board()).rows
        (cell,) = row.cells
        assert (cell.rate, cell.apr, cell.settled_rate) == (None, None, 0.0001)
        assert [one.rate for one in cell.paid] == [0.0001] * 3
        assert not row.ranked
        assert row.reason
        assert await source.prices() == []
        assert await source.price_points("BTC") == []


@pytest.mark.parametrize("module", ["tui_monitor.cli.show", "tui_monitor.source.stored"])
def test_what_is_stored_is_shown_without_numpy(module: str) -> None:
    """A one-shot command starts fast: only the engine computes."""
    check = f"import sys, {module}; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
