"""Origins that a browser may send, and texts that none ever does."""

from __future__ import annotations

import pytest

from counterseal.contract.origins import fault_of_origin

LONGEST = ".".join(["a" * 63] * 3 + ["b" * 61])

SENT = [
    *["https://app.example.com", "http://localhost", "http://localhost:3000", "https://a", "https://a_b.example"],
    *[
        "https://xn--bcher-kva.example",
        "https://a-b.c--d",
        "http://a:1",
        "https://a:65535",
        "https://a:80",
        "http://a:443",
    ],
    *[
        "http://127.0.0.1:8080",
        "https://1.2.3.4",
        "https://1.2.3.4.example",
        "https://0x1.example",
        "http://[::1]:8080",
    ],
    *[
        "https://[2001:db8::1]",
        "https://[::]",
        "https://[::ffff:102:304]",
        "https://[1:0:0:2::3]",
        f"https://{LONGEST}",
    ],
    *["chrome-extension://abcdefghijklmnopabcdefghijklmnop", "moz-extension://0b9e0b3f-0b9e-0b3f-0b9e-0b3f0b9e0b3f"],
    *["capacitor://localhost", "app://com.example.app", "tauri://localhost:443"],
]
NEVER_SENT = [
    *["", "null", "*", "https://", "https://*", "https://*.example.com", "app.example.com", "//app.example.com"],
    *["https://app.example.com/", "https://app.example.com/a", "https://app.example.com?", "https://app.example.com#"],
    *["https://App.example.com", "HTTPS://app.example.com", "https://user@app.example.com", "https://app.example.com "],
    *["https://app.example.com\n", "https:app.example.com", "https://app.example.com,https://b"],
    *[
        "https://app.example.com:",
        "https://app.example.com:443",
        "http://app.example.com:80",
        "https://a:0",
        "https://a:01",
    ],
    *["https://a:65536", "https://a:99999", f"https://a:{'9' * 5000}", "https://a:1:2", "https://a:+1"],
    *["https://a..b", "https://.a", "https://a.", "https://.", f"https://{'a' * 64}", f"https://{LONGEST}b"],
    *[
        "https://1.2.3",
        "https://1.2.3.256",
        "https://1.2.3.04",
        "https://1",
        "https://0x7f000001",
        "https://a.1",
        "https://a.0x",
    ],
    *[
        "https://[::0]",
        "https://[2001:DB8::1]",
        "https://[2001:db8:0:0:0:0:0:1]",
        "https://[::1",
        "https://[]",
        "https://[1::2::3]",
    ],
    *["https://[::ffff:1.2.3.4]", "https://[fe80::1%25eth0]", "https://::1", "https://[::1]a"],
    *["https://bücher.example", "https://b%C3%BCcher.example", "https://xn--a", "https://xn--", "https://xn--a-"],
    *["file://a", "ftp://a", "ws://a", "wss://a", "1a://b", "data:,x", "blob:https://a"],
]


@pytest.mark.parametrize("origin", SENT)
def test_what_a_browser_may_send(origin: str) -> None:
    assert fault_of_origin(origin) is None


@pytest.mark.parametrize("text", NEVER_SENT, ids=lambda text: repr(text[:40]))
def test_what_none_sends(text: str) -> None:
    assert fault_of_origin(text)
