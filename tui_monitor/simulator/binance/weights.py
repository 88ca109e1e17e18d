"""Binance's request limits: weights a clock minute, pools of their own, bans."""

from collections.abc import Callable, Mapping
from math import ceil
from typing import NamedTuple

from tui_monitor.clock import MINUTE_MS
from tui_monitor.simulator.binance.params import failed
from tui_monitor.simulator.limits import Limit
from tui_monitor.simulator.serving import Answer, Params
from tui_monitor.simulator.shared import Root

# Whoever goes on after so many refusals is banned, at first for two minutes.
_PATIENCE = 10
_FIRST_BAN_MS = 120_000
_LONGEST_BAN_MS = 259_200_000


class Tariff(NamedTuple):
    """The limits of a root. `weights` by path; a pool is a rolling count of its paths."""

    minute_weight: int
    weights: Mapping[str, Callable[[Params], int]]
    pools: Mapping[str, tuple[str, Limit]]


class _Client:
    """What one address has used."""

    def __init__(self) -> None:
        self.minute = 0
        self.weight = 0
        self.refusals = 0
        self.bans = 0
        self.banned_ms = 0


class WeightMeter:
    """Counts the weights of each address within UTC minutes and bans who doesn't back off."""

    def __init__(self, root: Root, tariff: Tariff) -> None:
        self._root = root
        self._tariff = tariff
        self._clients: dict[str, _Client] = {}

    def reset(self) -> None:
        """Forget all use and all bans."""
        self._clients.clear()

    def admit(self, client: str, path: str, params: Params) -> Answer | None:
        """Charge a request; the refusal if it is one too many."""
        if not self._root.shared.limits:
            return None
        used, now_ms = self._used(client)
        if now_ms < used.banned_ms:
            self._root.violated(f"{path}: a request while banned")
            return banned(used.banned_ms, used.banned_ms - now_ms)
        if self._pool_is_full(client, path):
            return too_many(self._tariff.pools[path][1].text(), None)
        weigh = self._tariff.weights.get(path)
        if weigh is None:
            return None
        used.weight += weigh(params)
        if used.weight <= self._tariff.minute_weight:
            return None
        return self._over(used, path, now_ms)

    def headers(self, client: str, path: str) -> Mapping[str, str]:
        """The weight used in this minute; paths without weight don't tell it."""
        if path not in self._tariff.weights or not self._root.shared.limits:
            return {}
        return {"X-MBX-USED-WEIGHT-1M": str(self._used(client)[0].weight)}

    def _used(self, client: str) -> tuple[_Client, int]:
        now_ms = self._root.shared.clock.now_ms()
        used = self._clients.setdefault(client, _Client())
        if used.minute != now_ms // MINUTE_MS:
            used.minute, used.weight, used.refusals = now_ms // MINUTE_MS, 0, 0
        return used, now_ms

    def _pool_is_full(self, client: str, path: str) -> bool:
        pool = self._tariff.pools.get(path)
        if pool is None:
            return False
        name, limit = pool
        now_s = self._root.shared.clock.monotonic_s()
        if self._root.windows.allow((client, name), limit, now_s):
            return False
        self._root.violated(f"{path}: more than {limit.text()}")
        return True

    def _over(self, used: _Client, path: str, now_ms: int) -> Answer:
        most = self._tariff.minute_weight
        self._root.violated(f"{path}: more than {most} weight a minute")
        used.refusals += 1
        if used.refusals <= _PATIENCE:
            return too_many(f"{most} requests per minute", MINUTE_MS - now_ms % MINUTE_MS)
        length_ms = min(_LONGEST_BAN_MS, _FIRST_BAN_MS << used.bans)
        used.bans += 1
        used.banned_ms = now_ms + length_ms
        self._root.violated(f"banned for {length_ms // 1000} s")
        return banned(used.banned_ms, length_ms)


def too_many(limit: str, wait_ms: int | None) -> Answer:
    """HTTP 429, with the seconds to wait if they are known."""
    headers = {} if wait_ms is None else {"Retry-After": str(ceil(wait_ms / 1000))}
    message = (
        f"Too many requests; current limit of IP(127.0.0.1) is {limit}. "
        "Please use the websocket for live updates to avoid polling the API."
    )
    return Answer(failed(-1003, message).body, 429, headers)


def banned(until_ms: int, wait_ms: int) -> Answer:
    """HTTP 418; the end of the ban is in the text, too."""
    message = (
        f"Way too much request weight used; IP banned until {until_ms}. "
        "Please use WebSocket Streams for live updates to avoid bans."
    )
    return Answer(failed(-1003, message).body, 418, {"Retry-After": str(ceil(wait_ms / 1000))})
