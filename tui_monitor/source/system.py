"""The system board and the report on markets, from this process's engine."""

from msgspec.structs import replace

from tui_monitor.boards.markets import MarketReport, market_report
from tui_monitor.boards.system import DatabaseFigures, SystemBoard, system_board
from tui_monitor.engine import Engine
from tui_monitor.engine.process import ProcessProbe
from tui_monitor.engine.rates import MessageRates
from tui_monitor.errors import StoreError
from tui_monitor.model import ChannelHealth, Market
from tui_monitor.source.figures import database_figures

# Counting the rows of years takes some tenths of a second.
COUNT_AGAIN_S = 30.0


class SystemReader:
    """Asks the engine; remembers what rates and shares are made of."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._clock = engine.clock
        self._rates = MessageRates(engine.clock)
        self._probe = ProcessProbe(engine.clock, engine.loop_lag)
        self._counted: tuple[float, DatabaseFigures] | None = None

    def note(self) -> None:
        """Remember the counts of messages; whoever asks for the board next has rates."""
        self._rates.of(self._channels())

    async def board(self) -> SystemBoard:
        """The board. Rates are there from the second look on, half a second after the first."""
        database = await self._database()
        return system_board(
            self._engine.status(),
            self._engine.exchanges(),
            self._rates.of(self._channels()),
            self._probe.look(),
            database,
        )

    def markets(self) -> MarketReport:
        """By the lists of the watched exchanges."""
        return market_report(
            {
                (name, market): {one.coin for one in self._engine.feeds[name].instruments(market)}
                for name in self._engine.enabled
                for market in Market
            }
        )

    def _channels(self) -> list[ChannelHealth]:
        engine = self._engine
        return [health for name in engine.enabled for health in engine.feeds[name].health()]

    async def _database(self) -> DatabaseFigures | str:
        engine, now_s = self._engine, self._clock.monotonic_s()
        if self._counted is None or now_s - self._counted[0] >= COUNT_AGAIN_S:
            try:
                info = await engine.store.info()
            except StoreError as error:
                return error.line()
            self._counted = (now_s, database_figures(info, self._clock.now_ms()))
        return replace(
            self._counted[1],
            backlog_rows=_backlog_rows(engine),
            dropped_rows=engine.store.given_up_rows,
            committed_ms=engine.store.committed_ms,
        )


def _backlog_rows(engine: Engine) -> int:
    """Rows that wait for the disk; while it takes rows, those that wait for their turn are none."""
    waiting = engine.recorder.backlog_rows
    if engine.recorder.recording:
        return waiting
    others = engine.liquidations.backlog_rows + engine.spreads.records.backlog_rows
    return waiting + others + engine.candles.backlog_rows
