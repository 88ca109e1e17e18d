"""What to send to Bybit's public streams, and which answer belongs to which request.

An answer does not name its topics, only the `req_id` of its request. And one bad topic has the
whole batch refused: the others have to be asked for again (docs v5/ws/connect).
"""

import itertools
import re
from collections.abc import Iterator, Sequence

import msgspec

from tui_monitor.feeds.adapter import Ack, AskAgain, Event, Rejected, Request, Subscription
from tui_monitor.feeds.bybit import wire
from tui_monitor.feeds.bybit.tops import Tops
from tui_monitor.model import Market
from tui_monitor.printable import printable

# Spot refuses more than 10 args in a request. Linear has no such rule; one refusal costs a batch.
ARGS_A_REQUEST = {Market.SPOT: 10, Market.PERP: 100}
# Documented: 21,000 characters of args a connection. 80 % of it.
ARGS_CHARACTERS = 16_800
# Answers that never came must not pile up.
_MAX_OPEN = 512
_REFUSED = re.compile(r"error:([^,]+),\s*topic:(\S+)")
_ALREADY = "already subscribed"


def topic_of(subscription: Subscription) -> str:
    """`tickers.BTCUSDT`; a channel may have a part of its own: `kline.30.BTCUSDT`."""
    channel, symbol = subscription
    return f"{channel}.{symbol}" if symbol else channel


def subscription_of(topic: str) -> Subscription:
    """The reverse; the last part is the symbol."""
    channel, dot, symbol = topic.rpartition(".")
    return Subscription(channel, symbol) if dot else Subscription(topic)


def sockets(
    wanted: Sequence[Subscription], on_each: Sequence[Subscription] = ()
) -> list[tuple[Subscription, ...]]:
    """Divide subscriptions among as few connections as the limit on their args allows.

    `on_each` are those that every connection has besides, in front of the others.
    """
    room_for_all = ARGS_CHARACTERS - 1  # two brackets, and the last has no comma
    room_for_all -= sum(map(_characters, on_each))
    groups: list[list[Subscription]] = []
    room = 0
    for subscription in wanted:
        characters = _characters(subscription)
        if not groups or characters > room:
            groups.append([*on_each])
            room = room_for_all
        groups[-1].append(subscription)
        room -= characters
    return [tuple(group) for group in groups]


def _characters(subscription: Subscription) -> int:
    return len(topic_of(subscription)) + 3  # quotes and a comma


class Asking:
    """The open requests of one adapter."""

    def __init__(self, market: Market, tops: Tops) -> None:
        self._tops = tops
        self._at_once = ARGS_A_REQUEST[market]
        self._ids = (str(number) for number in itertools.count(1))
        self._open: dict[str, tuple[Subscription, ...]] = {}

    def requests(self, wanted: Sequence[Subscription]) -> list[Request]:
        """Subscribe frames, each with a `req_id` that was never used before."""
        self._tops.asked(map(topic_of, wanted))
        chunks = (
            tuple(wanted[begin : begin + self._at_once])
            for begin in range(0, len(wanted), self._at_once)
        )
        return [self._request(chunk) for chunk in chunks]

    def _request(self, topics: tuple[Subscription, ...]) -> Request:
        req_id = next(self._ids)
        self._open[req_id] = topics
        while len(self._open) > _MAX_OPEN:
            del self._open[next(iter(self._open))]
        frame = {"req_id": req_id, "op": "subscribe", "args": [topic_of(one) for one in topics]}
        return Request(msgspec.json.encode(frame).decode(), topics)

    def answered(self, message: wire.Frame) -> Iterator[Event]:
        """What an answer to `subscribe` or `unsubscribe` means."""
        ended = message.op == "unsubscribe"
        if not message.success:
            yield from self._refused(message)
            return
        topics = self._open.pop(message.req_id, ())
        self._tops.accepted(map(topic_of, topics))
        if not topics:
            yield Ack(subscription=None, ended=ended)
        for topic in topics:
            yield Ack(subscription=topic, ended=ended)

    def _refused(self, message: wire.Frame) -> Iterator[Event]:
        found = _REFUSED.search(message.ret_msg)
        reason = printable(message.ret_msg, 200)
        if found is None:
            self._tops.refused(map(topic_of, self._open.pop(message.req_id, ())))
            yield Rejected(code="", reason=reason)
            return
        code, bad = found[1], subscription_of(found[2])
        batch = self._batch(message.req_id, bad)
        self._tops.refused(map(topic_of, batch))
        if code == _ALREADY and bad in batch:
            yield Ack(subscription=bad)
        else:
            yield Rejected(code=printable(code, 40), reason=reason, subscription=bad)
        if rest := tuple(topic for topic in batch if topic != bad):
            yield AskAgain(subscriptions=rest)

    def _batch(self, req_id: str, bad: Subscription) -> tuple[Subscription, ...]:
        """The refused request: by its id, or by the topic where the answer has no id."""
        if bad in self._open.get(req_id, ()):
            return self._open.pop(req_id)
        known = next((one for one, topics in self._open.items() if bad in topics), None)
        return self._open.pop(known) if known is not None else ()
