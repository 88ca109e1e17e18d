"""Anomalies, picks and bars: of the store alone, and of an engine."""

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from tests.engine.bars import BINANCE, PERP
from tests.support.anomaly_boards import THRESHOLDS, a_pick, an_anomaly, an_explanation
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.boards.anomalies import AnomaliesBoard, State
from tui_monitor.boards.anomalies.records import head_name, record_of
from tui_monitor.boards.picks import PicksBoard, PicksKept, kept_name
from tui_monitor.config import Anomalies
from tui_monitor.errors import BadInput
from tui_monitor.model import BAR_MS, CandleRow, Exchange, Market
from tui_monitor.source.anomalies import NO_ENGINE, OF_BEFORE, StoredAnomalies
from tui_monitor.store import Store, open_store

QUARTER_MS = BAR_MS["15m"]
OPEN_MS = START_MS - START_MS % QUARTER_MS - QUARTER_MS


def a_head() -> AnomaliesBoard:
    """The board of the newest judged bar, as it is kept: without rows."""
    return AnomaliesBoard(
        board="anomalies",
        now_ms=START_MS,
        exchange=BINANCE,
        mode="closed",
        bar="15m",
        bar_ms=QUARTER_MS,
        evaluated_ms=START_MS,
        open_ms=OPEN_MS,
        close_ms=OPEN_MS + QUARTER_MS,
        universe=150,
        window_bars=96,
        thresholds=THRESHOLDS,
        counts={State.ANOMALY: 2, State.SMALL_MOVE: 148},
        rows=[],
        forming=None,
    )


async def put(store: Store) -> None:
    """Two anomalies of the newest bar, one of the bar before."""
    for open_ms, scores in ((OPEN_MS, {"SOL": 0.7, "PEPE": 3.2}), (OPEN_MS - QUARTER_MS, {"X": 9})):
        rows = [an_anomaly(coin, score, open_ms) for coin, score in scores.items()]
        records = [record_of(an_explanation(row), START_MS) for row in rows]
        symbols = [row.symbol for row in rows]
        await store.record_anomalies(BINANCE, "15m", open_ms, symbols, records)
    head = msgspec.json.encode(a_head()).decode()
    await store.keep_board_head(head_name(BINANCE, "15m"), head)


@in_virtual_time
async def test_without_an_engine_the_newest_judged_bar_is_shown(tmp_path: Path) -> None:
    """Its anomalies by score, and the sentence that they are not of now."""
    clock = VirtualClock()
    async with open_store(tmp_path, clock, kind="real") as store:
        await put(store)
        source = StoredAnomalies(store, clock, Anomalies())
        board = await source.board(None, None)
        assert [(row.rank, row.coin) for row in board.rows] == [(1, "PEPE"), (2, "SOL")]
        assert (board.universe, board.live) == (150, False)
        assert board.reason == f"{NO_ENGINE}; {OF_BEFORE}"
        explained = await source.explained("pepe", None, None)
        assert [one.coin for one in explained.found] == ["PEPE"]
        assert (explained.live, explained.reason) == (False, "")
        unknown = await source.explained("BTC", None, None)
        assert (unknown.found, unknown.open_ms) == ([], OPEN_MS)
        who = "BTC is no stored anomaly of the last judged bar"
        assert unknown.reason == f"{NO_ENGINE}; {who}, and only those are kept"
        forming = await source.explained("pepe", None, None, forming=True)
        assert (forming.found, forming.reason) == (
            [],
            f"{NO_ENGINE}; what is forming is not stored",
        )


@in_virtual_time
async def test_nothing_judged_is_a_reason_not_a_board_of_nothing(tmp_path: Path) -> None:
    """Of another exchange, another length of bars, and of picks."""
    clock = VirtualClock()
    async with open_store(tmp_path, clock, kind="real") as store:
        await put(store)
        source = StoredAnomalies(store, clock, Anomalies())
        for exchange, bar in ((Exchange.OKX, None), (None, "1h")):
            board = await source.board(exchange, bar)
            assert (board.rows, board.universe, board.evaluated_ms) == ([], 0, None)
            assert board.reason == f"{NO_ENGINE}; none was judged yet"
        picks = await source.picks(None)
        assert (picks.rows, picks.evaluated_ms) == ([], None)
        assert "nothing was scored yet" in picks.reason
        with pytest.raises(BadInput, match="2h"):
            await source.board(None, "2h")


@in_virtual_time
async def test_stored_anomalies_are_chosen_by_everything(tmp_path: Path) -> None:
    """Exchange, length, score and time, before the limit."""
    clock = VirtualClock()
    async with open_store(tmp_path, clock, kind="real") as store:
        await put(store)
        source = StoredAnomalies(store, clock, Anomalies())

        async def coins(**chosen: object) -> list[str]:
            asked = {"exchange": None, "bar": None, "min_score": 0.0, "limit": 10} | chosen
            found = await source.stored(0, START_MS, **asked)  # type: ignore[arg-type]
            assert bool(found.rows) is not bool(found.evaluated_ms is None)
            assert found.reason
            return [one.row.coin for one in found.rows]

        assert await coins() == ["X", "PEPE", "SOL"]
        assert await coins(min_score=1.0, limit=2) == ["X", "PEPE"]
        assert await coins(exchange=BINANCE, bar="15m") == ["X", "PEPE", "SOL"]
        assert await coins(exchange=Exchange.BYBIT) == await coins(bar="1m") == []


@in_virtual_time
async def test_kept_picks_are_shown_with_their_time(tmp_path: Path) -> None:
    """What another version kept, or damage, is as nothing."""
    clock = VirtualClock()
    board = PicksBoard(
        board="picks",
        now_ms=START_MS,
        exchange=BINANCE,
        bar="15m",
        evaluated_ms=START_MS,
        close_ms=OPEN_MS + QUARTER_MS,
        candidates=30,
        kept=20,
        rows=[a_pick("PEPE", 1, START_MS)],
        left_out=[],
    )
    async with open_store(tmp_path, clock, kind="real") as store:
        source = StoredAnomalies(store, clock, Anomalies())
        text = msgspec.json.encode(PicksKept(board=board, scores=[])).decode()
        await store.keep_board_head(kept_name(BINANCE), text)
        found = await source.picks(None)
        assert found.rows == board.rows
        assert found.reason == f"{NO_ENGINE}; these are the last ones"
        assert not found.live
        assert (await source.upkeep()).picks == 1
        await store.keep_board_head(kept_name(BINANCE), text[:50])
        assert (await source.picks(None)).rows == []


@in_virtual_time
async def test_bars_of_a_symbol_or_a_coin_or_why_there_are_none(tmp_path: Path) -> None:
    """Oldest first, the newest of them."""
    clock = VirtualClock()
    candle = CandleRow(
        exchange=BINANCE,
        market=PERP,
        symbol="1000PEPEUSDT",
        coin="PEPE",
        bar="15m",
        open_ms=OPEN_MS,
        open=1.0,
        high=1.2,
        low=0.9,
        close=1.1,
        volume_coins=None,
        turnover_usd=5.0,
    )
    rows = [replace(candle, open_ms=OPEN_MS - back * QUARTER_MS) for back in (2, 1, 0)]
    async with open_store(tmp_path, clock, kind="real") as store:
        await store.record_candles(rows)
        source = StoredAnomalies(store, clock, Anomalies())
        for name in ("pepe", "1000PEPEUSDT"):
            found = await source.klines(name, BINANCE, PERP, "15m", 2)
            assert (found.symbol, found.coin, found.rows) == ("1000PEPEUSDT", "PEPE", rows[1:])
            assert found.reason == ""
        hourly = StoredAnomalies(store, clock, Anomalies(exchanges=("okx",), bar="1h"))
        unnamed = await hourly.klines("PEPE", None, PERP, None, 2)
        assert (unnamed.exchange, unnamed.bar) == (Exchange.OKX, "1h")
        for name, exchange, market, bar in (
            ("NONE", BINANCE, PERP, "15m"),
            ("PEPE", Exchange.OKX, PERP, "15m"),
            ("PEPE", BINANCE, Market.SPOT, "15m"),
            ("PEPE", BINANCE, PERP, "1h"),
        ):
            none = await source.klines(name, exchange, market, bar, 2)
            assert none.rows == []
            assert none.reason == f"no {bar} bars of {name} are stored"
