"""The tracker's routes: shape, ranges, bounds, and what is missing."""

import asyncio

import msgspec
import pytest

from tests.api.harness import FIRST_DAY, ZONE, endpoint
from tests.support.sources import COINS, MemorySource, slot_price
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.api import prices
from tui_monitor.clock import DAY_MS, SLOT_MS
from tui_monitor.model import Reason

LATEST = "/api/coin-price-tracker/latest"
HISTORY = "/api/coin-price-tracker/history"
# The clock stands at 08:00:00; a slot is due 120 s later.
NEWEST = "2026-11-20 07:30:00"
EIGHTH = ZONE.parse("2026-11-20 04:00:00")


@in_virtual_time
async def test_a_record_has_the_originals_shape_and_ours() -> None:
    """Every key of the originals with its meaning; ours behind them."""
    async with endpoint() as served:
        answer = await served.get(LATEST, limit="1")
        envelope = ["success", "status", "count", "timestamp", "source"]
        assert list(answer) == [*envelope, "truncated", "before", "data"]
        assert answer["timestamp"] == served.clock.now_ms()
        (record,) = answer["data"]
        slot_ms = ZONE.parse(NEWEST)
        base = slot_price("ETH", ZONE.parse("2026-11-20 00:00:00"))
        price = slot_price("ETH", slot_ms)
        change = (price - base) / base * 100
        assert record.pop("coins")["ETH"] == {
            "base_price": base,
            "current_price": price,
            "change_pct": change,
        }
        assert record.pop("total_change") == pytest.approx(change * 3)
        assert record.pop("average_change") == pytest.approx(change)
        assert record == {
            "timestamp": slot_ms // 1000,
            "collect_time": NEWEST,
            "base_date": "2026-11-20",
            "total_coins": 3,
            "valid_coins": 3,
            "success_count": 3,
            "failed_count": 0,
            "slot_ms": slot_ms,
            "state": "ok",
            "provisional": False,
            "reason": None,
            "reasons": {},
        }


@in_virtual_time
async def test_a_missing_coin_is_null_with_a_reason_and_not_in_the_sum() -> None:
    """Never 0, and the counts say how many are valid."""
    async with endpoint() as served:
        served.source.holes[EIGHTH, "XRP"] = Reason.NO_BAR
        answer = await served.get(HISTORY, start_time=str(EIGHTH), end_time=str(EIGHTH))
        (record,) = answer["data"]
        assert record["coins"]["XRP"]["current_price"] is None
        assert record["coins"]["XRP"]["change_pct"] is None
        assert record["coins"]["XRP"]["reason"] == Reason.NO_BAR
        assert record["reasons"] == {"XRP": Reason.NO_BAR}
        valid = [record["coins"][coin]["change_pct"] for coin in ("BTC", "ETH")]
        assert record["total_change"] == pytest.approx(sum(valid))
        assert record["average_change"] == pytest.approx(sum(valid) / 2)
        assert (record["valid_coins"], record["failed_count"]) == (2, 1)
        assert record["state"] == "partial"


@in_virtual_time
async def test_a_day_without_base_has_prices_but_no_changes() -> None:
    """The base is missing, so no change can be known and none is invented."""
    async with endpoint() as served:
        midnight = ZONE.parse("2026-11-20 00:00:00")
        for coin in COINS:
            served.source.holes[midnight, coin] = Reason.WHOLE_SLOT
        served.source.holes[EIGHTH, "XRP"] = Reason.COIN
        answer = await served.get(HISTORY, start_time="2026-11-20", end_time="2026-11-20")
        assert answer["count"] == 0


@in_virtual_time
async def test_latest_gives_the_newest_oldest_first() -> None:
    """48 unless asked otherwise."""
    async with endpoint() as served:
        times = [record["collect_time"] for record in (await served.get(LATEST))["data"]]
        assert len(times) == 48
        assert times == sorted(times)
        assert times[-1] == NEWEST
        three = await served.get(LATEST, limit="3")
        assert three["count"] == 3
        assert [record["collect_time"] for record in three["data"]] == times[-3:]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-18 04:00:00", "2026-11-18 06:00:00"),
        ("2026-11-18 04:00", "2026-11-18 06:00"),
        ("2026-11-18T04:00:00+08:00", "2026-11-18T06:00:00+08:00"),
        ("2026-11-18T04:00:00 08:00", "2026-11-18T06:00:00 0800"),
        ("2026-11-17T20:00:00Z", "2026-11-17T22:00:00Z"),
        ("1794945600", "1794952800"),
        ("1794945600000", "1794952800000"),
        (" 2026-11-18 04:00:00 ", "1794952800"),
    ],
)
@in_virtual_time
async def test_a_range_includes_both_ends_however_it_is_written(start: str, end: str) -> None:
    """In the board's zone, with an offset (even where its plus got lost), or since the epoch."""
    async with endpoint() as served:
        answer = await served.get(HISTORY, start_time=start, end_time=end)
        times = [record["collect_time"] for record in answer["data"]]
        assert times[0] == "2026-11-18 04:00:00"
        assert times[-1] == "2026-11-18 06:00:00"
        assert answer["count"] == len(times) == 5
        assert answer["start_time"] == "2026-11-18 04:00:00"
        assert answer["end_time"] == "2026-11-18 06:00:00"
        assert answer["truncated"] is False


@in_virtual_time
async def test_a_whole_day_has_48_nodes() -> None:
    """A day alone as the end means until its end."""
    async with endpoint() as served:
        answer = await served.get(HISTORY, start_time="2026-11-18", end_time="2026-11-18")
        times = [record["collect_time"] for record in answer["data"]]
        assert len(times) == 48
        assert (times[0], times[-1]) == ("2026-11-18 00:00:00", "2026-11-18 23:30:00")


@in_virtual_time
async def test_either_end_alone_works() -> None:
    """A start until now; an end from `days` before."""
    async with endpoint() as served:
        since = await served.get(HISTORY, start_time="2026-11-20 06:00:00")
        times = [record["collect_time"] for record in since["data"]]
        assert times == [f"2026-11-20 {at}:00" for at in ("06:00", "06:30", "07:00", "07:30")]
        until = await served.get(HISTORY, end_time="2026-11-18 00:00:00", days="1")
        times = [record["collect_time"] for record in until["data"]]
        assert len(times) == 49
        assert (times[0], times[-1]) == ("2026-11-17 00:00:00", "2026-11-18 00:00:00")


@in_virtual_time
async def test_days_go_back_from_now_and_all_goes_to_the_beginning() -> None:
    """Seven days unless asked otherwise; `all` is from the first node there is."""
    async with endpoint() as served:
        newest_ms = ZONE.parse(NEWEST)
        week = await served.get(HISTORY)
        assert week["data"][0]["slot_ms"] == served.clock.now_ms() - 7 * DAY_MS
        two = await served.get(HISTORY, days="2")
        assert two["count"] == 2 * 48
        everything = await served.get(HISTORY, all="true")
        first_ms = ZONE.day_start_ms(FIRST_DAY)
        assert everything["data"][0]["slot_ms"] == first_ms
        assert everything["count"] == (newest_ms - first_ms) // SLOT_MS + 1
        assert everything["start_time"] is None


@in_virtual_time
async def test_a_limit_keeps_the_newest_and_says_so() -> None:
    """`truncated` is true exactly where older nodes of the range were left out."""
    async with endpoint() as served:
        answer = await served.get(HISTORY, start_time="2026-11-20", limit="3")
        times = [record["collect_time"][11:16] for record in answer["data"]]
        assert times == ["06:30", "07:00", "07:30"]
        assert answer["truncated"] is True
        exact = await served.get(HISTORY, start_time="2026-11-20 06:30", limit="3")
        assert exact["count"] == 3
        assert exact["truncated"] is False


@in_virtual_time
async def test_an_empty_range_is_an_empty_success() -> None:
    """Before history, and in the future."""
    async with endpoint() as served:
        for start, end in (("2020-01-01", "2020-01-02"), ("2026-12-01", "2026-12-02")):
            answer = await served.get(HISTORY, start_time=start, end_time=end)
            assert answer["data"] == []
            assert answer["count"] == 0


@pytest.mark.parametrize(
    "query",
    [
        {"start_time": "yesterday"},
        {"start_time": ""},
        {"start_time": "2026-13-01 00:00:00"},
        {"start_time": "2026-11-18 25:00:00"},
        {"end_time": "2026-02-30"},
        {"start_time": "-1"},
        {"start_time": "1e9"},
        {"start_time": "9" * 30},
        {"start_time": "9" * 5_000},
        {"end_time": "0001-01-01"},
        {"end_time": "9999-12-31"},
        {"end_time": "9999-12-31T23:59:59-14:00"},
        {"start_time": "2026-11-20", "end_time": "2026-11-19"},
        {"start_time": "2027-01-01"},
        {"days": "0"},
        {"days": "-1"},
        {"days": "x"},
        {"days": "1.5"},
        {"days": "36501"},
        {"days": "nan"},
        {"all": "maybe"},
        {"all": ""},
        {"limit": "0"},
        {"limit": "5001"},
        {"limit": "-5"},
        {"limit": "abc"},
        {"limit": "9" * 400},
        {"limit": ""},
        {"limit": "٣"},
        {"start": "2026-11-18"},
        {"start_tme": "2026-11-18"},
    ],
)
@in_virtual_time
async def test_a_wrong_value_is_named(query: dict[str, str]) -> None:
    """400, the parameter's name, and a hint; the source is never asked."""
    async with endpoint() as served:
        status, error = await served.refused(HISTORY, **query)
        assert status == 400
        assert any(name in error["error"] for name in query), error
        assert error["hint"]
        assert len(error["error"]) < 200 + len(next(iter(query.values()))[:400])
        assert served.source.asked == 0


@in_virtual_time
async def test_an_unknown_or_repeated_parameter_is_refused() -> None:
    """A slip would otherwise give another range without a word; a cache-buster may stay."""
    async with endpoint() as served:
        status, error = await served.refused(LATEST, limt="5")
        assert status == 400
        assert error["hint"] == "did you mean limit?"
        response = await served.http.get(f"{LATEST}?limit=1&limit=2")
        assert response.status_code == 400
        assert (await served.get(LATEST, limit="1", _="1794945600"))["count"] == 1


@in_virtual_time
async def test_the_most_rows_are_five_thousand() -> None:
    """The newest of them, and the answer says that there are more."""
    async with endpoint() as served:
        served.source.first_day = served.source.first_day.replace(month=7)
        answer = await served.get(HISTORY, all="true")
        assert answer["count"] == 5_000
        assert answer["truncated"] is True
        times = [record["slot_ms"] for record in answer["data"]]
        assert times == sorted(set(times))


@in_virtual_time
async def test_many_rows_do_not_hold_the_loop() -> None:
    """They are encoded in parts; feeds get their turns in between."""
    source = MemorySource(VirtualClock(), ZONE, FIRST_DAY)
    records = await source.records(0, source.clock.now_ms(), 5_000)
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.ensure_future(count_turns())
    whole = await prices._rows(records * 14, ZONE)
    counting.cancel()
    assert turns > 50
    assert len(msgspec.json.decode(whole)) == len(records) * 14
