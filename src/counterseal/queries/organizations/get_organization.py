"""get_organization: all that an organization consists of."""

from __future__ import annotations

from counterseal.contract import encode
from counterseal.contract.shapes import GetOrganizationRequest
from counterseal.organizations import (
    INTERFACES_MAX,
    PRIVATE_KEY_TAGS_MAX,
    PRIVATE_KEYS_MAX,
    WALLETS_MAX,
    PrivateKey,
    PrivateKeyTag,
    SmartContractInterface,
    Wallet,
    feature_list,
)
from counterseal.queries.objects import quorum_object, tag_object, user_object
from counterseal.queries.pieces import array, joined
from counterseal.queries.policies.policy_object import policy_object
from counterseal.queries.registry import QueryContext, query


@query("get_organization")
async def get_organization(_request: GetOrganizationRequest, context: QueryContext) -> bytes:
    """Everything at once, each list oldest first and never missing; of a deleted organization, what is left.

    The members keep their order from release to release: a reply is compared to the byte.

    Source: the service's model (the public API reference leaves this query out).
    """
    organization = context.organization
    private_key_tags = await context.reader.all_of(PrivateKeyTag, at_most=PRIVATE_KEY_TAGS_MAX)
    wallets = await context.reader.all_of(Wallet, at_most=WALLETS_MAX)
    private_keys = await context.reader.all_of(PrivateKey, at_most=PRIVATE_KEYS_MAX)
    interfaces = await context.reader.all_of(SmartContractInterface, at_most=INTERFACES_MAX)
    head = {"organizationId": organization.id, "name": organization.name}
    others = {
        "invitations": [],
        "rootQuorum": quorum_object(organization.quorum),
        "features": feature_list(organization.features),
        "wallets": [wallet.shown() for wallet in wallets],
        "smartContractInterfaceReferences": [interface.reference() for interface in interfaces],
    }
    users = await array(organization.users.values(), user_object, context)
    policies = await array(organization.policies.values(), policy_object, context)
    keys = await array(private_keys, PrivateKey.shown, context)
    tags = [*map(tag_object, organization.tags.values()), *(tag.shown() for tag in private_key_tags)]
    return await joined(
        [
            b'{"organizationData":' + encode(head)[:-1],
            b',"privateKeys":',
            *keys,
            b"," + encode(others)[1:-1],
            b',"users":',
            *users,
            b',"policies":',
            *policies,
            b"," + encode({"tags": tags})[1:] + b"}",
        ]
    )
