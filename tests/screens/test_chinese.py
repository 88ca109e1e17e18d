"""The screens in 简体中文: nothing stays English, nothing is cut or moved by it.

The boards are those of the golden texts. `pytest -k spreads --runxfail` runs one board alone;
`UPDATE_GOLDEN=1` writes the Chinese golden texts anew.
"""

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.containers import Vertical
from textual.widget import Widget

from tests.screens.support import GOLDEN, an_app, pulled
from tests.screens.test_golden import SIZES, STATES, a_source
from tests.screens.test_no_bare_text import FILES
from tests.support.boards import MemorySource
from tests.support.judged_boards import COINS as JUDGED
from tests.support.state_boards import a_source_in
from tui_monitor.boards.registry import BOARDS as BOARD_INFOS
from tui_monitor.config import COINS
from tui_monitor.screens.actions import ACTIONS
from tui_monitor.screens.registry import VIEWS
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.columns import Column
from tui_monitor.words import CHINESE, ENGLISH, speaking, t
from tui_monitor.words.zh import WORDS

# The boards that are Chinese throughout.
TRANSLATED = frozenset(VIEWS)
# The only Latin words of three letters and more that a Chinese reader meets on a board.
STRIP = tuple(coin[:3] for coin in COINS)
MADE_UP = ("coin", "late", "lone", "sun", "xyz", "swap")
NAMES = "binance bitget bybit okx " + " ".join((*COINS, *JUDGED, *STRIP, *MADE_UP, "ton", "eth"))
UNITS = "rec usd usdt utc rsi macd mad apr rest ddof min max cpu wal http sqlite"
KEYS = "tab enter esc shift space ctrl home end pgup pgdn"
# Settings, commands, and exchanges' own names of their streams.
TYPED = """
    anomalies mode original bars indicators min_return why liquidations aggregate_url tui-monitor
    daemon forceorder arr liquidation-orders allliquidation liquidation openinteresthist rubik
    open-interest executable last indic even legs perp
"""
ALLOWED = frozenset(re.findall(r"[a-z]+", f"{NAMES} {UNITS} {KEYS} {TYPED}".lower()))
_WORD = re.compile(r"[A-Za-z]{3,}")
# Settings and hosts; a heat strip.
_DOTTED = re.compile(r"x{3,}|[A-Za-z]\w*(?:\.[\w<>]+)+")
_PLACE = re.compile(r"\{\w+\}")
# Tall enough for the whole of any help.
_HELP = (120, 320)


@dataclass(frozen=True)
class Case:
    """One screen; `name` is that of its English golden text."""

    name: str
    board: str
    size: str
    keys: tuple[str, ...] = ()
    state: str = "live"


def cases() -> Iterator[Case]:
    """Every board at two sizes, and those of its parts that have pages of their own."""
    for size in ("80x24", "160x50"):
        for board in VIEWS:
            name = f"sum-{size}-live" if board == "sum" else f"{board}-{size}"
            yield Case(name, board, size)
        for state in ("stale", "empty"):
            yield Case(f"sum-{size}-{state}", "sum", size, state=state)
        yield Case(f"anomalies-{size}-explained", "anomalies", size, ("enter",))
    yield Case("spreads-80x24-quarantine", "spreads", "80x24", ("tab",))
    yield Case("coin-80x24-candles", "coin", "80x24", ("tab",))
    for back, part in enumerate(("interest", "anomalies", "liquidations"), 1):
        yield Case(f"coin-80x24-{part}", "coin", "80x24", ("shift+tab",) * back)


def marked(board: str) -> tuple[pytest.MarkDecorator, ...]:
    """A board that is on its way may have English left."""
    return (
        ()
        if board in TRANSLATED
        else (pytest.mark.xfail(reason="not translated yet", strict=False),)
    )


CASES = list(cases())
SCREENS = [pytest.param(one, id=one.name, marks=marked(one.board)) for one in CASES]
BOARDS = [pytest.param(board, marks=marked(board)) for board in VIEWS]
SWITCHED = [
    *("sum-160x50-live", "liquidations-160x50", "anomalies-80x24-explained", "oi-80x24"),
    *("spreads-160x50", "coverage-160x50", "system-160x50", "coin-160x50"),
]
GOLDENS = [
    *("sum-80x24-live", "liquidations-80x24", "anomalies-80x24", "oi-80x24"),
    *("spreads-80x24", "coin-80x24", "coverage-80x24", "system-80x24"),
]


async def painted(case: Case, size: tuple[int, int] | None = None) -> list[str]:
    """The lines of a screen in Chinese, with their trailing blanks; of a help those of its box."""
    source = a_source(case.state) if case.board == "sum" else MemorySource()
    with speaking(CHINESE):
        app = an_app(source, case.board)
        async with app.run_test(size=size or SIZES[case.size]) as pilot:
            if case.board == "coin":
                app.desk.show_coin("BTC")
            await pulled(pilot, app)
            await pilot.press(*case.keys)
            await pulled(pilot, app)
            strips = app.screen._compositor.render_strips()
            if app.screen is app.desk:
                return [strip.text for strip in strips]
            box = app.screen.query_one(Vertical).region
            return [strip.crop(box.x, box.right).text for strip in strips[box.y : box.bottom]]


def body(lines: list[str]) -> list[str]:
    """Without what frames every board: the boards' line, the status line, the footer."""
    return lines[1:-2]


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())


def english(lines: list[str], allowed: frozenset[str] = ALLOWED) -> list[str]:
    """The words that should have been translated, each with what stands around it."""
    return [
        f"{word.group()}: {line[max(0, word.start() - 20) : word.end() + 20].strip()}"
        for line in lines
        for word in _WORD.finditer(_DOTTED.sub(_blank, line))
        if word.group().lower().removesuffix("usdt") not in allowed | {""}
    ]


@pytest.mark.parametrize("case", SCREENS)
async def test_a_board_is_chinese_and_as_wide_as_before(case: Case) -> None:
    """No English word, no line of another width, nothing cut that English does not cut."""
    check(case.name, await painted(case), SIZES[case.size])


def check(name: str, lines: list[str], size: tuple[int, int]) -> None:
    """A screen beside its English golden text."""
    width, height = size
    assert [cell_len(line) for line in lines] == [width] * height
    assert not english(lines), "\n".join(english(lines))
    before = (GOLDEN / f"{name}.txt").read_text().splitlines()
    cut = [line.strip() for line in body(lines) if "…" in line]
    assert "".join(cut).count("…") <= "".join(body(before)).count("…"), cut


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("size", ["80x24", "160x50"])
async def test_a_board_without_live_data_says_so_in_chinese(
    size: str, state: str, tmp_path: Path
) -> None:
    """Why there is nothing, or nothing new."""
    with speaking(CHINESE):
        async with a_source_in(state, tmp_path) as source:
            app = an_app(source)
            async with app.run_test(size=SIZES[size]) as pilot:
                for board in STATES[state]:
                    app.desk.show_coin("BTC") if board == "coin" else app.desk.show_board(board)
                    await pulled(pilot, app)
                    await pulled(pilot, app)
                    lines = [strip.text for strip in app.screen._compositor.render_strips()]
                    check(f"{board}-{size}-{state}", lines, SIZES[size])


@pytest.mark.parametrize("board", BOARDS)
async def test_the_help_of_a_board_is_chinese(board: str) -> None:
    """All of F1: what it says, its columns."""
    lines = await painted(Case(board, board, "", ("f1",)), _HELP)
    left = english(lines, ALLOWED | typed(board))
    assert not left, "\n".join(left)
    assert "".join(lines).count("…") <= dots(board)


async def test_the_keys_are_chinese() -> None:
    """All of `?`, but for the actions' names in the settings."""
    names = [one.id for one in ACTIONS] + [one.name for one in BOARD_INFOS]
    lines = await painted(Case("keys", "sum", "", ("question_mark",)), _HELP)
    left = english(lines, ALLOWED | set(_WORD.findall(" ".join([*names, "today config path osc"]))))
    assert not left, "\n".join(left)


def columns(board: str) -> list[Column[Any]]:
    """All columns of a board's tables, those of its hidden ones too."""
    view = VIEWS[board]()
    parts = [view, *(part for part in vars(view).values() if isinstance(part, Widget))]
    tables = [one for part in parts for one in vars(part).values() if isinstance(one, Board)]
    return [column for table in tables for column in table.columns]


def dots(board: str) -> int:
    """How often the board's help itself has an ellipsis."""
    texts = [*VIEWS[board]().help_text(), *(column.help for column in columns(board))]
    return "".join(texts).count("…")


def typed(board: str) -> frozenset[str]:
    """The words that a filter of this board understands."""
    return frozenset(
        word.lower() for column in columns(board) for word in _WORD.findall(column.name)
    )


def room(column: Column[Any]) -> int:
    """What a title may take: all but the mark's cell, or as much as the English takes."""
    over = 1 if column.align == "right" else 0
    return max(column.width + over - 1, cell_len(column.title))


@pytest.mark.parametrize("board", VIEWS)
def test_the_titles_of_columns_fit_their_columns(board: str) -> None:
    """With the mark of a sorted one, which may stand in the gap before a column, where it does."""
    with speaking(CHINESE):
        wide = {
            column.key: title
            for column in columns(board)
            if cell_len(title := t(column.title, column.key)) > room(column)
        }
    assert wide == {}


def spoken(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """The constant texts that are given to `t()`, each with its context."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "t":
            context = node.args[1] if len(node.args) > 1 else None
            name = context.value if isinstance(context, ast.Constant) else ""
            for text in constants(node.args[0]):
                yield str(name), text


def constants(node: ast.expr) -> Iterator[str]:
    """Those of an expression, either way that it goes."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*constants(node.body), *constants(node.orelse))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_text_has_its_chinese(file: Path) -> None:
    """Those that no screen here shows, too: problems, toasts, what is shown on other days."""
    lacking = {
        text
        for context, text in spoken(ast.parse(file.read_text()))
        if _WORD.search(_PLACE.sub("", text)) and not {text, f"{context}|{text}"} & WORDS.keys()
    }
    assert lacking == set()


@pytest.mark.parametrize("name", SWITCHED)
async def test_another_language_is_on_the_screen_at_once(name: str) -> None:
    """Whatever was drawn before: curves, bars, candles, titles, what is below a table."""
    case = next(one for one in CASES if one.name == name)
    with speaking(ENGLISH):
        app = an_app(a_source(case.state), case.board)
        async with app.run_test(size=SIZES[case.size]) as pilot:
            if case.board == "coin":
                app.desk.show_coin("BTC")
            await pulled(pilot, app)
            await pilot.press(*case.keys)
            await pulled(pilot, app)
            app.choose_language(CHINESE)
            await pulled(pilot, app)
            switched = [strip.text for strip in app.screen._compositor.render_strips()]
    assert switched == await painted(case)


@pytest.mark.parametrize("name", GOLDENS)
async def test_a_board_looks_as_it_did_in_chinese(name: str) -> None:
    """Every character of it, the frame's too."""
    case = next(one for one in CASES if one.name == name)
    text = "\n".join(line.rstrip() for line in await painted(case)) + "\n"
    file = GOLDEN / f"zh-{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text)
    assert text == file.read_text()
