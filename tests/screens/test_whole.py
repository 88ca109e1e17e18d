"""A screen that is held composes nothing, and then all at once; another board is one frame."""

import asyncio
import inspect
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widgets import ContentSwitcher

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tests.support.boards import MemorySource
from tui_monitor.app import MonitorApp
from tui_monitor.screens.terminal.whole import WholeScreen
from tui_monitor.screens.widgets.line import Lines


def test_textual_composes_where_it_is_held() -> None:
    """A new Textual that composes elsewhere, or by other means, needs another hold."""
    assert "_compositor_refresh()" in inspect.getsource(Screen._on_timer_update)
    assert "_compositor_refresh()" in inspect.getsource(Screen._refresh_layout)
    assert "update_widgets(self._dirty_widgets)" in inspect.getsource(Screen._on_timer_update)


class OneLine(WholeScreen):
    """A line that is held."""

    def __init__(self) -> None:
        super().__init__()
        self.line = Lines()
        self.lacks = False

    def compose(self) -> ComposeResult:
        yield self.line

    @property
    def lacks_layout(self) -> bool:
        return self.lacks

    def say(self, text: str) -> None:
        """Other text on the line."""
        self.line.set_lines([(text, self.line.back)])


class Counting(App[int]):
    """An app that counts what is composed."""

    def __init__(self) -> None:
        super().__init__()
        self.one = OneLine()
        self.composed = 0

    def get_default_screen(self) -> OneLine:
        return self.one

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        self.composed += renderable is not None
        super()._display(screen, renderable)


async def test_what_is_held_is_composed_once_it_is_released() -> None:
    """However much changed meanwhile, and though its layout was done."""
    app = Counting()
    async with app.run_test(size=(20, 2)) as pilot:
        await settled(pilot)
        app.one.hold(60.0)
        before = app.composed
        for text in ("one", "two", "three"):
            app.one.say(text)
            app.one.refresh(layout=True)
            await settled(pilot)
        assert app.composed == before
        app.one.release_soon()
        await settled(pilot, lambda: not app.one.is_held)
        assert app.composed == before + 1
        app.one.say("four")
        await settled(pilot, lambda: app.composed > before + 1)


async def test_a_hold_ends_by_itself() -> None:
    """Nobody who fails to release it can leave a screen that stands still."""
    app = Counting()
    async with app.run_test(size=(20, 2)) as pilot:
        await settled(pilot)
        app.one.hold(0.01)
        before = app.composed
        app.one.say("one")
        await settled(pilot, lambda: app.composed > before)
        assert not app.one.is_held


async def test_a_hold_outlasts_its_time_until_there_is_a_place_for_what_is_to_be_seen() -> None:
    """Composed before, it would be what was there; but nothing is waited for without end."""
    app = Counting()
    async with app.run_test(size=(20, 2)) as pilot:
        await settled(pilot)
        for comes in (True, False):
            app.one.lacks = True
            # Its own timer asks, too: on a slow machine often before all of this is done.
            app.one._patience = 1_000_000
            app.one.hold(0.01)
            before = app.composed
            app.one.say(f"one {comes}")
            for _ in range(20):
                app.one.release()
                await settled(pilot)
            assert app.one.is_held
            assert app.composed == before
            app.one.lacks, app.one._patience = not comes, 3
            await settled(pilot, lambda: not app.one.is_held)
            await settled(pilot, lambda: app.composed > before)  # noqa: B023 - waited for here


async def test_nothing_is_composed_for_a_batch_that_would_drop_it() -> None:
    """A hold that ends while Textual is in a batch lasts as long as that."""
    app = Counting()
    async with app.run_test(size=(20, 2)) as pilot:
        await settled(pilot)
        before = app.composed
        with app.batch_update():
            app.one.hold(60.0)
            app.one.say("one")
            app.one.release()
            assert app.one.is_held
            assert app.composed == before
        await settled(pilot, lambda: app.composed == before + 1 and not app.one.is_held)


class Frames(MonitorApp):
    """The program, with what each of its frames said."""

    seen: list[str]

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        super()._display(screen, renderable)
        if renderable is not None and screen is self.desk:
            self.seen.append(screen_text(self))


class SlowSource(MemorySource):
    """Its funding comes when it is let."""

    def __init__(self, *, let: bool = False) -> None:
        super().__init__()
        self.let = asyncio.Event()
        if let:
            self.let.set()

    async def funding_board(self, *arguments: Any, **options: Any) -> Any:
        """As the usual one, later."""
        await self.let.wait()
        return await super().funding_board(*arguments, **options)


@pytest.mark.parametrize("visit", ["first", "later"])
async def test_another_board_comes_with_its_name_and_its_rows(visit: str) -> None:
    """No frame has the one board's rows under the other's name, or none at all."""
    app = Frames(MemorySource(), board="sum", refresh_s=None)
    app.seen = []
    app.desk.whole_s = 60.0
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        if visit == "later":
            await pilot.press("6")
            await settled(pilot, shows(app, "bitget spot"))
            await pilot.press("1")
            await settled(pilot, shows(app, "mean "))
            await settled(pilot)
        app.seen.clear()
        await pilot.press("6")
        await settled(pilot, lambda: bool(app.seen))
        assert "p pairs" in app.seen[0]
        assert "PEPE      bitget spot" in app.seen[0]


async def test_what_a_key_changes_is_one_frame() -> None:
    """The row, and what the title and the detail line say of it."""
    app = Frames(MemorySource(), board="spreads", refresh_s=None)
    app.seen, app.desk.gathered_s = [], 60.0
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        for place in (" 2/36 ", " 3/36 "):
            app.seen.clear()
            await pilot.press("j")
            await settled(pilot, lambda: bool(app.seen))
            await settled(pilot)
            assert len(app.seen) == 1
            assert place in app.seen[0]


async def test_a_board_whose_data_takes_long_is_there_before_them() -> None:
    """Its name, its titles and that it is on its way."""
    source = SlowSource()
    app = an_app(source)
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        await pilot.press("8")
        await settled(pilot, shows(app, "loading…"))
        source.let.set()
        await settled(pilot, lambda: "loading…" not in screen_text(app))


async def test_a_hold_that_ends_early_shows_no_board_under_the_name_of_another() -> None:
    """However busy the machine: without a place on the screen a board is waited for."""
    app = Frames(MemorySource(), board="spreads", refresh_s=None)
    app.seen = []
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        await pilot.press("5")
        await settled(pilot, shows(app, "z size"))
        switcher = app.desk.query_one(ContentSwitcher)
        lacked: list[bool] = []

        def ends_early() -> None:
            lacked.append(app.desk.lacks_layout)
            app.desk.release()

        app.desk.watch(switcher, "current", ends_early, init=False)
        for number, there in (("6", "p pairs"), ("5", "z size")) * 2:
            app.seen.clear()
            await pilot.press(number)
            await settled(pilot, shows(app, there))
            await settled(pilot)
            mixed = [one for one in app.seen if ("p pairs" in one) is not ("─ Spreads" in one)]
            assert not mixed
            assert not app.desk.lacks_layout
        assert lacked == [True] * 4


async def test_an_old_picture_is_grey_and_says_how_old_it_is_until_its_data_is_there() -> None:
    """One that was left just now looks as if it had not been left."""
    source = SlowSource(let=True)
    app = Frames(source, board="funding", refresh_s=None)
    app.seen = []
    said = "what is shown is 20s old: newer data is on its way"
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        for away_ms in (0, 20_000):
            await pilot.press("6")
            await pulled(pilot, app)
            source.now_ms += away_ms
            source.let.clear()
            app.seen.clear()
            await pilot.press("8")
            await settled(pilot, shows(app, said) if away_ms else lambda: bool(app.seen))
            assert all(said in one for one in app.seen) is bool(away_ms)
            assert app.desk.has_class("-kept") is bool(away_ms)
            source.let.set()
            await settled(pilot, lambda: said not in screen_text(app))
            await settled(pilot, lambda: not app.desk.has_class("-kept"))


class SlowPages(SlowSource):
    """Its coins' pages come when they are let."""

    async def coin_page(self, coin: str) -> Any:
        """As the usual one, later."""
        await self.let.wait()
        return await super().coin_page(coin)


async def test_another_coin_s_page_is_no_old_picture() -> None:
    """It is on its way; the same coin's page is old."""
    source = SlowPages(let=True)
    app = an_app(source, "spreads")
    said = "what is shown is 20s old: newer data is on its way"
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        for coin, is_old in (("BTC", False), ("ETH", False), ("ETH", True)):
            source.let.clear()
            app.desk.show_coin(coin)
            await settled(pilot, lambda: not app.desk._switching and not app.desk.is_held)
            assert (said in screen_text(app)) is is_old
            source.let.set()
            await settled(pilot, lambda: not app.desk.has_class("-kept"))
            await pulled(pilot, app)
            await pilot.press("6")
            await pulled(pilot, app)
            source.now_ms += 20_000
