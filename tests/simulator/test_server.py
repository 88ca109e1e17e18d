"""The server's life: a free port, a taken port, a clean and quick stop."""

import asyncio
import socket
import subprocess
import sys

import httpx
import pytest

from tests.simulator.harness import okx_of, talk_to
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.errors import SimulatorError
from tui_monitor.simulator import Simulator


@in_virtual_time
async def test_serve_announces_its_address_and_stops_when_cancelled() -> None:
    """Soon, with sockets open and a slow answer on its way: that is not waited for."""
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    clock = VirtualClock()
    simulator = Simulator(clock=clock)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(simulator.serve("127.0.0.1", 0, ready.set_result))
        assert (await ready).startswith("http://127.0.0.1:")
        async with okx_of(simulator) as okx, talk_to(simulator) as talk:
            await talk.subscribe("tickers")
            simulator.fault(exchange="okx", kind="slow", delay_s=300, path="/status")
            slow = group.create_task(okx.get("system/status"))
            await clock.until(
                lambda: "/api/v5/system/status" in simulator.stats()["okx"]["requests"], 60
            )
            begin_s = clock.monotonic_s()
            serving.cancel()
            await asyncio.wait([serving])
            assert clock.monotonic_s() - begin_s <= 2
            with pytest.raises(httpx.TransportError):
                await okx.get("public/time")
            assert (await slow).status_code == 200


async def test_a_taken_port_is_one_clear_error() -> None:
    """With the address in it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SimulatorError, match=f"127.0.0.1:{port}"):
            await Simulator().serve("127.0.0.1", port, lambda _: None)


async def test_an_impossible_port_is_one_clear_error() -> None:
    """Not a traceback of the socket module."""
    with pytest.raises(SimulatorError):
        await Simulator().serve("127.0.0.1", 99_999, lambda _: None)


async def test_a_port_can_be_used_again_at_once() -> None:
    """Stopped and started on the same port."""
    async with Simulator().running() as sim, okx_of(sim) as okx:
        await okx.data("public/time")
        port = int(sim.url.rpartition(":")[2])
    async with Simulator().running(port=port) as sim, okx_of(sim) as okx:
        await okx.data("public/time")


def test_the_simulator_knows_nothing_of_the_feeds() -> None:
    """Not even by an import of an import."""
    code = (
        "import sys, tui_monitor.simulator as _;"
        "print([name for name in sys.modules if name.startswith('tui_monitor.feeds')"
        " or name.split('.')[0] in ('textual', 'rich')])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=240
    )
    assert ran.stdout.strip() == "[]"
