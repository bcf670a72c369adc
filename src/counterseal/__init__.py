"""Counterseal: signed requests, credentials, sessions, approvals and keys, on your own machine."""

__version__ = "0.1.0"
