"""Clients and servers of the benchmarks as processes of their own."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CRYPTOFEED = Path(__file__).with_name("_cryptofeed.py")
BOUND_S = 300


def certificate(folder: Path) -> tuple[str, str]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    paths = (str(folder / "certificate.pem"), str(folder / "key.pem"))
    subprocess.run(
        [
            "openssl", "req", "-x509", "-nodes", "-newkey", "ec",
            "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "2", "-subj", "/CN=127.0.0.1",
            "-addext", "subjectAltName=IP:127.0.0.1", "-out", paths[0], "-keyout", paths[1],
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    return paths


@contextmanager
def serving(rate: int, *certificate_and_key: str) -> Iterator[str]:
    """An exchange that sends so many frames a second to every socket; its URL."""
    command = [sys.executable, "-m", "tests.benchmarks._exchange", str(rate), *certificate_and_key]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        scheme = "wss" if certificate_and_key else "ws"
        yield f"{scheme}://127.0.0.1:{int(server.stdout.readline())}/ws/v5/public"
        server.stdin.close()


def client(kind: str, url: str, seconds: float, tick_ms: float, trusted: str = "") -> Any:
    """What one of our client processes found."""
    arguments = [kind, url, str(seconds), str(tick_ms)]
    return said_by([sys.executable, "-m", "tests.benchmarks._client", *arguments], trusted=trusted)


def cryptofeed_python() -> str | None:
    """A Python that has cryptofeed: this one, or the one that CRYPTOFEED_PYTHON names."""
    if importlib.util.find_spec("cryptofeed") is not None:
        return sys.executable
    return os.environ.get("CRYPTOFEED_PYTHON")


def cryptofeed(*arguments: str, given: bytes = b"", trusted: str = "") -> Any | None:
    """What cryptofeed's process found; None without cryptofeed."""
    python = cryptofeed_python()
    if python is None:
        return None
    return said_by([python, str(CRYPTOFEED), *arguments], given=given, trusted=trusted)


def said_by(command: list[str], given: bytes = b"", trusted: str = "") -> Any:
    """The object that a process prints last. `trusted` is a certificate file."""
    environment = os.environ | ({"SSL_CERT_FILE": trusted} if trusted else {})
    done = subprocess.run(
        command, input=given, env=environment, capture_output=True, timeout=BOUND_S, check=False
    )
    lines = done.stdout.splitlines()
    if done.returncode != 0 or not lines:
        raise RuntimeError(done.stderr.decode("utf-8", "replace")[-1_000:])
    return json.loads(lines[-1])
