"""Tab leads from panel to panel wherever it is named, at every size, and is named nowhere else."""

import pytest
from msgspec.structs import replace

from tests.screens.support import an_app, pulled, screen_text, settled
from tests.support.boards import MemorySource
from tests.support.judged_boards import an_anomalies_board
from tui_monitor.screens.boards.registry import VIEWS
from tui_monitor.screens.desk.frame import _helps

SIZES = ((40, 12), (80, 24), (120, 40))


@pytest.mark.parametrize("name", list(VIEWS))
async def test_tab_is_named_where_it_leads_somewhere(name: str) -> None:
    """Another table has the keys then, or stands in the place of this one; Shift+Tab as well."""
    app = an_app(board=name)
    async with app.run_test(size=SIZES[0]) as pilot:
        for size in SIZES:
            await pilot.resize_terminal(*size)
            view = (await pulled(pilot, app)).view
            await pulled(pilot, app)
            named = _helps("other_panel", view, view.panels()[0])
            for key in ("tab", "shift+tab"):
                before = (app.focused, screen_text(app))
                await pilot.press(key)
                await settled(pilot)
                await pulled(pilot, app)
                assert named is ((app.focused, screen_text(app)) != before), (size, key)


async def test_tab_is_not_named_where_no_row_is_to_be_explained() -> None:
    """Of an anomalies table without rows; it is named again when there is one."""
    source = MemorySource()
    source.anomalies = replace(an_anomalies_board(), rows=[])
    app = an_app(source, "anomalies")
    async with app.run_test(size=SIZES[0]) as pilot:
        for size in ((80, 24), (120, 30), (120, 40)):
            await pilot.resize_terminal(*size)
            await pulled(pilot, app)
            before = screen_text(app)
            assert "Tab" not in before.splitlines()[-1]
            await pilot.press("tab")
            await pulled(pilot, app)
            assert screen_text(app) == before
        source.anomalies = None
        await pulled(pilot, app)
        assert "Tab panel" in screen_text(app).splitlines()[-1]
