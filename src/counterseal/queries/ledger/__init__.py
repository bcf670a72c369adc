"""Queries about the ledger: operations of our own."""
