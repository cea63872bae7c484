"""Do other programs read the FollowTheMoney entities and the description of the dataset as intended?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import notorious_markets as nm
from notorious_markets._store import TABLES
from notorious_markets.about import CAUTION
from tests.exported import exported


@pytest.fixture(scope="module")
def proxies() -> list[Any]:
    # The libraries are imported only in the process that runs these tests.
    import followthemoney

    entities = [json.loads(line) for line in exported("ftm").splitlines()]
    read = [followthemoney.model.get_proxy(entity, cleaned=False) for entity in entities]
    for entity, proxy in zip(entities, read, strict=True):
        proxy.schema.validate(entity)
        again = proxy.to_dict()
        assert {name: sorted(values) for name, values in again["properties"].items()} == entity["properties"]
        assert (again["id"], again["schema"], again["caption"]) == (entity["id"], entity["schema"], entity["caption"])
    return read


def test_every_market_is_an_entity_with_its_properties(proxies: list[Any]) -> None:
    assert [proxy.id for proxy in proxies] == [
        f"notorious-markets-{i}" for i in nm.table("markets").column("market_id").to_pylist()
    ]
    for proxy in proxies:
        market = nm.market(proxy.id.removeprefix("notorious-markets-"))
        assert proxy.get("name") == [market.name]
        # The library drops values that it considers invalid. No country and no web address is lost that way.
        assert proxy.get("country") == ([market.country.lower()] if market.country else [])
        assert sorted(proxy.get("website")) == sorted(f"https://{row.domain}/" for row in market.domains if row.role == "own")
        assert len(proxy.get("notes")) == len(market.listings)
        assert proxy.get("sourceUrl")
        assert CAUTION in proxy.first("summary")


def test_no_entity_asserts_guilt(proxies: list[Any]) -> None:
    for proxy in proxies:
        assert proxy.get("topics") == []
        assert proxy.get("program", quiet=True) == []
        assert proxy.schema.name == "LegalEntity"
        assert proxy.schema.matchable


def test_entities_follow_the_conditions() -> None:
    entities = [json.loads(line) for line in exported("ftm", year=2021).splitlines()]
    ids = {market.market_id for row in nm.markets(year=2021) for market in row.markets}
    assert {entity["id"].removeprefix("notorious-markets-") for entity in entities} == ids
    assert all(len(entity["properties"]["notes"]) == 1 for entity in entities)
    (aliexpress,) = [entity for entity in entities if entity["id"] == "notorious-markets-aliexpress"]
    (note,) = aliexpress["properties"]["notes"]
    assert note == (
        "Review year 2021: ALIEXPRESS, page 18, grade primary, "
        "in 2021 Review of Notorious Markets for Counterfeiting and Piracy, released 2022-02-17"
    )


def test_a_note_says_if_the_name_is_not_known(proxies: list[Any]) -> None:
    unnamed = [row for row in nm.markets() if row.markets and row.name_as_listed is None]
    assert unnamed
    notes = [note for proxy in proxies for note in proxy.get("notes")]
    assert not any("None" in note for note in notes)
    assert sum("the name in the report is not known" in note for note in notes) == sum(len(row.markets) for row in unnamed)


def test_the_heading_of_several_markets_is_not_a_name(proxies: list[Any]) -> None:
    (flvto,) = [proxy for proxy in proxies if proxy.id == "notorious-markets-flvto"]
    assert not any("2conv" in name.lower() for name in flvto.names)


def test_the_second_file_is_a_followthemoney_dataset(tmp_path: Path) -> None:
    from followthemoney.dataset import Dataset

    path = nm.export(tmp_path / "markets.ftm.json")
    read = Dataset.from_path(f"{path}.dataset.json").model
    assert (read.name, read.version, read.entity_count) == ("notorious_markets", nm.DATA_VERSION, len(nm.table("markets")))
    assert [resource.name for resource in read.resources] == [path.name]
    assert all(json.loads(line)["datasets"] == [read.name] for line in path.read_text(encoding="utf-8").splitlines())


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib.*")
def test_the_description_is_a_schema_org_dataset() -> None:
    import rdflib

    graph = rdflib.Graph().parse(data=exported("json-ld"), format="json-ld")
    schema = rdflib.Namespace("https://schema.org/")
    (dataset,) = [subject for subject in graph.subjects(rdflib.RDF.type, schema.Dataset) if isinstance(subject, rdflib.URIRef)]

    def values(name: str) -> list[str]:
        return [str(value) for value in graph.objects(dataset, schema[name])]

    assert values("version") == [nm.DATA_VERSION]
    assert values("temporalCoverage") == ["2010/2025"]
    assert sorted(values("license")) == [
        "https://creativecommons.org/licenses/by/4.0/",
        "https://creativecommons.org/publicdomain/zero/1.0/",
    ]
    assert CAUTION in values("description")[0]
    assert len(values("isBasedOn")) == 16
    assert len(values("hasPart")) == len(TABLES)
    assert len(values("variableMeasured")) == len(nm.table("listings").column_names)
    for name in ("name", "identifier", "creator", "distribution", "keywords"):
        assert values(name), name
