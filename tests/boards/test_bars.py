"""Bars on one grid: what is put in where, and what is left out."""

import numpy as np
import pytest

from tests.boards.candles import BAR_MS, NEWEST_MS, a_candle, a_perp
from tui_monitor.boards.bars import Bars, bars_of, forming_of, newest_closed_ms
from tui_monitor.errors import BadInput
from tui_monitor.model import Candle, CandleRow, Exchange, Market

BTC, ETH, SOL = a_perp("BTC"), a_perp("ETH"), a_perp("SOL")


def made(*candles: Candle | CandleRow, count: int = 3) -> Bars:
    return bars_of(
        Exchange.BINANCE, "15m", (BTC, ETH), candles, newest_open_ms=NEWEST_MS, count=count
    )


def test_candles_in_any_order_find_their_places() -> None:
    """A hole is NaN, and the last of two for one place counts."""
    bars = made(
        a_candle(ETH, NEWEST_MS, opens=9.0),
        a_candle(BTC, NEWEST_MS, opens=5.0),
        a_candle(BTC, NEWEST_MS - 2 * BAR_MS, opens=3.0, high=4.0, low=2.0, close=3.5),
        a_candle(BTC, NEWEST_MS, opens=6.0),
    )
    assert np.array_equal(bars.open_ms, NEWEST_MS + np.array([-2, -1, 0]) * BAR_MS)
    assert np.array_equal(bars.open, [[3, np.nan, 6], [np.nan, np.nan, 9]], equal_nan=True)
    numbers = (bars.high, bars.low, bars.close, bars.turnover_usd)
    assert [column[0, 0] for column in numbers] == [4, 2, 3.5, 1_000]
    assert bars.volume_coins[0, 0] == pytest.approx(1_000 / 3.5)
    assert bars.newest_close_ms == NEWEST_MS + BAR_MS


def test_what_does_not_belong_stays_out() -> None:
    """Another instrument, length or time, a bar still open, one without a price."""
    bars = made(
        a_candle(SOL, NEWEST_MS),
        a_candle(BTC, NEWEST_MS, bar="5m"),
        a_candle(BTC, NEWEST_MS + BAR_MS),
        a_candle(BTC, NEWEST_MS - 3 * BAR_MS),
        a_candle(BTC, NEWEST_MS, closed=False),
        a_candle(BTC, NEWEST_MS - BAR_MS, opens=0.0, turnover_usd=None, close=float("nan")),
        a_candle(BTC, NEWEST_MS - 2 * BAR_MS, opens=1.0, turnover_usd=None, close=0.0),
    )
    assert np.isnan(bars.close).all()


def test_a_stored_row_is_as_good_as_a_candle() -> None:
    """And a volume that nobody gave is NaN."""
    row = CandleRow(
        exchange=Exchange.BINANCE,
        market=Market.PERP,
        symbol="ETHUSDT",
        coin="ETH",
        bar="15m",
        open_ms=NEWEST_MS - BAR_MS,
        open=1.0,
        high=2.0,
        low=0.5,
        close=1.5,
        volume_coins=3.0,
        turnover_usd=None,
    )
    bars = made(row)
    assert bars.close[1, 1] == 1.5
    assert np.isnan(bars.turnover_usd).all()


def test_an_update_moves_the_grid_on_and_keeps_what_both_have() -> None:
    """New instruments come empty, those that leave take their bars with them."""
    bars = made(
        a_candle(BTC, NEWEST_MS - BAR_MS, opens=3.0),
        a_candle(BTC, NEWEST_MS, opens=4.0),
        a_candle(ETH, NEWEST_MS, opens=8.0),
    )
    new = bars.updated(
        [a_candle(ETH, NEWEST_MS + BAR_MS, opens=9.0), a_candle(SOL, NEWEST_MS, opens=7.0)],
        newest_open_ms=NEWEST_MS + BAR_MS,
        instruments=(SOL, ETH),
    )
    assert new.instruments == (SOL, ETH)
    assert new.newest_open_ms == NEWEST_MS + BAR_MS
    assert np.array_equal(new.close, [[np.nan, 7, np.nan], [np.nan, 8, 9]], equal_nan=True)
    assert np.array_equal(bars.close, [[np.nan, 3, 4], [np.nan, np.nan, 8]], equal_nan=True)
    corrected = bars.updated([a_candle(BTC, NEWEST_MS - BAR_MS, opens=2.0)])
    assert np.array_equal(corrected.close[0], [np.nan, 2, 4], equal_nan=True)
    far = bars.updated([], newest_open_ms=NEWEST_MS + 9 * BAR_MS)
    assert np.isnan(far.close).all()
    on = bars.updated([], newest_open_ms=NEWEST_MS + BAR_MS)
    assert np.array_equal(on.close, [[3, 4, np.nan], [np.nan, 8, np.nan]], equal_nan=True)
    back = bars.updated([], newest_open_ms=NEWEST_MS - BAR_MS)
    assert np.array_equal(back.close, [[np.nan, np.nan, 3], [np.nan] * 3], equal_nan=True)
    other_way = bars.updated([], instruments=(ETH, BTC))
    assert np.array_equal(other_way.close, bars.close[::-1], equal_nan=True)


def test_the_tail_is_the_newest_bars() -> None:
    """All of them where there are fewer."""
    bars = made(a_candle(BTC, NEWEST_MS, opens=4.0))
    assert bars.tail(2).close.shape == (2, 2)
    assert bars.tail(2).close[0, -1] == 4
    assert bars.tail(2).newest_open_ms == NEWEST_MS
    assert bars.tail(9).close.shape == (2, 3)


def test_the_forming_bar_stands_beside_the_closed_ones() -> None:
    """With the part of its time that has passed, never above the whole."""
    bars = made()
    candle = a_candle(ETH, NEWEST_MS + BAR_MS, opens=5.0, closed=False)
    forming = forming_of(bars, [candle, a_candle(BTC, NEWEST_MS)], NEWEST_MS + BAR_MS * 4 // 3)
    assert forming.open_ms == NEWEST_MS + BAR_MS
    assert forming.elapsed == pytest.approx(1 / 3)
    assert np.array_equal(forming.close, [np.nan, 5], equal_nan=True)
    assert forming_of(bars, [], NEWEST_MS + 3 * BAR_MS).elapsed == 1
    assert forming_of(bars, [], NEWEST_MS).elapsed > 0


def test_the_newest_closed_bar_is_the_one_before_that_of_now() -> None:
    """A bar is closed the moment the next begins."""
    assert newest_closed_ms("15m", NEWEST_MS) == NEWEST_MS - BAR_MS
    assert newest_closed_ms("15m", NEWEST_MS - 1) == NEWEST_MS - 2 * BAR_MS
    assert newest_closed_ms("1h", NEWEST_MS + BAR_MS) == NEWEST_MS - 4 * BAR_MS
    with pytest.raises(BadInput, match="7m"):
        newest_closed_ms("7m", NEWEST_MS)
    with pytest.raises(BadInput, match="begins"):
        bars_of(Exchange.OKX, "15m", (), (), newest_open_ms=NEWEST_MS + 1, count=2)
