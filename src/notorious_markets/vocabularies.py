"""The types of values from a fixed vocabulary.

The module imports little, so that the command starts fast.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal, SupportsIndex, TypeAlias

Kind = Literal["online", "physical"]
"""The kind of a market."""

Grade = Literal["primary", "secondary", "inferred", "unidentified"]
"""How certain a listing is."""

Status = Literal["listed", "not listed", "cannot be told"]
"""Whether an edition lists a market."""

Year: TypeAlias = SupportsIndex
"""A review year: an `int` or an integer of NumPy."""

Years: TypeAlias = SupportsIndex | Iterable[SupportsIndex]
"""One or several review years."""

Day: TypeAlias = date | str
"""A day: a `datetime.date`, a `datetime.datetime`, a `pandas.Timestamp` or text in the form `"2022-06-30"`."""

Goods = Literal["counterfeit", "piracy"]
"""What a market is listed for."""

Role = Literal["own", "former", "company"]
"""Whose a domain is: the market's own, formerly the market's, or the general site of a company."""

Basis = Literal["listed", "attributed"]
"""Whether a source on an edition prints a domain, or another source ties it to the market."""

DomainEvent = Literal["seized", "sold", "expired", "handed-over", "closed", "left"]
"""How a former domain ceased to be the market's."""

Rule = Literal["listed-before-and-after", "stated-unchanged"]
"""The rule that derives an inferred listing."""

Category = Literal[
    "advertising-network",
    "cyberlocker",
    "domain-registrar",
    "e-commerce",
    "game-site",
    "hosting-provider",
    "iptv",
    "linking-site",
    "music-download",
    "piracy-service",
    "publishing",
    "social-media",
    "software-app",
    "stream-ripping",
    "streaming",
    "torrent-site",
]
"""The category of an online market."""

CitedField = Literal[
    "listing",
    "country",
    "hosting_country",
    "locality",
    "operator",
    "category",
    "goods",
    "domains",
    "page",
    "newly_listed",
]
"""The field of a listing that a citation supports."""

Unit = Literal[
    "percent",
    "USD",
    "users",
    "markets",
    "countries",
    "channels",
    "websites",
    "devices",
    "items",
    "jobs",
    "visits",
    "visitors",
    "shops",
    "stalls",
    "rank",
]
"""The unit of a statistic."""

DevelopmentType = Literal[
    "arrest",
    "closure",
    "device-seizure",
    "domain-takedown",
    "goods-seizure",
    "improvement",
    "investigation",
    "raid",
    "removal",
    "voluntary-measure",
]
"""What happened in a development."""

ChangeType = Literal["added", "dropped", "kept"]
"""The change of a market between two editions."""

COUNTED_COUNTRIES = {"physical_china": "CN", "physical_india": "IN", "physical_mexico": "MX"}
"""Qualifiers of the statistic `listed_markets` that count the physical markets of one country, with the country's code."""

GRADES_IN_WORDS: dict[Grade, str] = {
    "primary": "the report shows it",
    "secondary": "other sources name it",
    "inferred": "a rule infers it",
    "unidentified": "no source names it",
}
"""The meaning of each grade in the wording of legends and tooltips."""

ROLES_IN_WORDS: dict[Role, str] = {"own": "domains", "former": "former domains", "company": "company sites"}
"""The headings of the domains of a market by their role."""
