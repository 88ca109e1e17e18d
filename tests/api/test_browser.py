"""A page of another origin can neither read nor post: what browsers send for it, byte by byte, and
in a real one where the machine has it (Chromium or Chrome on PATH, or CHROME_BIN)."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from tests.api.harness import endpoint, request, talk
from tests.support.virtual_time import in_virtual_time

EVIL = "http://evil.example"
PATIENCE_S = 60.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROME = os.environ.get("CHROME_BIN") or next(filter(None, map(shutil.which, BROWSERS)), None)


class Sent(NamedTuple):
    """One request as a browser makes it for a page of another site."""

    method: str
    path: str
    headers: tuple[str, ...]
    body: str = ""


def fetched(mode: str, dest: str, *more: str, site: str = "cross-site") -> tuple[str, ...]:
    """What Chromium sends with everything that it fetches."""
    return (
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0",
        "Accept: */*",
        "Accept-Encoding: gzip, deflate, br, zstd",
        f"Sec-Fetch-Site: {site}",
        f"Sec-Fetch-Mode: {mode}",
        f"Sec-Fetch-Dest: {dest}",
        f"Referer: {EVIL}/",
        *more,
    )


ORIGIN = f"Origin: {EVIL}"
STOP = "/api/backfill-monitor/stop"
START = "/api/backfill-monitor/start"
DAYS = '{"start": "2026-11-14", "end": "2026-11-15"}'
LENGTH = f"Content-Length: {len(DAYS)}"
UPGRADE = (
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
)
PREFLIGHT = (
    "Access-Control-Request-Method: POST",
    "Access-Control-Request-Headers: content-type",
    "Access-Control-Request-Private-Network: true",
)
FORM = "Content-Type: application/x-www-form-urlencoded"
PLAIN = "Content-Type: text/plain;charset=UTF-8"
NAVIGATED = fetched("navigate", "document", "Upgrade-Insecure-Requests: 1", "Sec-Fetch-User: ?1")

REQUESTS = {
    "fetch": Sent("GET", "/api/health", fetched("cors", "empty", ORIGIN)),
    "fetch, no-cors": Sent("GET", "/api/health", fetched("no-cors", "empty")),
    "fetch of a page of another port": Sent(
        "GET",
        "/api/health",
        fetched("cors", "empty", "Origin: http://127.0.0.1:1", site="same-site"),
    ),
    "fetch of a sandboxed frame": Sent(
        "GET", "/api/health", fetched("cors", "empty", "Origin: null")
    ),
    "preflight of a JSON post": Sent(
        "OPTIONS", START, fetched("cors", "empty", ORIGIN, *PREFLIGHT)
    ),
    "the JSON post behind it": Sent(
        "POST",
        START,
        fetched("cors", "empty", ORIGIN, "Content-Type: application/json", LENGTH),
        DAYS,
    ),
    "post, no-cors": Sent("POST", START, fetched("no-cors", "empty", ORIGIN, PLAIN, LENGTH), DAYS),
    "post, no-cors and empty": Sent(
        "POST", STOP, fetched("no-cors", "empty", ORIGIN, "Content-Length: 0")
    ),
    "beacon": Sent("POST", START, fetched("no-cors", "empty", ORIGIN, PLAIN, LENGTH), DAYS),
    "form": Sent("POST", STOP, (*NAVIGATED, ORIGIN, FORM, "Content-Length: 0")),
    "form of a page without an origin": Sent(
        "POST", STOP, (*NAVIGATED, "Origin: null", FORM, "Content-Length: 0")
    ),
    "link": Sent("GET", "/api/health", NAVIGATED),
    "frame": Sent("GET", "/api/health", fetched("navigate", "iframe")),
    "image": Sent("GET", "/api/health", fetched("no-cors", "image")),
    "script": Sent("GET", "/api/health", fetched("no-cors", "script")),
    "WebSocket": Sent("GET", "/api/stream", (ORIGIN, *UPGRADE)),
    "WebSocket to attach": Sent("GET", "/api/attach", (ORIGIN, *UPGRADE)),
}


@in_virtual_time
async def test_what_a_browser_sends_for_another_sites_page_is_refused() -> None:
    """All ways that a page has; nobody is asked anything, and no header lets the page read."""
    async with endpoint() as served:
        for name, sent in REQUESTS.items():
            written = request(
                served.port, sent.path, method=sent.method, headers=sent.headers, body=sent.body
            )
            if "Upgrade: websocket" in sent.headers:
                written = written.replace(b"Connection: close", b"Connection: Upgrade")
            reply = await talk(served.port, written)
            assert reply.status == 403, name
            assert not [one for one in reply.headers if one.startswith("access-control")], name
        assert served.source.asked == 0
        assert served.source.job is None


@in_virtual_time
async def test_what_an_old_browser_embeds_is_of_no_use_to_its_page() -> None:
    """Without Sec-Fetch an image's request says nothing: its answer may not be embedded or read."""
    async with endpoint() as served:
        reply = await talk(served.port, request(served.port, headers=(f"Referer: {EVIL}/",)))
        assert reply.status == 200
        assert reply.headers["cross-origin-resource-policy"] == "same-origin"
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["content-type"] == "application/json"
        assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
        assert not [one for one in reply.headers if one.startswith("access-control")]


PAGE = """<!doctype html><title>evil</title><iframe name="sink"></iframe><script>
const at = "http://127.0.0.1:PORT", days = JSON.stringify({start: "2026-11-14", end: "2026-11-15"});
const json = {"Content-Type": "application/json"};
const done = (name, promise) => promise.then(() => [name, "done"], () => [name, "refused"]);
const read = (path, how) => fetch(at + path, how).then(answer => answer.text()).then(text => {
  if (!text) throw new Error("opaque");
});
const loaded = (tag, path) => new Promise((yes, no) => {
  const element = document.createElement(tag);
  element.onload = yes; element.onerror = no; element.src = at + path;
  document.body.append(element);
});
const socket = path => new Promise((yes, no) => {
  const one = new WebSocket("ws://127.0.0.1:PORT" + path);
  one.onopen = yes; one.onerror = no;
});
const form = document.createElement("form");
form.method = "POST"; form.action = at + "/api/backfill-monitor/stop"; form.target = "sink";
document.body.append(form); form.submit();
navigator.sendBeacon(at + "/api/backfill-monitor/start", days);
Promise.all([
  done("read", read("/api/health")),
  done("read, no-cors", read("/api/health", {mode: "no-cors"})),
  done("post", read("/api/backfill-monitor/start", {method: "POST", headers: json, body: days})),
  done("post, no-cors",
    read("/api/backfill-monitor/start", {method: "POST", mode: "no-cors", body: days})),
  done("image", loaded("img", "/api/health")),
  done("script", loaded("script", "/api/health")),
  done("stream", socket("/api/stream")),
  done("attach", socket("/api/attach")),
]).then(found => setTimeout(() => fetch("/report", {
  method: "POST", body: JSON.stringify(Object.fromEntries(found)),
}), 500));
</script>"""
TRIED = {"read", "read, no-cors", "post", "post, no-cors", "image", "script", "stream", "attach"}


@pytest.mark.skipif(CHROME is None, reason="no Chromium here: put one on PATH or in CHROME_BIN")
async def test_a_page_in_a_real_browser_can_neither_read_nor_post(tmp_path: Path) -> None:
    """It tries all it has from another origin, and reports to its own server."""
    async with endpoint() as served, an_evil_site(PAGE.replace("PORT", str(served.port))) as site:
        child = await asyncio.create_subprocess_exec(
            str(CHROME),
            *("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update"),
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
            *(f"--user-data-dir={tmp_path}", site.url),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(PATIENCE_S):
                found = await site.report
        finally:
            child.kill()
            await child.wait()
        assert found == dict.fromkeys(TRIED, "refused")
        assert served.source.asked == 0
        assert served.source.job is None


class Site(NamedTuple):
    """Another origin, and what its page will report."""

    url: str
    report: asyncio.Future[dict[str, str]]


@asynccontextmanager
async def an_evil_site(page: str) -> AsyncIterator[Site]:
    """Serve a page at another site of this machine, and take its report."""
    report: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        content = b""
        if head.startswith("POST /report"):
            length = int(head.lower().partition("content-length: ")[2].split()[0])
            report.set_result(msgspec.json.decode(await reader.readexactly(length)))
        elif head.startswith("GET / "):
            content = page.encode()
        answer = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(content)}\r\n"
        writer.write(f"{answer}Connection: close\r\n\r\n".encode() + content)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield Site(f"http://localhost:{server.sockets[0].getsockname()[1]}/", report)
