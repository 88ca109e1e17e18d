"""Where the endpoint listens, and where it refuses to."""

import socket

import pytest

from tui_monitor.api.address import Address, bind, guarded, parse
from tui_monitor.config import Api
from tui_monitor.errors import FolderUnusable, SettingsError


@pytest.mark.parametrize(
    ("listen", "address", "url"),
    [
        ("127.0.0.1:5000", Address("127.0.0.1", 5000), "http://127.0.0.1:5000"),
        ("localhost:0", Address("localhost", 0), "http://localhost:0"),
        ("LocalHost:80", Address("localhost", 80), "http://localhost:80"),
        ("[::1]:5000", Address("::1", 5000), "http://[::1]:5000"),
        # What means every address is none to open.
        ("0.0.0.0:5000", Address("0.0.0.0", 5000), "http://127.0.0.1:5000"),  # noqa: S104
        ("[::]:5000", Address("::", 5000), "http://[::1]:5000"),
        (
            "monitor.example:65535",
            Address("monitor.example", 65535),
            "http://monitor.example:65535",
        ),
    ],
)
def test_an_address_is_read(listen: str, address: Address, url: str) -> None:
    """Host and port, IPv6 in brackets."""
    assert parse(listen) == address
    assert address.url == url


@pytest.mark.parametrize(
    "listen",
    ["", "5000", ":5000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "::1:5000", "127.0.0.1:65536",
     "127.0.0.1:-1", "127.0.0.1:٣", "127.0.0.1:" + "9" * 5000, "[::1]", "[]:5000"],
)  # fmt: skip
def test_what_is_no_address_is_a_settings_error(listen: str) -> None:
    """Exit code 2, naming the key."""
    with pytest.raises(SettingsError, match=r"api\.listen") as caught:
        parse(listen)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "listen",
    ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "monitor.example:0", "127.0.0.1.evil.example:0",
     "[::ffff:127.0.0.1]:0", "localhost.evil.example:0"],
)  # fmt: skip
def test_listening_to_others_needs_a_token(listen: str) -> None:
    """Refused before anything is bound; with a token it is allowed."""
    with pytest.raises(SettingsError, match="token") as caught:
        guarded(Api(listen=listen))
    assert caught.value.exit_code == 2
    assert guarded(Api(listen=listen, token="secret")).port == 0  # noqa: S106


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "127.8.9.1:0", "localhost:0", "[::1]:0"])
def test_loopback_needs_no_token(listen: str) -> None:
    """Every spelling of this machine alone."""
    assert guarded(Api(listen=listen)).port == 0


async def test_port_0_is_a_free_port_on_loopback_only() -> None:
    """What the socket table would show."""
    for host in ("127.0.0.1", "localhost"):
        with await bind(Address(host, 0)) as listener:
            where, port = listener.getsockname()
            assert where == "127.0.0.1"
            assert port > 0


async def test_a_port_in_use_is_one_clear_line() -> None:
    """Whoever has it, also one that has not begun to accept."""
    with await bind(Address("127.0.0.1", 0)) as first:
        port = first.getsockname()[1]
        with pytest.raises(FolderUnusable, match=f"port {port} of 127.0.0.1 is in use") as caught:
            await bind(Address("127.0.0.1", port))
        assert "\n" not in caught.value.line()
        assert caught.value.exit_code == 1


async def test_an_address_that_is_not_ours_is_one_clear_line() -> None:
    """Documentation addresses belong to nobody."""
    with pytest.raises(FolderUnusable, match=r"can't listen on 192\.0\.2\.1:0"):
        await bind(Address("192.0.2.1", 0))


async def test_answers_are_not_held_back() -> None:
    """Without the protocol named, asyncio leaves Nagle's algorithm on: 40 ms an answer."""
    with await bind(Address("127.0.0.1", 0)) as listener:
        assert listener.proto == socket.IPPROTO_TCP
