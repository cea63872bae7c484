"""Tests that inferred listings follow from the stated rules, and that the rules are as precise as documented."""

from __future__ import annotations

import pytest

import notorious_markets as nm
from tools import inference
from tools.facts import Facts, Row
from tools.inference import NEEDED_PRECISION, RULES, Trial

LISTINGS = nm.table("listings").to_pylist()
SOURCED = {"primary", "secondary"}


def test_an_inferred_listing_has_a_rule_and_nothing_that_only_a_source_can_give() -> None:
    for row in LISTINGS:
        assert (row["grade"] == "inferred") == (row["rule"] is not None), row
        if row["grade"] == "inferred":
            assert row["market_id"]
            empty = ["name_as_listed", "locality", "operator", "category", "hosting_country", "newly_listed"]
            assert [name for name in empty if row[name] is not None] == [], row
            assert row["goods"] == row["domains"] == row["further_market_ids"] == []


def test_an_inferred_listing_replaces_an_unidentified_one(facts: Facts) -> None:
    curated = {(row["year"], row["listing_no"]): row for row in facts["listings"]}
    assert "inferred" not in {row["grade"] for row in curated.values()}
    for row in LISTINGS:
        before = curated[row["year"], row["listing_no"]]
        if row["grade"] == "inferred":
            assert before["grade"] == "unidentified"
            assert (before["kind"], before["country"]) == (row["kind"], row["country"])
        else:
            assert before["grade"] == row["grade"]


def test_each_market_listed_before_and_after_is_sourced_in_both_editions() -> None:
    """The other two listings are of the same kind and, for a physical market, in the same country."""
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


def test_markets_that_are_stated_to_be_unchanged() -> None:
    """The source says that 2024 lists the same torrent sites, cyberlockers and publishing sites as 2023."""
    found = {row["market_id"] for row in LISTINGS if row["rule"] == "stated-unchanged"}
    assert found == {"1fichier", "libgen", "rutracker", "sci-hub", "the-pirate-bay", "torrentgalaxy", "yts"}
    assert {row["year"] for row in LISTINGS if row["rule"] == "stated-unchanged"} == {2023}


def test_the_trial_counts_correct_proposals(facts: Facts) -> None:
    """The proposals for the complete online lists, computed independently, and the two wrong ones among them."""
    names = {
        year: {
            market_id
            for row in LISTINGS
            if (row["year"], row["kind"]) == (year, "online") and row["grade"] in SOURCED
            for market_id in (row["market_id"], *row["further_market_ids"])
        }
        for year in range(2010, 2026)
    }
    proposed = {year: names[year - 1] & names[year + 1] for year in (2016, 2019, 2020, 2021, 2022)}
    wrong = {year: proposed[year] - names[year] for year in proposed}
    assert wrong == {2016: {"dhgate", "rebel"}, 2019: set(), 2020: set(), 2021: set(), 2022: set()}
    trial = inference.trials(facts)["listed-before-and-after"]
    assert trial.proposed >= sum(map(len, proposed.values())) >= 70
    assert trial.proposed - trial.right == 2
    assert trial.precision >= NEEDED_PRECISION


def test_a_rule_that_is_often_wrong_is_not_used(facts_copy: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "trials", lambda _: {name: Trial(10, 100, 94) for name in RULES})
    inference.infer(facts_copy)
    assert [row for row in facts_copy["listings"] if row["grade"] == "inferred"] == []


def test_nothing_is_inferred_if_there_are_more_candidates_than_unidentified_listings(facts_copy: Facts) -> None:
    unidentified = [
        row for row in facts_copy["listings"] if (row["year"], row["kind"], row["grade"]) == (2018, "online", "unidentified")
    ]
    for row in unidentified[1:]:
        row.update(grade="secondary", market_id=f"stand-in-{row['listing_no']}")
    inference.infer(facts_copy)
    assert unidentified[0]["grade"] == "unidentified"


@pytest.mark.parametrize("removed", [False, True])
def test_a_removed_market_is_not_inferred(removed: bool, facts_copy: Facts) -> None:
    if removed:
        facts_copy["developments"].append(Row(year=2020, market_id="rua-25-de-marco", development="removal"))
    inference.infer(facts_copy)
    listed = {row["market_id"] for row in facts_copy["listings"] if row["year"] == 2020}
    assert ("rua-25-de-marco" in listed) is not removed
