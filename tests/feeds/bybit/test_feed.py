"""Bybit's whole feed against a simulated Bybit, good days and bad."""

import msgspec
import pytest

from tests.feeds.bybit.running import FEW, SOME, Running, running
from tests.feeds.witnessed import only
from tests.support.sim import SAMPLE
from tests.support.virtual_time import START_MS, in_virtual_time
from tui_monitor.feeds.plans import FeedPlan
from tui_monitor.model import (
    Candle,
    Exchange,
    FeedState,
    Instrument,
    Liquidation,
    Market,
    Side,
    Source,
    Status,
)
from tui_monitor.simulator.coins import MAJORS

PERP, SPOT = Market.PERP, Market.SPOT
MINUTE_MS = 60_000
WHOLE = (
    "last", "bid", "ask", "bid_coins", "ask_coins", "open_24h", "high_24h", "low_24h",
    "volume_24h_coins", "turnover_24h_usd",
)  # fmt: skip
OF_PERPS = (
    "mark_price", "index_price", "rate", "interval_h", "next_settlement_ms",
    "open_interest_coins", "open_interest_usd",
)  # fmt: skip


@in_virtual_time
async def test_every_row_is_whole_and_true_within_ten_seconds() -> None:
    """Both markets, multipliers included; each value as it was at the time that it names."""
    # The sample has none that are counted by the million.
    async with running(listed=(*SAMPLE, "MOG", "BABYDOGE")) as it:
        await it.clock.sleep(10)
        for market in Market:
            for one in it.live(market):
                row = it.row_of(one.symbol, market)
                names = WHOLE + OF_PERPS if market is PERP else WHOLE
                assert [name for name in names if getattr(row, name) is None] == []
                assert row.source is Source.STREAM
        it.assert_all_true()
        assert_rows_say_what_came_last(it)
        assert {one.multiplier for one in it.live(PERP)} >= {1.0, 1e3, 1e4, 1e6}
        assert all(one.state is FeedState.LIVE for one in it.feed.health())
        assert it.outages == []
        assert it.stats["connections"] == {"open": 3, "total": 3}


def assert_rows_say_what_came_last(it: Running) -> None:
    """A row has the newest value of each field, whatever deltas left out since."""
    newest: dict[tuple[object, str], object] = {}
    for event, _, _ in it.witness.told:
        for name in WHOLE + OF_PERPS:
            value = getattr(event, name, None)
            if value is not None:
                newest[event.instrument.key, name] = value
    for row in it.market.rows():
        for name in WHOLE + OF_PERPS:
            assert getattr(row, name) == newest.get((row.instrument.key, name))


@in_virtual_time
async def test_liquidations_come_once_each_with_side_coins_and_usd() -> None:
    """All that the exchange made since the socket lived; a successor repeats none."""
    shape = only_liquidations
    async with running(markets=("perp",), shape=shape, listed=SAMPLE) as it:
        await it.all_live()
        begin_ms = it.clock.now_ms()
        await it.clock.sleep(100)
        it.fault("maintenance_notice", 1, delay_s=0)
        await it.clock.sleep(50)
        end_ms = it.clock.now_ms() - 1_000
        told = it.sim.exchanges["bybit"].liquidations("perp", None, begin_ms, end_ms)
        ring = it.market.events_since(0).events
        found = [one for one in ring if isinstance(one, Liquidation)]
        listed = {one.symbol for one in it.live(PERP)}
        truth = {
            (one["symbol"], one["ts"], one["side"], one["coins"]): one
            for one in told
            if one["symbol"] in listed
        }
        seen = [(one.instrument.symbol, one.exchange_ms, one.side, one.coins) for one in found]
        assert len(seen) == len(set(seen))
        assert set(truth) - set(seen) == set()
        assert {side for _, _, side, _ in seen} == set(Side)
        for one in found:
            if begin_ms <= one.exchange_ms <= end_ms:
                key = (one.instrument.symbol, one.exchange_ms, one.side, one.coins)
                assert one.price == pytest.approx(truth[key]["price"])
                assert one.usd == pytest.approx(truth[key]["usd"])
        assert it.channel(PERP, "liquidations").quiet


def only_liquidations(whole: FeedPlan) -> FeedPlan:
    """Every coin's, and no tickers but their companions'."""
    return msgspec.structs.replace(whole, streams=whole.streams[1:])


@pytest.mark.parametrize("market", Market)
def test_bars_are_streamed_for_those_that_ask(market: Market) -> None:
    """The forming bar, then the closed one, which agrees with what REST says of it."""
    before_s = 25

    @in_virtual_time
    async def run() -> None:
        start_ms = START_MS + 15 * MINUTE_MS - before_s * 1000
        cheap = "1000PEPEUSDT" if market is PERP else "PEPEUSDT"
        shape = only("BTCUSDT", "ETHUSDT", cheap)
        async with running(markets=(market,), start_ms=start_ms, shape=shape) as it:
            await it.all_live()
            it.feed.want_bars(market, "15m", ["BTCUSDT", cheap])
            await it.clock.sleep(10)
            forming = it.row_of(cheap, market).bars["15m"]
            assert forming.closed is False
            assert forming.open_ms == START_MS
            await it.clock.sleep(before_s)
            ring = [one for one in it.market.events_since(0).events if isinstance(one, Candle)]
            assert {one.instrument.symbol for one in ring} == {"BTCUSDT", cheap}
            for bar in ring:
                (same,) = await it.feed.plan.history.candles(
                    bar.instrument, "15m", after_ms=START_MS + 15 * MINUTE_MS, limit=1
                )
                assert bar.closed
                assert same.closed
                assert (bar.open_ms, bar.open, bar.close) == (START_MS, same.open, same.close)
                assert (bar.high, bar.low) == (same.high, same.low)
                assert bar.volume_coins == pytest.approx(same.volume_coins)
            assert it.channel(market, "bars 15m").topics == 2

    run()


@in_virtual_time
async def test_bars_of_a_length_that_bybit_has_not_are_refused() -> None:
    """By name, not by silence."""
    async with running(markets=("spot",), shape=only(*FEW)) as it:
        with pytest.raises(ValueError, match="7m"):
            it.feed.plan.bars(SPOT, "7m")
        with pytest.raises(ValueError, match="1H"):
            await it.feed.plan.history.candles(named("BTC"), "1H")


@in_virtual_time
async def test_bars_of_an_hour_have_our_name_by_stream_and_by_rest() -> None:
    """Bybit calls them 60, others 1H."""
    async with running(markets=("perp",), shape=only(*FEW)) as it:
        await it.all_live()
        it.feed.want_bars(PERP, "1h", ["BTCUSDT"])
        await it.clock.until(lambda: "1h" in it.row_of("BTCUSDT").bars, 10)
        btc = it.feed.instrument("BTC")
        assert btc is not None
        bars = await it.feed.plan.history.candles(btc, "1h", limit=2)
        assert [(bar.bar, bar.closed) for bar in bars] == [("1h", False), ("1h", True)]
        assert bars[0].open_ms - bars[1].open_ms == 60 * MINUTE_MS


@in_virtual_time
async def test_liquidations_of_many_coins_take_two_sockets_with_companions_on_each() -> None:
    """Where the busiest are not listed, others do it."""
    async with running(markets=("perp",), shape=only(*FEW)) as it:
        (_, liquidations) = it.feed.plan.streams
        many = [named(f"COIN{number}") for number in range(700)]
        first, second = liquidations.divide([*many, named("ETH")])
        assert first[0] == second[0] == ("tickers", "ETHUSDT")
        first, second = liquidations.divide(many)
        assert first[:2] == second[:2] == (("tickers", "COIN0USDT"), ("tickers", "COIN1USDT"))
        assert liquidations.divide([]) == []


def named(coin: str) -> Instrument:
    """A coin's perpetual."""
    return Instrument(
        exchange=Exchange.BYBIT, market=PERP, symbol=f"{coin}USDT", coin=coin, status=Status.LIVE
    )


@in_virtual_time
async def test_each_socket_has_a_memory_of_its_own() -> None:
    """The companion of the liquidations, and a successor, may not touch what others merge."""
    async with running(markets=("perp",), shape=only(*FEW)) as it:
        adapters = [stream.adapter() for stream in it.feed.plan.streams for _ in range(2)]
        assert len({id(one) for one in adapters}) == 4
        assert all(one.book is it.feed.plan.lists[0].book for one in adapters)  # type: ignore[attr-defined]


@in_virtual_time
async def test_an_instrument_that_is_delisted_leaves_and_the_others_stay() -> None:
    """With the next list, in the market where it happens; its row is no longer called live."""
    symbols = SOME[:6]
    async with running(shape=only(*symbols, lists_every_s=30), listed=MAJORS[:6]) as it:
        await it.all_live()
        it.fault("delist", 3600, market="perp", symbol="XRPUSDT")
        await it.clock.sleep(40)
        left = {one.symbol for one in it.feed.instruments(PERP)}
        assert left == {*symbols} - {"XRPUSDT"}
        assert it.feed.instrument("XRP") is None
        assert it.row_of("XRPUSDT").instrument.status is Status.DELISTED
        assert it.row_of("XRPUSDT", SPOT).instrument.status is Status.LIVE
        topics = {one.channel: one.topics for one in it.feed.health() if one.market is PERP}
        assert topics == {"tickers": 5, "liquidations": 5, "pulse": 2, "books": 0}
        assert all(one.state is FeedState.LIVE for one in it.feed.health())
        assert it.outages == []


@in_virtual_time
async def test_in_twenty_five_hours_each_socket_is_succeeded_once_and_nothing_is_lost() -> None:
    """A day and an hour of a market so quiet that only our pings hold the socket."""

    def quiet(whole: FeedPlan) -> FeedPlan:
        narrowed = only("BTCUSDT")(whole)
        (stream,) = narrowed.streams
        # In a market so slow REST is ahead of the stream most of the time.
        bridge = msgspec.structs.replace(stream.bridges["tickers"], audit_every_s=None)
        stream = msgspec.structs.replace(stream, bridges={"tickers": bridge})
        (listed,) = narrowed.lists
        listed = msgspec.structs.replace(listed, every_s=6 * 3600.0)
        return msgspec.structs.replace(narrowed, lists=(listed,), streams=(stream,), polls=())

    async with running(
        markets=("spot",), rate=0.012, silent_after_s=60, shape=quiet, listed=("BTC", "ETH")
    ) as it:
        await it.all_live(60)
        await it.clock.sleep(25 * 3600)
        assert it.stats["connections"] == {"open": 1, "total": 2}
        assert it.outages == []
        assert it.channel(SPOT, "tickers").state is FeedState.LIVE


@in_virtual_time
async def test_successors_take_over_without_a_gap() -> None:
    """Of all sockets at once; there are never more than two in one place."""
    async with running(shape=only(*FEW)) as it:
        await it.all_live()
        it.witness.told.clear()
        for group in it.feed._groups:
            for supervisor in group._supervisors:
                supervisor.renew()
        most = 0
        for _ in range(50):
            await it.clock.sleep(0.1)
            most = max(most, it.stats["connections"]["open"])
            assert all((one.age_ms or 0) < 2_500 for one in it.feed.health() if not one.quiet)
        assert it.stats["connections"] == {"open": 3, "total": 6}
        assert most <= 6
        assert it.outages == []
        it.assert_all_true()


@in_virtual_time
async def test_a_coin_is_found_under_the_name_that_bybit_gives_it() -> None:
    """1000PEPE, SHIB1000, 10000SATS; a coin that is not listed keeps its plain name."""
    async with running(markets=("perp",), listed=SAMPLE) as it:
        symbol = it.feed.plan.perp_symbol
        assert symbol("PEPE") == "PEPEUSDT"
        await it.all_live()
        assert symbol("BTC") == "BTCUSDT"
        assert symbol("PEPE") == "1000PEPEUSDT"
        assert symbol("SHIB") == "SHIB1000USDT"
        assert symbol("SATS") == "10000SATSUSDT"
        assert symbol("NOSUCHCOIN") == "NOSUCHCOINUSDT"
        found = it.feed.instrument("PEPE")
        assert found is not None
        assert found.multiplier == 1000.0
        assert it.feed.instrument("NOSUCHCOIN") is None


@in_virtual_time
async def test_only_coins_that_trade_have_rows() -> None:
    """Stocks, commodities, dated and dollar-quoted contracts and pre-market have none."""
    async with running(listed=()) as it:
        await it.clock.sleep(8)
        for market in Market:
            rows = {
                one.instrument.symbol for one in it.market.rows() if one.instrument.market is market
            }
            assert rows == {one.symbol for one in it.live(market)}
        strange = {"TSLAUSDT", "XAUUSDT", "EURUSDT", "OPENAIUSDT", "BTCPERP", "TSLAXUSDT"}
        assert not strange & {one.instrument.symbol for one in it.market.rows()}


@in_virtual_time
async def test_the_lists_follow_every_page() -> None:
    """And give each contract's own interval; FEW are on them all."""
    async with running(listed=()) as it:
        await it.all_live()
        hours = {one.symbol: one.funding_interval_h for one in it.live(PERP)}
        assert hours["METUSDT"] == 1
        assert hours["MONUSDT"] == 2
        assert hours["BTCUSDT"] == 8
        assert set(FEW) <= set(hours)
