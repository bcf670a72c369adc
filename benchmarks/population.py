"""Who sends the requests: the users of thousands of sub-organizations, made through the server's own API.

Everybody stamps with a P-256 key that lasts, which no new key can evict. What the benchmarks create are expiring keys,
of which a user may hold ten: a run makes at most ten for each user, so that none is evicted, unless the row is about
that.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import local
from typing import Any, TypeVar

from benchmarks.client import Client, Stamper, new_api_key, new_session, result_of, submission
from benchmarks.policies import realistic_policies, signing_policies
from benchmarks.servers import COUNTERSEAL, Command, Server, counterseal_server
from benchmarks.wallets import ethereum_accounts, new_wallet
from counterseal.crypto import Curve, PrivateKey, generate_key_pair, load_private_key

ORGANIZATIONS = 2_000
"""In each of the large groups."""

HISTORY = 10
"""Activities of an organization with a past: a page of a list, and all the expiring keys that a user may hold."""

_WITH_100_POLICIES = 40
_SIGNERS_OF_ONE = 5
_CONNECTIONS = 32

Item = TypeVar("Item")
Made = TypeVar("Made")


Population = dict[str, list[Stamper]]
"""Users by the name of their group; neighbours in a group belong to different organizations."""

NEW = "new"
"""Each the only user, a root user, of an organization without a past."""
SETTLED = "settled"
"""The same, but each organization has ten activities, by which its user holds ten expiring keys."""
UNDER_30_POLICIES = "under_30_policies"
"""Each beside the root user of an organization with 30 policies, and with ten activities of that root user."""
UNDER_100_POLICIES = "under_100_policies"
"""Ten beside the root user of each of 40 organizations with 100 policies."""
WALLET_HOLDERS = "wallet_holders"
"""Each the only user, a root user, of an organization with a wallet of one account."""
UNDER_SIGNING_POLICIES = "under_signing_policies"
"""Five beside the root user of each of 400 organizations with a wallet, and with ten policies about transactions."""


def make_server(data: Path, *, command: Command = COUNTERSEAL, database: str | None = None) -> dict[str, str]:
    """A new server in ``data``, or with its store in a ``database``, and what ``counterseal init`` says of it."""
    place = ["--data", data, *(() if database is None else ("--database", database))]
    made = subprocess.run(
        [*command, "init", *place, "--organization", "Benchmark", "--user-name", "root", "--json"],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(made.stdout)  # type: ignore[no-any-return]


def populate(
    data: Path,
    *,
    groups: Collection[str],
    organizations: int = ORGANIZATIONS,
    command: Command = COUNTERSEAL,
    database: str | None = None,
) -> Population:
    """Make a new server in ``data`` and fill it with these groups: all of them are some fifty thousand activities."""
    report = make_server(data, command=command, database=database)
    with counterseal_server(data, command=command, database=database) as server:
        settlers = _Settlers(server, report)
        return {group: _GROUPS[group](settlers, organizations) for group in sorted(groups)}


class _Settlers:
    """Several connections, by which a server is filled."""

    def __init__(self, server: Server, report: dict[str, str]) -> None:
        self._server = server
        self._parent_id = report["organizationId"]
        self._root_key = load_private_key(Path(report["apiPrivateKeyFile"]).read_text())
        self._of_thread = local()

    def each(self, make: Callable[[Item], Made], items: Iterable[Item]) -> list[Made]:
        """All made, in order, several at a time."""
        with ThreadPoolExecutor(_CONNECTIONS) as pool:
            return list(pool.map(make, items))

    def family(self, name: str) -> Stamper:
        """The one root user of a new sub-organization."""
        key = generate_key_pair(Curve.P256)
        parameters = {"subOrganizationName": name, "rootUsers": [_user(0, key)], "rootQuorumThreshold": 1}
        result = self._result("CREATE_SUB_ORGANIZATION_V7", self._parent_id, parameters, self._root_key)
        return Stamper(result["subOrganizationId"], result["rootUserIds"][0], key)

    def under_policies(
        self, owner: Stamper, *, users: int, policies: Callable[[Stamper, str], list[dict[str, Any]]]
    ) -> list[Stamper]:
        """New users of the owner's organization, with a tag by which a policy lets them do what is measured."""
        organization_id = owner.organization_id
        tag = {"userTagName": "Key holders", "userIds": []}
        tag_id = self._result("CREATE_USER_TAG", organization_id, tag, owner.key)["userTagId"]
        keys = [generate_key_pair(Curve.P256) for _ in range(users)]
        parameters: dict[str, Any] = {
            "users": [_user(number, key) | {"userTags": [tag_id]} for number, key in enumerate(keys, 1)]
        }
        made = self._result("CREATE_USERS_V3", organization_id, parameters, owner.key)
        parameters = {"policies": policies(owner, tag_id)}
        self._result("CREATE_POLICIES", organization_id, parameters, owner.key)
        return [Stamper(organization_id, user_id, key) for user_id, key in zip(made["userIds"], keys, strict=True)]

    def with_wallet(self, owner: Stamper) -> Stamper:
        """A wallet with an account on Ethereum."""
        made = self._client.submit(new_wallet(owner, 0, ethereum_accounts(1)), owner.key)
        return owner._replace(address=result_of(made)["addresses"][0])

    def signers(self, owner: Stamper) -> list[Stamper]:
        """New users of the owner's organization, who may sign transfers to one address."""
        users = self.under_policies(owner, users=_SIGNERS_OF_ONE, policies=signing_policies)
        return [user._replace(address=owner.address) for user in users]

    def with_history(self, stamper: Stamper) -> Stamper:
        """Keys and sessions in turn, as many as the user may hold."""
        bodies = [(new_api_key, new_session)[number % 2](stamper, number) for number in range(HISTORY)]
        ids = [self._client.submit(body, stamper.key)["id"] for body in bodies]
        return stamper._replace(activity_ids=tuple(ids))

    def _result(self, kind: str, organization_id: str, parameters: dict[str, Any], key: PrivateKey) -> Any:
        return result_of(self._client.submit(submission(kind, organization_id, parameters), key))

    @property
    def _client(self) -> Client:
        if not hasattr(self._of_thread, "client"):
            self._of_thread.client = Client(self._server)
        client: Client = self._of_thread.client
        return client


def _new(settlers: _Settlers, organizations: int) -> list[Stamper]:
    return settlers.each(settlers.family, [f"New {number}" for number in range(organizations)])


def _settled(settlers: _Settlers, organizations: int) -> list[Stamper]:
    users = settlers.each(settlers.family, [f"Settled {number}" for number in range(organizations)])
    return settlers.each(settlers.with_history, users)


def _under_30_policies(settlers: _Settlers, organizations: int) -> list[Stamper]:
    owners = settlers.each(settlers.family, [f"Under 30 policies {number}" for number in range(organizations)])
    owners = settlers.each(settlers.with_history, owners)
    users = settlers.each(
        lambda owner: settlers.under_policies(owner, users=1, policies=partial(realistic_policies, 30)), owners
    )
    return [user._replace(activity_ids=owner.activity_ids) for (user,), owner in zip(users, owners, strict=True)]


def _under_100_policies(settlers: _Settlers, _organizations: int) -> list[Stamper]:
    owners = settlers.each(settlers.family, [f"Under 100 policies {number}" for number in range(_WITH_100_POLICIES)])
    users = settlers.each(
        lambda owner: settlers.under_policies(owner, users=10, policies=partial(realistic_policies, 100)), owners
    )
    return [user for of_one_rank in zip(*users, strict=True) for user in of_one_rank]


def _wallet_holders(settlers: _Settlers, organizations: int) -> list[Stamper]:
    owners = settlers.each(settlers.family, [f"Holder {number}" for number in range(organizations)])
    return settlers.each(settlers.with_wallet, owners)


def _under_signing_policies(settlers: _Settlers, organizations: int) -> list[Stamper]:
    count = max(1, organizations // _SIGNERS_OF_ONE)
    owners = settlers.each(settlers.family, [f"Under signing policies {number}" for number in range(count)])
    owners = settlers.each(settlers.with_wallet, owners)
    users = settlers.each(settlers.signers, owners)
    return [user for of_one_rank in zip(*users, strict=True) for user in of_one_rank]


_GROUPS: dict[str, Callable[[_Settlers, int], list[Stamper]]] = {
    NEW: _new,
    SETTLED: _settled,
    UNDER_30_POLICIES: _under_30_policies,
    UNDER_100_POLICIES: _under_100_policies,
    WALLET_HOLDERS: _wallet_holders,
    UNDER_SIGNING_POLICIES: _under_signing_policies,
}


def _user(number: int, key: PrivateKey) -> dict[str, Any]:
    return {
        "userName": f"User {number}",
        "apiKeys": [
            {"apiKeyName": "Stamping key", "publicKey": key.public_key.hex(), "curveType": "API_KEY_CURVE_P256"}
        ],
        "authenticators": [],
        "oauthProviders": [],
    }
