"""The boards' routes: the struct whole, for the days and the node asked for."""

import msgspec
import pytest

from tests.api.harness import FIRST_DAY, TODAY, ZONE, endpoint
from tests.support.sources import slot_price
from tests.support.virtual_time import in_virtual_time
from tui_monitor.api import boards
from tui_monitor.boards.coverage import CoverageBoard
from tui_monitor.boards.registry import BOARDS
from tui_monitor.boards.sum_curve import SumBoard
from tui_monitor.source import Query

SUM = "/api/boards/sum"
COVERAGE = "/api/boards/coverage"


def test_every_board_of_the_registry_has_a_route() -> None:
    """One list of boards for screens, command line and routes."""
    paths = {endpoint.path for endpoint in boards.ENDPOINTS}
    assert paths == {f"/api/boards/{name}" for name in (*(one.name for one in BOARDS), "coin")}


@in_virtual_time
async def test_a_board_is_its_struct_whole() -> None:
    """What a screen gets is what a client gets."""
    async with endpoint() as served:
        answer = await served.get(SUM)
        board = msgspec.convert(answer["data"], SumBoard)
        assert board == await served.source.sum_board(Query())
        assert answer["count"] == 48
        found = await served.get(COVERAGE)
        coverage = msgspec.convert(found["data"], CoverageBoard)
        assert coverage == await served.source.coverage_board(Query())
        assert found["count"] == 2


@in_virtual_time
async def test_a_day_or_a_range_can_be_asked_for() -> None:
    """`day`, or `first` and `last`, both included."""
    async with endpoint() as served:
        for path in (SUM, COVERAGE):
            one = (await served.get(path, day="2026-11-18"))["data"]
            assert (one["first_day"], one["last_day"]) == ("2026-11-18", "2026-11-18")
            some = (await served.get(path, first=str(FIRST_DAY), last=str(TODAY)))["data"]
            assert (some["first_day"], some["last_day"]) == (str(FIRST_DAY), str(TODAY))
        assert (await served.get(SUM, first="2026-11-17", last="2026-11-18"))["count"] == 96


@pytest.mark.parametrize(
    ("query", "at"),
    [
        ({"slot": "04:30"}, "2026-11-20 04:30:00"),
        ({"day": "2026-11-18", "slot": "08:00"}, "2026-11-18 08:00:00"),
        ({"day": "2026-11-18", "slot": "2026-11-18 08:00:00"}, "2026-11-18 08:00:00"),
        ({"day": "2026-11-18", "slot": "1794960000000"}, "2026-11-18 08:00:00"),
    ],
)
@in_virtual_time
async def test_a_slot_gives_its_coins(query: dict[str, str], at: str) -> None:
    """By the time of day, or whole."""
    async with endpoint() as served:
        board = (await served.get(SUM, **query))["data"]
        slot_ms = ZONE.parse(at)
        assert board["shown_ms"] == slot_ms
        prices = {coin["coin"]: coin["price"] for coin in board["coins"]}
        assert prices["ETH"] == slot_price("ETH", slot_ms)


@pytest.mark.parametrize(
    "query",
    [
        {"day": "18.11.2026"},
        {"day": "2026-02-30"},
        {"day": ""},
        {"day": "0001-01-01"},
        {"day": "9999-12-31"},
        {"day": "2026-11-18", "first": "2026-11-17"},
        {"first": "2026-11-17"},
        {"last": "2026-11-17"},
        {"first": "2026-11-18", "last": "2026-11-17"},
        {"first": "2025-01-01", "last": "2026-11-17"},
        {"slot": "04:15"},
        {"slot": "24:00"},
        {"slot": "x"},
        {"slot": "9" * 5_000},
        {"slot": "2026-11-20 04:15:00"},
        {"dya": "2026-11-18"},
    ],
)
@in_virtual_time
async def test_a_wrong_value_is_a_400(query: dict[str, str]) -> None:
    """Named, before the source is asked."""
    async with endpoint() as served:
        status, error = await served.refused(SUM, **query)
        assert status == 400
        assert any(name in error["error"] + error["hint"] for name in query), error
        assert served.source.asked == 0


@in_virtual_time
async def test_coverage_has_no_slot() -> None:
    """A parameter of another board is unknown here."""
    async with endpoint() as served:
        status, error = await served.refused(COVERAGE, slot="04:30")
        assert status == 400
        assert "slot" in error["error"]


@in_virtual_time
async def test_an_unknown_board_lists_those_there_are() -> None:
    """404 with their names; an unknown route names the nearest."""
    async with endpoint() as served:
        status, error = await served.refused("/api/boards/sums")
        assert status == 404
        assert error["hint"] == f"boards: {', '.join(info.name for info in BOARDS)}, coin"
        status, error = await served.refused("/api/helth")
        assert status == 404
        assert "/api/health" in error["hint"]
        status, error = await served.refused("/x")
        assert status == 404
        assert "/ lists the routes" in error["hint"]


@pytest.mark.parametrize(
    ("path", "query", "words"),
    [
        ("/api/boards/spreads", {"kind": "x"}, "kind must be one of all, perp-perp, spot-perp"),
        ("/api/boards/spreads", {"filter": "x"}, "filter must be one of all, "),
        ("/api/boards/spreads", {"limit": "abc"}, "limit must be a whole number from 1 to 5000"),
        ("/api/boards/signals", {"limit": "0"}, "limit must be a whole number from 1 to 5000"),
        ("/api/history/BTC/database", {"exchange": "x"}, "must be one of binance, okx, bybit"),
        ("/api/history/BTC/database", {"interval": "2min"}, "one of 1min, 5min, 15min, 1h, not"),
        ("/api/history/BTC/database", {"hours": "1.5"}, "hours must be a whole number from 1"),
        ("/api/boards/signals", {"limit": "1e3"}, "limit must be a whole number from 1 to 5000"),
        ("/api/history/BTC/database", {"hours": "2.0"}, "hours must be a whole number from 1"),
        ("/api/coin-price-tracker/history", {"before": "0"}, "before: nothing is asked for"),
        ("/api/coin-price-tracker/history", {"start_time": "260104"}, "start_time: '260104' is"),
        (
            "/api/boards/spreads",
            {"coin": "x" * 3_000},
            "coin must be text of 1 to 40 ",
        ),
        ("/api/boards/coin", {"coin": ""}, "coin must be text of 1 to 40 characters, not ''"),
        ("/api/boards/sum", {"day": "x" * 3_000}, "day: "),
        ("/api/boards/sum", {"x" * 3_000: "1"}, "unknown parameter 'xxx"),
    ],
)
@in_virtual_time
async def test_a_refusal_says_what_would_be_right(
    path: str, query: dict[str, str], words: str
) -> None:
    """In our words, with no more of what was given than 60 characters."""
    async with endpoint() as served:
        status, error = await served.refused(path, **query)
        assert status == 400
        assert words in error["error"]
        assert len(error["error"]) < 200


@in_virtual_time
async def test_signals_can_be_limited_to_the_newest() -> None:
    """On the board and on the originals' route."""
    async with endpoint() as served:
        for path in ("/api/boards/signals", "/api/arbitrage/signals"):
            every = await served.get(path)
            some = await served.get(path, limit="2")
            assert (some["count"], every["count"] > 2) == (2, True)
        whole = (await served.get("/api/boards/signals"))["data"]["signals"]
        assert (await served.get("/api/boards/signals", limit="2"))["data"]["signals"] == whole[:2]
        assert len(some["signals"]) == 2
