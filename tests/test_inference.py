"""Are inferred listings only those that a stated rule bears, and is the rule as precise as it says?"""

from __future__ import annotations

import copy

import pytest

import notorious_markets as nm
from tools import facts, inference
from tools.inference import NEEDED_PRECISION, RULES, Trial

LISTINGS = nm.table("listings").to_pylist()
SOURCED = {"primary", "secondary"}


def test_inferred_listings_carry_a_rule_and_nothing_that_no_source_gives() -> None:
    for row in LISTINGS:
        assert (row["grade"] == "inferred") == (row["rule"] is not None), row
        if row["grade"] == "inferred":
            assert row["market_id"]
            empty = ["name_as_listed", "locality", "operator", "category", "hosting_country", "newly_listed"]
            assert [name for name in empty if row[name] is not None] == [], row
            assert row["goods"] == row["domains"] == row["further_market_ids"] == []


def test_inferred_listings_take_unidentified_places(facts_read: facts.Facts) -> None:
    typed = {(row["year"], row["listing_no"]): row for row in facts_read["listings"]}
    assert {row["grade"] for row in facts_read["listings"]}.isdisjoint({"inferred"})
    for row in LISTINGS:
        before = typed[row["year"], row["listing_no"]]
        if row["grade"] == "inferred":
            assert before["grade"] == "unidentified"
            assert (before["kind"], before["country"]) == (row["kind"], row["country"])
        else:
            assert before["grade"] == row["grade"]


def test_listed_before_and_after_by_hand() -> None:
    """Each market of the rule is sourced in both neighbours, in the same part and country."""
    for row in LISTINGS:
        if row["rule"] != "listed-before-and-after":
            continue
        for year in (row["year"] - 1, row["year"] + 1):
            assert [
                other
                for other in LISTINGS
                if other["year"] == year
                and other["grade"] in SOURCED
                and row["market_id"] in (other["market_id"], *other["further_market_ids"])
                and (other["kind"], other["country"] if row["kind"] == "physical" else None) == (row["kind"], row["country"])
            ], row


def test_stated_unchanged_by_hand() -> None:
    """The source says of the torrent sites, cyberlockers and publishing sites of 2024 that they are those of 2023."""
    found = {row["market_id"] for row in LISTINGS if row["rule"] == "stated-unchanged"}
    assert found == {"1fichier", "libgen", "rutracker", "sci-hub", "the-pirate-bay", "torrentgalaxy", "yts"}
    assert {row["year"] for row in LISTINGS if row["rule"] == "stated-unchanged"} == {2023}


def test_the_trial_by_hand(facts_read: facts.Facts) -> None:
    """Of the online lists that are complete: who stands in both neighbours, and who of them in between."""
    names = {
        year: {
            market_id
            for row in LISTINGS
            if (row["year"], row["kind"]) == (year, "online") and row["grade"] in SOURCED
            for market_id in (row["market_id"], *row["further_market_ids"])
        }
        for year in range(2010, 2026)
    }
    between = {year: (names[year - 1] & names[year + 1], names[year]) for year in (2016, 2019, 2020, 2021, 2022)}
    wrong = {year: both - truth for year, (both, truth) in between.items()}
    assert wrong == {2016: {"dhgate", "rebel"}, 2019: set(), 2020: set(), 2021: set(), 2022: set()}
    trial = inference.trials(facts_read)["listed-before-and-after"]
    online = sum(len(both) for both, _ in between.values())
    assert trial.proposed >= online >= 70
    assert trial.proposed - trial.right == 2
    assert trial.precision >= NEEDED_PRECISION


def test_a_rule_that_is_often_wrong_is_not_used(facts_read: facts.Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    spoilt = copy.deepcopy(facts_read)
    monkeypatch.setattr(inference, "trials", lambda _: {name: Trial(10, 100, 94) for name in RULES})
    inference.infer(spoilt)
    assert [row for row in spoilt["listings"] if row["grade"] == "inferred"] == []


def test_more_candidates_than_places_infer_nothing(facts_read: facts.Facts) -> None:
    spoilt = copy.deepcopy(facts_read)
    places = [row for row in spoilt["listings"] if (row["year"], row["kind"], row["grade"]) == (2018, "online", "unidentified")]
    for row in places[1:]:
        row.update(grade="secondary", market_id=f"stand-in-{row['listing_no']}")
    inference.infer(spoilt)
    assert places[0]["grade"] == "unidentified"


def test_a_market_that_was_away_is_not_inferred(facts_read: facts.Facts) -> None:
    spoilt = copy.deepcopy(facts_read)
    spoilt["developments"].append(facts.Row(year=2020, market_id="rua-25-de-marco", event="removal"))
    inference.infer(spoilt)
    assert "rua-25-de-marco" not in {row["market_id"] for row in spoilt["listings"] if row["year"] == 2020}
    inference.infer(facts_read_again := copy.deepcopy(facts_read))
    assert "rua-25-de-marco" in {row["market_id"] for row in facts_read_again["listings"] if row["year"] == 2020}
