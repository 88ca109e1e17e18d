"""What types can't say: values that make no sense, alone or beside others."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from tui_monitor.clock import BoardZone
from tui_monitor.config.exchanges import Exchange, is_loopback
from tui_monitor.config.keys import clashes, key_label, shadows
from tui_monitor.config.leaves import LEAVES
from tui_monitor.config.sections import SMALLEST_CAP_MB, Api, Liquidations, Settings, Spreads
from tui_monitor.errors import BadInput, SettingsError
from tui_monitor.model.place import alias_of, place_of

_COIN = re.compile(r"[A-Z0-9]{1,20}")


def check_together(settings: Settings) -> None:
    """Whether values that came from several readings go together; SettingsError names one."""
    check_sense(settings, dict.fromkeys(LEAVES, "beside what takes a new start"))


def warnings(settings: Settings) -> list[str]:
    """What is allowed, but can hardly be meant."""
    found: list[str] = []
    names = settings.exchanges.__struct_fields__
    if not any(getattr(settings.exchanges, name).enabled for name in names):
        found.append("no exchange is enabled: nothing is watched")
    if settings.ui.ascii and settings.general.language == "zh":
        found.append("ui.ascii has no letters for general.language: the screens speak English")
    for ours, other, key in shadows(settings.ui.keys):
        found.append(f"ui.keys.{ours}: {key_label(key)!r} is {other} where that works")
    return found


def check_sense(settings: Settings, origins: Mapping[str, str]) -> None:
    """What types can't say."""

    def refuse(name: str, text: str, hint: str = "") -> SettingsError:
        return SettingsError(f"{origins.get(name, 'default')}: {name} {text}", hint)

    try:
        BoardZone(settings.general.timezone)
    except BadInput as error:
        raise refuse("general.timezone", error.message, error.hint) from error
    coins = settings.sum_curve.coins
    odd = next((coin for coin in coins if not _COIN.fullmatch(coin)), None)
    if odd is not None:
        raise refuse("sum_curve.coins", f"has {odd!r}", "write coins like BTC, without USDT")
    if not coins or len(set(coins)) != len(coins):
        raise refuse("sum_curve.coins", "is empty or names a coin twice")
    if settings.sum_curve.min_coins > len(coins):
        raise refuse("sum_curve.min_coins", f"is more than the {len(coins)} coins")
    for name in settings.exchanges.__struct_fields__:
        _check_exchange(f"exchanges.{name}", getattr(settings.exchanges, name), refuse)
    _check_spreads(settings.spreads, refuse)
    if settings.signals.gap_s <= settings.signals.every_s:
        raise refuse("signals.gap_s", "is not more than signals.every_s")
    _check_liquidations(settings.liquidations, refuse)
    watched = settings.anomalies.exchanges
    if not watched or len(set(watched)) != len(watched):
        raise refuse("anomalies.exchanges", "is empty or names an exchange twice")
    if 0 < settings.retention.max_db_size_mb < SMALLEST_CAP_MB:
        raise refuse("retention.max_db_size_mb", f"must be 0 or at least {SMALLEST_CAP_MB:g}")
    _check_listen(settings.api, refuse)
    _check_keys(settings.ui.keys, refuse)


def _check_liquidations(liquidations: Liquidations, refuse: Any) -> None:
    if liquidations.aggregate_url:
        _check_url("liquidations.aggregate_url", liquidations.aggregate_url, refuse)
    if liquidations.high_panic_pct <= liquidations.medium_panic_pct:
        raise refuse("liquidations.high_panic_pct", "is not more than medium_panic_pct")


def _check_spreads(spreads: Spreads, refuse: Any) -> None:
    for key, read in (("aliases", alias_of), ("same", place_of), ("not_same", place_of)):
        for text in getattr(spreads, key):
            try:
                read(text)
            except BadInput as error:
                raise refuse(f"spreads.{key}", error.message, error.hint) from error


def _check_exchange(section: str, exchange: Exchange, refuse: Any) -> None:
    urls = {key: getattr(exchange, key) for key in exchange.__struct_fields__ if "_url" in key}
    for key, url in urls.items():
        _check_url(f"{section}.{key}", url, refuse)
    _check_proxy(f"{section}.proxy", exchange.proxy, refuse)
    if not exchange.markets or len(set(exchange.markets)) != len(exchange.markets):
        raise refuse(f"{section}.markets", "is empty or names a market twice")
    loopback = all(is_loopback(urlsplit(url).hostname or "") for url in urls.values())
    if not exchange.paced and not loopback:
        raise refuse(f"{section}.paced", "can be off only where every address is loopback")


def _check_listen(api: Api, refuse: Any) -> None:
    host, _, port = api.listen.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65_535:
        raise refuse("api.listen", f"is {api.listen!r}", "write HOST:PORT, as 127.0.0.1:5000")
    if not is_loopback(host.strip("[]")) and not api.token:
        raise refuse(
            "api.listen",
            f"{api.listen} is open to other machines and api.token is empty",
            "set api.token, or listen on 127.0.0.1",
        )


def _check_keys(keys: Mapping[str, str], refuse: Any) -> None:
    for ours, other, key in clashes(keys)[:1]:
        hint = f"give {other} another one in [ui.keys], or {ours} a free one"
        raise refuse(f"ui.keys.{ours}", f"is {key_label(key)!r}, which is {other}'s key too", hint)


def _check_url(name: str, url: str, refuse: Any) -> None:
    parts = urlsplit(url)
    is_stream = "ws_" in name.rpartition(".")[2]
    secure, plain = ("wss", "ws") if is_stream else ("https", "http")
    if parts.scheme not in (secure, plain) or not parts.hostname:
        raise refuse(name, f"is {url!r}", f"it must begin with {secure}://")
    if parts.scheme == plain and not is_loopback(parts.hostname):
        raise refuse(name, f"is {url!r}", f"without {secure}:// only a loopback address is allowed")


def _check_proxy(name: str, url: str, refuse: Any) -> None:
    if url and not _is_proxy(url):
        # Not the value: it may hold a password.
        hint = "write http://HOST:PORT or socks5://HOST:PORT, with USER:PASSWORD@ where it asks"
        raise refuse(name, "is no proxy's address", hint)


def _is_proxy(url: str) -> bool:
    """Whether REST and streams both can use it. No port has the same default everywhere."""
    try:
        parts = urlsplit(url)
        secrets = [parts.username, parts.password]
        told = [unquote(each, errors="strict") for each in secrets if each]
        has_port = bool(parts.port)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https", "socks5", "socks5h")
        and bool(parts.hostname)
        and has_port
        and (secrets == [None, None] or all(secrets))
        # SOCKS names no encoding for more than ASCII, and has a byte for the length.
        and all(len(text) < 256 and text.isascii() for text in told)
        and (parts.path in ("", "/") and not parts.query and not parts.fragment)
    )
