"""What one socket was asked for and what the exchange has not confirmed yet."""

from collections import deque

from tui_monitor.feeds.adapter import Request, Subscription


class Unconfirmed:
    """A request whose topics are not all confirmed."""

    def __init__(self, topics: tuple[Subscription, ...], at_s: float, times: int) -> None:
        self.topics = topics
        self.at_s = at_s
        self.times = times


class Asked:
    """What was asked for and not confirmed yet, oldest first."""

    def __init__(self) -> None:
        self._open: deque[Unconfirmed] = deque()
        self._put_off: list[tuple[Subscription, ...]] = []

    def late_s(self, patience_s: float) -> float | None:
        """When the oldest open request is late; None while nothing is open."""
        return self._open[0].at_s + patience_s if self._open else None

    def add(self, request: Request, at_s: float, times: int = 1) -> None:
        """A request has been sent."""
        self._open.append(Unconfirmed(request.asks_for, at_s, times))

    def confirm(self, topic: Subscription) -> None:
        """One topic is settled, for good or ill."""
        for request in self._open:
            if topic in request.topics:
                request.topics = tuple(other for other in request.topics if other != topic)
        self._open = deque(request for request in self._open if request.topics)

    def take_late(self, now_s: float, patience_s: float) -> Unconfirmed | None:
        """Take out the oldest request if it is late."""
        late_s = self.late_s(patience_s)
        return self._open.popleft() if late_s is not None and now_s >= late_s else None

    def split_oldest(self) -> list[tuple[Subscription, ...]]:
        """Take out the oldest request and halve its topics; empty if it has one topic or none."""
        if not self._open or len(self._open[0].topics) < 2:
            return []
        topics = self._open.popleft().topics
        middle = len(topics) // 2
        return [topics[:middle], topics[middle:]]

    def drop_oldest(self) -> Subscription | None:
        """Give up the oldest request, which has one topic."""
        return self._open.popleft().topics[0] if self._open else None

    def put_off(self, groups: list[tuple[Subscription, ...]]) -> None:
        """Ask for these as soon as something can be sent."""
        self._put_off.extend(groups)

    def put_off_until_now(self) -> list[tuple[Subscription, ...]]:
        """What was put off; it is handed out once."""
        groups, self._put_off = self._put_off, []
        return groups
