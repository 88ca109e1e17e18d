"""Bad input of any kind: one clear line, the right exit code, nothing lost."""

import asyncio
import gzip
import json
import shlex
import socket
from pathlib import Path

import pytest

from tests.support.programs import TUI_MONITOR, Done, a_daemon, clean_environment, nobody_there, run
from tui_monitor import paths
from tui_monitor.simulator import Simulator

RECORD = {
    "collect_time": "2026-01-04 08:00:00",
    "timestamp": 1767484800,
    "base_date": "2026-01-04",
    "coins": {"BTC": {"base_price": 100.0, "current_price": 101.0, "change_pct": 1.0}},
}


def assert_one_line(done: Done, code: int, *words: str) -> None:
    assert done.code == code, done
    assert done.err.count("\n") == 1, done.err
    assert "Traceback" not in done.err
    for word in words:
        assert word in done.err, done.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nosuch"], 2, ["nosuch", "--help"]),
        (["show", "nosuch"], 2, ["nosuch", "sum"]),
        (["show"], 2, ["'BOARD'", "one of sum, liquidations"]),
        (["show", "sums"], 2, ["'BOARD'", "'sums'", "did you mean sum?"]),
        (["shw"], 2, ["'shw'", "Did you mean 'show'?"]),
        (["show", "sum", "--json", "--csv"], 2, ["exclude"]),
        (["show", "sum", "--date", "04.01.2026"], 2, ["not a day", "2026-01-03"]),
        (["show", "sum", "--limit", "0"], 2, ["limit"]),
        (["show", "coin", "--coin", ""], 2, ["names no coin"]),
        (["export", "sum", "--from", "260104"], 2, ["'260104' is not a time", "ten digits"]),
        (["backfill", "2026-01-16"], 2, ["END"]),
        (["backfill", "yesterday", "2026-01-03"], 2, ["'yesterday' is not a day"]),
        (["backfill", "2026-01-16", "2026-01-03"], 2, ["before the first"]),
        (["backfill", "2026-01-16", "2099-01-03"], 2, ["future"]),
        (["export", "everything"], 2, ["everything"]),
        (["export", "sum", "--from", "2026-01-04", "--to", "2026-01-03"], 2, ["before"]),
        (["export", "sum", "--from", "noon"], 2, ["'noon' is not a time"]),
        (["export", "sum", "-o", "/nowhere/at/all.csv"], 2, ["no folder /nowhere/at", "-o"]),
        (["import", "/nowhere/at/all.jsonl"], 2, ["/nowhere/at/all.jsonl"]),
        (["decode", "--exchange", "okx", "/nowhere/at/all"], 2, ["/nowhere/at/all"]),
        (["decode", "--exchange", "nosuch"], 2, ["nosuch"]),
        (["simulate", "--listen", "0.0.0.0:1"], 2, ["loopback"]),
        (["simulate", "--listen", "nonsense"], 2, ["nonsense"]),
        (["daemon", "--listen", "0.0.0.0:0"], 2, ["token"]),
        (["daemon", "--listen", ""], 2, ["api.listen is ''"]),
        (["daemon", "--simulator", "localhost"], 2, ["http://"]),
        (["daemon", "--config", "/nowhere.toml"], 2, ["/nowhere.toml"]),
        (["--board", "nosuch"], 2, ["boards: sum"]),
        (["--demo", "daemon"], 2, ["after its name"]),
        ([], 1, ["daemon", "show"]),
    ],
)
async def test_a_wrong_command_line_says_what_is_wrong(
    arguments: list[str], code: int, words: list[str], tmp_path: Path
) -> None:
    """And what to do instead."""
    command = arguments[:1] if arguments and not arguments[0].startswith("-") else []
    folder = ["--data-dir", str(tmp_path / "data")] if command not in (["nosuch"], ["shw"]) else []
    done = await run(tmp_path, *command, *folder, *arguments[len(command) :])
    assert_one_line(done, code, *words)


@pytest.mark.parametrize("group", ["db", "config"])
async def test_a_group_without_its_command_prints_its_help(group: str, tmp_path: Path) -> None:
    """Line by line, as a wrong usage."""
    done = await run(tmp_path, group)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"Usage: tui-monitor {group} ")
    assert "\nCommands:\n" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["--help"],
        ["config", "show"],
        ["config", "template"],
        ["daemon", "--print-unit"],
        ["show", "nosuch", "--json"],
    ],
)
async def test_output_that_finds_no_room_is_said(arguments: list[str], tmp_path: Path) -> None:
    """Whether it fails at once or when the last of it is written."""
    done = await run(tmp_path, *arguments, is_out_full=True)
    assert_one_line(done, 1, "could not be written", "No space left")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--version"], 0),
        (["--help"], 0),
        (["show", "--help"], 0),
        (["config", "template"], 0),
        (["completion", "bash"], 0),
        (["daemon", "--print-unit"], 0),
        (["decode", "--exchange", "okx"], 0),
        (["show", "nosuch", "--json"], 2),
    ],
)
async def test_a_reader_who_has_gone_ends_it_without_a_word(
    arguments: list[str], code: int, tmp_path: Path
) -> None:
    """As `| head` leaves: no failure, and one that there is keeps its exit code and its line."""
    done = await run(tmp_path, *arguments, stdin=b"{}\n" * 5_000, is_out_unread=True)
    assert done.code == code
    assert not done.out
    assert done.err.count("\n") == (1 if code else 0), done.err


async def test_streams_that_are_closed_from_the_start_are_no_failure(tmp_path: Path) -> None:
    """As `>&- 2>&-` leaves them; what fails still has its exit code."""
    for arguments, code in ((["--version"], 0), (["config", "show"], 0), (["nosuch"], 2)):
        command = shlex.join([*TUI_MONITOR, *arguments])
        child = await asyncio.create_subprocess_shell(
            f"{command} >&- 2>&-", env=clean_environment(tmp_path)
        )
        assert await child.wait() == code, arguments


async def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").write_text("")
    done = await run(tmp_path, "daemon", "--data-dir", str(tmp_path / "file" / "data"))
    assert_one_line(done, 1, "can't be written", "--data-dir")


async def test_an_unknown_setting_names_the_nearest_known_one(tmp_path: Path) -> None:
    """With the file that has it."""
    config = tmp_path / "config.toml"
    config.write_text("[sum_curve]\nmincoins = 3\n")
    done = await run(tmp_path, "config", "check", "--config", str(config))
    assert_one_line(done, 2, "config.toml", "did you mean sum_curve.min_coins?")


async def test_a_check_lists_all_that_is_wrong(tmp_path: Path) -> None:
    """One line each, where others name the first and say how many more there are."""
    config = tmp_path / "config.toml"
    config.write_text('[ui]\nmouse = "no"\n[api]\ntoken = "short"\n')
    checked = await run(tmp_path, "config", "check", "--config", str(config))
    assert checked.code == 2
    first, second = checked.err.splitlines()
    assert "ui.mouse must be true or false" in first
    assert "api.token is shorter" in second
    shown = await run(tmp_path, "config", "show", "--config", str(config))
    assert_one_line(shown, 2, "ui.mouse", "and 1 more")


async def test_the_settings_are_shown_without_passwords(tmp_path: Path) -> None:
    """Neither the endpoint's token nor a proxy's password."""
    config = tmp_path / "config.toml"
    config.write_text(
        '[exchanges.okx]\nproxy = "socks5://name:opensesame@127.0.0.1:9"\n'
        '[exchanges.bybit]\nproxy = "http://127.0.0.1:9"\n'
        '[api]\ntoken = "opensesame-opensesame"\n'
    )
    done = await run(tmp_path, "config", "show", "--config", str(config))
    assert done.code == 0, done
    assert "opensesame" not in done.out + done.err
    assert "exchanges.okx.proxy = (set)" in done.out
    assert 'exchanges.bybit.proxy = "http://127.0.0.1:9"' in done.out


async def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    """For the daemon and for the simulator."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        daemon = await run(
            tmp_path, "daemon", "--listen", address, "--data-dir", str(tmp_path / "data")
        )
        simulator = await run(tmp_path, "simulate", "--listen", address)
    assert_one_line(daemon, 1, address.partition(":")[2], "in use")
    assert_one_line(simulator, 1, address)


async def test_commands_that_need_a_database_say_that_there_is_none(tmp_path: Path) -> None:
    """And make none."""
    folder = tmp_path / "data"
    past = ["show", "sum", "--date", "2026-01-03"]
    for command in (past, ["export", "sum"], ["db", "info"], ["db", "check"]):
        done = await run(tmp_path, *command, "--data-dir", str(folder))
        assert_one_line(done, 1, str(folder))
    assert not folder.exists()


async def test_data_of_a_simulator_beside_are_named(tmp_path: Path) -> None:
    """Who forgot --simulator is told of it, and of the demo's folder."""
    past = ["show", "sum", "--date", "2026-01-03"]
    bare = await run(tmp_path, *past)
    assert_one_line(bare, 1, "there is no database in ")
    default = Path(bare.err.partition("no database in ")[2].partition(" (")[0])
    other = tmp_path / "other"
    for folder in (default, other):
        for name in ("simulator", "demo"):
            (folder / name).mkdir(parents=True)
            paths.database_file(folder / name).write_text("")
    for command in (past, ["export", "sum"], ["db", "info"]):
        ways = [f"--data-dir {default / 'simulator'}", f"--data-dir {default / 'demo'}"]
        assert_one_line(await run(tmp_path, *command), 1, "--simulator URL", *ways)
    done = await run(tmp_path, *past, "--data-dir", str(other))
    assert_one_line(done, 1, f"--data-dir {other / 'simulator'}")
    assert "--simulator" not in done.err


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 8192, b"not a database at all" * 50], ids=["empty", "nul", "text"]
)
async def test_a_damaged_or_foreign_database_is_set_aside_and_the_daemon_goes_on(
    content: bytes, small_sim: Simulator, tmp_path: Path
) -> None:
    """Its bytes are kept under a dated name; readers refuse it with one line."""
    folder = tmp_path / "data"
    folder.mkdir()
    paths.database_file(folder).write_bytes(content)
    done = await run(tmp_path, "show", "sum", "--data-dir", str(folder))
    assert_one_line(done, 1, str(folder))
    assert paths.database_file(folder).read_bytes() == content
    async with a_daemon(tmp_path, "--simulator", small_sim.url, "--data-dir", str(folder)):
        pass
    aside = [path for path in folder.iterdir() if path.name.startswith("monitor.sqlite3.")]
    assert [path.read_bytes() for path in aside if path.suffix not in ("-wal", "-shm")] == [content]
    assert (await run(tmp_path, "db", "check", "--data-dir", str(folder))).code == 0


async def test_simulated_data_never_mix_with_real_ones(
    small_sim: Simulator, tmp_path: Path
) -> None:
    """A folder keeps to what it was first used for."""
    folder = str(tmp_path / "data")
    async with a_daemon(tmp_path, "--simulator", small_sim.url, "--data-dir", folder):
        pass
    done = await run(tmp_path, "daemon", "--data-dir", folder, "--listen", "127.0.0.1:0")
    assert done.code == 1
    assert "simulator" in done.err.splitlines()[-1]


async def test_a_second_daemon_says_who_holds_the_folder(
    small_sim: Simulator, tmp_path: Path
) -> None:
    """With its process id and its address; so do import and backfill."""
    options = ("--simulator", small_sim.url, "--data-dir", str(tmp_path / "data"))
    (tmp_path / "one.jsonl").write_text(json.dumps(RECORD) + "\n")
    async with a_daemon(tmp_path, *options) as daemon:
        for command in (
            ["daemon", "--listen", "127.0.0.1:0"],
            ["import", str(tmp_path / "one.jsonl")],
            ["backfill", "2026-01-03", "2026-01-03"],
        ):
            done = await run(tmp_path, *command, *options)
            assert_one_line(done, 1, str(daemon.child.pid), daemon.url)


async def test_without_a_network_the_daemon_serves_what_is_stored(tmp_path: Path) -> None:
    """Nothing listens there: the light says so, the endpoint answers."""
    with nobody_there() as nobody:
        options = ("--simulator", nobody, "--data-dir", str(tmp_path / "data"))
        async with a_daemon(tmp_path, *options):
            done = await run(tmp_path, "show", "sum", "--json", *options)
            assert done.code == 0
            assert json.loads(done.out)["live"] is None
        filled = await run(tmp_path, "backfill", "2026-01-03", "2026-01-03", *options)
    assert filled.code == 3
    assert "failed" in filled.out


async def test_an_import_lists_what_it_refuses_and_keeps_the_rest(tmp_path: Path) -> None:
    """Truncated and NUL-filled lines, and a CSV with a wrong header."""
    good = json.dumps(RECORD)
    mixed = tmp_path / "mixed.jsonl.gz"
    mixed.write_bytes(gzip.compress(f"{good}\n{good[:50]}\n{chr(0) * 60}\n".encode()))
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("date,time,price\n2026-01-04,08:00,1\n")
    folder = ("--data-dir", str(tmp_path / "data"))
    done = await run(tmp_path, "import", str(mixed), str(wrong), *folder)
    assert done.code == 3
    assert "Traceback" not in done.err
    assert "refused line 2" in done.err
    assert "refused line 3" in done.err
    assert "日期" in done.err
    shown = await run(tmp_path, "show", "sum", "--date", "2026-01-04", "--json", *folder)
    node = next(n for n in json.loads(shown.out)["nodes"] if n["valid"])
    assert node["slot_ms"] == 1767484800000
    assert node["state"] == "gap"
