"""With workers one process makes the proofs, and each answers for its key."""

from __future__ import annotations

import json
import urllib.request

from counterseal.proofs import AppProof
from counterseal.proofs.boot import BootProof, check_boot_proof
from served import RunningServer


def test_one_key_signs_for_all_workers_and_each_shows_what_vouches_for_it(running_server: RunningServer) -> None:
    running_server.stop()
    running_server.start("--workers=2")
    with urllib.request.urlopen(f"{running_server.url}/.well-known/counterseal") as published:
        root = bytes.fromhex(json.load(published)["boot_root"])
    keys = set()
    for number in range(6):  # connections go to the workers in turn
        parameters = {"userTagName": f"tag {number}", "userIds": []}
        status, reply = running_server.submit("create_user_tag", "CREATE_USER_TAG", parameters, generateAppProofs=True)
        assert status == 200, reply
        (shown,) = reply["activity"]["appProofs"]
        proof = AppProof(shown["publicKey"], shown["proofPayload"], shown["signature"])
        status, found = running_server.query("get_boot_proof", ephemeralKey=proof.public_key)
        assert status == 200, found
        check_boot_proof(BootProof.of(found["bootProof"]), root=root, app_proof=proof)
        keys.add(proof.public_key)
    assert len(keys) == 1
