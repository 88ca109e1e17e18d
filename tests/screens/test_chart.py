"""The chart: scales, ticks, gaps, spikes, labels."""

import math

from rich.cells import cell_len
from textual.app import App, ComposeResult

from tests.support.boards import NOW_MS, TODAY, ZONE
from tui_monitor.clock import SLOT_MS, BoardZone
from tui_monitor.screens.looks.format import ShownZone
from tui_monitor.screens.looks.looks import STANDARD
from tui_monitor.screens.widgets.chart import ChartView
from tui_monitor.screens.widgets.curve import Chart, Point
from tui_monitor.screens.widgets.plot import paint_chart
from tui_monitor.screens.widgets.raster import draw_lines, runs
from tui_monitor.screens.widgets.scale import nice_step, time_ticks, value_scale

START = ZONE.day_start_ms(TODAY)
END = ZONE.day_end_ms(TODAY)
SHOWN = ShownZone(ZONE)
MINUTE = 60_000


def a_chart(points: list[Point], **changes: object) -> Chart:
    """A chart of today."""
    given: dict[str, object] = {
        "version": tuple(points), "first_ms": START, "last_ms": END, "points": points,
        "zone": SHOWN, "empty": "nothing, because",
    }  # fmt: skip
    return Chart(**(given | changes))  # type: ignore[arg-type]


def drawn(chart: Chart, width: int = 100, height: int = 20) -> list[str]:
    """The chart as text."""
    lines = paint_chart(chart, width, height, STANDARD)
    return ["".join(segment.text for segment in line) for line in lines]


def dots(line: str) -> int:
    """Cells of a line that the curve touches."""
    return sum("\u2801" <= char <= "\u28ff" for char in line)


def test_every_line_has_the_width_of_the_chart() -> None:
    """Wide characters in marks and thresholds move nothing."""
    points: list[Point] = [(START + n * SLOT_MS, n - 20.0) for n in range(30)]
    chart = a_chart(
        points, marks=[(NOW_MS, "预警 12.3")], thresholds=[(5.0, "阈值 5")], mean=-3.0,
        live=(NOW_MS, 9.5),
    )  # fmt: skip
    for width, height in ((100, 20), (60, 8), (31, 5), (20, 3)):
        lines = drawn(chart, width, height)
        assert len(lines) == height
        assert {cell_len(line) for line in lines} == {width}
    assert "预警 12.3" in "\n".join(drawn(chart))
    assert "阈值 5" in "\n".join(drawn(chart))


def test_a_level_s_label_cuts_no_curve() -> None:
    """Where the curve comes to its mean at the right, the mean's words stand elsewhere."""
    waves: list[Point] = [
        (START + n * SLOT_MS // 2, 30.0 + (24 - n // 4) * math.sin(n / 6)) for n in range(96)
    ]
    bare, labelled = a_chart(waves), a_chart(waves, mean=31.95, thresholds=[(33.0, "0.6 %")])
    for width, height in ((118, 14), (60, 8), (40, 5)):
        said = "\n".join(drawn(labelled, width, height))
        assert (("mean +31.95" in said), ("0.6 %" in said)) == (height > 5, True)
        assert dots(said) == dots("\n".join(drawn(bare, width, height))) > 0


def test_a_mean_near_zero_leaves_the_zero_line_where_it_is() -> None:
    """It has its words there; its dashes would hide what is up and what is down."""
    points: list[Point] = [(START + n * SLOT_MS, 30.0 * math.sin(n / 6)) for n in range(20)]
    for mean, is_dashed in ((0.4, False), (20.0, True)):
        lines = drawn(a_chart(points, mean=mean), 80, 9)
        zero = next(line for line in lines if line.split()[0] == "0")
        assert "───" in zero
        assert ("╌" in "".join(lines)) is is_dashed
        assert f"mean {mean:+.2f}" in "".join(lines)


def test_a_gap_is_a_gap() -> None:
    """A missing node is not bridged by a line."""
    points: list[Point] = [(START + n * SLOT_MS, 10.0) for n in range(48)]
    whole = dots(max(drawn(a_chart(points)), key=dots))
    points[20:24] = [(ms, None) for ms, _ in points[20:24]]
    assert dots(max(drawn(a_chart(points)), key=dots)) < whole - 6


def test_slots_that_are_not_there_at_all_are_a_gap_too() -> None:
    """Points far apart in time are not joined."""
    points: list[Point] = [(START, 10.0), (START + 12 * 3_600_000, 10.0)]
    assert max(dots(line) for line in drawn(a_chart(points))) <= 2


def test_no_spike_is_lost_in_a_crowd() -> None:
    """One minute of 1,440 reaches the top of a narrow chart."""
    points: list[Point] = [(START + n * MINUTE, 1.0) for n in range(1440)]
    points[700] = (START + 700 * MINUTE, 50.0)
    lines = drawn(a_chart(points), 60, 20)
    assert dots(lines[1]) == 1


def test_ticks_fall_on_round_hours_and_midnights_of_the_zone() -> None:
    """Whatever the width, never at odd times; a midnight shows its day."""
    assert [label for _, label in time_ticks(START, END, 60, SHOWN)] == [
        "01-16", "06:00", "12:00", "18:00", "01-17",
    ]  # fmt: skip
    utc = ShownZone(ZONE, "UTC")
    assert [label for _, label in time_ticks(START, END, 60, utc)][:3] == [
        "18:00",
        "01-16",
        "06:00",
    ]
    week = time_ticks(START, START + 7 * 86_400_000, 100, SHOWN)
    assert [label for _, label in week] == [f"01-{day}" for day in range(16, 24)]


def test_ticks_stay_on_midnights_when_the_clocks_change() -> None:
    """A day of 25 hours shifts no tick of the days after it."""
    zone = BoardZone("Europe/Berlin")
    first = zone.day_start_ms(zone.day_of(1_761_400_000_000))
    ticks = time_ticks(first, first + 4 * 86_400_000, 60, ShownZone(zone))
    assert all(zone.format(ms, "%H:%M") == "00:00" for ms, _ in ticks)


def test_value_steps_are_nice_and_zero_is_on_the_scale() -> None:
    """1, 2, 2.5 or 5 times a power of ten."""
    assert nice_step(80, 4) == 20
    assert nice_step(0.7, 5) == 0.2
    assert nice_step(950, 4) == 250
    scale = value_scale([30.0, 41.0], 20, zero=True)
    assert scale.low < 0
    assert scale.high > 41
    assert 0 in scale.ticks()


def test_the_zero_line_is_where_the_sign_changes() -> None:
    """Above it the curve has the look of a rise, below that of a fall."""
    points: list[Point] = [(START + n * SLOT_MS, 20.0 - n) for n in range(41)]
    lines = paint_chart(a_chart(points), 100, 20, STANDARD)
    zero = next(y for y, line in enumerate(lines) if any("───" in part.text for part in line))
    for y, line in enumerate(lines[:-1]):
        for part in line:
            if dots(part.text) and part.style is not None:
                wanted = STANDARD.up if y <= zero else STANDARD.down
                assert part.style.color == wanted.color


def test_a_chart_without_points_says_why() -> None:
    """Never an empty box."""
    assert "nothing, because" in "\n".join(drawn(a_chart([(START, None)])))


def test_tiny_sizes_are_survived() -> None:
    """A terminal may be one cell."""
    points: list[Point] = [(START, 1.0)]
    for width, height in ((1, 1), (0, 0), (5, 2), (200, 1), (19, 9)):
        assert len(drawn(a_chart(points), width, height)) == height


class One(App[None]):
    """One chart."""

    def __init__(self) -> None:
        super().__init__()
        self.chart = ChartView()

    def compose(self) -> ComposeResult:
        yield self.chart


async def test_it_is_drawn_again_only_when_something_changed() -> None:
    """The same data at the same size comes from the cache."""
    app = One()
    points: list[Point] = [(START + n * SLOT_MS, float(n)) for n in range(10)]
    async with app.run_test(size=(80, 20)) as pilot:
        app.chart.show(a_chart(points))
        await pilot.pause()
        for _ in range(3):
            app.chart.show(a_chart(list(points)))
            app.chart.render_line(3)
        assert app.chart.drawings == 1
        app.chart.show(a_chart([*points, (START + 10 * SLOT_MS, 1.0)]))
        await pilot.pause()
        app.chart.render_line(3)
        assert app.chart.drawings == 2


def a_day(minutes: int = 1440) -> list[Point]:
    """A day's minutes, in waves."""
    return [(START + n * MINUTE, 20 * math.sin(n / 90) + n % 7) for n in range(minutes)]


async def test_a_live_point_that_stays_in_its_dot_draws_no_picture() -> None:
    """Fifty prices within a dot: the label changes, the curve is drawn once; a jump draws it."""
    app = One()
    points = a_day(700)
    at_ms = points[-1][0] + MINUTE
    async with app.run_test(size=(120, 30)) as pilot:
        for n in range(50):
            app.chart.show(a_chart(points, live=(at_ms, 5.0 + n / 1000)))
            await pilot.pause()
            app.chart.render_line(3)
        assert app.chart.drawings == 1
        assert app.chart.finishings > 1
        app.chart.show(a_chart(points, live=(at_ms, 15.0)))
        await pilot.pause()
        app.chart.render_line(3)
        assert app.chart.drawings == 2


async def test_a_live_point_beyond_all_others_moves_the_scale_by_whole_dots() -> None:
    """A price that makes a new high with every trade does not draw all anew each time."""
    app = One()
    points: list[Point] = [(START + n * SLOT_MS, float(n)) for n in range(40)]
    async with app.run_test(size=(100, 20)) as pilot:
        for n in range(40):
            app.chart.show(a_chart(points, live=(START + 40 * SLOT_MS, 40.0 + n / 400)))
            await pilot.pause()
            app.chart.render_line(3)
        assert app.chart.drawings <= 3


def words_of(app: One) -> str:
    """The line above the chart that is read."""
    return app.chart.render_line(0).text.strip()


async def test_a_chart_is_read_by_keys() -> None:
    """Column by column, point by point, to both ends; a gap says that it is one."""
    app = One()
    points: list[Point] = [(START + n * SLOT_MS, float(n)) for n in range(40)]
    points[20] = (points[20][0], None)
    async with app.run_test(size=(100, 20)) as pilot:
        app.chart.show(a_chart(points, live=(START + 40 * SLOT_MS, 41.0)))
        await pilot.pause()
        app.chart.read()
        await pilot.pause()
        assert words_of(app) == "20:00  +41.00 %"
        await pilot.press("left")
        assert words_of(app) == "19:30  +39.00 %"
        await pilot.press("home")
        assert words_of(app) == "00:00  0.00 %"
        await pilot.press(*["l"] * 20)
        assert words_of(app) == "10:00  no value"
        await pilot.press("pagedown", "pageup", "k", "j")
        assert words_of(app) == "10:00  no value"
        # Who reads the newest point goes on doing so.
        await pilot.press("G")
        app.chart.show(a_chart(points, live=(START + 41 * SLOT_MS, 42.0)))
        await pilot.pause()
        assert words_of(app) == "20:30  +42.00 %"


async def test_a_dense_chart_is_read_by_columns_and_by_points() -> None:
    """An arrow to the side moves by a cell, however many minutes that is; one upwards by one."""
    app = One()
    points = a_day()
    async with app.run_test(size=(100, 20)) as pilot:
        app.chart.show(a_chart(points, telling=lambda ms, _: f"{(ms - START) // MINUTE}"))
        await pilot.pause()
        app.chart.read()
        await pilot.press("up")
        assert words_of(app).endswith("  1438")
        columns = {place.column for place in app.chart.places()}
        await pilot.press("g", *["right"] * (len(columns) // 2))
        assert 600 < int(words_of(app).split()[-1]) < 840


async def test_the_mouse_reads_where_it_points() -> None:
    """Hovering shows the point, leaving hides it, a click keeps it."""
    app = One()
    points: list[Point] = [(START + n * SLOT_MS, float(n)) for n in range(48)]
    async with app.run_test(size=(100, 20)) as pilot:
        app.chart.show(a_chart(points))
        await pilot.pause()
        place = app.chart.places()[12]
        await pilot.hover(ChartView, offset=(place.column, 5))
        assert words_of(app) == "06:00  +12.00 %"
        await pilot.click(ChartView, offset=(app.chart.places()[24].column, 5))
        await pilot.pause()
        assert app.chart.has_focus
        assert words_of(app) == "12:00  +24.00 %"


def test_lines_of_dots_have_no_holes() -> None:
    """Steep and flat, up and down: every dot has a neighbour, and none is drawn twice a column."""
    for high in (-37, -5, 0, 3, 40):
        segment = ((0, 50), (9, 50 + high))
        dots = {(x, y) for x, top, bottom in runs(segment) for y in range(top, bottom + 1)}
        assert {(0, 50), (9, 50 + high)} <= dots
        for x, y in dots - {(9, 50 + high)}:
            assert any((x + dx, y + dy) in dots for dx in (0, 1) for dy in (-1, 0, 1) if dx or dy)


def test_blocks_stand_for_braille() -> None:
    """Where fonts lack it: quadrants, in the same places."""
    assert draw_lines((((0, 0), (3, 3)),), 2, 2, "hd") == ("▚ ", " ▚")
    assert draw_lines((((0, 0),), ((9, 1),)), 5, 1) == ("⠁   ⠐",)
