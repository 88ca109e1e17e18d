"""Every section as a frozen struct: a field's description is its sentence everywhere else."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from tui_monitor.config.described import described as _d
from tui_monitor.config.exchanges import Exchanges

# The originals' coins in the originals' order.
# fmt: off
COINS = (
    "BTC", "ETH", "XRP", "BNB", "SOL", "LTC", "DOGE", "SUI", "TRX", "TON", "ETC", "BCH", "HBAR",
    "XLM", "FIL", "LINK", "CRO", "DOT", "UNI", "NEAR", "APT", "CFX", "CRV", "STX", "LDO", "TAO",
    "AAVE",
)
# fmt: on
Theme = Literal["blue-orange", "green-red", "red-green", "monochrome", "high-contrast"]
# fmt: off
BoardName = Literal[
    "sum", "liquidations", "anomalies", "picks", "oi", "spreads", "signals", "funding", "coverage",
    "system",
]
# fmt: on
PairKind = Literal["all", "perp-perp", "spot-perp", "spot-spot"]


class General(Struct, frozen=True, forbid_unknown_fields=True):
    """[general]"""

    timezone: Annotated[str, _d("Zone in which the board's day begins at 00:00.")] = "Asia/Shanghai"
    data_dir: Annotated[
        str, _d("Folder for the database, logs and exports; empty: the platform's.")
    ] = ""
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], _d("How much the log says.")
    ] = "info"
    language: Annotated[
        Literal["auto", "en", "zh"],
        _d("Language of the screens: English, Chinese, or what the locale asks for."),
    ] = "auto"


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
    hosts: Annotated[
        tuple[str, ...],
        _d("More names that requests may be for: a proxy's, or this machine's; 16 at most."),
    ] = ()


class Ui(Struct, frozen=True, forbid_unknown_fields=True):
    """[ui]. `keys` has an action's id, or a board's name, and its keys by name with commas."""

    theme: Annotated[Theme, _d("Colours of the screens, those of rises and falls first.")] = (
        "blue-orange"
    )
    colors: Annotated[
        Literal["auto", "truecolor", "256", "16"],
        _d("How many colours the terminal has; auto: as COLORTERM and TERM say."),
    ] = "auto"
    ascii: Annotated[
        bool, _d("Draw with ASCII alone; done anyway where a terminal shows no more.")
    ] = False
    start_board: Annotated[BoardName, _d("The board that is shown first.")] = "sum"
    mouse: Annotated[bool, _d("Capture the mouse at start (key m toggles it).")] = False
    low_bandwidth: Annotated[
        bool, _d("New data every 3 s instead of every second; 2 repaints a second instead of 4.")
    ] = False
    status_bytes: Annotated[
        bool, _d("Bytes per second written to the terminal, on the status line.")
    ] = False
    confirm_quit: Annotated[
        bool, _d("Ask for the key of quit twice where recording ends with this terminal.")
    ] = True
    keys: Annotated[
        dict[str, str],
        _d('Other keys, by action: a table [ui.keys] of lines like freeze="f".'),
    ] = field(default_factory=dict)


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
