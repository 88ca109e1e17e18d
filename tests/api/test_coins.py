"""The spread monitor's routes on prices and history, in the originals' shape."""

import msgspec
import pytest
from msgspec.structs import replace

from tests.api.harness import endpoint, error_of
from tests.support.price_sources import price_minute
from tests.support.virtual_time import in_virtual_time
from tui_monitor.api.coins import by_exchange, coin_of, premium_of
from tui_monitor.api.history import HOUR_MS, spans
from tui_monitor.api.price_spans import price_spans
from tui_monitor.boards.coin import Against, CoinPage, Premium
from tui_monitor.boards.prices import LegPrice
from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import Exchange, Market, SpreadKind, SpreadMinute


@in_virtual_time
async def test_data_has_the_originals_keys_with_numbers_as_numbers() -> None:
    """Spot, futures and funding of each exchange; what is not listed is null with the reason."""
    async with endpoint() as served:
        body = await served.get("/api/data", symbol="ETH-USDT-SWAP")
        assert body["symbol"] == "ETH"
        okx = body["realtime_data"]["okx"]
        assert okx["futures"]["price"] == 2.5
        assert okx["futures"]["funding_rate"] == 0.0001
        assert okx["futures"]["symbol"] == "ETH-USDT-SWAP"
        assert (okx["futures"]["age_ms"], okx["futures"]["stale"]) == (0, False)
        assert okx["spot"]["price"] is None
        assert okx["spot"]["reason"] == "not listed"
        assert okx["funding_rate"]["interval_h"] == 8.0
        assert body["premium_data"] == {}
        assert body["data"]["board"] == "coin"


@in_virtual_time
async def test_a_coins_page_is_its_struct_whole() -> None:
    """With its liquidations, anomalies and open interest; the same as beside its prices."""
    async with endpoint() as served:
        answer = await served.get("/api/boards/coin", coin="ETH-USDT-SWAP")
        page = msgspec.convert(answer["data"], CoinPage)
        assert (page.coin, answer["count"]) == ("ETH", len(page.legs))
        assert page == await served.source.coin_page("ETH")
        assert page.liquidations.total.is_lower_bound
        assert page.anomalies.newest
        assert page.interest.marks
        assert (await served.get("/api/data", symbol="ETH"))["data"] == answer["data"]
        assert (await served.get("/api/boards/coin"))["data"]["coin"] == "BTC"


@in_virtual_time
async def test_aggregated_data_has_every_coin() -> None:
    """Names of any script; the parts that are written apart make one whole."""
    async with endpoint() as served:
        body = await served.get("/api/aggregated_data")
        assert body["supported_symbols"] == body["data"] == ["BTC", "ETH", "龙虾"]
        assert list(body["aggregated_data"]) == body["data"]
        assert body["aggregated_data"]["龙虾"]["okx"]["futures"]["price"] == 2.5
        assert body["count"] == 3


@in_virtual_time
async def test_signals_are_told_as_the_originals_did() -> None:
    """Exactly their keys; the whole signals are in `data`."""
    async with endpoint() as served:
        body = await served.get("/api/arbitrage/signals")
        assert len(body["signals"]) == len(body["data"]) == body["count"] > 5
        first = body["signals"][0]
        assert list(first) == [
            "symbol",
            "short_exchange",
            "long_exchange",
            "spread_percent",
            "price_short",
            "price_long",
            "observed_at",
        ]
        assert isinstance(first["spread_percent"], float)
        assert first["observed_at"].endswith("Z")
        assert len(body["data"][0]["samples"]) == 3


@in_virtual_time
async def test_history_from_memory_is_by_exchange() -> None:
    """The exchanges stand beside the envelope, as they did."""
    async with endpoint() as served:
        body = await served.get("/api/history/BTC")
        (point,) = body["okx"]
        assert set(point) == {
            "timestamp",
            "spot_price",
            "futures_price",
            "funding_rate",
            "premium",
        }
        assert (point["futures_price"], point["premium"]) == (2.5, None)


@in_virtual_time
async def test_stored_history_takes_hours_exchange_and_interval() -> None:
    """Bounded, echoed, and filtered: prices by exchange, spreads by the exchanges of the legs."""
    async with endpoint() as served:
        path = "/api/history/BTCUSDT/database"
        body = await served.get(path, hours="168", exchange="okx", interval="5min")
        assert (body["symbol"], body["exchange"], body["hours"]) == ("BTC", "okx", 168)
        assert body["interval"] == "5min"
        assert body["count"] == len(body["data"]) == 2
        assert body["data"][0]["premium_percent_avg"] == 0.1
        assert body["spreads"][0]["max_pct"] == 0.7
        elsewhere = await served.get(path, exchange="bitget")
        assert (elsewhere["data"], elsewhere["spreads"]) == ([], [])
        for wrong in ({"hours": "169"}, {"hours": "0"}, {"interval": "2min"}, {"exchange": "x"}):
            status, _ = await served.refused(path, **wrong)
            assert status == 400


@in_virtual_time
async def test_stored_history_keeps_the_newest_rows() -> None:
    """A limit cuts the oldest, and says so."""
    async with endpoint() as served:
        path = "/api/history/BTC/database"
        every = await served.get(path)
        assert (every["count"], every["truncated"]) == (10, False)
        some = await served.get(path, limit="3")
        assert some["data"] == every["data"][-3:]
        assert some["truncated"] is True
        older = await served.get(path, before=str(some["before"]))
        assert older["data"] + some["data"] == every["data"]


@in_virtual_time
async def test_a_coin_that_is_not_recorded_has_a_reason() -> None:
    """Its spreads are there all the same."""
    async with endpoint() as served:
        body = await served.get("/api/history/ETH/database")
        assert body["data"] == []
        assert "spreads.recorded_coins" in body["reason"]
        assert body["spreads"]
        assert (await served.get("/api/history/BTC/database"))["reason"] == ""


@in_virtual_time
async def test_an_unknown_coin_is_a_404_that_names_the_nearest() -> None:
    """Never an empty success, on any route that takes a coin."""
    async with endpoint() as served:
        for path, query in (
            ("/api/data", {"symbol": "BTTC"}),
            ("/api/history/BTTC", {}),
            ("/api/history/BTTC/database", {}),
            ("/api/boards/spreads", {"coin": "BTTC"}),
            ("/api/boards/funding", {"coin": "BTTC"}),
            ("/api/boards/coin", {"coin": "BTTC"}),
        ):
            status, error = await served.refused(path, **query)
            assert status == 404, path
            assert error["hint"] == "did you mean BTC?"


@in_virtual_time
async def test_a_symbol_that_could_move_a_cursor_is_shown_harmless() -> None:
    """What a client sends comes back printable."""
    async with endpoint() as served:
        _, error = await served.refused("/api/data", symbol="\x1b[2J")
        assert "\x1b" not in error["error"]


@in_virtual_time
async def test_switching_needs_a_known_coin() -> None:
    """A real error, and no cookie."""
    async with endpoint() as served:
        response = await served.http.post("/api/switch_symbol", json={"symbol": "NOPE"})
        assert response.status_code == 404
        error_of(response)
        assert "set-cookie" not in response.headers
        empty = await served.http.post("/api/switch_symbol", json={})
        assert empty.status_code == 400


@in_virtual_time
async def test_the_switch_is_the_callers_own() -> None:
    """A cookie names the coin; another caller sees nothing of it; a parameter wins over it."""
    async with endpoint() as served:
        response = await served.http.post("/api/switch_symbol", json={"symbol": "龙虾-USDT"})
        assert response.status_code == 200
        assert response.json()["symbol"] == "龙虾"
        cookie = response.headers["set-cookie"]
        assert "SameSite=Strict" in cookie
        pair = cookie.split(";")[0]
        served.http.cookies.clear()
        mine = await served.http.get("/api/data", headers={"cookie": pair})
        assert mine.json()["symbol"] == "龙虾"
        chosen = await served.http.get(
            "/api/data", params={"symbol": "ETH"}, headers={"cookie": pair}
        )
        assert chosen.json()["symbol"] == "ETH"
        assert (await served.get("/api/data"))["symbol"] == "BTC"


@in_virtual_time
async def test_the_spreads_board_takes_its_parameters() -> None:
    """Kind, filter, coin and limit; a wrong one is refused by name."""
    async with endpoint() as served:
        path = "/api/boards/spreads"
        body = await served.get(path, kind="perp-perp", filter="over", limit="3")
        assert (body["data"]["kind"], body["data"]["filter"]) == ("perp-perp", "over")
        assert len(body["data"]["rows"]) == body["count"] == 3
        assert body["data"]["quarantine"]
        assert (await served.get(path))["count"] > 10
        status, error = await served.refused(path, kind="futures")
        assert status == 400
        assert "kind" in error["error"]


@in_virtual_time
async def test_signals_and_funding_are_boards_too() -> None:
    """Their structs, whole."""
    async with endpoint() as served:
        assert (await served.get("/api/boards/signals"))["data"]["board"] == "signals"
        assert (await served.get("/api/boards/funding", limit="5"))["data"]["board"] == "funding"


def test_a_symbol_means_its_coin() -> None:
    """With any spelling of its quote; a coin that ends like one is itself."""
    for symbol in ("BTC", "BTCUSDT", "BTC-USDT", "BTC-USDT-SWAP", " BTC/USDT "):
        assert coin_of(symbol) == "BTC"
    assert coin_of("USDT") == "USDT"


def test_minutes_make_longer_rows() -> None:
    """The highest with its legs, the lowest, and sums."""

    def minute(number: int, max_pct: float, exchange: Exchange) -> SpreadMinute:
        return SpreadMinute(
            minute_ms=number * MINUTE_MS,
            coin="BTC",
            kind=SpreadKind.ALL,
            max_pct=max_pct,
            min_pct=max_pct - 0.5,
            buy_exchange=exchange,
            buy_market=Market.PERP,
            sell_exchange=Exchange.OKX,
            sell_market=Market.SPOT,
            over_s=2.0,
            rises=1,
            samples=60,
        )

    rows = spans(
        [
            minute(58, 0.2, Exchange.BYBIT),
            minute(59, 0.9, Exchange.BITGET),
            minute(60, 0.3, Exchange.BYBIT),
        ],
        HOUR_MS,
    )
    assert [row.timestamp for row in rows] == [0, HOUR_MS]
    assert (rows[0].max_pct, rows[0].min_pct) == (0.9, -0.3)
    assert rows[0].buy_exchange is Exchange.BITGET
    assert (rows[0].over_s, rows[0].rises, rows[0].samples) == (4.0, 2, 120)


def test_minutes_of_prices_make_longer_rows() -> None:
    """The first open, the last close, the extremes between; each exchange apart."""
    spot = Market.SPOT
    rows = price_spans(
        [
            price_minute(0, open=99.0, low=98.0),
            price_minute(0, spot, price=50.0),
            price_minute(0, exchange=Exchange.BINANCE, price=7.0, rate=None),
            price_minute(MINUTE_MS, high=103.0, close=102.0, rate=3e-4),
            price_minute(MINUTE_MS, spot, price=51.0),
            price_minute(2 * MINUTE_MS, spot, price=80.0, close=85.0, high=85.0),
            price_minute(60 * MINUTE_MS),
        ],
        HOUR_MS,
    )
    names = [(row.timestamp, row.exchange) for row in rows]
    assert names == [(0, Exchange.BINANCE), (0, Exchange.OKX), (HOUR_MS, Exchange.OKX)]
    binance, okx, _ = rows
    futures = (okx.futures_price_open, okx.futures_price_high, okx.futures_price_low)
    assert (*futures, okx.futures_price_close) == (99.0, 103.0, 98.0, 102.0)
    spots = (okx.spot_price_open, okx.spot_price_high, okx.spot_price_low, okx.spot_price_close)
    assert spots == (50.0, 85.0, 50.0, 85.0)
    assert okx.funding_rate_avg == pytest.approx(2e-4)
    # The minute that has spot alone has no premium.
    assert okx.premium_percent_avg == 100.0
    assert okx.data_points == 300
    assert binance.spot_price_open is None
    assert (binance.funding_rate_avg, binance.premium_percent_avg) == (None, None)


def test_a_stale_price_says_so() -> None:
    """With its age, a flag and the reason."""
    leg = LegPrice(
        exchange=Exchange.OKX,
        market=Market.PERP,
        symbol="BTC-USDT-SWAP",
        last=2.5,
        bid=None,
        ask=None,
        mark_price=None,
        index_price=None,
        rate=None,
        interval_h=None,
        next_settlement_ms=None,
        volume_24h_coins=None,
        turnover_24h_usd=None,
        exchange_ms=None,
        age_ms=12_345,
        suspicion="",
        stale=True,
    )
    told = by_exchange([leg])["okx"]["futures"]
    assert (told["price"], told["age_ms"], told["stale"]) == (2.5, 12_345, True)
    assert told["reason"] == "nothing was told for 12.3 s"


def test_what_is_no_spot_price_is_not_called_one() -> None:
    """The mean of the other perpetuals stands under a name of its own."""
    one = Premium(
        exchange=Exchange.OKX,
        symbol="BTC-USDT-SWAP",
        perp_price=101.0,
        against=Against.PERPS,
        against_price=100.0,
        premium_pct=1.0,
        basis_pct=None,
        reason="",
    )
    told = premium_of(one)
    assert (told["spot_price"], told["against_price"]) == (None, 100.0)
    assert premium_of(replace(one, against=Against.SPOT))["spot_price"] == 100.0
