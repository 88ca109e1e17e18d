"""The blocks of what is stored of the coin under the cursor."""

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tests.support.boards import MemorySource
from tui_monitor.clock import MINUTE_MS
from tui_monitor.screens.boards.row_past import Points, RowPast
from tui_monitor.screens.looks.looks import STANDARD
from tui_monitor.screens.widgets.line import Piece

NOW_MS = 1_000 * MINUTE_MS
LINE: list[Piece] = [("BTC", STANDARD.text)]


async def test_a_coin_is_asked_for_once_a_minute_and_when_another_one_is_looked_at() -> None:
    """Its blocks stand only behind its own line, and only where there is room; a gap is blank."""
    asked: list[str] = []

    async def ask(coin: str, first_ms: int) -> Points:
        asked.append(coin)
        assert first_ms == NOW_MS + MINUTE_MS - 20 * MINUTE_MS
        return [(first_ms + n * MINUTE_MS, None if n == 5 else float(n)) for n in range(20)]

    past = RowPast(20 * MINUTE_MS, MINUTE_MS)
    for second in range(3):
        await past.pull("BTC", NOW_MS + second, ask)
    text = "".join(text for text, _ in past.after(LINE, "BTC", "20 min", STANDARD, 33))
    assert text == "BTC   20 min ▁▁▁▂▂ ▃▃▄▄▅▅▆▆▆▇▇███"
    assert past.after(LINE, "ETH", "20 min", STANDARD, 80) == LINE
    assert past.after(LINE, "BTC", "20 min", STANDARD, 24) == LINE
    await past.pull("ETH", NOW_MS + 4, ask)
    await past.pull(None, NOW_MS + 5, ask)
    assert asked == ["BTC", "ETH"]
    assert past.after(LINE, "ETH", "20 min", STANDARD, 80) == LINE


async def test_the_blocks_follow_the_cursor() -> None:
    """On the open interest board the samples of the row's coin come with the next look."""
    app = an_app(MemorySource(), "oi")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        await pulled(pilot, app)
        assert "   ▆▅▄" in screen_text(app)
        await pilot.press("down")
        await settled(pilot, lambda: "   ▆▅▄" not in screen_text(app))
        await pulled(pilot, app)
        await settled(pilot, shows(app, "   ▆▅▄"))
