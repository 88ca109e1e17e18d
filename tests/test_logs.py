"""The log: each cause at most once a minute, with a count; nothing unprintable, nothing secret."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui_monitor import logs

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (\w+) +([\w.]+): (.*)")
_SINCE = re.compile(r"\b(since|at) \d\d:\d\d:\d\dZ")


class Times:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


class Kept(logging.Handler):
    """The lines that get through."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.times: list[tuple[float, float]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(_SINCE.sub(r"\1 HH:MM:SSZ", record.getMessage()))
        self.times.append((record.created, record.msecs))


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, given back with the handlers and the level that it had."""
    logger = logging.getLogger()
    handlers, level = list(logger.handlers), logger.level
    logger.handlers = []
    yield logger
    for handler in list(logger.handlers):
        handler.close()
    logger.handlers = handlers
    logger.setLevel(level)


def a_logger(times: Times) -> tuple[logging.Logger, list[Kept], logs.Limited]:
    outputs = [Kept(), Kept()]
    limited = logs.Limited(outputs, times)
    logger = logging.getLogger("tests.logs")
    logger.handlers, logger.propagate = [limited], False
    logger.setLevel(logging.DEBUG)
    return logger, outputs, limited


def warn(logger: logging.Logger, sequence: int) -> None:
    logger.warning("okx: sequence %d is missing", sequence)


def test_a_cause_is_logged_once_a_minute_with_what_was_left_out() -> None:
    """The count comes with the next line of any cause, to every output alike."""
    times = Times()
    logger, outputs, _ = a_logger(times)
    for number in range(50):
        warn(logger, number)
        times.now_s += 1
    logger.info("something else")
    assert outputs[0].lines == ["okx: sequence 0 is missing", "something else"]
    times.now_s += 11
    logger.info("a third thing")
    assert outputs[0].lines[2:] == [
        "okx: sequence 49 is missing (and 48 more like it since HH:MM:SSZ)",
        "a third thing",
    ]
    assert outputs[1].lines == outputs[0].lines
    # What came late has the time of the line that it came with.
    assert outputs[0].times == sorted(outputs[0].times)
    assert outputs[0].times[2] == pytest.approx(outputs[0].times[3])


def test_what_came_twice_is_told_with_its_own_time() -> None:
    """There is no more like it to be counted."""
    logger, outputs, limited = a_logger(Times())
    for number in range(2):
        warn(logger, number)
    limited.close()
    assert outputs[0].lines[1:] == ["okx: sequence 1 is missing (at HH:MM:SSZ)"]


def test_what_was_left_out_is_told_at_the_end() -> None:
    """A cause that never comes again is not forgotten."""
    logger, outputs, limited = a_logger(Times())
    for number in range(3):
        warn(logger, number)
    limited.close()
    assert outputs[0].lines[1:] == [
        "okx: sequence 2 is missing (and 1 more like it since HH:MM:SSZ)"
    ]


def test_what_was_left_out_can_be_told_before_a_last_line() -> None:
    """Then the last line is the last."""
    logger, outputs, limited = a_logger(Times())
    for number in range(2):
        warn(logger, number)
    limited.tell_left_out()
    logger.info("stopped")
    limited.close()
    assert outputs[0].lines[1:] == ["okx: sequence 1 is missing (at HH:MM:SSZ)", "stopped"]


def test_other_texts_paced_lines_and_details_are_no_repetition() -> None:
    """What one place says of two exchanges is two causes; DEBUG is never left out."""
    logger, outputs, _ = a_logger(Times())
    for name in ("okx", "bybit", "okx"):
        logger.error("%s is silent", name)
        logger.info("status", extra=logs.PACED)
        logger.debug("detail")
    assert outputs[0].lines.count("status") == 3
    assert outputs[0].lines.count("detail") == 3
    assert [line for line in outputs[0].lines if "silent" in line] == [
        "okx is silent",
        "bybit is silent",
    ]


def test_many_causes_take_no_more_memory_than_some() -> None:
    """Beyond a thousand all are told and forgotten."""
    logger, outputs, limited = a_logger(Times())
    for number in range(2_500):
        logger.warning("cause %s", "x" * number)
    assert len(outputs[0].lines) == 2_500
    assert len(limited._causes) <= 1_000


def test_lines_are_printable_and_keep_secrets(root: logging.Logger, tmp_path: Path) -> None:
    """Tokens and the passwords of proxies; also in tracebacks, whose lines stay lines."""
    file = tmp_path / "a.log"
    logs.setup("info", file, stderr=False)
    logging.getLogger("uvicorn.error").warning("nobody knows this name")
    root.info("asked with Bearer abc123 by http://me:opensesame@proxy:1/ \x1b[2J")
    try:
        raise ValueError("token=abc123 \x1b]52;c;x\x07")
    except ValueError:
        root.exception("it failed")
    root.debug("not at this level")
    logs.set_level("debug")
    root.debug("but at this one")
    text = file.read_text()
    for secret in ("abc123", "opensesame", "\x1b", "\x07", "not at this"):
        assert secret not in text
    served, first, second, *trace, last = text.splitlines()
    assert " tui_monitor.api.serving: nobody" in served
    for line in (served, first, second, last):
        assert LINE.fullmatch(line), line
    assert trace[0] == "Traceback (most recent call last):"
    assert last.endswith("but at this one")


def test_the_files_are_five_of_five_megabytes(tmp_path: Path) -> None:
    """The oldest goes."""
    handler = logs.rotating(tmp_path / "a.log")
    assert (handler.maxBytes, handler.backupCount) == (5_000_000, 4)
    for number in range(6):
        handler.emit(logging.makeLogRecord({"msg": f"file {number}"}))
        handler.doRollover()
    handler.close()
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["a.log", *(f"a.log.{n}" for n in range(1, 5))]
    assert files[-1].read_text() == "file 2\n"


def test_a_full_disk_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, by the one that writes to it; the program goes on."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full on this machine")
    handler = logs.rotating(full)
    for _ in range(3):
        handler.emit(logging.makeLogRecord({"msg": "a line"}))
    said = capsys.readouterr().err
    assert said == "tui-monitor: the log can't be written: /dev/full: No space left on device\n"
    handler.close()


def test_debug_is_of_ours_alone(root: logging.Logger, tmp_path: Path) -> None:
    """Libraries tell of every statement then; their warnings stay, as ours do."""
    library = logging.getLogger("aiosqlite")
    logs.setup("debug", tmp_path / "a.log", stderr=False)
    library.debug("executing a statement")
    logging.getLogger("tui_monitor.store").debug("ours")
    library.warning("it failed")
    logs.set_level("error")
    library.warning("not at this level")
    text = (tmp_path / "a.log").read_text()
    assert ("executing" in text, "ours" in text, "it failed" in text) == (False, True, True)
    assert "not at this" not in text
