"""Do blocklists block the listed domains and nothing else, in the eyes of an independent reader?"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dns.name
import dns.zone
import pytest
import python_hosts

import notorious_markets as nm
from notorious_markets.exporting import FormatName
from tests.exported import BLOCKLISTS, CONDITIONS, exported

ROLES: dict[str, str] = {row["domain"]: row["role"] for row in nm.table("domains").to_pylist()}
LISTED = {domain for domain, role in ROLES.items() if role == "own"}


def _domains(name: FormatName, content: bytes) -> list[str]:
    """Read the domains of a list in the simplest way."""
    lines = [line for line in content.decode("ascii").splitlines() if not line.startswith(("#", "!", ";", "[", "$", "@", "*"))]
    readers: dict[str, Callable[[str], str]] = {
        "domains": str,
        "hosts": lambda line: line.removeprefix("0.0.0.0 "),
        "adblock": lambda line: line.removeprefix("||").removesuffix("^"),
        "dnsmasq": lambda line: line.removeprefix("local=/").removesuffix("/"),
        "rpz": lambda line: line.removesuffix(" CNAME ."),
    }
    return [readers[name](line) for line in lines]


@pytest.mark.parametrize("conditions", [{}, *CONDITIONS.values()], ids=["every listing", *CONDITIONS])
def test_a_blocklist_has_the_domains_of_the_screener(conditions: dict[str, Any]) -> None:
    if conditions.keys() <= {"year", "as_of", "kind", "grade"}:
        expected = set(nm.Screener(**conditions, role="own").domains)
    else:
        ids = {market.market_id for row in nm.markets(**conditions) for market in row.markets}
        expected = {row.domain for row in nm.domains(role="own") if row.market_id in ids}
    assert expected <= LISTED
    for name in BLOCKLISTS:
        assert _domains(name, exported(name, **conditions)) == sorted(expected), name


def test_a_blocklist_has_no_former_or_company_domains_unless_asked() -> None:
    for name in BLOCKLISTS:
        for conditions in ({}, *CONDITIONS.values()):
            content = exported(name, **conditions)
            assert {ROLES[domain] for domain in _domains(name, content)} == {"own"}, name
            assert b"Warning" not in content
        asked = exported(name, role=("former", "company"))
        assert {ROLES[domain] for domain in _domains(name, asked)} == {"former", "company"}, name
        assert {"putlocker.com", "megaupload.com"} <= set(_domains(name, asked)), name
        header = [line.lstrip("#!; ") for line in asked.decode().splitlines()[:10]]
        assert "Roles: former, company" in header
        assert sum(line.startswith("Warning: ") for line in header) == 2


def test_only_blocklists_have_roles(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the format 'csv' is not a blocklist; omit role"):
        nm.export(tmp_path / "a.csv", role="own")
    with pytest.raises(nm.UnknownValue, match="unknown role 'mine'"):
        nm.export(tmp_path / "hosts", format="hosts", role="mine")  # type: ignore[call-overload]
    with pytest.raises(nm.NothingToScreen, match="with the role 'company'"):
        nm.export(tmp_path / "hosts", format="hosts", role="company", country="ID")


def test_a_filter_list_blocks_listed_hosts_and_no_others() -> None:
    """Rules are applied as Adblock Plus defines them: `||` starts at a label of the host, `^` matches a separator or the end."""
    first, *lines = exported("adblock").decode().splitlines()
    assert first == "[Adblock Plus 2.0]"
    rules = [line for line in lines if not line.startswith("!")]
    assert all(re.fullmatch(r"\|\|[a-z0-9.-]+\^", rule) for rule in rules)
    pattern = "|".join(re.escape(rule[2:-1]) for rule in rules)
    blocked = re.compile(rf"^[a-z]+://([^/]*\.)?({pattern})([^a-z0-9_.%-]|$)").search
    for domain in LISTED:
        assert blocked(f"https://{domain}/item?1")
        assert blocked(f"http://a.b.{domain}:8080")
    for host in ("example.org", "nottaobao.com", "taobao.com.example.org"):
        assert not blocked(f"https://{host}/item?https://taobao.com/")


def test_a_hosts_parser_reads_the_hosts_file(tmp_path: Path) -> None:
    read = python_hosts.Hosts(path=str(nm.export(tmp_path / "hosts", format="hosts")))
    entries = [entry for entry in read.entries if entry.entry_type == "ipv4"]
    assert {entry.address for entry in entries} == {"0.0.0.0"}
    assert sorted(name for entry in entries for name in entry.names) == sorted(LISTED)
    assert {entry.entry_type for entry in read.entries} == {"ipv4", "comment"}


def test_dnsmasq_rules_name_whole_domains() -> None:
    lines = [line for line in exported("dnsmasq").decode().splitlines() if not line.startswith("#")]
    assert lines == [f"local=/{domain}/" for domain in sorted(LISTED)]


@pytest.mark.parametrize("origin", ["rpz.example.", "a-rather-long-name-of-a-policy-zone.notorious-markets.example."])
def test_a_name_server_library_reads_the_policy_zone(origin: str) -> None:
    zone: Any = dns.zone.from_text(exported("rpz").decode(), origin=origin, relativize=True)
    zone.check_origin()
    rules = {str(owner): str(rdata.target) for owner, _, rdata in zone.iterate_rdatas("CNAME") if rdata.target == dns.name.root}
    assert set(rules) == {*LISTED, *(f"*.{domain}" for domain in LISTED)}
    (soa,) = zone.get_rdataset("@", "SOA")
    edition, _, revision = nm.DATA_VERSION.partition(".")
    assert soa.serial == int(edition) * 10_000 + int(revision) < 2**32
