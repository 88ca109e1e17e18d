"""A daemon elsewhere that can't be attached to: one line says why, and what to do about it."""

import asyncio
import json
import logging
import re
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext

import msgspec
import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.api.harness import endpoint
from tests.support.programs import run
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.api.limits import Limits
from tui_monitor.attach.dial import dialled
from tui_monitor.attach.elsewhere import elsewhere, read_token
from tui_monitor.attach.hello import PROTOCOL, Hello
from tui_monitor.attach.remote import asked_once_at
from tui_monitor.errors import BadInput, EngineGone, MonitorError
from tui_monitor.source import Query

TOKEN = "correct-horse-battery-staple"  # noqa: S105 - of this test alone
PASSWORD = "open-sesame"  # noqa: S105
WRONG = "http://127.0.0.1:9"


@contextmanager
def refused(kind: type[MonitorError], words: str) -> Iterator[pytest.ExceptionInfo[MonitorError]]:
    """What the block raises, and what its line says."""
    with pytest.raises(kind) as raised:
        yield raised
    assert re.search(words, raised.value.line()), raised.value.line()


def a_token_file(folder: Path, content: str = TOKEN, mode: int = 0o600) -> Path:
    path = folder / "token"
    path.write_text(content)
    path.chmod(mode)
    return path


# What is given


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"http://user:{PASSWORD}@127.0.0.1:5000", "no name and password"),
        (f"http://{PASSWORD}@127.0.0.1:5000", "no name and password"),
        (f"ftp://user:{PASSWORD}@127.0.0.1", "no name and password"),
        ("ftp://127.0.0.1:5000", "no URL of a daemon"),
        ("127.0.0.1:5000", "no URL of a daemon"),
        ("server", "no URL of a daemon"),
        ("http://", "no URL of a daemon"),
        ("", "no URL of a daemon"),
        ("http://127.0.0.1:99999", "no URL"),
        ("http://[::1", "no URL"),
        (f"http://127.0.0.1:5000/?token={PASSWORD}", "no parameters"),
        (f"http://127.0.0.1:5000/#{PASSWORD}", "no parameters"),
        ("http://127.0.0.1:5000/foo", "has a path"),
        ("ws://127.0.0.1:5000/foo/api/attach", "has a path"),
        ("https://127.0.0.1:5000/a b", "characters"),
        ("https://127.0.0.1:5000/\x1b[2J", "characters"),
    ],
)
def test_a_url_that_cannot_be_meant_is_refused_without_its_secrets(url: str, words: str) -> None:
    """Wrong usage, with an example; what may be a password is not repeated."""
    with refused(BadInput, words) as raised:
        elsewhere(url)
    line = raised.value.line()
    assert raised.value.exit_code == 2
    assert raised.value.hint
    assert PASSWORD not in line
    assert line.isprintable()


@pytest.mark.parametrize(
    ("url", "opened"),
    [
        ("http://127.0.0.1:5000", "ws://127.0.0.1:5000/api/attach"),
        (" http://127.0.0.1:5000/ ", "ws://127.0.0.1:5000/api/attach"),
        ("ws://localhost:5000/api/attach", "ws://localhost:5000/api/attach"),
        ("https://host/monitor", "wss://host/monitor/api/attach"),
        ("wss://[::1]:7", "wss://[::1]:7/api/attach"),
    ],
)
def test_a_url_leads_to_the_route(url: str, opened: str) -> None:
    """Below a proxy's path, too, and where the route was given whole."""
    assert elsewhere(url).socket_url == opened


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o601])
def test_a_token_file_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    """With the command that mends it."""
    with refused(BadInput, "chmod 600") as raised:
        elsewhere("http://127.0.0.1:1", a_token_file(tmp_path, mode=mode))
    assert TOKEN not in raised.value.line()


def test_a_token_file_has_one_line(tmp_path: Path) -> None:
    """Blanks around it don't matter; what can't go into a header is refused unsaid."""
    assert read_token(a_token_file(tmp_path, f" {TOKEN}\n\n")) == TOKEN
    assert read_token(a_token_file(tmp_path, f"\ufeff{TOKEN}\n")) == TOKEN
    for content in (
        "",
        "\n",
        f"{TOKEN}\nmore",
        f"{TOKEN}\r\nX: y",
        "gehéim",
        "a\0b",
        "two words of it",
        "short",
    ):
        with pytest.raises(BadInput) as raised:
            read_token(a_token_file(tmp_path, content))
        assert TOKEN not in raised.value.line()
    with refused(BadInput, "No such file"):
        read_token(tmp_path / "none")
    with refused(BadInput, "is no file"):
        read_token(tmp_path)


# What is there


@asynccontextmanager
async def canned(answer: bytes) -> AsyncIterator[str]:
    """Something that says the same to everybody, and hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def http(status: str, body: str = "", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", body]
    return "\r\n".join(lines).encode()


def ours(error: str, hint: str = "") -> str:
    """The shape of a daemon's refusals."""
    return json.dumps({"success": False, "status": "error", "error": error, "hint": hint})


@asynccontextmanager
async def speaking(answer: Callable[[str], bytes | str]) -> AsyncIterator[str]:
    """A WebSocket that answers each message its way."""

    async def talk(viewer: ServerConnection) -> None:
        async for message in viewer:
            await viewer.send(answer(str(message)), text=True)

    async with serve(talk, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"


def says(hello: Hello) -> Callable[[str], bytes]:
    return lambda _: msgspec.json.encode({"id": 0, "data": hello})


def knows_no_hello(_: str) -> str:
    """As a version before there was one."""
    return json.dumps({"id": 0, "error": {"kind": "BadInput", "message": "unknown call 'hello'"}})


ELSEWHERE_ANSWERS = {
    "a web server": (canned(http("200 OK", "<html>")), "another program"),
    "another 404": (canned(http("404 Not Found", "nothing")), "another program"),
    "another 403": (canned(http("403 Forbidden", "no")), "another program"),
    "another websocket": (speaking(lambda text: text), "is another program"),
    "another hello": (speaking(says(Hello(program="x"))), "is another program"),
    "not http": (canned(b"SSH-2.0-OpenSSH_9.6\r\n"), "another program"),
    "nothing at all": (canned(b""), "another program"),
    "a newer protocol": (
        speaking(says(Hello(protocol=PROTOCOL + 1, version="99.0"))),
        "version 99.0 .*same version on both sides",
    ),
    "an older protocol": (speaking(knows_no_hello), "an older version .*same version"),
    "a daemon that is too old": (
        canned(http("404 Not Found", ours("no stream is here"))),
        "too old.*start it anew",
    ),
    "too many requests": (
        canned(http("429 Too Many Requests", ours("slow down", "wait"))),
        "busy: slow down .wait",
    ),
    "a bug": (canned(http("500 Error", ours("a bug", "see its log"))), "refuses: a bug .see its"),
    "a redirect": (
        canned(http("302 Found", "", f"Location: {WRONG}/api/attach")),
        f"leads to {WRONG}/api/attach, where no token is taken",
    ),
    "a terminal's poison": (
        canned(http("500 Error", ours("\x1b[2J\x07red", "\x1b]0;t\x07"))),
        "refuses",
    ),
}


@pytest.mark.parametrize("name", list(ELSEWHERE_ANSWERS))
@in_virtual_time
async def test_whatever_else_answers_is_named(name: str, tmp_path: Path) -> None:
    """In one printable line with a hint; never an exception that nobody expects."""
    server, words = ELSEWHERE_ANSWERS[name]
    async with server as url:
        with refused(MonitorError, words) as raised:
            async with dialled(elsewhere(url, a_token_file(tmp_path))):
                pass
    assert raised.value.exit_code == 1
    assert raised.value.hint
    assert raised.value.line().isprintable()
    assert TOKEN not in raised.value.line()


@in_virtual_time
async def test_who_answers_nothing_is_waited_for_no_longer_than_said() -> None:
    """Before the handshake and after it."""
    silent = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await silent.wait()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with refused(EngineGone, "no answer within 3 s"):
            async with dialled(elsewhere(url), 3.0):
                pass
        silent.set()

    async def listen_only(viewer: ServerConnection) -> None:
        await viewer.wait_closed()

    async with serve(listen_only, "127.0.0.1", 0) as mute:
        url = f"http://127.0.0.1:{next(iter(mute.sockets)).getsockname()[1]}"
        with refused(EngineGone, "takes the connection and says nothing"):
            async with dialled(elsewhere(url), 3.0):
                pass


@in_virtual_time
async def test_where_nothing_listens_is_said(tmp_path: Path) -> None:
    """A closed port, and a TLS handshake with what speaks plain HTTP."""
    with socket.socket() as closed:
        # Nobody else is given it meanwhile.
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with refused(EngineGone, "nothing answers at .*check host and port"):
            async with dialled(elsewhere(f"http://127.0.0.1:{port}")):
                pass
    for nowhere in ("http://a..b:5000", f"http://{'a' * 70}:5000"):
        with refused(EngineGone, "there is no host a"):
            async with dialled(elsewhere(nowhere)):
                pass
    async with endpoint() as served:
        with refused(MonitorError, "doesn't speak TLS .*write http://"):
            async with dialled(elsewhere(f"https://127.0.0.1:{served.port}")):
                pass


# A real daemon's refusals


@in_virtual_time
async def test_a_token_that_is_wanted_or_wrong_is_told_apart(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And with the right one it opens; neither line, log nor URL ever has one."""
    caplog.set_level(logging.DEBUG)
    async with endpoint(token=TOKEN) as served:
        with refused(MonitorError, "wants a token .*--token-file FILE"):
            async with dialled(elsewhere(served.address.url)):
                pass
        wrong = a_token_file(tmp_path, "wrong-horse-battery-staple")
        daemon = elsewhere(served.address.url, wrong)
        with refused(MonitorError, f"refuses the token in {wrong}"):
            async with dialled(daemon):
                pass
        # The file is read anew for each attempt.
        wrong.write_text(TOKEN)
        async with asked_once_at(daemon, served.clock, 10.0) as source:
            assert (await source.sum_board(Query())).nodes
    assert TOKEN not in daemon.socket_url + daemon.base
    for record in caplog.records:
        assert TOKEN not in record.getMessage()
        assert "wrong-horse-battery-staple" not in record.getMessage()


@asynccontextmanager
async def forwarded(port: int, tls: SSLContext | None = None, host: str = "") -> AsyncIterator[int]:
    """Another port that leads to one, as a tunnel or a TLS proxy does; `host` for its `Host`."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65_536):
            writer.write(chunk)
            await writer.drain()
        writer.close()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, out = await asyncio.open_connection("127.0.0.1", port)
        head = await reader.readuntil(b"\r\n\r\n")
        lines = [
            f"Host: {host}".encode() if host and line.lower().startswith(b"host:") else line
            for line in head.split(b"\r\n")
        ]
        out.write(b"\r\n".join(lines))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(pump(reader, out))
            tasks.create_task(pump(there, writer))

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]


@in_virtual_time
async def test_a_name_that_the_daemon_does_not_go_by_is_explained() -> None:
    """Its guard takes its own addresses only; the line has the one to try."""
    async with endpoint() as served, forwarded(served.port) as port:
        with refused(MonitorError, "this Host is not served here") as raised:
            async with dialled(elsewhere(f"http://localhost:{port}")):
                pass
        assert "try http://" in raised.value.hint
        with refused(MonitorError, "or through `ssh -L`"):
            async with dialled(elsewhere(f"http://127.0.0.1:{port}")):
                pass


@in_virtual_time
async def test_too_many_viewers_are_turned_away_until_one_leaves() -> None:
    """The bound is the endpoint's; it does not count against the streams."""
    async with endpoint(limits=Limits(viewers=2)) as served:
        daemon = elsewhere(served.address.url)
        async with AsyncExitStack() as stack:
            for _ in range(2):
                await stack.enter_async_context(dialled(daemon))
            with refused(EngineGone, "is busy: more than 2 viewers"):
                async with dialled(daemon):
                    pass
        while True:
            try:
                async with dialled(daemon):
                    break
            except EngineGone:
                await VirtualClock().sleep(0.1)


@in_virtual_time
async def test_an_export_names_no_path_over_the_wire() -> None:
    """It would be any file that the daemon's user may write."""
    async with endpoint() as served, dialled(elsewhere(served.address.url)) as viewer:
        asked = {"what": "sum", "first_ms": 0, "last_ms": 1, "file_format": "csv", "path": "/x"}
        for call in ("export", "export_begin", "export_part"):
            await viewer.send(json.dumps({"id": 1, "call": call, "args": asked}))
            refused = json.loads(await viewer.recv())
            assert refused["error"]["kind"] == "BadInput", refused


# The command


def certificate(folder: Path) -> Path:
    """A key and a certificate for localhost that signs itself, in one file."""
    made = folder / "proxy.pem"
    command = (
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        *("-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext"),
        *("subjectAltName=DNS:localhost", "-keyout", str(made), "-out", str(folder / "cert.pem")),
    )
    subprocess.run(command, check=True, capture_output=True)
    made.write_text(made.read_text() + (folder / "cert.pem").read_text())
    return made


async def test_show_asks_a_daemon_through_a_tls_proxy(tmp_path: Path) -> None:
    """With a token from a file; a certificate that nobody trusts is refused in a line."""
    try:
        pem = certificate(tmp_path)
    except FileNotFoundError:
        pytest.skip("no openssl on this machine")
    tls = SSLContext(PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem)
    token = a_token_file(tmp_path)
    async with (
        endpoint(token=TOKEN) as served,
        forwarded(served.port, tls, f"127.0.0.1:{served.port}") as port,
    ):
        at = ("--attach", f"https://localhost:{port}", "--token-file", str(token), "--json")
        debug = {"TUI_MONITOR_GENERAL__LOG_LEVEL": "debug"}
        trusted = await run(tmp_path, "show", "sum", *at, more={**debug, "SSL_CERT_FILE": str(pem)})
        foreign = await run(tmp_path, "show", "sum", *at, more=debug)
    assert trusted.code == 0, trusted
    shown = json.loads(trusted.out)
    assert (shown["board"], shown["origin"]) == ("sum", "daemon")
    assert f"from the daemon at https://localhost:{port}" in trusted.err
    assert foreign.code == 1
    assert "certificate" in foreign.err
    error = json.loads(foreign.out)
    assert (error["success"], error["status"]) == (False, "error")
    assert error["hint"]
    assert TOKEN not in trusted.out + trusted.err + foreign.out + foreign.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--attach", WRONG, "--demo"], "--attach and --demo exclude"),
        (["--attach", WRONG, "--simulator", WRONG], "--attach and --simulator exclude"),
        (["show", "sum", "--attach", WRONG, "--data-dir", "x"], "--attach and --data-dir exclude"),
        (["show", "sum", "--token-file", "x"], "goes with --attach"),
        (["show", "sum", "--attach", WRONG, "--token-file", "/nowhere"], "/nowhere"),
        (["--attach", WRONG, "show", "sum"], "after its name"),
        (["show", "sum", "--attach", f"http://me:{PASSWORD}@x"], "no name and password"),
        (
            ["show", "sum", "--attach", "http://0.0.0.0:5000"],
            "of this machine http://127.0.0.1:5000",
        ),
        (["show", "sum", "--attach", "http://[::]:5000"], "none can be opened"),
    ],
)
async def test_options_that_exclude_each_other_are_wrong_usage(
    arguments: list[str], words: str, tmp_path: Path
) -> None:
    """Before anything is opened."""
    done = await run(tmp_path, *arguments)
    assert done.code == 2, done
    assert words in done.err
    assert done.err.count("\n") == 1
    assert PASSWORD not in done.err
