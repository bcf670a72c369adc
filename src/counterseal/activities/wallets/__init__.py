"""Wallets: seeds, and the accounts that are derived from them."""
