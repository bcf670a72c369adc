"""Wallets and their accounts, read."""
