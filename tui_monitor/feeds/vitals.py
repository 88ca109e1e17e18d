"""Whether data comes, and which way: the only truth about a stream.

Acks, pongs, pings and repetitions are not data. Ages are monotonic differences; wall times are
only for what is written down.
"""

from collections.abc import Callable

from tui_monitor.clock import Clock
from tui_monitor.model import ChannelHealth, Exchange, FeedState, Market, Outage, Source
from tui_monitor.printable import printable

# A socket that is gone so long without another in its place is an outage; less is a hiccup.
GONE_AFTER_S = 2.0
# Of a line that also has to name REST's trouble, the stream's part.
_STREAM_PART = 60


class Vitals:
    """One stream's pulse and its outage. `on_outage` gets it as it opens and as it closes."""

    def __init__(
        self,
        exchange: Exchange,
        market: Market,
        channel: str,
        clock: Clock,
        *,
        silent_after_s: float,
        bridge_every_s: float,
        on_outage: Callable[[Outage], None],
    ) -> None:
        self.exchange = exchange
        self.market = market
        self.channel = channel
        self.connected = False
        self.trouble = ""
        """Why there is no stream at the moment; empty while there is one."""
        self.rest_trouble = ""
        """Why REST does not stand in for it; empty while it does, or need not."""
        self.last_error = ""
        self.reconnects = 0
        self.messages = 0
        self.outage: Outage | None = None
        self._clock = clock
        self._silent_after_s = silent_after_s
        # One slow answer is no gap in the bridge.
        self._bridge_holds_s = max(3 * bridge_every_s, 6.0)
        self._on_outage = on_outage
        # The stream's age counts from the beginning until something has come.
        self._stream_s = clock.monotonic_s()
        self._stream_ms = clock.now_ms()
        self._rest_s: float | None = None
        self._had_stream = False
        self._since_ms = self._stream_ms
        self._gone_s: float | None = None
        self._banned_until_s = float("-inf")

    def linked(self, connected: bool) -> None:
        """Whether a socket is open now. Open is not alive, but closed is dead."""
        self.connected = connected
        if connected:
            self._gone_s = None
        elif self._gone_s is None:
            self._gone_s = self._clock.monotonic_s()

    def ban(self, seconds: float) -> None:
        """The exchange told us to stay away for so long."""
        until_s = self._clock.monotonic_s() + seconds
        self._banned_until_s = max(self._banned_until_s, until_s)

    def stream_data(self, received_ms: int, received_s: float) -> None:
        """News came through the stream."""
        self.messages += 1
        self._stream_s = received_s
        self._stream_ms = received_ms
        if not self._had_stream:
            self._had_stream = True
            self._since_ms = received_ms
        if self.outage is not None:
            self._close_outage(received_ms)

    def rest_data(self) -> None:
        """News came by REST."""
        self._rest_s = self._clock.monotonic_s()
        self.rest_trouble = ""

    def slept(self, seconds: float, awake_ms: int) -> None:
        """Wall time went on without monotonic time: everything is older than it seems.

        `awake_ms` is the last wall time before; what came since was waiting in a socket.
        """
        self._stream_s -= seconds
        self._stream_ms = min(self._stream_ms, awake_ms)
        if self._rest_s is not None:
            self._rest_s -= seconds

    def away_due_s(self) -> float:
        """Seconds until the stream counts as away if nothing comes; not above 0 when it does.

        It is away when it has given no data for too long, or has no socket any more; and once
        it is, then until there is data again.
        """
        if self.outage is not None:
            return 0.0
        due_s = self._stream_s + self._silent_after_s
        if self._gone_s is not None:
            due_s = min(due_s, self._gone_s + GONE_AFTER_S)
        return due_s - self._clock.monotonic_s()

    @property
    def away(self) -> bool:
        """Whether something has to stand in for the stream."""
        return self.away_due_s() <= 0

    @property
    def bridged(self) -> bool:
        """Whether REST stands in for it: the exchange can be reached."""
        return self._rest_is_fresh()

    def open_outage(self) -> None:
        """Write down that the stream is away, since its last data."""
        if self.outage is None:
            self.outage = Outage(
                exchange=self.exchange,
                market=self.market,
                channel=self.channel,
                reason=self.trouble or "no data",
                begin_ms=self._stream_ms,
            )
            self._on_outage(self.outage)

    def _close_outage(self, end_ms: int) -> None:
        outage, self.outage = self.outage, None
        self._since_ms = end_ms
        self.rest_trouble = ""
        if outage is not None:
            bridged = self._rest_s is not None and self._bridged_after(outage.begin_ms, end_ms)
            self._on_outage(
                Outage(
                    exchange=outage.exchange,
                    market=outage.market,
                    channel=outage.channel,
                    reason=outage.reason,
                    begin_ms=outage.begin_ms,
                    end_ms=end_ms,
                    bridged=bridged,
                )
            )

    def _bridged_after(self, begin_ms: int, end_ms: int) -> bool:
        lasted_s = (end_ms - begin_ms) / 1000
        return self._rest_s is not None and self._clock.monotonic_s() - self._rest_s < lasted_s

    def state(self) -> FeedState:
        """What the light says."""
        if not self.away:
            return FeedState.LIVE if self._had_stream else FeedState.STARTING
        if self._rest_is_fresh():
            return FeedState.BRIDGED
        if self._banned_until_s > self._clock.monotonic_s():
            return FeedState.BANNED
        return FeedState.SILENT if self.connected else FeedState.DOWN

    def health(self) -> ChannelHealth:
        """Everything about it, now."""
        state = self.state()
        return ChannelHealth(
            exchange=self.exchange,
            market=self.market,
            channel=self.channel,
            state=state,
            source=self._source(state),
            since_ms=self._stream_ms if self.away else self._since_ms,
            age_ms=self._age_ms(),
            reason=self._reason(state),
            messages=self.messages,
            reconnects=self.reconnects,
            last_error=self.last_error,
            until_ms=self._ban_ends_ms() if state is FeedState.BANNED else None,
        )

    def _ban_ends_ms(self) -> int:
        left_s = self._banned_until_s - self._clock.monotonic_s()
        return self._clock.now_ms() + round(left_s * 1000)

    def _source(self, state: FeedState) -> Source | None:
        if state is FeedState.LIVE:
            return Source.STREAM
        return Source.REST if self._rest_is_fresh() else None

    def _rest_is_fresh(self) -> bool:
        if self._rest_s is None:
            return False
        return self._clock.monotonic_s() - self._rest_s < self._bridge_holds_s

    def _age_ms(self) -> int | None:
        times = [self._rest_s] if self._rest_s is not None else []
        if self._had_stream:
            times.append(self._stream_s)
        if not times:
            return None
        return max(0, round((self._clock.monotonic_s() - max(times)) * 1000))

    def _reason(self, state: FeedState) -> str:
        if state is FeedState.STARTING:
            return self.trouble or "waiting for the first data"
        if state is FeedState.LIVE:
            return ""
        stream = self.trouble or ("connected, but no data comes" if self.connected else "")
        if state is not FeedState.BRIDGED and self.rest_trouble:
            short = printable(stream or "reconnecting", _STREAM_PART)
            return f"stream: {short}; REST: {self.rest_trouble}"
        if state is FeedState.DOWN:
            return f"reconnecting: {stream}" if stream else "reconnecting"
        return stream or "reconnecting"
