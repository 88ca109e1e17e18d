"""Forced closes: bursts, what streams let through of them, and what REST tells afterwards."""

import json
from collections import Counter
from typing import Any

import httpx
import pytest

from tests.simulator.clients import client_of, socket_to
from tests.simulator.harness import BTC, okx_of, talk_to
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.simulator import Simulator
from tui_monitor.simulator.bitget.catalog import catalog_of
from tui_monitor.simulator.bitget.channels import LiquidationFeed
from tui_monitor.simulator.cascades import Cascades, largest_of_seconds, let_through
from tui_monitor.simulator.derivatives import Liquidations
from tui_monitor.simulator.faults import Target

EXCHANGES = ("okx", "binance", "bybit", "bitget")
HALF_AN_HOUR_MS = 1_800_000
FORCED = {"instType": "SWAP", "state": "filled"}


async def told(http: httpx.AsyncClient, **asked: Any) -> dict[str, Any]:
    """The answer of the truth about a range."""
    params = httpx.QueryParams({"market": "perp", **asked})
    response = await http.get("/control/truth", params=params)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


@in_virtual_time
async def test_bursts_are_more_than_capped_streams_let_through() -> None:
    """Several of one symbol within a second; Bybit tells of all, the others do not."""
    async with Simulator(clock=VirtualClock()).running() as sim, okx_of(sim) as okx:
        for name in EXCHANGES:
            asked: dict[str, Any] = {
                "exchange": name,
                "from": START_MS - HALF_AN_HOUR_MS,
                "to": START_MS,
            }
            found = await told(okx.http, symbol="*", **asked)
            made = found["liquidations"]
            assert found["complete"]
            assert made == sorted(made, key=lambda one: one["ts"])
            seconds = Counter((one["symbol"], one["ts"] // 1_000) for one in made)
            assert max(seconds.values()) >= 4, name
            hidden = [one for one in made if not one["streamed"]]
            assert (hidden == []) is (name == "bybit")
            assert len(hidden) < len(made) / 2


@in_virtual_time
async def test_caps_keep_what_each_exchange_says() -> None:
    """Of a symbol's second: OKX the first, Binance the latest, Bitget the largest of a side."""
    async with Simulator(clock=VirtualClock()).running() as sim, okx_of(sim) as okx:
        for name in ("okx", "binance", "bitget"):
            asked: dict[str, Any] = {
                "exchange": name,
                "from": START_MS - HALF_AN_HOUR_MS,
                "to": START_MS,
            }
            seconds: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
            for one in (await told(okx.http, **asked))["liquidations"]:
                side = one["side"] if name == "bitget" else ""
                seconds.setdefault((one["symbol"], side, one["ts"] // 1_000), []).append(one)
            for made in seconds.values():
                streamed = [one for one in made if one["streamed"]]
                largest = max(made, key=lambda one: one["coins"])
                wanted = {"okx": made[0], "binance": made[-1], "bitget": largest}[name]
                assert [one["ts"] for one in streamed] == [wanted["ts"]]
            assert any(len(made) > 1 for made in seconds.values())


@in_virtual_time
async def test_a_symbols_truth_is_its_part_of_the_markets() -> None:
    """The same rows, however they are asked for; an unknown symbol is refused."""
    async with Simulator(clock=VirtualClock()).running() as sim, okx_of(sim) as okx:
        for name in EXCHANGES:
            asked: dict[str, Any] = {
                "exchange": name,
                "from": START_MS - HALF_AN_HOUR_MS,
                "to": START_MS,
            }
            every = (await told(okx.http, **asked))["liquidations"]
            symbol = Counter(one["symbol"] for one in every).most_common(1)[0][0]
            own = (await told(okx.http, symbol=symbol, **asked))["liquidations"]
            assert own == [one for one in every if one["symbol"] == symbol]
            params = httpx.QueryParams({"symbol": "NOPE"}).merge(asked)
            assert (await okx.http.get("/control/truth", params=params)).status_code == 400


@in_virtual_time
async def test_a_week_of_a_market_is_cut_and_says_so() -> None:
    """At most 20,000 events an answer."""
    async with Simulator(clock=VirtualClock()).running() as sim, okx_of(sim) as okx:
        asked = {"exchange": "bybit", "from": START_MS - 7 * 86_400_000, "to": START_MS}
        found = await told(okx.http, **asked)
    assert not found["complete"]
    assert len(found["liquidations"]) == 20_000


@in_virtual_time
async def test_okx_streams_one_a_second_and_contract_inverse_ones_among_them() -> None:
    """What is pushed is what the truth calls streamed, besides swaps settled in coins."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, okx_of(sim) as okx, talk_to(sim) as talk:
        await talk.say("subscribe", {"channel": "liquidation-orders", "instType": "SWAP"})
        await talk.push("liquidation-orders")
        rows: list[dict[str, Any]] = []
        for _ in range(90):
            await talk.socket.send("ping")
            await clock.sleep(10)
            while (said := await talk.next()) != "pong":
                rows += said["data"]
        pushed = [(row["instId"], int(row["details"][0]["ts"])) for row in rows]
        asked = {"exchange": "okx", "from": START_MS + 1, "to": pushed[-1][1]}
        made = (await told(okx.http, **asked))["liquidations"]
    own = [one for one in pushed if one[0].endswith("-USDT-SWAP")]
    assert own == [(one["symbol"], one["ts"]) for one in made if one["streamed"]]
    inverse = [row for row in rows if row["instId"].endswith("-USD-SWAP")]
    assert inverse
    assert all(f"{row['instFamily']}-SWAP" == row["instId"] for row in inverse)


@in_virtual_time
async def test_okx_rest_tells_all_of_a_family_with_placeholders() -> None:
    """Sixteen times the limit, newest first, also what the socket left out; then paged."""
    async with Simulator(clock=VirtualClock()).running() as sim, okx_of(sim) as okx:
        data = await okx.data("public/liquidation-orders", **FORCED, uly="BTC-USDT", limit=2)
        first, rest = data[0], data[1:]
        assert {"$ref"} == {key for item in rest for key in item}
        assert (first["instId"], len(first["details"])) == (BTC, 32)
        times = [int(row["ts"]) for row in first["details"]]
        assert times == sorted(times, reverse=True)
        asked = {"exchange": "okx", "symbol": BTC, "from": times[-1], "to": times[0]}
        made = (await told(okx.http, **asked))["liquidations"]
        assert [one["ts"] for one in made] == times[::-1]
        assert [one["side"] for one in made] == [
            row["posSide"] for row in reversed(first["details"])
        ]
        assert [one["price"] for one in made] == [
            float(row["bkPx"]) for row in reversed(first["details"])
        ]
        more = {"instFamily": "BTC-USDT", "after": times[-1]}
        older = (await okx.data("public/liquidation-orders", **FORCED, **more))[0]["details"]
        assert all(int(row["ts"]) < times[-1] for row in older)
        assert START_MS - 18.6 * 3_600_000 < int(older[-1]["ts"]) < START_MS - 17 * 3_600_000


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"uly": "BTC-USDT", "state": "filled"}, "50014"),
        ({"instType": "SWAP", "instId": BTC, "state": "filled"}, "50015"),
        ({"instType": "SWAP", "uly": "BTC-USDT"}, "50014"),
        ({"instType": "SWAP", "uly": "BTC-USDT", "state": "open"}, "51000"),
        ({"instType": "SWAP", "uly": "NOPE-USDT", "state": "filled"}, "51000"),
    ],
)
async def test_okx_rest_needs_type_family_and_state(
    sim: Simulator, params: dict[str, Any], code: str
) -> None:
    """instId alone is refused; an unknown family is an index that doesn't exist."""
    async with okx_of(sim) as okx:
        response = await okx.get("public/liquidation-orders", **params)
    assert (response.status_code, response.json()["code"]) == (400, code)


@in_virtual_time
async def test_bitget_tells_a_boundarys_event_once_with_its_second() -> None:
    """Frames come at whole seconds and hold what happened before; REST has the rest."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock).running() as sim,
        client_of(sim, "bitget", "/bitget/api") as bitget,
        socket_to(sim, "/bitget/v3/ws/public") as talk,
    ):
        await talk.say("subscribe", {"instType": "usdt-futures", "topic": "liquidation"})
        rows: list[dict[str, Any]] = []
        while clock.now_ms() < START_MS + 600_000:
            await talk.socket.send("ping")
            said = await talk.until(lambda said: "data" in said, within_s=600)
            assert all(0 < said["ts"] - int(row["ts"]) <= 1_000 for row in said["data"])
            rows += said["data"]
        made = await bitget.liquidations(START_MS, clock.now_ms() - 1)
    assert sorted((row["symbol"], int(row["ts"])) for row in rows) == sorted(
        (one["symbol"], one["ts"]) for one in made if one["streamed"]
    )


def test_bitget_tells_whole_seconds_however_late_it_looks() -> None:
    """Looking in the middle of seconds, it tells of whole ones alone, and the largest."""
    shelf = catalog_of(1)
    traded = [listing.series for listing in shelf.perpetuals()]
    cascades = Cascades(Liquidations(shelf.world, "bitget", traded))
    feed = LiquidationFeed({}, Target(), shelf, cascades)
    feed.first(START_MS)
    rows: list[dict[str, Any]] = []
    for now_ms in range(START_MS + 137, START_MS + 600_137, 400):
        for pushed in feed.frames(now_ms):
            rows += json.loads(pushed)["data"]
            assert all(int(row["ts"]) < now_ms - now_ms % 1_000 for row in rows)
    told = let_through(cascades, largest_of_seconds, START_MS, START_MS + 599_000)
    assert [int(row["ts"]) for row in rows] == [one.ms for one in told]
