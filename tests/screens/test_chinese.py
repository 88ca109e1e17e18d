"""The screens in 简体中文: nothing stays English, nothing is cut or moved by it.

The boards are those of the golden texts. `UPDATE_GOLDEN=1` writes the Chinese golden texts anew.
"""

import ast
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from tests.screens.support import GOLDEN, an_app, pulled
from tests.screens.test_golden import STATES, a_source
from tests.screens.test_no_bare_text import FILES
from tests.screens.tours import SIZES, Case, cases_of, tour
from tests.support.boards import MemorySource
from tests.support.judged_boards import COINS as JUDGED
from tests.support.state_boards import a_source_in
from tui_monitor.app import MonitorApp
from tui_monitor.boards.registry import BOARDS as BOARD_INFOS
from tui_monitor.config import COINS
from tui_monitor.screens.boards.registry import VIEWS
from tui_monitor.screens.keys.actions import ACTIONS
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.columns import Column
from tui_monitor.words import CHINESE, ENGLISH, speaking, t
from tui_monitor.words.zh import WORDS

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


# The language is switched on these, and the others of their size are drawn before.
SWITCHED = frozenset(
    [
        *("sum-160x50-live", "liquidations-160x50", "anomalies-80x24-explained", "oi-80x24"),
        *("spreads-160x50", "coverage-160x50", "system-160x50", "coin-160x50"),
    ]
)
GOLDENS = frozenset(
    [
        *("sum-80x24-live", "liquidations-80x24", "anomalies-80x24", "oi-80x24"),
        *("spreads-80x24", "coin-80x24", "coverage-80x24", "system-80x24"),
    ]
)
TOURED = ("80x24", "160x50")


def lines_of(app: MonitorApp) -> list[str]:
    """What is on the screen, with its trailing blanks; of a help all that its box could show."""
    if app.screen is app.desk:
        return [strip.text for strip in app.screen._compositor.render_strips()]
    box = app.screen.query_one(Vertical)
    fields = [field.placeholder for field in box.query(Input)]
    texts = [text.render_lines(text.size.region) for text in box.query(Static)]
    said = [strip.text for strips in texts for strip in strips]
    return [str(box.border_title), *fields, *said, str(box.border_subtitle)]


async def painted(
    size: str, cases: Sequence[Case], source: MemorySource | None = None, first: str = ""
) -> dict[str, list[str]]:
    """Screens of a program that spoke Chinese from its start."""
    with speaking(CHINESE):
        app = an_app(source, first or cases[0].board)
        async with app.run_test(size=SIZES[size]) as pilot:
            return {case.name: lines_of(app) async for case in tour(pilot, app, cases)}


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


@pytest.mark.parametrize("size", TOURED)
async def test_the_boards_are_chinese_and_as_wide_as_before(size: str) -> None:
    """No English word, no line of another width, nothing cut that English does not cut.

    Some of them are goldens, to every character.
    """
    screens = await painted(size, cases_of(size))
    for name, lines in screens.items():
        check(name, lines, SIZES[size])
    assert {case.board for case in cases_of(size)} == set(VIEWS)
    assert [name for name in GOLDENS & screens.keys() if not is_golden(name, screens[name])] == []


@pytest.mark.parametrize("state", ["stale", "empty"])
@pytest.mark.parametrize("size", TOURED)
async def test_the_sum_without_live_data_is_chinese(size: str, state: str) -> None:
    """Its own words for what is old, and for nothing."""
    case = Case(f"sum-{size}-{state}", "sum")
    screens = await painted(size, [case], a_source(state))
    check(case.name, screens[case.name], SIZES[size])


def check(name: str, lines: list[str], size: tuple[int, int]) -> None:
    """A screen beside its English golden text."""
    width, height = size
    assert [cell_len(line) for line in lines] == [width] * height, name
    assert not english(lines), "\n".join([name, *english(lines)])
    before = (GOLDEN / f"{name}.txt").read_text().splitlines()
    cut = [line.strip() for line in body(lines) if "…" in line]
    assert "".join(cut).count("…") <= "".join(body(before)).count("…"), (name, cut)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("size", ["80x24", "160x50"])
async def test_a_board_without_live_data_says_so_in_chinese(
    size: str, state: str, tmp_path: Path
) -> None:
    """Why there is nothing, or nothing new."""
    cases = [Case(f"{board}-{size}-{state}", board) for board in STATES[state]]
    async with a_source_in(state, tmp_path) as source:
        screens = await painted(size, cases, source, first="sum")
    for name, lines in screens.items():
        check(name, lines, SIZES[size])


async def test_the_helps_of_the_boards_are_chinese() -> None:
    """All of F1: what it says, its columns."""
    helps = [Case(board, board, ("f1",)) for board in VIEWS]
    for board, lines in (await painted("120x40", helps)).items():
        left = english(lines, ALLOWED | typed(board))
        assert not left, "\n".join([board, *left])
        assert len(lines) > len(VIEWS[board]().help_text()), board
        assert "".join(lines).count("…") <= dots(board), board


async def test_the_keys_are_chinese() -> None:
    """All of `?`, but for the actions' names in the settings."""
    names = [one.id for one in ACTIONS] + [one.name for one in BOARD_INFOS]
    lines = (await painted("120x40", [Case("keys", "sum", ("question_mark",))]))["keys"]
    # A language is named in itself, too.
    also = "today config path osc language chinese english"
    left = english(lines, ALLOWED | set(_WORD.findall(" ".join([*names, also]))))
    assert not left, "\n".join(left)
    assert len(lines) > len(ACTIONS)


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


@pytest.mark.parametrize("size", TOURED)
async def test_another_language_is_on_the_screen_at_once(size: str) -> None:
    """Whatever was drawn before: curves, bars, candles, titles, what is below a table."""
    cases = [case for case in cases_of(size) if case.name in SWITCHED]
    switched: dict[str, list[str]] = {}
    with speaking(ENGLISH):
        app = an_app(board=cases[0].board)
        async with app.run_test(size=SIZES[size]) as pilot:
            async for case in tour(pilot, app, cases):
                app.choose_language(CHINESE)
                await pulled(pilot, app)
                switched[case.name] = lines_of(app)
                app.choose_language(ENGLISH)
    fresh = await painted(size, cases)
    assert len(fresh) == len(cases)
    for name, lines in fresh.items():
        assert switched[name] == lines, name


def is_golden(name: str, lines: list[str]) -> bool:
    """Whether it is its Chinese golden text; if that is asked for, it is from now on."""
    text = "\n".join(line.rstrip() for line in lines) + "\n"
    file = GOLDEN / f"zh-{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text)
    return text == file.read_text()
