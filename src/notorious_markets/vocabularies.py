"""The words that columns with a fixed vocabulary may hold. The module imports little, so that the command starts fast."""

from __future__ import annotations

from typing import Literal

Kind = Literal["online", "physical"]
Grade = Literal["primary", "secondary", "inferred", "unidentified"]
Status = Literal["listed", "not listed", "cannot be told"]
Goods = Literal["counterfeit", "piracy"]
Rule = Literal["listed-before-and-after", "stated-unchanged"]
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
]
Event = Literal[
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

COUNTED_COUNTRIES = {"physical_china": "CN", "physical_india": "IN", "physical_mexico": "MX"}
"""Qualifiers of the statistic `listed_markets` that count the physical markets of one country, with the country's code."""

GRADES_IN_WORDS: dict[Grade, str] = {
    "primary": "the report shows it",
    "secondary": "other sources name it",
    "inferred": "a rule infers it",
    "unidentified": "no source names it",
}
"""What each grade means, as legends and tooltips say it."""
