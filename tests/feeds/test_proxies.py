"""REST and streams go through the proxy that is set, and its password goes nowhere else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import msgspec
import pytest

from tests.feeds.servers import Talk, answers, http, nobody_there, tcp_server
from tests.feeds.simulated import Settings
from tests.feeds.wire import hooks, line
from tests.support.proxies import PASSWORD, QUOTED, SCHEMES, USER, running_proxy
from tests.support.sim import SAMPLE
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.errors import Unreachable
from tui_monitor.feeds.adapter import Subscription
from tui_monitor.feeds.connection import Connection
from tui_monitor.feeds.http import Http
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.feeds.okx import mapper
from tui_monitor.feeds.okx.adapter import OkxAdapter
from tui_monitor.feeds.okx.rest import OkxRest, explain
from tui_monitor.feeds.proxies import explained, for_streams, name_of, without_secrets
from tui_monitor.feeds.verdict import End, Ended
from tui_monitor.market import MarketState
from tui_monitor.model import Market, Source
from tui_monitor.simulator import Simulator

BTC = Subscription("tickers", "BTC-USDT-SWAP")
WRONG = "nobody:wrong%20secret"


class Stream:
    """A socket of OKX through a proxy, and the market it fills."""

    def __init__(self, url: str, proxy: str) -> None:
        self.market = MarketState()
        where = msgspec.structs.replace(line(url), proxy=proxy)
        adapter = OkxAdapter(InstrumentBook(mapper.guess))
        self.link = Connection(adapter, where, (BTC,), VirtualClock(), hooks(self._apply))

    def _apply(self, event: object, at_ms: int, at_s: float) -> bool:
        return self.market.apply(event, at_ms, at_s, Source.STREAM)  # type: ignore[arg-type]

    async def end(self) -> Ended:
        """Live it to its end."""
        async with asyncio.timeout(60):
            await self.link.run()
        assert self.link.ended is not None
        return self.link.ended


@asynccontextmanager
async def failing(url: str, proxy: str) -> AsyncIterator[tuple[str, str]]:
    """The lines that REST and a stream give where both fail."""
    async with aclosing(OkxRest(Settings(url, proxy=proxy), VirtualClock())) as rest:
        with pytest.raises(Unreachable) as caught:
            await rest.server_time_ms()
    ended = await Stream(url.replace("http", "ws", 1), proxy).end()
    assert ended.end is End.UNREACHABLE
    assert ended.status is None
    yield caught.value.line(), ended.text


def assert_discreet(*lines: str) -> None:
    """One clear line each, that names the proxy and nothing of its password."""
    for text in lines:
        assert "127.0.0.1" in text, text
        assert "through the proxy" in text, text
        assert text.isprintable()
        for secret in (USER, PASSWORD, "sesame", "body", "secret", "%20"):
            assert secret not in text


@pytest.mark.parametrize("locked", [False, True], ids=["open", "locked"])
@pytest.mark.parametrize("scheme", SCHEMES)
@in_virtual_time
async def test_rest_and_streams_go_through_the_proxy(scheme: str, locked: bool) -> None:
    """With name and password where it asks for them; nothing goes around it."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock, coins=SAMPLE).running() as sim,
        running_proxy(scheme, locked=locked) as proxy,
    ):
        url = proxy.with_secrets() if locked else proxy.url
        async with aclosing(OkxRest(Settings(f"{sim.url}/okx", proxy=url), clock)) as rest:
            assert abs(await rest.server_time_ms() - clock.now_ms()) < 1000
            assert await rest.tickers(Market.PERP)
        asked = len(proxy.targets)
        assert asked >= 1
        stream = Stream(f"{sim.url.replace('http', 'ws', 1)}/okx/ws/v5/public", url)
        running = asyncio.create_task(stream.link.run())
        await clock.until(lambda: stream.link.live, 20)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert len(proxy.targets) == asked + 1
        assert {f"http://{target}" for target in proxy.targets} == {sim.url}
        assert bool(proxy.credentials) is locked


@pytest.mark.parametrize("quoted", [WRONG, ""])
@pytest.mark.parametrize("scheme", SCHEMES)
@in_virtual_time
async def test_a_wrong_password_is_one_clear_line_without_it(scheme: str, quoted: str) -> None:
    """Also where none is given and one is asked for. It is no ban of the exchange's."""
    async with running_proxy(scheme, locked=True) as proxy:
        url = proxy.with_secrets(quoted) if quoted else proxy.url
        async with failing("https://127.0.0.1:9", url) as lines:
            assert_discreet(*lines)
        assert proxy.targets == []


@pytest.mark.parametrize("scheme", [*SCHEMES, "https"])
@in_virtual_time
async def test_a_proxy_that_is_not_there_is_one_clear_line(scheme: str) -> None:
    """A closed port."""
    with nobody_there() as address:
        url = f"{scheme}://{QUOTED}@{address}"
        async with failing("https://127.0.0.1:9", url) as lines:
            assert_discreet(*lines)


async def hold_open(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Accept and say nothing."""
    while await reader.read(65_536):
        pass


ODD_PROXIES = [
    pytest.param(hold_open, id="silent"),
    pytest.param(answers(b"\x05"), id="half an answer"),
    pytest.param(answers(b""), id="an end"),
    pytest.param(answers(b"\x00" * 100), id="zeros"),
    pytest.param(answers(b"\x05\x00\x05\x00\x00\x07"), id="an odd address"),
    pytest.param(answers(b"HTTP/1.1 200 OK\r\n\r\n\x00\xff"), id="no TLS behind it"),
    pytest.param(answers(http("403 Forbidden", b"<html>open sesame")), id="403"),
    pytest.param(answers(http("429 Too Many", b"", "Retry-After: 600")), id="429"),
]


def at_once(talk: Talk) -> Talk:
    """The same, without waiting for a request's head: SOCKS has none."""

    async def first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(3)
        reader.feed_data(b"\r\n\r\n")
        await talk(reader, writer)

    return first


@pytest.mark.parametrize("talk", ODD_PROXIES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_whatever_a_proxy_says_nothing_else_comes_of_it(scheme: str, talk: Talk) -> None:
    """Neither a crash nor a ban: only the exchange itself can ban us."""

    @in_virtual_time
    async def run() -> None:
        is_socks = scheme.startswith("socks")
        async with (
            tcp_server(at_once(talk) if is_socks and talk is not hold_open else talk) as address,
            failing("https://127.0.0.1:9", f"{scheme}://{QUOTED}@{address}") as lines,
        ):
            assert_discreet(*lines)

    run()


@pytest.mark.parametrize("scheme", SCHEMES)
@in_virtual_time
async def test_the_proxy_resolves_names(scheme: str) -> None:
    """Here nobody is asked: a name server that lies is why many have a proxy."""
    async with (
        running_proxy(scheme) as proxy,
        failing("https://exchange.invalid:8443", proxy.url) as lines,
    ):
        assert_discreet(*lines)
        assert proxy.targets == ["exchange.invalid:8443"] * 2


async def tunnel_to_nowhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An HTTP proxy that opens a tunnel in which nobody says anything."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    await hold_open(reader, writer)


@pytest.mark.parametrize(
    ("scheme", "talk"), [("http", hold_open), ("http", tunnel_to_nowhere), ("socks5", hold_open)]
)
def test_after_any_number_of_failures_the_proxy_is_asked_again(scheme: str, talk: Talk) -> None:
    """httpx keeps a place for each connection that never came to be, and has a hundred."""
    conversations = 0

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal conversations
        conversations += 1
        await talk(reader, writer)

    @in_virtual_time
    async def run() -> None:
        async with tcp_server(counted) as address:
            url = f"{scheme}://{address}"
            async with aclosing(
                Http("https://127.0.0.1:9", VirtualClock(), explain, proxy=url)
            ) as rest:
                for _ in range(110):
                    with pytest.raises(Unreachable):
                        await rest.get("/x")

    run()
    assert conversations == 110


@in_virtual_time
async def test_a_failure_through_a_proxy_ends_no_other_request() -> None:
    """What is on its way in the old connections comes to its end."""
    slow = answers(http("200 OK", b'{"code":"0"}'), wait_s=10)
    async with tcp_server(slow) as target, running_proxy("socks5") as proxy:
        settings = VirtualClock(), explain
        async with aclosing(Http(f"http://{target}", *settings, proxy=proxy.url)) as rest:
            waiting = asyncio.create_task(rest.get("/slow"))
            await asyncio.sleep(1)
            hasty = asyncio.create_task(rest.get("/hasty"))
            await asyncio.sleep(1)
            hasty.cancel()
            with pytest.raises(asyncio.CancelledError):
                await hasty
            assert await waiting
            assert await rest.get("/again")


def test_proxies_in_the_environment_are_passed_by(monkeypatch: pytest.MonkeyPatch) -> None:
    """By REST and by streams: only the settings say where we go."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "ws_proxy", "wss_proxy", "socks_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.upper(), "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    @in_virtual_time
    async def run() -> None:
        clock = VirtualClock()
        async with Simulator(seed=1, clock=clock, coins=SAMPLE).running() as sim:
            async with aclosing(OkxRest(Settings(f"{sim.url}/okx"), clock)) as rest:
                assert await rest.server_time_ms()
            stream = Stream(f"{sim.url.replace('http', 'ws', 1)}/okx/ws/v5/public", "")
            running = asyncio.create_task(stream.link.run())
            await clock.until(lambda: stream.link.live, 20)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    run()


def test_what_is_said_of_a_proxy_holds_no_secret() -> None:
    """Whatever a library writes about it."""
    url = f"socks5://{QUOTED}@127.0.0.1:9"
    assert name_of(url) == "socks5://127.0.0.1:9"
    said = f"{url} isn't valid: {USER}, {PASSWORD}, {QUOTED}"
    assert PASSWORD not in without_secrets(said, url)
    assert QUOTED not in without_secrets(said, url)
    assert_discreet(explained(ValueError(f"{url} isn't a valid proxy"), url))
    assert explained(OSError("no"), "") == "no"
    assert for_streams("") is None
    assert for_streams("socks5://a:1") == "socks5h://a:1"
    assert for_streams("http://a:1") == "http://a:1"
