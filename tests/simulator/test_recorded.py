"""Rows and frames have the keys of recorded ones."""

import json
from pathlib import Path
from typing import Any

from tests.simulator.harness import BTC, okx_of, talk_to
from tui_monitor.simulator import Simulator


def recorded(folder: Path, name: str) -> list[Any]:
    """The bodies of a recording, one a line."""
    text = (folder / "okx" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


async def test_rest_rows_have_the_recorded_keys(sim: Simulator, shared_data: Path) -> None:
    """Tickers, instruments, funding, open interest, marks, indices: of the present field set."""
    pairs = (
        ("swap_rest_tickers_captures.json", "market/tickers", {"instType": "SWAP"}),
        ("spot_rest_tickers_captures.jsonl", "market/tickers", {"instType": "SPOT"}),
        ("spot_rest_instruments_captures.json", "public/instruments", {"instType": "SPOT"}),
        ("swap_rest_fundingRate_captures.json", "public/funding-rate", {"instId": "ANY"}),
        ("swap_rest_openInterest_captures.json", "public/open-interest", {"instType": "SWAP"}),
        ("swap_rest_markPrice_nautilus2025.json", "public/mark-price", {"instType": "SWAP"}),
        ("any_rest_indexTickers_nautilus2025.json", "market/index-tickers", {"quoteCcy": "USDT"}),
    )
    async with okx_of(sim) as okx:
        for name, path, params in pairs:
            body = recorded(shared_data, name)[0]
            response = await okx.get(path, **params)
            assert set(response.json()) == set(body), name
            ours, theirs = response.json()["data"], body["data"]
            assert {tuple(sorted(row)) for row in ours} == {tuple(sorted(row)) for row in theirs}
            kinds = {key: type(value) for key, value in theirs[0].items()}
            assert {key: type(value) for key, value in ours[0].items()} == kinds, name


async def test_candles_and_errors_have_the_recorded_shape(
    sim: Simulator, shared_data: Path
) -> None:
    """Nine strings a bar, newest first; an error's members."""
    async with okx_of(sim) as okx:
        theirs = recorded(shared_data, "mixed_rest_bodies_roq2025.jsonl")[0]["data"]
        ours = await okx.data("market/candles", instId="BTC-USDT")
        assert len(ours[0]) == len(theirs[0])
        assert ours[0][0] > ours[1][0]
        assert (ours[0][8], ours[1][8]) == (theirs[0][8], theirs[1][8])
        errors = recorded(shared_data, "any_rest_error_captures.jsonl")
        refused = (await okx.get("market/ticker", instId="NOPE")).json()
        assert refused == errors[2]
        assert (await okx.get("nothing")).json() == errors[1]
        await okx.break_it("http_429")
        assert (await okx.get("public/time")).json() == errors[0]


async def test_frames_have_the_recorded_keys(sim: Simulator, shared_data: Path) -> None:
    """Acknowledgements, errors and every channel's row."""
    control = recorded(shared_data, "any_ws_control_roq2025.jsonl")
    frames = {
        frame["arg"]["channel"]: frame["data"][0]
        for name in (
            "mixed_ws_various_roq2025.jsonl",
            "swap_ws_markprice_captures.jsonl",
            "swap_ws_liquidation_captures.jsonl",
        )
        for frame in recorded(shared_data, name)
    }
    interest = recorded(shared_data, "swap_ws_openinterest_captures.jsonl")[0]
    frames["open-interest"] = interest["data"][0]
    # Newer than this recording, as REST's row shows.
    frames["funding-rate"]["prevFundingTime"] = ""
    async with talk_to(sim) as talk:
        ack = await talk.subscribe("tickers", "BTC-USDT")
        assert set(ack) == set(control[3])
        assert set((await talk.push("tickers"))[0]) == set(frames["tickers"])
        for channel in ("mark-price", "funding-rate", "open-interest"):
            await talk.subscribe(channel)
            assert set((await talk.push(channel))[0]) == set(frames[channel])
        await talk.subscribe("index-tickers", "BTC-USDT")
        assert set((await talk.push("index-tickers"))[0]) == set(frames["index-tickers"])
        error = await talk.subscribe("index-tickers", "NEAR-USDT-SWAP")
        assert error == {**control[1], "connId": error["connId"]}
        await talk.say("subscribe", {"channel": "liquidation-orders", "instType": "SWAP"})
        ours, theirs = (await talk.push("liquidation-orders"))[0], frames["liquidation-orders"]
        assert set(ours) == set(theirs)
        assert set(ours["details"][0]) == set(theirs["details"][0])
    async with talk_to(sim, "business") as talk:
        await talk.subscribe("candle1m", BTC)
        assert len((await talk.push("candle1m"))[0]) == len(frames["candle1m"])
