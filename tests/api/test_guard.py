"""Who may ask: hosts, origins, tokens, methods, sizes and types, with raw sockets."""

import pytest

from tests.api.harness import Reply, endpoint, request, talk
from tests.support.virtual_time import in_virtual_time
from tui_monitor.api.limits import Limits

OWN_HOSTS = [
    "127.0.0.1",
    "127.0.0.1:{port}",
    "localhost",
    "localhost:{port}",
    "LOCALHOST:{port}",
    "[::1]",
    "[::1]:{port}",
]
FOREIGN_HOSTS = [
    "evil.example",
    "evil.example:{port}",
    "127.0.0.1.evil.example",
    "127.0.0.1:1",
    "127.0.0.1:{port}0",
    "127.0.0.1:",
    "127.0.0.1@evil.example",
    "localhost.",
    "localhost.evil.example:{port}",
    "127.0.0.2:{port}",
    "127.1:{port}",
    "2130706433:{port}",
    "0.0.0.0:{port}",
    "::1",
    "[::1]evil.example",
    "[::1%25lo]:{port}",
    "[::ffff:127.0.0.1]:{port}",
    " ",
    "127.0.0.1, evil.example",
]
TOKEN = "correct horse battery staple"  # noqa: S105 - of this test alone
JSON = "Content-Type: application/json"


def is_plainly_refused(reply: Reply) -> bool:
    return reply.data["success"] is False and "success" not in reply.data["error"]


@pytest.mark.parametrize("host", OWN_HOSTS)
@in_virtual_time
async def test_an_own_host_is_served(host: str) -> None:
    """The three names of this machine, with the served port or none."""
    async with endpoint() as served:
        own = host.format(port=served.port)
        assert (await talk(served.port, request(served.port, host=own))).status == 200


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
@in_virtual_time
async def test_a_foreign_host_is_refused(host: str) -> None:
    """DNS rebinding: a name that points here is still not ours."""
    async with endpoint() as served:
        foreign = host.format(port=served.port)
        reply = await talk(served.port, request(served.port, host=foreign))
        assert reply.status == 403
        assert is_plainly_refused(reply)
        assert served.source.asked == 0


@in_virtual_time
async def test_no_host_and_two_hosts_are_refused() -> None:
    """HTTP/1.0 may leave it out, a smuggler may send two."""
    async with endpoint() as served:
        bare = await talk(served.port, b"GET /api/health HTTP/1.0\r\n\r\n")
        assert bare.status == 403
        two = request(served.port, headers=(f"Host: 127.0.0.1:{served.port}",))
        assert (await talk(served.port, two)).status == 400


@in_virtual_time
async def test_a_foreign_host_learns_nothing_about_routes() -> None:
    """The guard stands before the router: 403 for what exists and what does not."""
    async with endpoint() as served:
        for path in ("/api/health", "/nothing", "/api/boards/nothing"):
            sent = request(served.port, path, host="evil.example", method="DELETE")
            assert (await talk(served.port, sent)).status == 403


@in_virtual_time
async def test_listening_everywhere_serves_the_address_that_was_reached() -> None:
    """No list can name every address of a machine, but a connection knows the one it came in on."""
    async with endpoint(token=TOKEN, everywhere=True) as served:
        bearer = (f"Authorization: Bearer {TOKEN}",)
        for host, status in (
            (f"127.0.0.1:{served.port}", 200),
            (f"0.0.0.0:{served.port}", 403),
            (f"192.0.2.1:{served.port}", 403),
            (f"evil.example:{served.port}", 403),
        ):
            sent = request(served.port, host=host, headers=bearer)
            reply = await talk(served.port, sent)
            assert reply.status == status
            # The address that was reached is the one to open.
            if status == 403:
                assert reply.data["hint"] == f"open http://127.0.0.1:{served.port}"
        other = request(served.port, host=f"127.0.0.2:{served.port}", headers=bearer)
        assert (await talk(served.port, other, to="127.0.0.2")).status == 200
        assert (await talk(served.port, other)).status == 403


LISTED = ("Monitor.Example.org", "192.0.2.7", "2001:DB8:0::1", "127.0.0.1")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("monitor.example.org", 200),
        ("MONITOR.example.org:8443", 200),
        ("monitor.example.org:{port}", 200),
        ("192.0.2.7", 200),
        ("[2001:db8::1]:443", 200),
        ("127.0.0.1:8443", 200),
        ("localhost:{port}", 200),
        ("localhost:8443", 403),
        ("monitor.example.org.", 403),
        ("monitor.example.org:", 403),
        ("monitor.example.org:443:443", 403),
        ("monitor.example.org:999999", 403),
        ("monitor.example.org:evil", 403),
        ("monitor.example.org.evil.example", 403),
        ("evil.monitor.example.org", 403),
        ("example.org", 403),
        ("2001:db8::1", 403),
        ("evil.example", 403),
    ],
)
@in_virtual_time
async def test_a_name_that_its_owner_lists_is_served(host: str, status: int) -> None:
    """With the port of whatever leads here; every other name stays foreign."""
    async with endpoint(hosts=LISTED) as served:
        sent = request(served.port, host=host.format(port=served.port))
        assert (await talk(served.port, sent)).status == status


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("monitor.example.org", "https://monitor.example.org", 200),
        ("monitor.example.org:8443", "https://MONITOR.example.org:8443", 200),
        ("monitor.example.org:{port}", "http://monitor.example.org:{port}", 200),
        ("127.0.0.1", "https://127.0.0.1", 200),
        ("127.0.0.1:{port}", "http://127.0.0.1:{port}", 200),
        ("localhost:{port}", "https://localhost:{port}", 403),
        ("monitor.example.org", "http://monitor.example.org", 403),
        ("monitor.example.org", "https://monitor.example.org:8443", 403),
        ("monitor.example.org", "https://evil.example", 403),
        ("monitor.example.org", "https://sub.monitor.example.org", 403),
        ("monitor.example.org", "https://192.0.2.7", 403),
        ("127.0.0.1:{port}", "https://monitor.example.org", 403),
        ("monitor.example.org", "null", 403),
    ],
)
@in_virtual_time
async def test_pages_of_a_listed_name_may_ask_under_that_name(
    host: str, origin: str, status: int
) -> None:
    """Of that very origin, by TLS or from our own port; others on the list are foreign to it."""
    async with endpoint(hosts=LISTED) as served:
        port = served.port
        header = f"Origin: {origin.format(port=port)}"
        sent = request(port, host=host.format(port=port), headers=(header,))
        assert (await talk(port, sent)).status == status


ORIGINS = [
    ("http://127.0.0.1:{port}", 200),
    ("HTTP://127.0.0.1:{port}", 200),
    ("http://127.0.0.1", 403),
    ("http://localhost:{port}", 403),
    ("https://127.0.0.1:{port}", 403),
    ("http://127.0.0.1:{port}.evil.example", 403),
    ("http://evil.example", 403),
    ("null", 403),
    ("", 403),
    ("file://", 403),
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("origin", "status"), ORIGINS)
@in_virtual_time
async def test_only_the_own_origin_may_ask(origin: str, status: int, method: str) -> None:
    """A page that was not served here can neither read nor post; none is told otherwise."""
    async with endpoint() as served:
        path = "/api/health" if method == "GET" else "/api/backfill-monitor/stop"
        header = f"Origin: {origin.format(port=served.port)}"
        sent = request(served.port, path, method=method, headers=(header,))
        reply = await talk(served.port, sent)
        assert reply.status == status
        assert (served.source.asked > 0) is (status == 200)


SITES = [
    ("none", 200),
    ("same-origin", 200),
    ("same-site", 403),
    ("cross-site", 403),
    ("", 403),
    ("none, cross-site", 403),
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("site", "status"), SITES)
@in_virtual_time
async def test_only_the_own_site_may_ask(site: str, status: int, method: str) -> None:
    """Browsers say who asks even where they send no Origin."""
    async with endpoint() as served:
        path = "/api/health" if method == "GET" else "/api/backfill-monitor/stop"
        sent = request(served.port, path, method=method, headers=(f"Sec-Fetch-Site: {site}",))
        assert (await talk(served.port, sent)).status == status


@in_virtual_time
async def test_one_foreign_origin_among_two_is_enough() -> None:
    """A second header can't hide the first."""
    async with endpoint() as served:
        own, foreign = f"Origin: http://127.0.0.1:{served.port}", "Origin: http://evil.example"
        for headers in ((own, foreign), (foreign, own)):
            assert (await talk(served.port, request(served.port, headers=headers))).status == 403


@in_virtual_time
async def test_every_response_is_safe_and_none_has_a_cors_header() -> None:
    """Success, refusals by the guard, the router, a handler and the parser alike."""
    async with endpoint() as served:
        origin = f"Origin: http://127.0.0.1:{served.port}"
        replies = [
            await talk(served.port, sent)
            for sent in (
                request(served.port, headers=(origin,)),
                request(served.port, "/", headers=(origin,)),
                request(served.port, "/api/openapi.json"),
                request(served.port, host="evil.example"),
                request(served.port, "/nothing"),
                request(served.port, method="DELETE"),
                request(served.port, method="OPTIONS", headers=(origin,)),
                request(served.port, "/api/coin-price-tracker/latest?limit=x"),
                b"garbage\r\n\r\n",
            )
        ]
        assert [reply.status for reply in replies] == [200, 200, 200, 403, 404, 405, 405, 400, 400]
        for reply in replies:
            assert not [name for name in reply.headers if name.startswith("access-control")]
            assert reply.headers["x-content-type-options"] == "nosniff"
            assert reply.headers["cache-control"] == "no-store"
            assert "server" not in reply.headers


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ((f"Authorization: Bearer {TOKEN}",), 200),
        ((f"authorization: bearer {TOKEN}",), 200),
        ((), 401),
        (("Authorization: Bearer wrong",), 401),
        (("Authorization: Bearer",), 401),
        (("Authorization: Bearer ",), 401),
        ((f"Authorization: Basic {TOKEN}",), 401),
        ((f"Authorization: {TOKEN}",), 401),
        ((f"Authorization: Bearer {TOKEN}x",), 401),
        ((f"Authorization: Bearer {TOKEN[:-1]}",), 401),
        ((f"Authorization: Bearer {TOKEN}", "Authorization: Bearer wrong"), 401),
        (("Authorization: Bearer \xff\xfe",), 401),
        ((f"Cookie: token={TOKEN}",), 401),
    ],
)
@in_virtual_time
async def test_a_token_must_be_right(authorization: tuple[str, ...], status: int) -> None:
    """Once, as a bearer, whole."""
    async with endpoint(token=TOKEN) as served:
        reply = await talk(served.port, request(served.port, headers=authorization))
        assert reply.status == status
        assert (reply.headers.get("www-authenticate") == "bearer") is (status == 401)
        assert TOKEN not in reply.body.decode()


@in_virtual_time
async def test_a_token_is_asked_for_everywhere_and_not_taken_from_the_address() -> None:
    """Every route, those that do not exist too; an address ends up in histories and logs."""
    async with endpoint(token=TOKEN) as served:
        for path in ("/", "/api/openapi.json", "/nothing", "/api/health?token=x"):
            assert (await talk(served.port, request(served.port, path))).status == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("HEAD", "/api/health", 200),
        ("HEAD", "/api/backfill-monitor/stop", 405),
        ("OPTIONS", "/api/health", 405),
        ("PUT", "/api/health", 405),
        ("PATCH", "/api/backfill-monitor/stop", 405),
        ("DELETE", "/api/health", 405),
        ("TRACE", "/api/health", 405),
        ("POST", "/api/health", 405),
        ("GET", "/api/backfill-monitor/stop", 405),
        ("GET", "/api/backfill-monitor/start", 405),
        ("CONNECT", "/api/health", 405),
        ("get", "/api/health", 405),
    ],
)
@in_virtual_time
async def test_a_route_has_one_method(method: str, path: str, status: int) -> None:
    """HEAD goes with GET and has no body; the rest is 405 and says what is allowed."""
    async with endpoint() as served:
        reply = await talk(served.port, request(served.port, path, method=method))
        assert reply.status == status
        if method == "HEAD":
            assert reply.body == b""
            assert int(reply.headers["content-length"]) > 0
        if status == 405:
            assert "allow" in reply.headers


@in_virtual_time
async def test_a_large_header_is_refused_whole_or_in_part() -> None:
    """Complete in one packet, or never ending: 431 either way, and one below the bound passes."""
    async with endpoint() as served:
        for size, status in ((7_000, 200), (9_000, 431), (60_000, 431), (200_000, 431)):
            sent = request(served.port, headers=(f"X-Filler: {'x' * size}",))
            assert (await talk(served.port, sent)).status == status
        endless = request(served.port, headers=(f"X-Filler: {'x' * 9_000}",))[:-4]
        assert (await talk(served.port, endless)).status == 431
        many = request(served.port, headers=tuple(f"X-{number}: y" for number in range(1_500)))
        assert (await talk(served.port, many)).status == 431
        long = request(served.port, f"/api/health?_={'x' * 9_000}")
        assert (await talk(served.port, long)).status == 431


def post(port: int, body: str, *headers: str) -> bytes:
    return request(port, "/api/backfill-monitor/start", method="POST", headers=headers, body=body)


@in_virtual_time
async def test_a_large_body_is_refused_announced_or_not() -> None:
    """By its length before it is read; in chunks as soon as it is too much."""
    async with endpoint() as served:
        announced = post(served.port, "{}", JSON, "Content-Length: 70000")
        assert (await talk(served.port, announced)).status == 413
        size = 900_000
        sent = post(served.port, "x" * size, JSON, f"Content-Length: {size}")
        assert (await talk(served.port, sent)).status == 413, "a reset would hide the reason"
        chunk = f"{8_000:x}\r\n{'x' * 8_000}\r\n"
        chunked = post(served.port, chunk * 9, JSON, "Transfer-Encoding: chunked")
        reply = await talk(served.port, chunked)
        assert reply.status == 413
        assert reply.headers["connection"] == "close"
        assert served.source.job is None


@in_virtual_time
async def test_an_endless_body_ends_its_connection() -> None:
    """Even where the answer never looks at it."""
    async with endpoint() as served:
        for path in ("/nothing", "/api/health"):
            head = request(served.port, path, method="POST", headers=(JSON,))
            head = head.replace(b"Connection: close", b"Transfer-Encoding: chunked")
            reply = await talk(served.port, head + b"5\r\nabcde\r\n")
            assert reply.status in (404, 405)
            assert reply.headers["connection"] == "close"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ((JSON,), 200),
        (("Content-Type: application/json; charset=utf-8",), 200),
        (("content-type: APPLICATION/JSON",), 200),
        ((), 415),
        (("Content-Type: text/plain",), 415),
        (("Content-Type: application/x-www-form-urlencoded",), 415),
        (("Content-Type: multipart/form-data; boundary=x",), 415),
        (("Content-Type: application/jsonx",), 415),
        ((JSON, "Content-Type: text/plain"), 415),
    ],
)
@in_virtual_time
async def test_a_post_must_be_json(headers: tuple[str, ...], status: int) -> None:
    """What a plain form can send is not."""
    async with endpoint() as served:
        body = '{"start": "2026-11-14", "end": "2026-11-15"}'
        reply = await talk(
            served.port, post(served.port, body, f"Content-Length: {len(body)}", *headers)
        )
        assert reply.status == status
        assert (served.source.job is not None) is (status == 200)


@in_virtual_time
async def test_an_empty_form_can_not_stop_a_backfill() -> None:
    """It has no body, but it says what it is; a client without either header may."""
    async with endpoint() as served:
        path = "/api/backfill-monitor/stop"
        form = ("Content-Type: application/x-www-form-urlencoded", "Content-Length: 0")
        assert (
            await talk(served.port, request(served.port, path, method="POST", headers=form))
        ).status == 415
        plain = request(served.port, path, method="POST")
        assert (await talk(served.port, plain)).status == 200


@in_virtual_time
async def test_a_get_takes_no_body() -> None:
    """A body on a GET is a smuggler's tool."""
    async with endpoint() as served:
        sent = request(served.port, headers=("Content-Length: 2",), body="{}")
        assert (await talk(served.port, sent)).status == 400
        empty = request(served.port, headers=("Content-Length: 0",))
        assert (await talk(served.port, empty)).status == 200


@in_virtual_time
async def test_forwarded_headers_change_nothing() -> None:
    """No proxy stands before a loopback endpoint; what claims so is a client."""
    async with endpoint(limits=Limits()) as served:
        headers = ("X-Forwarded-Host: 127.0.0.1", "X-Forwarded-For: 127.0.0.1", "Forwarded: host=x")
        foreign = request(served.port, host="evil.example", headers=headers)
        assert (await talk(served.port, foreign)).status == 403


@in_virtual_time
async def test_a_slash_more_is_not_redirected() -> None:
    """A redirect would repeat whatever the Host header says."""
    async with endpoint() as served:
        reply = await talk(served.port, request(served.port, "/api/health/"))
        assert reply.status == 404
        assert "location" not in reply.headers


@in_virtual_time
async def test_two_lengths_of_one_body_are_refused() -> None:
    """A proxy that goes by the other one would take the rest for the next request."""
    async with endpoint() as served:
        both = ("Content-Length: 5", "Transfer-Encoding: chunked")
        chunked = "2\r\n{}\r\n0\r\n\r\n"
        for sent in (
            post(served.port, chunked, JSON, *both),
            post(served.port, chunked, JSON, *reversed(both)),
            request(served.port, headers=both, body="0\r\n\r\n"),
        ):
            reply = await talk(served.port, sent)
            assert reply.status == 400
            assert "exclude each other" in reply.data["error"]
            assert reply.headers["connection"] == "close"
        assert served.source.job is None


@in_virtual_time
async def test_a_target_with_its_address_is_served_as_its_path() -> None:
    """So do clients of proxies write it; it says what Host says, or is refused."""
    async with endpoint(token=TOKEN) as served:
        bearer = (f"Authorization: Bearer {TOKEN}",)
        own = f"127.0.0.1:{served.port}"
        for target, status in (
            (f"http://{own}/api/stats", 200),
            (f"HTTP://{own}/api/coins?limit=1", 200),
            (f"http://{own}", 200),
            (f"http://{own}/api/nothing", 404),
            ("http://evil.example/api/stats", 400),
            (f"http://me@{own}/api/stats", 400),
            (f"https://{own}/api/stats", 400),
            (f"ftp://{own}/api/stats", 400),
        ):
            reply = await talk(served.port, request(served.port, target, headers=bearer))
            assert reply.status == status, target
        reply = await talk(served.port, request(served.port, f"http://{own}/api/stats"))
        assert reply.status == 401
        foreign = f"http://evil.example:{served.port}/api/stats"
        sent = request(served.port, foreign, host=f"evil.example:{served.port}", headers=bearer)
        assert (await talk(served.port, sent)).status == 403
