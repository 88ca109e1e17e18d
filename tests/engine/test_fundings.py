"""Settled funding: a month at the start, then what settles; slowly, resumed, kept for good."""

from collections.abc import AsyncGenerator
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.engine.perps import FIRST, HOUR_MS, PATHS, a_rig, a_simulator, interval_ms, true_rate
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.clock import DAY_MS
from tui_monitor.engine.fundings import EVERY_S
from tui_monitor.model import Exchange, Funding, Market, Settlement, Source

# Intervals of 1, 4 and 8 hours, multipliers, and one without an interval in Binance's list.
MANY = ("BTC", "ETH", "CHIP", "2Z", "PUMP", "HYPE", "币安人生", "哈基米", "PEPE", "BONK", "XTZ")


@in_virtual_time
async def test_a_month_of_every_perpetual_is_stored_and_true(tmp_path: Path) -> None:
    """Time for time and rate for rate, whatever its interval; no exchange's limit is broken."""
    async with a_rig(tmp_path, *MANY) as rig:
        await rig.clock.until(rig.done, within_s=900, every_s=10)
        stored = await rig.store.settlements(0, START_MS + DAY_MS)
        found: dict[object, dict[int, Settlement]] = {}
        for row in stored:
            found.setdefault((row.exchange, row.market, row.symbol), {})[row.settled_ms] = row
        everything = [one for perps in rig.perps.values() for one in perps.instruments(Market.PERP)]
        assert {interval_ms(rig.sim, one) // HOUR_MS for one in everything} == {1, 4, 8}
        assert found.keys() == {one.key for one in everything}
        for one in everything:
            every_ms, rows = interval_ms(rig.sim, one), found[one.key]
            first_ms = -(-(START_MS - 30 * DAY_MS + 60_000) // every_ms) * every_ms
            due = range(max(first_ms, one.listed_ms or 0), START_MS + 1, every_ms)
            assert {ms for ms in due if ms >= (one.listed_ms or 0)} <= rows.keys()
            newest = rows[max(rows)]
            assert newest.coin == one.coin
            assert newest.rate == pytest.approx(true_rate(rig.sim, newest), abs=1e-16)
        for row in stored[::7]:
            assert row.rate == pytest.approx(true_rate(rig.sim, row), abs=1e-16)
        told = {area: text for _, area, text in rig.events}
        assert told.keys() == {exchange.value for exchange in Exchange}
        stats = rig.sim.stats()
        assert {root: stats[root]["violations_total"] for root, _ in PATHS.values()} == {
            root: 0 for root, _ in PATHS.values()
        }


@in_virtual_time
async def test_the_watched_coins_come_first_and_one_request_at_a_time(tmp_path: Path) -> None:
    """Then what is traded most."""
    async with a_rig(tmp_path) as rig:
        begin_s = rig.clock.monotonic_s()
        await rig.clock.sleep(10.5 * EVERY_S)
        for exchange in (Exchange.OKX, Exchange.BYBIT):
            assert rig.requests(exchange) <= (rig.clock.monotonic_s() - begin_s) / EVERY_S + 1
            stored = [
                row
                for row in await rig.store.settlements(0, START_MS + DAY_MS)
                if row.exchange is exchange
            ]
            coins = {row.coin for row in stored}
            assert set(FIRST) <= coins
            turnovers = {
                one.coin: row.turnover_24h_usd or 0.0
                for one in rig.perps[exchange].instruments(Market.PERP)
                if (row := rig.market.row(one.key))
            }
            rest = coins - set(FIRST)
            most = sorted(turnovers.keys() - set(FIRST), key=lambda coin: -turnovers[coin])
            assert rest == set(most[: len(rest)])


@in_virtual_time
async def test_what_is_stored_is_not_asked_for_again(tmp_path: Path) -> None:
    """A restart asks nothing, until something settles: then that alone."""
    async with a_rig(tmp_path, "BTC", "CHIP") as rig:
        await rig.clock.until(rig.done, within_s=600)
        before = len(await rig.store.settlements(0, START_MS + DAY_MS))
        assert before > 4 * 90
    async with a_rig(tmp_path, "BTC", "CHIP") as rig:
        await rig.clock.sleep(120)
        assert [rig.requests(exchange) for exchange in Exchange] == [0, 0, 0, 0]
        assert len(await rig.store.settlements(0, START_MS + DAY_MS)) == before


@in_virtual_time
async def test_after_each_settlement_the_new_one_is_asked_for(tmp_path: Path) -> None:
    """Once it can be there: at 4:00 and 8:00 those of 4 h, at 8:00 those of 8 h; one alone each."""
    clock = VirtualClock(START_MS + 3 * HOUR_MS)
    async with a_rig(tmp_path, "BTC", "CHIP", clock=clock) as rig:
        await rig.clock.until(rig.done, within_s=600)
        begin_ms = rig.clock.now_ms()
        asked = {exchange: rig.requests(exchange) for exchange in Exchange}
        for _ in range(11):
            await rig.clock.sleep(1_800)
            for perps in rig.perps.values():
                await perps.ask(rig.clock)
        await rig.clock.until(rig.done, within_s=600)
        for perps in rig.perps.values():
            for one in perps.instruments(Market.PERP):
                stored = await rig.store.settlements(begin_ms, rig.clock.now_ms())
                mine = [row for row in stored if (row.exchange, row.symbol) == one.key[::2]]
                every_ms = interval_ms(rig.sim, one)
                assert len(mine) == rig.clock.now_ms() // every_ms - begin_ms // every_ms > 0
                for row in mine:
                    assert row.rate == pytest.approx(true_rate(rig.sim, row), abs=1e-16)
                asked[one.exchange] += len(mine)
        assert {exchange: rig.requests(exchange) for exchange in Exchange} == asked


@in_virtual_time
async def test_days_that_were_slept_through_are_filled(tmp_path: Path) -> None:
    """The span goes on without a hole."""
    async with a_rig(tmp_path, "BTC") as rig:
        await rig.clock.until(rig.done, within_s=600)
    later = VirtualClock(START_MS + 5 * DAY_MS)
    async with a_rig(tmp_path, "BTC", clock=later) as rig:
        await rig.clock.until(rig.done, within_s=600)
        for span in await rig.store.funding_spans():
            assert span.first_ms <= START_MS - 30 * DAY_MS + 60_000
            assert span.last_ms == START_MS + 5 * DAY_MS
        paid = (await rig.fundings.paid())[Exchange.OKX, Market.PERP, "BTC-USDT-SWAP"]
        assert [count for _, count in paid.sums] == [3, 21, 90]


@in_virtual_time
async def test_after_months_away_a_new_span_begins(tmp_path: Path) -> None:
    """OKX has three months: what lies before can't be asked for, and no span claims it."""
    async with a_rig(tmp_path, "BTC") as rig:
        await rig.clock.until(rig.done, within_s=600)
    later = VirtualClock(START_MS + 100 * DAY_MS)
    async with a_rig(tmp_path, "BTC", clock=later) as rig:
        await rig.clock.until(rig.done, within_s=600)
        for span in await rig.store.funding_spans():
            assert span.first_ms >= START_MS + 70 * DAY_MS
        assert len(await rig.store.settlements(0, START_MS + 1)) == 4 * 90


@in_virtual_time
async def test_an_exchange_that_fails_is_left_alone_for_a_while(tmp_path: Path) -> None:
    """It is said once, the others go on, and it is made up for."""
    clock = VirtualClock()
    sim = a_simulator(clock, ("BTC", "ETH"))
    async with a_rig(tmp_path, "BTC", "ETH", clock=clock, sim=sim) as rig:
        sim.fault(exchange="okx", channel="funding", kind="http_500", seconds=300)
        await rig.clock.sleep(240)
        past = {one.exchange: one for one in rig.fundings.past()}
        assert past[Exchange.OKX].asked < past[Exchange.OKX].perps
        assert "500" in past[Exchange.OKX].error
        assert past[Exchange.BYBIT].asked == past[Exchange.BYBIT].perps
        assert 2 <= rig.requests(Exchange.OKX) <= 10
        await rig.clock.until(rig.done, within_s=1_800)
        assert {one.error for one in rig.fundings.past()} == {""}
        warnings = [text for level, area, text in rig.events if level == "warning"]
        assert len(warnings) == 1


@in_virtual_time
async def test_a_listing_that_settled_nothing_yet_has_no_span(tmp_path: Path) -> None:
    """It is asked less and less often, and its first settlement begins the span."""
    asked: list[float] = []
    async with a_rig(tmp_path, "BTC") as rig:
        perps, plan = rig.perps[Exchange.OKX], rig.perps[Exchange.OKX].plan

        async def nothing(*_: object) -> AsyncGenerator[list[Funding], None]:
            asked.append(rig.clock.monotonic_s())
            yield []

        perps.plan = replace(plan, settled=nothing)
        await rig.clock.sleep(5 * 3_600)
        gaps = [round(later - earlier, -2) for earlier, later in pairwise(asked)]
        assert gaps[:5] == [300, 600, 1_200, 2_400, 3_600]
        assert set(gaps[5:]) == {3_600}
        exchanges = {span.exchange for span in await rig.store.funding_spans()}
        assert exchanges == set(Exchange) - {Exchange.OKX}
        perps.plan = plan
        await rig.clock.until(rig.done, within_s=3_700, every_s=60)
        assert len(await rig.store.funding_spans()) == 4
        # Patience is new after a success.
        perps.plan = replace(plan, settled=nothing)
        asked.clear()
        await rig.clock.sleep(4 * 3_600)
        assert round(asked[1] - asked[0], -2) == 300


@in_virtual_time
async def test_an_interval_that_changes_is_noticed(tmp_path: Path) -> None:
    """Once, in the event log and for the board."""
    async with a_rig(tmp_path, "BTC") as rig:
        (one,) = rig.perps[Exchange.BYBIT].instruments(Market.PERP)
        await rig.clock.sleep(20)
        for hours in (8.0, 1.0, 1.0):
            told = Funding(instrument=one, exchange_ms=rig.clock.now_ms(), interval_h=hours)
            rig.market.apply(told, rig.clock.now_ms(), rig.clock.monotonic_s(), Source.STREAM)
            await rig.clock.sleep(20)
        texts = [text for _, area, text in rig.events if "settles funding every" in text]
        assert texts == ["BTCUSDT settles funding every 1 h now, it was 8 h"]
        change = rig.fundings.intervals.changes[one.key]
        assert (change.was_h, change.is_h) == (8.0, 1.0)


@in_virtual_time
async def test_paid_sums_are_read_again_when_there_is_more(tmp_path: Path) -> None:
    """But not with every question."""
    async with a_rig(tmp_path, "BTC") as rig:
        await rig.clock.until(rig.done, within_s=600)
        await rig.clock.sleep(31)
        first = await rig.fundings.paid()
        assert await rig.fundings.paid() is first
        await rig.clock.sleep(31)
        assert await rig.fundings.paid() is not first
