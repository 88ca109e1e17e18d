"""What the description allows and forbids, asked of a real endpoint by somebody else's program."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.api.harness import FIRST_DAY, ZONE
from tests.support.sources import MemorySource
from tests.support.virtual_time import START_MS
from tui_monitor.api.address import Address, bind
from tui_monitor.api.app import ENDPOINTS, build_app
from tui_monitor.api.limits import Limits
from tui_monitor.api.openapi import document
from tui_monitor.api.serving import serving

EXAMPLES = 8
# Where what one parameter may be depends on another, or a text has to be a time or a coin.
DEPENDENT = {
    "/api/coin-price-tracker/latest",
    "/api/coin-price-tracker/history",
    "/api/history/{symbol}/database",
    "/api/backfill-monitor/start",
    "/api/liquidation-1h/history",
    "/api/boards/sum",
    "/api/boards/liquidations",
    "/api/boards/coverage",
    "/api/stream",
    "/api/attach",
    "/api/switch_symbol",
}


class Still:
    """A clock that stands still; waiting takes no time."""

    def now_ms(self) -> int:
        return START_MS

    def monotonic_s(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


async def _serve(ready: list[str], begun: threading.Event, stop: asyncio.Event) -> None:
    clock = Still()
    source = MemorySource(clock, ZONE, FIRST_DAY)
    with await bind(Address("127.0.0.1", 0)) as listener:
        address = Address("127.0.0.1", listener.getsockname()[1])
        # How long who asks and who answers may take is no part of the description.
        limits = Limits(header_s=60, handler_s=60, idle_s=600)
        app = build_app(source, clock, ZONE, address=address, limits=limits)
        async with serving(app, listener, limits):
            ready.append(address.url)
            begun.set()
            await stop.wait()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """An endpoint in a thread: the program that asks it waits for its answers."""
    ready: list[str] = []
    begun, loop, stop = threading.Event(), asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(_serve(ready, begun, stop),))
    thread.start()
    assert begun.wait(60)
    try:
        yield ready[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(60)
        loop.close()


SCHEMA = schemathesis.openapi.from_dict(document(ENDPOINTS), config=SchemathesisConfig())
OPERATIONS: list[Any] = [one.ok() for one in SCHEMA.get_all_operations() if isinstance(one, Ok)]


assert len(OPERATIONS) == len(ENDPOINTS)
# Of a question without parameters nothing is forbidden.
CASES = [
    pytest.param(operation, mode, id=f"{operation.label} {mode.value}")
    for operation in OPERATIONS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or operation.body or any(operation.iter_parameters())
]


@pytest.mark.parametrize(("operation", "mode"), CASES)
def test_the_endpoint_keeps_to_its_description(
    url: str, operation: Any, mode: GenerationMode
) -> None:
    """Statuses, types and shapes are those described; what is forbidden is refused, and what is
    allowed is answered, but for rules that are beyond the description."""
    excluded = [positive_data_acceptance] if operation.path in DEPENDENT else []
    session = requests.Session()
    session.trust_env = False

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        response = case.call(base_url=url, session=session)
        case.validate_response(response, excluded_checks=excluded)

    with session:
        ask()
