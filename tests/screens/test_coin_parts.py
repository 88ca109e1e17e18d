"""The coin page's liquidations, anomalies and open interest, and what painting all of it costs."""

from msgspec.structs import replace
from textual.geometry import Region

from tests.screens.support import an_app, pulled, screen_text, settled
from tests.screens.test_coin import opened, turned, view_of
from tests.support.boards import NOW_MS, ZONE, MemorySource
from tests.support.coin_pages import a_coin_page, a_leg
from tests.support.coin_parts import no_parts, some_anomalies, some_interest, some_liquidations
from tui_monitor.boards.coin import CoinPage
from tui_monitor.boards.liquidations import VenueState
from tui_monitor.clock import MINUTE_MS
from tui_monitor.screens.boards.coin.anomalies import anomaly_text
from tui_monitor.screens.boards.coin.interest import ALL, interest_chart, interest_lines
from tui_monitor.screens.boards.coin.layout import PAGES, PARTS, Room
from tui_monitor.screens.boards.coin.liquidations import headline
from tui_monitor.screens.boards.coin.page import CoinView
from tui_monitor.screens.dialogs.questions import TextDialog
from tui_monitor.screens.looks.format import ShownZone
from tui_monitor.screens.looks.looks import STANDARD

SHOWN = ShownZone(ZONE)


def said(found: object, width: int = 200) -> str:
    """The headline of liquidations."""
    line = headline(found, NOW_MS, STANDARD, width)  # type: ignore[arg-type]
    return "".join(text for text, _ in line)


def test_every_part_is_on_a_page_of_every_size() -> None:
    """And no page is empty."""
    for room in Room:
        shown = [part for page in PAGES[room] for part in page]
        assert set(shown) == set(PARTS)
        assert all(PAGES[room])


def test_the_liquidations_say_how_true_their_sum_is() -> None:
    """A lower bound, how much was heard, who is silent, what has no size."""
    found = some_liquidations("BTC", NOW_MS)
    assert said(found) == (
        "─ Liquidations, 1 h  ≥4.00M USD  long ▾1.50M  short ▴2.50M  6 events  heard 83.3 %  "
        "1 of unknown size"
    )
    silent = [
        replace(one, state=VenueState.SILENT, since_ms=NOW_MS - 2 * MINUTE_MS)
        for one in found.venues[:1]
    ]
    quiet = replace(found, venues=[*silent, *found.venues[1:]])
    assert "binance silent 02:00" in said(quiet)
    none = some_liquidations("BTC", NOW_MS, [])
    assert "no liquidation of BTC in 60 min  heard 83.3 %" in said(none)
    narrow = said(none, 30)
    assert "no liquidation of BTC" in narrow


def test_an_anomaly_is_told_in_full() -> None:
    """Its bar, its parts, when it was judged."""
    one = some_anomalies("BTC", NOW_MS).newest[0]
    text = " ".join(anomaly_text(one, SHOWN, NOW_MS))
    for word in ("score 3.2: price z", "15m bar 14:15–14:30, closed", "judged 14:30", "n=96"):
        assert word in text
    unknown = replace(one, row=replace(one.row, score=None, price_z=None, close=None))
    assert "score – " in " ".join(anomaly_text(unknown, SHOWN, NOW_MS))


def test_the_open_interest_has_a_line_of_all_and_of_each() -> None:
    """With the changes, what they lack, and the samples that are drawn."""
    found = some_interest("BTC", NOW_MS)
    whole, binance, bybit = interest_lines(found)
    assert (whole.key, binance.name, bybit.name) == (ALL, "binance", "bybit")
    assert whole.note == "line without bybit (sampled for 7.9 h of it)"
    assert (bybit.changes[2], bybit.note) == (None, "24 h: no sample at its start")
    assert bybit.spark.startswith(" " * 10)
    assert " " not in binance.spark
    drawn = interest_chart(binance, found, SHOWN, "")
    assert (drawn.unit, len(drawn.points)) == ("k ", len(binance.points))
    assert max(value or 0.0 for _, value in drawn.points) < 100
    missing = interest_chart(None, None, SHOWN, "why there is none")
    assert missing.empty == "why there is none"
    assert interest_lines(replace(found, total=None)) == []


async def test_the_line_is_of_the_row_under_the_cursor() -> None:
    """All together first; what there is to say of the row stands above the table."""
    app = an_app(board="coin")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app)
        await pulled(pilot, app)
        text = await turned(pilot, app, "shift+tab")
        assert "─ Open interest, 24 h, all  in k coins" in text
        for name in ("binance", "bybit"):
            text = await turned(pilot, app, "j")
            assert f"─ Open interest, 24 h, {name}" in text
        assert "24 h: no sample at its start" in text


async def test_enter_tells_all_of_an_anomaly() -> None:
    """And of a table that is away nothing."""
    app = an_app(board="coin")
    async with app.run_test(size=(240, 70)) as pilot:
        await opened(app)
        await pulled(pilot, app)
        view_of(app).anomalies.focus()
        await pilot.press("enter")
        await settled(pilot, lambda: isinstance(app.screen, TextDialog))
        assert "15m bar 14:15–14:30" in screen_text(app)
        await pilot.press("enter")
        await settled(pilot, lambda: app.screen is app.desk)
        await pilot.resize_terminal(80, 24)
        await pulled(pilot, app)
        await turned(pilot, app, "tab")
        await pilot.press("enter")
        await settled(pilot)
        assert app.screen is app.desk


async def test_parts_without_anything_say_why() -> None:
    """Each in its own words, at the smallest size too."""
    source = MemorySource()
    parts = no_parts("BTC", NOW_MS)
    source.page = replace(
        a_coin_page(),
        liquidations=parts.liquidations,
        anomalies=parts.anomalies,
        interest=parts.interest,
    )
    for size, turns in (((80, 24), 9), ((240, 70), 0)):
        app = an_app(source, "coin")
        async with app.run_test(size=size) as pilot:
            await opened(app)
            await pulled(pilot, app)
            texts = [screen_text(app)]
            texts += [await turned(pilot, app, "tab") for _ in range(turns + 1)]
            for why in (
                "no liquidation of BTC in 60 min",
                "none was told in the last 24 h",
                "no anomaly of BTC in 24 h · binance 15m: small move 0.3 %",
                "no exchange tells an open interest of NONE now",
            ):
                assert any(why in text for text in texts), (size, why)


def painted(view: CoinView, page: CoinPage) -> dict[str, set[Region]]:
    """What showing a page paints again, by the widget that asked for it."""
    for one in view.query("*"):
        one._dirty_regions.clear()
    view.page = page
    view.paint()
    return {
        f"{type(one).__name__} {one.id} {place}": set(one._dirty_regions)
        for place, one in enumerate(view.query("*"))
        if one._dirty_regions
    }


async def test_only_what_changed_is_painted_again() -> None:
    """All parts at once: the same page costs no more than each cursor's line, one price its own
    line, and a second later nothing is drawn anew.
    """
    app = an_app(board="coin")
    async with app.run_test(size=(240, 70)) as pilot:
        await opened(app)
        await pulled(pilot, app)
        view, page = view_of(app), a_coin_page()
        same = painted(view, page)
        assert all(name.startswith("Board") for name in same)
        assert all(lines_of(regions) == {1} for regions in same.values())
        legs = [*page.legs[:4], a_leg(4, last=95_200.0), *page.legs[5:]]
        changed = painted(view, replace(page, legs=legs))
        assert sorted(map(sorted, map(lines_of, changed.values()))) == [*[[1]] * len(same), [5]]
        painted(view, page)
        later = painted(view, a_coin_page(now_ms=NOW_MS + 1_000))
        assert [one for one in later if "Chart" in one or "Candles" in one] == []


def lines_of(regions: set[Region]) -> set[int]:
    """Which lines of a widget they cover."""
    return {y for region in regions for y in range(region.y, region.bottom)}


async def test_what_is_away_has_no_keys() -> None:
    """Whoever comes back to the candles' page opens no leg with Enter; the page has the keys."""
    app = an_app(board="spreads")
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        await opened(app)
        await pulled(pilot, app)
        view = view_of(app)
        await turned(pilot, app, "tab")
        assert app.focused is view
        app.desk.show_board("spreads")
        await settled(pilot, lambda: app.desk.view.NAME == "spreads" and not app.desk._switching)
        await opened(app)
        await settled(pilot, lambda: app.desk.view is view and not app.desk._switching)
        view.legs.focus()
        await pilot.press("enter")
        await settled(pilot)
        assert app.screen is app.desk
        view.legs.focus()
        await pulled(pilot, app)
        assert app.focused is view
        before = screen_text(app)
        assert await turned(pilot, app, "tab") != before
