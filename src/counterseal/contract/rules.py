"""What the model does not say about values: each rule returns the value as it is kept, or refuses it.

The service publishes only the names of its rules (``tk_label``, ``tk_email``, ``e164``, ``uuid`` …) in the comments of
its protocol files; docs/divergences.md says how each is read here. ``field`` is the member's name on the wire.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from counterseal.contract.errors import InvalidRequest, quoted
from counterseal.contract.submit import UUID

LONGEST_LABEL = 255
LONGEST_EMAIL = 254
LONGEST_LIFETIME_SECONDS = 100 * 365 * 24 * 60 * 60
DEFAULT_PAGE = 10
LARGEST_PAGE = 100

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_LAYOUT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_DECIMAL = re.compile(r"[0-9]{1,19}")
_E164 = re.compile(r"\+[1-9][0-9]{1,14}")
_LOCAL_PART = r"(?=.{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*"
_DOMAIN_LABEL = r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?"
_EMAIL = re.compile(rf"{_LOCAL_PART}@(?:{_DOMAIN_LABEL}\.)+{_DOMAIN_LABEL}", re.ASCII)


def label(text: str, field: str) -> str:
    """A name: 1 to 255 characters, none of them a control character.

    Raises:
        InvalidRequest: it is anything else.
    """
    if not 1 <= len(text) <= LONGEST_LABEL:
        raise _invalid(field, f"expected 1 to {LONGEST_LABEL} characters, got {len(text)}")
    if _CONTROL.search(text):
        raise _invalid(field, f"expected no control characters, got {quoted(text)}")
    return text


def prose(text: str, field: str, *, longest: int) -> str:
    """A text that may have several lines and may be empty, such as a policy's notes: at most ``longest`` characters.

    Raises:
        InvalidRequest: it is longer, or has control characters other than tabs and ends of lines.
    """
    if len(text) > longest:
        raise _invalid(field, f"expected at most {longest} characters, got {len(text)}")
    found = _CONTROL_BUT_LAYOUT.search(text)
    if found:
        raise _invalid(field, f"expected no control characters but tabs and ends of lines, got U+{ord(found[0]):04X}")
    return text


def short(text: str, field: str, *, longest: int) -> str:
    """A text of 1 to ``longest`` characters, such as a WebAuthn challenge (256).

    Raises:
        InvalidRequest: it is empty or longer.
    """
    if not 1 <= len(text) <= longest:
        raise _invalid(field, f"expected 1 to {longest} characters, got {len(text)}")
    return text


def uuid(text: str, field: str) -> str:
    """An id, in lower case.

    Raises:
        InvalidRequest: it is not a UUID in its usual form (RFC 9562, section 4).
    """
    lower = text.lower()
    if not UUID.fullmatch(lower):
        raise _invalid(field, f"expected a UUID, got {quoted(text)}")
    return lower


def uuids(texts: Collection[str], field: str) -> list[str]:
    """One or more different ids, in lower case.

    Raises:
        InvalidRequest: there is none, one is not a UUID, or one comes twice.
    """
    some(texts, field)
    ids = [uuid(text, field) for text in texts]
    if len(set(ids)) != len(ids):
        raise _invalid(field, "expected different ids, got one twice")
    return ids


def some(items: Collection[object], field: str) -> None:
    """An array that may not be empty.

    Raises:
        InvalidRequest: it is.
    """
    if not items:
        raise _invalid(field, "expected at least one item, got none")


def email(text: str) -> str:
    """An e-mail address as it was given: a dot-atom (RFC 5322, section 3.2.3), ``@``, a domain name with a dot;
    ASCII.

    Raises:
        InvalidRequest: it is anything else (``INVALID_EMAIL``).
    """
    if len(text) > LONGEST_EMAIL or not _EMAIL.fullmatch(text):
        raise InvalidRequest(f"invalid email address: {quoted(text)}", code="INVALID_EMAIL")
    return text


def phone(text: str, field: str = "userPhoneNumber") -> str:
    """A telephone number as E.164 writes it: ``+``, country code, at most 15 digits.

    Raises:
        InvalidRequest: it is anything else.
    """
    if not _E164.fullmatch(text):
        raise _invalid(field, f"expected a phone number such as +13214567890, got {quoted(text)}")
    return text


def positive_seconds(text: str, what: str = "api key expiration") -> int:
    """A lifetime in seconds, in decimal digits: at least 1, at most a hundred years of 365 days.

    Raises:
        InvalidRequest: it is anything else.
    """
    seconds = int(text) if _DECIMAL.fullmatch(text) else 0
    if not 1 <= seconds <= LONGEST_LIFETIME_SECONDS:
        wanted = f"expected seconds from 1 to {LONGEST_LIFETIME_SECONDS} in decimal"
        raise InvalidRequest(f"invalid {what}: {wanted}, got {quoted(text)}")
    return seconds


def page_limit(text: str | None) -> int:
    """How many items a page has: ``paginationOptions.limit``, a decimal string, 1 to 100, 10 if not given.

    Raises:
        InvalidRequest: it is anything else.
    """
    if text is None:
        return DEFAULT_PAGE
    limit = int(text) if _DECIMAL.fullmatch(text) else 0
    if not 1 <= limit <= LARGEST_PAGE:
        raise _invalid("paginationOptions.limit", f"expected 1 to {LARGEST_PAGE}, got {quoted(text)}")
    return limit


def _invalid(field: str, reason: str) -> InvalidRequest:
    return InvalidRequest(f"invalid request body: {reason} at `{field}`")
