"""The description lists exactly the routes there are, with exactly their parameters."""

from typing import Any

import msgspec
import pytest
from starlette.routing import Route

from tests.api.described import assert_as_described
from tests.api.harness import Served, endpoint
from tests.support.virtual_time import in_virtual_time
from tui_monitor.api.address import Address
from tui_monitor.api.app import ENDPOINTS, build_app

NEEDS_A_BODY = ("/api/backfill-monitor/start", "/api/switch_symbol")


async def described(served: Served) -> dict[str, Any]:
    response = await served.http.get("/api/openapi.json")
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


@in_virtual_time
async def test_it_lists_exactly_the_routes_that_exist() -> None:
    """Every method and path that the application routes, and none else."""
    async with endpoint() as served:
        document = await described(served)
        listed = {
            (path, method.upper()) for path, item in document["paths"].items() for method in item
        }
        app = build_app(
            served.source, served.clock, served.source.zone, address=Address("127.0.0.1", 1)
        )
        routed = {
            (route.path, method)
            for route in app.routes
            if isinstance(route, Route)
            for method in (route.methods or set()) - {"HEAD"}
        }
        assert listed == routed
        routes = [route for route in app.routes if isinstance(route, Route)]
        assert len(routes) == len(ENDPOINTS) == len(listed)


@in_virtual_time
async def test_every_listed_route_answers() -> None:
    """None is a promise only: each GET succeeds without parameters, each POST takes JSON."""
    async with endpoint() as served:
        document = await described(served)
        for path, item in document["paths"].items():
            for method in item:
                body: dict[str, str] | None = {} if method == "post" else None
                url = path.format(symbol="BTC")
                response = await served.http.request(method, url, json=body)
                good = int(next(iter(item[method]["responses"])))
                if good == 101:
                    assert response.status_code == 426  # without an upgrade
                    continue
                assert response.status_code in (good, 400), path
                assert (response.status_code == good) or path in NEEDS_A_BODY


@in_virtual_time
async def test_every_listed_parameter_is_known_to_its_route() -> None:
    """A value that fits none is refused by name, not as unknown."""
    async with endpoint() as served:
        document = await described(served)
        for path, item in document["paths"].items():
            for parameter in item.get("get", {}).get("parameters", []):
                assert parameter["description"], parameter["name"]
                url = path.format(symbol="BTC")
                response = await served.http.get(url, params={parameter["name"]: "~"})
                assert response.status_code in (400, 404)
                assert "unknown parameter" not in response.json()["error"]


@in_virtual_time
async def test_every_answer_has_exactly_the_described_keys() -> None:
    """No key beside the envelope is left out, and no route's data is just anything."""
    bodies = {
        "/api/backfill-monitor/start": {"start": "2026-11-14", "end": "2026-11-15"},
        "/api/switch_symbol": {"symbol": "BTC"},
    }
    async with endpoint() as served:
        asked = 0
        for route in ENDPOINTS:
            if route.gives is None:
                continue
            path = route.path.format(symbol="BTC")
            body = bodies.get(path, {}) if route.method == "POST" else None
            response = await served.http.request(route.method, path, json=body)
            assert response.status_code == 200, (path, response.text)
            assert_as_described(route.path, response.json(), route.method.lower())
            asked += 1
        assert asked > 25


@in_virtual_time
async def test_a_key_that_is_not_described_is_seen() -> None:
    """The net itself: one more key of an answer, on top or within, is a fault."""
    async with endpoint() as served:
        found = await served.get("/api/anomalies")
        for wrong in (
            {**found, "more": 1},
            {**found, "filters": {**found["filters"], "more": 1}},
            {key: value for key, value in found.items() if key != "filters"},
        ):
            with pytest.raises(AssertionError, match="/api/anomalies"):
                assert_as_described("/api/anomalies", wrong)


@in_virtual_time
async def test_every_field_of_a_question_is_a_listed_parameter() -> None:
    """None is left out because another route's question has the same name."""
    async with endpoint() as served:
        document = await described(served)
        for route in ENDPOINTS:
            told = document["paths"][route.path][route.method.lower()]
            wanted = {field.encode_name for field in msgspec.structs.fields(route.asks)}
            if route.method == "GET":
                assert {one["name"] for one in told.get("parameters", [])} == wanted, route.path


@in_virtual_time
async def test_every_reference_leads_somewhere() -> None:
    """A generator of clients can follow it."""
    async with endpoint() as served:
        text = (await served.http.get("/api/openapi.json")).text
        document = msgspec.json.decode(text)
        schemas = document["components"]["schemas"]
        names = [part.split('"')[0] for part in text.split("#/components/schemas/")[1:]]
        assert names
        assert set(names) <= set(schemas)
        assert {"SumBoard", "CoverageBoard", "PriceRecord", "Error"} <= set(schemas)


@in_virtual_time
async def test_the_root_lists_the_routes_as_text() -> None:
    """For who opens it in a browser."""
    async with endpoint() as served:
        response = await served.http.get("/")
        assert response.headers["content-type"] == "text/plain; charset=utf-8"
        for route in ENDPOINTS:
            assert f"{route.method:4} {route.path}\n" in response.text
        assert "limit: " in response.text
        # Values stand with what takes them, those of a length in its order.
        # And what stands for one that is not given.
        assert "\n       limit: Rows at most, 1 to 5000. Default: 100.\n" in response.text
        assert "a moment is never cut: a page may have some more. Default" in response.text
        assert (
            "kind: Which legs are paired. One of all, perp-perp, spot-perp, spot-spot. Default"
            in (response.text)
        )
        assert "anomaly_only: Nothing but anomalies is stored" in response.text
        assert "Default: false.\n" in response.text
        assert "bar: The length of the bars. One of 1m, 5m, 15m, 1h.\n" in response.text
        # Or in its sentence.
        assert (
            "by: By the absolute change of USD in the window, or by size. Default: change.\n"
            in response.text
        )
