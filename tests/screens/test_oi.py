"""The open-interest board: windows, order, jumps, what is unknown, and the bar of shares."""

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from textual.pilot import Pilot

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tests.support.boards import MemorySource
from tests.support.interest_boards import an_interest_board
from tui_monitor.app import MonitorApp
from tui_monitor.boards.open_interest import (
    InterestRow,
    LeftOut,
    OpenInterestBoard,
    RankedBy,
    Share,
    Told,
)
from tui_monitor.boards.open_interest.now import NOT_TOLD
from tui_monitor.clock import BoardZone
from tui_monitor.errors import BadInput
from tui_monitor.model import Exchange
from tui_monitor.screens.boards.oi.board import OpenInterestView
from tui_monitor.screens.boards.oi.columns import GLYPHS, oi_columns
from tui_monitor.screens.boards.oi.texts import detail, headline, why_empty
from tui_monitor.screens.looks.format import ShownZone
from tui_monitor.screens.looks.looks import STANDARD

SHOWN = ShownZone(BoardZone())


def view_of(app: MonitorApp) -> OpenInterestView:
    view = app.desk.view
    assert isinstance(view, OpenInterestView)
    return view


def told(app: MonitorApp) -> list[str]:
    """What was said in the corner."""
    return [one.message for one in app._notifications]


def row_of(text: str, coin: str) -> str:
    """The table's line of a coin, without what stands beside it."""
    return next(line for line in text.splitlines() if f"  {coin} " in line)


async def asked(
    pilot: Pilot[int], app: MonitorApp, source: MemorySource, key: str
) -> tuple[object, ...]:
    """Press a key and let the board come; what the source was asked."""
    await pilot.press(key)
    await pulled(pilot, app)
    return [call for call in source.calls if call[0] == "interest"][-1]


async def test_plus_minus_and_equals_choose_the_window() -> None:
    """Of 1, 4 and 24 h, no further; = is the one of the settings again."""
    source = MemorySource()
    app = an_app(source, "oi")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        assert "24 h by |USD change|" in screen_text(app)
        assert await asked(pilot, app, source, "-") == ("interest", 4, RankedBy.CHANGE)
        assert await asked(pilot, app, source, "-") == ("interest", 1, RankedBy.CHANGE)
        text = screen_text(app)
        assert "1 h by |USD change|" in text
        assert "USD 1h" in text
        assert await asked(pilot, app, source, "-") == ("interest", 1, RankedBy.CHANGE)
        assert "1 h is the shortest window" in told(app)
        assert await asked(pilot, app, source, "+") == ("interest", 4, RankedBy.CHANGE)
        assert await asked(pilot, app, source, "=") == ("interest", None, RankedBy.CHANGE)
        assert "24 h by |USD change|" in screen_text(app)
        await asked(pilot, app, source, "+")
        assert "24 h is the longest window" in told(app)


async def test_z_ranks_by_size_and_back() -> None:
    """The headline says which; by size the new coin has a rank, too."""
    source = MemorySource()
    app = an_app(source, "oi")
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        assert "2 of 3 coins ranked" in screen_text(app)
        assert await asked(pilot, app, source, "z") == ("interest", None, RankedBy.SIZE)
        text = screen_text(app)
        assert "24 h by size" in text
        assert "3 of 3 coins ranked" in text
        assert await asked(pilot, app, source, "z") == ("interest", None, RankedBy.CHANGE)


async def test_enter_opens_the_coin_and_escape_leads_back() -> None:
    """To the row."""
    app = an_app(board="oi")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        await pilot.press("j", "enter")
        await settled(pilot, lambda: app.desk.view.NAME == "coin")
        await pulled(pilot, app)
        assert "ETH" in screen_text(app)
        await pilot.press("escape")
        await settled(pilot, lambda: app.desk.view.NAME == "oi")
        assert view_of(app).table.cursor_key == "ETH"


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_a_jump_is_marked_and_named(size: tuple[int, int]) -> None:
    """In the row, also where the note has no room; the line below the table has the words."""
    app = an_app(board="oi")
    async with app.run_test(size=size) as pilot:
        await pulled(pilot, app)
        assert "change without it" not in row_of(screen_text(app), "BTC")
        await pilot.press("j")
        # Both values and when.
        values = "275.00k coins 14:42, 550.00k 14:43"
        await settled(pilot, shows(app, f"\n sum with bybit, change without it: {values}"))
        text = screen_text(app)
        assert " 33 % !" in text
        assert "ETH !" in text
        assert "BTC !" not in text
        assert ("sum with bybit" in row_of(text, "ETH")) == (size[0] == 160)


def partial_board() -> OpenInterestBoard:
    """OKX lists BTC and has told nothing."""
    board = an_interest_board()
    silent = LeftOut(exchange=Exchange.OKX, symbol="BTC-USDT-SWAP", reason=NOT_TOLD)
    okx = Told(exchange=Exchange.OKX, perps=301, told=120, stale=0, reason="")
    btc, *others = board.rows
    rows = [replace(btc, missing=[silent]), *others]
    return replace(board, rows=rows, partial=1, told=[okx])


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_a_part_of_a_sum_is_no_whole(size: tuple[int, int]) -> None:
    """Marked in its row and in the total; below the table who is missing and why."""
    source = MemorySource()
    source.interest = partial_board()
    app = an_app(source, "oi")
    async with app.run_test(size=size) as pilot:
        await pulled(pilot, app)
        text = screen_text(app)
        assert "~8.91B" in row_of(text, "BTC")
        assert "~" not in row_of(text, "ETH")
        assert "total ~13.24B $" in text
        assert "\n sum without okx: the exchange has not told it yet" in text
        assert "2/3" in row_of(text, "BTC")
        assert "~ 1 partial" in text
        if size[0] == 160:
            assert "~ 1 partial  told okx 120 of 301" in text
            assert "~████" in row_of(text, "BTC")


async def test_a_rank_by_size_of_a_part_is_marked() -> None:
    """By change it is of who is known at both ends, and stands."""
    source = MemorySource()
    source.interest = replace(partial_board(), by=RankedBy.SIZE)
    app = an_app(source, "oi")
    async with app.run_test(size=(120, 30)) as pilot:
        await pulled(pilot, app)
        assert row_of(screen_text(app), "BTC").split()[0] == "~1"
        assert row_of(screen_text(app), "ETH").split()[0] == "2"


@pytest.mark.parametrize(
    ("reading", "wide", "narrow"),
    [
        ([], "", ""),
        ([(100, 3, 0.0)], "reading 3 of 100 histories from binance", "reading binance 3/100"),
        (
            [(100, 3, 34.0)],
            "histories from binance, waits 34 s: the exchange wants to be left alone",
            "reading binance 3/100, waits 34 s",
        ),
        (
            [(100, 3, 0.0), (50, 20, 7.0)],
            "reading histories: binance 3 of 100, okx 20 of 50 waits 7 s",
            "reading 23 of 150 histories",
        ),
    ],
)
def test_what_is_asked_for_is_said_while_it_is(
    reading: list[tuple[int, int, float]], wide: str, narrow: str
) -> None:
    """In words, at every width; nothing where all is here."""
    (one,) = an_interest_board().past
    past = [
        replace(
            one,
            exchange=exchange,
            reading=of,
            read=read,
            wait_s=wait_s,
            waits_for="the exchange wants to be left alone" if wait_s else "",
        )
        for exchange, (of, read, wait_s) in zip(Exchange, reading, strict=False)
    ]
    board = replace(an_interest_board(), past=past)
    for width, said in ((160, wide), (74, narrow)):
        text = "".join(part for part, _ in headline(board, SHOWN, STANDARD, width))
        assert said in text
        assert ("reading" in text) is bool(reading)
        assert "total 13.24B $" in text


async def test_the_windows_keys_are_on_the_screen() -> None:
    """Of the board's own keys none is a secret at 80 columns."""
    app = an_app(board="oi")
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        assert "+ - window, z by size or change" in screen_text(app)


async def test_what_is_unknown_is_a_dash_with_a_reason() -> None:
    """A coin that is new has its size and no change; never 0."""
    app = an_app(board="oi")
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        line = row_of(screen_text(app), "DOGE")
        assert line.split()[:3] == ["–", "DOGE", "540.00M"]
        assert line.count("–") == 1 + 3 + 2
        assert "0.00 " not in line.replace("540.00M", "").replace("60.0", "")
        assert "no value of 24 h ago" in line
        await pilot.press("j", "j")
        await settled(pilot, shows(app, "24 h no value of 24 h ago"))


def test_the_bar_of_shares_has_each_exchanges_glyph() -> None:
    """As wide as the column whatever rounding does; the glyphs tell them apart without colour."""
    (column,) = [one for one in oi_columns(24) if one.key == "shares"]
    row = an_interest_board().rows[0]
    pcts = {
        Exchange.BINANCE: 50.0,
        Exchange.OKX: 25.0,
        Exchange.BYBIT: 12.5,
        Exchange.BITGET: 12.5,
    }
    bar = _bar(_shared(row, pcts), width=16)
    assert bar == "█" * 8 + "▓" * 4 + "▒" * 2 + "░" * 2
    thirds = _shared(row, dict.fromkeys(list(pcts)[:3], 100 / 3))
    assert _bar(thirds, width=14) == "█████▓▓▓▓▒▒▒▒▒"
    assert len(set(GLYPHS.values())) == len(Exchange)
    assert _bar(replace(row, shares=[]), width=14) == "–"
    assert all(glyph in column.help for glyph in GLYPHS.values())


def _shared(row: InterestRow, pcts: dict[Exchange, float]) -> InterestRow:
    shares = [Share(exchange=one, usd=pct, pct=pct) for one, pct in pcts.items()]
    return replace(row, shares=shares)


def _bar(row: InterestRow, width: int) -> str:
    (column,) = [one for one in oi_columns(24) if one.key == "shares"]
    cell = column.paint(row, STANDARD, width)
    return "".join(one.text for one in cell.segments) if cell.segments else cell.text


@pytest.mark.parametrize(
    ("width", "said"), [(160, "$ 25 % acc 60 %"), (110, "$ 25 %"), (80, "25 %")]
)
def test_every_exchange_stays_in_the_line_below(width: int, said: str) -> None:
    """Where there is no room for all of it, each perpetual says less."""
    row = an_interest_board().rows[0]
    legs = [
        replace(row.legs[0], exchange=one, share_pct=25.0, long_accounts_pct=60.0)
        for one in Exchange
    ]
    first, *_ = detail(replace(row, legs=legs), an_interest_board(), SHOWN, STANDARD, width)
    text = "".join(piece[0] for piece in first)
    assert all(f"{one} " in text for one in Exchange)
    assert text.rstrip().endswith(said)
    assert ("acc" in text, "$" in text) == (width == 160, width >= 110)
    assert cell_len(text) <= width


async def test_stored_values_say_so() -> None:
    """With the reason, before anything else that is dropped on a narrow screen."""
    source = MemorySource()
    source.interest = replace(an_interest_board(), live=False, reason="no engine runs")
    app = an_app(source, "oi")
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        assert "stored: no engine runs" in screen_text(app)


def test_an_empty_board_says_why() -> None:
    """The source's reason, or that the first round is on its way."""
    empty = replace(an_interest_board(), rows=[])
    assert "first round" in why_empty(empty)
    assert why_empty(replace(empty, reason="no engine runs")) == "no engine runs"


async def test_every_column_and_the_measure_are_explained() -> None:
    """Single-sided, and whose shares; a very small terminal has the first coins."""
    assert all(column.help and column.value for column in oi_columns(24))
    app = an_app(board="oi")
    async with app.run_test(size=(120, 50)) as pilot:
        await pulled(pilot, app)
        await pilot.press("f1")
        await settled(pilot, shows(app, "single-sided"))
        assert "accounts, not positions" in " ".join(screen_text(app).split())
    app = an_app(board="oi")
    async with app.run_test(size=(50, 5)) as pilot:
        await pulled(pilot, app)
        assert "BTC 8.91B $ +891.00M" in screen_text(app)


async def test_the_export_names_the_table_without_the_keys_beside_its_title() -> None:
    """They stay above the table."""
    app = an_app(board="oi")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        await settled(pilot, shows(app, "─ Open interest  + - window, z by size or change ─"))
        await pilot.press("e")
        await settled(pilot, shows(app, "rows of Open interest, as shown"))


async def test_change_alone_is_of_the_chosen_window_and_what_may_be_several_is_refused() -> None:
    """The help says which; silently one of several would be the wrong one."""
    app = an_app(MemorySource(), "oi")
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        table = view_of(app).table
        with pytest.raises(BadInput) as caught:
            table.set_filter("co>1")
        assert caught.value.message == "co may be one of several"
        assert caught.value.hint == "coin, coins"
        for name in ("usd-change", "change-24h", "oi-24h", "oi_usd", "change", "OI 24h %"):
            table.set_filter(f"{name}>-1")
            assert table.rows
        await pilot.press("f1", "end")
        await settled(pilot, shows(app, "Also called change-24h, change."))
