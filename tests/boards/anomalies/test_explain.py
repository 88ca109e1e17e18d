"""Every number of a score, and why a coin is not on the board."""

import numpy as np
import pytest

from tests.boards.anomalies.judging import NOW, moved, rules
from tests.boards.candles import BAR_MS, NEWEST_MS, a_perp, random_bars
from tui_monitor.boards.anomalies import Reason, State
from tui_monitor.boards.anomalies.detect import Detected, detect, detect_forming
from tui_monitor.boards.anomalies.explain import explain, unlisted
from tui_monitor.boards.anomalies.explanation import Explanation
from tui_monitor.boards.anomalies.universe import Universe, choose
from tui_monitor.boards.bars import Bars, Forming
from tui_monitor.market import MarketState, Row
from tui_monitor.model import Exchange, Instrument, Market, Source, Status, Ticker


def market(*listed: tuple[Instrument, float | None]) -> list[Row]:
    """Rows with these turnovers."""
    state = MarketState()
    for instrument, turnover_usd in listed:
        ticker = Ticker(
            instrument=instrument, exchange_ms=1, last=1.0, turnover_24h_usd=turnover_usd
        )
        state.apply(ticker, 1, 1.0, Source.STREAM)
    return list(state.rows())


def universe_of(bars: Bars, *more: tuple[Instrument, float | None], top: int = 150) -> Universe:
    """All of the bars' instruments with a million and less, and some more."""
    ours = ((one, 1e6 - place) for place, one in enumerate(bars.instruments))
    return choose(market(*ours, *more), Exchange.BINANCE, top, 5_000.0)


def explained(name: str, bars: Bars, found: Detected | None = None) -> Explanation:
    listed = explain(name, found or detect(bars, rules()), universe_of(bars), NOW)
    assert len(listed) == 1
    return listed[0]


def test_a_large_score_is_written_out() -> None:
    """A million times the turnover is thousands of deviations, and no power of ten."""
    bars = random_bars(3, 96)
    moved(bars, 1, 0.05, times=1e6)
    one = explained("C1", bars)
    assert one.row is not None
    assert one.row.score is not None
    assert one.why.startswith(f"score {one.row.score:,.0f}: ")
    assert "e+" not in one.why


def test_an_anomaly_opens_into_its_parts() -> None:
    """The contributions add up to the score, and each z follows from what stands beside it."""
    bars = random_bars(30, 96)
    moved(bars, 4, 0.05, width=0.01, times=6)
    one = explained("C4", bars)
    assert one.row is not None
    assert one.row.state is State.ANOMALY
    assert one.row.rank is not None
    assert [part.measure for part in one.parts] == [
        Reason.PRICE,
        Reason.VOLUME,
        Reason.VOLATILITY,
    ]
    assert sum(part.contribution or 0 for part in one.parts) == pytest.approx(one.row.score)
    for part, n in zip(one.parts, (94, 95, 95), strict=True):
        assert part.value is not None
        assert part.mean is not None
        assert part.deviation is not None
        assert part.median is not None
        assert part.mad is not None
        assert part.n == n
        assert part.z == pytest.approx((part.value - part.mean) / part.deviation)
        assert part.robust_z == pytest.approx((part.value - part.median) / part.mad)
        assert part.over == pytest.approx((part.z or 0) - part.threshold)
        assert part.flagged
        assert part.contribution == pytest.approx(
            part.weight * (part.over + part.percentile_over / 10)
        )
    price = one.parts[0]
    assert (price.percentile, price.percentile_threshold, price.percentile_over) == (100, 92, 8)
    assert price.value == pytest.approx(0.05)
    assert one.parts[1].percentile is None
    assert (one.bar, one.bar_ms, one.window_bars, one.mode) == ("15m", BAR_MS, 96, "closed")
    assert one.row.open_ms == one.newest_bar_ms == NEWEST_MS
    assert one.row.close_ms == NEWEST_MS + BAR_MS
    assert one.window_open_ms == NEWEST_MS - 95 * BAR_MS
    assert (one.rank_24h, one.top, one.elapsed) == (5, 150, None)
    assert one.why.startswith(f"score {one.row.score:.3g}: price z ")
    assert "volume z" in one.why
    assert ">= 2.5, percentile 100 >= 92" in one.why


def test_a_score_of_nothing_names_each_z_with_what_it_needed() -> None:
    """One sentence."""
    bars = random_bars(1, 96, seed=2)
    bars.close[0] = 100 * np.cumprod(1 + 0.03 * np.sin(np.arange(96)))
    bars.high[0], bars.low[0] = bars.close[0] * 1.01, bars.close[0] * 0.99
    moved(bars, 0, 0.0101)
    one = explained("C0USDT", bars)
    assert one.row is not None
    assert one.row.state is State.NORMAL
    assert one.why.startswith("score 0: price z -")
    assert " < 2.5, percentile " in one.why
    assert " < 92, volume z " in one.why
    assert one.why.count(" < 2") == 3
    assert [part.flagged for part in one.parts] == [False, False, False]
    assert [part.contribution for part in one.parts] == [0, 0, 0]


def test_a_small_move_is_explained_but_gives_nothing_to_a_score() -> None:
    """Its parts are there all the same."""
    bars = random_bars(1, 96)
    moved(bars, 0, 0.003, times=9)
    one = explained("c0", bars)
    assert one.why == "moved 0.3 %, less than 1 %"
    assert [part.contribution for part in one.parts] == [None] * 3
    assert (one.parts[1].z or 0) > 2
    assert not one.parts[1].flagged


def test_what_has_too_few_bars_or_none_says_so() -> None:
    """With the reason that the caller knows, made printable."""
    bars = random_bars(2, 96)
    bars.close[0, :-7] = np.nan
    bars.close[1] = np.nan
    found = detect(bars, rules())
    assert explained("C0", bars).why == "insufficient n=7"
    assert explained("C0", bars).parts[0].missing == "only 5 earlier values"
    assert explained("C1", bars).newest_bar_ms is None
    told = NOW._replace(no_data={bars.instruments[1].key: "HTTP 429\x1b[2J"})
    why = explain("C1", found, universe_of(bars), told)[0].why
    assert why.startswith("HTTP 429")
    assert "\x1b" not in why


def test_unknown_turnover_is_missing_with_the_reason() -> None:
    """And gives nothing."""
    bars = random_bars(1, 96)
    moved(bars, 0, 0.05)
    bars.turnover_usd[0] = np.nan
    part = explained("C0", bars).parts[1]
    assert (part.z, part.value, part.contribution) == (None, None, 0)
    assert part.missing == "the bar has no value"
    assert "volume: the bar has no value" not in explained("C0", bars).why


def test_the_original_s_low_turnover_is_explained_as_counting_both_ways() -> None:
    """|z| is what it compares."""
    bars = random_bars(1, 96)
    moved(bars, 0, 0.02, times=0.0)
    bars.turnover_usd[0, :-1] = np.linspace(0.9, 1.1, 95) * 1e6
    bars.turnover_usd[0, -1] = 0.0
    part = explained("C0", bars, detect(bars, rules(mode="original"))).parts[1]
    assert part.both_ways
    assert part.flagged
    assert part.over == pytest.approx(abs(part.z or 0) - 2)
    assert part.contribution == pytest.approx(0.3 * part.over)


def test_a_forming_bar_says_how_much_of_it_has_passed() -> None:
    """The rest of it may be otherwise."""
    bars = random_bars(1, 96)
    last = bars.close[:, -1]
    forming = Forming(bars.newest_close_ms, 0.25, last, last, last, last, last, last)
    one = explained("C0", bars, detect_forming(bars, forming, rules()))
    assert one.elapsed == 0.25
    assert one.newest_bar_ms == bars.newest_close_ms


def test_who_is_not_watched_is_told_why() -> None:
    """Rank, turnover, status, quote; or that it was chosen a moment ago."""
    bars = random_bars(2, 96)
    more = [
        (a_perp("SMALL"), 4_999.0),
        (a_perp("NEW"), 3e6),
        (a_perp("QUIET"), None),
        (a_perp("THIRD"), 9_000.0),
    ]
    gone = Instrument(
        exchange=Exchange.BINANCE,
        market=Market.PERP,
        symbol="GONEUSDT",
        coin="GONE",
        status=Status.HALTED,
    )
    in_usdc = Instrument(
        exchange=Exchange.BINANCE,
        market=Market.PERP,
        symbol="BTCUSDC",
        coin="BTC",
        quote="USDC",
        status=Status.LIVE,
    )
    elsewhere = a_perp("ELSE", Exchange.OKX)
    universe = universe_of(
        bars, *more, (gone, 9e9), (in_usdc, 9e9), (elsewhere, 9e9), (a_spot("SPOT"), 9e9), top=3
    )
    assert [one.coin for one in universe.instruments] == ["NEW", "C0", "C1"]
    all_of_them = universe_of(bars, *more)
    assert [one.coin for one in all_of_them.instruments] == ["NEW", "C0", "C1", "THIRD"]
    found = detect(bars, rules())

    def why(name: str) -> str:
        return " | ".join(one.why for one in explain(name, found, universe, NOW))

    assert why("NEW") == "NEWUSDT was chosen after the last evaluation"
    assert why("third") == "THIRDUSDT has rank 4 by 24 h turnover, the first 3 are watched"
    assert why("SMALL") == "SMALLUSDT turned over 4,999 USD in 24 h, less than 5,000"
    assert why("QUIET") == "QUIETUSDT's 24 h turnover is not known"
    assert why("GONE") == "GONEUSDT is halted, not live"
    assert why("BTCUSDC") == "BTCUSDC is quoted in USDC, not USDT"
    for name in ("ELSE", "SPOT", "NOBODY"):
        assert explain(name, found, universe, NOW) == []
    assert unlisted("NOBODY", universe) == "binance lists no perpetual of NOBODY"
    assert universe.turnover_24h_usd(bars.instruments[1]) == 1e6 - 1
    assert universe.turnover_24h_usd(elsewhere) is None


def a_spot(coin: str) -> Instrument:
    return Instrument(
        exchange=Exchange.BINANCE,
        market=Market.SPOT,
        symbol=f"{coin}USDT",
        coin=coin,
        status=Status.LIVE,
    )


def test_a_coin_with_two_perpetuals_is_explained_twice() -> None:
    """That with more turnover first."""
    bars = random_bars(1, 96, instruments=[a_perp("PEPE")])
    twin = Instrument(
        exchange=Exchange.BINANCE,
        market=Market.PERP,
        symbol="1000PEPEUSDT",
        coin="PEPE",
        multiplier=1000,
        status=Status.LIVE,
    )
    listed = explain("pepe", detect(bars, rules()), universe_of(bars, (twin, 5e6)), NOW)
    assert [one.symbol for one in listed] == ["1000PEPEUSDT", "PEPEUSDT"]
    assert [one.row is None for one in listed] == [True, False]
