"""What opens a door is told to nobody, whatever is wrong with it; who may read its file."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.programs import run
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor import config
from tui_monitor.config.addresses import without_secrets
from tui_monitor.config.confidential import ADDRESSES, SECRETS, TOKENS
from tui_monitor.engine import opened_engine
from tui_monitor.engine.settings_reload import LIVE, SettingsReload
from tui_monitor.errors import SettingsError

MARK = "31415926535"
TOKEN = f"a{MARK}bcdefghijklmnop"
# As a file has them. None is right for any of the settings.
FAULTS = {
    "whole number": f"{MARK}897",
    "huge number": f"{MARK}89793238462643383279",
    "number": f"{MARK}.5",
    "date": "2026-01-03",
    "list": f'["{TOKEN}"]',
    "list of lists": f'[["{TOKEN}"], {MARK}]',
    "table": f'{{ token = "{TOKEN}" }}',
    "name in a table": f"{{ {TOKEN} = 1 }}",
    "blanks": f'"{TOKEN} {MARK}"',
    "too short": f'"a{MARK}"',
    "another scheme": f'"ftp://{MARK}:{TOKEN}@h:1"',
    "half an address": f'"http://{MARK}:{TOKEN}@[::1"',
    "odd letters": f'"http://{MARK}:{TOKEN}@h\u2100:1"',
    "no port": f'"http://{MARK}:{TOKEN}/@h:port"',
    "password with signs": f'"http://u:/{MARK}?{TOKEN}@#h"',
    "only a password": f'"{TOKEN}@h"',
    "no end": f'"{TOKEN}',
    "no quotes": TOKEN,
}


def a_file(folder: Path, name: str, value: str, mode: int = 0o600) -> Path:
    """A configuration that sets one key, written as it is."""
    section, _, key = name.rpartition(".")
    file = folder / "config.toml"
    file.write_text(f"[{section}]\n{key} = {value}\n")
    file.chmod(mode)
    return file


def lines(error: SettingsError) -> str:
    """All that anybody is shown of it."""
    return "\n".join(f"{one.message} {one.hint} {one.line()}" for one in (error, *error.others))


def test_what_may_hold_a_secret_is_known_by_its_name() -> None:
    """Tokens, proxies and every address; an engine that runs takes none of them up."""
    assert {"api.token"} == TOKENS
    assert {"exchanges.okx.proxy", "exchanges.okx.rest_url", "liquidations.aggregate_url"} < SECRETS
    assert all("proxy" in name or "_url" in name for name in ADDRESSES)
    assert not SECRETS & LIVE


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_secret_is_never_repeated(fault: str, tmp_path: Path) -> None:
    """Not by the file's fault, nor by that of the environment or of a flag."""
    for name in sorted(SECRETS):
        file = a_file(tmp_path, name, FAULTS[fault])
        variable = f"TUI_MONITOR_{name.upper().replace('.', '__')}"
        text = FAULTS[fault].strip('"')
        flags: dict[str, Any] = {name: [text]}
        ways: tuple[tuple[Path | None, dict[str, str], dict[str, Any]], ...] = (
            (file, {}, {}),
            (None, {variable: text}, {}),
            (None, {}, flags),
        )
        for way in ways:
            _, wrong = config.usable(*way)
            told = "" if wrong is None else lines(wrong)
            assert MARK not in told, (name, way)
            # Of the environment some are right: any text of some length is a token.
            assert told or way[1], (name, way)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://proxy.example:3128", "http://proxy.example:3128"),
        ("http://user:secret@proxy.example:3128", "http://…@proxy.example:3128"),
        ("http://user:se@cr/et?@proxy.example:3128", "http://…@proxy.example:3128"),
        ("https://h.example/path?key=secret#more", "https://h.example/path?…"),
        ("user:secret@h", "…"),
        ("", ""),
    ],
)
def test_an_address_is_shown_without_what_it_holds_in_confidence(address: str, shown: str) -> None:
    """Name, password and query; the rest says which it is."""
    assert without_secrets(address) == shown


async def test_no_command_says_a_secret(tmp_path: Path) -> None:
    """The check, the doctor, who looks on and who would begin: of wrong ones and of right ones."""
    file = tmp_path / "config.toml"
    tables = (
        f"[api]\ntoken = {MARK}89793238462643383279\n"
        f'[exchanges.okx]\nproxy = ["http://u:{TOKEN}@h:1"]\nrest_url = "http://u:{TOKEN}@h:1"\n'
        f'[liquidations]\naggregate_url = "ftp://h/?key={TOKEN}"\n'
    )
    file.write_text(tables)
    commands = (("config", "check"), ("doctor",), ("show", "sum"), ("daemon",), ("config", "show"))
    for command in commands:
        done = await run(tmp_path, *command, "--config", str(file))
        assert done.code in (1, 2), done
        assert MARK not in done.out + done.err, command
        assert "api.token must be text, not a number" in done.out + done.err, command
    file.write_text(
        f'[api]\ntoken = "{TOKEN}"\n[exchanges.okx]\nproxy = "http://u:{TOKEN}@h:1"\n'
        f'[liquidations]\naggregate_url = "https://u:{TOKEN}@h/?key={TOKEN}"\n'
    )
    done = await run(tmp_path, "config", "show", "--config", str(file))
    assert done.code == 0
    assert MARK not in done.out + done.err
    assert done.out.count("(set)") == 3


@in_virtual_time
async def test_reading_the_settings_again_says_no_secret(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the event log nor the log, whether a secret is wrong or only another one."""
    off = {f"exchanges.{name}.enabled": False for name in config.Exchanges.__struct_fields__}
    begun = config.load(Path("/dev/null"), {}, off).settings
    async with opened_engine(begun, tmp_path, VirtualClock(), kind="demo", info={}) as (engine, _):
        file = tmp_path / "config.toml"

        def read() -> config.Settings:
            return config.load(file, {}, off).settings

        reload = SettingsReload(engine, read, has_terminal=True)
        right = {"api.token": TOKEN, "exchanges.okx.proxy": f"http://u:{TOKEN}@h:1"}
        values = [(name, fault) for name in SECRETS for fault in FAULTS.values()]
        for name, value in [*values, *((name, f'"{text}"') for name, text in right.items())]:
            a_file(tmp_path, name, value)
            reload()
        told = [line.text for line in engine.events.after(0) if line.area == "settings"]
    assert any("nothing has changed: " in line for line in told)
    assert any("api.token stays as it was" in line for line in told)
    assert not [line for line in [*told, caplog.text] if MARK in line]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622, 0o644])
async def test_a_token_that_others_can_read_opens_no_daemon_to_them(
    mode: int, tmp_path: Path
) -> None:
    """On an address of the network it is refused, with what mends it; on loopback it is told."""
    file = a_file(tmp_path, "api.token", f'"{TOKEN}"', mode)
    for listen in ("0.0.0.0:0", "[::]:0", "192.0.2.1:5000"):
        with pytest.raises(SettingsError) as caught:
            config.load(file, {}, {"api.listen": listen})
        assert caught.value.exit_code == 2
        assert f"not yours alone (mode {mode:04o})" in caught.value.message
        assert caught.value.hint == f"chmod 600 {file}"
    loaded = config.load(file, {}, {"api.listen": "127.0.0.1:0"})
    assert loaded.settings.api.token == TOKEN
    assert f"mode {mode:04o}" in config.token_exposed(loaded.settings, loaded.origins, file)
    file.chmod(0o600)
    assert config.load(file, {}, {"api.listen": "0.0.0.0:0"}).settings.api.token == TOKEN
    assert config.token_exposed(loaded.settings, loaded.origins, file) == ""
    # A token of the environment is not the file's matter.
    file.write_text("")
    file.chmod(mode)
    given = {"TUI_MONITOR_API__TOKEN": TOKEN}
    assert config.load(file, given, {"api.listen": "0.0.0.0:0"}).settings.api.token == TOKEN


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_token_in_another_users_file_opens_no_daemon(tmp_path: Path) -> None:
    """Who owns the file may change what is in it, whatever its mode."""
    file = a_file(tmp_path, "api.token", f'"{TOKEN}"', 0o600)
    os.chown(file, 12_345, 12_345)
    with pytest.raises(SettingsError, match="of another user") as caught:
        config.load(file, {}, {"api.listen": "0.0.0.0:0"})
    assert caught.value.hint.startswith("chown 0 ")


async def test_every_command_tells_of_a_token_that_others_can_read(tmp_path: Path) -> None:
    """The daemon ends with exit code 2 and one line; the check warns, and so does the doctor."""
    file = a_file(tmp_path, "api.token", f'"{TOKEN}"', 0o644)
    done = await run(tmp_path, "daemon", "--config", str(file), "--listen", "0.0.0.0:0")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert f"{file}: api.token is in a file that is not yours alone" in done.err
    assert f"chmod 600 {file}" in done.err
    done = await run(tmp_path, "config", "check", "--config", str(file))
    assert done.code == 0
    assert (
        f"warning: api.token is in a file that is not yours alone (mode 0644); chmod 600 {file}"
        in (done.err)
    )
    assert TOKEN not in done.out + done.err
    looked = ("doctor", "--json", "--demo", "--config", str(file))
    open_to_all = {"TUI_MONITOR_API__LISTEN": "0.0.0.0:0"}
    for more, result in (({}, "warn"), (open_to_all, "fail")):
        done = await run(tmp_path, *looked, more=more)
        settings = json.loads(done.out)["checks"][0]
        assert (settings["check"], settings["result"]) == ("settings", result)
        assert "not yours alone (mode 0644)" in settings["what"]
        assert settings["hint"] == f"chmod 600 {file}"
        assert TOKEN not in done.out + done.err
