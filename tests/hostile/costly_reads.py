"""The most that reads can be asked to do: an organization at the limits with the largest activities, and each query.

``set_up`` makes it by ordinary requests, through a ``Site``: a composed server, or one on a socket. ``READS`` are to be
asked then. The honest twin of each is the same query about an ordinary organization, which ``set_up_ordinary`` makes.
``set_up_waiting`` makes one in which the largest activities wait for others, which its members are shown to be asked.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from composed import key_params, path_of, user_params
from counterseal.contract.shapes import AddressFormat
from counterseal.crypto import Curve, generate_key_pair, sign_stamp
from counterseal.organizations import PRIVATE_KEYS_MAX, WALLETS_MAX
from hostile.costly import CostlyCase, Stage, once_a_stage, post
from largest import NOTES, SESSION_PROFILES, TAGS, TEXT, Largest, Member, fill, passkey, session_profile
from largest_activities import users_of_the_largest_body
from model_bodies import STRANGER
from served import RunningServer, activity_body
from wallet_samples import ETHEREUM, ethereum, key

LARGE_BODIES = 10
"""As many as are on a page that names no limit."""

TAGS_OF_A_SUB_ORGANIZATION = 10


class Site(Protocol):
    """An organization with one root user, who alone is the quorum, and no other user."""

    @property
    def root(self) -> Member:
        """That user."""
        ...

    @property
    def is_sub_organization(self) -> bool:
        """Whether it may have ten tags only."""
        ...

    async def submit(self, activity_type: str, parameters: Any, *, by: Member | None = None) -> dict[str, Any]:
        """The activity, of the root user or another; ``activity_type`` goes without ``ACTIVITY_TYPE_``."""
        ...


@dataclass(frozen=True)
class Given:
    """What there is to ask about: ids."""

    organization: Largest
    user_id: str
    api_key_id: str
    authenticator_id: str
    voted: str
    """An activity with a vote of every user, each with all credentials."""
    large: str
    """An activity with the largest body."""
    session_profile_id: str = STRANGER
    """Nobody's in a sub-organization, and where little is there."""
    wallet_id: str = STRANGER
    private_key_id: str = STRANGER


@dataclass(frozen=True)
class CostlyRead:
    """A query by the last part of its path, and the members of its body beside ``organizationId``."""

    name: str
    members: Callable[[Given], dict[str, Any]] = lambda _given: {}
    answers: frozenset[int] = frozenset({200})
    of: str = ""
    """What tells it from other queries of its name."""

    @property
    def words(self) -> str:
        """A name of its own."""
        return f"{self.name} {self.of}".rstrip()


def _page(limit: int, **filters: Any) -> Callable[[Given], dict[str, Any]]:
    return lambda _given: {"paginationOptions": {"limit": str(limit)}} | filters


OVER_THE_PAGE = frozenset({200, 400})
FOUND_OR_NOT = frozenset({200, 404})
READS: tuple[CostlyRead, ...] = (
    CostlyRead("whoami"),
    CostlyRead("get_organization"),
    CostlyRead("get_organization_configs"),
    CostlyRead("list_users"),
    CostlyRead("get_user", lambda given: {"userId": given.user_id}),
    CostlyRead("get_api_keys"),
    CostlyRead("get_api_key", lambda given: {"apiKeyId": given.api_key_id}),
    CostlyRead("get_authenticators", lambda given: {"userId": given.user_id}),
    CostlyRead("get_authenticator", lambda given: {"authenticatorId": given.authenticator_id}),
    CostlyRead("list_user_tags"),
    CostlyRead("list_private_key_tags"),
    CostlyRead("list_webhook_endpoints"),
    CostlyRead("list_wallets"),
    CostlyRead("get_wallet", lambda given: {"walletId": given.wallet_id}, FOUND_OR_NOT),
    CostlyRead(
        "get_wallet_account", lambda given: {"walletId": given.wallet_id, "path": ETHEREUM["path"]}, FOUND_OR_NOT
    ),
    CostlyRead("list_wallet_accounts", _page(100, includeWalletDetails=True)),
    CostlyRead("list_private_keys"),
    CostlyRead("get_private_key", lambda given: {"privateKeyId": given.private_key_id}, FOUND_OR_NOT),
    CostlyRead("list_secrets"),
    CostlyRead("list_smart_contract_interfaces"),
    CostlyRead("get_smart_contract_interface", lambda _given: {"smartContractInterfaceId": STRANGER}, FOUND_OR_NOT),
    CostlyRead("get_ip_allowlist"),
    CostlyRead("get_session_profiles"),
    CostlyRead(
        "get_session_profile",
        lambda given: {"sessionProfileId": given.session_profile_id},
        FOUND_OR_NOT,
    ),
    CostlyRead("list_policies"),
    CostlyRead("get_active_policies"),
    CostlyRead("get_policy", lambda given: {"policyId": given.organization.policy_ids[-1]}),
    CostlyRead("get_policy_evaluations", lambda given: {"activityId": given.voted}),
    CostlyRead("list_suborgs", _page(100)),
    CostlyRead("list_suborgs", _page(100, filterType="USERNAME", filterValue="0"), of="with a user"),
    CostlyRead("list_verified_suborgs"),
    CostlyRead("get_activity", lambda given: {"activityId": given.voted}, of="of many votes"),
    CostlyRead("get_activity", lambda given: {"activityId": given.large}, of="of a large body"),
    CostlyRead("list_app_proofs", lambda given: {"activityId": given.voted}),
    CostlyRead("get_boot_proof", lambda _given: {"ephemeralKey": "04" * 130}, FOUND_OR_NOT),
    CostlyRead("get_latest_boot_proof", lambda _given: {"appName": "signer"}, FOUND_OR_NOT),
    CostlyRead("list_activities"),
    CostlyRead("list_activities", _page(1), of="one"),
    CostlyRead("list_activities", _page(100), OVER_THE_PAGE, of="a hundred"),
    CostlyRead(
        "list_activities",
        _page(100, filterByType=["ACTIVITY_TYPE_CREATE_USERS_V4"]),
        OVER_THE_PAGE,
        of="of a type",
    ),
    CostlyRead("list_activities", _page(100, filterByStatus=["ACTIVITY_STATUS_REJECTED"]), of="rejected"),
    CostlyRead("list_activities", _page(100, filterByType=["ACTIVITY_TYPE_STAMP_LOGIN"]), of="of no type there"),
)


@dataclass(frozen=True)
class RunningSite:
    """A fresh sub-organization of a running server."""

    server: RunningServer
    organization_id: str
    root: Member
    is_sub_organization: bool = True

    @classmethod
    def create(cls, server: RunningServer) -> RunningSite:
        """Made by the server's first root user."""
        key = generate_key_pair(Curve.P256)
        users = [user_params("owner", key)]
        parameters = {"subOrganizationName": "site", "rootUsers": users, "rootQuorumThreshold": 1}
        status, reply = server.submit("create_sub_organization", "CREATE_SUB_ORGANIZATION_V8", parameters)
        assert status == 200, reply
        result = reply["activity"]["result"]["createSubOrganizationResultV8"]
        return cls(server, result["subOrganizationId"], Member(result["rootUserIds"][0], key))

    async def submit(self, activity_type: str, parameters: Any, *, by: Member | None = None) -> dict[str, Any]:
        """See ``Site``."""
        body = activity_body(self.organization_id, activity_type, parameters)
        stamp = sign_stamp((by or self.root).key, body)
        path = f"/public/v1/submit/{path_of(activity_type)}"
        status, reply = await asyncio.to_thread(self.server.post, path, body, stamp)
        assert status == 200, reply
        activity: dict[str, Any] = reply["activity"]
        return activity

    def request(self, read: CostlyRead, given: Given, *, by: Member | None = None) -> tuple[str, bytes, str]:
        """Path, body and ``X-Stamp`` of a read, by the root user or another."""
        body = json.dumps({"organizationId": self.organization_id} | read.members(given)).encode()
        return f"/public/v1/query/{read.name}", body, sign_stamp((by or self.root).key, body)


async def set_up(site: Site) -> Given:
    """Everything as large as it may be. Afterwards the quorum is every user, so that nobody can do anything alone."""
    large = [await _large_activity(site) for _ in range(LARGE_BODIES)]
    organization = await fill(
        lambda activity_type, parameters: _result(site, activity_type, parameters),
        root=site.root,
        tag_count=TAGS_OF_A_SUB_ORGANIZATION if site.is_sub_organization else TAGS,
    )
    profile_id = STRANGER
    for number in range(0 if site.is_sub_organization else SESSION_PROFILES):
        profile_id = (await _result(site, "CREATE_SESSION_PROFILE", session_profile(number)))["sessionProfileId"]
    wallet_id, private_key_id = await _keys(site)
    voted = await _voted_activity(site, organization)
    voter = voted["votes"][1]["user"]
    return Given(
        session_profile_id=profile_id,
        wallet_id=wallet_id,
        private_key_id=private_key_id,
        organization=organization,
        user_id=voter["userId"],
        api_key_id=voter["apiKeys"][0]["apiKeyId"],
        authenticator_id=voter["authenticators"][0]["authenticatorId"],
        voted=voted["id"],
        large=large[0],
    )


async def _keys(site: Site) -> tuple[str, str]:
    """As many wallets and private keys as there may be, with long names and all addresses; one of each."""
    names = [f"{number:0>255}" for number in range(PRIVATE_KEYS_MAX)]
    accounts = [ethereum(at) | {"name": names[at]} for at in range(100)]
    wallet_id = (await _result(site, "CREATE_WALLET", {"walletName": "most", "accounts": accounts}))["walletId"]
    for name in names[: WALLETS_MAX - 1]:
        await _result(site, "CREATE_WALLET", {"walletName": name, "accounts": []})
    formats = [
        each for each in AddressFormat if each.name.startswith(("BITCOIN_", "DOGE_")) and "P2WSH" not in each.name
    ]
    made: dict[str, Any] = {}
    for first in range(0, PRIVATE_KEYS_MAX, 100):
        keys = [key(name) | {"addressFormats": formats} for name in names[first : first + 100]]
        made = await _result(site, "CREATE_PRIVATE_KEYS_V2", {"privateKeys": keys})
    return wallet_id, made["privateKeys"][-1]["privateKeyId"]


async def set_up_ordinary(site: Site) -> Given:
    """What the honest twins ask about: three users, a policy, an activity or two."""
    keys = [generate_key_pair(Curve.P256) for _ in range(2)]
    params = [user_params(f"{at}", key, authenticators=[passkey()]) for at, key in enumerate(keys)]
    made = await site.submit("CREATE_USERS_V4", {"users": params})
    user_ids = made["result"]["createUsersResult"]["userIds"]
    rule = {"policyName": "rule", "effect": "EFFECT_ALLOW", "condition": "false", "notes": ""}
    policy_id = (await _result(site, "CREATE_POLICY_V3", rule))["policyId"]
    key_id, authenticator_id = await _new_credentials(site, user_ids[0])
    members = [Member(user_id, key) for user_id, key in zip(user_ids, keys, strict=True)]
    return Given(
        organization=Largest(members, [], [policy_id]),
        user_id=user_ids[0],
        api_key_id=key_id,
        authenticator_id=authenticator_id,
        voted=made["id"],
        large=made["id"],
    )


async def set_up_waiting(site: Site, *, is_large: bool) -> Given:
    """As the ordinary one, and as many activities as are on a page wait for the rest of a quorum: of the largest body,
    or of an ordinary one."""
    given = await set_up_ordinary(site)
    other = given.organization.members[-1]
    await site.submit("UPDATE_ROOT_QUORUM", {"threshold": 2, "userIds": [site.root.user_id, other.user_id]})
    for number in range(LARGE_BODIES):
        users = users_of_the_largest_body() if is_large else [user_params(f"{number}", generate_key_pair(Curve.P256))]
        waiting = await site.submit("CREATE_USERS_V4", {"users": users})
        assert waiting["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED", waiting
    return given


async def _new_credentials(site: Site, user_id: str) -> tuple[str, str]:
    keys = {"userId": user_id, "apiKeys": [key_params(generate_key_pair(Curve.P256))]}
    passkeys = {"userId": user_id, "authenticators": [passkey()]}
    return (
        (await _result(site, "CREATE_API_KEYS_V2", keys))["apiKeyIds"][0],
        (await _result(site, "CREATE_AUTHENTICATORS_V2", passkeys))["authenticatorIds"][0],
    )


async def _large_activity(site: Site) -> str:
    """Nearly 1 MiB of users who go again."""
    made = await site.submit("CREATE_USERS_V4", {"users": users_of_the_largest_body()})
    await site.submit("DELETE_USERS", {"userIds": made["result"]["createUsersResult"]["userIds"]})
    return str(made["id"])


async def _voted_activity(site: Site, organization: Largest) -> dict[str, Any]:
    """One that waits for the last of a hundred approvals."""
    members = organization.members
    user_ids = [site.root.user_id, *(member.user_id for member in members)]
    await site.submit("UPDATE_ROOT_QUORUM", {"threshold": len(user_ids), "userIds": user_ids})
    changed = {"policyId": organization.policy_ids[0], "policyNotes": NOTES, "policyCondition": TEXT}
    activity = await site.submit("UPDATE_POLICY_V2", changed)
    for member in members[:-1]:
        activity = await site.submit("APPROVE_ACTIVITY", {"fingerprint": activity["fingerprint"]}, by=member)
    return activity


async def _result(site: Site, activity_type: str, parameters: Any) -> dict[str, Any]:
    (result,) = (await site.submit(activity_type, parameters))["result"].values()
    found: dict[str, Any] = result
    return found


Asked = tuple[RunningSite, Given]
Both = tuple[Asked, Asked]
"""The organization at the limits and an ordinary one, or one in which large activities wait and one in which small."""


def _at_the_limits(stage: Stage) -> Both:
    large, ordinary = RunningSite.create(stage.server), RunningSite.create(stage.server)
    return (large, asyncio.run(set_up(large))), (ordinary, asyncio.run(set_up_ordinary(ordinary)))


def _waiting(stage: Stage) -> Both:
    large, ordinary = RunningSite.create(stage.server), RunningSite.create(stage.server)
    return (
        (large, asyncio.run(set_up_waiting(large, is_large=True))),
        (ordinary, asyncio.run(set_up_waiting(ordinary, is_large=False))),
    )


def _read_by_root(read: CostlyRead) -> CostlyCase:
    def ask(asked: Asked) -> bytes:
        site, given = asked
        path, body, stamp = site.request(read, given)
        return post(path, body, x_stamp=stamp)

    return _case(f"read: {read.words}", once_a_stage(_at_the_limits), ask, answers=read.answers)


def _read_by_a_member(name: str, read: CostlyRead) -> CostlyCase:
    """Whether the member may approve is asked of policies, for each activity that waits."""

    def ask(asked: Asked) -> bytes:
        site, given = asked
        path, body, stamp = site.request(read, given, by=given.organization.members[0])
        return post(path, body, x_stamp=stamp)

    return _case(name, once_a_stage(_waiting), ask, answers=read.answers)


def _case(
    name: str, set_up: Callable[[Stage], Both], ask: Callable[[Asked], bytes], *, answers: frozenset[int]
) -> CostlyCase:
    return CostlyCase(
        name=name,
        set_up=set_up,
        adversarial=lambda _stage, both: ask(both[0]),
        honest=lambda _stage, both: ask(both[1]),
        answers=answers,
        honest_answers=answers - {400},
    )


CASES = (
    *map(_read_by_root, READS),
    _read_by_a_member("read: large activities that wait", CostlyRead("list_activities")),
    _read_by_a_member("read: a hundred large activities that wait", CostlyRead("list_activities", _page(100))),
)
