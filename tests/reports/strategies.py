"""Random reports."""

from __future__ import annotations

import string

from hypothesis import strategies as st

from tests.reports.descriptions import Development, Entry, PhysicalEntry, Report
from tests.reports.filler import paragraph

# Only letters that have one capital, so that names in capitals have as many letters.
_LETTERS = string.ascii_lowercase
_ACCENTED = _LETTERS + "áéíóúñçãöüâêô"
_TOP_LEVELS = ("com", "to", "is", "net", "org", "ru", "com.br", "co", "tv", "xyz", "cc")
_PLACES = (
    "China",
    "Russia",
    "the United Arab Emirates",
    "Hong Kong",
    "Cyprus and the Seychelles",
    "Ho Chi Minh City, Vietnam",
    "Côte d’Ivoire",
    "the Netherlands",
)
# Names as reports print them, some of them misspelt or unusual.
_COUNTRIES = (
    *("Argentina", "Brazil", "Cambodia", "Canada", "China", "Ecuador", "India", "Indonesia", "Kyrgyz Republic", "Malaysia"),
    *("Mexico", "Paraguay", "Peru", "Philippines", "Phillipines", "Russia", "Thailand", "Turkey", "Ukraine", "Vietnam"),
    *("United Arab Emirates", "Untied Arab Emirates", "Kyrgz Republic", "Hong Kong", "Türkiye"),
)
_LOCALITIES = ("Buenos Aires", "São Paulo", "Bogotá", "Delhi", "Shenyang, Liaoning Province", "Ciudad del Este", "Putian", "Lima")
_SPECIAL_NAMES = (
    "Amazon’s Foreign Domains",
    "Douyin Shangcheng (Douyin Mall)",
    "Flvto.biz and 2Conv.com",
    "Hosting Concepts B.V. (d/b/a Open Provider) and Regional Network Information Center JSC",
    "Private Layer-Hosted Sites",
    "WeChat (Weixin) E-Commerce Ecosystem",
    "1fichier",
    "123movies.to",
    "VK",
    "Baixe de Tudo",
)
_SPECIAL_MARKETS = (
    "7th-Kilometer Market",
    "Asia Pacific Xinyang Fashion and Gifts Plaza",
    "Kindo and Zhanxi Garment Wholesale Markets",
    "La Pulga Río",
    "Rua 25 de Março",
    "Wu’ai Market",
    "El Tepito",
)

_words = st.text(_LETTERS, min_size=2, max_size=10)
_accented = st.text(_ACCENTED, min_size=3, max_size=10).map(str.capitalize)
_labels = st.from_regex(r"[a-z0-9]([a-z0-9-]?[a-z0-9]){1,8}", fullmatch=True)
domains = st.builds("{}.{}".format, _labels, st.sampled_from(_TOP_LEVELS))
_hosts = domains | st.builds("{}.{}".format, st.sampled_from(("pan", "www2")), domains)
_prose = st.builds(lambda seed, length: paragraph(str(seed), length), st.integers(0, 10_000), st.integers(1, 6))
_paragraphs = st.lists(_prose, min_size=1, max_size=3).map(tuple)

names = st.one_of(
    st.sampled_from(_SPECIAL_NAMES),
    st.builds("{}{}".format, _words.map(str.capitalize), st.integers(1, 999)),
    _words.map(str.capitalize),
    domains.map(str.capitalize),
    st.lists(_accented, min_size=2, max_size=3).map(" ".join),
    st.builds("{} and {}".format, domains.map(str.capitalize), domains.map(str.capitalize)),
)
market_names = st.one_of(
    st.sampled_from(_SPECIAL_MARKETS),
    st.builds("{} Market".format, _accented),
    st.builds("Mercado {} de {}".format, _accented, _accented),
)
_entries = st.builds(
    Entry,
    name=names,
    domains=st.lists(_hosts, max_size=4, unique=True).map(tuple),
    mobile_app=st.booleans(),
    headquarters=st.none() | st.sampled_from(_PLACES),
    operated_from=st.none() | st.sampled_from(_PLACES),
    hosted_in=st.none() | st.sampled_from(_PLACES),
    prose=_paragraphs,
    related_domains=st.just(()) | st.lists(_hosts, max_size=3, unique=True).map(tuple),
)
_physical_entries = st.builds(PhysicalEntry, market_names, st.none() | st.sampled_from(_LOCALITIES), _paragraphs)


def _folded(entry: Entry | PhysicalEntry) -> str:
    return entry.name.casefold()


def title(year: int) -> str:
    """Return the title of an edition as the reports of its time print it. The oldest do not have the year in it."""
    if year < 2013:
        return "Out-of-Cycle Review of Notorious Markets"
    if year < 2019:
        return f"{year} Out-of-Cycle Review of Notorious Markets"
    return f"{year} Review of Notorious Markets for Counterfeiting and Piracy"


@st.composite
def reports(draw: st.DrawFn, max_online: int = 45) -> Report:
    """Return random reports: up to `max_online` online markets, and physical markets in up to ten countries."""
    year = draw(st.integers(2011, 2026))
    online = draw(st.lists(_entries, min_size=1, max_size=max_online, unique_by=_folded))
    countries = draw(st.lists(st.sampled_from(_COUNTRIES), min_size=1, max_size=10, unique=True))
    markets = draw(st.lists(_physical_entries, min_size=len(countries), max_size=3 * len(countries), unique_by=_folded))
    # Each country gets at least one market.
    physical = tuple((country, tuple(markets[number :: len(countries)])) for number, country in enumerate(sorted(countries)))
    online_total = st.sampled_from((None, len(online), len(online) + 1))
    physical_total = st.sampled_from((None, len(markets), len(markets) + 1))
    return Report(
        year=year,
        title=title(year),
        released=f"December {draw(st.integers(1, 31))}, {year}" if year < 2013 else draw(st.none() | st.just(f"May {year + 1}")),
        online_total=draw(online_total),
        physical_total=draw(physical_total),
        online=tuple(sorted(online, key=_folded)),
        physical=physical,
        developments=tuple(draw(st.lists(st.builds(Development, _prose), max_size=5))),
        overview=draw(_paragraphs),
        issue_focus=draw(
            st.none() | st.sampled_from(("Stream Ripping", "Malware and Online Piracy", "The Role of “Free” Ports"))
        ),
        issue_prose=draw(_paragraphs),
        public_information=draw(_paragraphs),
    )
