"""Every sentence that the engine, the feeds and the boards make has its Chinese."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from pathlib import Path
from typing import NamedTuple

import pytest

import tui_monitor
from tui_monitor.words import CHINESE, speaking, told

ROOT = Path(tui_monitor.__file__).parent
# Whose sentences reach a board, the event log or a toast. The rest speaks English: the command
# line, the settings' errors, what a daemon at another place answers before anything is shown.
PLACES = ("boards", "engine", "feeds", "market", "model", "source", "clock.py")
# Modules of these whose sentences only the command line shows.
ENGLISH = frozenset({"engine/checkup.py", "feeds/checkup.py"})
# Sentences that nobody reads on a screen, each with the reason.
ALLOWED = {
    "anomalies 7 7": "the name under which a board is kept",
    "picks 7": "the name under which a board is kept",
    "picks": "the name under which a board is kept",
    "what is kept of a board can't be read: %s": "for the log file",
    "the anomaly %s can't be read: %s": "for the log file",
    "Server disconnected without sending a response": "httpx's words, looked for",
    "restricted location": "Binance's words, looked for",
    "net total": "the aggregate source's words, looked for",
    "sum without": "begins a remark of open interest",
    "sum with an old value of": "begins a remark of open interest",
    "change without": "begins a remark of open interest",
    "data is no list": "begins a sentence of damaged bytes",
    "list is none": "begins a sentence of damaged bytes",
    "no list": "begins a sentence of damaged bytes",
    "damaged rows": "begins a sentence of damaged bytes",
    "topics of an answer": "begins a sentence of damaged bytes",
    ", after × 7": "added to a sentence",
    ", 7 not: 7": "added to a sentence",
    "ticker v2": "the name of a kind of row",
    "ticker v3": "the name of a kind of row",
    "rest kline": "the name of a kind of row",
}
# Latin words that are the same in Chinese: names, units, keys of the settings.
SAME = re.compile(
    r"\b[a-z_]+(?:\.[a-z_*0-9]+)+\b|--?[a-z-]+\b|tui-monitor(?: daemon)?|okx:\S+|https?://\S+|"
    r"\b(?:HTTP|REST|USDT?|MiB|GB|MB|JSON|COIN-M|OKX|Binance|Bybit|Bitget|TA-Lib|instType|"
    r"instId|exchangeInfo|XYZ|perp|spot|okx|ping|true|false|pip install \S+|Asia/Shanghai)\b"
)
_PLACE = "7"
_WORD = re.compile(r"[A-Za-z]{3,}")
_SQL = re.compile(r"\b(?:SELECT|INSERT|DELETE|UPDATE|VALUES|PRAGMA|WHERE)\b")
_LOGGED = frozenset({"debug", "info", "warning", "error", "exception"})
# As many texts are made of one sentence with alternatives.
_MOST = 32

_TEXTS = (ast.Constant, ast.JoinedStr, ast.IfExp, ast.BinOp)


class Names(NamedTuple):
    """What a function's names say; those in `parts` are only ever parts of other texts."""

    said: Mapping[str, ast.expr] = {}
    parts: frozenset[str] = frozenset()

    def without(self, name: str) -> "Names":
        """A name's own text does not say the name."""
        return Names({key: self.said[key] for key in self.said if key != name}, self.parts)


def modules() -> Iterator[Path]:
    """The modules whose sentences are told."""
    for place in PLACES:
        path = ROOT / place
        for module in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            if module.relative_to(ROOT).as_posix() not in ENGLISH:
                yield module


def texts(node: ast.expr, known: Names) -> list[str]:
    """What an expression may say: its alternatives, a 7 where only running tells."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.FormattedValue(value=value):
            return texts(value, known)
        case ast.JoinedStr(values=parts):
            return _products([texts(part, known) for part in parts])
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _products([texts(left, known), texts(right, known)])
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mult()):
            return ["", text]
        case ast.IfExp(body=body, orelse=other):
            return texts(body, known) + texts(other, known)
        case ast.Name(id=name) if name in known.said:
            return texts(known.said[name], known.without(name))
        case _:
            return [_PLACE]


def _products(parts: Sequence[Sequence[str]]) -> list[str]:
    return ["".join(chosen) for chosen in islice(product(*parts), _MOST)]


def sentences(node: ast.AST, known: Names) -> Iterator[tuple[int, str]]:
    """The texts below a node with their lines; neither docstrings nor what is only logged."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr=name)) if name in _LOGGED:
            return
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"))):
            return
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            known = _names(node)
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in known.parts:
            yield from _inner(value, known)
            return
        case ast.Constant() | ast.JoinedStr() | ast.BinOp(op=ast.Add()) | ast.IfExp():
            assert isinstance(node, ast.expr)
            yield from ((node.lineno, text.strip()) for text in texts(node, known))
            yield from _inner(node, known)
            return
    for child in ast.iter_child_nodes(node):
        if child is not getattr(node, "annotation", None):
            yield from sentences(child, known)


def _inner(node: ast.AST, known: Names) -> Iterator[tuple[int, str]]:
    for child in ast.walk(node):
        if isinstance(child, ast.Call | ast.GeneratorExp | ast.ListComp):
            for below in ast.iter_child_nodes(child):
                yield from sentences(below, known)


def _names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Names:
    """The texts that a function gives a name, once."""
    found: dict[str, list[ast.expr]] = {}
    whole: set[str] = set()
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found.setdefault(name, []).append(value)
            case ast.AugAssign(target=ast.Name(id=name), value=value):
                found.setdefault(name, []).append(value)
        if not isinstance(node, ast.FormattedValue):
            used = (one for one in ast.iter_child_nodes(node) if isinstance(one, ast.Name))
            whole |= {one.id for one in used if isinstance(one.ctx, ast.Load)}
    said = {
        name: values[0]
        for name, values in found.items()
        if len(values) == 1 and isinstance(values[0], _TEXTS)
    }
    return Names(said, frozenset(said.keys() - whole))


def is_sentence(text: str) -> bool:
    """More than one word, and no query."""
    return " " in text and "\n" not in text and bool(_WORD.search(text)) and not _SQL.search(text)


def english_in(text: str) -> list[str]:
    """Words of a translated sentence that are English still."""
    return _WORD.findall(SAME.sub("", text))


@pytest.mark.parametrize(
    "module", list(modules()), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_each_sentence_of_a_module_is_told_in_chinese(module: Path) -> None:
    """A new sentence needs its template in words/zh, with its places."""
    with speaking(CHINESE):
        missing = {
            f"{line}: {text}": told(text)
            for line, text in sentences(ast.parse(module.read_text()), Names())
            if is_sentence(text) and text not in ALLOWED and english_in(told(text))
        }
    assert missing == {}


def test_a_sentence_without_a_template_is_found() -> None:
    """Whatever it is made of: a name, an alternative, a sum."""
    source = """
def f(n, error):
    '''A docstring is none.'''
    why = f" ({error})" if error else ""
    log.warning("nobody reads this one")
    return f"a goose has {n} wings{why}; " + ("or none" if n else "or more")
"""
    found = [text for _, text in sentences(ast.parse(source), Names())]
    assert "a goose has 7 wings (7); or none" in found
    assert "a goose has 7 wings; or more" in found
    assert not any("docstring" in text or "reads" in text for text in found)
    with speaking(CHINESE):
        assert english_in(told("a goose has 7 wings"))


@pytest.mark.parametrize(
    ("sentence", "chinese"),
    [
        # Two sentences in one are told apart, whatever the templates could take for a place.
        (
            "partial: 10 filled, 3 were there, 2 unobtainable, 4 failed; run it again",
            "部分完成：已补 10，已有 3，无法获取 2，失败 4；请再运行一次",
        ),
        (
            "BTC (okx perp BTC-USDT-SWAP): another coin: 0.618 × 5 others' median",
            "BTC（okx 永续 BTC-USDT-SWAP）：另一种币：另外 5 处中位数的 0.618 倍",
        ),
        (
            "binance perp is 3.2 s old, okx spot is 12.0 s old",
            "binance 永续 已是 3.2 秒前，okx 现货 已是 12.0 秒前",
        ),
        ("stream: no data for 02:10; REST: HTTP 418", "推送：02:10 没有数据；REST：HTTP 418"),
        (
            "outage of perp tickers: no answer to a ping, REST stands in",
            "永续 行情 中断：ping 没有应答，由 REST 代替",
        ),
        (
            "recording paused: monitor.db: no room to record (disk full) (free some disk space)",
            "录制暂停：monitor.db：没有空间可写（disk full）（请腾出磁盘空间）",
        ),
        # What nobody has a word for stays readable.
        ("price moved 3 %, less than 4 %", "price moved 3 %, less than 4 %"),
    ],
)
def test_a_sentence_of_several_is_told_whole(sentence: str, chinese: str) -> None:
    """As the engine and the feeds put them together."""
    with speaking(CHINESE):
        assert told(sentence) == chinese
