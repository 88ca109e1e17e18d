"""The open-interest board: windows, order, jumps, what is unknown, and the bar of shares."""

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from textual.pilot import Pilot

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tests.support.boards import MemorySource
from tests.support.interest_boards import an_interest_board
from tui_monitor.app import MonitorApp
from tui_monitor.boards.open_interest import InterestRow, RankedBy, Share
from tui_monitor.model import Exchange
from tui_monitor.screens.looks import STANDARD
from tui_monitor.screens.oi import OpenInterestView
from tui_monitor.screens.oi_columns import GLYPHS, detail, oi_columns, why_empty


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
        assert "without bybit: x2 within" not in row_of(screen_text(app), "BTC")
        await pilot.press("j")
        await settled(pilot, shows(app, "\n without bybit: x2 within 1 min, while"))
        text = screen_text(app)
        assert "ETH !" in text
        assert "BTC !" not in text
        assert ("without bybit" in row_of(text, "ETH")) == (size[0] == 160)


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
    first, *_ = detail(replace(row, legs=legs), 24, STANDARD, width)
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
    async with app.run_test(size=(50, 12)) as pilot:
        await pulled(pilot, app)
        assert "BTC 8.91B $ +891.00M" in screen_text(app)
