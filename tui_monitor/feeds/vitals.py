"""Whether data comes, and which way: the only truth about a channel.

Acks, pongs, pings and repetitions are not data. Ages are monotonic differences; wall times are
only for what is written down. A channel that is quiet by nature lives as long as its socket
does, and the socket as long as a busy companion on it.
"""

from collections.abc import Callable

from msgspec import UNSET, Struct
from msgspec.structs import replace

from tui_monitor.clock import Clock
from tui_monitor.feeds.plans import Channel
from tui_monitor.model import ChannelHealth, Exchange, FeedState, Outage, Source
from tui_monitor.printable import printable

# A socket that is gone so long without another in its place is an outage; less is a hiccup.
GONE_AFTER_S = 2.0
# How long the first socket of a quiet channel may take.
FIRST_S = 10.0
# What was never up is starting for so long, whatever keeps it from it; then it is away.
STARTS_WITHIN_S = 30.0
# What is less late may only have been overtaken.
OLD_MS = 5_000
# Of a line that also has to name REST's trouble, the stream's part.
_STREAM_PART = 60


class Way(Struct, frozen=True, kw_only=True):
    """How a channel's data should come: through the socket that `suffix` tells from the others,
    or polled. `every_s` is between two questions by REST, of the poll or of what bridges.
    """

    host: str
    suffix: str = ""
    polled: bool = False
    every_s: float = 2.0


class Vitals:
    """One channel's pulse on one socket, or polled; and its outage.

    `on_outage` gets it as it opens and as it closes. `on_gap` gets the gaps of a quiet channel
    that were too short for one, afterwards: what it would have told in them nobody repeats.
    """

    def __init__(
        self,
        exchange: Exchange,
        channel: Channel,
        clock: Clock,
        *,
        on_outage: Callable[[Outage], None],
        way: Way,
        on_gap: Callable[[Outage], None] | None = None,
    ) -> None:
        self.exchange = exchange
        self.channel = channel
        self.name = f"{channel.name}{way.suffix}"
        self._way = way
        self.topics = 0
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
        # One slow answer is no gap in the bridge.
        self._bridge_holds_s = max(3 * way.every_s, 6.0)
        self._on_outage = on_outage
        self._on_gap = on_gap
        self._off = False
        self._rest_s: float | None = None
        self._banned_until_s = float("-inf")
        self._begin()

    def _begin(self) -> None:
        # The stream's age counts from the beginning until something has come.
        self._stream_s = self._began_s = self._clock.monotonic_s()
        self._stream_ms = self._clock.now_ms()
        self._had_stream = self._lived = False
        self._since_ms = self._stream_ms
        self._old_s, self._old_by_ms = float("-inf"), 0
        # A quiet channel is gone until its first socket lives; it gets longer for that.
        self._gone_s = self._stream_s + FIRST_S - GONE_AFTER_S if self.quiet else None

    def heard_old(self, exchange_ms: int, received_ms: int, received_s: float) -> None:
        """Something came, but it is of a time before what is known."""
        self._old_s, self._old_by_ms = received_s, received_ms - exchange_ms

    def old_text(self) -> str:
        """What is wrong with what comes; empty where it is good, or where nothing comes."""
        if self._old_s <= self._stream_s or self._old_by_ms < OLD_MS:
            return ""
        return f"data come, but {self._old_by_ms / 1000:.0f} s old"

    @property
    def quiet(self) -> bool:
        """Whether its silence says nothing."""
        return self.channel.silent_after_s is None

    def switch(self, *, on: bool) -> None:
        """Whether anything is wanted of it at all."""
        if on and self._off:
            self._begin()
        elif not on and self.outage is not None:
            self._close_outage(self._clock.now_ms())
        self._off = not on

    @property
    def heard_ms(self) -> int:
        """When data came last the regular way, or since when it is waited for."""
        return self._stream_ms

    def linked(self, connected: bool, *, alive: bool, heard_ms: int | None = None) -> None:
        """Whether a socket is open now, and has given data. Open is not alive; closed is dead.

        `heard_ms` is when any of the socket's busy channels gave data last.
        """
        self.connected = connected
        now_s = self._clock.monotonic_s()
        if self.quiet:
            self._linked_quiet(connected and alive, now_s, heard_ms)
        elif connected:
            self._gone_s = None
        elif self._gone_s is None:
            self._gone_s = now_s

    def _linked_quiet(self, alive: bool, now_s: float, heard_ms: int | None) -> None:
        now_ms = self._clock.now_ms()
        if alive:
            if self._gone_s is not None and self._lived and self.outage is None:
                self._tell_gap(now_ms)
            self._gone_s, self._lived = None, True
            if not self._had_stream:
                self._had_stream, self._since_ms = True, now_ms
            if self.outage is not None:
                self._close_outage(now_ms)
        elif self._gone_s is None:
            self._gone_s = now_s
            # A socket that is found dead was so since it fell silent; what it told of this
            # channel after that was told nevertheless.
            fell_ms = now_ms if heard_ms is None else min(now_ms, heard_ms)
            self._stream_ms = max(self._since_ms, self._stream_ms, fell_ms)

    def _tell_gap(self, end_ms: int) -> None:
        if self._on_gap is None or self._stream_ms >= end_ms:
            return
        self._on_gap(
            Outage(
                exchange=self.exchange,
                market=self.channel.market,
                channel=self.name,
                reason=self.trouble or self.last_error or "a new socket",
                begin_ms=self._stream_ms,
                end_ms=end_ms,
            )
        )

    def ban(self, seconds: float) -> None:
        """The exchange told us to stay away for so long."""
        until_s = self._clock.monotonic_s() + seconds
        self._banned_until_s = max(self._banned_until_s, until_s)

    def data(self, received_ms: int, received_s: float) -> None:
        """News came the regular way."""
        self.messages += 1
        self._stream_s = received_s
        self._stream_ms = received_ms
        if not self._had_stream:
            self._had_stream = True
            self._since_ms = received_ms
        if self.quiet:
            # Else it would be away again at once: a socket that tells of it is there.
            self._gone_s = None
        if self.outage is not None:
            self._close_outage(received_ms)

    def rest_data(self) -> None:
        """News came by REST in the stream's place."""
        self._rest_s = self._clock.monotonic_s()
        self.rest_trouble = ""

    def slept(self, seconds: float, awake_ms: int) -> None:
        """Wall time went on without monotonic time: everything is older than it seems.

        `awake_ms` is the last wall time before; what came since was waiting in a socket.
        """
        self._stream_s -= seconds
        self._began_s -= seconds
        self._stream_ms = min(self._stream_ms, awake_ms)
        if self._rest_s is not None:
            self._rest_s -= seconds

    def away_due_s(self) -> float:
        """Seconds until the channel counts as away if nothing comes; not above 0 when it does.

        It is away when it has given no data for too long, or has no socket any more; and once
        it is, then until there is data again.
        """
        if self._off:
            return float("inf")
        if self.outage is not None:
            return 0.0
        silent_s = self.channel.silent_after_s
        due_s = float("inf") if silent_s is None else self._stream_s + silent_s
        if self._gone_s is not None:
            due_s = min(due_s, self._gone_s + GONE_AFTER_S)
        return due_s - self._clock.monotonic_s()

    @property
    def away(self) -> bool:
        """Whether something has to stand in for the stream."""
        return self.away_due_s() <= 0

    def open_outage(self) -> None:
        """Write down that the channel is away, since its last data."""
        if self.outage is None:
            self.outage = Outage(
                exchange=self.exchange,
                market=self.channel.market,
                channel=self.name,
                reason=self.trouble or self.old_text() or "no data",
                begin_ms=self._stream_ms,
                never_up=UNSET if self._had_stream else True,
            )
            self._on_outage(self.outage)

    def _close_outage(self, end_ms: int) -> None:
        outage, self.outage = self.outage, None
        self._since_ms = end_ms
        self.rest_trouble = ""
        if outage is not None:
            bridged = self._rest_s is not None and self._bridged_after(outage.begin_ms, end_ms)
            self._on_outage(replace(outage, end_ms=end_ms, bridged=bridged))

    def _bridged_after(self, begin_ms: int, end_ms: int) -> bool:
        lasted_s = (end_ms - begin_ms) / 1000
        return self._rest_s is not None and self._clock.monotonic_s() - self._rest_s < lasted_s

    def state(self) -> FeedState:
        """What the light says."""
        if self._off:
            return FeedState.OFF
        if not self.away:
            return FeedState.LIVE if self._had_stream else FeedState.STARTING
        if self._rest_is_fresh():
            return FeedState.BRIDGED
        if self._banned_until_s > self._clock.monotonic_s():
            return FeedState.BANNED
        if self._is_starting():
            return FeedState.STARTING
        return FeedState.SILENT if self.connected else FeedState.DOWN

    def _is_starting(self) -> bool:
        within_s = self._clock.monotonic_s() - self._began_s
        return not self._had_stream and within_s < STARTS_WITHIN_S

    def health(self) -> ChannelHealth:
        """Everything about it, now."""
        state = self.state()
        return ChannelHealth(
            exchange=self.exchange,
            market=self.channel.market,
            channel=self.name,
            state=state,
            source=self._source(state),
            since_ms=self._stream_ms if self.away else self._since_ms,
            age_ms=self._age_ms(),
            reason=self._reason(state),
            messages=self.messages,
            reconnects=self.reconnects,
            last_error=self.last_error,
            until_ms=self._ban_ends_ms() if state is FeedState.BANNED else None,
            quiet=self.quiet,
            polled=self._way.polled,
            every_s=self._way.every_s if self._way.polled else None,
            host=self._way.host,
            topics=self.topics,
        )

    def _ban_ends_ms(self) -> int:
        left_s = self._banned_until_s - self._clock.monotonic_s()
        return self._clock.now_ms() + round(left_s * 1000)

    def _source(self, state: FeedState) -> Source | None:
        if state is FeedState.LIVE:
            return Source.REST if self._way.polled else Source.STREAM
        return Source.REST if self._rest_is_fresh() else None

    def _rest_is_fresh(self) -> bool:
        if self._rest_s is None:
            return False
        return self._clock.monotonic_s() - self._rest_s < self._bridge_holds_s

    def _age_ms(self) -> int | None:
        times = [self._rest_s] if self._rest_s is not None else []
        if self.messages:
            times.append(self._stream_s)
        if not times:
            return None
        return max(0, round((self._clock.monotonic_s() - max(times)) * 1000))

    def _reason(self, state: FeedState) -> str:
        if state in (FeedState.LIVE, FeedState.OFF):
            return ""
        if state is FeedState.STARTING:
            return self.trouble or "waiting for the first data"
        silence = "connected, but no data comes" if self.connected else ""
        stream = self.trouble or self.old_text() or silence
        if self._way.polled:
            return stream or "no answer yet"
        if state is not FeedState.BRIDGED and self.rest_trouble:
            short = printable(stream or "reconnecting", _STREAM_PART)
            return f"stream: {short}; REST: {self.rest_trouble}"
        if state is FeedState.DOWN:
            return f"reconnecting: {stream}" if stream else "reconnecting"
        return stream or "reconnecting"
