"""Settings: defaults, then the file, then the environment, then flags.

Each section is a frozen struct; each field's description is the README's and `--help`'s
sentence. A part of the program gets its section, never the whole.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec import Meta, Struct, field

from tui_monitor import paths
from tui_monitor.clock import BoardZone
from tui_monitor.errors import BadInput, SettingsError
from tui_monitor.expected import echoed, expected
from tui_monitor.model.place import alias_of, place_of
from tui_monitor.printable import printable
from tui_monitor.toml_lines import line_of, lines_of_keys

_PLAIN = ("text", "true or false", "a number", "a whole number")
ENV_PREFIX = "TUI_MONITOR_"

# The originals' coins in the originals' order.
# fmt: off
COINS = (
    "BTC", "ETH", "XRP", "BNB", "SOL", "LTC", "DOGE", "SUI", "TRX", "TON", "ETC", "BCH", "HBAR",
    "XLM", "FIL", "LINK", "CRO", "DOT", "UNI", "NEAR", "APT", "CFX", "CRV", "STX", "LDO", "TAO",
    "AAVE",
)
# fmt: on
_COIN = re.compile(r"[A-Z0-9]{1,20}")
PairKind = Literal["all", "perp-perp", "spot-perp", "spot-spot"]


def _d(text: str, **limits: Any) -> Meta:
    return Meta(description=text, **limits)


class General(Struct, frozen=True, forbid_unknown_fields=True):
    """[general]"""

    timezone: Annotated[str, _d("Zone in which the board's day begins at 00:00.")] = "Asia/Shanghai"
    data_dir: Annotated[
        str, _d("Folder for the database, logs and exports; empty: the platform's.")
    ] = ""
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], _d("How much the log says.")
    ] = "info"


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


class SumCurve(Struct, frozen=True, forbid_unknown_fields=True):
    """[sum_curve]"""

    coins: Annotated[tuple[str, ...], _d("The coins that are summed, in their order.")] = COINS
    min_coins: Annotated[
        int, _d("With fewer valid coins a node is a gap in the curve.", ge=1, le=1000)
    ] = 20
    fill_days: Annotated[
        int, _d("Days before today whose missed slots are filled at start.", ge=0, le=30)
    ] = 1


class Spreads(Struct, frozen=True, forbid_unknown_fields=True):
    """[spreads]"""

    pairs: Annotated[PairKind, _d("Which legs the board pairs when it is opened.")] = "all"
    max_age_s: Annotated[
        float, _d("A leg whose book is older is greyed and ranks nowhere.", ge=0.5, le=60)
    ] = 3.0
    majors: Annotated[tuple[str, ...], _d("The coins of the filter for majors.")] = (
        *("BTC", "ETH", "BNB", "SOL", "XRP", "DOGE"),
    )
    recorded_coins: Annotated[
        tuple[str, ...],
        _d("Coins whose prices are recorded by the minute, besides those of sum_curve.coins."),
    ] = ()
    aliases: Annotated[
        tuple[str, ...],
        _d("Other names of coins: okx:perp:XYZ-USDT-SWAP=ABC, or okx:XYZ=ABC for both markets."),
    ] = ()
    same: Annotated[
        tuple[str, ...],
        _d("Never in quarantine: okx:perp:XYZ-USDT-SWAP, or okx:XYZ for both markets."),
    ] = ()
    not_same: Annotated[
        tuple[str, ...],
        _d("Always in quarantine: okx:perp:XYZ-USDT-SWAP, or okx:XYZ for both markets."),
    ] = ()


class Signals(Struct, frozen=True, forbid_unknown_fields=True):
    """[signals]"""

    basis: Annotated[
        Literal["executable", "last"],
        _d("What is compared: bid with ask, or last prices of perpetuals (the originals' rule)."),
    ] = "executable"
    pairs: Annotated[PairKind, _d("Which legs are compared where the basis is executable.")] = (
        "perp-perp"
    )
    threshold_pct: Annotated[float, _d("The spread that counts, in %.", gt=0, le=100)] = 0.6
    samples: Annotated[int, _d("Samples in a row that must reach it.", ge=2, le=20)] = 3
    every_s: Annotated[float, _d("Seconds between samples.", ge=0.5, le=60)] = 2.0
    gap_s: Annotated[float, _d("Seconds without a sample that break a row.", ge=1, le=600)] = 8.0
    cooldown_s: Annotated[
        float, _d("Seconds between signals of one pair in one direction.", ge=0, le=86400)
    ] = 30.0
    keep: Annotated[int, _d("Signals the board keeps.", ge=5, le=1000)] = 50


class Liquidations(Struct, frozen=True, forbid_unknown_fields=True):
    """[liquidations]"""

    aggregate_url: Annotated[
        str,
        _d("Where an aggregate is asked for each minute, for the panic index; empty: nowhere."),
    ] = ""
    aggregate_referer: Annotated[
        str, _d("The page that the aggregate source is told its questions come from.")
    ] = "https://history.btc126.com/baocang/"
    aggregate_stale_s: Annotated[
        float, _d("What the aggregate source says is stale after this long.", ge=60, le=86400)
    ] = 600.0
    medium_panic_pct: Annotated[
        float, _d("Panic index x 100 from which it is medium; below it is low.", gt=0, le=1000)
    ] = 5.0
    high_panic_pct: Annotated[
        float, _d("Panic index x 100 from which it is high.", gt=0, le=1000)
    ] = 10.0
    lines_musd: Annotated[
        tuple[Annotated[float, Meta(gt=0)], ...],
        _d("Millions of USD in an hour at which the curve has a line."),
    ] = (50.0, 100.0, 150.0)
    largest: Annotated[int, _d("Orders in the list of the largest.", ge=5, le=500)] = 50


class Anomalies(Struct, frozen=True, forbid_unknown_fields=True):
    """[anomalies]"""

    mode: Annotated[
        Literal["closed", "original"],
        _d("Which bar is judged: the newest closed one, or the open one as the originals did."),
    ] = "closed"
    exchanges: Annotated[
        tuple[Literal["binance", "okx", "bybit", "bitget"], ...],
        _d("The exchanges whose perpetuals are judged."),
    ] = ("binance",)
    bar: Annotated[Literal["1m", "5m", "15m", "1h"], _d("The length of the bars.")] = "15m"
    top: Annotated[
        int, _d("Perpetuals of an exchange that are judged, by their turnover.", ge=1, le=1000)
    ] = 150
    min_turnover_usd: Annotated[
        float, _d("Perpetuals with less turnover in 24 hours are not judged.", ge=0)
    ] = 5_000.0
    bars: Annotated[
        int, _d("Bars that are looked at, with the one that is judged.", ge=16, le=200)
    ] = 96
    history_bars: Annotated[
        int,
        _d(
            "Bars that the exchange is asked for where fewer are stored; never fewer than bars.",
            ge=16,
            le=200,
        ),
    ] = 16
    min_return: Annotated[
        float, _d("Moves of less have no score; a fraction, 0.01 is 1 %.", ge=0, le=1)
    ] = 0.01
    price_z: Annotated[float, _d("Deviations of the move that count.", gt=0, le=100)] = 2.5
    price_percentile: Annotated[
        float, _d("The part of earlier moves that were smaller, in %, that counts.", gt=0, le=100)
    ] = 92.0
    volume_z: Annotated[float, _d("Deviations of the turnover that count.", gt=0, le=100)] = 2.0
    volatility_z: Annotated[
        float, _d("Deviations of the bar's range that count.", gt=0, le=100)
    ] = 2.0
    price_weight: Annotated[float, _d("Weight of the move in the score.", ge=0, le=1)] = 0.4
    volume_weight: Annotated[float, _d("Weight of the turnover in the score.", ge=0, le=1)] = 0.3
    volatility_weight: Annotated[float, _d("Weight of the range in the score.", ge=0, le=1)] = 0.3
    indicators: Annotated[
        bool,
        _d("RSI, MACD and Bollinger bands as reasons, kinds of bars; needs the extra indicators."),
    ] = False


class OpenInterest(Struct, frozen=True, forbid_unknown_fields=True):
    """[open_interest]"""

    every_s: Annotated[
        float,
        _d("Seconds for a round where each perpetual is asked about for itself.", ge=60, le=600),
    ] = 180.0
    window: Annotated[
        Literal["1h", "4h", "24h"], _d("The window whose change ranks when the board is opened.")
    ] = "24h"
    history_top: Annotated[
        int,
        _d(
            "Perpetuals of an exchange, by turnover, whose last 24 hours it is asked for; 0: none.",
            ge=0,
            le=1000,
        ),
    ] = 100
    ratios_top: Annotated[
        int,
        _d(
            "Perpetuals of an exchange, by turnover, whose account ratio is asked for; 0: none.",
            ge=0,
            le=500,
        ),
    ] = 100
    ratios_every_min: Annotated[float, _d("Minutes between two account ratios.", ge=5, le=1440)] = (
        15.0
    )


class Retention(Struct, frozen=True, forbid_unknown_fields=True):
    """[retention]"""

    preset: Annotated[
        Literal["", "production", "test"],
        _d("Other defaults for this section: production 48 h and 200 MB, test 6 h and 50 MB."),
    ] = ""
    candles_h: Annotated[
        float, _d("Hours that bars are kept, but never fewer than anomalies.bars.", gt=0, le=87600)
    ] = 24.0
    anomalies_h: Annotated[float, _d("Hours that anomalies are kept.", gt=0, le=87600)] = 24.0
    interest_fine_days: Annotated[
        float, _d("Days that open interest is kept by five minutes.", gt=1, le=3650)
    ] = 3.0
    interest_days: Annotated[
        float, _d("Days that open interest by the hour and account ratios are kept.", gt=0, le=3650)
    ] = 30.0
    liquidations_days: Annotated[
        float, _d("Days that single liquidations are kept; their sums stay.", gt=0, le=3650)
    ] = 30.0
    spreads_days: Annotated[
        float, _d("Days that spreads and prices by the minute are kept.", gt=0, le=3650)
    ] = 7.0
    every_h: Annotated[float, _d("Hours between two removals.", ge=0.1, le=24)] = 1.0
    max_db_size_mb: Annotated[
        float,
        _d("Size of the database from which the oldest of all these goes; 0: no limit.", ge=0),
    ] = 0.0


PRESETS: Mapping[str, Mapping[str, Any]] = {
    "production": {
        "retention.candles_h": 48.0,
        "retention.anomalies_h": 48.0,
        "retention.max_db_size_mb": 200.0,
    },
    "test": {
        "retention.candles_h": 6.0,
        "retention.anomalies_h": 6.0,
        "retention.every_h": 0.5,
        "retention.max_db_size_mb": 50.0,
    },
}
# What is kept for good and some hours of everything else need that much.
SMALLEST_CAP_MB = 10.0


class Api(Struct, frozen=True, forbid_unknown_fields=True):
    """[api]"""

    listen: Annotated[
        str, _d("HOST:PORT of the daemon's REST endpoint; port 0 picks a free one.")
    ] = "127.0.0.1:5000"
    token: Annotated[
        str, _d("Bearer token that every request must carry; needed where listen is not loopback.")
    ] = ""


class Ui(Struct, frozen=True, forbid_unknown_fields=True):
    """[ui]"""

    mouse: Annotated[bool, _d("Capture the mouse at start (key m toggles it).")] = False
    low_bandwidth: Annotated[bool, _d("Repaint at most twice a second instead of four times.")] = (
        False
    )


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that can be set."""

    general: General = field(default_factory=General)
    exchanges: Exchanges = field(default_factory=Exchanges)
    sum_curve: SumCurve = field(default_factory=SumCurve)
    spreads: Spreads = field(default_factory=Spreads)
    signals: Signals = field(default_factory=Signals)
    liquidations: Liquidations = field(default_factory=Liquidations)
    anomalies: Anomalies = field(default_factory=Anomalies)
    open_interest: OpenInterest = field(default_factory=OpenInterest)
    retention: Retention = field(default_factory=Retention)
    api: Api = field(default_factory=Api)
    ui: Ui = field(default_factory=Ui)


class Setting(Struct, frozen=True):
    """One key for `config show`, the template and the README."""

    name: str
    value: Any
    default: Any
    origin: str
    description: str


class Loaded(Struct, frozen=True):
    """Settings with the origin of each value that is not a default."""

    settings: Settings
    origins: dict[str, str]
    file: Path


def load(
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
) -> Loaded:
    """Read the settings. `flags` are dotted names with values.

    SettingsError names the culprit: file and line, the environment or a flag, then the key.
    """
    path = file or paths.config_file()
    merged: dict[str, Any] = {}
    origins: dict[str, str] = {}
    places: dict[str, str] = {}
    in_file, lines = _read_file(path, must_exist=file is not None)
    layers = (
        (in_file, str(path)),
        (_from_environment(os.environ if environment is None else environment), "environment"),
        (dict(flags or {}), "flag"),
    )
    for layer, origin in (_preset([layer for layer, _ in layers]), *layers):
        for name, value in layer.items():
            line = line_of(name, lines) if layer is in_file else None
            place = f"{origin}:{line}" if line else origin
            _known(name, place)
            _put(merged, name, value)
            origins[name], places[name] = origin, place
            _check_one(name, value, place)
    settings = msgspec.convert(merged, Settings, strict=False)
    _check_sense(settings, places)
    return Loaded(settings, origins, path)


def check_together(settings: Settings) -> None:
    """Whether values that came from several readings go together; SettingsError names one."""
    _check_sense(settings, dict.fromkeys(_KEYS, "beside what takes a new start"))


def warnings(settings: Settings) -> list[str]:
    """What is allowed, but can hardly be meant."""
    names = settings.exchanges.__struct_fields__
    if any(getattr(settings.exchanges, name).enabled for name in names):
        return []
    return ["no exchange is enabled: nothing is watched"]


def _preset(layers: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], str]:
    """What the chosen preset says, and its name as an origin."""
    named = [layer["retention.preset"] for layer in layers if "retention.preset" in layer]
    chosen = str(named[-1]) if named else ""
    return PRESETS.get(chosen, {}), f"preset {chosen}"


def describe(loaded: Loaded) -> list[Setting]:
    """Every key with its value, default, origin and sentence, in the order of the structs."""
    return [
        Setting(
            name=name,
            value=_get(loaded.settings, name),
            default=default,
            origin=loaded.origins.get(name, "default"),
            description=text,
        )
        for name, (_, default, text) in _KEYS.items()
    ]


def with_simulator(url: str) -> dict[str, Any]:
    """The settings that point every exchange at a simulator's root."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadInput(f"--simulator {url!r} is not an address", "write http://127.0.0.1:PORT")
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


def template() -> str:
    """A commented configuration file with every key at its default."""
    lines = ["# tui-monitor. Every key is optional; these are the defaults.", ""]
    section = ""
    for name, (kind, default, text) in _KEYS.items():
        head, key = name.rsplit(".", 1)
        if head != section:
            lines += ["", f"[{head}]"] if section else [f"[{head}]"]
            section = head
        lines += [f"# {text}{_choices(kind)}", f"# {key} = {toml(default)}"]
    return "\n".join(lines) + "\n"


def _choices(kind: Any) -> str:
    """What may be written, where that is not plain from the default."""
    words = expected(kind)
    plain = words.removeprefix("a list, each ")
    return "" if plain in _PLAIN else f" {words[0].upper()}{words[1:]}."


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    # Both write text the same way, but for what nobody can type.
    return msgspec.json.encode(value).decode() if isinstance(value, str) else str(value)


def _walk(struct: type[Struct], prefix: str) -> dict[str, tuple[Any, Any, str]]:
    """Dotted name -> (type, default, description) of every leaf."""
    found: dict[str, tuple[Any, Any, str]] = {}
    for info in msgspec.structs.fields(struct):
        name = f"{prefix}{info.encode_name}"
        kind = info.type
        if isinstance(kind, type) and issubclass(kind, Struct):
            found |= _walk(kind, f"{name}.")
            continue
        metas = get_args(kind)[1:] if get_origin(kind) is Annotated else ()
        text = next((meta.description for meta in metas if meta.description), "")
        found[name] = (kind, info.default, text)
    return found


_KEYS = _walk(Settings, "")


def _read_file(path: Path, *, must_exist: bool) -> tuple[dict[str, Any], dict[str, int]]:
    """What a file sets, and in which lines."""
    try:
        text = path.read_bytes()
    except FileNotFoundError as error:
        if must_exist:
            raise SettingsError(
                f"no configuration file at {path}", "see: tui-monitor config template"
            ) from error
        return {}, {}
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or error}") from error
    try:
        return _flatten(tomllib.loads(text.decode()), ""), lines_of_keys(text.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from error


def _flatten(table: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            # An empty section sets nothing, but its name may be mistyped too.
            is_section = any(key.startswith(f"{name}.") for key in _KEYS)
            flat |= _flatten(value, f"{name}.") if value or is_section else {name: value}
        else:
            flat[name] = value
    return flat


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in environment.items():
        if not name.startswith(ENV_PREFIX):
            continue
        key = name.removeprefix(ENV_PREFIX).lower().replace("__", ".")
        kind = _KEYS.get(key, (str,))[0]
        found[key] = _listed(value) if get_origin(_bare(kind)) is tuple else value
    return found


def _listed(text: str) -> list[Any]:
    """`perp, spot`, or as the file has it: `["perp", "spot"]`."""
    if text.strip().startswith("["):
        try:
            values: list[Any] = tomllib.loads(f"values = {text}")["values"]
        except tomllib.TOMLDecodeError:
            pass  # each part is refused by name
        else:
            return values
    return [part.strip() for part in text.split(",") if part.strip()]


def _bare(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _known(name: str, place: str) -> None:
    if name in _KEYS:
        return
    near = _nearest(name)
    hint = f"did you mean {near}?" if near else "see: tui-monitor config template"
    raise SettingsError(f"{place}: unknown setting {printable(name, 80)!r}", hint)


def _nearest(name: str) -> str:
    """The setting or section that may be meant; "" where nothing is like it."""
    key = name.rpartition(".")[2]
    elsewhere = [known for known in _KEYS if known.rpartition(".")[2] == key]
    sections = sorted({known.rpartition(".")[0] for known in _KEYS})
    for names, cutoff in ((elsewhere, 0.0), (_KEYS, 0.7), (sections, 0.7)):
        if near := difflib.get_close_matches(name, names, n=1, cutoff=cutoff):
            return near[0] if names is not sections else f"[{near[0]}]"
    return ""


def _check_one(name: str, value: Any, origin: str) -> None:
    # Text from the environment is converted; a file and flags must have the right type.
    strict = origin != "environment"
    try:
        msgspec.convert(value, _KEYS[name][0], strict=strict)
    except msgspec.ValidationError as error:
        must = f"must be {expected(_KEYS[name][0])}, not {echoed(value)}"
        raise SettingsError(f"{origin}: {name} {must}") from error


def _put(table: dict[str, Any], name: str, value: Any) -> None:
    *sections, key = name.split(".")
    for section in sections:
        table = table.setdefault(section, {})
    table[key] = value


def _get(settings: Settings, name: str) -> Any:
    value: Any = settings
    for part in name.split("."):
        value = getattr(value, part)
    return value


def _check_sense(settings: Settings, origins: Mapping[str, str]) -> None:
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
