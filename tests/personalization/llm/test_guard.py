"""Addresses that endpoints may not have (SSRF)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.llm import guard

INSIDE = [
    "http://127.0.0.1/v1",
    "http://127.1.2.3:8000/v1",
    "http://0.0.0.0/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://168.63.129.16/",
    "http://100.100.100.200/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://240.0.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://0/",
    "http://[::1]/",
    "http://[::]/",
    "http://[fe80::1]/",
    "http://[fec0::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fd00:ec2::254]/",
    "http://[ff02::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://localhost:11434/v1",
    "http://LOCALHOST/v1",
    "http://localhost./v1",
    "http://a.localhost/v1",
    "http://127.0.0.1./",
]
NONE = [
    "",
    "file:///etc/passwd",
    "ftp://example.org/",
    "gopher://127.0.0.1:6379/_INFO",
    "example.org/v1",
    "http://",
    "http:///v1",
    "http://user:word@example.org/",
    "http://user@example.org/",
    "http://example.org/?a=b",
    "http://example.org/#a",
    "http://example.org:99999/",
    "http://example.org:port/",
    "http://exa mple.org/",
    "http://example.org/\r\nHost: a",
    "http://[::1/",
    "http://127.0.0.1\\@example.org/",
    "http://ⓛocalhost/",
    "javascript:alert(1)",
]
OPEN = [
    "https://api.example.com/v1",
    "http://93.184.216.34:8000/v1",
    "https://[2606:2800:220:1:248:1893:25c8:1946]/v1",
    "https://localhost.example.com/v1",
]


@pytest.mark.parametrize("url", INSIDE)
def test_an_address_inside_is_refused(url: str) -> None:
    with pytest.raises(guard.ForbiddenError):
        guard.check(url)


@pytest.mark.parametrize("url", NONE)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(guard.MalformedError):
        guard.check(url)


@pytest.mark.parametrize("url", OPEN)
def test_an_open_address_is_accepted(url: str) -> None:
    guard.check(url)


@pytest.mark.parametrize("hosts", [["localhost"], ["LocalHost:11434"], ["a", "localhost"]])
def test_a_named_host_is_accepted(hosts: list[str]) -> None:
    guard.check("http://localhost:11434/v1", hosts)


@pytest.mark.parametrize("hosts", [[], ["localhost:1"], ["host"], ["localhost:11434/v1"]])
def test_no_other_host_is(hosts: list[str]) -> None:
    with pytest.raises(guard.ForbiddenError):
        guard.check("http://localhost:11434/v1", hosts)


def test_a_named_host_of_six_groups() -> None:
    guard.check("http://[::1]:8000/v1", ["[::1]:8000"])
    guard.check("http://[::1]:8000/v1", ["::1"])


@given(st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="fc00::/7"))
def test_no_private_address_is_open(address: object) -> None:
    assert not guard.is_open(str(address))


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    """Nothing that anybody types ends in another error than ours."""
    try:
        guard.check(text)
    except (guard.MalformedError, guard.ForbiddenError):
        return
    assert text.startswith("http") or text.lower().startswith("http")
