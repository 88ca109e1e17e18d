"""The coin page: from every board and back, its legs and history, what takes turns."""

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tests.support.boards import NOW_MS, ZONE, MemorySource
from tests.support.coin_pages import a_coin_page, a_leg
from tests.support.system_boards import a_market_report
from tui_monitor import words
from tui_monitor.app import MonitorApp
from tui_monitor.boards.klines import Klines
from tui_monitor.boards.markets import market_report
from tui_monitor.errors import BadInput, UnknownCoin
from tui_monitor.model import Exchange, Market
from tui_monitor.screens.boards.coin.legs import LEG_COLUMNS, LegRow, leg_rows, leg_text
from tui_monitor.screens.boards.coin.page import CoinView
from tui_monitor.screens.boards.coin.texts import chart, headline, pair_lines
from tui_monitor.screens.boards.spreads.cells import countdown
from tui_monitor.screens.dialogs.questions import TextDialog
from tui_monitor.screens.looks.format import ShownZone
from tui_monitor.screens.looks.looks import STANDARD
from tui_monitor.screens.palette import commands
from tui_monitor.screens.palette.coin_names import why_unknown

SHOWN = ShownZone(ZONE)


def cell(row: LegRow, key: str) -> str:
    """What a column says of a leg."""
    column = next(one for one in LEG_COLUMNS if one.key == key)
    return column.paint(row, STANDARD, column.width).text


def view_of(app: MonitorApp) -> CoinView:
    """The view."""
    view = app.desk.view
    assert isinstance(view, CoinView)
    return view


async def opened(app: MonitorApp, coin: str = "BTC") -> None:
    """The page of a coin instead of the board."""
    app.desk.show_coin(coin)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "due"), (0, "due"), (30, "<1m"), (60, "1m"), (3_599, "59m"), (4_613, "1h16")],
)
def test_a_countdown_is_in_whole_minutes(seconds: int, text: str) -> None:
    """An unknown one is a dash."""
    assert countdown(NOW_MS + seconds * 1000, NOW_MS) == text
    assert countdown(None, NOW_MS) == "–"


def test_a_leg_that_does_not_rank_is_marked_and_says_why() -> None:
    """An old one, one in quarantine, one without an interval."""
    rows = leg_rows(a_coin_page())
    assert (cell(rows[6], "age"), cell(rows[6], "note")) == ("41s!", "its book is old")
    assert cell(rows[7], "leg") == "bitget spot?"
    assert cell(rows[7], "note").startswith("quarantine: another coin: 0.618 ×")
    assert (cell(rows[3], "interval"), cell(rows[3], "apr")) == ("–", "–")
    assert cell(rows[0], "apr") == "+10.95"
    empty = a_leg(0, stale=True, age_ms=None, bid=None, ask=None, last=None)
    (row,) = leg_rows(a_coin_page(legs=[empty]))
    assert [cell(row, key) for key in ("last", "bid", "age")] == ["–", "–", "–"]
    assert row.note == "no book yet"


def test_all_of_a_leg_is_told_with_its_ages() -> None:
    """And that there is no APR without an interval."""
    rows = leg_rows(a_coin_page())
    text = " ".join(leg_text(rows[3], SHOWN, NOW_MS))
    assert "interval not known: no APR" in text
    assert "settles 16:00" in text
    assert "open interest 7.73B USDT" in text
    assert "quarantine: another coin: 0.618 ×" in " ".join(leg_text(rows[7], SHOWN, NOW_MS))


def test_the_best_pairs_are_told_once_each_and_grey_in_brackets() -> None:
    """That of all pairs is one of them."""
    lines = ["".join(text for text, _ in line) for line in pair_lines(a_coin_page(), STANDARD, 158)]
    assert [line.split()[0] for line in lines] == ["perp-perp", "spot-perp", "spot-spot"]
    assert "(+0.55)" in lines[2]
    assert lines[2].endswith("bybit spot is 41.0 s old")
    none = pair_lines(a_coin_page(spreads=[], live=False, reason="no engine"), STANDARD, 80)
    assert none[0][0][0] == "no pair of legs: no engine"


def test_the_head_counts_and_says_where_nothing_is_stored() -> None:
    """Never 0 for what nobody watched."""
    page = a_coin_page()
    said = "".join(text for text, _ in headline(page, STANDARD, 200))
    assert "6 of 8 legs rank" in said
    assert "24 h any pair ≥ 0.6 % 12m, 31 times" in said
    assert "bitget spot in quarantine: another coin: 0.618 × 5 others' median" in said
    unwatched = replace(page, over_24h_s=None, rises_24h=None)
    said = "".join(text for text, _ in headline(unwatched, STANDARD, 200))
    assert "24 h any pair ≥ 0.6 % – nothing stored" in said


def test_the_curve_is_drawn_again_only_when_it_changed() -> None:
    """A minute, or the spread of now; not the second."""
    first, later = (chart(a_coin_page(now_ms=NOW_MS + ms), SHOWN) for ms in (0, 0))
    assert first.version == later.version
    page = a_coin_page()
    other = chart(replace(page, minutes=page.minutes[:-1]), SHOWN)
    assert other.version != first.version
    stored = chart(replace(page, live=False, reason="no engine", minutes=[]), SHOWN)
    assert stored.stale
    assert stored.live is None
    assert stored.empty == "no engine"


@pytest.mark.parametrize("board", ["spreads", "signals"])
async def test_enter_opens_the_coin_and_escape_leads_back_to_its_row(board: str) -> None:
    """From each board that has coins."""
    source = MemorySource()
    app = an_app(source, board)
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        table = app.desk.view.panels()[0]
        await pilot.press("j")
        key = table.cursor_key
        await pilot.press("enter")
        await settled(pilot, lambda: app.desk.view.NAME == "coin" and app.desk.view.is_attached)
        await pulled(pilot, app)
        coin = {"spreads": "PEPE", "signals": "COIN0"}[board]
        assert [call for call in source.calls if call[0] == "coin"][-1] == ("coin", coin)
        assert f" {coin} " in screen_text(app)
        await pilot.press("escape")
        await settled(pilot, lambda: board == app.desk.view.NAME and app.focused is table)
        assert table.cursor_key == key


async def test_the_palette_opens_a_coin_from_any_board() -> None:
    """Escape leads back there; of a coin that nobody lists the page says so."""
    source = MemorySource()
    app = an_app(source)
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        commands.run("coin BTC", app.desk)
        await settled(pilot, lambda: app.desk.view.is_attached and app.desk.view.NAME == "coin")
        await pulled(pilot, app)
        assert "─ Legs" in screen_text(app)
        source.failure = UnknownCoin("no exchange lists a coin 'NEWT'", "did you mean NEW?")
        commands.run("coin NEWT", app.desk)
        unknown = "no such coin on any exchange; did you mean NEW?"
        await pulled(pilot, app)
        await settled(pilot, shows(app, unknown))
        text = screen_text(app)
        assert "95,123.4" not in text
        assert "loading" not in text
        assert "waiting for NEWT" not in text
        assert text.count(unknown) >= 2
        source.failure = None
        await app.desk.learn_coins()
        for typed, said in (("NEWT", r"on any exchange: 'NEWT'"), ("Zzqx", "on any exchange")):
            with pytest.raises(BadInput, match=said):
                commands.run(f"coin {typed}", app.desk)
        await pilot.press("escape")
        await settled(pilot, lambda: app.desk.view.NAME == "sum")
        with pytest.raises(BadInput, match="which coin"):
            commands.run("coin", app.desk)


def test_a_coin_is_unknown_only_as_far_as_the_lists_are_known() -> None:
    """No list: nothing is said; some lists: which are missing; all: the names near it."""
    nobody = market_report({(Exchange.OKX, Market.PERP): ()})
    some = market_report({(Exchange.OKX, Market.PERP): {"BTC"}, (Exchange.BYBIT, Market.SPOT): ()})
    assert why_unknown("BTX", nobody) == ""
    assert why_unknown("BTX", some) == "no such coin so far; waiting for the list of bybit"
    with words.speaking("zh"):
        assert why_unknown("BTX", a_market_report()) == "没有交易所上市这个币种；是否想找 BTC？"
        assert why_unknown("QQQQ", a_market_report()) == "没有交易所上市这个币种"


async def test_enter_tells_all_of_a_leg_and_the_samples_of_a_signal() -> None:
    """Of the row under the cursor."""
    app = an_app(board="coin")
    async with app.run_test(size=(160, 50)) as pilot:
        await opened(app)
        await pulled(pilot, app)
        for table, said in ((view_of(app).legs, "multiplier 1"), (view_of(app).signals, "BTC 3/3")):
            table.focus()
            await pilot.press("enter")
            await settled(pilot, lambda: isinstance(app.screen, TextDialog))
            assert said in screen_text(app)
            await pilot.press("enter")
            await settled(pilot, lambda: app.screen is app.desk)


TITLES = {
    "legs": "─ Legs",
    "spread": "─ Spread, 24 h",
    "candles": "─ Candles, 15m",
    "premium": "─ Premium",
    "funding": "─ Settled funding",
    "signals": "─ Signals",
    "liq": "─ Liquidations, 1 h",
    "anom": "─ Anomalies, 24 h",
    "OI": "─ Open interest",
}


async def turned(pilot: Pilot[int], app: MonitorApp, key: str) -> str:
    """The screen after Tab or S-Tab."""
    await pilot.press(key)
    await settled(pilot)
    return screen_text(app)


@pytest.mark.parametrize(
    "size", [(80, 24), (120, 24), (120, 40), (160, 50), (120, 28), (160, 34), (80, 20)]
)
async def test_every_part_is_reached_by_tab_and_named_before(size: tuple[int, int]) -> None:
    """What is shown is in brackets in the line of parts; S-Tab leads back the same way."""
    app = an_app(board="coin")
    async with app.run_test(size=size) as pilot:
        await opened(app)
        await pulled(pilot, app)
        first = text = screen_text(app)
        begin = app.focused
        seen: list[str] = []
        for _ in range(20):
            shown = {part for part, title in TITLES.items() if title in text}
            bracketed = text[text.index("[") + 1 : text.index("]")].split()
            assert shown == set(bracketed)
            seen += sorted(shown - set(seen))
            text = await turned(pilot, app, "tab")
            if app.focused is begin:
                break
        assert set(seen) == set(TITLES)
        assert text == first
        for key in ("shift+tab", "tab"):
            text = await turned(pilot, app, key)
        assert text == first


@pytest.mark.parametrize("width", [80, 120, 240])
async def test_a_chart_that_is_shown_has_room_whatever_the_size(width: int) -> None:
    """Five lines at least; else it is on another page, which the line above names."""
    app = an_app(board="coin")
    async with app.run_test(size=(width, 40)) as pilot:
        await opened(app)
        await pulled(pilot, app)
        view = view_of(app)
        for height in (15, 18, 21, 22, 24, 28, 30, 32, 34, 35, 53, 54):
            await pilot.resize_terminal(width, height)
            await settled(pilot, lambda height=height: app.size.height == height)  # type: ignore[misc]
            await pulled(pilot, app)
            text = screen_text(app)
            for title, chart in (("Spread, 24 h", view._chart), ("Candles", view.candles)):
                assert (f"─ {title}" in text) == (chart.region.height >= 5), (title, height)
            assert "─ Legs" in text


async def test_a_large_terminal_shows_all_parts_at_once() -> None:
    """Tab leads through the tables alone, and nothing is said of pages."""
    app = an_app(board="coin")
    async with app.run_test(size=(240, 70)) as pilot:
        await opened(app)
        await pulled(pilot, app)
        view = view_of(app)
        assert all(title in screen_text(app) for title in TITLES.values())
        assert "[legs" not in screen_text(app)
        tables = [id(app.focused)]
        for _ in range(len(view.panels())):
            await turned(pilot, app, "tab")
            tables.append(id(app.focused))
        assert len(set(tables)) == len(view.panels()) == 8
        assert tables[0] == tables[-1]


async def test_another_size_keeps_the_page_within_reach() -> None:
    """The keys stay where something has them, whatever the room becomes."""
    app = an_app(board="coin")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app)
        await pulled(pilot, app)
        await turned(pilot, app, "tab")
        assert app.focused is view_of(app)
        for size in ((160, 50), (240, 70), (80, 24)):
            await pilot.resize_terminal(*size)
            await pulled(pilot, app)
            assert app.focused is not None
            assert app.focused.focusable
        before = screen_text(app)
        assert await turned(pilot, app, "tab") != before


async def test_the_bars_are_switched_by_their_key_and_by_name() -> None:
    """i goes round the lengths, v the coin's perpetuals; the palette names them."""
    source = MemorySource()
    app = an_app(source, "coin")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app)
        await pulled(pilot, app)
        source.calls.clear()
        for bar in ("1h", "1m", "5m", "15m"):
            await pilot.press("i")
            await pulled(pilot, app)
            assert f"─ Candles, {bar}" in screen_text(app)
            assert [call[3] for call in source.calls if call[0] == "klines"][-1] == bar
        await pilot.press("v")
        await pulled(pilot, app)
        assert [call[2] for call in source.calls if call[0] == "klines"][-1] is Exchange.OKX
        commands.run("bar 5m", app.desk)
        commands.run("venue bybit", app.desk)
        await pulled(pilot, app)
        asked = [call[2:] for call in source.calls if call[0] == "klines"][-1]
        assert asked == (Exchange.BYBIT, "5m")
        for wrong in ("bar 7m", "venue nowhere"):
            with pytest.raises(BadInput):
                commands.run(wrong, app.desk)


class OnlyOkx(MemorySource):
    """Has bars of OKX alone, and of one length if it is said; notes what is to be watched."""

    bars: str | None = None

    def __init__(self) -> None:
        super().__init__()
        self.watched: list[tuple[Exchange | None, str | None]] = []

    def watch_bars(self, exchange: Exchange | None = None, bar: str | None = None) -> None:
        """Note it."""
        self.watched.append((exchange, bar))

    async def klines(
        self,
        symbol: str,
        exchange: Exchange | None = None,
        market: Market = Market.PERP,
        bar: str | None = None,
        limit: int = 100,
    ) -> Klines:
        """None of the others."""
        found = await super().klines(symbol, exchange, market, bar, limit)
        if exchange is Exchange.OKX and self.bars in (None, bar):
            return found
        return replace(found, rows=[], reason=f"no bars of {exchange} are stored")


async def test_the_candles_are_of_the_first_perpetual_that_has_any() -> None:
    """It is asked first from then on, and not with every look."""
    source = OnlyOkx()
    app = an_app(source, "coin")
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app)
        await pulled(pilot, app)
        assert "─ Candles, 15m  okx BTCUSDT" in screen_text(app)
        asked = [call[2] for call in source.calls if call[0] == "klines"]
        assert asked[-2:] == [Exchange.BINANCE, Exchange.OKX]
        source.calls.clear()
        await pulled(pilot, app)
        source.now_ms += 10_000
        await pulled(pilot, app)
        assert [call[2] for call in source.calls if call[0] == "klines"] == [Exchange.OKX]


async def test_bars_that_nobody_has_are_asked_of_the_one_that_had_others() -> None:
    """The chart stays with it, and says why it is empty."""
    source = OnlyOkx()
    app = an_app(source, "coin")
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app)
        await pulled(pilot, app)
        view_of(app).candles.choose_bar("1h")
        source.bars = "15m"
        await pulled(pilot, app)
        assert "─ Candles, 1h  okx BTCUSDT" in screen_text(app)
        assert "no bars of okx are stored" in screen_text(app)
        assert source.watched[-1] == (Exchange.OKX, "1h")


async def test_a_coin_without_bars_says_so() -> None:
    """Nothing stored; no perpetual at all."""
    for legs, said in (
        ([a_leg(2)], "no bars of bybit are stored"),
        ([a_leg(5)], "no perpetual"),
    ):
        source = OnlyOkx()
        source.page = a_coin_page(legs=legs)
        app = an_app(source, "coin")
        async with app.run_test(size=(120, 40)) as pilot:
            await opened(app)
            await pulled(pilot, app)
            assert said in screen_text(app)


async def test_empty_panels_say_why() -> None:
    """No perpetual, nothing settled, no signal, no minute; nobody who watches."""
    source = MemorySource()
    nothing: dict[str, object] = {
        name: [] for name in ("legs", "premiums", "spreads", "minutes", "settlements", "signals")
    }
    source.page = a_coin_page(**nothing, quarantine=[])  # type: ignore[arg-type]
    app = an_app(source, "coin")
    async with app.run_test(size=(160, 50)) as pilot:
        await opened(app)
        await pulled(pilot, app)
        text = screen_text(app)
        for said in (
            "no exchange lists it now",
            "no perpetual",
            "no settlement is stored yet",
            "no signal of it is stored",
            "─ Signals  perp-perp ─",
            "no minute of the last 24 h is stored yet",
        ):
            assert said in text


async def test_names_from_outside_move_nothing() -> None:
    """Control characters and markup stay text."""
    source = MemorySource()
    bad = a_leg(0, suspicion="\x1b[2J[bold]", others=["\x1b]0;x\x07"], symbol="[/]")
    source.page = a_coin_page("[red]\x1bX", legs=[bad])
    app = an_app(source, "coin")
    async with app.run_test(size=(160, 50)) as pilot:
        source.failure = BadInput("no answer", "")
        await opened(app, "[red]\x1bX")
        await settled(pilot, shows(app, "waiting for [red]"))
        assert "\x1b" not in screen_text(app)
        source.failure = None
        await pulled(pilot, app)
        assert "\x1b" not in screen_text(app)
        await pilot.press("enter")
        await settled(pilot, lambda: isinstance(app.screen, TextDialog))
        assert "\x1b" not in screen_text(app)


async def test_the_help_explains_every_column() -> None:
    """F1 works without an entry among the boards."""
    app = an_app(board="coin")
    async with app.run_test(size=(120, 50)) as pilot:
        await opened(app)
        await pulled(pilot, app)
        columns = [column for table in view_of(app).panels() for column in table.columns]
        assert all(column.help and column.value for column in columns)
        await pilot.press("f1")
        await settled(pilot, shows(app, "One coin on every exchange and market"))
    app = an_app(board="coin")
    async with app.run_test(size=(60, 5)) as pilot:
        await opened(app)
        await pulled(pilot, app)
        assert "perp-perp" in screen_text(app)
