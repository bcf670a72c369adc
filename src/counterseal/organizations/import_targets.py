"""Import targets: keys to which clients seal what they import. No decision reads them as a whole."""

from __future__ import annotations

from typing import ClassVar

from counterseal.organizations.item import Key, Keys
from counterseal.organizations.rows import Row

IMPORT_TARGET_PLACE = Key("import_target_place")
IMPORT_TARGET_PUBLIC_KEY = Key("import_target_public_key", is_unique=True)


class ImportTarget(Row, frozen=True, kw_only=True, gc=False):
    """A key by its public half: lower-case hex, uncompressed. The sealed secret of the same id holds the other."""

    KIND: ClassVar[str] = "import_target"

    what: str
    """``wallet``, ``private key`` or ``secret``."""
    user_id: str | None = None
    """Who alone may import by it; None for secrets, which any member may bring."""
    public_key: str
    expires_ms: int
    is_replaced: bool = False
    """By a newer one. It still opens what was submitted before."""

    def looked_up_by(self) -> Keys:
        """See ``Row``."""
        return (
            (IMPORT_TARGET_PLACE, place_of_import(self.what, self.user_id)),
            (IMPORT_TARGET_PUBLIC_KEY, self.public_key),
        )


def place_of_import(what: str, user_id: str | None) -> str:
    """``IMPORT_TARGET_PLACE``: all targets by which a user may import one kind of thing."""
    return f"{user_id or ''} {what}"
