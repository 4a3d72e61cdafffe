"""A payment provider of the contract in docs/provider.md, on a port of this machine: it keeps what it did by
key, and loses, delays, breaks or repeats what it says as a test asks it to."""

import json
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Fault = Callable[["Handler", dict[str, Any]], None]


class Handler(BaseHTTPRequestHandler):
    """One exchange."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_POST(self) -> None:
        """Do what is asked, once a key, and say so."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        provider = self.server.provider
        with provider.lock:
            provider.posts[body["key"]] += 1
            provider.headers.append(dict(self.headers))
            fault = provider.next_fault()
        if fault is not None and getattr(fault, "is_before", False):
            fault(self, {})
            return
        with provider.lock:
            entry = provider.entry(body)
        (fault or say)(self, entry)

    def do_GET(self) -> None:
        """Say what became of a key."""
        provider, key = self.server.provider, self.path.rpartition("/")[2]
        with provider.lock:
            provider.gets[key] += 1
            fault = provider.next_get_fault()
            entry = provider.ledger.get(key)
        if fault is not None:
            fault(self, entry or {"key": key, "state": "not_known"})
        elif entry is None:
            send(self, 404, {"key": key, "state": "not_known"})
        else:
            say(self, entry)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def send(handler: Handler, status: int, body: dict[str, Any] | bytes, **headers: str) -> None:
    """An answer of this status and body."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def say(handler: Handler, entry: dict[str, Any]) -> None:
    """The answer as it should be."""
    send(handler, 200, entry)


def lose(handler: Handler, entry: dict[str, Any]) -> None:
    """The work is done, and nobody hears of it."""
    handler.close_connection = True
    handler.connection.close()


def half(handler: Handler, entry: dict[str, Any]) -> None:
    """The work is done, and half of the answer comes."""
    handler.send_response(200)
    handler.send_header("Content-Length", "500")
    handler.end_headers()
    handler.wfile.write(json.dumps(entry).encode()[:20])
    handler.close_connection = True


def turned_away(handler: Handler, entry: dict[str, Any]) -> None:
    """Nothing is done: the token is no good."""
    send(handler, 401, {})


turned_away.is_before = True  # type: ignore[attr-defined]


def drop(handler: Handler, entry: dict[str, Any]) -> None:
    """The request is read, nothing is done, nothing is said."""
    lose(handler, entry)


drop.is_before = True  # type: ignore[attr-defined]


def status(code: int) -> Fault:
    """The work is done, and the answer has this status."""
    return lambda handler, entry: send(handler, code, entry)


def body(data: bytes, code: int = 200, **headers: str) -> Fault:
    """The work is done, and this is said of it."""
    return lambda handler, entry: send(handler, code, data, **headers)


def other(**values: Any) -> Fault:
    """The work is done, and the answer differs in this."""
    return lambda handler, entry: send(handler, 200, entry | values)


def after(seconds: float) -> Fault:
    """The work is done, and the answer comes late."""

    def late(handler: Handler, entry: dict[str, Any]) -> None:
        handler.server.provider.ends.wait(seconds)
        say(handler, entry)

    return late


class Server(ThreadingHTTPServer):
    """The port; what goes wrong in an exchange is the test's wish."""

    daemon_threads = True
    provider: "StubProvider"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nobody listens any more."""


class StubProvider:
    """What the provider knows, and how it behaves."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.ledger: dict[str, dict[str, Any]] = {}
        self.bodies: list[dict[str, Any]] = []
        self.done: Counter[tuple[str, str, int, int]] = Counter()
        self.posts: Counter[str] = Counter()
        self.gets: Counter[str] = Counter()
        self.headers: list[dict[str, str]] = []
        self.faults: list[Fault | None] = []
        self.get_faults: list[Fault | None] = []
        self.always: Fault | None = None
        self.states: dict[str, str] = {}
        self.ends = threading.Event()
        self.url = ""

    def entry(self, body: dict[str, Any]) -> dict[str, Any]:
        """What was done under the key of a request: now, or the first time."""
        key = body["key"]
        if key not in self.ledger:
            self.bodies.append(body)
            what = (body["order"], body["kind"], body["payment"]["number"], body["operation"])
            self.done[what] += 1
            state = self.states.get(body["kind"], "succeeded")
            self.ledger[key] = {"key": key, "state": state, "amount": body["amount"]}
            if state == "succeeded":
                self.ledger[key]["reference"] = f"ref-{len(self.ledger)}"
            if state == "failed":
                self.ledger[key]["cause"] = "no funds"
        return self.ledger[key]

    def settle(self, state: str) -> None:
        """Everything that is pending comes to this."""
        with self.lock:
            for number, entry in enumerate(self.ledger.values()):
                if entry["state"] == "pending":
                    entry |= {"state": state, "reference": f"late-{number}"}

    def next_fault(self) -> Fault | None:
        """How the next request goes wrong."""
        return self.faults.pop(0) if self.faults else self.always

    def next_get_fault(self) -> Fault | None:
        """How the next question goes wrong."""
        return self.get_faults.pop(0) if self.get_faults else None

    def wait_for(self, is_so: Callable[["StubProvider"], bool], seconds: float = 60.0) -> None:
        """Wait until something holds of it."""
        end = time.monotonic() + seconds
        while not is_so(self):
            assert time.monotonic() < end
            time.sleep(0.005)


@contextmanager
def serving(provider: StubProvider, context: ssl.SSLContext | None = None) -> Iterator[StubProvider]:
    """The provider at its port, over TLS where a context is given."""
    server = Server(("127.0.0.1", 0), Handler)
    server.provider = provider
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "http" if context is None else "https"
    provider.url = f"{scheme}://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.ends.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
