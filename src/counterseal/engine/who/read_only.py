"""Who reads by a session: ``X-Session`` instead of a stamp, for queries only.

The token proves itself (see ``counterseal.keystore.read_only_session``); what it may read is what its user may.
Source: Turnkey docs, sessions overview.
"""

from __future__ import annotations

import msgspec

from counterseal.contract.errors import NotFound, Unauthenticated
from counterseal.engine.state.snapshots import Snapshots
from counterseal.engine.who.from_where import require_address
from counterseal.keystore import Keystore, session_of
from counterseal.organizations import Snapshot
from counterseal.queries import Viewer


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """The user of a session, and the organization that the query is about."""

    viewer: Viewer
    organization_id: str


class ReadOnlySessions:
    """Resolves sessions to readers."""

    def __init__(self, snapshots: Snapshots, keystore: Keystore) -> None:
        self._snapshots = snapshots
        self._keystore = keystore

    async def reader(
        self, token: str, *, organization_id: str | None, may_name_parent: bool, address: str, now_ms: int
    ) -> Reader:
        """The reader of a query. The arguments but the token are as in ``Authentication.by_stamp``.

        Raises Unauthenticated for a token that is not this server's, has expired, or whose user is gone, and only then
        NotFound or Unauthenticated for an organization that its user may not read.
        """
        session = session_of(token, self._keystore)
        if session is None:
            raise Unauthenticated("malformed read-only session: X-Session holds no session of this server")
        if now_ms >= session.expires_s * 1000:
            raise Unauthenticated("expired read-only session: create another one")
        home = await self._snapshots.get(session.organization_id)
        if home is None or session.user_id not in home.users:
            raise Unauthenticated("could not find the user of the read-only session in its organization")
        require_address(home, None, address)
        target_id = await self._target(home, organization_id, may_name_parent)
        viewer = Viewer(organization_id=home.id, user_id=session.user_id, now_ms=now_ms, has_fresh_stamp=False)
        return Reader(viewer=viewer, organization_id=target_id)

    async def _target(self, home: Snapshot, organization_id: str | None, may_name_parent: bool) -> str:
        if organization_id is None or organization_id == home.id:
            return home.id
        named = await self._snapshots.get(organization_id)
        if named is None:
            raise NotFound(f"no organization found with the given ID {organization_id}", code="ORGANIZATION_NOT_FOUND")
        if named.parent_id == home.id:
            return named.id
        if may_name_parent and home.parent_id == named.id:
            return home.id
        raise Unauthenticated(f"the read-only session is not one of organization {named.id} or its parent organization")
