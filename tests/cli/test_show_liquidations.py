"""`show liquidations`: for a person, for a script, from the store and from a running engine."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from tests.cli.test_bad_input import assert_one_line
from tests.support.liquidation_boards import (
    NOW_MS,
    a_liquidations_board,
    a_minute,
    a_venue,
    a_window,
    some_indices,
)
from tests.support.programs import ONLY_THE_SUM, a_daemon, answer_of, run
from tui_monitor.boards.liquidations import LiquidationsBoard, VenueState
from tui_monitor.boards.liquidations.build import Stored, liquidations_board
from tui_monitor.cli.show_liquidations import liquidations_table
from tui_monitor.cli.tables import eye_text
from tui_monitor.clock import MINUTE_MS, BoardZone, SystemClock
from tui_monitor.engine_lock import EngineLock
from tui_monitor.model import Exchange, LiquidationMinute
from tui_monitor.simulator import Simulator
from tui_monitor.store import open_store

ZONE = BoardZone()
DAY = "2026-01-04"
DAY_MS = ZONE.parse(DAY)


def told_minutes(exchange: Exchange, minutes: Sequence[int], usd: float) -> list[LiquidationMinute]:
    """A long of `usd` and a short of half of it in each of the day's minutes."""
    return [
        LiquidationMinute(
            minute_ms=DAY_MS + minute * MINUTE_MS,
            exchange=exchange,
            long_usd=usd,
            short_usd=usd / 2,
            long_count=1,
            short_count=1,
            largest_usd=usd,
            unsized=0,
            capped_s=0,
            covered_ms=MINUTE_MS,
        )
        for minute in minutes
    ]


async def a_folder(folder: Path) -> tuple[str, str]:
    """A whole day of Bybit, and of Binance without its tenth minute."""
    folder.mkdir()  # noqa: ASYNC240 - a test of its own, in no hurry
    async with open_store(folder, SystemClock(), kind="real") as store:
        heard = [minute for minute in range(1_440) if minute != 10]
        await store.record_liquidation_minutes(told_minutes(Exchange.BYBIT, heard, 1_000.0))
        await store.record_liquidation_minutes(told_minutes(Exchange.BINANCE, heard, 200.0))
    return ("--data-dir", str(folder))


async def test_a_past_day_comes_from_the_store(tmp_path: Path) -> None:
    """Sums, who was heard, the newest minutes; and it says where they are from."""
    options = await a_folder(tmp_path / "data")
    done = await run(tmp_path, "show", "liquidations", "--date", DAY, "--limit", "2", *options)
    assert done.code == 0, done.err
    assert "from the store" in done.err
    assert "not of the exchanges" not in done.err
    lines = done.out.splitlines()
    assert lines[0].startswith(f"liquidations of {DAY} (Asia/Shanghai), as stored at ")
    sums = next(line for line in lines if line.startswith("whole"))
    # 1,439 minutes of 1,800 USD, two thirds of them longs.
    assert sums.split()[1:] == [
        *("≥", "2,590,200.00", "≥", "1,726,800.00", "≥", "863,400.00"),
        *("5756", "1,000.00", "99.93", "%"),
    ]
    venues = {line.split()[0]: line.split() for line in lines if " off " in line}
    assert venues["binance"][1:3] == ["sampled", "off"]
    assert venues["bybit"][1:5] == ["full", "off", "≥", "2,158,500.00"]
    assert [line[:19] for line in lines[-2:]] == [f"{DAY} 23:58:00", f"{DAY} 23:59:00"]


async def test_csv_and_json_are_for_scripts(tmp_path: Path) -> None:
    """One row a minute; what was not heard is empty, not 0."""
    options = await a_folder(tmp_path / "data")
    table = await run(tmp_path, "show", "liquidations", "--csv", "--date", DAY, *options)
    whole = await run(tmp_path, "show", "liquidations", "--json", "--date", DAY, *options)
    some = await run(
        tmp_path, "show", "liquidations", "--json", "--date", DAY, "--limit", "3", *options
    )
    assert (table.code, whole.code, some.code) == (0, 0, 0)
    rows = list(csv.DictReader(io.StringIO(table.out)))
    assert len(rows) == 1_440
    covered_1h_pct = rows[9].pop("covered_1h_pct")
    assert float(covered_1h_pct) == pytest.approx(100 / 6, abs=1e-9)
    assert rows[9] == {
        "time": f"{DAY} 00:09:00",
        "total_usd": "1800.0",
        "long_usd": "1200.0",
        "short_usd": "600.0",
        "count": "4",
        "covered_pct": "100.0",
        # Binance tells the largest of a second alone.
        "lower_bound": "true",
        "total_1h_usd": "18000.0",
        "long_1h_usd": "12000.0",
        "short_1h_usd": "6000.0",
        "lower_bound_1h": "true",
    }
    assert rows[10]["lower_bound"] == ""
    assert (rows[10]["total_usd"], rows[10]["count"], rows[10]["covered_pct"]) == ("", "", "0.0")
    board = msgspec.json.decode(whole.out, type=LiquidationsBoard)
    newest = msgspec.json.decode(some.out, type=LiquidationsBoard)
    assert len(board.points) == 1_440
    assert newest.points == board.points[-3:]
    assert newest.window == board.window


async def test_the_settings_are_heeded_without_an_engine(tmp_path: Path) -> None:
    """Where the curve has lines, and how many of the largest there are."""
    options = await a_folder(tmp_path / "data")
    more = {"TUI_MONITOR_LIQUIDATIONS__LINES_MUSD": "1.5,2"}
    done = await run(tmp_path, "show", "liquidations", "--json", *options, more=more)
    assert json.loads(done.out)["lines_usd"] == [1.5e6, 2e6]


async def test_beside_a_terminal_the_store_is_read_and_that_is_said(tmp_path: Path) -> None:
    """It holds the folder and serves nobody."""
    options = await a_folder(tmp_path / "data")
    with EngineLock(tmp_path / "data") as lock:
        lock.acquire({"pid": 4711, "role": "terminal"})
        done = await run(tmp_path, "show", "liquidations", *options)
    assert done.code == 0, done.err
    assert "from the store" in done.err
    assert "the terminal 4711 that holds it answers nobody" in done.err


async def test_a_day_to_come_is_a_wrong_usage(tmp_path: Path) -> None:
    """In one line, with what day it is."""
    options = await a_folder(tmp_path / "data")
    done = await run(tmp_path, "show", "liquidations", "--date", "2099-01-03", *options)
    assert_one_line(done, 2, "2099-01-03 is in the future", "today is")


async def test_an_engine_is_asked_where_one_runs(tmp_path: Path) -> None:
    """It says whose word it is, who is heard, and tells what its endpoint tells."""
    settings = {
        **ONLY_THE_SUM,
        "TUI_MONITOR_EXCHANGES__BYBIT__ENABLED": "true",
        "TUI_MONITOR_EXCHANGES__BYBIT__MARKETS": "perp",
    }
    async with Simulator(seed=1, limits=False, coins=("BTC", "ETH")).running() as sim:
        options = ("--simulator", sim.url, "--data-dir", str(tmp_path / "data"))
        async with a_daemon(tmp_path, *options, more=settings) as daemon:
            text = await run(tmp_path, "show", "liquidations", *options)
            told = await run(tmp_path, "show", "liquidations", "--json", *options)
            late = await run(tmp_path, "show", "liquidations", "--date", "2099-01-03", *options)
            answer = await answer_of(daemon.url, "/api/panic/latest")
    assert (text.code, told.code) == (0, 0), text.err
    assert daemon.url in text.err
    assert "liquidations of the last 1 h at" in text.out
    board = json.loads(told.out)
    assert board["live"] is True
    venues = {one["exchange"]: one["told"] for one in board["venues"]}
    assert venues == {"okx": "sampled", "bybit": "full"}
    for name in venues:
        assert f"\n{name} " in text.out
    assert_one_line(late, 2, "2099-01-03 is in the future")
    assert answer["data"]["panic_index"] is None


def test_each_venue_and_index_says_what_it_knows() -> None:
    """Who is silent since when and why; the share at the cap; the index that is unknown."""
    text = eye_text(liquidations_table(a_liquidations_board(), ZONE))
    assert "wash index" in text
    silent = a_venue(
        Exchange.OKX,
        a_minute(0, covered_ms=0),
        state=VenueState.SILENT,
        since_ms=NOW_MS - 90_000,
        reason="no pong",
    )
    heard = a_venue(Exchange.BYBIT, a_minute(0, 5e6, covered_ms=60 * MINUTE_MS))
    stored = Stored(minutes=[], steps=[], largest=[], interests=[], aggregates=[])
    board = liquidations_board(a_window(), [silent, heard], stored, some_indices())
    lines = eye_text(liquidations_table(board, ZONE)).splitlines()
    okx = next(line for line in lines if line.startswith("okx"))
    assert f"silent since {ZONE.format(NOW_MS - 90_000, '%H:%M:%S')}" in okx
    assert "no pong" in okx
    assert "0.00 %" in okx
    # Nobody was heard there: no sum, and no 0 either.
    assert " 0 " not in okx
    bybit = next(line for line in lines if line.startswith("bybit"))
    assert "  5,000,000.00" in bybit
    assert "wash index unknown: no minute was recorded in the last 24 h" in lines
