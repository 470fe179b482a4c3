"""Load over loopback HTTP: some keep-alive connections, one request in flight on each, raw bytes in and out.

One process; it saturates at some 15 thousand answers a second, so that the limit's GET is a lower bound.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

CONNECTIONS = 8


def request(method: str, path: str, cookie: str = "", body: str = "") -> bytes:
    """One request as bytes."""
    head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if cookie:
        head.append(f"Cookie: {cookie}")
    if method == "POST":
        head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body.encode())}"]
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


@dataclass
class Line:
    """One connection: what came so far of the answer in flight, and since when it has been asked for."""

    port: int
    link: socket.socket = field(init=False)
    got: bytes = b""
    since: float = 0.0

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        """(Re)connect; some servers close after each answer."""
        self.link = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, asked: bytes) -> None:
        """Send the next request."""
        self.got, self.since = b"", time.perf_counter()
        self.link.sendall(asked)

    def is_whole(self) -> bool:
        """Whether the answer has come to its end."""
        head, found, body = self.got.partition(b"\r\n\r\n")
        if not found:
            return False
        names = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
        if b"content-length" in names:
            return len(body) >= int(names[b"content-length"])
        return body.endswith(b"0\r\n\r\n")


def run(port: int, requests: Iterator[bytes], seconds: float) -> dict[str, float]:
    """Ask until the time is over or the requests are; answers a second, p50 and p99 in milliseconds, errors."""
    lines = [Line(port) for _ in range(CONNECTIONS)]
    waiting = selectors.DefaultSelector()
    spent: list[float] = []
    errors, start = 0, time.perf_counter()
    for line in lines:
        line.ask(next(requests))
        waiting.register(line.link, selectors.EVENT_READ, line)
    while waiting.get_map():
        for key, _ in waiting.select():
            line = key.data
            piece = line.link.recv(1 << 18)
            line.got += piece
            if piece and not line.is_whole():
                continue
            spent.append((time.perf_counter() - line.since) * 1000)
            errors += not line.got.startswith((b"HTTP/1.1 200", b"HTTP/1.1 302"))
            closes = not piece or b"connection: close" in line.got.partition(b"\r\n\r\n")[0].lower()
            following = next(requests, None) if time.perf_counter() - start < seconds else None
            waiting.unregister(line.link)
            if closes or following is None:
                line.link.close()
            if following is not None:
                if closes:
                    line.open()
                line.ask(following)
                waiting.register(line.link, selectors.EVENT_READ, line)
    took, spent = time.perf_counter() - start, sorted(spent)
    return {"rate": len(spent) / took, "answers": len(spent), "errors": errors,
            "p50": spent[len(spent) // 2], "p99": spent[int(len(spent) * 0.99)]}  # fmt: skip
