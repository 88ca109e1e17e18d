"""The candle chart: every bar in its place, gaps, the marked bar, axes that can be read."""

from itertools import pairwise

import pytest

from tests.support.boards import ZONE
from tests.support.candle_rows import BAR_MS, a_bar, some_bars
from tui_monitor.model import CandleRow
from tui_monitor.screens.looks.format import ShownZone
from tui_monitor.screens.looks.looks import STANDARD
from tui_monitor.screens.looks.plain import in_ascii
from tui_monitor.screens.widgets.candles import Candles, paint_candles, price_scale

NEWEST_MS = 1_795_132_800_000 - 1_795_132_800_000 % BAR_MS
SHOWN = ShownZone(ZONE)


def candles(bars: list[CandleRow], count: int = 24, **fields: object) -> Candles:
    """A chart of some places; `fields` replace any of its own."""
    known: dict[str, object] = {
        "version": 1,
        "bars": bars,
        "bar_ms": BAR_MS,
        "newest_ms": NEWEST_MS,
        "count": count,
        "zone": SHOWN,
    }
    return Candles(**(known | fields))  # type: ignore[arg-type]


def painted(given: Candles, width: int = 80, height: int = 9) -> list[str]:
    """Its lines as text; each has the width."""
    drawn = paint_candles(given, width, height, STANDARD)
    lines = ["".join(part.text for part in line) for line in drawn]
    assert len(lines) == height
    assert all(len(line) == width for line in lines)
    return lines


def plot_width(lines: list[str]) -> int:
    """Columns left of the prices: a labelled line has its grid up to there."""
    return max(line.rfind(grid) for line in lines for grid in "┈┊") + 1


def place(lines: list[str], back: int, count: int = 24) -> int:
    """The column of a bar, so many before the newest; all bars are as far apart."""
    wide = plot_width(lines)
    step = min(6, -(-wide // count))
    return wide - (back + 1) * step + step // 2


def column(lines: list[str], back: int, count: int = 24) -> str:
    """A bar's column from above, without the time axis."""
    x = place(lines, back, count)
    return "".join(line[x] for line in lines[:-1])


def test_a_rising_bar_is_thin_and_a_falling_one_is_full() -> None:
    """Without any colour they are told apart; wicks reach to high and low."""
    rises = a_bar(NEWEST_MS - BAR_MS, 102.0, 106.0, high=110.0, low=98.0)
    falls = a_bar(NEWEST_MS, 106.0, 102.0, high=110.0, low=98.0)
    lines = painted(candles([rises, falls]))
    thin, full = column(lines, 1), column(lines, 0)
    assert "┃" in thin
    assert "█" not in thin
    assert "█" in full
    assert {"│", "╷"} & set(thin)
    assert full.strip("┈ ")[0] in "╷│"
    assert "O" in in_ascii(thin)
    assert "#" in in_ascii(full)


def test_a_missing_bar_is_an_empty_column() -> None:
    """The bars beside it stay where they belong."""
    bars = [a_bar(NEWEST_MS - back * BAR_MS, 100.0, 101.0 + back) for back in (0, 1, 3)]
    lines = painted(candles(bars))
    drawn = [any(char in "┃╽╿╻╹│╵╷" for char in column(lines, back)) for back in range(5)]
    assert drawn == [True, True, False, True, False]


def test_of_more_bars_than_columns_the_newest_are_shown() -> None:
    """And the scale is of those alone."""
    bars = some_bars(NEWEST_MS, 200)
    bars[0] = a_bar(bars[0].open_ms, 95_000.0, 190_000.0)
    lines = painted(candles(bars, 200))
    assert not any("190,000" in line or "150,000" in line for line in lines)
    assert sum("┃" in line for line in lines) > 4


@pytest.mark.parametrize("price", [1e-8, 9.1234e-6, 0.5, 95_123.4, 1e9])
def test_prices_of_every_size_have_a_readable_axis(price: float) -> None:
    """At least two labels, all different, all within the scale."""
    bars = some_bars(NEWEST_MS, 40, price)
    scale = price_scale(bars, 12)
    lines = painted(candles(bars, 40), height=14)
    labels = [line[plot_width(lines) :].strip() for line in lines[:-1]]
    values = [float(one.replace(",", "")) for one in labels if one]
    assert len(set(values)) == len(values) >= 2
    assert all(scale.low <= value <= scale.high for value in values)


def test_a_price_that_never_moves_is_drawn() -> None:
    """A flat line in the middle."""
    bars = [a_bar(NEWEST_MS - back * BAR_MS, 5.0, 5.0) for back in range(10)]
    assert any("╹" in line or "╻" in line for line in painted(candles(bars)))


def test_the_marked_bar_has_a_line_and_a_word() -> None:
    """It is where the bar leaves room; outside of the chart there is none."""
    bars = some_bars(NEWEST_MS, 24)
    for back in (0, 3):
        marked_ms = NEWEST_MS - back * BAR_MS
        lines = painted(candles(bars, marked_ms=marked_ms, mark="02:45 +1.20 %"))
        assert "╎" in column(lines, back)
        assert any("02:45 +1.20 %" in line for line in lines)
    assert not any("╎" in line for line in painted(candles(bars, marked_ms=NEWEST_MS + BAR_MS)))


def test_turnovers_stand_below_where_there_is_room() -> None:
    """The highest fills its rows; an unknown one has no bar."""
    bars = [a_bar(NEWEST_MS - back * BAR_MS, 100.0, 101.0 + back) for back in range(3)]
    bars[1] = a_bar(bars[1].open_ms, 100.0, 102.0, turnover_usd=None)
    bars[0] = a_bar(bars[0].open_ms, 100.0, 102.0, turnover_usd=1e9)
    lines = painted(candles(bars), height=14)
    newest, before, oldest = (column(lines, back)[-2:] for back in range(3))
    assert (newest, before, oldest) == ("██", "  ", " ▁")
    assert "▁" not in "".join(painted(candles(bars), height=9))


def test_no_bars_say_why_and_a_tiny_place_shows_nothing() -> None:
    """Never a broken drawing."""
    given = candles([], empty="BTCUSDT is not watched")
    assert any("BTCUSDT is not watched" in line for line in painted(given))
    bars = some_bars(NEWEST_MS, 24)
    for width, height in ((20, 9), (80, 3), (80, 1), (24, 4), (30, 5)):
        painted(candles(bars), width, height)


def test_the_time_axis_has_round_times_in_the_shown_zone() -> None:
    """Hours, and the day at its midnight; each below its bar."""
    axis = painted(candles(some_bars(NEWEST_MS, 96), 96), 120)[-1]
    labels = axis.split()
    assert len(labels) >= 4
    assert all(":" in one or "-" in one for one in labels)
    assert any("-" in one for one in labels)


@pytest.mark.parametrize("width", [60, 75, 120, 153, 200, 230])
@pytest.mark.parametrize("there", [48, 97, 192])
def test_bars_fill_the_width(width: int, there: int) -> None:
    """From the left on; what is left over is less than the distance of two bars."""
    bars = [a_bar(NEWEST_MS - back * BAR_MS, 100.0, 101.0 + back) for back in range(there)]
    lines = painted(candles(bars, there), width, 20)
    wide = plot_width(lines)
    step = min(6, -(-wide // there))
    drawn = [x for x in range(wide) if any(line[x] in "┃╽╿╻╹│╵╷" for line in lines[:-1])]
    assert drawn[0] < step
    assert {after - one for one, after in pairwise(drawn)} == {step}


def test_the_forming_bar_is_told_without_colours() -> None:
    """Its time with an ellipsis stands below it, in the shown zone; other labels make way."""
    bars = some_bars(NEWEST_MS, 24)
    axis = painted(candles(bars, forming_ms=NEWEST_MS))[-1]
    assert axis.rstrip().endswith(f"{SHOWN.format(NEWEST_MS)}…")
    utc = ShownZone(ZONE, "UTC")
    there = painted(candles(bars, forming_ms=NEWEST_MS, zone=utc))[-1]
    assert there.rstrip().endswith(f"{utc.format(NEWEST_MS)}…")
    assert "…" not in painted(candles(bars))[-1]
    assert in_ascii(axis).rstrip().endswith(f"{SHOWN.format(NEWEST_MS)}.")


@pytest.mark.parametrize("height", [1, 3, 9])
def test_why_there_are_no_bars_wraps_in_the_middle(height: int) -> None:
    """Whole, where there are lines enough; no line is longer than the chart."""
    reason = "15m bars of okx are not watched: anomalies.exchanges has them judged always"
    lines = painted(candles([], empty=reason), width=40, height=height)
    said = " ".join(" ".join(lines).split())
    assert said == reason if height > 1 else said.startswith("15m bars of okx are not")
