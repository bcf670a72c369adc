"""Aptos."""
