"""A day of minutes as a chart of 120×30: our painter beside plotext, in CPU time of one run."""

import math
import statistics
import sys
import time
from collections.abc import Callable

import plotext

from tui_monitor.clock import DAY_MS, MINUTE_MS, BoardZone
from tui_monitor.screens.looks.format import ShownZone
from tui_monitor.screens.looks.looks import STANDARD
from tui_monitor.screens.widgets.curve import Chart, plan_chart
from tui_monitor.screens.widgets.plot import draw, finish, marker_of, overlay_of, paint_chart

WIDTH, HEIGHT, POINTS, ROUNDS = 120, 30, 1_440, 21


def value(minute: int) -> float:
    """Waves with a saw on them."""
    return 30 * math.sin(minute / 140) + (minute * 7919 % 23) / 2


def a_chart() -> Chart:
    """One day."""
    points = [(minute * MINUTE_MS, value(minute)) for minute in range(POINTS)]
    return Chart(
        version=1, first_ms=0, last_ms=DAY_MS, points=points, zone=ShownZone(BoardZone()), mean=4.0
    )


def by_plotext() -> None:
    """The same line, in braille, with its axes."""
    plotext.clear_figure()
    plotext.limit_size(False, False)
    plotext.plot_size(WIDTH, HEIGHT)
    plotext.plot(list(range(POINTS)), [value(one) for one in range(POINTS)], marker="braille")
    plotext.hline(4.0)
    plotext.build()


def cpu_ms(work: Callable[[], object]) -> float:
    """The middle of some runs."""
    taken = []
    for _ in range(ROUNDS):
        begin_s = time.process_time()
        work()
        taken.append(time.process_time() - begin_s)
    return statistics.median(taken) * 1000


def main() -> None:
    """Print a whole drawing of each, and what a moved cursor costs us."""
    chart = a_chart()
    plan = plan_chart(chart, WIDTH, HEIGHT, marker_of(STANDARD))
    assert plan is not None
    picture = draw(plan, STANDARD)
    theirs_ms = cpu_ms(by_plotext)
    ours_ms = cpu_ms(lambda: paint_chart(chart, WIDTH, HEIGHT, STANDARD))
    over_ms = cpu_ms(
        lambda: finish(plan, picture, overlay_of(chart, plan, 700 * MINUTE_MS), STANDARD)
    )
    say(f"plotext, {POINTS} points at {WIDTH}x{HEIGHT}: {theirs_ms:.1f} ms")
    say(f"ours, with areas and grid: {ours_ms:.1f} ms, {theirs_ms / ours_ms:.1f} times as fast")
    say(f"ours, only the cursor moved: {over_ms:.1f} ms")


def say(text: str) -> None:
    """A line of the report."""
    sys.stdout.write(f"charts: {text}\n")


if __name__ == "__main__":
    main()
