"""JSON out: never NaN, never a text that could move a cursor, never a bug's details."""

import json
import logging
import math
import unicodedata
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.api.harness import FIRST_DAY, endpoint
from tests.support.virtual_time import in_virtual_time
from tui_monitor.api.answers import TEXT_LIMIT, Answer, _cleaned, encode
from tui_monitor.errors import (
    AlreadyRuns,
    BadInput,
    MonitorError,
    NotListedYet,
    RateLimited,
    StoreError,
    StoreFull,
    UnknownCoin,
    Unreachable,
)
from tui_monitor.model import JobLine

HOSTILE = (
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b[2J",
    "\u009b2J",
    "a\rb",
    "\x7f\x08",
    "\u202etxt.exe",
    "zero\u200bwidth",
    "\ud800",
    "z" + "\u0301" * 50,
)
_TEXT = st.text(st.characters())
_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers(-(2**53), 2**53) | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)
# Of every kind that cleaning treats in its own way, beside those that it leaves alone.
_MIXED = st.text(
    st.sampled_from('aZ5 \n"\\/\x7f币安é—…한κ😀')
    | st.sampled_from("\u00a0\u0301\u0338\u1100\u1161\u11a8\u0958\u212a\uf900")
    | st.sampled_from("\U00016d63\U00016d67\U00020000\U0001f3fb\ufe0f\u200b\u202e\ue000\u0378")
    | st.characters(exclude_categories=["Cs"])
)


def refuse_constant(name: str) -> None:
    raise AssertionError(f"{name} in JSON")


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in texts(part)]
    return [text for item in value for text in texts(item)] if isinstance(value, list) else []


def is_safe(text: str) -> bool:
    bad = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return all(char == "\n" or unicodedata.category(char) not in bad for char in text)


@given(_JSON)
def test_whatever_goes_in_comes_out_as_lawful_printable_json(value: Any) -> None:
    """A strict parser takes it, and no text in it can move a cursor."""
    decoded = json.loads(encode(value), parse_constant=refuse_constant)
    assert all(is_safe(text) for text in texts(decoded))


@given(
    st.lists(_MIXED, max_size=6),
    st.sampled_from([0, 0, TEXT_LIMIT // 3, TEXT_LIMIT, TEXT_LIMIT + 1]),
)
@example(["\u1112\u1161\u11ab"], 0)
@example(["e\u0301"], 0)
@example(["a\u00a0b"], 0)
@example([], TEXT_LIMIT + 1)
def test_what_is_let_through_at_a_glance_is_what_cleaning_gives(
    told: list[str], length: int
) -> None:
    """To the byte, whatever letters stand beside each other and however long their text is."""
    value = {"币": told, "long": ["安" * length], "number": 0.1}
    assert encode(value) == msgspec.json.encode(_cleaned(value))


@given(st.lists(st.floats()))
def test_a_number_that_is_none_becomes_null(values: list[float]) -> None:
    """Neither NaN nor infinity is a number in JSON."""
    expected = [value if math.isfinite(value) else None for value in values]
    found = json.loads(encode(values))
    assert [value is None for value in found] == [value is None for value in expected]
    for value, other in zip(found, expected, strict=True):
        # Of more digits than 15 twelve are left.
        assert value == other or math.isclose(value, other or 0.0, rel_tol=1e-11)


@pytest.mark.parametrize("char", [*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), *HOSTILE])
def test_no_control_goes_out_alone(char: str) -> None:
    """Also in a text that is otherwise plain ASCII; a newline is the one that may."""
    decoded = json.loads(encode({"text": f"a{char}b", f"key{char}": 1}))
    assert all(is_safe(text) for text in texts(decoded))
    assert (decoded["text"] == f"a{char}b") is (char == "\n")


def test_text_of_any_script_stays_as_it_is() -> None:
    """Only what is not text is replaced."""
    kept = ["已发送停止信号", "Größe", "한국어", "line\nline", 'quote " slash / back \\ r']
    assert json.loads(encode(kept)) == kept


def test_the_originals_keys_win_over_the_envelope() -> None:
    """`status` of the health route is its own."""
    content = json.loads(Answer(data=[], count=0, own={"status": "healthy"}).content(1, "demo"))
    assert content == {
        "success": True,
        "status": "healthy",
        "count": 0,
        "timestamp": 1,
        "source": "demo",
        "data": [],
    }


@in_virtual_time
async def test_hostile_text_is_printable_in_every_route_that_has_texts() -> None:
    """Reasons, log lines and lights come from outside."""
    async with endpoint() as served:
        source = served.source
        text = "".join(HOSTILE)
        source.light_state, source.light_reason = source.light_state.SILENT, text
        source.failed_workers = [text]
        slot_ms = served.clock.now_ms() - 3_600_000
        source.holes[slot_ms, "BTC"] = text
        job = await source.start_backfill(FIRST_DAY, FIRST_DAY)
        source.job = msgspec.structs.replace(job, message=text)
        source.lines = [JobLine(job_id=1, ts_ms=slot_ms, level="info", text=text)]
        for path in (
            "/api/health",
            "/api/coin-price-tracker/latest",
            "/api/coin-price-tracker/history",
            "/api/boards/sum?slot=07:00",
            "/api/boards/coverage",
            "/api/backfill-monitor/status",
            "/api/backfill-monitor/logs",
        ):
            content = await served.get(path)
            assert all(is_safe(text) for text in texts(content)), path
            assert "�" in str(content), path


@in_virtual_time
async def test_what_a_client_says_comes_back_printable() -> None:
    """In paths, parameter names and values."""
    async with endpoint() as served:
        for query in (
            "/api/%1b%5b2J",
            "/api/boards/%1b%5b2J%c2%9b",
            "/api/health?%1b%5b2J=1",
            "/api/coin-price-tracker/latest?limit=%1b%5b2J",
            "/api/coin-price-tracker/history?start_time=%e2%80%ae%1b",
        ):
            response = await served.http.get(query)
            assert response.status_code in (400, 404)
            assert is_safe(response.text), query
            assert "\x1b" not in response.json()["error"]


@in_virtual_time
async def test_no_route_has_nan() -> None:
    """Even from a source that computed nonsense."""
    async with endpoint() as served:
        served.source.price_factor = math.inf
        for path in (
            "/api/coin-price-tracker/latest",
            "/api/coin-price-tracker/history",
            "/api/boards/sum?slot=07:00",
        ):
            response = await served.http.get(path)
            assert response.status_code == 200
            json.loads(response.text, parse_constant=refuse_constant)


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (BadInput("what", "do this"), 400),
        (AlreadyRuns("what", "do this"), 409),
        (UnknownCoin("what", "do this"), 404),
        (NotListedYet("what", "do this"), 503),
        (StoreError("what", "do this"), 503),
        (StoreFull("what", "do this"), 503),
        (RateLimited("what", 3.0, "do this"), 503),
        (Unreachable("what", "do this"), 502),
        (MonitorError("what", "do this"), 500),
    ],
)
@in_virtual_time
async def test_an_expected_failure_says_its_line(failure: MonitorError, status: int) -> None:
    """Message and hint, under the status that fits."""
    async with endpoint() as served:
        served.source.failure = failure
        found, error = await served.refused("/api/coin-price-tracker/latest")
        assert found == status
        assert (error["error"], error["hint"]) == ("what", "do this")


@in_virtual_time
async def test_a_bug_is_an_id_for_the_client_and_a_traceback_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nothing of the program's inside leaves it."""
    async with endpoint() as served:
        served.source.failure = ZeroDivisionError("secret inside")
        status, error = await served.refused("/api/boards/sum")
        assert status == 500
        assert "secret" not in str(error)
        assert "Traceback" not in str(error)
        case = error["hint"].split()[-1]
        logged = [line for line in caplog.records if line.levelno >= logging.ERROR]
        assert len(logged) == 1
        assert case in logged[0].getMessage()
        assert logged[0].exc_info is not None
