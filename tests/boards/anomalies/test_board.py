"""The board: the order of its rows, its counts, and how it is written as JSON."""

import subprocess
import sys

import msgspec
import numpy as np

from tests.boards.anomalies.judging import NOW, moved, rules
from tests.boards.candles import BAR_MS, NEWEST_MS, random_bars
from tui_monitor.boards.anomalies import AnomaliesBoard, State
from tui_monitor.boards.anomalies.detect import detect, detect_forming
from tui_monitor.boards.anomalies.rows import BoardInput, board, rows_of
from tui_monitor.boards.bars import Bars, Forming
from tui_monitor.model import Exchange

NOW_MS = NEWEST_MS + BAR_MS + 1_000


def with_moves() -> Bars:
    bars = random_bars(12, 96, seed=9)
    for place in range(12):
        moved(bars, place, 0.001)
    for place, by in ((3, 0.05), (5, -0.09), (8, 0.02)):
        moved(bars, place, by)
    bars.close[10] = np.nan
    bars.close[11, :-10] = np.nan
    return bars


def made(bars: Bars) -> AnomaliesBoard:
    last = bars.close[:, -1]
    forming = Forming(bars.newest_close_ms, 0.5, last, last, last, last * 1.04, last, last)
    turnover = {one.key: 1e6 * place for place, one in enumerate(bars.instruments)}
    given = BoardInput(
        now_ms=NOW_MS,
        evaluated_ms=NOW_MS - 500,
        turnover_24h_usd=turnover,
        no_data={bars.instruments[10].key: "asked for"},
    )
    return board(detect(bars, rules()), given, detect_forming(bars, forming, rules()))


def test_rows_are_by_score_and_what_is_not_judged_comes_last() -> None:
    """Of equals what trades most comes first; anomalies have ranks."""
    shown = made(with_moves())
    assert [row.symbol for row in shown.rows[:3]] == ["C5USDT", "C3USDT", "C8USDT"]
    assert [row.rank for row in shown.rows] == [1, 2, 3] + [None] * 9
    scores = [row.score for row in shown.rows[:3]]
    assert scores == sorted((score or 0 for score in scores), reverse=True)
    rest = [row.turnover_24h_usd or 0 for row in shown.rows[3:]]
    assert rest == sorted(rest, reverse=True)
    assert shown.rows[3].note == "insufficient n=10"
    assert shown.rows[4].note == "asked for"


def test_an_anomaly_without_a_score_stands_above_what_is_none() -> None:
    """Whatever trades more."""
    bars = random_bars(2, 96)
    bars.close[0] = 100 * np.cumprod(1 + 0.03 * np.sin(np.arange(96)))
    bars.high[0], bars.low[0] = bars.close[0] * 1.01, bars.close[0] * 0.99
    moved(bars, 0, 0.0101)
    moved(bars, 1, 0.05)
    weightless = rules(price_weight=0.0, volume_weight=0.0, volatility_weight=0.0)
    rows = rows_of(detect(bars, weightless), NOW)
    assert [row.state for row in rows] == [State.ANOMALY, State.NORMAL]
    assert [row.symbol for row in rows] == ["C1USDT", "C0USDT"]
    assert [row.score for row in rows] == [0, 0]


def test_the_board_says_what_it_looked_at_and_how_many_are_in_each_state() -> None:
    """The counts add up to the universe."""
    shown = made(with_moves())
    assert (shown.board, shown.exchange, shown.mode) == ("anomalies", Exchange.BINANCE, "closed")
    assert (shown.bar, shown.bar_ms, shown.window_bars) == ("15m", BAR_MS, 96)
    assert (shown.open_ms, shown.close_ms) == (NEWEST_MS, NEWEST_MS + BAR_MS)
    assert (shown.now_ms, shown.evaluated_ms) == (NOW_MS, NOW_MS - 500)
    assert shown.counts == {
        State.ANOMALY: 3,
        State.NORMAL: 0,
        State.SMALL_MOVE: 7,
        State.INSUFFICIENT: 1,
        State.GAP: 0,
        State.NO_BAR: 0,
        State.NO_DATA: 1,
    }
    assert sum(shown.counts.values()) == shown.universe == 12
    assert shown.thresholds == rules().thresholds


def test_the_forming_bar_has_rows_of_its_own() -> None:
    """Marked, with its times."""
    forming = made(with_moves()).forming
    assert forming is not None
    assert (forming.open_ms, forming.elapsed) == (NEWEST_MS + BAR_MS, 0.5)
    assert forming.close_ms == NEWEST_MS + 2 * BAR_MS
    assert len(forming.rows) == 12
    assert all(row.forming for row in forming.rows)
    assert forming.rows[0].state is State.ANOMALY
    bars = with_moves()
    assert board(detect(bars, rules()), BoardInput(NOW_MS, NOW_MS)).forming is None


def test_the_board_is_the_same_after_a_way_as_json() -> None:
    """No NaN in it: what is unknown is null."""
    shown = made(with_moves())
    text = msgspec.json.encode(shown)
    assert b"NaN" not in text
    assert msgspec.json.decode(text, type=AnomaliesBoard) == shown


def test_the_words_load_no_numpy() -> None:
    """Whoever only shows the boards starts without it."""
    code = (
        "import sys, tui_monitor.boards.anomalies.explanation, tui_monitor.boards.picks;"
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
