"""Who signed exactly these bytes? Stamps, read from their headers and verified over the raw body."""

from counterseal.stamps.api_key import ApiKeyStamp, parse_stamp, verify_stamp

__all__ = ["ApiKeyStamp", "parse_stamp", "verify_stamp"]
