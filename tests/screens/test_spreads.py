"""The spreads board: what ranks and what is grey, pairs and coins by keys, the quarantine."""

import dataclasses
import time
from functools import partial

import pytest
from msgspec.structs import replace

from tests.screens.support import an_app, pulled, screen_text, settled, shows, styles_of
from tests.support.boards import NOW_MS, ZONE, MemorySource, a_light, a_status
from tests.support.spread_boards import (
    FEES_PCT,
    a_spread,
    a_spreads_board,
    a_stale_spread,
    a_suspect,
    a_tiny_spread,
    some_spreads,
)
from tui_monitor.app import MonitorApp
from tui_monitor.boards.spreads import Filter, Kind, SpreadRow
from tui_monitor.errors import BadInput
from tui_monitor.model import FeedState
from tui_monitor.screens.boards.spreads.board import SpreadsView
from tui_monitor.screens.boards.spreads.cells import compact_price, narrow_price, short_age
from tui_monitor.screens.boards.spreads.columns import spread_columns
from tui_monitor.screens.boards.spreads.quarantine import evidence
from tui_monitor.screens.boards.spreads.texts import detail, headline, why_empty
from tui_monitor.screens.dialogs.questions import TextDialog
from tui_monitor.screens.filters.filter import parse_filter
from tui_monitor.screens.looks.format import ShownZone, price
from tui_monitor.screens.looks.looks import STANDARD, Looks
from tui_monitor.screens.palette import commands
from tui_monitor.screens.widgets.columns import Cell, Column, sort_rows
from tui_monitor.screens.widgets.line import Piece

SHOWN = ShownZone(ZONE)
COLUMNS = spread_columns(a_spreads_board())


def cell(row: SpreadRow, key: str) -> str:
    """What a column says of a row."""
    column = next(one for one in COLUMNS if one.key == key)
    return column.paint(row, STANDARD, column.width).text


def view_of(app: MonitorApp) -> SpreadsView:
    """The view."""
    view = app.desk.view
    assert isinstance(view, SpreadsView)
    return view


def asked(source: MemorySource) -> tuple[object, ...]:
    """The newest question."""
    return source.calls[-1]


def is_reading(app: MonitorApp) -> bool:
    """Whether a text is open."""
    return isinstance(app.screen, TextDialog)


def is_back(app: MonitorApp) -> bool:
    """Whether nothing is open."""
    return app.screen is app.desk


def watched(column: Column[SpreadRow], painted: list[str]) -> Column[SpreadRow]:
    """The column, noting the coins that it is painted for."""

    def paint(row: SpreadRow, looks: Looks, width: int) -> Cell:
        painted.append(row.coin)
        return column.paint(row, looks, width)

    return dataclasses.replace(column, paint=paint)


def text_of(lines: list[list[Piece]]) -> str:
    """The text of some lines."""
    return "\n".join("".join(text for text, _ in line) for line in lines)


@pytest.mark.parametrize("column", [one for one in COLUMNS if one.unit], ids=lambda one: one.key)
def test_no_number_is_wider_than_its_column(column: object) -> None:
    """Neither of a dear coin nor of a cheap one, neither fresh nor grey."""
    rows = [
        *some_spreads(),
        a_spread(ask=104_321.7, bid=104_999.9, executable_pct=99.99, size_usd=123_456_789.0),
        a_stale_spread("X", 101.25, buy_age_ms=59_900, sell_age_ms=3_700_000),
        a_spread(lasts=[104_321.7, 0.0123456, 0.00123456, 0.0000000123, 1e-12, 0.5, 9.9, 1234.56]),
    ]
    found = next(one for one in COLUMNS if one is column)
    for row in rows:
        assert len(found.paint(row, STANDARD, found.width).text) <= found.width


def test_prices_of_any_size_fit_and_keep_four_digits() -> None:
    """Up to the tiniest."""
    for exponent in range(-12, 7):
        value = 1.23456 * 10**exponent
        assert len(narrow_price(value)) <= 12
        assert len(compact_price(value)) <= 9
        for text in (narrow_price(value), compact_price(value), narrow_price(value, 8)):
            assert float(text.replace(",", "")) == pytest.approx(value, rel=5e-3)
    assert narrow_price(0.000049029) == narrow_price(4.9029e-5) == "0.000049029"
    assert (compact_price(1.23456e-5), compact_price(4.9e-12)) == ("1.2346e-5", "4.900e-12")


@pytest.mark.parametrize(
    ("ask", "bid", "shown"),
    [
        (2.5987e-8, 2.6073e-8, ("2.5987e-8", "2.6073e-8")),
        (9.871e-11, 9.92e-11, ("9.8710e-11", "9.9200e-11")),
        (1.0234e-6, 1.0239e-6, ("0.000001023", "0.000001024")),
        (0.0000123451, 0.0000123512, ("0.000012345", "0.000012351")),
    ],
)
def test_ask_and_bid_of_a_tiny_coin_do_not_look_equal_where_a_spread_is_between_them(
    ask: float, bid: float, shown: tuple[str, str]
) -> None:
    """WHY, AIDOGE and the like, in the table and in the lines below it."""
    row = a_spread("WHY", ask=ask, bid=bid)
    assert (cell(row, "ask"), cell(row, "bid")) == shown
    bought, sold, _ = (
        "".join(text for text, _ in line) for line in detail(row, NOW_MS, SHOWN, STANDARD, 160)
    )
    assert f"ask {price(ask)} " in bought
    assert f"bid {price(bid)} " in sold


def test_a_little_is_not_nothing() -> None:
    """Cents at the top of the book."""
    assert cell(a_spread(size_usd=0.3), "size") == "<1"
    assert cell(a_spread(size_usd=0.0), "size") == "0"
    assert cell(a_spread(size_usd=None), "size") == "–"


def test_ages_are_short() -> None:
    """For two days."""
    ages = (0, 9_949, 9_999, 59_999, 60_000, 3_599_000, 3_600_000, 86_399_000)
    texts = [short_age(age_ms) for age_ms in ages]
    assert texts[:5] == ["0.0s", "9.9s", "10.0s", "59s", "1m"]
    assert max(map(len, texts)) <= 5


def test_a_pair_that_does_not_rank_is_in_brackets_and_below_all_others() -> None:
    """However it is sorted, and no comparison of a filter finds it."""
    stale, fresh, under = a_stale_spread("OLD", 9.9), a_spread("A", 0.1), a_spread("B", -0.4)
    assert cell(stale, "exec") == "(+9.90)"
    assert cell(stale, "rank") == "–"
    assert cell(stale, "sell_age") == "12s!"
    assert cell(fresh, "exec") == "+0.10"
    for key in ("exec", "net", "net_funding", "indicative", "size"):
        column = next(one for one in COLUMNS if one.key == key)
        for descending in (True, False):
            assert sort_rows([stale, fresh, under], column, descending)[-1] is stale
    test = parse_filter("exec>0.05", COLUMNS)
    assert test is not None
    assert [row.coin for row in (stale, fresh, under) if test(row)] == ["A"]


def test_a_text_looks_for_words_and_not_into_numbers() -> None:
    """A coin, an exchange, a market; numbers are compared."""
    test = parse_filter("okx & !spot", COLUMNS)
    assert test is not None
    assert [test(row) for row in (a_spread(), a_tiny_spread())] == [True, False]
    found = parse_filter("95,123", COLUMNS)
    assert found is not None
    assert not found(a_spread())


def test_what_is_not_known_is_a_dash_and_the_reason_is_below() -> None:
    """An unknown interval is no funding of 0."""
    row = a_tiny_spread()
    assert cell(row, "net_funding") == cell(row, "breakeven") == "–"
    text = text_of(detail(row, NOW_MS, SHOWN, STANDARD, 160))
    assert "funding – interval of bybit perp not known" in text
    assert "even after" not in text
    never = text_of(detail(a_spread(breakeven_h=None), NOW_MS, SHOWN, STANDARD, 200))
    assert "never breaks even at this funding" in never
    assert "+0.0223 %/? h" in text
    assert "no funding" in text
    assert "1 in quarantine" in text


def test_the_detail_has_both_legs_under_each_other_and_how_the_sum_came() -> None:
    """With the funding of each leg's own interval."""
    lines = text_of(detail(a_spread(), NOW_MS, SHOWN, STANDARD, 160)).splitlines()
    assert lines[0].index("ask") == lines[1].index("bid")
    assert lines[0].index("BTCUSDT") == lines[1].index("BTC-USDT-SWAP")
    assert "+0.0100 %/8 h 16:00" in lines[0]
    assert "+0.710 − fees 0.200 = +0.510   funding +0.012 till 16:00 = +0.522" in lines[2]
    old = text_of(detail(a_stale_spread("X"), NOW_MS, SHOWN, STANDARD, 80)).splitlines()
    assert old[2].startswith("okx perp is 12.4 s old")
    assert detail(None, NOW_MS, SHOWN, STANDARD, 80) == [[], [], []]


def test_the_past_is_a_number_only_where_somebody_looked() -> None:
    """0 is said of a coin that never was over the threshold, – where nobody watched."""
    btc, other = a_spread(), a_spread("OTHER")
    assert (cell(btc, "over_24h"), cell(btc, "rises_24h")) == ("12m", "31")
    assert (cell(other, "over_24h"), cell(other, "rises_24h")) == ("0", "0")
    unwatched = spread_columns(a_spreads_board(over_24h=[], watched_24h_min=None))
    column = next(one for one in unwatched if one.key == "over_24h")
    assert column.paint(btc, STANDARD, 6).text == "–"


def test_an_empty_board_says_why_and_what_helps() -> None:
    """No prices, no pair of this kind, nothing that passes, nobody who watches."""
    lights = [a_light(), a_light(FeedState.SILENT, "silent 00:42")]
    board = a_spreads_board(rows=[], coins=0, kind=Kind.SPOT_SPOT)
    assert why_empty(board, a_status(lights=lights)) == (
        "no coin has two legs of spot-spot; waiting for prices: okx silent 00:42"
    )
    assert "no exchange is watched" in why_empty(board, a_status(lights=[]))
    assert "waiting for the engine" in why_empty(board, None)
    chosen = a_spreads_board(rows=[], filter=Filter.OVER)
    assert why_empty(chosen, None) == "none of 36 coins: ≥ 0.1 %; f shows others"
    one = a_spreads_board(rows=[], coin="XYZ", filter=Filter.MAJORS)
    assert why_empty(one, None) == "none of 36 coins: only XYZ, majors; o shows all of them"
    assert why_empty(replace(board, live=False, reason="no engine runs"), None) == "no engine runs"


def test_the_evidence_names_the_prices_and_the_way_out() -> None:
    """As the settings want it."""
    text = " ".join(evidence(a_suspect(), SHOWN, NOW_MS))
    assert "0.012346 a coin (multiplier 1)" in text
    assert "×1,000" in text
    assert "spreads.same = ['bitget:perp:1000PEPEUSDT']" in text
    named = evidence(a_suspect(text="multiplier contradicts: 1000 ×"), SHOWN, NOW_MS)
    assert named[0] == "multiplier contradicts: 1000 ×"
    text = " ".join(evidence(a_suspect(settled=True, ratio=None), SHOWN, NOW_MS))
    assert "about to leave" in text


async def test_keys_go_through_the_pairs_and_the_coins() -> None:
    """The head says which; the source is asked for just that."""
    source = MemorySource()
    app = an_app(source, "spreads")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        assert asked(source) == ("spreads", None, Filter.ALL, None)
        for kind in (Kind.PERP_PERP, Kind.SPOT_PERP, Kind.SPOT_SPOT, Kind.ALL):
            await pilot.press("p")
            await pulled(pilot, app)
            assert asked(source) == ("spreads", kind, Filter.ALL, None)
            assert f"pairs {kind.value} " in screen_text(app)
        for chosen, words in (
            (Filter.OVER, "≥ 0.1 %"),
            (Filter.SEVERAL, "several exchanges"),
            (Filter.FUNDING, "with funding"),
            (Filter.MAJORS, "majors"),
            (Filter.ALL, "all"),
        ):
            await pilot.press("f")
            await pulled(pilot, app)
            assert asked(source) == ("spreads", Kind.ALL, chosen, None)
            assert f"coins {words} " in screen_text(app)


async def test_the_board_opens_with_the_pairs_of_the_settings() -> None:
    """And p goes on from there."""
    source = MemorySource()
    source.pairs = Kind.SPOT_PERP
    app = an_app(source, "spreads")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        assert "pairs spot-perp " in screen_text(app)
        await pilot.press("p")
        await pulled(pilot, app)
        assert asked(source) == ("spreads", Kind.SPOT_SPOT, Filter.ALL, None)


async def test_one_coin_is_shown_alone_and_escape_brings_the_others_back() -> None:
    """The one under the cursor."""
    source = MemorySource()
    app = an_app(source, "spreads")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        await pilot.press("j", "o")
        await pulled(pilot, app)
        assert asked(source) == ("spreads", None, Filter.ALL, "PEPE")
        assert "coins only PEPE " in screen_text(app)
        assert len(view_of(app).table.rows) == 1
        assert "Esc back" in screen_text(app)
        await pilot.press("escape")
        await pulled(pilot, app)
        assert len(view_of(app).table.rows) == 36


async def test_the_palette_names_pairs_and_coins() -> None:
    """A wrong word is answered with the right ones, and so is another board."""
    source = MemorySource()
    app = an_app(source, "spreads")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        commands.run("pairs spot-perp", app.desk)
        commands.run("coins majors", app.desk)
        await pulled(pilot, app)
        assert asked(source) == ("spreads", Kind.SPOT_PERP, Filter.MAJORS, None)
        commands.run("pairs", app.desk)
        await pulled(pilot, app)
        assert asked(source) == ("spreads", Kind.SPOT_SPOT, Filter.MAJORS, None)
        with pytest.raises(BadInput, match="'perps'") as caught:
            commands.run("pairs perps", app.desk)
        assert "perp-perp" in caught.value.hint
        app.desk.show_board("sum")
        await settled(pilot, lambda: app.desk.view.is_attached)
        with pytest.raises(BadInput, match="on the sum board"):
            commands.run("coins majors", app.desk)


async def test_what_went_stale_is_grey_below_the_rest() -> None:
    """And its row says so in signs as well."""
    app = an_app(board="spreads")
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        assert [row.coin for row in view_of(app).table.rows][-2:] == ["LATE", "币安人生"]
        (grey,) = styles_of(app, "(+2.40)")
        assert grey.color == STANDARD.faint.color
        assert {style.color for style in styles_of(app, "+0.71")} != {STANDARD.faint.color}


async def test_the_quarantine_is_a_tab_and_enter_shows_the_evidence() -> None:
    """At every size; Escape leads back."""
    for size in ((80, 24), (160, 50)):
        app = an_app(board="spreads")
        async with app.run_test(size=size) as pilot:
            await pulled(pilot, app)
            assert "quarantine 3 (Tab)" in screen_text(app)
            await pilot.press("tab")
            await pulled(pilot, app)
            assert "─ Quarantine" in screen_text(app)
            assert "multiplier contradicts" in screen_text(app)
            assert app.focused is view_of(app).suspects
            await pilot.press("enter")
            await settled(pilot, partial(is_reading, app))
            assert "spreads.same" in screen_text(app)
            text = screen_text(app)
            free, held = text.index("not in quarantine:"), text.rindex("in quarantine:")
            assert free < text.index("bitget spot: last ") < held < text.index("bitget perp: last ")
            await pilot.press("escape")
            await settled(pilot, partial(is_back, app))
            await pilot.press("escape")
            await pulled(pilot, app)
            assert app.focused is view_of(app).table
            assert "─ Spreads" in screen_text(app)


async def test_a_frozen_board_still_sorts_and_filters() -> None:
    """What came meanwhile is counted; the rows stay."""
    source = MemorySource()
    app = an_app(source, "spreads")
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        await pilot.press("space")
        source.spreads = a_spreads_board(rows=[a_spread("NEW")])
        await pulled(pilot, app)
        await pulled(pilot, app)
        assert "FROZEN, 1 behind" in screen_text(app)
        assert "NEW" not in screen_text(app)
        await pilot.press("I")
        await settled(pilot)
        assert view_of(app).table.rows[0].coin == "COIN34"
        await pilot.press("space")
        await pulled(pilot, app)
        assert [row.coin for row in view_of(app).table.rows] == ["NEW"]


async def test_names_from_outside_move_nothing() -> None:
    """Control characters, markup and wide characters stay text."""
    source = MemorySource()
    bad = a_spread("[red]\x1b[31mX", buy_symbol="\x1b]0;x\x07[/]", sell_symbol="\u202eevil")
    source.spreads = a_spreads_board(rows=[bad], quarantine=[a_suspect(text="\x1b[2J[bold]")])
    app = an_app(source, "spreads")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        text = screen_text(app)
        assert "\x1b" not in text
        assert "\u202e" not in text
        await pilot.press("tab", "enter")
        await settled(pilot, shows(app, "[2J"))
        assert "\x1b" not in screen_text(app)


async def test_before_the_first_board_and_on_very_small_terminals_there_are_words() -> None:
    """Loading, then the three best."""
    source = MemorySource()
    source.failure = BadInput("no answer", "")
    app = an_app(source, "spreads")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, shows(app, "loading…"))
        assert "no answer" in screen_text(app)
    app = an_app(board="spreads")
    async with app.run_test(size=(40, 5)) as pilot:
        await pulled(pilot, app)
        assert "BTC +0.71 binance→okx" in screen_text(app)


async def test_the_help_explains_every_column_of_both_tables() -> None:
    """With unit and formula."""
    app = an_app(board="spreads")
    async with app.run_test(size=(120, 50)) as pilot:
        await pulled(pilot, app)
        view = view_of(app)
        assert all(column.help for table in view.panels() for column in table.columns)
        assert all(column.value for table in view.panels() for column in table.columns)
        assert "(bid − ask) / ask × 100" in " ".join(view.help_text())


async def test_only_the_rows_in_sight_are_formatted() -> None:
    """1,200 rows that all change: a paint is about what is visible, and stays cheap."""
    source = MemorySource()
    painted: list[str] = []
    app = an_app(source, "spreads")
    async with app.run_test(size=(160, 50)) as pilot:
        boards = [
            a_spreads_board(
                fees_pct=FEES_PCT,
                rows=[
                    a_spread(f"C{place}", 3 - place / 400, rank=place, buy_age_ms=second * 100)
                    for place in range(1_200)
                ],
            )
            for second in range(3)
        ]
        source.spreads = boards[0]
        await pulled(pilot, app)
        table = view_of(app).table
        table.set_columns([*table.columns[:-1], watched(table.columns[-1], painted)])
        table.hidden = frozenset(one.key for one in table.columns[4:-1])
        table.repaint()
        await settled(pilot)
        assert painted
        painted.clear()
        began = time.process_time()
        for board in boards[1:]:
            source.spreads = board
            await pulled(pilot, app)
        assert len(set(painted)) <= 45
        assert len(painted) <= 2 * 45
        assert time.process_time() - began < 2


@pytest.mark.parametrize("only", list(Filter))
@pytest.mark.parametrize("kind", list(Kind))
def test_eighty_columns_say_how_many_are_shown(only: Filter, kind: Kind) -> None:
    """Also where one coin is asked for and a filter is on."""
    board = a_spreads_board(kind=kind, filter=only, coin="1000000MOG", matching=1)
    said = "".join(text for text, _ in headline(board, STANDARD, 78))
    assert said.endswith("1 shown") or "   1 shown   " in said
    assert said.startswith(f"p pairs {kind.value}   f coins only 1000000MOG")
