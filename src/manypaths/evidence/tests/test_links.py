"""Which addresses a page may link to."""

import pytest

from manypaths.base.errors import Refused
from manypaths.evidence.links import safe_link


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/my page".replace(" ", "-"),
        "https://example.org:8443/a?b=c#d",
        "https://sub.example.org/ä/½",
        "HTTPS://example.org/",
    ],
)
def test_a_plain_https_address_is_kept(link: str) -> None:
    assert safe_link(f"  {link} ") == link


@pytest.mark.parametrize(
    "link",
    [
        "",
        "http://example.org/",
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "\tjavascript:alert(1)",
        "https\t://example.org",
        "https://example.org/\nb",
        "data:text/html,<script>",
        "//evil.example.org",
        "https:evil.example.org",
        "https:/evil.example.org",
        "https:\\\\evil.example.org",
        "https://",
        "https:///evil.example.org",
        "https://school.org@evil.example.org/",
        "https://user:word@example.org/",
        "https://exa mple.org/",
        "https://example.org/\u202egpj",
        "vbscript:x",
        "file:///etc/passwd",
        "https://example.org/" + "a" * 2000,
        "https://[::1",
    ],
)
def test_any_other_address_is_refused(link: str) -> None:
    with pytest.raises(Refused, match="https://"):
        safe_link(link)
