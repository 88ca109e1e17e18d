"""Whom we talk to: certificates are checked, the environment's proxies are not used."""

import asyncio
import datetime as dt
import ipaddress
import ssl
from contextlib import aclosing
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.feeds.rig import rig, settings_of
from tests.feeds.test_connection import Life
from tests.support.virtual_time import VirtualClock, in_virtual_time, run_virtual
from tui_monitor.errors import SettingsError, Unreachable
from tui_monitor.feeds.http import Http
from tui_monitor.feeds.okx.rest import OkxRest, explain
from tui_monitor.feeds.registry import ENTRIES
from tui_monitor.feeds.verdict import End
from tui_monitor.model import FeedState


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    """A server's context for 127.0.0.1 that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_a_certificate_that_nobody_vouches_for_is_refused(self_signed: ssl.SSLContext) -> None:
    """On the stream and by REST; there is no switch for it."""

    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(silent, "127.0.0.1", 0, ssl=self_signed)
        async with server:
            port = server.sockets[0].getsockname()[1]
            ended = await Life(f"wss://127.0.0.1:{port}").end()
            assert ended.end is End.UNREACHABLE
            assert "CERTIFICATE_VERIFY_FAILED" in ended.detail
            async with aclosing(Http(f"https://127.0.0.1:{port}", VirtualClock(), explain)) as rest:
                with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
                    await rest.get("/x")

    run_virtual(run())


@pytest.fixture
def proxies_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses where nobody listens."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "WS_PROXY", "ws_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")


@in_virtual_time
async def test_proxies_in_the_environment_are_not_used(proxies_in_the_environment: None) -> None:
    """Only the settings' proxy is."""
    async with rig() as it:
        await it.until(FeedState.LIVE, 5)


@in_virtual_time
async def test_the_settings_proxy_is_used() -> None:
    """For REST and for the stream: a proxy that is not there is why nothing comes."""
    async with rig(proxy="http://127.0.0.1:9", bridge_every_s=30) as it:
        await it.until(FeedState.DOWN, 60)
        assert it.stats["requests"] == {}
        assert it.stats["connections"]["total"] == 0


@in_virtual_time
async def test_a_proxy_of_a_kind_we_cannot_speak_is_a_setting_to_mend() -> None:
    """One line, before anything runs; also where the settings were not read from a file."""
    settings = settings_of("http://127.0.0.1:9").okx
    proxy = "socks4://name:opensesame@127.0.0.1:9"
    with pytest.raises(SettingsError, match="proxy") as caught:
        OkxRest(msgspec.structs.replace(settings, proxy=proxy), VirtualClock())
    assert "opensesame" not in caught.value.line()


def test_every_exchange_has_its_parts() -> None:
    """The registry's entries are keyed by what they are of."""
    for exchange, entry in ENTRIES.items():
        assert entry.exchange is exchange
        assert entry.adapter().exchange is exchange
