"""Copying: what is said is what was done."""

import pytest

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tui_monitor import words
from tui_monitor.screens.terminal.clipboard import OSC_LIMIT, copied_file, copy, osc52


@pytest.mark.parametrize(
    ("language", "said"), [("en", "too much for the terminal's clipboard"), ("zh", "未复制")]
)
async def test_what_the_clipboard_can_not_take_is_said_to_be_in_the_file_only(
    language: str, said: str
) -> None:
    """Terminals drop longer sequences, so none is sent; and where all of it is."""
    much = "coin\t1.0\n" * 10_000
    assert osc52(much) == ""
    assert 0 < len(osc52("coin")) < OSC_LIMIT
    app = an_app()
    with words.speaking(language):
        async with app.run_test(size=(160, 24), notifications=True) as pilot:
            await pulled(pilot, app)
            copy(app, much, "695 rows")
            await settled(pilot, shows(app, said))
            assert "copied.txt" in "".join(screen_text(app).split())
            assert "copied the" not in screen_text(app)
    assert copied_file().read_text() == much
