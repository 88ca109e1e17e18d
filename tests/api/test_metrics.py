"""What Prometheus reads: a parser of its own takes every line, and the numbers are the board's."""

import re
from collections.abc import Iterable

import pytest
from msgspec.structs import replace
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from tests.api.harness import Served, endpoint
from tests.support.boards import NOW_MS
from tests.support.system_boards import a_database, a_system_board
from tests.support.virtual_time import in_virtual_time
from tui_monitor.api.exposition import Family, exposition
from tui_monitor.api.metrics import families
from tui_monitor.boards.system import stored_system_board


async def scraped(served: Served) -> dict[str, Metric]:
    response = await served.http.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return by_name(text_string_to_metric_families(response.text))


def by_name(found: Iterable[Metric]) -> dict[str, Metric]:
    return {one.name: one for one in found}


def value_of(metric: Metric, **labels: str) -> float:
    (value,) = [one.value for one in metric.samples if one.labels == labels]
    return float(value)


@in_virtual_time
async def test_the_numbers_are_those_of_the_system_board() -> None:
    """In seconds, bytes and shares, by exchange, market and channel."""
    async with endpoint() as served:
        board = a_system_board()
        served.source.system = board
        found = await scraped(served)
        for line in board.connections:
            labels = {
                "exchange": line.exchange.value,
                "market": line.market.value,
                "channel": line.channel,
            }
            messages = found["tui_monitor_channel_messages"]
            assert value_of(messages, **labels) == line.messages
            reconnects = found["tui_monitor_channel_reconnects"]
            assert value_of(reconnects, **labels) == line.reconnects
            connected = found["tui_monitor_channel_connected"]
            assert value_of(connected, **labels) == (line.state.value == "live")
            state = found["tui_monitor_channel_state"]
            assert value_of(state, **labels, state=line.state.value) == 1
            assert line.age_ms is not None
            age = found["tui_monitor_channel_age_seconds"]
            assert value_of(age, **labels) == line.age_ms / 1000
        for limit in board.limits:
            assert limit.used_pct is not None
            used = found["tui_monitor_limit_used_ratio"]
            labels = {"exchange": limit.exchange.value, "limit": limit.name}
            assert value_of(used, **labels) == pytest.approx(limit.used_pct / 100)
        assert value_of(found["tui_monitor_database_size_bytes"]) == 48_300_000
        assert value_of(found["tui_monitor_database_wal_bytes"]) == 1_100_000
        assert value_of(found["tui_monitor_database_commit_age_seconds"]) == 12
        assert value_of(found["tui_monitor_database_rows"], series="slot_prices") == 81_234
        assert value_of(found["tui_monitor_resident_memory_bytes"]) == 93_400_000
        assert value_of(found["tui_monitor_event_loop_lag_seconds"]) == pytest.approx(0.0006)
        assert value_of(found["tui_monitor_uptime_seconds"]) == 24_187
        assert value_of(found["tui_monitor_recording"]) == 1
        assert value_of(found["tui_monitor_sum_nodes_today"]) == served.source.status().nodes_today
        served.source.recording = False
        assert value_of((await scraped(served))["tui_monitor_recording"]) == 0


@in_virtual_time
async def test_names_follow_the_conventions() -> None:
    """Base units, counters with _total, a help line each, no family twice."""
    async with endpoint() as served:
        served.source.failed_workers = ["recorder"]
        text = (await served.http.get("/metrics")).text
    kinds = re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE)
    helps = re.findall(r"^# HELP (\S+) .+$", text, re.MULTILINE)
    assert [name for name, _ in kinds] == helps
    assert len(set(helps)) == len(helps) > 40
    for name, kind in kinds:
        assert re.fullmatch(r"tui_monitor_[a-z]+(_[a-z]+)*", name)
        assert name.endswith("_total") is (kind == "counter")
        assert not re.search(r"_(ms|pct|mb|percent|milliseconds)(_|$)", name)
    assert 'tui_monitor_worker_failed{worker="recorder"} 1' in text


@in_virtual_time
async def test_what_is_not_known_has_no_sample() -> None:
    """Never a zero: without an engine the database is all there is."""
    async with endpoint() as served:
        status = served.source.status()
    stored = stored_system_board(NOW_MS, "Asia/Shanghai", a_database(committed_ms=None))
    found = by_name(text_string_to_metric_families(exposition(families(stored, status)).decode()))
    assert value_of(found["tui_monitor_engine_running"]) == 0
    assert "tui_monitor_database_commit_age_seconds" not in found
    assert "tui_monitor_uptime_seconds" not in found
    assert "tui_monitor_channel_connected" not in found
    broken = replace(a_system_board(), database=None, database_error="is locked")
    found = by_name(text_string_to_metric_families(exposition(families(broken, status)).decode()))
    assert value_of(found["tui_monitor_database_readable"]) == 0
    assert "tui_monitor_database_size_bytes" not in found


def test_hostile_labels_stay_labels() -> None:
    """Quotes, backslashes, newlines and escapes end no line and move no cursor."""
    names = ['a"b', "a\\b", "a\nb", 'x"} 1\nevil 2', "\x1b[2Jred", "币"]
    family = Family("thing", "gauge", 'told "so" \\ and\nso', [({"name": one}, 1) for one in names])
    text = exposition([family]).decode()
    (metric,) = text_string_to_metric_families(text)
    assert len(metric.samples) == len(names)
    assert len(text.splitlines()) == len(names) + 2
    assert "\x1b" not in text
    assert [one.labels["name"] for one in metric.samples][:2] == ['a"b', "a\\b"]
    assert metric.documentation == 'told "so" \\ and\nso'


@pytest.mark.parametrize("value", [0, 1, -3, 0.1, 1e-9, 1e300, 2**53, float("inf"), float("nan")])
def test_numbers_come_back_as_they_were(value: float) -> None:
    """Whole ones without a fraction, others to the last digit."""
    (metric,) = text_string_to_metric_families(
        exposition([Family("thing", "gauge", "told", [({}, value)])]).decode()
    )
    assert repr(float(metric.samples[0].value)) == repr(float(value))
