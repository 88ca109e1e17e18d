"""The originals' routes of liquidations and the board's, over a real store."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec
import pytest

from tests.api.described import assert_as_described
from tests.support.boards import a_status
from tests.support.engines import ASKS_LITTLE
from tests.support.plain import PLAIN
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor import config
from tui_monitor.api.address import Address, bind
from tui_monitor.api.app import build_app
from tui_monitor.api.limits import Limits
from tui_monitor.api.serving import serving
from tui_monitor.boards.liquidations import LiquidationsBoard
from tui_monitor.boards.status import EngineStatus
from tui_monitor.clock import DAY_MS, MINUTE_MS, BoardZone
from tui_monitor.config import SumCurve
from tui_monitor.engine import opened_engine
from tui_monitor.model import AggregateRow, Exchange, LiquidationMinute
from tui_monitor.simulator import Simulator
from tui_monitor.source import Source
from tui_monitor.source.local import LocalSource
from tui_monitor.source.stored import StoredSource
from tui_monitor.store import Store, import_file, open_store

ZONE = BoardZone()
PANIC = "/api/panic/latest"
LATEST = "/api/liquidation-1h/latest"
HISTORY = "/api/liquidation-1h/history"
AGGREGATE = "/aggregate/api/panic/latest"
BOARD = "/api/boards/liquidations"
# The virtual clock begins on 2026-11-20 at 08:00 in this zone.
NOW_MS = ZONE.parse("2026-11-20 08:00:00")
POSITION_USD = 1.25e10
ORIGINAL_PANIC = {
    *("record_time", "panic_index", "wash_index", "panic_level", "level_color"),
    *("hour_24_people", "total_position", "hour_1_amount", "hour_24_amount", "market_zone"),
}
ORIGINAL_MINUTE = {
    *("timestamp", "datetime", "hour_1_amount", "panic_index", "hour_24_amount"),
    *("total_position", "record_time", "hour_24_people", "wash_index"),
}


class Served(NamedTuple):
    """A running endpoint."""

    clock: VirtualClock
    http: httpx.AsyncClient

    async def get(self, path: str, **query: str) -> Any:
        answer = await self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert_as_described(path, found)
        assert (found["success"], found["status"]) == (True, "success")
        return found

    async def refused(self, path: str, **query: str) -> dict[str, Any]:
        answer = await self.http.get(path, params=query)
        assert answer.status_code == 400, answer.text
        found: dict[str, Any] = answer.json()
        return found


@asynccontextmanager
async def served(source: Source, clock: VirtualClock) -> AsyncIterator[Served]:
    with await bind(Address("127.0.0.1", 0)) as listener:
        address = Address("127.0.0.1", listener.getsockname()[1])
        app = build_app(source, clock, ZONE, address=address)
        async with (
            serving(app, listener, Limits()),
            httpx.AsyncClient(
                base_url=address.url, trust_env=False, verify=PLAIN, timeout=60
            ) as http,
        ):
            yield Served(clock, http)


class Unwatched(StoredSource):
    """What is stored, by an engine that is off."""

    def status(self) -> EngineStatus:
        return a_status(kind="real")


@asynccontextmanager
async def stored(folder: Path) -> AsyncIterator[tuple[Store, Served]]:
    """An endpoint over a store that a test writes to; no engine runs."""
    clock = VirtualClock()
    async with open_store(folder, clock, kind="real") as store:
        source = Unwatched(store, ZONE, clock, SumCurve(), folder / "exports")
        async with served(source, clock) as it:  # type: ignore[arg-type]
            yield store, it


def a_minute(
    back: int,
    usd: float = 30_000.0,
    exchange: Exchange = Exchange.BYBIT,
    *,
    covered_ms: int = MINUTE_MS,
) -> LiquidationMinute:
    """The minute that ended so many minutes before the newest one; a third of it shorts."""
    return LiquidationMinute(
        minute_ms=NOW_MS - (back + 1) * MINUTE_MS,
        exchange=exchange,
        long_usd=usd * 2 / 3,
        short_usd=usd / 3,
        long_count=int(usd > 0),
        short_count=int(usd > 0),
        largest_usd=usd * 2 / 3 or None,
        unsized=0,
        capped_s=0,
        covered_ms=covered_ms,
    )


def an_aggregate(back: int, **fields: Any) -> AggregateRow:
    """What the source said in that minute: 67,592 people by 12.5 billion USD."""
    minute_ms = NOW_MS - (back + 1) * MINUTE_MS
    known = {
        "minute_ms": minute_ms,
        "source_ms": minute_ms - 20_000,
        "received_ms": minute_ms + 2_000,
        "usd_1h": 3_971_400.0,
        "usd_24h": 135_830_000.0,
        "people_24h": 67_592.0,
        "position_usd": POSITION_USD,
        "panic_index": 6.7592 / 125.0,
    }
    return AggregateRow(**(known | fields))


async def put(
    store: Store, minutes: Sequence[LiquidationMinute], interest_usd: float | None = POSITION_USD
) -> None:
    """Minutes, and that we ran at the end of each."""
    await store.record_liquidation_minutes(minutes)
    for minute_ms in sorted({one.minute_ms for one in minutes}):
        await store.record_interest_minute(minute_ms, interest_usd, 2)


@in_virtual_time
async def test_without_an_aggregate_source_the_rows_are_the_exchanges(tmp_path: Path) -> None:
    """Every key of the originals, in their units; what exchanges don't tell is null, with why."""
    async with stored(tmp_path) as (store, it):
        await put(store, [a_minute(back) for back in range(120)])
        panic = (await it.get(PANIC))["data"]
        latest = (await it.get(LATEST))["data"]
        (row,) = (await it.get(HISTORY, limit="1"))["data"]
    assert set(panic) >= ORIGINAL_PANIC
    assert set(row) & set(latest) >= ORIGINAL_MINUTE
    for found in (panic, latest, row):
        assert (found["source"], found["record_time"]) == ("exchanges", "2026-11-20 07:59:00")
        assert found["timestamp"] * 1000 == NOW_MS - MINUTE_MS
        assert found["hour_1_amount"] == 180.0
        assert found["hour_24_amount"] == 360.0
        assert found["total_position"] == 125.0
        assert found["wash_index"] == pytest.approx(360 / (125 * 1e4) * 100, rel=1e-12)
        assert found["usd_24h"] == pytest.approx(3.6e6, rel=1e-12)
        assert found["panic_index"] is found["hour_24_people"] is None
        assert "liquidations.aggregate_url" in found["reasons"]["panic_index"]
        assert found["covered_1h"] == 1
        assert found["covered_24h"] == pytest.approx(120 / 1440)
        assert found["is_lower_bound"] is True
    assert panic["panic_level"] is panic["level_color"] is panic["market_zone"] is None
    assert panic["exchanges"]["wash_index"] == panic["wash_index"]
    assert (latest["age_ms"], latest["stale"]) == (0, False)


@in_virtual_time
async def test_an_aggregate_row_comes_whole_and_before_the_exchanges(tmp_path: Path) -> None:
    """So that its indices recompute from it; `source` asks for either alone."""
    async with stored(tmp_path) as (store, it):
        await put(store, [a_minute(back) for back in range(3)])
        await store.record_aggregates([an_aggregate(0), an_aggregate(5)])
        panic = (await it.get(PANIC))["data"]
        own = (await it.get(PANIC, source="exchanges"))["data"]
        rows = (await it.get(HISTORY))["data"]
        alone = (await it.get(HISTORY, source="aggregate"))["data"]
        ours = (await it.get(HISTORY, source="exchanges"))["data"]
        latest = (await it.get(LATEST, source="aggregate"))["data"]
    assert panic["panic_index"] == pytest.approx(6.7592 / 125, rel=1e-12)
    assert panic["wash_index"] == pytest.approx(13583 / (125 * 1e4) * 100, rel=1e-12)
    assert (panic["hour_24_people"], panic["total_position"]) == (6.76, 125.0)
    assert (panic["hour_1_amount"], panic["hour_24_amount"]) == (397.14, 13583.0)
    assert (panic["panic_level"], panic["level_color"], panic["level"]) == (
        "中度恐慌",
        "yellow",
        "medium",
    )
    assert panic["market_zone"] == "6.76万人/125.00亿美元"
    assert panic["record_time"] == "2026-11-20 07:58:40"
    assert panic["exchanges"]["hour_1_amount"] == own["hour_1_amount"] == 9.0
    assert own["panic_level"] is None
    assert [row["source"] for row in rows] == ["aggregate", "exchanges", "exchanges", "aggregate"]
    assert [row["datetime"][11:16] for row in rows] == ["07:54", "07:57", "07:58", "07:59"]
    assert [row["source"] for row in alone] == ["aggregate"] * 2
    assert [row["source"] for row in ours] == ["exchanges"] * 3
    assert latest["hour_24_people"] == 6.76


@in_virtual_time
async def test_what_the_source_did_not_tell_is_null_with_why(tmp_path: Path) -> None:
    """A position of zero gives no index and no level; nothing becomes 0."""
    zero = an_aggregate(0, position_usd=0.0, panic_index=None, usd_1h=None)
    lacking = an_aggregate(1, people_24h=None, panic_index=None, usd_24h=None)
    async with stored(tmp_path) as (store, it):
        await store.record_aggregates([zero, lacking])
        panic = (await it.get(PANIC))["data"]
        first, second = (await it.get(HISTORY))["data"]
    assert panic["panic_index"] is panic["wash_index"] is panic["panic_level"] is None
    assert panic["reasons"]["panic_index"] == "the source's position is zero"
    assert panic["reasons"]["wash_index"] == "the source's position is zero"
    assert second["hour_1_amount"] is None
    assert first["hour_24_people"] is first["wash_index"] is None
    for row in (first, second, panic):
        empty = {key for key in ORIGINAL_MINUTE if row[key] is None}
        assert empty == set(row["reasons"])
        assert all(row["reasons"].values())


@in_virtual_time
async def test_a_silent_hour_is_null_and_a_heard_one_without_any_is_zero(tmp_path: Path) -> None:
    """Silence is not zero; quiet is."""
    async with stored(tmp_path) as (store, it):
        await put(store, [a_minute(back, 0.0, covered_ms=0) for back in range(70)], None)
        silent = (await it.get(LATEST))["data"]
        await put(store, [a_minute(0, 0.0)])
        await it.clock.sleep(5)
        quiet = (await it.get(LATEST))["data"]
    assert silent["hour_1_amount"] is silent["hour_24_amount"] is silent["wash_index"] is None
    assert "nobody was heard" in silent["reasons"]["hour_1_amount"]
    assert silent["reasons"]["total_position"] == "no open interest was known"
    assert quiet["hour_1_amount"] == quiet["wash_index"] == 0
    assert quiet["covered_1h"] == pytest.approx(1 / 60)


@in_virtual_time
async def test_a_sum_is_a_lower_bound_unless_full_streams_told_it_all(tmp_path: Path) -> None:
    """A sampled venue's makes it one, also where it was heard all day."""
    day = range(1_440)
    async with stored(tmp_path) as (store, it):
        await put(store, [a_minute(back) for back in day])
        full = (await it.get(HISTORY, limit="1"))["data"][0]
        sampled = [a_minute(back, exchange=Exchange.BINANCE) for back in day]
        await store.record_liquidation_minutes(sampled)
        await it.clock.sleep(60)
        both = (await it.get(HISTORY, limit="1"))["data"][0]
    assert (full["covered_24h"], full["is_lower_bound"]) == (1, False)
    assert (both["covered_24h"], both["is_lower_bound"]) == (1, True)


@in_virtual_time
async def test_a_store_without_any_says_so(tmp_path: Path) -> None:
    """A success of nulls with the reason; none is invented."""
    async with stored(tmp_path) as (_, it):
        for path in (PANIC, LATEST):
            answer = await it.get(path)
            assert answer["count"] == 0
            assert answer["data"]["record_time"] is answer["data"]["hour_1_amount"] is None
            assert answer["data"]["reason"]
            assert set(answer["data"]["reasons"]) > {"panic_index", "wash_index"}
            assert "aggregate_url" in answer["data"]["reasons"]["panic_index"]
        answer = await it.get(HISTORY)
        assert (answer["count"], answer["data"]) == (0, [])
        assert answer["reason"] == "no minute of that time is stored"
        board = msgspec.convert((await it.get(BOARD))["data"], LiquidationsBoard)
        assert (board.venues, board.window.total_usd) == ([], None)
        assert board.reason


@in_virtual_time
async def test_an_imported_row_of_another_time_is_not_of_now(tmp_path: Path) -> None:
    """The exchanges' newest minute is; alone the old row is given, as stale."""
    async with stored(tmp_path) as (store, it):
        await store.record_aggregates([an_aggregate(3 * 1_440, imported=True)])
        old = (await it.get(PANIC))["data"]
        await put(store, [a_minute(0)])
        await it.clock.sleep(5)
        new = (await it.get(PANIC))["data"]
    assert (old["source"], old["stale"], old["imported"]) == ("aggregate", True, True)
    assert old["age_ms"] > 3 * DAY_MS
    assert (new["source"], new["stale"]) == ("exchanges", False)


@in_virtual_time
async def test_a_minute_that_is_long_past_is_marked_stale(tmp_path: Path) -> None:
    """The recording stood still: the newest minute remains, with its age."""
    async with stored(tmp_path) as (store, it):
        await put(store, [a_minute(10)])
        latest = (await it.get(LATEST))["data"]
    assert (latest["age_ms"], latest["stale"]) == (10 * MINUTE_MS, True)


@in_virtual_time
async def test_history_gives_the_newest_oldest_first(tmp_path: Path) -> None:
    """1,440 unless asked otherwise; `truncated` where older ones were left out."""
    async with stored(tmp_path) as (store, it):
        await put(store, [a_minute(back) for back in range(1_445)])
        whole = await it.get(HISTORY)
        exact = await it.get(HISTORY, limit="1445")
        some = await it.get(HISTORY, limit="3")
        older = await it.get(HISTORY, limit="3", before=str(some["before"]))
    assert (whole["count"], whole["truncated"]) == (1_440, True)
    assert (exact["count"], exact["truncated"]) == (1_445, False)
    assert older["data"] + some["data"] == exact["data"][-6:]
    assert exact["before"] is None
    times = [row["timestamp"] for row in exact["data"]]
    assert times == sorted(times)
    assert [row["timestamp"] for row in some["data"]] == times[-3:]
    assert whole["data"] == exact["data"][-1_440:]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-20 07:10:00", "2026-11-20 07:20:00"),
        ("2026-11-20T07:10:00+08:00", "2026-11-19T23:20:00Z"),
        ("1795129800", "1795130400"),
        ("1795129800000", "1795130400000"),
    ],
)
@in_virtual_time
async def test_a_range_includes_both_ends_however_it_is_written(
    tmp_path: Path, start: str, end: str
) -> None:
    """In the board's zone, ISO 8601, seconds or milliseconds."""
    async with stored(tmp_path) as (store, it):
        await put(store, [a_minute(back) for back in range(60)])
        answer = await it.get(HISTORY, start_time=start, end_time=end)
        (single,) = (await it.get(HISTORY, start_time=start, end_time=start))["data"]
    times = [row["datetime"][11:16] for row in answer["data"]]
    assert (times[0], times[-1], len(times)) == ("07:10", "07:20", 11)
    assert (answer["start_time"], answer["truncated"]) == ("2026-11-20 07:10:00", False)
    assert single == answer["data"][0]


@in_virtual_time
async def test_the_originals_records_come_back_as_they_were(tmp_path: Path) -> None:
    """With their own time, by which they are found too; the wash index is made of them."""
    rows = [
        {
            "timestamp": 1768583851 + 60 * back,
            "datetime": f"2026-01-17 01:{17 + back}:31",
            "hour_1_amount": 397.14 + back,
            "panic_index": 0.0761,
            "hour_24_amount": 13583.0,
            "total_position": 104.72,
        }
        for back in range(3)
    ]
    file = tmp_path / "liquidation_1h.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    async with stored(tmp_path) as (store, it):
        report = await import_file(store, file, ZONE, ("BTC",), it.clock.now_ms())
        whole = await it.get(HISTORY, start_time="2026-01-17", end_time="2026-01-17")
        ends = {"start_time": "1768583851", "end_time": "2026-01-17 01:18:31"}
        found = await it.get(HISTORY, **ends)
        newest = await it.get(HISTORY, limit="1", end_time="2026-01-17 01:19:30")
    assert (report.refused_count, report.taken) == (0, 3)
    assert [{key: row[key] for key in rows[0]} for row in whole["data"]] == rows
    assert found["data"] == whole["data"][:2]
    assert newest["data"] == whole["data"][1:2]
    assert (newest["truncated"], found["truncated"]) == (True, False)
    for row in whole["data"]:
        assert row["imported"] is True
        assert row["wash_index"] == pytest.approx(13583 / (104.72 * 1e4) * 100)


@in_virtual_time
async def test_a_past_day_is_whole_in_history_and_on_the_board(tmp_path: Path) -> None:
    """Both say the same of each minute, and the day's sum is that of its minutes."""
    day = "2026-11-19"
    first_ms = ZONE.parse(day)
    back = (NOW_MS - first_ms) // MINUTE_MS - 1
    async with stored(tmp_path) as (store, it):
        await put(store, [a_minute(back - place, 1e3 * place) for place in range(1_440)])
        rows = (await it.get(HISTORY, start_time=day, end_time=day))["data"]
        answer = await it.get(BOARD, day=day)
        week = (await it.get(BOARD, first="2026-11-13", last="2026-11-20"))["data"]
    board = msgspec.convert(answer["data"], LiquidationsBoard)
    assert len(rows) == len(board.points) == answer["count"] == 1_440
    assert (board.first_day, board.last_day, board.hours) == (day, day, None)
    for row, point in zip(rows, board.points, strict=True):
        assert row["timestamp"] * 1000 == point.at_ms
        assert row["usd_1h"] == pytest.approx(point.total_1h_usd, rel=1e-12, abs=1e-6)
    assert board.window.total_usd == pytest.approx(1e3 * 1_440 * 1_439 / 2, rel=1e-12)
    assert (board.live, board.window.covered) == (False, 1)
    assert week["step_ms"] == 60 * MINUTE_MS
    assert week["window"]["total_usd"] == pytest.approx(board.window.total_usd, rel=1e-12)


@in_virtual_time
async def test_the_board_takes_hours_or_days(tmp_path: Path) -> None:
    """One hour unless asked otherwise."""
    async with stored(tmp_path) as (_, it):
        for hours in (1, 3, 6, 12, 24):
            answer = await it.get(BOARD, hours=str(hours))
            assert (answer["data"]["hours"], answer["count"]) == (hours, hours * 60)
        assert (await it.get(BOARD))["data"]["hours"] == 1


@pytest.mark.parametrize(
    ("path", "query", "words"),
    [
        (BOARD, {"hours": "2"}, "hours must be one of 1, 3, 6, 12, 24, not '2'"),
        (BOARD, {"hours": "x"}, "hours must be one of 1, 3, 6, 12, 24"),
        (BOARD, {"hours": "3", "day": "2026-11-19"}, "hours goes with no days"),
        (BOARD, {"day": "2026-11-21"}, "in the future"),
        (BOARD, {"first": "2026-11-18"}, "a range needs both"),
        (BOARD, {"first": "2020-01-01", "last": "2026-01-01"}, "more than 1100 days"),
        (PANIC, {"source": "okx"}, "source must be one of exchanges, aggregate, not 'okx'"),
        (LATEST, {"limit": "3"}, "unknown parameter 'limit'"),
        (HISTORY, {"limit": "0"}, "limit must be a whole number from 1 to 5000"),
        (HISTORY, {"limit": "5001"}, "limit must be a whole number from 1 to 5000"),
        (HISTORY, {"start_time": "yesterday"}, "start_time: 'yesterday' is not a time"),
        (HISTORY, {"end_time": "2026-02-30"}, "end_time: '2026-02-30' is not a time"),
        (HISTORY, {"start_time": "2026-11-20", "end_time": "2026-11-19"}, "after end_time"),
        (HISTORY, {"start_time": "2027-01-01"}, "start_time is after end_time"),
    ],
)
@in_virtual_time
async def test_a_wrong_value_is_named(
    tmp_path: Path, path: str, query: dict[str, str], words: str
) -> None:
    """400 with what would be right."""
    async with stored(tmp_path) as (_, it):
        error = await it.refused(path, **query)
    assert words in error["error"]
    assert error["hint"]


@pytest.mark.timeout(200)
@in_virtual_time
async def test_with_an_engine_and_the_simulators_aggregate_all_faces_agree(tmp_path: Path) -> None:
    """The source's figures are the simulator's; the exchanges' are what its streams told."""
    clock = VirtualClock()
    coins = ("BTC", "ETH", "SOL")
    async with Simulator(clock=clock, limits=False, coins=coins, rate=0.2).running() as sim:
        flags = config.with_simulator(sim.url) | ASKS_LITTLE
        flags |= {
            "exchanges.binance.enabled": False,
            "exchanges.bitget.enabled": False,
            "exchanges.okx.markets": ["perp"],
            "exchanges.bybit.markets": ["perp"],
            "sum_curve.coins": ["BTC"],
            "sum_curve.min_coins": 1,
            "liquidations.aggregate_url": f"{sim.url}/aggregate",
            "liquidations.aggregate_stale_s": 60.0,
        }
        settings = config.load(Path("/dev/null"), {}, flags).settings
        async with (
            opened_engine(settings, tmp_path, clock, kind="simulator", info={}) as (engine, _),
            asyncio.TaskGroup() as tasks,
        ):
            running = tasks.create_task(engine.run())
            async with served(LocalSource(engine, tmp_path / "exports"), clock) as it:
                await clock.sleep(130)
                panic = (await it.get(PANIC))["data"]
                own = (await it.get(LATEST, source="exchanges"))["data"]
                board = (await it.get(BOARD))["data"]
                answer = await it.get(HISTORY)
                own_rows = (await it.get(HISTORY, source="exchanges"))["data"]
                told = (await it.http.get(f"{sim.url}{AGGREGATE}")).json()["data"]
                sim.fault(kind="http_500", seconds=5_000, exchange="aggregate")
                await clock.sleep(125)
                stale = (await it.get(PANIC))["data"]
            running.cancel()
    assert panic["source"] == "aggregate"
    index = panic["people_24h"] / 1e4 / (panic["position_usd"] / 1e8)
    assert panic["panic_index"] == pytest.approx(index, rel=1e-12)
    assert panic["total_position"] == pytest.approx(told["total_position"], rel=0.01)
    assert panic["hour_24_people"] == pytest.approx(told["hour_24_people"], rel=0.1) != 0
    assert not panic["stale"]
    assert own["source"] == "exchanges"
    # Of a source that is fresh none is called old, nor unset.
    assert {
        row["reasons"][name]
        for row in (own, panic["exchanges"], *own_rows)
        for name in ("panic_index", "hour_24_people")
    } == {"exchanges tell no number of people; the rows of the aggregate source have it"}
    assert own["wash_index"] == panic["exchanges"]["wash_index"]
    assert own["wash_index"] == board["indices"]["record"]["wash_index_pct"]
    assert own["hour_24_amount"] == pytest.approx(
        own["wash_index"] / 100 * own["total_position"] * 1e4, abs=0.02
    )
    assert board["live"] is True
    assert {one["exchange"] for one in board["venues"]} == {"okx", "bybit"}
    assert {row["source"] for row in answer["data"]} == {"aggregate"}
    assert (stale["source"], stale["stale"]) == ("aggregate", True)
    assert "500" in stale["reason"]


@in_virtual_time
async def test_a_minute_at_whose_end_nobody_ran_has_its_row(tmp_path: Path) -> None:
    """With what was heard of it; the open interest is null, with why."""
    async with stored(tmp_path) as (store, it):
        await put(store, [a_minute(4)])
        await store.record_liquidation_minutes([a_minute(3, covered_ms=38_400)])
        await put(store, [a_minute(0)])
        await it.clock.sleep(10)
        rows = (await it.get(HISTORY, source="exchanges"))["data"]
    assert [row["datetime"][11:16] for row in rows] == ["07:55", "07:56", "07:59"]
    assert [row["usd_1h"] for row in rows] == [30_000.0, 60_000.0, 90_000.0]
    assert rows[1]["total_position"] is rows[1]["position_usd"] is rows[1]["wash_index"] is None
    assert rows[1]["reasons"]["total_position"] == "no open interest was known"
    assert rows[1]["covered_1h"] == pytest.approx((60 + 38.4) / 3_600)


@in_virtual_time
async def test_an_aggregate_row_of_zeros_hides_no_exchanges_row(tmp_path: Path) -> None:
    """In no answer; the exchanges' row says what the source told."""
    nothing = dict.fromkeys(
        ("usd_1h", "usd_24h", "people_24h", "position_usd", "panic_index"), None
    )
    async with stored(tmp_path) as (store, it):
        await put(store, [a_minute(0)])
        await store.record_aggregates([an_aggregate(0, **nothing), an_aggregate(1, **nothing)])
        await it.clock.sleep(10)
        alone, row = (await it.get(HISTORY))["data"]
        panic = (await it.get(PANIC))["data"]
    assert [one["source"] for one in (alone, row, panic)] == ["aggregate", *["exchanges"] * 2]
    assert row["usd_1h"] == panic["usd_1h"] == 30_000.0
    assert "tells zeros" in row["reasons"]["panic_index"]
    assert set(alone["reasons"].values()) == {row["reasons"]["panic_index"]}


@in_virtual_time
async def test_a_stale_word_of_the_source_says_why(tmp_path: Path) -> None:
    """Also where nobody asks the source."""
    async with stored(tmp_path) as (store, it):
        await store.record_aggregates([an_aggregate(30)])
        panic = (await it.get(PANIC))["data"]
    assert (panic["source"], panic["stale"]) == ("aggregate", True)
    assert panic["reason"] == "its newest word is old"
