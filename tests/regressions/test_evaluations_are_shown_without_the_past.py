"""``get_policy_evaluations`` read the whole organization as it was at each vote, twice, only to learn the ids of its
policies: 0.9 s at the limits. It reads those ids, once for each version.
"""

from __future__ import annotations

import pytest

from office import NEW_TAG, Office


async def test_no_organization_is_read_for_them(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await office.allow(consensus=f"{office.tagged(office.agents)} && {office.tagged(office.humans)}")
    second = await office.deny("false")
    proposal = await office.propose(office.agent)
    await office.server.submit("DELETE_POLICY", {"policyId": second})
    third = await office.allow(f"{NEW_TAG} && false")
    await office.vote(proposal, office.ann)
    asked: list[int] = []
    read = office.server.store.policy_ids_as_of

    async def counted(organization_id: str, version: int) -> list[str]:
        asked.append(version)
        return await read(organization_id, version)

    monkeypatch.setattr(office.server.store, "policy_ids_as_of", counted)
    for name in "snapshot", "snapshot_as_of":
        monkeypatch.setattr(office.server.store, name, None)
    assert [set(each) for each in await office.evaluations(proposal.id)] == [{first, second}, {first, third}]
    assert len(asked) == len(set(asked)) == 2
