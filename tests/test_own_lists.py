"""Is every list of the user's own domains understood, or refused with the file, the line and the remedy?"""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Any

import dns.name
import dns.zone
import idna
import publicsuffixlist
import pytest
import python_hosts
from hypothesis import assume, given
from hypothesis import strategies as st

import notorious_markets as nm
from notorious_markets.screening.lists import is_public_suffix, read_domains
from tools.suffixes import content, suffixes

from .command import run
from .exported import BLOCKLISTS, exported

# What each line of a list contains.
UNDERSTOOD = {
    "": [],
    " \t": [],
    "# note": [],
    "## a heading": [],
    "! note": [],
    "; note": [],
    "listed.example": ["listed.example"],
    " LISTED.Example. ": ["listed.example"],
    "listed.example # why": ["listed.example"],
    "listed.example\t; why": ["listed.example"],
    "\ufefflisted.example": ["listed.example"],
    "my_shop.listed.example": ["my_shop.listed.example"],
    "-.listed.example": ["-.listed.example"],
    "BÜCHER.example": ["xn--bcher-kva.example"],
    "XN--BCHER-KVA.example": ["xn--bcher-kva.example"],
    "ｔｏ．example": ["to.example"],
    "xn--ls8h.la": ["xn--ls8h.la"],
    "*.listed.example": ["listed.example"],
    ".listed.example": ["listed.example"],
    "*.bücher.example": ["xn--bcher-kva.example"],
    # A company's suffix, and a name that the Public Suffix List excepts from a wildcard.
    "github.io": ["github.io"],
    "city.kawasaki.jp": ["city.kawasaki.jp"],
    # Hosts files.
    "0.0.0.0 listed.example": ["listed.example"],
    "127.0.0.1\tlisted.example  www.other.example # why": ["listed.example", "www.other.example"],
    "0.0.0.0 listed.example#why": ["listed.example"],
    ":: listed.example": ["listed.example"],
    "::1 listed.example": ["listed.example"],
    "127.0.0.1 localhost localhost.localdomain": [],
    "::1 ip6-localhost ip6-loopback": [],
    "fe80::1%lo0 localhost": [],
    "255.255.255.255 broadcasthost": [],
    "0.0.0.0 0.0.0.0": [],
    # Filter lists.
    "[Adblock Plus 2.0]": [],
    "[uBlock Origin]": [],
    "||listed.example^": ["listed.example"],
    "||*.listed.example^ ! why": ["listed.example"],
    # dnsmasq.
    "local=/listed.example/": ["listed.example"],
    "local=/listed.example/other.example/": ["listed.example", "other.example"],
    "server=/listed.example/": ["listed.example"],
    "address=/listed.example/": ["listed.example"],
    "address=/listed.example/#": ["listed.example"],
    "address=/.listed.example/0.0.0.0": ["listed.example"],
    "address=/listed.example/::": ["listed.example"],
    # Response policy zones.
    "$TTL 3600": [],
    "@ IN SOA localhost. hostmaster.localhost. 20250001 86400 3600 604800 3600": [],
    "@ IN NS localhost.": [],
    "  NS localhost.": [],
    "listed.example CNAME .": ["listed.example"],
    "*.listed.example 300 IN CNAME . ; why": ["listed.example"],
    "listed.example cname rpz-drop.": ["listed.example"],
}
# Why a line is refused.
REFUSED = {
    "com": "'com' is a single label .* allow_suffixes=True",
    "localhost": "'localhost' is a single label",
    "||com^": "'com' is a single label",
    "*.com": "'com' is a single label",
    "co.uk": r"'co.uk' is a public suffix .* allow_suffixes=True \(--allow-suffixes\)",
    "anything.ck": "'anything.ck' is a public suffix",
    "公司.cn": "is a public suffix",
    "a..b": "'a..b' is not a domain name, such as 'shop.example', and can never match",
    "foo!bar.example": "is not a domain name",
    "a+b": "is not a domain name",
    "a.example,b.example": "is not a domain name",
    "*": "is not a domain name",
    "*listed.example": "is not a domain name",
    "www.*.example": "is not a domain name",
    "+.listed.example": "is not a domain name",
    ".": "is not a domain name",
    "..": "'..' is not a domain name",
    "<html>": "is not a domain name",
    "x" * 64 + ".example": "is not a domain name",
    "a." * 125 + "example": "is not a domain name",
    "xn--a.example": "can never match, because 'xn--a' is not valid Punycode",
    "xn--99999999.example": "can never match",
    "xn--.example": "can never match",
    "xn--abc-.example": "can never match",
    "1.2.3.4": "'1.2.3.4' is read as a number or an IP address",
    "0x7f.1": "is read as a number",
    "2130706433": "is read as a number",
    "shop.1": "is read as a number",
    "[::1]": "is read as a number",
    "fe80::1": "is read as a number",
    "https://listed.example/x": "must be a domain without a scheme, port or path; write 'listed.example'",
    "listed.example/x": "write 'listed.example'",
    "listed.example:8080": "write 'listed.example'",
    "user@listed.example": "write 'listed.example'",
    "https://listed.example/?a=b": "write 'listed.example'",
    "hxxps://listed[.]example/x": "is defanged; write 'listed.example'",
    "listed(dot)example": "is defanged; write 'listed.example'",
    "a.example b.example": "has several words; write one domain per line, or a line of a hosts file: 0.0.0.0 shop.example",
    "0.0.0.0 1.2.3.4": "'1.2.3.4' is read as a number",
    "192.168.1.5 nas.example": "gives a name an address instead of blocking it; write 0.0.0.0",
    "@@||listed.example^": "is an exception",
    "||listed.example^$third-party": r"does not stand for a whole domain; write a rule such as \|\|shop.example\^",
    "||listed.example": "does not stand for a whole domain",
    "||listed.example/path^": "does not stand for a whole domain",
    "|https://listed.example/": "does not stand for a whole domain",
    "/ads[0-9]/": "does not stand for a whole domain",
    "listed.example##.banner": "does not stand for a whole domain",
    "listed.example#@#.banner": "does not stand for a whole domain",
    "server=/listed.example/8.8.8.8": "does not block its domains; write local=/shop.example/",
    "local=/listed.example/#": "does not block its domains",
    "address=/listed.example/192.168.1.5": "does not block its domains",
    "port=53": "is not a rule for domains",
    "listed.example CNAME rpz-passthru.": "does not block a domain; write a record such as shop.example CNAME .",
    "listed.example.rpz.example. CNAME .": "does not block a domain",
    "listed.example CNAME other.example.": "does not block a domain",
}


@pytest.mark.parametrize(("line", "domains"), UNDERSTOOD.items())
def test_a_line_is_understood(line: str, domains: list[str]) -> None:
    assert read_domains("extra_domains", [line]) == domains


@pytest.mark.parametrize(("line", "reason"), REFUSED.items())
def test_a_line_is_refused(line: str, reason: str) -> None:
    with pytest.raises(ValueError, match=rf"^extra_domains\[1\]: .*{reason}"):
        nm.Screener(extra_domains=["listed.example", line])


@pytest.mark.parametrize(
    ("domains", "error", "message"),
    [
        ("localhost", TypeError, r"must be a list of domain names or a pathlib.Path, not a str; did you mean \['localhost'\]\?"),
        (b"x.example", TypeError, "not a bytes"),
        (["x.example", 1], TypeError, r"extra_domains\[1\] must be a str, not int"),
        ([None], TypeError, r"extra_domains\[0\] must be a str, not NoneType"),
        (
            ["a..b", "x.example", "1"],
            ValueError,
            r"^extra_domains\[0\]: .* \(another entry cannot .*, the next is extra_domains\[2\]\)$",
        ),
        (["1"] * 1_001, ValueError, r"\(1,000 other entries cannot be used either, the next is extra_domains\[1\]\)$"),
    ],
)
def test_a_list_is_refused(domains: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        nm.Screener(extra_domains=domains)


def test_public_suffixes_can_be_allowed() -> None:
    screener = nm.Screener(extra_domains=["zip", "co.uk", "*.com"], allow_suffixes=True)
    assert screener.domains[-3:] == ("zip", "co.uk", "com")
    match = screener.lookup("https://shop.zip/")
    assert match is not None
    assert match.matched_domain == "zip"
    with pytest.raises(ValueError, match="can never match"):
        nm.Screener(extra_domains=["a..b"], allow_suffixes=True)


LIST = "# Own list\r\n\r\nlisted.example\r\nBÜCHER.example # why\r\n0.0.0.0 other.example\r\n"
CONTENTS = {
    "UTF-8": LIST.encode(),
    "line feeds": LIST.replace("\r", "").encode(),
    "carriage returns": LIST.replace("\n", "").encode(),
    "no last line end": LIST.rstrip().encode(),
    "UTF-8 with a mark": codecs.BOM_UTF8 + LIST.encode(),
    "UTF-16 little-endian": codecs.BOM_UTF16_LE + LIST.encode("utf-16-le"),
    "UTF-16 big-endian": codecs.BOM_UTF16_BE + LIST.encode("utf-16-be"),
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_file_of_every_encoding(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "own {0}.txt"
    path.write_bytes(CONTENTS[kind])
    screener = nm.Screener(extra_domains=path)
    assert screener.domains[-3:] == ("listed.example", "xn--bcher-kva.example", "other.example")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"# only\n\n\xe9.example\n", "{path}, line 3: the file is not UTF-8 text; save it as UTF-8"),
        ("a.example".encode("utf-16-le"), "{path} is not UTF-8 text; save it as UTF-8"),
        (codecs.BOM_UTF16_LE + b"a", "{path}, line 1: the file is not UTF-16 text"),
        (b"# only a comment\n", "{path} has no domains"),
        (b"", "{path} has no domains"),
        (b"a.example\n\nb..example\nc..example\nd..example\n", "{path}, line 3: 'b..example' is not a domain name"),
        (
            b"a.example\n\nb..example\nc..example\nd..example\n",
            "(2 other entries cannot be used either, the next is {path}, line 4)",
        ),
    ],
)
def test_a_file_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "own {0}.txt"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(message.format(path=path))):
        nm.Screener(extra_domains=path)


@pytest.mark.parametrize("name", BLOCKLISTS)
def test_the_exported_lists_are_read(name: Any, tmp_path: Path) -> None:
    path = tmp_path / "exported.txt"
    path.write_bytes(exported(name))
    expected = sorted(row.domain for row in nm.domains(role="own"))
    assert sorted(read_domains("extra_domains", path)) == expected
    assert sorted(read_domains("extra_domains", path.read_text().splitlines())) == expected


def test_the_command_reads_lists(tmp_path: Path) -> None:
    urls, own = tmp_path / "urls.txt", tmp_path / "own.txt"
    urls.write_text("https://www.listed.example/1\nhttps://harmless.com/\n")
    for line in ("*.listed.example", "0.0.0.0 listed.example # why", "||listed.example^"):
        own.write_text(f"# note\n{line}\n")
        done = run("screen --json --extra-domains", own, urls)
        assert (done.code, '"hits": 1' in done.stdout) == (0, True), done
    own.write_text("listed.example\ncom\n")
    done = run("screen --extra-domains", own, urls)
    assert done.code == 1
    assert done.stderr.startswith(f"Error: {own}, line 2: 'com' is a single label")
    assert '"hits": 2' in run("screen --json --allow-suffixes --extra-domains", own, urls).stdout


LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?", fullmatch=True).filter(lambda label: not label.startswith("xn--"))
NAME = st.lists(LABEL, min_size=1, max_size=3).map(lambda labels: ".".join([*labels, "example"]))


@given(st.lists(st.lists(NAME, min_size=1, max_size=3), min_size=1, max_size=5))
def test_hosts_files_are_read_as_another_library_reads_them(lines: list[list[str]]) -> None:
    text = [f"0.0.0.0 {' '.join(names)}" for names in lines]
    entries: list[Any] = [python_hosts.HostsEntry.str_to_hostentry(line) for line in text]
    assert read_domains("x", text) == list(dict.fromkeys(name for entry in entries for name in entry.names))


@given(st.lists(NAME, min_size=1, max_size=5, unique=True))
def test_policy_zones_are_read_as_another_library_reads_them(names: list[str]) -> None:
    text = ["$TTL 60", "@ IN SOA localhost. root.localhost. 1 1 1 1 1", "@ IN NS localhost."]
    text += [f"{prefix}{name} CNAME ." for name in names for prefix in ("", "*.")]
    zone: Any = dns.zone.from_text("\n".join(text), origin="rpz.test.", relativize=True)
    blocked = {str(owner).removeprefix("*.") for owner, _, data in zone.iterate_rdatas("CNAME") if data.target == dns.name.root}
    assert set(read_domains("x", text)) == blocked


PIECES = st.sampled_from(
    [
        *(
            "listed",
            "example",
            "com",
            "co",
            "uk",
            "xn--",
            "xn--bcher-kva",
            "bücher",
            "ß",
            "é",
            "1",
            "0x",
            "-",
            "_",
            ".",
            "..",
            "*",
            "*.",
        ),
        *(
            "||",
            "^",
            "/",
            "=",
            "local=/",
            "address=/",
            "#",
            "!",
            ";",
            " ",
            "\t",
            "0.0.0.0",
            "127.0.0.1",
            "::1",
            "CNAME",
            "https://",
            ":",
        ),
        *("@", "[.]", "%2e", "。", "\u00ad", "\u200b", "\ud800", "x" * 64, "İ", "K", "\x00", "?", "$", "|"),
    ]
)


@given(st.one_of(st.lists(PIECES, max_size=7).map("".join), st.text(max_size=20)))
def test_every_domain_that_is_read_can_match(line: str) -> None:
    try:
        domains = read_domains("x", [line], allow_suffixes=True)
    except ValueError:
        assume(False)
    for domain in domains:
        assert re.fullmatch(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", domain)
        screener = nm.Screener(extra_domains=[domain], allow_suffixes=True)
        for url in (domain, f"https://{domain}/", f"https://www.{domain}:8080/x"):
            match = screener.lookup(url)
            assert match is not None
            assert match.matched_domain == domain


@given(st.text(st.characters(categories=["L", "N"], max_codepoint=0xFFFF), min_size=1, max_size=8))
def test_encoded_labels_of_another_library_are_accepted(label: str) -> None:
    try:
        encoded = idna.encode(label, uts46=True, transitional=False).decode()
    except idna.IDNAError:
        assume(False)
    assume(encoded.startswith("xn--"))
    assert read_domains("x", [f"{encoded}.example"]) == [f"{encoded}.example"]


class TestPublicSuffixes:
    LIST = publicsuffixlist.PublicSuffixList(only_icann=True)

    @pytest.mark.parametrize(
        "name", ["com", "localhost", "co.uk", "com.br", "kawasaki.jp", "x.kawasaki.jp", "bd", "x.ck", "xn--55qx5d.cn"]
    )
    def test_suffixes(self, name: str) -> None:
        assert is_public_suffix(name)

    @pytest.mark.parametrize(
        "name", ["example.com", "bbc.co.uk", "github.io", "blogspot.com", "city.kawasaki.jp", "www.ck", "a.x.ck", "taobao.com"]
    )
    def test_others(self, name: str) -> None:
        assert not is_public_suffix(name)

    def test_the_table_agrees_with_another_library(self) -> None:
        """The library and the table may be of different days, between which a few names change."""
        path = Path(publicsuffixlist.__file__).with_name("public_suffix_list.dat")
        table = suffixes(path.read_text(encoding="utf-8"))
        names = [f"{label.strip('!*') or 'x'}.{parent}" for parent, labels in table.items() for label in labels]
        names += [f"x.{name}" for name in names]
        different = [name for name in names if is_public_suffix(name) != self.LIST.is_public(name)]
        assert len(names) > 10_000
        assert len(different) < 50, different

    def test_the_tool(self) -> None:
        text = """// VERSION: 2026-01-02_03-04-05_UTC
// ===BEGIN ICANN DOMAINS===
// a comment
uk
co.uk
*.ck
!www.ck
公司.cn
// ===END ICANN DOMAINS===
// ===BEGIN PRIVATE DOMAINS===
github.io
"""
        assert suffixes(text) == {"ck": ["!www", "*"], "cn": ["xn--55qx5d"], "uk": ["co"]}
        assert content(text).splitlines()[0].endswith("of 2026-01-02, without top-level domains.")
        assert content(text).endswith("\nck: !www *\ncn: xn--55qx5d\nuk: co\n")
        with pytest.raises(ValueError, match=r"must be public_suffix_list\.dat"):
            suffixes("com\n")
