"""Secrets: texts that clients keep here, with properties that policies see. No decision reads them as a whole."""

from __future__ import annotations

from typing import Any, ClassVar

from counterseal.contract import shapes
from counterseal.organizations.item import Key, Keys
from counterseal.organizations.rows import Row

SECRET_NAME = Key("secret_name", is_unique=True)


class Secret(Row, frozen=True, kw_only=True, gc=False):
    """A text by its name, if it has one. The sealed secret of the same id holds the text. Nothing alters it."""

    KIND: ClassVar[str] = "secret"

    name: str | None = None
    static_properties: tuple[tuple[str, str], ...] = ()
    created_ms: int

    def looked_up_by(self) -> Keys:
        """See ``Row``."""
        return ((SECRET_NAME, self.name),)

    def facts(self) -> dict[str, Any]:
        """What policies see of it: the keyword ``secret``."""
        return {"secret": {"static_properties": dict(self.static_properties)}}

    def shown(self) -> shapes.SecretMetadata:
        """The wire's secret, without its text."""
        return shapes.SecretMetadata(
            secret_id=self.id,
            name=self.name,
            static_properties=[shapes.KeyValue(key=key, value=value) for key, value in self.static_properties],
            created_at_unix_ms=str(self.created_ms),
        )
