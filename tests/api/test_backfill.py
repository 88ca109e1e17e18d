"""The backfill monitor's routes: begin, look, read the log, stop."""

from typing import Any

import httpx
import pytest

from tests.api.harness import Served, endpoint, error_of
from tests.support.virtual_time import in_virtual_time
from tui_monitor.model import JobLine

ROOT = "/api/backfill-monitor"


async def start(served: Served, body: Any) -> httpx.Response:
    return await served.http.post(f"{ROOT}/start", json=body)


@pytest.mark.parametrize(
    "body",
    [
        {"start": "2026-11-14", "end": "2026-11-16"},
        {"start_date": "2026-11-14", "end_date": "2026-11-16"},
        {"start": "2026-11-14", "end_date": "2026-11-16"},
        {"start": "2026-11-14", "start_date": "2026-11-14", "end": "2026-11-16"},
    ],
)
@in_virtual_time
async def test_a_backfill_begins_and_is_seen(body: dict[str, str]) -> None:
    """Under either names; the answer is the job, and the status shows it."""
    async with endpoint() as served:
        assert (await served.get(f"{ROOT}/status"))["running"] is False
        response = await start(served, body)
        assert response.status_code == 200
        job = response.json()["data"]
        assert (job["first_day"], job["last_day"]) == ("2026-11-14", "2026-11-16")
        status = await served.get(f"{ROOT}/status")
        assert status["running"] is True
        assert status["progress"] == 40.0
        assert status["data"]["running"]["job"]["id"] == job["id"]
        assert status["data"]["jobs"] == [job]


@in_virtual_time
async def test_a_second_backfill_is_a_conflict() -> None:
    """409 while one runs, and that one goes on."""
    async with endpoint() as served:
        days = {"start": "2026-11-14", "end": "2026-11-16"}
        first = (await start(served, days)).json()["data"]
        second = await start(served, days)
        assert second.status_code == 409
        assert "runs" in error_of(second)["error"]
        assert (await served.get(f"{ROOT}/status"))["data"]["running"]["job"] == first


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "2026-11-14",
        None,
        7,
        {"start": "2026-11-14"},
        {"end": "2026-11-16"},
        {"start": "14.11.2026", "end": "2026-11-16"},
        {"start": "2026-02-30", "end": "2026-11-16"},
        {"start": "2026-11-16", "end": "2026-11-14"},
        {"start": "2026-11-14", "end": "2030-01-01"},
        {"start": 20261114, "end": 20261116},
        {"start": "2026-11-14", "start_date": "2026-11-15", "end": "2026-11-16"},
        {"start": "2026-11-14", "end": "2026-11-16", "exchange": "okx"},
        {"start": ["2026-11-14"], "end": "2026-11-16"},
        {"start": "\x1b[2J", "end": "2026-11-16"},
        {"start": "9" * 10_000, "end": "2026-11-16"},
    ],
)
@in_virtual_time
async def test_a_body_that_can_not_be_meant_is_a_400_with_a_hint(body: Any) -> None:
    """And nothing begins."""
    async with endpoint() as served:
        response = await start(served, body)
        assert response.status_code == 400
        error = error_of(response)
        assert error["hint"]
        assert len(response.text) < 1_500
        assert served.source.job is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"x": 1}', "unknown field 'x'"),
        ('{"start":', "the body is no JSON: it ends too early"),
        ("[1]", "the body is JSON, but no object"),
        ('{"start" 3}', "the body is no JSON from byte 9 on"),
        ("[" * 5_000, "the body"),
        ('{"start": 3}', "start must be text, not 3"),
    ],
)
@in_virtual_time
async def test_what_is_wrong_with_a_body_is_said_in_words_of_its_own(
    content: str, words: str
) -> None:
    """No library's words."""
    async with endpoint() as served:
        headers = {"content-type": "application/json"}
        response = await served.http.post(f"{ROOT}/start", content=content, headers=headers)
        assert response.status_code == 400
        assert error_of(response)["error"].startswith(words)


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"start=2026-11-14&end=2026-11-16",
        b'{"start": NaN}',
        b"\xff\xfe",
        b'{"start": "\xff"}',
        b"[" * 60_000,
        b'{"start":' * 6_000,
        b'{"x":' + b"[" * 60_000,
    ],
)
@in_virtual_time
async def test_what_is_not_json_is_a_400(content: bytes) -> None:
    """Broken, not text, or nested beyond reason: no traceback, no crash."""
    async with endpoint() as served:
        headers = {"content-type": "application/json"}
        response = await served.http.post(f"{ROOT}/start", content=content, headers=headers)
        assert response.status_code == 400
        error_of(response)


@in_virtual_time
async def test_a_query_on_a_post_is_refused() -> None:
    """The range belongs into the body; in the address it would be ignored."""
    async with endpoint() as served:
        path = f"{ROOT}/start?end=2026-11-18"
        days = {"start": "2026-11-14", "end": "2026-11-16"}
        response = await served.http.post(path, json=days)
        assert response.status_code == 400
        assert served.source.job is None


@in_virtual_time
async def test_stop_really_stops_and_uses_the_originals_words() -> None:
    """The answer comes when it has stopped; without one, it says that none ran."""
    async with endpoint() as served:
        await start(served, {"start": "2026-11-14", "end": "2026-11-16"})
        response = await served.http.post(f"{ROOT}/stop")
        answer = response.json()
        assert (answer["success"], answer["message"]) == (True, "已发送停止信号")
        assert answer["data"] == {"stopped": True}
        assert served.source.job is None
        again = (await served.http.post(f"{ROOT}/stop", json={})).json()
        assert again["success"] is True
        assert again["data"] == {"stopped": False}
        assert again["message"] != "已发送停止信号"


@in_virtual_time
async def test_logs_are_one_text_and_lines() -> None:
    """The newest 500, oldest first; a line break in a message makes no second line."""
    async with endpoint() as served:
        now_ms = served.clock.now_ms()
        served.source.lines = [
            JobLine(job_id=1, ts_ms=now_ms + number * 1000, level="info", text=f"page {number}")
            for number in range(600)
        ]
        answer = await served.get(f"{ROOT}/logs")
        lines = answer["logs"].split("\n")
        assert len(lines) == answer["count"] == 500
        assert lines[0] == "2026-11-20 08:01:40 [info] page 100"
        assert lines[-1].endswith("page 599")
        assert answer["data"][-1]["text"] == "page 599"
        assert len((await served.get(f"{ROOT}/logs", limit="2"))["logs"].split("\n")) == 2
        served.source.lines = [JobLine(job_id=1, ts_ms=now_ms, level="info", text="a\nb\r\nc")]
        assert (await served.get(f"{ROOT}/logs"))["logs"] == "2026-11-20 08:00:00 [info] a b c"


@in_virtual_time
async def test_an_empty_log_is_an_empty_text() -> None:
    """Nothing has run yet."""
    async with endpoint() as served:
        answer = await served.get(f"{ROOT}/logs")
        assert (answer["logs"], answer["count"], answer["data"]) == ("", 0, [])
