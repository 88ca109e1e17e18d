"""[exchanges.<name>]: addresses, markets, limits and fees of each exchange."""

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from msgspec import Struct, field

from tui_monitor.config.addresses import parts_of, without_secrets
from tui_monitor.config.described import described as _d
from tui_monitor.errors import BadInput


class Exchange(Struct, frozen=True, forbid_unknown_fields=True):
    """What every [exchanges.<name>] has."""

    enabled: Annotated[bool, _d("Whether this exchange is watched.")] = True
    markets: Annotated[
        tuple[Literal["perp", "spot"], ...], _d("Which of its markets are watched.")
    ] = ("perp", "spot")
    proxy: Annotated[
        str, _d("Proxy URL (http, https, socks5 or socks5h) for this exchange; empty: none.")
    ] = ""
    silent_after_s: Annotated[
        float, _d("Seconds without stream data before REST takes over.", ge=2, le=60)
    ] = 10.0
    bridge_every_s: Annotated[
        float, _d("Seconds between REST snapshots while a stream is away.", ge=1, le=60)
    ] = 2.0
    paced: Annotated[
        bool, _d("Keep below the documented request limits; off only for a loopback address.")
    ] = True
    taker_fee_pct: Annotated[float, _d("Your taker fee on perpetuals, in %.", ge=0, le=5)] = 0.05
    spot_taker_fee_pct: Annotated[float, _d("Your taker fee on spot, in %.", ge=0, le=5)] = 0.1


class Binance(Exchange, frozen=True, forbid_unknown_fields=True):
    """[exchanges.binance]"""

    futures_rest_url: Annotated[str, _d("Root of the futures' REST API.")] = (
        "https://fapi.binance.com"
    )
    futures_ws_url: Annotated[str, _d("Host of the futures' streams.")] = (
        "wss://fstream.binance.com"
    )
    spot_rest_url: Annotated[str, _d("Root of the spot market's REST API.")] = (
        "https://api.binance.com"
    )
    spot_ws_url: Annotated[str, _d("Host of the spot market's streams.")] = (
        "wss://stream.binance.com:9443"
    )


class Okx(Exchange, frozen=True, forbid_unknown_fields=True):
    """[exchanges.okx]"""

    rest_url: Annotated[str, _d("Root of the REST API.")] = "https://www.okx.com"
    ws_public_url: Annotated[str, _d("The public stream.")] = "wss://ws.okx.com/ws/v5/public"
    ws_business_url: Annotated[str, _d("The candle stream.")] = "wss://ws.okx.com/ws/v5/business"


class Bybit(Exchange, frozen=True, forbid_unknown_fields=True):
    """[exchanges.bybit]"""

    rest_url: Annotated[str, _d("Root of the REST API.")] = "https://api.bybit.com"
    ws_url: Annotated[str, _d("Host of the streams.")] = "wss://stream.bybit.com"
    taker_fee_pct: Annotated[float, _d("Your taker fee on perpetuals, in %.", ge=0, le=5)] = 0.055


class Bitget(Exchange, frozen=True, forbid_unknown_fields=True):
    """[exchanges.bitget]"""

    rest_url: Annotated[str, _d("Root of the REST API.")] = "https://api.bitget.com"
    ws_url: Annotated[str, _d("Host of the streams.")] = "wss://ws.bitget.com"
    taker_fee_pct: Annotated[float, _d("Your taker fee on perpetuals, in %.", ge=0, le=5)] = 0.06


class Exchanges(Struct, frozen=True, forbid_unknown_fields=True):
    """[exchanges.<name>]"""

    binance: Binance = field(default_factory=Binance)
    okx: Okx = field(default_factory=Okx)
    bybit: Bybit = field(default_factory=Bybit)
    bitget: Bitget = field(default_factory=Bitget)


def with_simulator(url: str) -> dict[str, Any]:
    """The settings that point every exchange at a simulator's root."""
    parts = parts_of(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        shown = without_secrets(url) if "@" in url else url
        raise BadInput(f"--simulator {shown!r} is not an address", "write http://127.0.0.1:PORT")
    root = f"{parts.scheme}://{parts.netloc}"
    stream = f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}"
    return {
        "exchanges.binance.futures_rest_url": f"{root}/binance-futures",
        "exchanges.binance.futures_ws_url": f"{stream}/binance-futures",
        "exchanges.binance.spot_rest_url": f"{root}/binance-spot",
        "exchanges.binance.spot_ws_url": f"{stream}/binance-spot",
        "exchanges.okx.rest_url": f"{root}/okx",
        "exchanges.okx.ws_public_url": f"{stream}/okx/ws/v5/public",
        "exchanges.okx.ws_business_url": f"{stream}/okx/ws/v5/business",
        "exchanges.bybit.rest_url": f"{root}/bybit",
        "exchanges.bybit.ws_url": f"{stream}/bybit",
        "exchanges.bitget.rest_url": f"{root}/bitget",
        "exchanges.bitget.ws_url": f"{stream}/bitget",
    }


def is_local(exchanges: Exchanges) -> bool:
    """Whether any exchange's address is this machine: then no number is the real market's."""
    return any(
        is_loopback(urlsplit(getattr(section, key)).hostname or "")
        for section in (getattr(exchanges, name) for name in exchanges.__struct_fields__)
        for key in section.__struct_fields__
        if "_url" in key
    )


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    return host in ("localhost", "::1") or re.fullmatch(r"127(\.\d{1,3}){3}", host) is not None
