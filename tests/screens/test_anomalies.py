"""The anomalies board: rows, other bars and exchanges, how a score came to be, why not."""

import pytest
from msgspec.structs import replace

from tests.screens.support import an_app, pulled, screen_text, settled, shows, styles_of
from tests.support.boards import NOW_MS, ZONE, MemorySource
from tests.support.judged_boards import COINS, SMALL, an_anomalies_board, an_explained, some_klines
from tui_monitor.app import MonitorApp
from tui_monitor.boards.anomalies import Reason, State
from tui_monitor.errors import BadInput
from tui_monitor.model import Exchange
from tui_monitor.screens.boards.anomalies import texts
from tui_monitor.screens.boards.anomalies.board import AnomaliesView
from tui_monitor.screens.boards.anomalies.columns import anomaly_columns, reasons_text, z_text
from tui_monitor.screens.boards.anomalies.parts import (
    PART_COLUMNS,
    PERCENTILE,
    amount_text,
    part_rows,
)
from tui_monitor.screens.boards.oi.columns import oi_columns
from tui_monitor.screens.dialogs.questions import CoinDialog
from tui_monitor.screens.filters.filter import parse_filter
from tui_monitor.screens.filters.names import column_named
from tui_monitor.screens.looks.format import ShownZone
from tui_monitor.screens.looks.looks import STANDARD, looks_of
from tui_monitor.screens.palette import commands

SHOWN = ShownZone(ZONE)


def view_of(app: MonitorApp) -> AnomaliesView:
    """The view."""
    view = app.desk.view
    assert isinstance(view, AnomaliesView)
    return view


def asked(source: MemorySource, what: str) -> tuple[object, ...]:
    """The newest question of a kind."""
    return next(call for call in reversed(source.calls) if call[0] == what)


async def test_only_what_is_unusual_is_shown_and_a_shows_the_others_with_why() -> None:
    """By score; whoever is not judged has a dash, its state, and a note in the title."""
    app = an_app(board="anomalies")
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        rows = view_of(app).table.rows
        assert [row.coin for row in rows] == ["PEPE", "SOL", "龙虾", "WIF", "DOGE"]
        assert "5 of 17 judged unusual" in screen_text(app)
        await pilot.press("a")
        await pulled(pilot, app)
        assert {row.coin for row in view_of(app).table.rows} == set(COINS)
        view_of(app).table.move_to("FRESHUSDT")
        await settled(pilot, shows(app, "FRESH: insufficient n=10"))
        line = next(one for one in screen_text(app).splitlines() if one.startswith(" FRESH"))
        assert "insufficient" in line
        assert " – " in line


async def test_the_closed_bar_and_the_forming_one_are_told_apart() -> None:
    """In the headline and in a column; without a forming bar that is said."""
    source = MemorySource()
    app = an_app(source, "anomalies")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        text = screen_text(app)
        assert "closed bar 14:15–14:30" in text
        assert "closed" in text.splitlines()[4]
        await pilot.press("u")
        await pulled(pilot, app)
        text = screen_text(app)
        assert "forming bar 14:30–14:45, 87 % over" in text
        assert text.splitlines()[4].startswith(" ADA")
        assert text.splitlines()[4].endswith("forming")
        await pilot.press("enter")
        await pulled(pilot, app)
        text = " ".join(screen_text(app).split())
        assert "bar 14:30–14:45 forming, 87 % over" in text
        assert "judged as if it ended now; turnover scaled up from 87 % of its time" in text
        assert view_of(app).explanation is not None
        await pilot.press("u")
        await pulled(pilot, app)
        assert "bar 14:15–14:30 closed" in screen_text(app)
        await pilot.press("u", "escape")
        source.anomalies = an_anomalies_board(forming=None)
        await pulled(pilot, app)
        assert "no forming bar is known yet" in screen_text(app)


async def test_keys_and_words_choose_bars_and_exchange() -> None:
    """i and v go round; the palette names them; what there is not is refused."""
    source = MemorySource()
    app = an_app(source, "anomalies")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        assert asked(source, "anomalies") == ("anomalies", None, None)
        await pilot.press("i")
        await pulled(pilot, app)
        assert asked(source, "anomalies") == ("anomalies", None, "1h")
        assert "binance 1h" in screen_text(app)
        await pilot.press("i", "v")
        await pulled(pilot, app)
        exchange = asked(source, "anomalies")[1]
        assert exchange is Exchange.OKX
        assert asked(source, "anomalies")[2] == "1m"
        commands.run("bar 5m", app.desk)
        commands.run("venue bybit", app.desk)
        await pulled(pilot, app)
        assert asked(source, "anomalies") == ("anomalies", Exchange.BYBIT, "5m")
        assert asked(source, "watch") == ("watch", Exchange.BYBIT, "5m")
        before = len([call for call in source.calls if call[0] == "watch"])
        for _ in range(3):
            await pulled(pilot, app)
        assert len([call for call in source.calls if call[0] == "watch"]) == before
        source.now_ms += 60_000
        for _ in range(2):
            await pulled(pilot, app)
        assert len([call for call in source.calls if call[0] == "watch"]) == before + 1
        for wrong in ("bar 2m", "venue nowhere", "pairs perp-perp", "why"):
            with pytest.raises(BadInput):
                commands.run(wrong, app.desk)


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_enter_opens_how_the_score_came_to_be_beside_the_candles(
    size: tuple[int, int],
) -> None:
    """Each part, the window, n, the marked bar; Enter again is the coin's page, Esc the row."""
    source = MemorySource()
    app = an_app(source, "anomalies")
    async with app.run_test(size=size) as pilot:
        await pulled(pilot, app)
        await pilot.press("j", "enter")
        await pulled(pilot, app)
        text = screen_text(app)
        assert asked(source, "explained")[1] == "SOLUSDT"
        for said in (
            "price",
            "percentile",
            "volume",
            "volatility",
            "window 96 bars",
            "n=96",
            " = ",
        ):
            assert said in text
        chart = view_of(app).chart.candles
        assert chart is not None
        assert chart.marked_ms == view_of(app).table.rows[1].open_ms
        assert "14:15 -3.10 %" in text
        await pilot.press("enter")
        await settled(pilot, lambda: app.desk.view.NAME == "coin")
        await pulled(pilot, app)
        await pilot.press("escape")
        await settled(pilot, lambda: app.desk.view.NAME == "anomalies")
        await pulled(pilot, app)
        assert "How the score came to be" in screen_text(app)
        await pilot.press("escape")
        await settled(pilot, lambda: app.focused is view_of(app).table)
        assert view_of(app).table.cursor_key == "SOLUSDT"


def test_the_parts_add_up_to_the_score() -> None:
    """Of every coin that has one; the percentile has a line of its own."""
    for coin in ("PEPE", "SOL", "龙虾", "WIF", "DOGE"):
        (one,) = an_explained(coin).found
        rows = part_rows(one)
        assert [row.name for row in rows] == ["price", PERCENTILE, "volume", "volatility"]
        assert one.row is not None
        given = [row.contribution or 0.0 for row in rows]
        assert sum(given) == pytest.approx(one.row.score)
        assert all(row.over * row.weight == pytest.approx(row.contribution) for row in rows)


def test_a_part_that_is_not_judged_gives_nothing_and_says_why() -> None:
    """A dash, never 0; z and means stand there as far as they are known."""
    (one,) = an_explained("FRESH").found
    rows = part_rows(one)
    assert all(row.contribution is None for row in rows)
    assert rows[0].note == "only 8 earlier values"
    assert one.why == "insufficient n=10"
    text = ["".join(part for part, _ in line) for line in _facts("FRESH")]
    assert "score – not judged" in text[-1]
    assert "– %" not in "".join("".join(part for part, _ in line) for line in _facts("SILENT"))


def _facts(name: str, width: int = 120) -> list[list[tuple[str, object]]]:
    explained = an_explained(name)
    one = explained.found[0] if explained.found else None
    lines = texts.facts(explained, one, None, SHOWN, STANDARD, width)
    return [[(part, style) for part, style in line] for line in lines]


async def test_why_is_answered_for_any_coin_from_anywhere() -> None:
    """By the palette on another board; too little turnover, not listed, judged but usual."""
    source = MemorySource()
    app = an_app(source, "sum")
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        for coin, said in (
            (SMALL, "turned over 1,200 USD in 24 h, less than 5,000"),
            ("NOPE", "binance lists no perpetual of NOPE"),
            ("BTC", "moved 0.114 %, less than 1 %"),
        ):
            commands.run(f"why {coin}", app.desk)
            await settled(pilot, lambda: app.desk.view.NAME == "anomalies")
            await settled(pilot, lambda: app.desk.view.is_attached)
            await pulled(pilot, app)
            await pulled(pilot, app)
            assert said in screen_text(app), coin
        assert "no 15m bars of NOPE are stored" not in screen_text(app)


async def test_w_asks_for_a_coin_and_starts_with_the_one_under_the_cursor() -> None:
    """An empty name is refused."""
    app = an_app(board="anomalies")
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        await pilot.press("w")
        await settled(pilot, lambda: isinstance(app.screen, CoinDialog))
        assert "PEPE" in screen_text(app)
        await pilot.press("backspace", "enter")
        await settled(pilot, shows(app, "which coin?"))
        await pilot.press("h", "a", "l", "t", "e", "d", "enter")
        await settled(pilot, lambda: app.screen is app.desk)
        await pulled(pilot, app)
        assert "no bar; the newest is 3 bars older" in screen_text(app)
        assert "its newest is 13:30–13:45" in screen_text(app)


async def test_a_late_answer_about_another_coin_is_not_shown() -> None:
    """Who was asked for last counts, and nothing of the one before stays."""
    source = MemorySource()
    app = an_app(source, "anomalies")
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        await pilot.press("enter")
        await pulled(pilot, app)
        assert "PEPEUSDT" in screen_text(app)
        source.failure = BadInput("no answer", "")
        view_of(app).explain("BTC")
        await pulled(pilot, app)
        text = screen_text(app)
        assert "PEPEUSDT" not in text
        assert "loading…" in text
        source.failure = None
        await pulled(pilot, app)
        assert "BTCUSDT" in screen_text(app)


async def test_candles_are_not_asked_for_with_every_look() -> None:
    """Once in some seconds, and for another bar."""
    source = MemorySource()
    app = an_app(source, "anomalies")
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        await pilot.press("enter")
        for _ in range(4):
            await pulled(pilot, app)
        assert sum(call[0] == "klines" for call in source.calls) == 1
        source.now_ms += 60_000
        await pulled(pilot, app)
        assert sum(call[0] == "klines" for call in source.calls) == 2


async def test_stored_rows_are_grey_and_say_so() -> None:
    """No engine: the newest stored bar."""
    source = MemorySource()
    reason = "no engine runs: these are of before"
    source.anomalies = an_anomalies_board(live=False, reason=reason)
    app = an_app(source, "anomalies")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        assert reason in screen_text(app)
        assert {style.color for style in styles_of(app, "PEPE")} == {looks_of(app.desk).dim.color}


async def test_bars_that_were_asked_for_just_now_are_called_so() -> None:
    """The screen asked for them itself: where to have them watched is no news."""
    source = MemorySource()
    reason = "5m bars of okx are not watched: anomalies.exchanges has them judged always"
    early = an_anomalies_board(evaluated_ms=None, rows=[], forming=None, live=False)
    source.anomalies = replace(early, reason=reason, unasked=True)
    app = an_app(source, "anomalies")
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        text = " ".join(screen_text(app).split())
        said = "no 15m bar of binance is judged yet: 15m bars of binance were asked for just now"
        assert said in text
        assert "not watched" not in text
        source.explained = replace(an_explained("NOPE"), reason=reason)
        view_of(app).explain("NOPE")
        await pulled(pilot, app)
        assert "15m bars of binance were asked for just now" in screen_text(app)
    kept = texts.just_asked(an_anomalies_board(live=False, unasked=True))
    assert kept.reason.endswith("just now; these are the anomalies of the last judged bar")


async def test_as_the_originals_did_there_is_no_other_bar_to_show() -> None:
    """u is not offered, does nothing, and nothing speaks of it."""
    source = MemorySource()
    source.anomalies = an_anomalies_board(mode="original", forming=None)
    app = an_app(source, "anomalies")
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        await settled(pilot, lambda: "u forming" not in screen_text(app))
        await pilot.press("u")
        await pulled(pilot, app)
        assert not view_of(app).forming
    explained = an_explained("PEPE", forming=True)
    one = replace(explained.found[0], mode="original")
    lines = texts.facts(explained, one, None, SHOWN, STANDARD, 120)
    said = ["".join(part for part, _ in line) for line in lines]
    assert "the open bar as it is so far, its turnover, too" in said
    assert "u: the closed bar" not in "".join(said)


def test_what_is_not_stored_is_said_of_a_bar_in_the_shown_zone() -> None:
    """The sentence has no time: the line above it has."""
    open_ms = NOW_MS - NOW_MS % 900_000 - 900_000
    explained = replace(an_explained("NOPE"), live=False, open_ms=open_ms, reason="not stored")
    for zone, said in ((SHOWN, "14:15–14:30"), (ShownZone(ZONE, "UTC"), "06:15–06:30")):
        lines = texts.facts(explained, None, None, zone, STANDARD, 80)
        assert "".join(part for part, _ in lines[0]).endswith(f"binance 15m  bar {said}")


def test_a_forming_bar_that_is_not_judged_is_not_called_so() -> None:
    """Of a perpetual that is not watched there is no bar, and of others perhaps not yet."""
    for name, said in ((SMALL, "no bar of it is judged"), ("HALTED", "forming bar is not judged")):
        explained = an_explained(name, forming=True)
        lines = texts.facts(explained, explained.found[0], None, SHOWN, STANDARD, 120)
        text = " ".join(part for line in lines for part, _ in line)
        assert said in text
        assert "as if it ended now" not in text
    explained = an_explained("BTC", forming=True)
    lines = texts.facts(explained, explained.found[0], None, SHOWN, STANDARD, 120)
    text = " ".join("".join(part for part, _ in line) for line in lines)
    assert "judged as if it ended now" in text
    assert "score – small moves have none" in text


def test_an_empty_board_says_why() -> None:
    """Nothing judged; nothing unusual; nothing forming."""
    board = an_anomalies_board()
    quiet = [row for row in board.rows if row.state is not State.ANOMALY]
    said = texts.why_empty(replace(board, rows=quiet), forming=False, zone=SHOWN)
    assert said.startswith("nothing unusual in the closed bar 14:15–14:30: small move 12")
    asking = replace(board, rows=quiet, reason="bars of 3 perpetuals are being asked for")
    said = texts.why_empty(asking, forming=False, zone=SHOWN)
    assert said.startswith("bars of 3 perpetuals are being asked for; nothing unusual")
    stored = replace(board, rows=[], forming=None, reason="no engine runs", live=False)
    assert texts.why_empty(stored, forming=False, zone=SHOWN) == "no engine runs: there were none"
    early = replace(stored, evaluated_ms=None, reason="the perpetuals are being chosen", live=True)
    for forming in (False, True):
        said = texts.why_empty(early, forming=forming, zone=SHOWN)
        assert said == "no 15m bar of binance is judged yet: the perpetuals are being chosen"
    unknown = [row for row in quiet if row.state in (State.INSUFFICIENT, State.NO_DATA)]
    said = texts.why_empty(replace(board, rows=unknown), forming=False, zone=SHOWN)
    assert said.startswith("nothing of the closed bar 14:15–14:30 can be judged: insufficient 1")
    alone = replace(board, forming=None)
    assert "no forming bar is known yet" in texts.why_empty(alone, forming=True, zone=SHOWN)
    original = replace(alone, mode="original", rows=quiet)
    assert "nothing unusual in" in texts.why_empty(original, forming=True, zone=SHOWN)


@pytest.mark.parametrize("width", [80, 240])
def test_the_headline_says_no_more_than_is_known(width: int) -> None:
    """Before anything was judged no bar and no count; a long reason has lines of its own."""
    reason = "15m bars of okx are not watched: " + "anomalies.exchanges has them judged " * 4
    board = an_anomalies_board(evaluated_ms=None, rows=[], reason=reason)
    lines = texts.headline(board, forming=False, zone=SHOWN, looks=STANDARD, width=width)
    said = [" ".join(text for text, _ in line) for line in lines]
    assert "nothing is judged yet" in said[0]
    assert not any(word in said[0] for word in ("unusual", "judged 7", "closed bar"))
    assert " ".join(" ".join(said).split()).endswith(reason.strip())
    assert all(len(line) <= width for line in said)
    assert len(said) == (1 if width == 240 else 4)


def test_reasons_are_shorter_where_there_is_less_room() -> None:
    """Whole words where they fit."""
    row = next(row for row in an_anomalies_board().rows if len(row.reasons) == len(Reason) - 3)
    assert reasons_text(row) == "price+volume+volatility"
    assert reasons_text(row, 14) == "price+vol+vola"


def test_amounts_have_the_unit_of_their_measure() -> None:
    """A fraction as %, USD, % as it is; a dash for what is unknown."""
    assert amount_text(Reason.PRICE, 0.0312) == "3.120%"
    assert amount_text(Reason.VOLUME, 2_500_000.0) == "2.50M"
    assert amount_text(Reason.VOLATILITY, 3.4) == "3.400%"
    assert amount_text(Reason.PRICE, None) == "–"


@pytest.mark.parametrize("number", [0.004, 9.996, 213.456, 5_999.5, 123_456.7, 9.9e9, 1e15])
def test_a_number_has_fewer_decimals_rather_than_an_end_cut_off(number: float) -> None:
    """Whatever its size, it has room in its column."""
    for width in (6, 7):
        assert len(z_text(number, width)) <= width
        assert len(z_text(-number, width)) <= width
    assert len(z_text(number, sign="+")) <= 6
    for reason in (Reason.PRICE, Reason.VOLATILITY):
        assert len(amount_text(reason, number)) <= 8
    (one,) = an_explained("PEPE").found
    parts = [replace(part, over=number, weight=1.0, z=number) for part in one.parts]
    for row in part_rows(replace(one, parts=parts)):
        for column in PART_COLUMNS[:-1]:
            assert len(column.paint(row, STANDARD, column.width).text) <= column.width, column.key


def test_a_chart_reaches_to_the_marked_bar_though_it_is_missing() -> None:
    """The place of a bar that is not stored is marked."""
    klines = some_klines("HALTED", Exchange.BINANCE, "15m", 50)
    marked_ms = NOW_MS - NOW_MS % 900_000 - 900_000
    found = texts.candles(klines, SHOWN, "", marked_ms)
    assert found.newest_ms == marked_ms > klines.rows[-1].open_ms
    assert found.count >= 48


async def test_names_from_outside_move_nothing() -> None:
    """Control characters and markup stay text."""
    source = MemorySource()
    board = an_anomalies_board()
    bad = replace(board.rows[0], coin="[red]\x1b[2J", note="\x1b]0;x\x07[/]", symbol="\x1b[/]")
    source.anomalies = replace(board, rows=[bad], reason="\x1b[1m[bold]")
    explained = an_explained("PEPE")
    (one,) = explained.found
    source.explained = replace(
        explained, found=[replace(one, coin="\x1b[2J", symbol="[/]\x1b", why="[red]\x1b why")]
    )
    app = an_app(source, "anomalies")
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        assert "\x1b" not in screen_text(app)
        await pilot.press("enter")
        await pulled(pilot, app)
        text = screen_text(app)
        assert "\x1b" not in text
        assert "[red]" in text


async def test_the_help_explains_every_column_and_has_the_formulas() -> None:
    """F1 and a very small terminal."""
    app = an_app(board="anomalies")
    async with app.run_test(size=(120, 50)) as pilot:
        await pulled(pilot, app)
        view = view_of(app)
        for table in (view.table, view.parts):
            assert all(column.help and column.value for column in table.columns)
        await pilot.press("f1")
        await settled(pilot, shows(app, "z = (value − mean) / deviation"))
    app = an_app(board="anomalies")
    async with app.run_test(size=(50, 12)) as pilot:
        await pulled(pilot, app)
        assert "PEPE           +6.20   16.34" in screen_text(app)


def test_z_is_the_price_z_in_a_filter_and_nothing_where_no_column_is_called_so() -> None:
    """As people write it, where there is one."""
    z = column_named("z", anomaly_columns(ShownZone(ZONE)))
    assert z is not None
    assert z.key == "price_z"
    with pytest.raises(BadInput, match="no column z to compare"):
        parse_filter("z>3", oi_columns(24))
