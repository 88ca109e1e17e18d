"""Anomalies, picks and bars of a running engine: every question of the source."""

import asyncio
from pathlib import Path

from tests.support.engines import ONLY_THE_SUM
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor import config
from tui_monitor.boards.anomalies import State
from tui_monitor.clock import MINUTE_MS
from tui_monitor.engine import Engine, opened_engine
from tui_monitor.model import BAR_MS, Exchange, Market
from tui_monitor.simulator import Simulator
from tui_monitor.source.anomalies import OF_BEFORE
from tui_monitor.source.local import LocalSource

OKX = Exchange.OKX
COINS = ("BTC", "ETH", "SOL", "PEPE", "CALM")
QUARTER_MS = BAR_MS["15m"]
FIRST_MS = START_MS + 13 * MINUTE_MS
NEXT_MS = FIRST_MS - FIRST_MS % QUARTER_MS


def settings_for(sim: Simulator) -> config.Settings:
    """OKX's perpetuals alone."""
    flags = config.with_simulator(sim.url) | ONLY_THE_SUM
    flags |= {"anomalies.exchanges": ["okx"], "anomalies.top": 4, "anomalies.bars": 48}
    return config.load(Path("/dev/null"), {}, flags).settings


def is_complete(engine: Engine) -> bool:
    """Whether bars have come and picks are scored."""
    found = engine.candles.progress()
    return (
        bool(found)
        and all(one.due == 0 for one in found)
        and not isinstance(engine.picks.board(OKX), str)
    )


@in_virtual_time
async def test_an_engine_answers_every_question(tmp_path: Path) -> None:
    """The board, why a coin is on it and why not, picks, bars; then the same of its store."""
    clock = VirtualClock(FIRST_MS)
    sim = Simulator(seed=1, clock=clock, rate=0.05, coins=COINS)
    async with sim.running():
        sim.plant(kind="jump", coin="PEPE", at=NEXT_MS, size=0.05)
        settings = settings_for(sim)
        opened = opened_engine(settings, tmp_path, clock, kind="simulator", info={})
        async with opened as (engine, _), asyncio.TaskGroup() as tasks:
            source = LocalSource(engine, tmp_path / "exports")
            early = await source.anomalies_board()
            assert (early.exchange, early.rows, early.live) == (OKX, [], True)
            assert early.reason
            assert early.evaluated_ms is None
            nothing = await source.stored_anomalies(0, NEXT_MS)
            assert (nothing.rows, nothing.evaluated_ms) == ([], None)
            assert nothing.reason == f"15m bars of okx: {early.reason}"
            assert (await source.picks_board()).evaluated_ms is None
            running = tasks.create_task(engine.run())
            await clock.until(lambda: is_complete(engine), 110)
            await clock.sleep((NEXT_MS + QUARTER_MS - clock.now_ms()) / 1000 + 70)
            await ask(source)
            # None of all that asking had bars streamed.
            assert engine.candles.in_use() == [(OKX, "15m")]
            source.watch_bars(None, "1h")
            await clock.until(lambda: (OKX, "1h") in engine.candles.in_use(), 30)
            assert (await source.anomalies_board(None, "1h")).live
            assert engine.status().failed_workers == []
            running.cancel()
        async with opened_engine(settings, tmp_path, clock, kind="simulator", info={}) as (
            again,
            _,
        ):
            await ask_at_once(LocalSource(again, tmp_path / "exports"))


async def ask_at_once(source: LocalSource) -> None:
    """After a start, before anything is judged: what was judged last, marked as of then."""
    board = await source.anomalies_board()
    assert (board.live, board.open_ms, board.universe) == (False, NEXT_MS, 4)
    assert board.evaluated_ms is not None
    assert [(row.rank, row.coin) for row in board.rows] == [(1, "PEPE")]
    assert board.reason.endswith(f"; {OF_BEFORE}")
    explained = await source.anomaly_explained("PEPE")
    assert (explained.live, [one.coin for one in explained.found]) == (False, ["PEPE"])
    assert not (await source.anomaly_explained("CALM")).found
    found = await source.stored_anomalies(NEXT_MS, NEXT_MS)
    assert found.evaluated_ms == board.evaluated_ms
    assert OF_BEFORE not in found.reason
    assert (await source.picks_board()).rows


async def ask_for_others(source: LocalSource) -> None:
    """Bars that nobody watches: what is stored, and where to have them watched."""
    board = await source.anomalies_board(None, "1h")
    assert (board.rows, board.evaluated_ms, board.live) == ([], None, False)
    assert "1h bars of okx are not watched" in board.reason
    assert "anomalies.bar" in board.reason
    assert board.unasked
    assert not (await source.anomalies_board(Exchange.BITGET)).unasked
    bars = await source.klines("PEPE", OKX, bar="1h")
    assert (bars.rows, bars.coin) == ([], "PEPE")
    assert "1h bars of okx are not watched" in bars.reason
    found = await source.stored_anomalies(0, NEXT_MS, bar="1h")
    assert (found.bar, found.evaluated_ms) == ("1h", None)
    assert found.reason.startswith("1h bars of okx are not watched")


async def ask(source: LocalSource) -> None:
    """Everything, once the jump's bar is judged."""
    board = await source.anomalies_board()
    assert (board.exchange, board.open_ms, board.universe) == (OKX, NEXT_MS, 4)
    assert board.reason == ""
    (pepe,) = [row for row in board.rows if row.coin == "PEPE"]
    assert (pepe.rank, pepe.state) == (1, State.ANOMALY)
    found = await source.stored_anomalies(NEXT_MS, NEXT_MS)
    assert (found.exchanges, found.bar, found.reason) == ([OKX], "15m", "")
    assert (found.rows[0].row.coin, found.rows[0].row.score) == ("PEPE", pepe.score)
    assert found.evaluated_ms == board.evaluated_ms
    none = await source.stored_anomalies(NEXT_MS, NEXT_MS, min_score=1e6)
    assert (none.rows, none.reason) == ([], "no anomaly of that time and score is stored")

    explained = await source.anomaly_explained("pepe")
    assert explained.live
    assert [one.row and one.row.score for one in explained.found] == [pepe.score]
    (other,) = (await source.anomaly_explained("CALM")).found
    assert other.why
    nowhere = await source.anomaly_explained("NOPE")
    assert (nowhere.found, nowhere.reason) == ([], "okx lists no perpetual of NOPE")
    forming = await source.anomaly_explained("PEPE", forming=True)
    assert [one.row and (one.row.open_ms, one.row.forming) for one in forming.found] == [
        (NEXT_MS + QUARTER_MS, True)
    ]
    unwatched = await source.anomaly_explained("BTC", Exchange.BITGET)
    assert unwatched.reason == (
        "bitget is not watched: exchanges.bitget.enabled turns it on; none was judged yet"
    )

    picks = await source.picks_board()
    assert (picks.exchange, picks.reason) == (OKX, "")
    assert len(picks.rows) == 4
    assert (await source.picks_board(Exchange.BITGET)).reason

    bars = await source.klines("PEPE", OKX, limit=5)
    assert (bars.coin, bars.reason) == ("PEPE", "")
    assert [row.open_ms for row in bars.rows] == [
        NEXT_MS - back * QUARTER_MS for back in range(4, -1, -1)
    ]
    assert bars.forming is not None
    assert bars.forming.open_ms == NEXT_MS + QUARTER_MS
    assert (await source.klines("PEPE", OKX, Market.SPOT)).reason
    assert (await source.klines("NOPE", OKX)).reason == "okx lists no perpetual of it"

    await ask_for_others(source)
    upkeep = await source.upkeep()
    assert (upkeep.watched, upkeep.candle_symbols, upkeep.picks) == (4, 4, 4)
    assert upkeep.anomalies_1h >= 1
    assert upkeep.evaluated_ms == board.evaluated_ms
