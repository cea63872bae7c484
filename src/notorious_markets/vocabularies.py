"""Fixed words: those that columns hold, and the caution beside every listing. They need no library, so that help starts fast."""

from __future__ import annotations

from typing import Literal

CAUTION = "A listing reflects reports to USTR and is no finding of a violation of law."

Kind = Literal["online", "physical"]
Grade = Literal["primary", "secondary", "inferred", "unidentified"]
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
