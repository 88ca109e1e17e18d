"""The palette: completes by Tab, remembers what was run, acts as keys do."""

from textual.widgets import Input

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tests.support.boards import MemorySource
from tui_monitor.app import MonitorApp
from tui_monitor.screens.dialogs.columns import ColumnsDialog
from tui_monitor.words import CHINESE, ENGLISH, language, speaking


def typed(app: MonitorApp) -> str:
    """What stands in the field."""
    return app.screen.query_one(Input).value


async def test_tab_goes_through_what_fits_and_back() -> None:
    """Commands first, then what they take; coins once they are known."""
    app = an_app(board="oi")
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        await pilot.press("colon", *"coin ")
        await settled(pilot, shows(app, "NEW"))
        await pilot.press("tab", "tab", "shift+tab")
        await settled(pilot)
        assert typed(app) == "coin BTC"
        await pilot.press("tab")
        await settled(pilot)
        assert typed(app) == "coin ETH"
        await pilot.press("ctrl+u", *"sort oi_", "tab")
        await settled(pilot)
        assert typed(app) == "sort oi_usd"
        await pilot.press(*" a", "tab", "enter")
        await settled(pilot, lambda: app.screen is app.desk)
        table = app.desk.view.panels()[0]
        assert (table.sort_key, table.descending) == ("usd", False)


async def test_a_command_that_was_run_comes_back() -> None:
    """Also one that was mistyped; each once."""
    app = an_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        await pilot.press("colon", *"freeze", "enter")
        await settled(pilot, lambda: app.desk.frozen_behind == 0)
        await pilot.press("colon", *"freez", "enter")
        await settled(pilot, shows(app, "did you mean freeze?"))
        await pilot.press("escape", "colon", "up", "up")
        await settled(pilot)
        assert typed(app) == "freeze"
        await pilot.press("down")
        await settled(pilot)
        assert typed(app) == "freez"
        await pilot.press("down")
        await settled(pilot)
        assert typed(app) == ""


async def test_words_do_what_keys_do() -> None:
    """Those of the table and of the program too; the keys stand beside them."""
    app = an_app(MemorySource(), "oi")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        await pilot.press("colon", *"freeze")
        await settled(pilot, shows(app, "Space"))
        await pilot.press("enter")
        await settled(pilot, shows(app, "FROZEN"))
        await pilot.press("colon", *"columns", "enter")
        await settled(pilot, lambda: isinstance(app.screen, ColumnsDialog))
        await pilot.press("escape")
        await settled(pilot, lambda: app.screen is app.desk)
        await pilot.press("colon", *"sort nothing", "enter")
        await settled(pilot, shows(app, "no column nothing to sort by"))
        await pilot.press("escape")


async def test_what_is_not_understood_is_said_with_what_there_is() -> None:
    """The likest first; a word too many is not passed over."""
    app = an_app(MemorySource(), "sum")
    async with app.run_test(size=(140, 40)) as pilot:
        await pulled(pilot, app)
        for typed, said in (
            ("export /etc/passwd", "export takes no '/etc/passwd' (what: view, "),
            ("export 2026-13-40 csv", "export takes no '2026-13-40'"),
            ("theme nope", "no theme 'nope' (there is "),
            ("theme monocrome", "no theme 'monocrome' (there is monochrome, "),
            ("quit now", "quit takes no more words (there is 'now' behind it)"),
            ("freeze now", "freeze takes no more words"),
            ("spreads BTC", "spreads takes no more words"),
        ):
            await pilot.press("colon", *typed, "enter")
            await settled(pilot, shows(app, said))
            await pilot.press("escape")


async def test_a_language_is_found_by_what_it_is_called() -> None:
    """By whoever reads the other one, too."""
    app = an_app()
    with speaking(ENGLISH):
        async with app.run_test(size=(120, 40)) as pilot:
            await pulled(pilot, app)
            for called in ("chin", "chinese", "中文", "简体", "engl", "英文"):
                await pilot.press("colon", *called)
                await settled(pilot, shows(app, "language auto | en | zh"))
                await pilot.press("escape")
            await pilot.press("colon", *"中文", "enter")
            await settled(pilot, shows(app, "退出"))
            await pilot.press("colon", *"language english", "enter")
            await settled(pilot, shows(app, "q quit"))
            await pilot.press("question_mark", *"chinese")
            await settled(pilot, shows(app, ":language zh"))


async def test_the_language_changes_at_once() -> None:
    """What is on the screen, too."""
    with speaking(ENGLISH):
        app = an_app(board="oi")
        async with app.run_test(size=(120, 40)) as pilot:
            await pulled(pilot, app)
            await pilot.press("colon", *"language zh", "enter")
            await settled(pilot, shows(app, "冻结"))
            assert language() == CHINESE
            await pulled(pilot, app)
            assert "─ Open interest" not in screen_text(app)
