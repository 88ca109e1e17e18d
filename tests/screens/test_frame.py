"""The lines around a board, and a board's first moment: nothing half drawn or cut in silence."""

import asyncio

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tests.support.boards import MemorySource, a_light, a_status
from tests.support.virtual_time import in_virtual_time
from tui_monitor import words
from tui_monitor.app import MonitorApp
from tui_monitor.boards.coin import CoinPage
from tui_monitor.boards.registry import BOARDS
from tui_monitor.boards.spreads import Filter, Kind, SpreadsBoard
from tui_monitor.boards.status import EngineStatus
from tui_monitor.config import Ui
from tui_monitor.errors import Unreachable
from tui_monitor.model import Exchange, FeedState
from tui_monitor.screens.looks.format import fit
from tui_monitor.screens.terminal.written import Written
from tui_monitor.words import t


class SlowSource(MemorySource):
    """Boards of spreads and coins that do not come before they are let."""

    def __init__(self) -> None:
        super().__init__()
        self.may = asyncio.Event()

    async def spreads_board(
        self,
        kind: Kind | None,
        filter: Filter,  # noqa: A002 - as the protocol has it
        coin: str | None = None,
        limit: int | None = None,
    ) -> SpreadsBoard:
        await self.may.wait()
        return await super().spreads_board(kind, filter, coin, limit)

    async def coin_page(self, coin: str) -> CoinPage:
        await self.may.wait()
        return await super().coin_page(coin)


@pytest.mark.parametrize("board", ["spreads", "coin"])
@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_a_board_appears_whole_before_its_data_is_there(
    board: str, size: tuple[int, int]
) -> None:
    """Every frame is the board before with its keys, or this one with its titles and its own."""
    source = SlowSource()
    app = an_app(source)
    frames: list[str] = []
    async with app.run_test(size=size) as pilot:
        await pulled(pilot, app)
        app.frame_shown = lambda: frames.append(screen_text(app))  # type: ignore[method-assign]
        if board == "coin":
            app.desk.show_coin("BTC")
        else:
            await pilot.press("6")
        await settled(pilot, shows(app, "loading…"))
        frames.append(screen_text(app))
        title = "─ Legs  loading…" if board == "coin" else "─ Spreads  loading…"
        for lines in (text.splitlines() for text in frames):
            before = "─ Nodes" in "\n".join(lines)
            assert before != (title in "\n".join(lines))
            assert before == ("[ ] day" in lines[-1])
            assert "q quit" in lines[-1]
        source.may.set()


async def test_a_key_of_yet_another_board_wins() -> None:
    """Two number keys in a burst: the last one counts, as a whole."""
    app = an_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        app.desk.show_board("spreads")
        app.desk.show_board("funding")
        await settled(pilot, shows(app, "─ Funding"))
        await pulled(pilot, app)
        assert "─ Spreads" not in screen_text(app)
        assert app.focused is app.desk.view.panels()[0]


BANNERS = ("FROZEN, 12 behind", "DEMO", "REC paused: disk full", "FAILED: okx")


@pytest.mark.parametrize("width", [60, 70, 80, 100, 160, 240])
async def test_the_top_line_cuts_nothing_in_silence(width: int) -> None:
    """The clock leaves first, then boards' names, then long reasons get an ellipsis."""
    source = MemorySource()
    source.current_status = a_status(kind="demo")
    app = an_app(source, "spreads")
    async with app.run_test(size=(width, 24)) as pilot:
        await pulled(pilot, app)
        top = screen_text(app).splitlines()[0]
        assert "DEMO" in top
        assert top.endswith("UTC+8")
        app.desk.frozen_behind = 12
        app.desk._show_frame()
        await settled(pilot)
        top = screen_text(app).splitlines()[0]
        assert "6 S" in top
        assert "FROZEN, 12 behind" in top
        assert "DEMO" in top
        assert "…" not in top
        source.current_status = a_status(
            kind="demo", recording=False, recording_reason="disk full", failed_workers=["okx: no"]
        )
        app.desk._take_status(source.current_status)
        app.desk._show_frame()
        await settled(pilot)
        top = screen_text(app).splitlines()[0]
        assert "FROZEN" in top
        assert "…" in top or all(banner in top for banner in BANNERS)


@pytest.mark.parametrize("size", [(40, 8), (200, 14), (59, 40)])
async def test_a_small_terminal_has_its_frame_and_a_table_with_the_keys(
    size: tuple[int, int],
) -> None:
    """Width and height count apart: board, banner, status, a table with its cursor to the end."""
    app = an_app()
    async with app.run_test(size=size) as pilot:
        for info in BOARDS:
            await pilot.press(info.key)
            await pulled(pilot, app)
            await pulled(pilot, app)
            lines = screen_text(app).splitlines()
            assert f"{info.key} {info.short}" in lines[0] or f"{info.key} {info.title}" in lines[0]
            assert "● REC" in lines[0], info.name
            assert "coins 27/27" in lines[-1 if size[1] < 10 else -2], info.name
            table = app.desk.view.panels()[0]
            assert app.focused is table
            assert table.region.bottom <= size[1], info.name
            shown = min(table.total, size[1] - (5 if size[1] < 20 else 30))
            assert sum(bool(line) for line in lines) >= 4 + shown, info.name
            assert all(cell_len(line) <= size[0] for line in lines), info.name
            if size[1] < 10:
                rules = [line for line in lines if line.startswith(" ─")]
                assert len(rules) == 1, info.name
                assert all("…" not in line for line in lines if line not in rules), info.name
        await pilot.press("1")
        await settled(pilot, shows(app, "─ Nodes"))
        await pilot.press("space")
        await settled(pilot, shows(app, " FROZEN"))
        await pilot.press("j")
        await settled(pilot, shows(app, " 2/31 ─"))


async def test_the_smallest_sum_board_has_rows() -> None:
    """At 60x15 the chart is a strip."""
    app = an_app()
    async with app.run_test(size=(60, 15)) as pilot:
        await pulled(pilot, app)
        lines = screen_text(app).splitlines()
        assert sum("27/27" in line for line in lines[7:-2]) >= 4


SHORTEST = {
    "en": ("2Liq", "3Ano", "4Pic", "5OI", "6Spr", "7Sig", "8Fun", "9Cov", "0Sys"),
    "zh": ("2爆仓", "3异动", "4优选", "5持仓", "6价差", "7信号"),
}


@pytest.mark.parametrize("language", SHORTEST)
async def test_what_must_be_seen_goes_before_the_boards_names(language: str) -> None:
    """Each board has a short name where there is room; banners, REC and the clock keep theirs."""
    source = MemorySource()
    source.current_status = a_status(kind="demo")
    with words.speaking(language):
        app = an_app(source)
        async with app.run_test(size=(80, 24)) as pilot:
            await pulled(pilot, app)
            top = screen_text(app).splitlines()[0]
            assert all(name in top for name in SHORTEST[language])
            for width in (120, 100, 80, 60, 40):
                await pilot.resize_terminal(width, 24)
                app.desk.frozen_behind = 4
                app.desk._show_frame()
                told = (t("FROZEN, {n} behind", n=4), t("DEMO"), "REC", "14:43", "UTC+8")

                def is_told(told: tuple[str, ...] = told, width: int = width) -> bool:
                    top = screen_text(app).splitlines()[0]
                    return all(one in top for one in told[: 5 if width > 40 else 3])

                await settled(pilot, is_told)
                top = screen_text(app).splitlines()[0]
                assert cell_len(top) <= width
                assert "…" not in top
                assert ("2" in top[:20]) == (width > 60)


async def test_the_first_frame_is_laid_out_as_those_after_it() -> None:
    """Nothing of it is cut or comes later."""
    source = MemorySource()
    source.current_status = a_status(kind="demo")
    app = an_app(source)
    frames: list[list[str]] = []
    app.frame_shown = lambda: frames.append(screen_text(app).splitlines())  # type: ignore[method-assign]
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        frames.append(screen_text(app).splitlines())
    told = {(lines[0], lines[-2]) for lines in frames if "DEMO" in lines[0]}
    assert len(told) == 1


async def test_what_is_beside_or_below_takes_turns_in_a_low_terminal() -> None:
    """Tab brings the other tables; a coin's parts stand alone; a tiny terminal has a few lines."""
    app = an_app(board="funding")
    async with app.run_test(size=(100, 9)) as pilot:
        await pulled(pilot, app)
        assert "─ Funding" in screen_text(app)
        await pilot.press("tab")
        await settled(pilot, lambda: "─ Funding" not in screen_text(app))
        app.desk.show_coin("BTC")
        await settled(pilot, shows(app, "─ Legs"))
        await pilot.press("tab", "tab")
        await settled(pilot, shows(app, "─ Candles"))
        assert "─ Legs" not in screen_text(app)
        await pilot.resize_terminal(28, 5)
        await settled(pilot, lambda: "REC" not in screen_text(app))
        await pilot.resize_terminal(100, 30)
        await settled(pilot, shows(app, "● REC"))


@pytest.mark.parametrize("width", [60, 80, 100])
async def test_every_exchange_in_trouble_keeps_its_light(width: int) -> None:
    """What is live needs no words where there is no room; then names are short."""
    source = MemorySource()
    lights = [
        replace(a_light(FeedState.BANNED, "banned 02:10"), exchange=name) for name in Exchange
    ]
    lights[1] = a_light()
    source.current_status = a_status(lights=lights)
    app = an_app(source)
    async with app.run_test(size=(width, 24)) as pilot:
        await pulled(pilot, app)
        line = screen_text(app).splitlines()[-2]
        for name in ("bin", "okx", "byb", "bit"):
            assert name in line
        assert line.count("banned 02:10") == 3 or line.endswith("…")


@pytest.mark.parametrize(("width", "language"), [(60, "en"), (80, "en"), (80, "zh")])
async def test_four_exchanges_leave_the_coverage_its_names(width: int, language: str) -> None:
    """Two fractions without a word say nothing; a backfill's part is there, too."""
    source = MemorySource()
    lights = [replace(a_light(), exchange=name) for name in Exchange]
    app = an_app(source)
    async with app.run_test(size=(width, 24)) as pilot:
        with words.speaking(language):
            for filled in (None, 43.0):
                source.current_status = a_status(lights=lights, backfill_pct=filled)
                await pulled(pilot, app)
                line = screen_text(app).splitlines()[-2]
                names = ("币", "节点") if language == "zh" else ("coins", "nodes")
                assert f"{names[0]} 27/27 {names[1]} 28/30" in line.replace("  ", " ")
                assert all(name.value[:3] in line for name in Exchange)
                assert ("43" in line) == (filled is not None)
                assert ("bitget 0.2s" in line) == (width == 80 and filled is None)


def test_what_was_cut_before_has_one_ellipsis() -> None:
    """A text that came cut is cut again."""
    assert fit("stream unreachable…, until 14:44", 20) == "stream unreachable… "
    assert fit("stream unreachable…", 19) == "stream unreachable…"


FOOTERS = {
    "sum": ("Enter", "filter", "day", "export", "backfill", "quit"),
    "spreads": ("Enter", "filter", "pairs", "coins", "one", "panel", "quit"),
    "signals": ("Enter", "filter", "export", "freeze", "panel", "quit"),
    "funding": ("Enter", "filter", "export", "freeze", "panel", "quit"),
    "system": ("Enter", "filter", "freeze", "panel", "quit"),
}


@pytest.mark.parametrize("board", FOOTERS)
async def test_a_narrow_footer_has_the_keys_of_its_board(board: str) -> None:
    """And none that does nothing there."""
    app = an_app(board=board)
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        await pulled(pilot, app)
        footer = screen_text(app).splitlines()[-1]
        for word in FOOTERS[board]:
            assert word in footer
        assert ("backfill" in footer) == (board == "sum")


async def test_an_empty_table_has_no_row_to_open_and_says_that_there_is_none_to_copy() -> None:
    """Until the filter lets one through."""
    app = an_app(board="signals")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        assert "Enter open" in screen_text(app).splitlines()[-1]
        await pilot.press("slash", *"zzz", "enter")
        await pulled(pilot, app)
        footer = screen_text(app).splitlines()[-1]
        assert "Enter open" not in footer
        assert "c clear" in footer
        await pilot.press("y")
        await settled(pilot)
        assert "no row to copy" in [one.message for one in app._notifications]


async def test_the_quarantine_has_no_keys_of_the_pairs() -> None:
    """Pairs and coins are chosen where they are shown."""
    app = an_app(board="spreads")
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        await pilot.press("tab")
        await pulled(pilot, app)
        footer = screen_text(app).splitlines()[-1]
        assert "pairs" not in footer
        assert "Esc back" in footer
        assert "q quit" in footer


class Unanswering(MemorySource):
    """An engine that is not there yet."""

    def status(self) -> EngineStatus:
        raise Unreachable("the engine is starting", "it takes a second")


async def test_keys_before_the_engine_answers_are_answered() -> None:
    """Words instead of a crash; the red line says why, the status line what is awaited."""
    app = an_app(Unanswering())
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        text = screen_text(app)
        assert "the engine is starting (it takes a second)" in text
        assert "the engine has not answered yet" in text.splitlines()[-2]
        assert "1 Sum" in text
        for key in ("d", "e", "b"):
            await pilot.press(key)
            await settled(pilot)
        said = [one.message for one in app._notifications]
        assert said == ["! the engine has not answered yet (try again in a second)"] * 3
        assert {one.timeout for one in app._notifications} == {app.NOTIFICATION_TIMEOUT}
        assert app.screen is app.desk


async def test_a_board_that_comes_back_has_its_first_line_at_once() -> None:
    """Painted before it has its width again, its lines would be empty on one frame."""
    app = an_app(board="spreads")
    frames: list[str] = []
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        await pilot.press("8")
        await settled(pilot, shows(app, "─ Funding"))
        app.frame_shown = lambda: frames.append(screen_text(app))  # type: ignore[method-assign]
        await pilot.press("6")
        await settled(pilot, shows(app, "─ Spreads"))
        await pilot.pause()
        shown = [text for text in frames if "─ Spreads" in text]
        assert shown
        assert all("p pairs all" in text for text in shown)


def in_trouble() -> EngineStatus:
    """Two of four exchanges are well, a backfill runs, another process has the engine."""
    states = (
        a_light(text="0.2s"),
        a_light(FeedState.BRIDGED, "REST 2.1s"),
        a_light(FeedState.SILENT, "silent 00:42"),
        a_light(text="0.4s"),
    )
    lights = [
        replace(light, exchange=name, reason="")
        for name, light in zip(Exchange, states, strict=True)
    ]
    return a_status(kind="demo", mode="attached", backfill_pct=43.2, lights=lights)


TOLD = {
    "en": ("DEMO", "ATTACHED", "silent 00:42", "fill 43.2 %"),
    "zh": ("演示", "已连接", "静默 00:42", "回补 43.2 %"),
}


@pytest.mark.parametrize("language", TOLD)
@pytest.mark.parametrize("width", [80, 120, 160, 240])
async def test_the_frame_says_how_all_is_at_every_width(width: int, language: str) -> None:
    """Lights with words, coverage, what is filled, banners, the clock; nothing cut in silence."""
    source = MemorySource()
    source.current_status = in_trouble()
    with words.speaking(language):
        app = an_app(source)
        async with app.run_test(size=(width, 24)) as pilot:
            await pulled(pilot, app)
            lines = screen_text(app).splitlines()
            frame = "\n".join((lines[0], *lines[-2:]))
            for word in (*TOLD[language], "REST 2.1s", "27/27", "28/30", "UTC+8"):
                assert word in frame, word
            assert "…" not in frame
            assert all(cell_len(line) <= width for line in lines)


async def test_another_language_is_spoken_at_once() -> None:
    """The frame, the board and its keys; coins and exchanges keep their names."""
    with words.speaking("en"):
        app = an_app(board="spreads")
        async with app.run_test(size=(80, 24)) as pilot:
            await pulled(pilot, app)
            assert "6 Sprd" in screen_text(app).splitlines()[0]
            app.choose_language("zh")
            await settled(pilot, shows(app, "6 价差"))
            text = screen_text(app)
            assert "退出" in text.splitlines()[-1]
            assert "okx" in text.splitlines()[-2]
            assert "27/27" in text.splitlines()[-2]
            app.use(Ui(), "en")
            await settled(pilot, shows(app, "6 Sprd"))
            assert "退出" not in screen_text(app)


@pytest.mark.parametrize("width", [80, 160])
async def test_the_top_line_says_where_we_are(width: int) -> None:
    """The board, the coin opened from it, the dialog above it; and each step back."""
    app = an_app(board="spreads")
    async with app.run_test(size=(width, 24)) as pilot:
        await pulled(pilot, app)
        app.desk.show_coin("BTC")
        await settled(pilot, shows(app, " › BTC › legs "))
        await pilot.press("question_mark")
        await settled(pilot, shows(app, " › BTC › legs › Keys "))
        await pilot.press("escape")
        await settled(pilot, lambda: "Keys" not in screen_text(app))
        await pilot.press("f1")
        await settled(pilot, shows(app, " › BTC › legs › help "))
        await pilot.press("escape")
        await settled(pilot, lambda: " › help" not in screen_text(app))
        top = screen_text(app).splitlines()[0]
        assert "6 Spr" in top
        assert "BTC › legs" in top
        await pilot.press("escape")
        await settled(pilot, lambda: "BTC" not in screen_text(app).splitlines()[0])


async def test_what_goes_to_the_terminal_is_shown_to_who_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Measured over the last seconds."""
    monkeypatch.setattr(Written, "WINDOW_S", 1_000.0)
    app = an_app()
    async with app.run_test(size=(120, 24)) as pilot:
        await pulled(pilot, app)
        assert "B/s" not in screen_text(app)
        app.use(Ui(status_bytes=True))
        app.written.add(1_000_000, asyncio.get_running_loop().time())
        await pulled(pilot, app)
        assert "1.00k B/s" in screen_text(app).splitlines()[-2]


def test_bytes_are_forgotten_after_a_while() -> None:
    """The figure is of the last five seconds."""
    written = Written()
    written.add(1_000, 10.0)
    written.add(500, 12.0)
    assert written.per_s(14.9) == 300
    assert written.per_s(16.0) == 100
    assert written.per_s(20.0) == 0
    assert written.total == 1_500


class Counted(MemorySource):
    """How often it was asked."""

    asked = 0

    def status(self) -> EngineStatus:
        self.asked += 1
        return super().status()


@in_virtual_time
async def test_low_bandwidth_asks_for_data_a_third_as_often() -> None:
    """What is written is what data brings; from the next second on when the settings change."""
    source = Counted()
    app = MonitorApp(source, ui=Ui(low_bandwidth=True))
    async with app.run_test(size=(80, 24)):
        await asyncio.sleep(5)
        before = source.asked
        await asyncio.sleep(30)
        assert 9 <= source.asked - before <= 11
        app.use(Ui())
        await asyncio.sleep(5)
        before = source.asked
        await asyncio.sleep(30)
        assert 28 <= source.asked - before <= 32
