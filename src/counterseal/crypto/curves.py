"""The curves an API key may live on, under the names the wire gives them."""

from __future__ import annotations

import enum


class Curve(enum.StrEnum):
    """``curveType`` of an API key (Turnkey API: ``ApiKeyParamsV2``)."""

    P256 = "API_KEY_CURVE_P256"
    SECP256K1 = "API_KEY_CURVE_SECP256K1"
    ED25519 = "API_KEY_CURVE_ED25519"
