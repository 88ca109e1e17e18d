"""The part of a source in memory that tells of anomalies, picks and bars: always the same."""

from tui_monitor.boards.anomalies import AnomaliesBoard, AnomalyRow, Reason, State, Thresholds
from tui_monitor.boards.anomalies.explanation import Explained, Explanation, PartExplained
from tui_monitor.boards.anomalies.records import FoundAnomalies, StoredAnomaly
from tui_monitor.boards.klines import Klines
from tui_monitor.boards.picks import KEPT, PICKS_BAR, PickRow, PicksBoard
from tui_monitor.boards.upkeep import Upkeep
from tui_monitor.clock import Clock
from tui_monitor.model import BAR_MS, CandleRow, Exchange, Market

QUARTER_MS = BAR_MS["15m"]
THRESHOLDS = Thresholds(
    min_return=0.01,
    price_z=2.5,
    price_percentile=92.0,
    volume_z=2.0,
    volatility_z=2.0,
    price_weight=0.4,
    volume_weight=0.3,
    volatility_weight=0.3,
)
SCORES = {"PEPE": 3.2, "SOL": 0.7, "龙虾": 0.3}
"""The coins that are anomalies, and their scores."""


def an_anomaly(coin: str, score: float, open_ms: int, rank: int = 1) -> AnomalyRow:
    """A bar whose score is the price's alone."""
    return AnomalyRow(
        rank=rank,
        exchange=Exchange.BINANCE,
        symbol=f"{coin}USDT",
        coin=coin,
        state=State.ANOMALY,
        note="",
        score=score,
        price_score=score / 0.4,
        volume_score=0.0,
        volatility_score=0.0,
        return_pct=3.1,
        close=1.25,
        turnover_usd=2.5e6,
        range_pct=3.4,
        turnover_24h_usd=9.1e7,
        price_z=2.5 + score / 0.4,
        price_percentile=92.0,
        volume_z=1.0,
        volatility_z=1.5,
        price_robust_z=4.0,
        volume_robust_z=1.2,
        volatility_robust_z=2.0,
        reasons=[Reason.PRICE],
        kinds=[],
        indicators=None,
        n=96,
        open_ms=open_ms,
        close_ms=open_ms + QUARTER_MS,
        forming=False,
    )


def an_explanation(row: AnomalyRow) -> Explanation:
    """Of one part."""
    return Explanation(
        exchange=row.exchange,
        symbol=row.symbol,
        coin=row.coin,
        why=f"score {row.score:.3g}: price z {row.price_z:.3g} >= 2.5",
        rank_24h=3,
        top=150,
        turnover_24h_usd=row.turnover_24h_usd,
        min_turnover_usd=5_000.0,
        mode="closed",
        bar="15m",
        bar_ms=QUARTER_MS,
        window_bars=96,
        window_open_ms=row.open_ms - 95 * QUARTER_MS,
        newest_bar_ms=row.open_ms,
        elapsed=None,
        thresholds=THRESHOLDS,
        row=row,
        parts=[
            PartExplained(
                measure=Reason.PRICE,
                value=0.031,
                mean=0.004,
                deviation=0.003,
                n=94,
                z=row.price_z,
                threshold=2.5,
                over=row.price_score or 0.0,
                percentile=92.0,
                percentile_threshold=92.0,
                percentile_over=0.0,
                weight=0.4,
                contribution=row.score,
                flagged=True,
                both_ways=False,
                median=0.0035,
                mad=0.0027,
                robust_z=row.price_robust_z,
                missing="",
            )
        ],
    )


def a_pick(coin: str, rank: int, now_ms: int) -> PickRow:
    """A pick of 40 points and a few."""
    return PickRow(
        rank=rank,
        exchange=Exchange.BINANCE,
        symbol=f"{coin}USDT",
        coin=coin,
        score=44.25 - rank,
        last_score=41.0,
        max_score=57.5,
        change_points=2.25,
        turnover_points=25.0,
        volatility_points=12.0,
        growth_points=4.0,
        change_24h_pct=7.5,
        turnover_24h_usd=3.1e8,
        deviation_pct=4.8,
        growth_pct=-21.0,
        start_ms=now_ms - 16 * QUARTER_MS,
        start_price=1.0,
        current_price=1.03,
        max_price=1.05,
        increase_pct=3.0,
        n=16,
    )


class MemoryAnomalies:
    """Three anomalies, the coins of which are the picks, too; ten bars of each."""

    clock: Clock

    async def anomalies_board(
        self, exchange: Exchange | None = None, bar: str | None = None
    ) -> AnomaliesBoard:
        now_ms, open_ms = self.clock.now_ms(), self._open_ms()
        rows = [
            an_anomaly(coin, score, open_ms, rank)
            for rank, (coin, score) in enumerate(SCORES.items(), 1)
        ]
        return AnomaliesBoard(
            board="anomalies",
            now_ms=now_ms,
            exchange=exchange or Exchange.BINANCE,
            mode="closed",
            bar=bar or "15m",
            bar_ms=QUARTER_MS,
            evaluated_ms=now_ms,
            open_ms=open_ms,
            close_ms=open_ms + QUARTER_MS,
            universe=150,
            window_bars=96,
            thresholds=THRESHOLDS,
            counts={State.ANOMALY: len(rows), State.SMALL_MOVE: 150 - len(rows)},
            rows=rows,
            forming=None,
        )

    def watch_bars(self, exchange: Exchange | None = None, bar: str | None = None) -> None:
        raise AssertionError("asking by REST has nothing watched")

    async def anomaly_explained(
        self,
        name: str,
        exchange: Exchange | None = None,
        bar: str | None = None,
        *,
        forming: bool = False,
    ) -> Explained:
        score = SCORES.get(name.upper())
        found = []
        if score is not None:
            found = [an_explanation(an_anomaly(name.upper(), score, self._open_ms()))]
        return Explained(
            now_ms=self.clock.now_ms(),
            name=name,
            exchange=exchange or Exchange.BINANCE,
            bar=bar or "15m",
            found=found,
            live=True,
            reason="" if found else f"binance lists no perpetual of {name}",
        )

    async def stored_anomalies(
        self,
        first_ms: int,
        last_ms: int,
        *,
        exchange: Exchange | None = None,
        bar: str | None = None,
        min_score: float = 0.0,
        limit: int = 100,
    ) -> FoundAnomalies:
        exchange, bar, open_ms = exchange or Exchange.BINANCE, bar or "15m", self._open_ms()
        rows = [an_anomaly(coin, score, open_ms) for coin, score in SCORES.items()]
        if (exchange, bar) != (Exchange.BINANCE, "15m") or not first_ms <= open_ms <= last_ms:
            rows = []
        chosen = [row for row in rows if (row.score or 0.0) >= min_score][:limit]
        return FoundAnomalies(
            rows=[
                StoredAnomaly(
                    judged_ms=open_ms + QUARTER_MS, row=row, explanation=an_explanation(row)
                )
                for row in chosen
            ],
            exchanges=[exchange],
            bar=bar,
            evaluated_ms=self.clock.now_ms() if rows else None,
            reason="" if rows else f"{bar} bars of {exchange.value} are not watched",
        )

    async def picks_board(self, exchange: Exchange | None = None) -> PicksBoard:
        now_ms = self.clock.now_ms()
        return PicksBoard(
            board="picks",
            now_ms=now_ms,
            exchange=exchange or Exchange.BINANCE,
            bar=PICKS_BAR,
            evaluated_ms=now_ms,
            close_ms=now_ms - now_ms % QUARTER_MS,
            candidates=30,
            kept=KEPT,
            rows=[a_pick(coin, rank, now_ms) for rank, coin in enumerate(SCORES, 1)],
            left_out=[],
        )

    async def klines(
        self,
        symbol: str,
        exchange: Exchange | None = None,
        market: Market = Market.PERP,
        bar: str | None = None,
        limit: int = 100,
    ) -> Klines:
        coin = symbol.upper().removesuffix("USDT")
        newest_ms = self._open_ms()
        exchange, bar = exchange or Exchange.BINANCE, bar or "15m"
        rows = [
            _candle(coin, exchange, market, bar, newest_ms - back * BAR_MS[bar])
            for back in range(min(limit, 10) - 1, -1, -1)
            if coin in SCORES
        ]
        return Klines(
            now_ms=self.clock.now_ms(),
            exchange=exchange,
            market=market,
            symbol=f"{coin}USDT",
            coin=coin if rows else "",
            bar=bar,
            bar_ms=BAR_MS[bar],
            rows=rows,
            forming=None,
            reason="" if rows else f"no {bar} bars of {symbol} are stored",
        )

    async def upkeep(self) -> Upkeep:
        return Upkeep(
            exchanges=(Exchange.BINANCE,),
            bar="15m",
            watched=150,
            candle_symbols=160,
            anomalies_1h=3,
            anomalies_24h=17,
            picks=len(SCORES),
            evaluated_ms=self.clock.now_ms(),
            keeps_h=24.0,
            every_h=1.0,
        )

    def _open_ms(self) -> int:
        now_ms = self.clock.now_ms()
        return now_ms - now_ms % QUARTER_MS - QUARTER_MS


def _candle(coin: str, exchange: Exchange, market: Market, bar: str, open_ms: int) -> CandleRow:
    return CandleRow(
        exchange=exchange,
        market=market,
        symbol=f"{coin}USDT",
        coin=coin,
        bar=bar,
        open_ms=open_ms,
        open=1.0,
        high=1.3,
        low=0.9,
        close=1.25,
        volume_coins=2e6,
        turnover_usd=2.5e6,
    )
