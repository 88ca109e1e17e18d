"""Anomalies and picks of a small market: random walks with a few unusual bars, really judged."""

from functools import lru_cache

import numpy as np
from msgspec.structs import replace

from tests.boards.candles import a_perp, random_bars
from tests.support.boards import NOW_MS
from tests.support.candle_rows import some_bars
from tui_monitor.boards.anomalies import AnomaliesBoard
from tui_monitor.boards.anomalies.detect import Detected, detect, detect_forming
from tui_monitor.boards.anomalies.explain import explain, unlisted
from tui_monitor.boards.anomalies.explanation import Explained
from tui_monitor.boards.anomalies.rows import BoardInput, board
from tui_monitor.boards.anomalies.rules import Rules
from tui_monitor.boards.anomalies.universe import Listed, Universe
from tui_monitor.boards.bars import Bars, Forming, newest_closed_ms
from tui_monitor.boards.klines import Klines
from tui_monitor.boards.picks import PicksBoard
from tui_monitor.boards.picks.score import DayFigures, Scores, picks
from tui_monitor.config import Anomalies
from tui_monitor.model import BAR_MS, CandleRow, Exchange

# Each is unusual in its own way, or not to be judged, or as it always is.
UNUSUAL = ("PEPE", "SOL", "龙虾", "WIF", "DOGE")
UNKNOWN = ("FRESH", "HALTED", "HOLED", "SILENT")
USUAL = ("BTC", "ETH", "XRP", "ADA", "LINK", "AVAX", "TRX", "TON", "SUI", "DOT", "LTC", "NEAR")
COINS = (*UNUSUAL, *UNKNOWN, *USUAL)
# Listed, but with too little turnover to be watched.
SMALL = "TINY"
TOP = 150
_HISTORY = 96


def _moved(bars: Bars, coin: str, by: float, width: float, times: float) -> None:
    """Give a coin's newest bar a return, a wider range, more turnover."""
    place = COINS.index(coin)
    before = bars.close[place, -2]
    close = before * (1 + by)
    bars.open[place, -1], bars.close[place, -1] = before, close
    bars.high[place, -1] = max(before, close) * (1 + width)
    bars.low[place, -1] = min(before, close) * (1 - width)
    bars.turnover_usd[place, -1] = np.mean(bars.turnover_usd[place, :-1]) * times


@lru_cache(maxsize=16)
def a_market(exchange: Exchange, bar: str, now_ms: int) -> Bars:
    """The bars of all coins."""
    bars = random_bars(
        len(COINS),
        _HISTORY,
        bar=bar,
        newest_ms=newest_closed_ms(bar, now_ms),
        instruments=[a_perp(coin, exchange) for coin in COINS],
    )
    _moved(bars, "PEPE", 0.062, 0.012, 6.0)
    _moved(bars, "SOL", -0.031, 0.002, 1.1)
    _moved(bars, "龙虾", 0.018, 0.02, 1.0)
    _moved(bars, "WIF", -0.0125, 0.001, 3.5)
    _moved(bars, "DOGE", 0.0105, 0.0, 0.6)
    columns = (bars.open, bars.high, bars.low, bars.close, bars.volume_coins, bars.turnover_usd)
    holes = {
        "FRESH": slice(0, _HISTORY - 10),
        "HALTED": slice(_HISTORY - 3, _HISTORY),
        "HOLED": slice(_HISTORY - 2, _HISTORY - 1),
        "SILENT": slice(0, _HISTORY),
    }
    for coin, hole in holes.items():
        for column in columns:
            column[COINS.index(coin), hole] = np.nan
    return bars


def _universe(bars: Bars) -> Universe:
    small = a_perp(SMALL, bars.exchange)
    ours = [
        Listed(one, _turnover_usd(place), place + 1) for place, one in enumerate(bars.instruments)
    ]
    listed = [*ours, Listed(small, 1_200.0, len(ours) + 1)]
    return Universe(
        exchange=bars.exchange,
        top=TOP,
        min_turnover_usd=5_000.0,
        instruments=bars.instruments,
        listed={one.instrument.key: one for one in listed},
    )


def _turnover_usd(place: int) -> float:
    return 2.4e9 / float((place + 1) ** 1.5)


def _given(bars: Bars, now_ms: int) -> BoardInput:
    return BoardInput(
        now_ms=now_ms,
        evaluated_ms=now_ms - now_ms % 60_000,
        turnover_24h_usd={
            one.key: _turnover_usd(place) for place, one in enumerate(bars.instruments)
        },
    )


def _forming(bars: Bars, now_ms: int) -> Forming:
    """Every coin goes on from its close; ADA leaps."""
    close = bars.close[:, -1]
    leap = np.ones(len(COINS))
    leap[COINS.index("ADA")] = 1.04
    elapsed = (now_ms - bars.newest_close_ms) / bars.bar_ms
    return Forming(
        open_ms=bars.newest_close_ms,
        elapsed=elapsed,
        open=close,
        high=np.maximum(close, close * leap),
        low=close * 0.9995,
        close=close * leap,
        volume_coins=np.full(len(COINS), 10.0),
        turnover_usd=np.nan_to_num(bars.turnover_usd[:, -2], nan=1e5) * elapsed,
    )


def _detected(exchange: Exchange, bar: str, now_ms: int) -> tuple[Detected, Detected]:
    bars, rules = a_market(exchange, bar, now_ms), Rules.of(Anomalies())
    return detect(bars, rules), detect_forming(bars, _forming(bars, now_ms), rules)


def an_anomalies_board(
    exchange: Exchange = Exchange.BINANCE,
    bar: str = "15m",
    now_ms: int = NOW_MS,
    **changes: object,
) -> AnomaliesBoard:
    """The closed bar and the forming one; `changes` replace any field."""
    closed, forming = _detected(exchange, bar, now_ms)
    found = board(closed, _given(closed.bars, now_ms), forming)
    return replace(found, **changes)


def an_explained(
    name: str,
    exchange: Exchange = Exchange.BINANCE,
    bar: str = "15m",
    now_ms: int = NOW_MS,
    *,
    forming: bool = False,
) -> Explained:
    """The closed bar's, or the forming one's."""
    closed, opened = _detected(exchange, bar, now_ms)
    universe = _universe(closed.bars)
    found = explain(name, opened if forming else closed, universe, _given(closed.bars, now_ms))
    return Explained(
        now_ms=now_ms,
        name=name,
        exchange=exchange,
        bar=bar,
        found=found,
        live=True,
        reason="" if found else unlisted(name, universe),
    )


def a_picks_board(now_ms: int = NOW_MS, **changes: object) -> PicksBoard:
    """Two evaluations: the second knows the scores of the first."""
    bars = a_market(Exchange.BINANCE, "15m", now_ms)
    day = {
        one.key: DayFigures(((place * 7) % 23 - 11) * 0.9, _turnover_usd(place))
        for place, one in enumerate(bars.instruments)
    }
    at_ms = now_ms - now_ms % 180_000
    first = picks(bars, day, at_ms - 180_000)
    before = {
        key: Scores(score.last - 1.5, score.highest + place % 3)
        for place, (key, score) in enumerate(first.scores.items())
        if place != 1
    }
    found = picks(bars, day, at_ms, before).board
    return replace(found, now_ms=now_ms, **changes)


def some_klines(
    symbol: str, exchange: Exchange, bar: str, limit: int, now_ms: int = NOW_MS
) -> Klines:
    """What the market has of a coin or symbol; BTC's are a wave of its own."""
    coin = symbol.upper().removesuffix("-SWAP").removesuffix("USDT").rstrip("-")
    rows = _rows(coin, exchange, bar, now_ms)[-limit:]
    return Klines(
        now_ms=now_ms,
        exchange=exchange,
        market=a_perp(coin).market,
        symbol=f"{coin}USDT",
        coin=coin,
        bar=bar,
        bar_ms=BAR_MS[bar],
        rows=rows,
        forming=None,
        reason="" if rows else f"no {bar} bars of {symbol} are stored",
    )


def _rows(coin: str, exchange: Exchange, bar: str, now_ms: int) -> list[CandleRow]:
    if coin == "BTC" and bar == "15m":
        return some_bars(newest_closed_ms(bar, now_ms))
    if coin not in COINS:
        return []
    bars, place = a_market(exchange, bar, now_ms), COINS.index(coin)
    return [
        CandleRow(
            exchange=exchange,
            market=bars.instruments[place].market,
            symbol=bars.instruments[place].symbol,
            coin=coin,
            bar=bar,
            open_ms=int(bars.open_ms[at]),
            open=float(bars.open[place, at]),
            high=float(bars.high[place, at]),
            low=float(bars.low[place, at]),
            close=float(bars.close[place, at]),
            volume_coins=float(bars.volume_coins[place, at]),
            turnover_usd=float(bars.turnover_usd[place, at]),
        )
        for at in range(len(bars.open_ms))
        if not np.isnan(bars.close[place, at])
    ]
