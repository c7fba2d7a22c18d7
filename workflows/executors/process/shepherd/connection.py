"""One connected Sluice: messages in and out without ever blocking the shepherd."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator, Sequence
from typing import Final

from .frames import BrokenFrameError, Decoder, Message, encode

_RECEIVE_BYTES: Final = 1 << 18
#: A peer that lets this much pile up reads no more; everything can be observed again.
_MAX_UNSENT_BYTES: Final = 1 << 28


class Connection:
    """Registers itself with `epoll`. Methods raise ConnectionError when the peer is gone."""

    def __init__(self, peer: socket.socket, epoll: select.epoll) -> None:
        peer.setblocking(False)
        self._peer = peer
        self._epoll = epoll
        self._decoder = Decoder()
        self._unsent = bytearray()
        self.descriptor = peer.fileno()
        #: wants to hear the news, and saves outputs
        self.listens = False
        self.is_closed = False
        epoll.register(self.descriptor, select.EPOLLIN)

    def receive(self) -> Iterator[Message]:
        """The messages that are complete. Raises BrokenFrameError."""
        try:
            data = self._peer.recv(_RECEIVE_BYTES)
        except BlockingIOError:
            return
        if not data:
            raise ConnectionResetError("the peer has gone")
        yield from self._decoder.feed(data)

    def send(self, message: Message) -> None:
        """Send what goes without waiting, keep the rest. Raises BrokenFrameError."""
        self._unsent += encode(message)
        if len(self._unsent) > _MAX_UNSENT_BYTES:
            raise BrokenFrameError("the peer does not read")
        self.flush()

    def send_with_descriptors(self, message: Message, descriptors: Sequence[int]) -> None:
        """Send at once, or not at all. Raises BrokenFrameError, ConnectionError."""
        self._check_open()
        data = encode(message)
        try:
            sent = 0 if self._unsent else socket.send_fds(self._peer, [data], descriptors)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            raise BrokenFrameError("the peer does not read")

    def flush(self) -> None:
        self._check_open()
        try:
            sent = self._peer.send(self._unsent) if self._unsent else 0
        except BlockingIOError:
            sent = 0
        del self._unsent[:sent]
        wanted = select.EPOLLIN | (select.EPOLLOUT if self._unsent else 0)
        self._epoll.modify(self.descriptor, wanted)

    def _check_open(self) -> None:
        """Its number may be somebody else's by now."""
        if self.is_closed:
            raise ConnectionResetError("the connection was closed")

    def close(self) -> None:
        self.is_closed = True
        self._epoll.unregister(self.descriptor)
        self._peer.close()
