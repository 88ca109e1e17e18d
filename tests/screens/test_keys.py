"""Other keys by the settings: they work, and every text that names one says so."""

import pytest
from textual.keys import _character_to_key
from textual.widgets import Input

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tests.support.boards import MemorySource
from tui_monitor.app import MonitorApp
from tui_monitor.config import Ui
from tui_monitor.config.keys import DEFAULT_KEYS
from tui_monitor.screens.dialogs.help import KeyHelp
from tui_monitor.screens.keys.keymap import key, key_label, key_named, keys_of, other_keys
from tui_monitor.screens.widgets.frame import Footer, TopLine
from tui_monitor.screens.widgets.panel import Panel

CHOSEN = {
    "freeze": "f2",
    "filter": "f",
    "coins": "ctrl+t",
    "palette": "p,ctrl+p",
    "pairs": "P",
    "spreads": "S",
    "sort_invert": "F5",
    "leave": "Q",
    "day_previous": "comma",
}


# What every bound character is, and some that none is bound to; a number is typed as it is.
BOUND = sorted(
    character
    for character in map(chr, range(33, 127))
    for keys in DEFAULT_KEYS.values()
    for bound in keys.values()
    if _character_to_key(character) in bound.split(",")
)
TYPED = "".join(dict.fromkeys((*BOUND, " ", *"4/4 27/27 10/10 a_b@c\\")))


class StoppableApp(MonitorApp):
    """One that counts how often it was to stop, and goes on."""

    stops = 0

    def stop_group(self) -> None:
        """No shell would bring the tests back."""
        self.stops += 1


def an_app_with(**chosen: str) -> MonitorApp:
    """The program with other keys."""
    app = MonitorApp(MemorySource(), ui=Ui(keys=chosen), board="spreads", refresh_s=None)
    app.ansi_color = False
    return app


async def test_other_keys_work_and_the_usual_ones_do_not() -> None:
    """In the footer, in the key help, under the fingers."""
    app = an_app_with(**CHOSEN)
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        assert "F2 freeze" in screen_text(app)
        assert "p command" in screen_text(app)
        await pilot.press("space")
        await settled(pilot)
        assert app.desk.frozen_behind is None
        await pilot.press("f2")
        await settled(pilot, shows(app, "FROZEN"))
        await pilot.press("question_mark", *"freeze")
        await settled(pilot, shows(app, "F2"))
        assert "Space" not in screen_text(app)
        await pilot.press("escape", "f1", "end")
        await settled(pilot, shows(app, "Keys that the settings changed"))


async def test_a_chosen_character_is_text_where_text_is_typed() -> None:
    """A filter may contain the keys of the filter, of the palette and of leaving."""
    app = an_app_with(**CHOSEN)
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        await pilot.press("f", *"fpQ")
        await settled(pilot)
        panel = app.desk.query(Panel).first()
        assert panel._input.value == "fpQ"
        assert app.screen is app.desk


@pytest.mark.parametrize("opens", ["slash", "colon", "question_mark", "e"])
async def test_every_character_is_text_where_text_is_typed(opens: str) -> None:
    """In a filter, in the palette, in the key help, in a dialog, whatever it is bound to."""
    app = an_app(board="oi")
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        assert set("/!?:<>[]+-=0123456789qtdeb wzc ") <= {*TYPED}
        await pilot.press(opens)
        await settled(pilot, lambda: isinstance(app.focused, Input))
        field, screen = app.focused, app.screen
        assert isinstance(field, Input)
        await pilot.press(*TYPED)
        await settled(pilot)
        assert (field.value, app.focused, app.screen) == (TYPED, field, screen)
        assert (app.desk.view.NAME, app.desk.frozen_behind) == ("oi", None)


@pytest.mark.parametrize("opens", ["", "slash", "colon", "question_mark", "d", "C", "e", "f1", "!"])
async def test_the_process_stops_and_repaints_from_everywhere(opens: str) -> None:
    """Ctrl+Z, Ctrl+L and Ctrl+C do above a board what they do on it."""
    app = StoppableApp(MemorySource(), board="liquidations", refresh_s=None)
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        if opens:
            await pilot.press(opens)
            await settled(pilot)
        await pilot.press("ctrl+z", "ctrl+l")
        await settled(pilot, lambda: app.stops == 1)
        await pilot.press("ctrl+c")
        await settled(pilot, lambda: not app.is_running)


async def test_settings_that_change_change_the_keys() -> None:
    """Without a new start."""
    app = an_app_with()
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        app.use(Ui(keys={"freeze": "z"}))
        await settled(pilot, shows(app, "z freeze"))
        await pilot.press("z")
        await settled(pilot, shows(app, "FROZEN"))
        app.use(Ui())
        await settled(pilot, shows(app, "Space go on"))
        await pilot.press("space")
        await settled(pilot, lambda: app.desk.frozen_behind is None)


async def test_a_board_has_another_key() -> None:
    """Its usual one is free."""
    app = an_app_with(funding="F")
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        await pilot.press("8")
        await settled(pilot)
        assert app.desk.view.NAME == "spreads"
        await pilot.press("F")
        await settled(pilot, shows(app, "─ Funding"))
        assert "F Fund" in screen_text(app)


def test_keys_have_names_for_people() -> None:
    """And are found by them again."""
    for name, label in {
        "slash": "/",
        "plus": "+",
        "ctrl+p": "^p",
        "f1": "F1",
        "pageup": "PgUp",
        "question_mark": "?",
        "G": "G",
        "space": "Space",
    }.items():
        assert key_label(name) == label
        assert key_named(label) == name
    assert keys_of("palette") == ("colon", "ctrl+p")
    with other_keys({"freeze": "f"}):
        assert key("freeze") == "f"
    assert key("freeze") == "Space"


async def test_the_key_help_begins_with_what_works_here() -> None:
    """Then every board's, last what works elsewhere; a wide one has the ids for the settings."""
    for width, has_ids in ((80, False), (160, True)):
        app = an_app(board="spreads")
        async with app.run_test(size=(width, 140)) as pilot:
            await pulled(pilot, app)
            await pilot.press("question_mark")
            await settled(pilot, lambda app=app: isinstance(app.screen, KeyHelp))  # type: ignore[misc]
            text = screen_text(app)
            assert text.index(" Spreads") < text.index(" In a table") < text.index(" Boards")
            assert text.index(" Boards") < text.index("Anomalies, not here and now")
            assert ("start_backfill" in text) == has_ids
            assert "[ui.keys]" in text


async def test_a_click_on_a_key_presses_it() -> None:
    """On the boards' line and in the footer; between them it does nothing."""
    app = an_app()
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        footer, top = app.desk.query_one(Footer), app.desk.query_one(TopLine)
        at = footer.plain.index("freeze")
        assert footer.key_at(at) == "space"
        await pilot.click(Footer, offset=(at, 0))
        await settled(pilot, lambda: app.desk.frozen_behind == 0)
        assert top.key_at(top.plain.index("Fund")) == "8"
        assert top.key_at(top.plain.index("UTC")) is None
        await pilot.click(TopLine, offset=(top.plain.index("Fund"), 0))
        await settled(pilot, shows(app, "─ Funding"))


async def test_a_key_that_was_moved_says_where_it_is_now() -> None:
    """A number, an action; a key that nobody names says nothing."""
    chosen = {"liquidations": "f2", "zone": "Z"}
    app = MonitorApp(MemorySource(), ui=Ui(keys=chosen), board="sum", refresh_s=None)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await pulled(pilot, app)
        await pilot.press("f9", "2")
        await settled(pilot, shows(app, "Liquidations is F2 now"))
        await pilot.press("t")
        await settled(pilot, shows(app, "zone is Z now"))
        assert "f9" not in screen_text(app).lower()
