"""Binance's REST: what it lists, what its rows say, how it says no."""

from typing import Any

import pytest

from tests.simulator.binance.harness import BTC, DATA, FAPI, PEPE, SPOT, Binance, binance_of
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.clock import DAY_MS, SLOT_MS
from tui_monitor.config import COINS
from tui_monitor.simulator import Simulator

HOUR_MS = 3_600_000


async def listed(binance: Binance, path: str = FAPI) -> dict[str, dict[str, Any]]:
    """The rows of exchangeInfo by symbol."""
    body = await binance.data(f"{path}/exchangeInfo")
    return {row["symbol"]: row for row in body["symbols"]}


@in_virtual_time
async def test_the_futures_list_has_the_oddities_of_the_real_one() -> None:
    """Stocks, indices, pre-market, dated, other quotes, rare states, names beyond ASCII."""
    async with Simulator(clock=VirtualClock()).running() as sim, binance_of(sim) as binance:
        rows = await listed(binance)
    selected = {
        symbol
        for symbol, row in rows.items()
        if row["contractType"] == "PERPETUAL"
        and row["quoteAsset"] == "USDT"
        and row["status"] == "TRADING"
        and row["underlyingType"] == "COIN"
    }
    assert {f"{coin}USDT" for coin in COINS if coin != "CRO"} <= selected
    assert {PEPE, "1MBABYDOGEUSDT", "1000000MOGUSDT", "4USDT", "ONUSDT", "币安人生USDT"} <= selected
    assert 170 < len(selected) <= len(rows) - 20
    assert {row["contractType"] for row in rows.values()} == {
        "PERPETUAL", "TRADIFI_PERPETUAL", "CURRENT_QUARTER", "NEXT_QUARTER", "",
    }  # fmt: skip
    assert {row["underlyingType"] for row in rows.values()} == {
        "COIN", "EQUITY", "COMMODITY", "PREMARKET", "INDEX",
    }  # fmt: skip
    assert {row["status"] for row in rows.values()} == {
        "TRADING", "SETTLING", "TRADING_HALT", "TRADING_CANCEL_ONLY", "PRE_SETTLE",
        "PENDING_TRADING",
    }  # fmt: skip
    assert rows["DOGSUSDT"]["deliveryDate"] < START_MS < rows["SLPUSDT"]["deliveryDate"]
    assert rows[BTC]["deliveryDate"] == 4_133_404_800_000


@in_virtual_time
async def test_precision_is_not_the_tick() -> None:
    """Prices are whole ticks, printed with `pricePrecision` places."""
    async with Simulator(clock=VirtualClock()).running() as sim, binance_of(sim) as binance:
        row = (await listed(binance))[BTC]
        ticker = await binance.data(f"{FAPI}/ticker/bookTicker", symbol=BTC)
    assert row["pricePrecision"] == 2
    ticks = {rule["filterType"]: rule for rule in row["filters"]}
    assert ticks["PRICE_FILTER"]["tickSize"] == "0.1"
    assert ticker["bidPrice"][-3] == "."
    assert ticker["bidPrice"][-1] == "0"


@in_virtual_time
async def test_the_spot_list_has_other_quotes_stocks_and_rare_states() -> None:
    """A stock's ticker ends with B; multiples are rarer than on futures; lists can be narrowed."""
    async with Simulator(clock=VirtualClock()).running() as sim, binance_of(sim) as binance:
        rows = await listed(binance, SPOT)
        traded = await binance.data(f"{SPOT}/exchangeInfo", symbolStatus="TRADING")
        one = await binance.data(f"{SPOT}/exchangeInfo", symbol=BTC, showPermissionSets="false")
    assert {"NVDABUSDT", "1000SATSUSDT", "1MBABYDOGEUSDT", "PEPEUSDT", "SHIBUSDT"} <= set(rows)
    assert PEPE not in rows
    assert {row["quoteAsset"] for row in rows.values()} == {"USDT", "USDC", "FDUSD"}
    assert {row["status"] for row in rows.values()} == {"TRADING", "BREAK", "HALT", "CANCEL_ONLY"}
    assert len(rows) - len(traded["symbols"]) == 3
    assert [row["permissionSets"] for row in one["symbols"]] == [[]]


@in_virtual_time
async def test_bulk_answers_of_futures_differ_in_what_they_list() -> None:
    """Tickers only what is TRADING, premiumIndex all, fundingInfo COIN-M too but not everyone."""
    async with Simulator(clock=VirtualClock()).running() as sim, binance_of(sim) as binance:
        rows = await listed(binance)
        names = {
            path: {row["symbol"] for row in await binance.data(f"{FAPI}/{path}")}
            for path in ("ticker/24hr", "ticker/bookTicker", "premiumIndex", "fundingInfo")
        }
        funding = {row["symbol"]: row for row in await binance.data(f"{FAPI}/fundingInfo")}
        marks = {row["symbol"]: row for row in await binance.data(f"{FAPI}/premiumIndex")}
    trading = {symbol for symbol, row in rows.items() if row["status"] == "TRADING"}
    assert names["ticker/24hr"] == names["ticker/bookTicker"] == trading
    assert names["premiumIndex"] == set(rows) - {"ZEPHYRUSDT"}
    assert (marks["DOGSUSDT"]["nextFundingTime"], marks["DOGSUSDT"]["lastFundingRate"]) == (
        0,
        "0.00000000",
    )
    assert {"BTCUSD_PERP", BTC} <= names["fundingInfo"]
    assert "XTZUSDT" not in names["fundingInfo"]
    assert {row["fundingIntervalHours"] for row in funding.values()} == {1, 4, 8}
    assert None in {row["updateTime"] for row in funding.values()}


@in_virtual_time
async def test_rows_are_the_truth_after_the_multiplier() -> None:
    """A thousand times the coin's price, a thousandth of its coins; money needs no conversion."""
    async with Simulator(clock=VirtualClock()).running() as sim, binance_of(sim) as binance:
        for symbol, times in ((BTC, 1), (PEPE, 1000), ("1MBABYDOGEUSDT", 1_000_000)):
            told = await binance.truth(symbol, START_MS)
            assert told["multiplier"] == times
            day = await binance.data(f"{FAPI}/ticker/24hr", symbol=symbol)
            book = await binance.data(f"{FAPI}/ticker/bookTicker", symbol=symbol)
            mark = await binance.data(f"{FAPI}/premiumIndex", symbol=symbol)
            interest = await binance.data(f"{FAPI}/openInterest", symbol=symbol)
            told = await binance.truth(symbol, book["time"])
            assert float(book["bidPrice"]) == pytest.approx(told["bid"] * times)
            assert float(book["askQty"]) == pytest.approx(told["ask_coins"] / times)
            told = await binance.truth(symbol, day["closeTime"])
            assert float(day["lastPrice"]) == pytest.approx(told["last"] * times)
            mean = float(day["quoteVolume"]) / float(day["volume"])
            assert float(day["weightedAvgPrice"]) == pytest.approx(mean, rel=1e-4)
            told = await binance.truth(symbol, mark["time"])
            assert float(mark["markPrice"]) == pytest.approx(told["mark_price"] * times)
            assert float(mark["indexPrice"]) == pytest.approx(told["index_price"] * times)
            assert float(mark["lastFundingRate"]) == told["funding_rate"]
            assert mark["nextFundingTime"] == told["next_settlement_ms"]
            told = await binance.truth(symbol, interest["time"])
            coins = float(interest["openInterest"]) * times
            assert coins == pytest.approx(told["open_interest_coins"])


@in_virtual_time
async def test_prices_are_close_to_the_other_exchanges_but_for_the_look_alikes() -> None:
    """A coin within a percent, never the same; a ticker that means another token far away."""
    async with Simulator(clock=VirtualClock()).running() as sim, binance_of(sim):
        okx, binance = sim.exchanges["okx"], sim.exchanges["binance"]

        def last(symbol: str, market: str) -> tuple[float, float]:
            base = symbol.removesuffix("USDT").removeprefix("1000")
            other = f"{base}-USDT-SWAP" if market == "perp" else f"{base}-USDT"
            return (
                binance.truth(market, symbol, START_MS)["last"],
                okx.truth(market, other, START_MS)["last"],
            )

        for symbol in (BTC, PEPE, "币安人生USDT"):
            ours, theirs = last(symbol, "perp")
            assert ours == pytest.approx(theirs, rel=0.01)
        ours, theirs = last(BTC, "perp")
        assert ours != theirs
        for symbol, market in (("LAYERUSDT", "perp"), ("ACTUSDT", "spot")):
            ours, theirs = last(symbol, market)
            assert not 0.8 < ours / theirs < 1.25
        ours, theirs = last("ACTUSDT", "perp")
        assert ours == pytest.approx(theirs, rel=0.01)


@in_virtual_time
async def test_spot_rows_have_a_book_and_eight_places() -> None:
    """The book is empty where a pair doesn't trade; MINI leaves it out."""
    async with Simulator(clock=VirtualClock()).running() as sim, binance_of(sim) as binance:
        rows = {row["symbol"]: row for row in await binance.data(f"{SPOT}/ticker/24hr")}
        some = await binance.data(
            f"{SPOT}/ticker/24hr", symbols='["BTCUSDT","ETHUSDT"]', type="MINI"
        )
        book = await binance.data(f"{SPOT}/ticker/bookTicker", symbol=BTC)
    told = rows[BTC]
    truth = Simulator(clock=VirtualClock()).exchanges["binance"]
    assert float(told["bidPrice"]) == truth.truth("spot", BTC, told["closeTime"])["bid"]
    assert len(told["bidPrice"].partition(".")[2]) == 8
    assert rows["DOGSUSDT"]["bidPrice"] == "0.00000000"
    assert float(rows["DOGSUSDT"]["lastPrice"]) > 0
    assert [row["symbol"] for row in some] == [BTC, "ETHUSDT"]
    assert "bidPrice" not in some[0]
    assert set(book) == {"symbol", "bidPrice", "bidQty", "askPrice", "askQty"}


@in_virtual_time
async def test_klines_are_ascending_and_end_with_the_running_one() -> None:
    """The open is the price at that time; the running bar's close is the last price."""
    clock = VirtualClock(START_MS + 754_321)
    async with Simulator(clock=clock).running() as sim, binance_of(sim) as binance:
        rows = await binance.data(f"{FAPI}/klines", symbol=BTC, interval="30m", limit=50)
        assert [row[0] for row in rows] == [START_MS + n * SLOT_MS for n in range(-49, 1)]
        for row in rows:
            assert float(row[1]) == (await binance.truth(BTC, row[0]))["last"]
            assert (len(row), row[6], row[11]) == (12, row[0] + SLOT_MS - 1, "0")
            assert float(row[3]) <= min(float(row[1]), float(row[4]))
            assert float(row[9]) < float(row[5])
        now = await binance.truth(BTC, clock.now_ms())
        assert float(rows[-1][4]) == now["last"]


@in_virtual_time
async def test_klines_between_times() -> None:
    """From the start onwards, up to the limit; the end counts by open time; spot cuts the limit."""
    async with Simulator(clock=VirtualClock()).running() as sim, binance_of(sim) as binance:
        asked: dict[str, Any] = {"symbol": BTC, "interval": "30m"}
        begin_ms = START_MS - DAY_MS
        rows = await binance.data(f"{FAPI}/klines", **asked, startTime=begin_ms + 1, limit=3)
        assert [row[0] - begin_ms for row in rows] == [SLOT_MS, 2 * SLOT_MS, 3 * SLOT_MS]
        rows = await binance.data(f"{FAPI}/klines", **asked, endTime=START_MS - 1, limit=2)
        assert [row[0] for row in rows] == [START_MS - 2 * SLOT_MS, START_MS - SLOT_MS]
        both = {"startTime": begin_ms, "endTime": begin_ms + SLOT_MS}
        assert len(await binance.data(f"{FAPI}/klines", **asked, **both)) == 2
        assert len(await binance.data(f"{SPOT}/klines", **asked, limit=1500)) == 1000
        late = await binance.data(f"{FAPI}/klines", symbol="哈基米USDT", interval="1h")
        assert late[0][0] == START_MS - DAY_MS // 2


@in_virtual_time
async def test_spot_has_seconds_that_add_up_to_the_minute() -> None:
    """Sixty of them have the minute's extremes and volume."""
    clock = VirtualClock(START_MS + 60_000)
    async with Simulator(clock=clock).running() as sim, binance_of(sim) as binance:
        asked: dict[str, Any] = {"symbol": BTC, "startTime": START_MS, "endTime": START_MS}
        minute = (await binance.data(f"{SPOT}/klines", **asked, interval="1m"))[0]
        asked["endTime"] = START_MS + 59_999
        seconds = await binance.data(f"{SPOT}/klines", **asked, interval="1s")
    assert len(seconds) == 60
    assert max(float(row[2]) for row in seconds) == float(minute[2])
    assert min(float(row[3]) for row in seconds) == float(minute[3])
    assert sum(float(row[5]) for row in seconds) == pytest.approx(float(minute[5]))
    assert (seconds[0][1], seconds[-1][4]) == (minute[1], minute[4])


@in_virtual_time
async def test_funding_settles_a_few_milliseconds_late() -> None:
    """Ascending; without times the newest; every contract by its own interval."""
    clock = VirtualClock(START_MS + 60_000)
    async with Simulator(clock=clock).running() as sim, binance_of(sim) as binance:
        for symbol, hours in ((BTC, 8), ("HYPEUSDT", 4), ("币安人生USDT", 1)):
            rows = await binance.data(f"{FAPI}/fundingRate", symbol=symbol, limit=30)
            times = [round(row["fundingTime"] / 1000) * 1000 for row in rows]
            step_ms = hours * HOUR_MS
            assert times == [START_MS - n * step_ms for n in range(29, -1, -1)]
            assert any(row["fundingTime"] % 1000 for row in rows)
            told = await binance.truth(symbol, START_MS + 60_000)
            assert float(rows[-1]["fundingRate"]) == told["settled_rate"]
            assert told["funding_interval_h"] == hours
        old = await binance.data(
            f"{FAPI}/fundingRate", symbol=BTC, startTime=1_600_000_000_000, limit=5
        )
        assert [row["markPrice"] for row in old] == [""] * 5
        assert len(await binance.data(f"{FAPI}/fundingRate", symbol=BTC)) == 200


@in_virtual_time
async def test_statistics_stand_on_a_grid_of_the_last_month() -> None:
    """Open interest in coins and USDT, the accounts' ratio, the takers' volumes."""
    async with Simulator(clock=VirtualClock()).running() as sim, binance_of(sim) as binance:
        asked: dict[str, Any] = {"symbol": PEPE, "period": "30m", "limit": 48}
        rows = await binance.data(f"{DATA}/openInterestHist", **asked)
        assert [row["timestamp"] for row in rows] == [
            START_MS - n * SLOT_MS for n in range(47, -1, -1)
        ]
        told = await binance.truth(PEPE, rows[0]["timestamp"])
        assert float(rows[0]["sumOpenInterest"]) * 1000 == pytest.approx(
            told["open_interest_coins"]
        )
        usd = float(rows[0]["sumOpenInterestValue"])
        assert usd == pytest.approx(told["open_interest_usd"], rel=1e-6)
        ratio = (await binance.data(f"{DATA}/globalLongShortAccountRatio", **asked))[-1]
        assert float(ratio["longAccount"]) + float(ratio["shortAccount"]) == pytest.approx(1)
        takers = await binance.data(f"{DATA}/takerlongshortRatio", **asked)
        assert len(takers) == 47
        old = {"startTime": START_MS - 40 * DAY_MS}
        assert await binance.refusal(f"{DATA}/openInterestHist", **asked, **old) == (400, -1130)
        assert await binance.refusal(f"{DATA}/topLongShortAccountRatio", **asked) == (401, -2014)


@pytest.mark.parametrize(
    ("path", "params", "status", "code"),
    [
        (f"{FAPI}/klines", {"symbol": "NOPE", "interval": "1m"}, 400, -1121),
        (f"{FAPI}/klines", {"symbol": BTC, "interval": "1s"}, 400, -1120),
        (f"{FAPI}/klines", {"symbol": BTC, "interval": "1m", "limit": 1501}, 400, -1130),
        (f"{FAPI}/klines", {"symbol": BTC, "interval": "1m", "startTime": "noon"}, 400, -1100),
        (f"{FAPI}/klines", {"symbol": BTC}, 400, -1102),
        (f"{FAPI}/openInterest", {}, 400, -1102),
        (f"{FAPI}/openInterest", {"symbol": "DOGSUSDT"}, 400, -4108),
        (f"{FAPI}/ticker/24hr", {"symbol": "BTCUSD_PERP"}, 400, -1121),
        (f"{DATA}/openInterestHist", {"symbol": BTC, "period": "7m"}, 400, -1130),
        (f"{SPOT}/ticker/24hr", {"symbol": PEPE}, 400, -1121),
        (f"{SPOT}/ticker/24hr", {"symbols": "BTCUSDT"}, 400, -1100),
        (f"{SPOT}/ticker/24hr", {"type": "TINY"}, 400, -1130),
        (f"{FAPI}/nothing", {}, 404, -5000),
    ],
)
async def test_a_wrong_request_gets_its_code(
    sim: Simulator, path: str, params: dict[str, Any], status: int, code: int
) -> None:
    """A negative code, a message, a 4xx."""
    async with binance_of(sim) as binance:
        response = await binance.get(path, **params)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert set(response.json()) == {"code", "msg"}


async def test_lower_case_symbols_are_answered_in_upper_case(sim: Simulator) -> None:
    """On REST; also beyond ASCII."""
    async with binance_of(sim) as binance:
        for symbol in ("btcusdt", "币安人生usdt"):
            row = await binance.data(f"{FAPI}/openInterest", symbol=symbol)
            assert row["symbol"] == symbol.upper()
