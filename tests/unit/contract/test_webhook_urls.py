"""Addresses that this server may be told to call, and those by which it would be turned against its own network."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from counterseal.contract.errors import InvalidRequest
from counterseal.contract.webhook_urls import URL_CHARACTERS_MAX, is_public, webhook_url

CALLED = [
    "https://example.com",
    "https://example.com/",
    "https://hooks.example.com:8443/a/b%20c?d=e&f=https://g@h",
    "https://example.com?a",
    "https://8.8.8.8/hook",
    "https://[2606:4700::1111]:1024/",
    "https://xn--bcher-kva.com/",
    "https://localhost.com",
    "https://10.0.0.1.example.com",
    "https://a" + ".b" * 100 + ".com/",
    "https://example.com/" + "a" * (URL_CHARACTERS_MAX - 20),
]

NOT_HTTPS = [
    *["http://example.com", "ftp://example.com", "example.com", "//example.com", "https:example.com", "https:///a", ""],
    *["https://", "https:///example.com", "HTTPS://example.com", "https://Example.com", "javascript:alert(1)"],
]
MISLEADING = [
    *["https://user@example.com", "https://user:word@example.com", "https://example.com@10.0.0.1", "https://@a.com"],
    *["https://example.com\\@10.0.0.1/", "https://example.com#a", "https://example.com/#", "https://exam ple.com"],
    *["https://example.com/\n", " https://example.com", "https://example.com\t", "https://exa\u00adm.com"],
    *["https://example.com:0", "https://example.com:65536", "https://example.com:443", "https://example.com:"],
    *["https://example.com:080", "https://example..com", "https://example.com.", "https://.example.com"],
    *[
        "https://b\u00fccher.com",
        "https://example\u3002com",
        "https://1\uff0e1.1.1",
        "https://%6cocalhost",
        "https://a.com%00",
    ],
    *["https://[fe80::1%25eth0]", "https://[::1", "https://::1", "https://[2606:4700:0::1111]", "https://[v1.a]"],
    *["https://example.com/{id}", 'https://example.com/"', "https://example.com/<a>", "https://example.com/|"],
    "https://example.com/" + "a" * URL_CHARACTERS_MAX,
]
NOT_CALLED_PORTS = ["https://example.com:22/", "https://8.8.8.8:1023", "https://[2606:4700::1111]:444/"]
LOCAL_NAMES = [
    *[
        "https://localhost",
        "https://localhost:8443/",
        "https://a.localhost",
        "https://printer.local",
        "https://intranet",
    ],
    *[
        "https://metadata.google.internal",
        "https://nas.home.arpa",
        "https://a.test",
        "https://a.onion",
        "https://db.lan",
    ],
]
NO_PUBLIC_ADDRESSES = [
    *["https://127.0.0.1", "https://10.1.2.3", "https://172.16.0.1", "https://172.31.255.255", "https://192.168.0.1"],
    *["https://169.254.169.254/latest/meta-data", "https://0.0.0.0", "https://100.64.0.1", "https://198.18.0.1"],
    *[
        "https://192.0.2.1",
        "https://198.51.100.1",
        "https://203.0.113.1",
        "https://224.0.0.1",
        "https://255.255.255.255",
    ],
    *[
        "https://240.0.0.1",
        "https://[::1]",
        "https://[::]",
        "https://[fe80::1]",
        "https://[fc00::1]",
        "https://[fd00::1]",
    ],
    *[
        "https://168.63.129.16",
        "https://[ff02::1]",
        "https://[::ffff:7f00:1]",
        "https://[64:ff9b::7f00:1]",
        "https://[2002:7f00:1::]",
    ],
    *["https://[2001:db8::1]", "https://[2001::1]", "https://[::7f00:1]", "https://[100::1]", "https://[3fff::1]"],
]
OTHER_SPELLINGS_OF_LOOPBACK = [
    *["https://127.1", "https://2130706433", "https://0x7f000001", "https://0x7f.1", "https://0177.0.0.1"],
    *["https://127.0.0.01", "https://[::ffff:127.0.0.1]", "https://127.0.0.1.", "https://0"],
]


@pytest.mark.parametrize("url", CALLED)
def test_a_public_address_is_kept_as_it_is(url: str) -> None:
    assert webhook_url(url) == url


@pytest.mark.parametrize(
    "url", NOT_HTTPS + MISLEADING + NOT_CALLED_PORTS + LOCAL_NAMES + NO_PUBLIC_ADDRESSES + OTHER_SPELLINGS_OF_LOOPBACK
)
def test_anything_else_is_refused_with_a_reason(url: str) -> None:
    with pytest.raises(InvalidRequest, match=r"^invalid webhook URL: \S+ ") as refused:
        webhook_url(url)
    assert refused.value.message.isprintable()


def test_reasons_say_what_is_wrong() -> None:
    for url, reason in {
        "https://10.0.0.1": "10.0.0.1 is no public address",
        "https://[::1]": "::1 is no public address",
        "https://a.internal": "`a.internal` is no public name",
        "https://me@a.com": "expected no user and no password before the host",
    }.items():
        with pytest.raises(InvalidRequest) as refused:
            webhook_url(url)
        assert refused.value.message == f"invalid webhook URL: {reason}"


def test_what_is_next_to_a_special_block_is_public() -> None:
    for text in ("9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "100.128.0.0", "223.255.255.255"):
        assert is_public(ip_address(text)), text
    for text in ("2001:200::", "2003::", "2001:db9::", "3ffe:ffff::"):
        assert is_public(ip_address(text)), text


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8081/hook", "http://localhost:1", "https://10.0.0.1", "https://[::1]"]
)
def test_in_development_private_addresses_may_be_called_without_tls(url: str) -> None:
    assert webhook_url(url, is_private_allowed=True) == url
    with pytest.raises(InvalidRequest, match="invalid webhook URL: "):
        webhook_url(url)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "http://user@localhost", "http://localhost#a", "http://Localhost"])
def test_in_development_an_address_is_written_as_plainly(url: str) -> None:
    with pytest.raises(InvalidRequest, match="invalid webhook URL: "):
        webhook_url(url, is_private_allowed=True)
