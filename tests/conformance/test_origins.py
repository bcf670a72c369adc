"""The rule for origins against one that knows nothing of it: ``URL`` of Node.js, which is that of the WHATWG."""

from __future__ import annotations

import json
import re
import subprocess
from random import Random

from counterseal.contract.origins import fault_of_origin
from unit.contract.test_origins import NEVER_SENT, SENT

TEXTS = 20_000
PIECES = (
    *("a", "b", "example", "com", "localhost", "xn--bcher-kva", "xn--", "A", "ü", "_", "-", "0x7f", "0x", "127.0.0.1"),
    *("1", "256", "01", "::1", "[::1]", "[2001:db8::1]", "[::FFFF:1.2.3.4]", "%41", "*", "@", ":", "/", "?", "#", " "),
    *(":80", ":443", ":0", ":65535", ":65536", ":08", "..", ".", "[1:2:0:0:3::]", "[0:0:1::]", "[::ffff:102:304]"),
)
PROGRAM = """
const texts = JSON.parse(require("fs").readFileSync(0));
const origins = texts.map((text) => { try { return new URL(text).origin; } catch { return null; } });
process.stdout.write(JSON.stringify(origins));
"""
HOST_OF_DNS = re.compile(r"https?://(\[[0-9a-f:]+\]|([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63})(:[1-9][0-9]*)?")


def texts() -> list[str]:
    random = Random("origins")
    made = [
        f"{random.choice(('http', 'https'))}://{''.join(random.choices(PIECES, k=random.randint(1, 6)))}"
        for _ in range(TEXTS)
    ]
    dotted = [
        f"{random.choice(('http', 'https'))}://{'.'.join(random.choices(PIECES[:18], k=random.randint(1, 5)))}"
        f"{random.choice(('', '', ':1', ':80', ':443', ':65536'))}"
        for _ in range(TEXTS)
    ]
    return [*made, *dotted, *(text for text in (*SENT, *NEVER_SENT) if text.startswith("http"))]


def test_what_is_taken_is_what_a_browser_writes() -> None:
    asked = texts()
    done = subprocess.run(["node", "-e", PROGRAM], input=json.dumps(asked), capture_output=True, text=True, check=True)
    origins = json.loads(done.stdout)
    taken = 0
    for text, origin in zip(asked, origins, strict=True):
        fault = fault_of_origin(text)
        if fault is None:
            assert origin == text or "xn--" in text, "which letters a registry lets there be is not looked at"
            taken += 1
        elif origin == text:  # a browser may write it: then no host of DNS has such a name, or the port is none
            assert not HOST_OF_DNS.fullmatch(text) or "xn--" in text or len(text) > 260, fault
    assert taken > TEXTS / 20, "the texts are not all wrong"
