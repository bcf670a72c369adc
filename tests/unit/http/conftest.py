"""Connections to a server of one small application, for tests of the protocol alone."""

from echoes import connect, echo_server

__all__ = ["connect", "echo_server"]
