"""What types can't say: values that make no sense, alone or beside others."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import unquote, urlsplit

from tui_monitor.clock import BoardZone
from tui_monitor.config.addresses import parts_of, without_secrets
from tui_monitor.config.exchanges import Exchange, is_loopback
from tui_monitor.config.hosts import HOSTS_HINT, hosts_fault
from tui_monitor.config.keys import clashes, key_label, shadows
from tui_monitor.config.leaves import LEAVES
from tui_monitor.config.sections import (
    SMALLEST_CAP_MB,
    Api,
    Liquidations,
    Settings,
    Spreads,
    SumCurve,
)
from tui_monitor.config.tokens import TOKEN_HINT, token_fault
from tui_monitor.errors import BadInput, SettingsError
from tui_monitor.model.place import alias_of, place_of

_COIN = re.compile(r"[A-Z0-9]{1,20}")
_Refuse = Callable[..., SettingsError]


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
    """What types can't say; SettingsError names the first thing that is wrong."""
    for error in nonsense(settings, origins):
        raise error


def nonsense(settings: Settings, origins: Mapping[str, str]) -> Iterator[SettingsError]:
    """All that makes no sense, each named with the place of `origins` it is from."""

    def refuse(name: str, text: str, hint: str = "") -> SettingsError:
        return SettingsError(f"{origins.get(name, 'default')}: {name} {text}", hint)

    yield from _of_zone(settings.general.timezone, refuse)
    yield from _of_coins(settings.sum_curve, refuse)
    for name in settings.exchanges.__struct_fields__:
        yield from _of_exchange(f"exchanges.{name}", getattr(settings.exchanges, name), refuse)
    yield from _of_spreads(settings.spreads, refuse)
    if settings.signals.gap_s <= settings.signals.every_s:
        yield refuse("signals.gap_s", "is not more than signals.every_s")
    yield from _of_liquidations(settings.liquidations, refuse)
    if text := _empty_or_doubled(settings.anomalies.exchanges):
        yield refuse("anomalies.exchanges", text)
    if 0 < settings.retention.max_db_size_mb < SMALLEST_CAP_MB:
        yield refuse("retention.max_db_size_mb", f"must be 0 or at least {SMALLEST_CAP_MB:g}")
    yield from _of_api(settings.api, refuse)
    for ours, other, key in clashes(settings.ui.keys):
        hint = f"give {other} another one in [ui.keys], or {ours} a free one"
        yield refuse(f"ui.keys.{ours}", f"is {key_label(key)!r}, which is {other}'s key too", hint)


def _of_zone(name: str, refuse: _Refuse) -> Iterator[SettingsError]:
    try:
        BoardZone(name)
    except BadInput as error:
        yield refuse("general.timezone", f"can't be used: {error.message}", error.hint)


def _of_coins(curve: SumCurve, refuse: _Refuse) -> Iterator[SettingsError]:
    odd = next((coin for coin in curve.coins if not _COIN.fullmatch(coin)), None)
    if odd is not None:
        yield refuse("sum_curve.coins", f"has {odd!r}", "write coins like BTC, without USDT")
    elif text := _empty_or_doubled(curve.coins):
        yield refuse("sum_curve.coins", text)
    elif curve.min_coins > len(curve.coins):
        yield refuse("sum_curve.min_coins", f"is more than the {len(curve.coins)} coins")


def _empty_or_doubled(names: Sequence[str]) -> str:
    """What is wrong with a list of names; "" for nothing."""
    doubled = [name for name, count in Counter(names).items() if count > 1]
    return f"names {', '.join(doubled)} twice" if doubled else "" if names else "is empty"


def _of_liquidations(liquidations: Liquidations, refuse: _Refuse) -> Iterator[SettingsError]:
    if liquidations.aggregate_url:
        yield from _of_url("liquidations.aggregate_url", liquidations.aggregate_url, refuse)
    if liquidations.high_panic_pct <= liquidations.medium_panic_pct:
        yield refuse("liquidations.high_panic_pct", "is not more than medium_panic_pct")


def _of_spreads(spreads: Spreads, refuse: _Refuse) -> Iterator[SettingsError]:
    for key, read in (("aliases", alias_of), ("same", place_of), ("not_same", place_of)):
        for text in getattr(spreads, key):
            try:
                read(text)
            except BadInput as error:
                yield refuse(f"spreads.{key}", error.message, error.hint)


def _of_exchange(section: str, exchange: Exchange, refuse: _Refuse) -> Iterator[SettingsError]:
    urls = {key: getattr(exchange, key) for key in exchange.__struct_fields__ if "_url" in key}
    for key, url in urls.items():
        yield from _of_url(f"{section}.{key}", url, refuse)
    if exchange.proxy and not _is_proxy(exchange.proxy):
        # Not the value: it may hold a password.
        hint = "write http://HOST:PORT or socks5://HOST:PORT, with USER:PASSWORD@ where it asks"
        yield refuse(f"{section}.proxy", "is no proxy's address", hint)
    if text := _empty_or_doubled(exchange.markets):
        yield refuse(f"{section}.markets", text)
    loopback = all(is_loopback(_host(url)) for url in urls.values())
    if not exchange.paced and not loopback:
        yield refuse(f"{section}.paced", "can be off only where every address is loopback")


def _of_api(api: Api, refuse: _Refuse) -> Iterator[SettingsError]:
    host, _, port = api.listen.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65_535:
        yield refuse("api.listen", f"is {api.listen!r}", "write HOST:PORT, as 127.0.0.1:5000")
    elif not is_loopback(host.strip("[]")) and not api.token:
        yield refuse(
            "api.listen",
            f"{api.listen} is open to other machines and api.token is empty",
            "set api.token, or listen on 127.0.0.1",
        )
    if api.token and (text := token_fault(api.token)):
        yield refuse("api.token", text, TOKEN_HINT)
    if text := hosts_fault(api.hosts):
        yield refuse("api.hosts", text, HOSTS_HINT)


def _of_url(name: str, url: str, refuse: _Refuse) -> Iterator[SettingsError]:
    parts, shown = parts_of(url), f"is {without_secrets(url)!r}" if "://" in url else "is no URL"
    is_stream = "ws_" in name.rpartition(".")[2]
    secure, plain = ("wss", "ws") if is_stream else ("https", "http")
    if parts is None:
        yield refuse(name, shown, f"write it as {secure}://HOST or {secure}://HOST:PORT")
    elif parts.scheme not in (secure, plain) or not parts.hostname:
        yield refuse(name, shown, f"it must begin with {secure}://")
    elif parts.scheme == plain and not is_loopback(parts.hostname):
        yield refuse(
            name, f"is {shown!r}", f"without {secure}:// only a loopback address is allowed"
        )


def _host(url: str) -> str:
    parts = parts_of(url)
    return parts.hostname or "" if parts else ""


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
