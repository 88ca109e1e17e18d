"""Boards of spreads and signals with sane defaults: BTC in two places, some coins around it."""

from msgspec.structs import replace

from tests.support.boards import NOW_MS
from tui_monitor.boards.legs import SLOTS
from tui_monitor.boards.same_coin import Doubt, Suspect
from tui_monitor.boards.signals import Basis, Ending, Sample, Signal, SignalsBoard
from tui_monitor.boards.signals.runs import runs_of
from tui_monitor.boards.spreads import OVER_PCT, Filter, Kind, SpreadRow, SpreadsBoard
from tui_monitor.model import Exchange, Market, SpreadKind, SpreadTime

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
# 16:00 in the board's zone.
NEXT_MS = NOW_MS - NOW_MS % HOUR_MS + 2 * HOUR_MS
SLOT_NAMES = [f"{exchange} {market}" for exchange, market in SLOTS]
FEES_PCT = [0.05, 0.05, 0.055, 0.06, 0.1, 0.1, 0.1, 0.1]


def a_spread(coin: str = "BTC", executable_pct: float = 0.71, **changes: object) -> SpreadRow:
    """Bought on Binance, sold on OKX, both perpetuals, both fresh."""
    ask = 95_123.4
    net_pct = executable_pct - 0.2
    built = SpreadRow(
        coin=coin,
        rank=1,
        kind=Kind.PERP_PERP,
        buy_exchange=Exchange.BINANCE,
        buy_market=Market.PERP,
        buy_symbol=f"{coin}USDT",
        ask=ask,
        ask_coins=1.203,
        sell_exchange=Exchange.OKX,
        sell_market=Market.PERP,
        sell_symbol=f"{coin}-USDT-SWAP",
        bid=ask * (1 + executable_pct / 100),
        bid_coins=0.41,
        executable_pct=executable_pct,
        indicative_pct=executable_pct + 0.03,
        pair_indicative_pct=executable_pct + 0.012,
        fees_pct=0.2,
        net_pct=net_pct,
        funding_pct=0.0123,
        net_funding_pct=net_pct + 0.0123,
        funding_reason="",
        hold_h=(NEXT_MS - NOW_MS) / HOUR_MS,
        buy_settlements=1,
        sell_settlements=1,
        breakeven_h=0.0 if net_pct >= 0 else 41.5,
        buy_rate=0.0001,
        buy_interval_h=8.0,
        buy_next_settlement_ms=NEXT_MS,
        sell_rate=0.000223,
        sell_interval_h=8.0,
        sell_next_settlement_ms=NEXT_MS,
        size_coins=0.41,
        size_usd=39_000.6,
        buy_age_ms=210,
        sell_age_ms=480,
        skew_ms=270,
        buy_exchange_age_ms=230,
        sell_exchange_age_ms=510,
        ranked=True,
        reason="",
        legs=8,
        fresh_legs=8,
        exchanges=4,
        suspects=0,
        turnover_24h_usd=61_230_000_000.0,
        lasts=[ask * (1 + index * 0.0009) for index in range(len(SLOTS))],
    )
    return replace(built, **changes)


def a_stale_spread(coin: str, executable_pct: float = 2.4, **changes: object) -> SpreadRow:
    """A pair that does not rank: what is sold is old."""
    built = a_spread(
        coin,
        executable_pct,
        rank=None,
        ranked=False,
        reason="okx perp is 12.4 s old",
        sell_age_ms=12_400,
        skew_ms=12_190,
        fresh_legs=6,
    )
    return replace(built, **changes)


def a_tiny_spread() -> SpreadRow:
    """A coin of many zeros, spot against perpetual, with an unknown interval."""
    return a_spread(
        "PEPE",
        0.312,
        rank=2,
        kind=Kind.SPOT_PERP,
        buy_exchange=Exchange.BITGET,
        buy_market=Market.SPOT,
        buy_symbol="PEPEUSDT",
        ask=0.0000123456,
        ask_coins=8_123_456_000.0,
        sell_exchange=Exchange.BYBIT,
        sell_symbol="1000PEPEUSDT",
        bid=0.0000123841,
        bid_coins=510_000.0,
        fees_pct=0.31,
        net_pct=0.002,
        funding_pct=None,
        net_funding_pct=None,
        funding_reason="interval of bybit perp not known",
        hold_h=None,
        breakeven_h=None,
        buy_rate=None,
        buy_interval_h=None,
        buy_next_settlement_ms=None,
        sell_interval_h=None,
        sell_settlements=None,
        size_coins=510_000.0,
        size_usd=6.296,
        suspects=1,
        legs=7,
        fresh_legs=6,
        lasts=[None, *(0.0000123456 for _ in SLOTS[1:])],
    )


def a_suspect(coin: str = "PEPE", **changes: object) -> Suspect:
    """A multiplier that can't be right."""
    built = Suspect(
        coin=coin,
        exchange=Exchange.BITGET,
        market=Market.PERP,
        symbol=f"1000{coin}USDT",
        multiplier=1.0,
        doubt=Doubt.MULTIPLIER,
        text="multiplier contradicts: 1000 × 3 others' median, after × 1",
        price=0.0123456,
        others_price=0.0000123456,
        ratio=1_000.0,
        others=3,
        since_ms=NOW_MS - 3 * HOUR_MS,
    )
    return replace(built, **changes)


def some_spreads(count: int = 36) -> list[SpreadRow]:
    """BTC, PEPE, plain ones down to below zero, then two that don't rank."""
    plain = [
        a_spread(
            name,
            0.3 - place * 0.02,
            rank=place,
            ask=100 / place,
            bid=(100 / place) * (1.003 - place * 0.0002),
            size_usd=1e6 / place**2,
        )
        for place, name in ((place, f"COIN{place}") for place in range(3, count - 1))
    ]
    old = [a_stale_spread("LATE"), a_stale_spread("币安人生", 1.9)]
    return [a_spread(), a_tiny_spread(), *plain, *old]


def a_spreads_board(now_ms: int = NOW_MS, **changes: object) -> SpreadsBoard:
    """Some of a thousand coins, three instruments in quarantine."""
    rows = some_spreads()
    times = [
        SpreadTime(coin="BTC", kind=SpreadKind.ALL, over_s=754.0, rises=31),
        SpreadTime(coin="COIN3", kind=SpreadKind.ALL, over_s=21_754.0, rises=1_204),
    ]
    built = SpreadsBoard(
        board="spreads",
        threshold_pct=0.6,
        over_24h=times,
        watched_24h_min=1_437,
        now_ms=now_ms,
        kind=Kind.ALL,
        filter=Filter.ALL,
        coin=None,
        max_age_s=3.0,
        slots=SLOT_NAMES,
        fees_pct=FEES_PCT,
        coins=len(rows),
        ranked=len(rows) - 2,
        matching=len(rows),
        rows=rows,
        quarantine=[
            a_suspect(),
            a_suspect(
                "SUN",
                doubt=Doubt.ANOTHER_COIN,
                market=Market.SPOT,
                symbol="SUNUSDT",
                text="another coin: 0.618 × 4 others' median",
                price=0.01236,
                others_price=0.02,
                ratio=0.618,
                others=4,
                settled=True,
            ),
            a_suspect(
                "XYZ",
                doubt=Doubt.SETTINGS,
                text="named in spreads.not_same",
                price=None,
                others_price=None,
                ratio=None,
                others=0,
            ),
        ],
    )
    return replace(built, **changes)


def asked_for(
    board: SpreadsBoard, kind: Kind, chosen: Filter, coin: str | None, limit: int | None
) -> SpreadsBoard:
    """The board with the rows that were asked for."""
    rows = [row for row in board.rows if coin is None or row.coin == coin]
    if kind is not Kind.ALL:
        rows = [row for row in rows if row.kind is kind]
    if chosen is Filter.OVER:
        rows = [row for row in rows if row.executable_pct >= OVER_PCT]
    elif chosen is Filter.MAJORS:
        rows = [row for row in rows if row.coin == "BTC"]
    elif chosen is Filter.FUNDING:
        rows = [row for row in rows if row.funding_pct is not None]
    return replace(
        board, kind=kind, filter=chosen, coin=coin, rows=rows[:limit], matching=len(rows)
    )


def a_sample(at_ms: int, spread_pct: float = 0.71) -> Sample:
    """One look at BTC."""
    return Sample(
        at_ms=at_ms,
        price_long=95_123.4,
        price_short=95_123.4 * (1 + spread_pct / 100),
        spread_pct=spread_pct,
    )


def a_signal(coin: str = "BTC", ago_s: int = 40, **changes: object) -> Signal:
    """Short on OKX, long on Binance; it was over after 12 seconds."""
    at_ms = NOW_MS - ago_s * 1000
    samples = [a_sample(at_ms - 2_000 * (2 - index), 0.62 + 0.045 * index) for index in range(3)]
    built = Signal(
        coin=coin,
        short_exchange=Exchange.OKX,
        short_market=Market.PERP,
        long_exchange=Exchange.BINANCE,
        long_market=Market.PERP,
        price_short=samples[-1].price_short,
        price_long=samples[-1].price_long,
        spread_pct=samples[-1].spread_pct,
        basis=Basis.EXECUTABLE,
        threshold_pct=0.6,
        at_ms=at_ms,
        began_ms=at_ms - 4_000,
        samples=samples,
        ended_ms=at_ms + 8_000,
        lasted_ms=12_000,
        ending=Ending.NARROWED,
    )
    return replace(built, **changes)


def a_signals_board(now_ms: int = NOW_MS, **changes: object) -> SignalsBoard:
    """Twelve signals, the newest of which goes on."""
    endings = list(Ending)
    open_one = a_signal("BTC", 31, ended_ms=None, lasted_ms=None, ending=None)
    ended = [
        a_signal(f"COIN{place}", 40 + place * 700, ending=endings[place % len(endings)])
        for place in range(11)
    ]
    built = SignalsBoard(
        board="signals",
        now_ms=now_ms,
        basis=Basis.EXECUTABLE,
        pairs="perp-perp",
        threshold_pct=0.6,
        samples=3,
        every_s=2.0,
        cooldown_s=30.0,
        keep=50,
        open_runs=2,
        last_sample_ms=now_ms - 900,
        signals=[open_one, *ended],
    )
    made = replace(built, **changes)
    return made if "runs" in changes else replace(made, runs=runs_of(made.signals))
