"""Open interest as exchanges' own records have it, and what accounts are long."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from tests.feeds.rig import settings_of
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.clock import DAY_MS
from tui_monitor.errors import Malformed
from tui_monitor.feeds.binance import mapper as binance
from tui_monitor.feeds.binance import wire as binance_wire
from tui_monitor.feeds.bybit import mapper as bybit
from tui_monitor.feeds.bybit import wire as bybit_wire
from tui_monitor.feeds.okx import mapper as okx
from tui_monitor.feeds.okx import wire as okx_wire
from tui_monitor.feeds.past_interest import newest_first
from tui_monitor.feeds.plans import FeedPlan, Given
from tui_monitor.feeds.registry import ENTRIES
from tui_monitor.market import MarketState
from tui_monitor.model import MARK_MS, Exchange, Instrument, Market, OpenInterest
from tui_monitor.simulator import Simulator

RECORDING = [Exchange.BINANCE, Exchange.OKX, Exchange.BYBIT]
BTC = Instrument(exchange=Exchange.OKX, market=Market.PERP, symbol="BTC-USDT-SWAP", coin="BTC")
SYMBOL = {
    Exchange.BINANCE: "{}USDT",
    Exchange.OKX: "{}-USDT-SWAP",
    Exchange.BYBIT: "{}USDT",
    Exchange.BITGET: "{}USDT",
}


@asynccontextmanager
async def a_plan(
    exchange: Exchange, sim: Simulator, clock: VirtualClock
) -> AsyncIterator[FeedPlan]:
    """One exchange's plan against the simulated one, its list of perpetuals read."""
    make = ENTRIES[exchange].plan
    assert make is not None
    plan = make(settings_of(sim.url), Given(clock, ("BTC",), MarketState(), seed=1))
    try:
        for one in plan.lists:
            if one.market is Market.PERP:
                await one.fetch()
        yield plan
    finally:
        await plan.aclose()


def perps_of(plan: FeedPlan) -> list[Instrument]:
    """The live ones."""
    (perps,) = [one for one in plan.lists if one.market is Market.PERP]
    return [one for one in perps.book.live() if one.market is Market.PERP]


def violations(sim: Simulator, exchange: Exchange) -> int:
    """How often an exchange's rules were broken."""
    root = "binance-futures" if exchange is Exchange.BINANCE else exchange.value
    found: int = sim.stats()[root]["violations_total"]
    return found


async def all_of(plan: FeedPlan, one: Instrument, start_ms: int, end_ms: int) -> list[OpenInterest]:
    """All rows of all pages."""
    assert plan.past_interest is not None
    return [row async for page in plan.past_interest(one, start_ms, end_ms) for row in page]


@pytest.mark.parametrize("exchange", RECORDING)
@in_virtual_time
async def test_a_days_record_is_single_sided_coins(exchange: Exchange) -> None:
    """Each five minutes of BTC and of a coin in thousands equal the simulator's own word."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        a_plan(exchange, sim, clock) as plan,
    ):
        perps = perps_of(plan)
        btc = next(one for one in perps if one.coin == "BTC")
        odd = next((one for one in perps if one.multiplier > 1), btc)
        contracts = max(perps, key=lambda one: one.contract_size or 0)
        end_ms = clock.now_ms() // MARK_MS * MARK_MS
        for one in {each.symbol: each for each in (btc, odd, contracts)}.values():
            rows = await all_of(plan, one, end_ms - DAY_MS, end_ms)
            found = {row.exchange_ms or 0: row.open_interest_coins for row in rows}
            assert sorted(found) == list(range(end_ms - DAY_MS, end_ms + 1, MARK_MS))
            truth = sim.exchanges[exchange.value].truth
            for at_ms in list(found)[::37]:
                told = truth("perp", one.symbol, at_ms)["open_interest_coins"]
                assert found[at_ms] == pytest.approx(told, rel=1e-6)
        assert violations(sim, exchange) == 0


@pytest.mark.parametrize("exchange", RECORDING)
@in_virtual_time
async def test_the_newest_account_ratio_is_a_share(exchange: Exchange) -> None:
    """Of accounts, 0 to 1, of the last five minutes."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        a_plan(exchange, sim, clock) as plan,
    ):
        btc = next(one for one in perps_of(plan) if one.coin == "BTC")
        assert plan.account_ratio is not None
        ratio = await plan.account_ratio(btc)
        assert ratio is not None
        assert (ratio.exchange, ratio.symbol, ratio.coin) == (exchange, btc.symbol, "BTC")
        assert 0 <= clock.now_ms() - ratio.at_ms <= 2 * MARK_MS
        assert 0.3 < ratio.long_share < 0.8
        assert violations(sim, exchange) == 0


@in_virtual_time
async def test_bitget_has_neither() -> None:
    """And says so by their absence."""
    make = ENTRIES[Exchange.BITGET].plan
    assert make is not None
    plan = make(settings_of("http://127.0.0.1:9"), Given(VirtualClock(), (), MarketState()))
    assert plan.past_interest is None
    assert plan.account_ratio is None
    await plan.aclose()


def a_row(at_ms: int) -> OpenInterest:
    """One row of a record."""
    return OpenInterest(instrument=BTC, exchange_ms=at_ms, open_interest_coins=1.0)


@pytest.mark.parametrize("page_rows", [1, 7, 100, 1000])
async def test_pages_of_any_length_make_a_whole(page_rows: int) -> None:
    """Nothing twice, nothing missing, and no request after the last one that is needed."""
    archive = [a_row(at_ms) for at_ms in range(0, 50 * MARK_MS, MARK_MS)]
    asked: list[int] = []

    async def page(until_ms: int) -> list[OpenInterest]:
        asked.append(until_ms)
        return [row for row in archive if (row.exchange_ms or 0) <= until_ms][-page_rows:]

    found = [
        row.exchange_ms
        async for rows in newest_first(page, 9 * MARK_MS, 40 * MARK_MS)
        for row in rows
    ]
    assert sorted(ms for ms in found if ms is not None) == list(
        range(9 * MARK_MS, 41 * MARK_MS, MARK_MS)
    )
    assert len(asked) == -(-32 // page_rows)


async def test_a_server_that_says_the_same_again_is_left() -> None:
    """A page that ignores the time it is asked for must not keep us."""

    async def page(_until_ms: int) -> list[OpenInterest]:
        return [a_row(100 * MARK_MS)]

    pages = [rows async for rows in newest_first(page, 0, 100 * MARK_MS)]
    assert [len(rows) for rows in pages] == [1, 0]


@pytest.mark.parametrize(
    "written", ['["","1.5"]', '["1799971200000"]', "[]", '["1799971200000","-1"]']
)
def test_no_ratio_is_made_of_nonsense(written: str) -> None:
    """Without a time, without a ratio, or below nought."""
    with pytest.raises(Malformed):
        okx.account_ratio(msgspec.json.decode(written, type=okx_wire.PastRow), BTC)


def test_ratios_of_three_kinds_are_one_share() -> None:
    """Long ÷ short, the share as text, the share of holders."""
    at = 1_799_971_200_000
    of_okx = okx.account_ratio([str(at), "1.5"], BTC)
    of_binance = binance.account_ratio(
        binance_wire.AccountRatioRow(symbol="BTCUSDT", long_account="0.6", timestamp=at), BTC
    )
    of_bybit = bybit.account_ratio(
        bybit_wire.AccountRatioRow(buy_ratio="0.6", timestamp=str(at)), BTC
    )
    assert of_okx.long_share == pytest.approx(0.6)
    assert of_binance.long_share == of_bybit.long_share == 0.6
    assert {one.at_ms for one in (of_okx, of_binance, of_bybit)} == {at}


def test_bybits_both_sides_are_halved_where_one_is_not_told() -> None:
    """The single figure came in 2026; rows of before have both sides alone."""
    both = bybit_wire.InterestRow(open_interest="52664.642", timestamp="1799971200000")
    assert bybit.open_interest(both, BTC).open_interest_coins == 26_332.321
    both.single_open_interest = "26332.3"
    assert bybit.open_interest(both, BTC).open_interest_coins == 26_332.3


def test_recorded_histories_decode_right(shared_data: Path) -> None:
    """Binance's rows of years ago: coins, USD at a believable price, shares that add up to one."""
    ltc = Instrument(exchange=Exchange.BINANCE, market=Market.PERP, symbol="LTCUSDT", coin="LTC")
    text = (shared_data / "binance" / "um_rest_openInterestHist_gct.jsonl").read_bytes()
    rows = msgspec.json.decode(text.splitlines()[0], type=list[binance_wire.InterestRow])
    found = [binance.open_interest(row, ltc) for row in rows]
    assert found[0].open_interest_coins == 286_060.674
    assert found[0].open_interest_usd == 13_151_177.5449312
    assert found[0].exchange_ms == 1_602_028_800_000
    for one in found:
        assert one.open_interest_coins
        assert one.open_interest_usd
        assert 40 < one.open_interest_usd / one.open_interest_coins < 80
    text = (shared_data / "binance" / "um_rest_longShortRatio_gct.jsonl").read_bytes()
    ratios = msgspec.json.decode(text.splitlines()[0], type=list[binance_wire.AccountRatioRow])
    told = msgspec.json.decode(text.splitlines()[0])
    assert len(ratios) > 10
    for row, raw in zip(ratios, told, strict=True):
        share = binance.account_ratio(row, ltc).long_share
        assert share + float(raw["shortAccount"]) == pytest.approx(1, abs=2e-4)
        assert share / (1 - share) == pytest.approx(float(raw["longShortRatio"]), rel=2e-3)


def test_recorded_open_interest_of_okx_is_coins_not_contracts(shared_data: Path) -> None:
    """`oi` is contracts of 0.01 BTC: a hundred times as many."""
    path = shared_data / "okx" / "swap_rest_openInterest_captures.json"
    body = msgspec.json.decode(path.read_bytes().splitlines()[0])
    row = msgspec.convert(
        next(one for one in body["data"] if one["instId"] == "BTC-USDT-SWAP"), okx_wire.InterestRow
    )
    found = okx.open_interest(row, BTC)
    assert found.open_interest_coins == pytest.approx(27_600.2194)
    assert found.open_interest_usd == pytest.approx(2_146_320_021.55)
