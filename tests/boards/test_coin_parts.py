"""A coin's liquidations, anomalies and open interest: sums that say how true they are."""

import pytest
from msgspec.structs import replace

from tests.support.anomaly_boards import an_anomaly, an_explanation
from tests.support.coin_parts import (
    some_anomalies,
    some_interest,
    some_liquidations,
    some_points,
)
from tests.support.interest_boards import NOW_MS, an_interest_board
from tests.support.liquidation_boards import (
    a_minute,
    a_venue,
    a_window,
    an_order,
    some_indices,
)
from tui_monitor.boards.anomalies.records import record_of
from tui_monitor.boards.coin_parts import (
    CoinLiquidations,
    coin_anomalies,
    coin_interest,
    coin_liquidations,
    interest_marks,
)
from tui_monitor.boards.liquidations import LiquidationsBoard, VenueShare, VenueState
from tui_monitor.boards.liquidations.build import Stored, liquidations_board
from tui_monitor.boards.open_interest import WINDOWS_H
from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.model import MARK_MS, Exchange, Side

SPAN_MS = (NOW_MS - DAY_MS, NOW_MS + 1)


def of(found: CoinLiquidations, exchange: Exchange) -> VenueShare:
    """A venue's part."""
    (venue,) = [one for one in found.venues if one.exchange is exchange]
    return venue


def test_a_venues_sums_are_those_of_its_stream() -> None:
    """By side; what REST told and what has no size are counted apart."""
    found = some_liquidations("BTC", NOW_MS)
    binance, okx, bybit = (
        of(found, one) for one in (Exchange.BINANCE, Exchange.OKX, Exchange.BYBIT)
    )
    assert (binance.long_usd, binance.short_usd, binance.short_count) == (0.0, 2.5e6, 4)
    assert (okx.long_usd, okx.rest_count, okx.rest_usd) == (0.0, 1, 80_000.0)
    assert (bybit.long_usd, bybit.long_count, bybit.unsized) == (1.5e6, 2, 1)
    assert (found.total.total_usd, found.total.count, found.total.unsized) == (4e6, 6, 1)
    assert (binance.share, bybit.share) == (0.625, 0.375)
    assert [one.exchange_ms for one in found.events] == sorted(
        (one.exchange_ms for one in found.events), reverse=True
    )
    assert found.reason == ""


def test_a_sum_of_a_sampled_venue_or_of_a_time_unheard_is_a_lower_bound() -> None:
    """How much was heard is the venue's; how often it was at its cap, the coin's."""
    found = some_liquidations("BTC", NOW_MS)
    assert found.total.is_lower_bound
    assert of(found, Exchange.OKX).covered == pytest.approx(0.5, abs=0.01)
    assert of(found, Exchange.BYBIT).saturation is None
    heard_s = of(found, Exchange.BINANCE).covered * 3_600
    assert of(found, Exchange.BINANCE).saturation == pytest.approx(4 / heard_s)
    whole = board_of(Exchange.BYBIT, covered_ms=a_window(NOW_MS).passed_ms)
    order = an_order(NOW_MS - 5, 1e6, exchange=Exchange.BYBIT)
    full = coin_liquidations("BTC", whole, [order], [order], frozenset({Exchange.BYBIT}))
    assert not full.total.is_lower_bound


def board_of(exchange: Exchange, covered_ms: int, **fields: object) -> LiquidationsBoard:
    """A board of one venue."""
    window = a_window(NOW_MS)
    step = a_minute(window.first_ms, covered_ms=covered_ms) if covered_ms else None
    nothing = Stored(minutes=[], steps=[], largest=[], interests=[], aggregates=[])
    venue = a_venue(exchange, step, **fields)
    return liquidations_board(window, [venue], nothing, some_indices(None, NOW_MS))


def test_nobody_heard_is_no_zero_and_says_who_is_silent() -> None:
    """An exchange without a perpetual of the coin is none of those that could tell."""
    silent = board_of(
        Exchange.OKX, 0, state=VenueState.SILENT, since_ms=NOW_MS - 90 * MINUTE_MS, reason="lost"
    )
    found = coin_liquidations("BTC", silent, [], [], frozenset({Exchange.OKX}))
    assert (found.total.total_usd, of(found, Exchange.OKX).long_usd) == (None, None)
    assert found.reason == "nobody was heard in 60 min · okx silent"
    elsewhere = coin_liquidations("BTC", silent, [], [], frozenset())
    assert elsewhere.venues == []
    assert "no exchange that tells of liquidations has a perpetual of BTC" in elsewhere.reason
    quiet = some_liquidations("BTC", NOW_MS, [])
    assert quiet.total.total_usd == 0.0
    assert quiet.reason == "no liquidation of BTC in 60 min · binance sampled · okx sampled"


def test_what_a_venue_told_counts_though_it_lists_the_coin_no_more() -> None:
    """Its events are shown, so its sums are, too."""
    board = board_of(Exchange.BYBIT, a_window(NOW_MS).passed_ms)
    order = an_order(NOW_MS - 5, 1e6, exchange=Exchange.BYBIT, side=Side.SHORT)
    found = coin_liquidations("BTC", board, [order], [order], frozenset())
    assert of(found, Exchange.BYBIT).short_usd == 1e6


def test_anomalies_are_told_with_their_reason_or_why_there_is_none() -> None:
    """A record that can't be read is left out: nobody could say why it is one."""
    found = some_anomalies("BTC", NOW_MS)
    assert [one.row.score for one in found.newest] == [3.2 / place for place in range(1, 6)]
    assert found.newest[0].why.startswith("score 3.2: price z")
    assert (found.newest[0].bar, found.reason) == ("15m", "")
    none = some_anomalies("BTC", NOW_MS, 0)
    assert none.reason.startswith("no anomaly of BTC in 24 h")
    record = record_of(an_explanation(an_anomaly("BTC", 1.0, NOW_MS)), NOW_MS)
    damaged = coin_anomalies([replace(record, parts="{")], 0, "")
    assert damaged.newest == []
    assert damaged.reason == "1 is stored and can't be read"


BOTH = {(Exchange.BINANCE, "BTCUSDT"): "", (Exchange.BYBIT, "BTCUSDT"): ""}


def test_a_sum_of_open_interest_is_of_all_that_are_drawn_or_of_nobody() -> None:
    """Where one of them is missing there is no total."""
    last_ms = NOW_MS - NOW_MS % MARK_MS
    points = [one for one in some_points("BTC", NOW_MS) if one.at_ms > last_ms - 8 * 3_600_000]
    marks, out = interest_marks(points, BOTH)
    assert out == []
    assert {one.perps for one in marks} == {2}
    newest = marks[-1]
    parts = [one for one in points if one.at_ms == newest.at_ms]
    assert newest.coins == pytest.approx(sum(one.coins for one in parts))
    assert newest.usd == pytest.approx(sum(one.usd or 0.0 for one in parts))
    late = [one for one in points if one.at_ms < last_ms or one.exchange is Exchange.BINANCE]
    assert interest_marks(late, BOTH)[0][-1].coins is None
    unpriced = [replace(one, usd=None) if one.at_ms == last_ms else one for one in points]
    assert interest_marks(unpriced, BOTH)[0][-1].usd is None


def test_who_came_lately_hides_nothing_of_before() -> None:
    """With samples for less than half of the time it is in no sum, and named."""
    found = some_interest("BTC", NOW_MS)
    assert all(one.coins is not None for one in found.marks)
    assert {one.perps for one in found.marks} == {1}
    assert [(one.exchange, one.reason) for one in found.left_out] == [
        (Exchange.BYBIT, "sampled for 7.9 h of it")
    ]


def test_a_perpetual_that_may_be_another_coin_is_in_no_sum() -> None:
    """Nor is one that was never sampled; nothing is stored of nothing."""
    points = some_points("BTC", NOW_MS)
    doubted = {perp: "38 % under" if perp[0] is Exchange.BINANCE else "" for perp in BOTH}
    marks, out = interest_marks(points, doubted)
    assert [(one.exchange, one.reason) for one in out] == [(Exchange.BINANCE, "38 % under")]
    drawn = [one for one in marks if one.coins is not None]
    assert 0 < len(drawn) < len(marks)
    assert interest_marks([], BOTH)[0] == []
    assert {one.reason for one in interest_marks([], BOTH)[1]} == {"no sample of it is stored"}


def test_each_perpetual_has_its_own_changes() -> None:
    """Of its sample nearest to the window's start; without one, the reason."""
    found = some_interest("BTC", NOW_MS)
    total = found.total
    assert total is not None
    binance, bybit = found.legs
    assert [one.hours for one in binance.changes] == list(WINDOWS_H)
    for own, change in zip(binance.changes, total.changes, strict=True):
        then = min(
            (one for one in found.points if one.exchange is Exchange.BINANCE),
            key=lambda one, at=change.from_ms: abs(one.at_ms - at),  # type: ignore[misc]
        )
        assert binance.leg.coins is not None
        assert own.change_coins == pytest.approx(binance.leg.coins - then.coins, rel=0.02)
    assert (bybit.changes[2].change_pct, bybit.changes[2].reason) == (
        None,
        "no sample at its start",
    )
    assert found.first_ms <= found.points[0].at_ms
    assert found.points[-1].at_ms < found.end_ms


def test_a_coin_that_nobody_tells_of_has_a_reason() -> None:
    """Samples of before are drawn all the same."""
    points = some_points("GONE", NOW_MS)
    found = coin_interest("GONE", an_interest_board(NOW_MS), points, SPAN_MS)
    assert (found.total, found.legs) == (None, [])
    assert found.reason == "no exchange tells an open interest of GONE now"
    assert len(found.marks) > 24 * 3_600_000 // MARK_MS - 5
