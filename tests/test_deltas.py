"""Changes of trees: whatever they are made of, they lead from the one to the other."""

import asyncio
import copy
import json
import random
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.readme import README
from tui_monitor.api import stream_words
from tui_monitor.api.change_steps import change_in_steps
from tui_monitor.deltas import change, changed

# What the stream's description tells its clients to do.
APPLY: dict[str, Any] = {}
exec(stream_words.APPLY, APPLY)  # noqa: S102 - our own text

_LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False) | st.text()
_ROWS = st.lists(
    st.fixed_dictionaries(
        {"coin": st.sampled_from("ABCDEF"), "exchange": st.sampled_from("xy"), "price": _LEAVES}
    )
)
_NAMES = st.sampled_from(["to", "at", "rows", "new", "gone", "id", "coin", "x"])
_TREES = st.recursive(
    _LEAVES | _ROWS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=20,
)


def same(one: Any, other: Any) -> bool:
    """Also in what Python takes for equal: 1, 1.0 and True."""
    return json.dumps(one) == json.dumps(other)


def json_of(tree: Any) -> bytes:
    """As it is kept."""
    return msgspec.json.encode(tree)


def decoded(content: bytes) -> Any:
    """What JSON says."""
    return msgspec.json.decode(content)


@given(_TREES, _TREES)
def test_a_change_leads_from_any_tree_to_any_other(before: Any, after: Any) -> None:
    """Over a wire, too; and neither of the two is touched."""
    kept = copy.deepcopy(before)
    made = json.loads(json.dumps(change(before, after)))
    came = changed(before, made)
    assert came == after
    assert same(before, kept)
    if made is not None:
        assert APPLY["apply"](before, made) == after
        assert same(before, kept)


@given(_TREES, _TREES, st.integers(1, 60))
@example([{"coin": "A"}, {"coin": "B"}], [{"coin": "B"}, {"coin": "A"}], 1)
@example([{"coin": "A"}, {"coin": "B", "x": 1}], [{"coin": "B", "x": 2}, {"coin": "A"}], 1)
@example([{"coin": "A", "price": 1}], [{"coin": "A", "price": 1.0}], 1)
@example([{"coin": "A", "x": 1}, {"coin": "B", "x": 1}], [{"coin": "A", "x": 1.0}], 1)
@example([1, 2, [3]], [1, 2, [3], 4], 1)
def test_a_change_in_steps_is_the_change(before: Any, after: Any, step_bytes: int) -> None:
    """However little is done in a step."""
    made = asyncio.run(change_in_steps(json_of(before), json_of(after), step_bytes))
    told = None if made is None else decoded(made)
    assert same(told, change(decoded(json_of(before)), decoded(json_of(after))))


def test_the_readme_has_the_function_of_the_description() -> None:
    """Which is judged above, beside our own."""
    assert stream_words.APPLY in README.read_text()


@given(_ROWS, st.randoms(use_true_random=False))
def test_rows_may_come_go_and_change_places(rows: list[Any], draw: random.Random) -> None:
    """As the rows of a board that is sorted anew every second."""
    after = [dict(row, price=draw.random()) for row in rows if draw.random() < 0.8]
    draw.shuffle(after)
    assert changed(rows, change(rows, after)) == after


def board(prices: dict[str, float]) -> dict[str, Any]:
    return {"now_ms": 1, "rows": [{"coin": coin, "price": price} for coin, price in prices.items()]}


def test_only_what_changed_is_sent() -> None:
    """One cell of one row, and the order of the others in runs."""
    before = board({"BTC": 1.0, "ETH": 2.0, "SOL": 3.0, "XRP": 4.0})
    after = board({"XRP": 4.0, "BTC": 1.0, "ETH": 2.5, "SOL": 3.0, "TON": 9.0})
    assert change(before, after) == {
        "at": {
            "rows": {
                "rows": [[3, 1], [0, 3], {"new": {"coin": "TON", "price": 9.0}}],
                "at": {"2": {"at": {"price": {"to": 2.5}}}},
            }
        }
    }
    assert change(before, copy.deepcopy(before)) is None


def test_a_thousand_rows_with_some_changes_are_a_small_part() -> None:
    """What the wire is spared: three hundred cells of a thousand rows of a dozen fields."""
    draw = random.Random(1)
    rows = [
        {"coin": f"C{n}", **{f"field_{k}": draw.random() for k in range(12)}} for n in range(1_000)
    ]
    after = copy.deepcopy(rows)
    for row in draw.sample(after, 300):
        row["field_3"] = draw.random()
    assert len(json.dumps(change(rows, after))) * 10 < len(json.dumps(after))


@pytest.mark.parametrize(
    "made", [{"at": {"y": {"to": 1}}}, {"rows": [[0, 9]]}, {"at": {"rows": {"rows": [[3, 2]]}}}]
)
def test_a_change_of_another_tree_is_refused(made: dict[str, Any]) -> None:
    """Where it can be seen: an unknown key, rows that are not there."""
    with pytest.raises(ValueError, match="another tree"):
        changed(board({"BTC": 1.0}), made)
