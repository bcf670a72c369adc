"""The main job, end to end: official, unmodified clients against a server on this machine.

``make demo`` runs it. It starts a server in a temporary directory, drives it from Python (turnkey-http,
turnkey-api-key-stamper) and from node (@turnkey/sdk-server, @turnkey/http, @turnkey/crypto, @turnkey/wallet-stamper,
@turnkey/viem), has what was signed carried out by a node of Ethereum on this machine, prints each step with its ids,
and ends with exit code 0 only if every step did what it promised. ``make demo-postgres`` tells the same story
(``--postgres``) to three processes on a PostgreSQL, which it starts as well.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

from chain import demo_chain
from demo_server import COUNTERSEAL, DemoServer, demo_server, demo_servers_on_postgres
from official_clients import official_clients
from story import Failed, Story
from turnkey_api_key_stamper import ApiKeyStamper, ApiKeyStamperConfig
from turnkey_http import TurnkeyClient
from turnkey_sdk_types import (
    CreateSubOrganizationBody,
    CreateUsersBody,
    GetActivityBody,
    GetUsersBody,
    TurnkeyActivityConsensusNeededError,
)

from counterseal.crypto import Curve, PrivateKey, generate_key_pair

HERE = Path(__file__).parent
PYTHON_CLIENT = "turnkey-http"


def main() -> int:
    """Run the demo; its exit code."""
    started = time.monotonic()
    story, start = Story(), demo_servers_on_postgres if "--postgres" in sys.argv[1:] else demo_server
    try:
        print(f"Official clients: {', '.join(official_clients())}")
        with start() as server:
            tell_server(story, server)
            keys_and_sessions(story, server)
            approval_by_two(story, server)
            wallet(story, server)
            proofs(story, server)
            ledger(story, server)
            if len(server.logs) > 1:
                tell_share(story, server)
    except Failed as failure:
        print(f"\nFAILED after {len(story.steps)} steps: {failure}", file=sys.stderr)
        return 1
    seconds = time.monotonic() - started
    print(f"\nAll {len(story.steps)} steps did what they promised, in {seconds:.1f} s. The server is stopped and gone.")
    return 0


def tell_server(story: Story, server: DemoServer) -> None:
    """The server, and whom it knows."""
    facts = {"url": server.url, "store": server.store, "organization": server.organization_id}
    story.tell("A new server, with one organization and one root user", "counterseal", facts | {"user": server.user_id})
    with story.step("Who am I?", PYTHON_CLIENT) as facts:
        who = client_of(server.public_key, server.private_key, server.url, server.organization_id).get_whoami()
        if who.userId != server.user_id:
            raise Failed(f"whoami said {who.userId}")
        facts.update({"organization": f"{who.organizationName}, {who.organizationId}", "user": who.username})


def keys_and_sessions(story: Story, server: DemoServer) -> None:
    """Everything that one user does alone, from node."""
    root = {"userId": server.user_id, "publicKey": server.public_key, "privateKey": server.private_key}
    in_node(story, "keys_and_sessions.mjs", {"url": server.url, "organizationId": server.organization_id} | root)


def approval_by_two(story: Story, server: DemoServer) -> None:
    """A root quorum of two: Ada asks from Python, Bob approves from node."""
    ada_key, bob_key = generate_key_pair(Curve.P256), generate_key_pair(Curve.P256)
    root = client_of(server.public_key, server.private_key, server.url, server.organization_id)
    with story.step("A sub-organization in which Ada and Bob decide together", PYTHON_CLIENT) as facts:
        created = root.create_sub_organization(
            CreateSubOrganizationBody(
                subOrganizationName="Ada and Bob",
                rootQuorumThreshold=2,
                rootUsers=[root_user("Ada", ada_key), root_user("Bob", bob_key)],
            )
        )
        ada_id, bob_id = created.rootUserIds or []
        facts.update({"activity": created.activity.id, "organization": created.subOrganizationId})
        facts.update({"Ada": ada_id, "Bob": bob_id})
    ada = client_of(ada_key.public_key.hex(), ada_key.secret.hex(), server.url, created.subOrganizationId)
    with story.step("Ada asks for a new user: it takes two, so it waits", PYTHON_CLIENT) as asked:
        new_user = root_user("Grace", generate_key_pair(Curve.P256)) | {"userTags": []}
        try:
            ada.create_users(CreateUsersBody(users=[new_user]))
        except TurnkeyActivityConsensusNeededError as needed:
            asked.update({"activity": needed.activity_id or "", "client raises": type(needed).__name__})
        else:
            raise Failed("it was carried out with one approval of two")
    bob = {"publicKey": bob_key.public_key.hex(), "privateKey": bob_key.secret.hex()}
    in_node(story, "approval.mjs", {"url": server.url, "organizationId": created.subOrganizationId} | bob)
    with story.step("Ada sees that it is done", PYTHON_CLIENT) as facts:
        activity = ada.get_activity(GetActivityBody(activityId=asked["activity"])).activity
        users = {user.userName: user.userId for user in ada.get_users(GetUsersBody()).users}
        if "Grace" not in users:
            raise Failed(f"the new user is not among {list(users)}")
        facts.update({"activity": activity.id, "status": activity.status.value, "users": ", ".join(users)})


def wallet(story: Story, server: DemoServer) -> None:
    """A wallet, and an agent that may pay one address from it, from node."""
    root = {"organizationId": server.organization_id, "publicKey": server.public_key, "privateKey": server.private_key}
    with demo_chain() as chain_url:
        in_node(story, "wallet.mjs", {"url": server.url, "chainUrl": chain_url} | root)


def proofs(story: Story, server: DemoServer) -> None:
    """An activity with proofs, from node."""
    root = {"organizationId": server.organization_id, "publicKey": server.public_key, "privateKey": server.private_key}
    in_node(story, "proofs.mjs", {"url": server.url} | root)


def ledger(story: Story, server: DemoServer) -> None:
    """All that was decided, handed to an auditor, who asks nobody; and a copy with another byte in it."""
    time.sleep(2)  # by then a checkpoint covers it
    with tempfile.TemporaryDirectory() as directory, urlopen(f"{server.url}/.well-known/counterseal") as identities:
        key, file = json.load(identities)["ledger"], Path(directory, "export.jsonl")
        with story.step("The ledger, exported and verified offline", "counterseal") as facts:
            command("ledger", "export", server.organization_id, *server.place, f"--output={file}")
            said = command("ledger", "verify", str(file), f"--key={key}").stdout.splitlines()
            facts.update({"key": key, "verify says": said[0], "": said[2].strip()})
        with story.step("One byte of a copy is altered, and named", "counterseal") as facts:
            content = bytearray(file.read_bytes())
            at = content.index(b"ACTIVITY_TYPE_CREATE_")
            content[at] ^= 1
            file.write_bytes(content)
            altered = command("ledger", "verify", str(file), f"--key={key}", fails=True)
            facts.update({"byte": f"{at:,} of {len(content):,}", "verify says": altered.stderr.splitlines()[-1]})


def command(*arguments: str, fails: bool = False) -> subprocess.CompletedProcess[str]:
    """A command of counterseal, which has to end well, or not to. Raises Failed."""
    done = subprocess.run([COUNTERSEAL, *arguments], check=False, capture_output=True, text=True)
    if (done.returncode != 0) is not fails:
        raise Failed(
            f"counterseal {arguments[0]} {arguments[1]} ended with {done.returncode}: {done.stdout}{done.stderr}"
        )
    return done


def tell_share(story: Story, server: DemoServer) -> None:
    """That it was all of them."""
    with story.step("Every process had its share", "counterseal") as facts:
        shares = server.requests()
        if not all(shares):
            raise Failed(f"the processes have answered {shares} requests")
        facts.update({f"process {number}": f"{share} requests" for number, share in enumerate(shares, 1)})


def client_of(public_key: str, private_key: str, url: str, organization_id: str) -> TurnkeyClient:
    """The official Python client for an API key."""
    stamper = ApiKeyStamper(ApiKeyStamperConfig(api_public_key=public_key, api_private_key=private_key))
    return TurnkeyClient(base_url=url, stamper=stamper, organization_id=organization_id)


def root_user(name: str, key: PrivateKey) -> dict[str, object]:
    """A user with one P-256 API key, as requests describe one."""
    api_key = {"apiKeyName": name, "publicKey": key.public_key.hex(), "curveType": "API_KEY_CURVE_P256"}
    return {"userName": name, "apiKeys": [api_key], "authenticators": [], "oauthProviders": []}


def in_node(story: Story, script: str, settings: dict[str, str]) -> None:
    """Go on with a JavaScript part of the story."""
    story.continue_in_node(str(HERE / script), os.environ | {"COUNTERSEAL_DEMO": json.dumps(settings)})


if __name__ == "__main__":
    sys.exit(main())
