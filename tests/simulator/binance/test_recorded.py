"""Rows and frames have the keys and types of recorded ones."""

import gzip
import json
from pathlib import Path
from typing import Any

from tests.simulator.binance.harness import (
    BTC,
    DATA,
    FAPI,
    MARKET_STREAM,
    PUBLIC_STREAM,
    SPOT,
    SPOT_STREAM,
    binance_of,
    talk_to,
)
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.simulator import Simulator


def recorded(folder: Path, name: str) -> list[Any]:
    """The bodies of a recording, one a line."""
    path = folder / "binance" / name
    text = gzip.decompress(path.read_bytes()).decode() if name.endswith(".gz") else path.read_text()
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def kinds(row: dict[str, Any]) -> dict[str, type]:
    """Names and JSON types."""
    return {name: type(value) for name, value in row.items()}


def first(body: Any) -> dict[str, Any]:
    """A row of a list, or the row itself."""
    found: dict[str, Any] = body[0] if isinstance(body, list) else body
    return found


async def test_rest_rows_have_the_recorded_keys(sim: Simulator, shared_data: Path) -> None:
    """What is newer than a recording is named here."""
    asked = {"symbol": BTC, "period": "5m", "limit": 1}
    pairs: tuple[tuple[str, int, str, set[str]], ...] = (
        ("um_rest_ticker24hr_gct.jsonl", 1, f"{FAPI}/ticker/24hr", set()),
        ("um_rest_bookTicker_gct.jsonl", 0, f"{FAPI}/ticker/bookTicker", set()),
        ("um_rest_premiumIndex_captures.jsonl", 1, f"{FAPI}/premiumIndex", set()),
        ("um_rest_openInterest_cmp2022.jsonl", 1, f"{FAPI}/openInterest", set()),
        (
            "um_rest_openInterestHist_gct.jsonl",
            0,
            f"{DATA}/openInterestHist",
            {"CMCCirculatingSupply"},
        ),
        (
            "um_rest_fundingRate_gct.jsonl",
            0,
            f"{FAPI}/fundingRate",
            {"markPrice", "rateType"},
        ),
        ("um_rest_longShortRatio_gct.jsonl", 0, f"{DATA}/globalLongShortAccountRatio", set()),
        ("spot_rest_tickerprice_captures.json", 0, f"{SPOT}/ticker/price", set()),
    )
    async with binance_of(sim) as binance:
        for name, line, path, newer in pairs:
            theirs = first(recorded(shared_data, name)[line])
            ours = first(await binance.data(path, **asked))
            assert set(ours) - newer == set(theirs), name
            assert {key: kinds(ours)[key] for key in theirs} == kinds(theirs), name


async def test_lists_bars_and_errors_have_the_recorded_shape(
    sim: Simulator, shared_data: Path
) -> None:
    """exchangeInfo of 2021 has no field that ours lacks; bars have twelve members."""
    async with binance_of(sim) as binance:
        theirs = recorded(shared_data, "um_rest_exchangeInfo_cryptofeed2021.json")[0]
        ours = await binance.data(f"{FAPI}/exchangeInfo")
        assert set(theirs) <= set(ours)
        row, other = ours["symbols"][0], theirs["symbols"][0]
        # Since then these have another name or none.
        gone = {"settlePlan", "OrderType"}
        assert set(other) - gone <= set(row)
        assert {rule["filterType"] for rule in other["filters"]} - {"MAX_NUM_ALGO_ORDERS"} <= {
            rule["filterType"] for rule in row["filters"]
        }
        for name, path in (
            ("um_rest_klines_gct.jsonl", f"{FAPI}/klines"),
            ("spot_rest_klines_gct.jsonl.gz", f"{SPOT}/klines"),
        ):
            bar = next(body for body in recorded(shared_data, name) if isinstance(body, list))[0]
            mine = (await binance.data(path, symbol=BTC, interval="1h", limit=1))[0]
            assert list(map(type, mine)) == list(map(type, bar))
        unknown = recorded(shared_data, "um_rest_ticker24hr_gct.jsonl")[0]
        refused = await binance.get(f"{FAPI}/ticker/24hr", symbol="NOPE")
        assert refused.json() == unknown
        banned = recorded(shared_data, "any_rest_error_captures.json")[0]
        await binance.break_it("http_418")
        told = (await binance.get(f"{FAPI}/time")).json()
        assert told["code"] == banned["code"]
        assert told["msg"].split("until ")[0] == banned["msg"].split("until ")[0]
        assert told["msg"].partition(". ")[2] == banned["msg"].partition(". ")[2]


@in_virtual_time
async def test_frames_have_the_recorded_keys(shared_data: Path) -> None:
    """Of the present schema, in their order."""
    streams: dict[str, Any] = {}
    for name in ("um_ws_mixed_jarvis2026.jsonl", "um_ws_liquidation_jarvis2026.jsonl"):
        for frame in recorded(shared_data, name):
            streams.setdefault(frame["stream"], frame["data"])
    spot = recorded(shared_data, "spot_ws_kline_captures.jsonl")[0]["data"]
    book = recorded(shared_data, "spot_ws_various_tardis.jsonl")[2]["data"]
    async with Simulator(clock=VirtualClock()).running() as sim:
        async with talk_to(sim, MARKET_STREAM) as talk:
            names = [name for name in streams if not name.endswith("@aggTrade")]
            await talk.subscribe(*names)
            for name in names:
                if name.endswith("bookTicker"):
                    continue
                ours = await talk.push(name, within_s=300)
                while "st" in ours and name.startswith("!forceOrder"):
                    ours = await talk.push(name, within_s=300)
                assert_alike(ours, streams[name], name)
        async with talk_to(sim, PUBLIC_STREAM, "btcusdt@bookTicker") as talk:
            ours = await talk.push("btcusdt@bookTicker")
            assert_alike(ours, streams["btcusdt@bookTicker"], "book")
        async with talk_to(sim, SPOT_STREAM, "btcusdt@kline_1m/btcusdt@bookTicker") as talk:
            assert_alike(await talk.push("btcusdt@kline_1m"), spot, "spot kline")
            assert_alike(await talk.push("btcusdt@bookTicker"), book, "spot book")


def assert_alike(ours: dict[str, Any], theirs: dict[str, Any], name: str) -> None:
    """The same keys in the same order with the same types, in depth."""
    assert list(kinds(ours).items()) == list(kinds(theirs).items()), name
    for key, value in theirs.items():
        if isinstance(value, dict):
            assert_alike(ours[key], value, f"{name} {key}")
