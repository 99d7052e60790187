"""Sockets to servers of feeds: none to an address that must not be asked."""

from __future__ import annotations

import socket

from digest.feeds.http.guard import is_public, may_be_private

_RECEIVE_BUFFER = 64 * 1024
NOT_PUBLIC = "is not a public address"
NEVER = "is never asked: link-local, or where a cloud hands out credentials"

_AddressInfo = tuple[int, int, int, str, tuple[object, ...]]


def public_socket(info: _AddressInfo) -> socket.socket:
    """A socket for what is on the public internet.

    Raises:
        OSError: the address is not.
    """
    address = str(info[4][0])
    if not is_public(address):
        raise OSError(f"{address} {NOT_PUBLIC}")
    return _socket(info)


def allowed_socket(info: _AddressInfo) -> socket.socket:
    """A socket for what is there, or in a private network.

    Raises:
        OSError: the address is neither.
    """
    address = str(info[4][0])
    if not (may_be_private(address) or is_public(address)):
        raise OSError(f"{address} {NEVER}")
    return _socket(info)


def _socket(info: _AddressInfo) -> socket.socket:
    """A socket for an address that was looked up, or given as a literal, on any hop."""
    family, kind, protocol, _, _ = info
    opened = socket.socket(family, kind, protocol)
    # What has arrived is read at once, and a hostile server can make much of it costly to read.
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
    return opened
