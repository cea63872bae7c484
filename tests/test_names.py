"""Does a name lead to the right market, however people, sellers and spoofers write it?"""

from __future__ import annotations

import json
import re
import string
import time
import unicodedata
from collections.abc import Callable
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute
import pytest
import rapidfuzz
from hypothesis import example, given
from hypothesis import strategies as st

import notorious_markets as nm
from notorious_markets.names import forms

MARKETS: list[dict[str, Any]] = nm.table("markets").to_pylist()
DOMAINS: list[dict[str, Any]] = nm.table("domains").to_pylist()
OWNED = [(row["market_id"], name) for row in MARKETS for name in (row["market_id"], row["name"], *row["aliases"])]
OWNED += [(row["market_id"], row["domain"]) for row in DOMAINS]
PUTLOCKERS = ("putlocker-cyberlocker", "putlocker-streaming")

# A name, the market that it names, and what the case shows.
EXACT = [
    ("aliexpress", "aliexpress", "the id"),
    ("ALIEXPRESS", "aliexpress", "upper case"),
    ("ali express", "aliexpress", "a space"),
    ("Ali-Express", "aliexpress", "a hyphen"),
    ("  Ali_Express! ", "aliexpress", "outer spaces and punctuation"),
    ("ＡｌｉＥｘｐｒｅｓｓ", "aliexpress", "full-width letters"),
    ("aliexpress.com", "aliexpress", "a domain"),
    ("aliexpress.com/", "aliexpress", "a domain and a slash"),
    ("https://www.aliexpress.com/", "aliexpress", "the URL of the front page"),
    ("taobao.com.", "taobao", "a domain and a dot"),
    ("sci-hub./", "sci-hub", "an id with what may follow a domain"),
    ("https://www.sci-hub", "sci-hub", "an id with what may precede a domain"),
    ("we chat", "wechat", "an alias"),
    ("WeChat (Weixin)", "wechat", "an alias with brackets"),
    ("wechat weixin", "wechat", "an alias without its brackets"),
    ("ThePirateBay", "the-pirate-bay", "an alias without spaces"),
    ("pirate-bay", "the-pirate-bay", "an alias with a hyphen"),
    ("Wu'ai Market", "wu-ai-market", "an apostrophe"),
    ("Wu’ai Market", "wu-ai-market", "a typographic apostrophe"),
    ("wuai market", "wu-ai-market", "no apostrophe"),
    ("秀水街", "silk-market-beijing", "a Chinese alias"),
    ("淘宝", "taobao", "a Chinese name in brackets after the Latin name"),
    ("敦煌网", "dhgate", "another Chinese name in brackets"),
    ("савеловский рынок", "savelovskiy-market", "a Cyrillic name before a Latin name in brackets"),
    ("ВКонтакте", "vk", "a Cyrillic alias"),
    ("вконтакте", "vk", "a Cyrillic alias in lower case"),
    ("ВК", "vk", "a Cyrillic alias that looks like the Latin letters BK"),
    ("Садовод", "sadovod-market", "a Russian alias"),
    ("ринок «Петрівка»", "petrivka-market", "a Ukrainian alias with quotation marks"),
    ("Замунда", "zamunda", "a Bulgarian alias"),
    ("微信", "wechat", "a Chinese alias of a market with an English name"),
    ("速卖通", "aliexpress", "a Chinese alias in simplified characters"),
    ("速賣通", "aliexpress", "the same alias in traditional characters"),
    ("淘寶", "taobao", "a Chinese alias in traditional characters"),
    ("電影天堂", "dytt8", "a Chinese alias of a market that is named after its domain"),
    ("タオバオ", "taobao", "a Japanese alias"),
    ("타오바오", "taobao", "a Korean alias"),
    ("علي اكسبرس", "aliexpress", "an Arabic alias"),
    ("chợ Đồng Xuân", "dong-xuan-market", "a Vietnamese alias in lower case"),
    ("พัฒน์พงศ์", "patpong", "a Thai alias"),
    ("ផ្សារធំថ្មី", "central-market-phnom-penh", "a Khmer alias"),
    ("पालिका बाजार", "palika-bazaar", "a Hindi alias"),
    ("Kapalıçarşı", "grand-bazaar-istanbul", "a Turkish alias"),
    ("EX UA", "ex-ua", "the id with a space"),
    ("Baidu", "baidu", "the search engine, not Baidu Wangpan"),
    ("Baidu Wangpan", "baidu-wangpan", "the cloud storage, not Baidu"),
    ("pan.baidu.com", "baidu-wangpan", "a subdomain of another market's domain"),
    ("Torrentz", "torrentz", "not Torrentz2"),
    ("Torrentz 2", "torrentz2", "not Torrentz"),
    ("putlocker (streaming)", "putlocker-streaming", "the full name of one of two markets"),
    ("Mangga Dua", "mangga-dua", "an alias of the market, not of the mall"),
    ("Galeria Pagé", "galeria-page", "an accent"),
    ("Galeria Page\u0301", "galeria-page", "an accent as a combining character"),
    ("Tank-Road", "tank-road", "a hyphen in the name of a street"),
    ("Ali-Express.", "aliexpress", "a hyphen and a full stop"),
    ("http://taobao.com", "taobao", "a URL without encryption"),
]

# A name that is not a market's, the market that `suggest` returns first, its score, and what the case shows. Some cases count
# the letters in common and the letters of both names: the score is twice the first by the second.
INEXACT: list[tuple[str, str | None, float | None, str]] = [
    ("taoabo", "taobao", 83.33, "two letters swapped, 5 letters of 6 + 6"),
    ("Тaoabo", "taobao", 83.33, "two letters swapped and a Cyrillic T"),
    ("Pindudou", "pinduoduo", 82.35, "a missing letter and two swapped, 7 letters of 8 + 9"),
    ("Pinduoduos", "pinduoduo", 94.74, "an extra letter, 9 letters of 10 + 9"),
    ("Aliexpres", "aliexpress", 94.74, "a missing letter, 9 letters of 9 + 10"),
    ("Ali Exprass", "aliexpress", 90, "a wrong letter and a space"),
    ("Rutraker", "rutracker", 94.12, "a missing letter within the name"),
    ("PT Tokopedia", "tokopedia", 90, "a legal form, 9 letters of 11 + 9"),
    ("Grand Bazar", "grand-bazaar-istanbul", 95.24, "another spelling"),
    ("Ben Tanh Market", "ben-thanh-market", 96.3, "a missing letter in a long name"),
    ("Els Limits de la Jonquera", "els-limits-la-jonquera", 99, "a missing accent"),
    ("Тaobao", "taobao", 99, "a Cyrillic T"),
    ("ТАОВАО", "taobao", 99, "only Cyrillic letters"),
    ("Τaοbaο", "taobao", 99, "Greek letters"),
    ("Ta0bao", "taobao", 99, "a zero for an o"),
    ("A1iExpress", "aliexpress", 99, "a one for an l"),
    ("AIiExpress", "aliexpress", 99, "a capital i for an l"),
    ("A|iExpress", "aliexpress", 99, "a vertical line for an l"),
    ("Warrnane", "warmane", 99, "rn for m"),
    ("Warnane", "warmane", 85.71, "n for m in a short name"),
    ("Tao\u200bbao", "taobao", 99, "an invisible space"),
    ("Táobao", "taobao", 99, "an extra accent"),
    ("ali-express.com", "aliexpress", 99, "a domain with an extra hyphen"),
    ("thepirate-bay.org", "the-pirate-bay", 99, "another domain with an extra hyphen"),
    ("taobaocom", "taobao", 99, "a domain without its dot"),
    ("淘宝店", "taobao", 80, "an extra Chinese letter, 2 letters of 3 + 2"),
    ("淘寶店", "taobao", 80, "an extra Chinese letter after traditional ones"),
    ("淘宝网", "taobao", 99, "simplified letters of a name that sources print in other ones"),
    ("羅湖商業城", "luohu-commercial-city", 99, "traditional letters of a name that is known in simplified ones"),
    ("Đồng Xuân", "dong-xuan-market", 84.21, "the proper part of a Vietnamese name, 8 letters of 8 + 11"),
    ("Cho Dong Xuan", "dong-xuan-market", 99, "a Vietnamese name without its accents and with a d for đ"),
    ("Kapalicarsi", "grand-bazaar-istanbul", 99, "a Turkish name in ASCII"),
    ("Płobieramy24", "pobieramy24", 95.65, "an extra Polish letter, 11 letters of 12 + 11"),
    ("Тøkøреdіa", "tokopedia", 99, "a disguise with Danish and Cyrillic letters"),
    ("САДОВОТ", "sadovod-market", 85.71, "a wrong letter in Cyrillic capitals, 6 letters of 7 + 7"),
    ("BКонтакте", "vk", 99, "a Latin letter in a Cyrillic name"),
    ("ВК Видео", "vk", 60, "a Cyrillic name among other words"),
    ("BK", "mbk-center", 80, "the Latin letters that Cyrillic ВК looks like, 2 letters of 2 + 3"),
    ("حراج", "haraj", 66.67, "the proper part of an Arabic name, 4 letters of 4 + 8"),
    ("Amazon", "amazon-foreign-domains", 85.71, "a company with only its foreign domains listed"),
    ("Amazon.com", "amazon-foreign-domains", 84.21, "a domain that is not one of the listed foreign domains"),
    ("Baidu Pan", "baidu-wangpan", 80, "between Baidu and Baidu Wangpan"),
    ("Express", "aliexpress", 82.35, "a part of a name, 7 letters of 7 + 10"),
    ("Market", "anfu-market-putian", 75, "a word of many names"),
    ("Bay", "the-pirate-bay", 60, "a word of one name"),
    ("Alibaba", "palika-bazaar", 63.16, "a company that is not listed"),
    ("Alibaba.com Ltd", None, None, "a company that is not listed, with its legal form"),
    ("AliExpress Technology Singapore Ltd", "aliexpress", 60, "the name among other words"),
    ("Tao-Bao official store", "taobao", 60, "the name as two of several words"),
    ("https://taobao.com/item/1", "taobao", 64.29, "the domain in a URL"),
    ("Nehru Place, ground floor, stall 12", "nehru-place", 60, "the name of a market without domains among other words"),
    ("2embed mirrors of 2027", "2embed", 60, "a name with a digit among other words"),
    ("Facebook", None, None, "nothing similar"),
    ("VKs", "vk", 80, "a short name, 2 letters of 3 + 2"),
    ("The", "the-pirate-bay", 60, "a word of several names"),
    ("!!!", None, None, "no letters"),
    ("", None, None, "no text"),
    ("🎈", None, None, "a symbol"),
]


@pytest.mark.parametrize(("name", "market_id", "_shows"), EXACT, ids=[case[-1] for case in EXACT])
def test_an_exact_name(name: str, market_id: str, _shows: str) -> None:
    assert nm.market(name).market_id == market_id
    best = nm.suggest(name)[0]
    assert (best.market_id, best.score, best.exact) == (market_id, 100.0, True)
    assert best.market is nm.market(name)
    row = nm.match_names([name], cutoff=100).to_pylist()[0]
    assert (row["market_id"], row["score"], row["exact"], row["candidates"]) == (market_id, 100.0, True, [market_id])


@pytest.mark.parametrize(("name", "market_id", "score", "_shows"), INEXACT, ids=[case[-1] for case in INEXACT])
def test_a_similar_name_is_only_suggested(name: str, market_id: str | None, score: float | None, _shows: str) -> None:
    with pytest.raises(nm.UnknownValue):
        nm.market(name)
    found = nm.suggest(name)
    assert [(row.market_id, row.score) for row in found[:1]] == ([] if score is None else [(market_id, score)])
    assert not any(row.exact for row in found)
    matches = score is not None and score >= 90
    row = nm.match_names([name]).to_pylist()[0]
    assert (row["market_id"], row["exact"]) == ((market_id, False) if matches else (None, None))


@pytest.mark.parametrize(
    ("name", "suggestions"),
    [
        ("taoabo", ("Taobao",)),
        ("Тaobao", ("Taobao",)),
        ("Baidu Pan", ("Baidu Wangpan", "Baidu")),
        ("Ladis Market", ("Ladies Market",)),
        ("Putloker", ("Putlocker",)),
        ("AliExpress Technology Singapore Ltd", ("AliExpress",)),
        ("https://taobao.com/item/1", ("Taobao.com",)),
        ("Bay", ()),
    ],
)
def test_an_error_suggests_only_names_that_are_probably_meant(name: str, suggestions: tuple[str, ...]) -> None:
    with pytest.raises(nm.UnknownValue) as caught:
        nm.market(name)
    assert caught.value.suggestions == suggestions
    hint = f"; did you mean {' or '.join(map(repr, suggestions))}?" if suggestions else ""
    assert str(caught.value) == f"unknown market {name!r}{hint}"


@pytest.mark.parametrize(("name", "exact"), [("Putlocker", True), ("PUT-LOCKER", True), ("Putloker", False)])
def test_a_name_of_two_markets_matches_neither(name: str, exact: bool) -> None:
    assert tuple(row.market_id for row in nm.suggest(name, limit=2)) == PUTLOCKERS
    row = nm.match_names([name]).to_pylist()[0]
    assert (row["market_id"], row["matched_name"], row["exact"]) == (None, "Putlocker", exact)
    assert tuple(row["candidates"]) == PUTLOCKERS
    with pytest.raises(nm.AmbiguousMarket if exact else nm.UnknownValue):
        nm.market(name)


def test_vk_in_cyrillic_letters_comes_before_markets_that_only_look_similar() -> None:
    assert [(row.market_id, row.score) for row in nm.suggest("ВК")] == [("vk", 100), ("mbk-center", 80)]


def test_every_alias_has_sources_and_is_a_name_of_its_market() -> None:
    rows = nm.aliases()
    assert {row.language for row in rows} >= {"ar", "bg", "hi", "ja", "ko", "ru", "th", "tr", "uk", "vi", "zh"}
    for row in rows:
        assert row.sources, row
        assert row.alias in row.market.aliases
        assert nm.market(row.alias) is row.market
    assert [row.alias for row in nm.aliases(market="Dytt8")] == ["電影天堂"]
    found = {row.market_id for row in nm.aliases(language=["th", "km"])}
    assert found == {"patpong", "klong-thom", "mbk-center", "central-market-phnom-penh"}
    with pytest.raises(nm.UnknownValue, match="unknown language 'xx'"):
        nm.aliases(language="xx")


def test_a_worse_candidate_is_left_out() -> None:
    """Two markets are named Putlocker.ch (10 letters of 10 + 11) and Putlocker (9 letters of 10 + 9)."""
    assert [row.score for row in nm.suggest("Putlocker.c", limit=2)] == [95.24, 94.74]
    row = nm.match_names(["Putlocker.c"]).to_pylist()[0]
    assert (row["market_id"], row["candidates"]) == ("putlocker-streaming", ["putlocker-streaming"])


@pytest.mark.parametrize("name", ["The Pirate Bay", "ThePirateBay", "the-pirate-bay"])
def test_the_name_of_the_market_stands_for_equal_names(name: str) -> None:
    assert nm.suggest(name)[0].matched_name == "The Pirate Bay"


def test_every_name_of_the_data_is_exact() -> None:
    table = nm.match_names([name for _, name in OWNED], cutoff=100)
    for (market_id, name), row in zip(OWNED, table.to_pylist(), strict=True):
        assert market_id in row["candidates"], name
        assert (row["score"], row["exact"]) == (100.0, True)
        assert row["market_id"] == market_id or (name, tuple(row["candidates"])) == ("Putlocker", PUTLOCKERS)
        assert nm.suggest(name)[0].score == 100.0


def test_without_spaces_and_punctuation_names_are_unique() -> None:
    """Only Putlocker, which the lists print for two markets, is shared. Therefore `market` may ignore punctuation."""
    owners: dict[str, set[str]] = {}
    for market_id, name in OWNED:
        owners.setdefault("".join(letter for letter in name.casefold() if letter.isalnum()), set()).add(market_id)
    assert {name for name, shared in owners.items() if len(shared) > 1} == {"putlocker"}


def _common(first: str, second: str) -> int:
    """Return the length of the longest common subsequence."""
    row = [0] * (len(second) + 1)
    for letter in first:
        diagonal = 0
        for position, other in enumerate(second, 1):
            above = row[position]
            row[position] = diagonal + 1 if letter == other else max(above, row[position - 1])
            diagonal = above
    return row[-1]


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def _defined_score(word: str, name: str) -> float:
    """Return the score of a word and a name in ASCII, from the definition in the documentation."""
    plain = _plain(name)
    looks = [text.replace("rn", "m").translate(str.maketrans("i10", "llo")) for text in (word, plain)]
    if looks[0] == looks[1]:
        return 99
    score = min(98.99, 200 * _common(word, plain) / (len(word) + len(plain)))
    return max(score, 60) if word in re.split(r"[\W_]", name.lower()) else score


NAMES_OF: dict[str, list[str]] = {}
for _market_id, _name in OWNED:
    NAMES_OF.setdefault(_market_id, []).append(_name)
IN_ASCII = sorted(
    market_id for market_id, names in NAMES_OF.items() if re.fullmatch(r"[\w\s(),.&'/!-]*", "".join(names), re.ASCII)
)
LONG = [(market_id, name) for market_id, name in OWNED if sum(letter.isalnum() for letter in name) >= 8]


@st.composite
def _typos(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a market and one of its names with one letter dropped, added, changed or swapped with the next."""
    market_id, name = draw(st.sampled_from(LONG))
    position = draw(st.integers(0, len(name) - 2))
    letter = draw(st.sampled_from(string.ascii_lowercase))
    how = draw(st.sampled_from(["drop", "add", "change", "swap"]))
    written = {
        "drop": name[:position] + name[position + 1 :],
        "add": name[:position] + letter + name[position:],
        "change": name[:position] + letter + name[position + 1 :],
        "swap": name[:position] + name[position + 1] + name[position] + name[position + 2 :],
    }[how]
    return market_id, written


WORDS = st.tuples(st.sampled_from(IN_ASCII), st.text("abeimoprtu1", min_size=1, max_size=12))
MISSPELLED = _typos().map(lambda case: (case[0], re.sub("[^a-z0-9]", "", case[1].lower())))


@given(WORDS | MISSPELLED.filter(lambda case: case[0] in IN_ASCII), st.lists(st.sampled_from(IN_ASCII), max_size=5))
def test_scores_follow_the_definition(case: tuple[str, str], others: list[str]) -> None:
    assert len(IN_ASCII) > 0.6 * len(MARKETS)
    market_id, word = case
    found = {row.market_id: row for row in nm.suggest(word, cutoff=0, limit=1000)}
    for other in (market_id, *others):
        score = max(_defined_score(word, name) for name in NAMES_OF[other])
        row = found[other]
        if row.exact:
            assert (row.score, score) == (100, 99)
        else:
            # Rounding to two digits may go either way.
            assert row.score == pytest.approx(score, abs=0.0051)


@pytest.mark.parametrize(("name", "score"), [("V", 66.67), ("PT Tokopedia", 90), ("Тaobao", 99)])
def test_the_cutoff_includes_the_score_that_is_returned(name: str, score: float) -> None:
    """Scores are compared after rounding: 2 letters in 3 are 66.67, although 66.666... is below 66.67."""
    assert nm.suggest(name, cutoff=score)[0].score == score
    assert not nm.suggest(name, cutoff=score + 0.01)


def test_a_misspelling_never_scores_as_high_as_a_lookalike() -> None:
    long = max((name for _, name in OWNED), key=len)
    assert 98 < nm.suggest(long[:20] + long[21:])[0].score < 99
    assert nm.suggest(long.replace("a", "а", 1))[0].score == 99


@given(_typos())
def test_a_name_with_a_typo_still_suggests_its_market(case: tuple[str, str]) -> None:
    market_id, written = case
    assert market_id in [row.market_id for row in nm.suggest(written)]


@st.composite
def _decorated(draw: st.DrawFn) -> str:
    """Draw a name of the data with what may stand around a domain or a name."""
    before = draw(st.sampled_from(["", " ", "https://", "http://www.", "www.www.", ".", "("]))
    after = draw(st.sampled_from(["", "/", ".", "./", "..", " .", "/x", ")", " ("]))
    return f"{before}{draw(st.sampled_from(OWNED))[1]}{after}"


@given(st.text(st.characters(codec=None)) | _decorated())
def test_the_three_functions_agree_on_exact_names(name: str) -> None:
    """Any text has an answer, even lone surrogates, which a column reads as replacement characters."""
    try:
        expected = [nm.market(name).market_id]
    except nm.AmbiguousMarket as error:
        expected = sorted(error.market_ids)
    except nm.UnknownValue:
        expected = []
    found = nm.suggest(name)
    assert [row.market_id for row in found if row.exact] == expected
    assert all(row.score == 100 if row.exact else 60 <= row.score <= 99 for row in found)
    assert nm.match_names([name], cutoff=100).column("candidates").to_pylist() == [expected or None]


ANY_NAME = st.one_of(st.none(), _decorated(), _typos().map(lambda case: case[1]), st.text(max_size=12))


@given(
    st.lists(ANY_NAME, max_size=8),
    st.sampled_from([0, 40, 60, 82.5, 90, 99, 99.5, 100]),
    st.sampled_from([None, "online", ["physical"]]),
)
def test_a_column_has_the_best_suggestion_of_each_name(column: list[str | None], cutoff: float, kind: Any) -> None:
    table = nm.match_names(column, cutoff=cutoff, kind=kind)
    assert table.num_rows == len(column)
    for name, row in zip(column, table.to_pylist(), strict=True):
        if name is None:
            assert set(row.values()) == {None}
            continue
        every = nm.suggest(name, limit=1000, cutoff=0, kind=kind)
        assert [(-other.score, other.market_id) for other in every] == sorted((-other.score, other.market_id) for other in every)
        assert len({other.market_id for other in every}) == len(every)
        found = tuple(other for other in every if other.score >= cutoff)
        assert tuple(nm.suggest(name, limit=1000, cutoff=cutoff, kind=kind)) == found
        assert tuple(nm.suggest(name, limit=2, cutoff=cutoff, kind=kind)) == found[:2]
        if not found:
            assert set(row.values()) == {None}
            continue
        best = [other.market_id for other in found if other.score == found[0].score]
        assert row["candidates"] == best
        assert row["market_id"] == (best[0] if len(best) == 1 else None)
        assert (row["matched_name"], row["exact"]) == (found[0].matched_name, found[0].exact)
        assert row["score"] == pytest.approx(found[0].score)


# A text of which one kind of work could take quadratic time if it is repeated.
REPEATED = {
    "one word": "taobao",
    "one-letter words": "x ",
    "words that begin a known name": "the pirate bay ",
    "round brackets": "(",
    "square brackets": "a[淘",
    "spaces": "a\u3000\u3000\u3000",
    "dots and slashes": "./",
    "invisible characters": "\u200b",
    "combining characters out of order": "\u0301\u0323",
    "characters that decompose to combining characters": "\u0301\uff9e",
    "a character that becomes 18": "\ufdfa",
}


def _seconds(call: Callable[[], object]) -> float:
    """Return the least processor time of several calls."""
    times = []
    for _ in range(4):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize("piece", REPEATED.values(), ids=REPEATED)
def test_time_grows_with_the_length_of_a_name_and_not_with_its_square(piece: str) -> None:
    """A text of 8 times the length may take 8 times the time; quadratic work would take up to 64 times."""
    # A character that becomes many counts as many.
    length = len(unicodedata.normalize("NFKC", piece))
    short, long = (piece * (size // length) for size in (8_000, 64_000))
    found = nm.suggest(long, cutoff=0)
    assert all(row.score <= 60 for row in found)
    assert nm.match_names([long], cutoff=0).column("matched_name").to_pylist() == [found[0].matched_name if found else None]
    with pytest.raises(nm.UnknownValue):
        nm.market(long)
    assert _seconds(lambda: nm.suggest(long)) < 24 * _seconds(lambda: nm.suggest(short)) + 0.005


@given(st.text(st.sampled_from("aé\u0301\u0323\u0345\u0344\uff76\uff9e한\u1100\u1161\u11a8ﬁ\u0cc6\u0cc2\u0cd5 \ufdfa\ud800")))
@example("\u0301\u0323\uff9e")
def test_names_are_equal_if_their_compatibility_forms_are(name: str) -> None:
    for repeated in (name, "a" + name * 30):
        assert forms.name_key(repeated) == " ".join(unicodedata.normalize("NFKC", repeated).casefold().split())


@pytest.mark.parametrize("name", ["ali{}express", "the pirate{}bay", "taobao{}"])
@pytest.mark.parametrize("between", [" ", "-", "\u3000", "/ "])
def test_punctuation_of_any_length_is_ignored(name: str, between: str) -> None:
    assert nm.market(name.format(between * 10_000)) == nm.market(name.format(""))


# Brands, shops, malls and sites that are not listed.
ORDINARY = """
Nike; Adidas; Puma; Gucci; Louis Vuitton; Prada; Chanel; Hermès; Rolex; Cartier; Lacoste; Zara; H&M; Uniqlo; Mango; Next;
ASOS; Zalando; Shein; Temu; eBay; Etsy; Walmart; Target; Costco; IKEA; Carrefour; Tesco; Aldi; Rakuten; Mercari; Google;
Apple; Microsoft; Meta; Facebook; Instagram; WhatsApp; Telegram; Twitter; X; TikTok; YouTube; Vimeo; Twitch; Netflix; Hulu;
Disney+; Spotify; SoundCloud; Dropbox; Box; WeTransfer; MediaFire; Mega; GitHub; Reddit; Pinterest; Snapchat; LinkedIn;
Discord; Zoom; Signal; Line; Naver; Coupang; Lazada; JD.com; Suning; Tencent; ByteDance; Alibaba; Alibaba.com Ltd;
Alibaba Group; Tmall; 1688.com; Xiaohongshu; Weibo; Sina; Sohu; iQiyi; Youku; Bilibili; Amazon; Amazon.com;
Amazon Web Services; Flipkart; Meesho; Wildberries; Ozon; Yandex; Mail.ru; Allegro; OLX; Gumtree; Craigslist; Vinted;
Mercado Pago; Americanas; Falabella; Jumia; Souq; Noon; Trendyol; N11; Shopify; GoDaddy; Namecheap; Cloudflare; Hetzner; OVH;
PayPal; Visa; DHL; UPS; Siam Paragon; Terminal 21; Mall of America; The Dubai Mall; Harrods; Plaza Indonesia;
Pondok Indah Mall; Orchard Road; Khan Market; Crawford Market; Chandni Chowk; Chor Bazaar; Camden Market; Borough Market;
Grand Central Market; Fish Market; Central Mall; Night Market; Flea Market; Russian Market; Temple Street; Stanley Market;
Spice Bazaar; El Rastro; Mercado Central; Plaza Satélite; Real Plaza; Alto Palermo; Makola Market; Balogun Market;
Onitsha Market; Samsung; Sony; Huawei; Vivo; OK; BBC; Wikipedia; Internet Archive; arXiv; uTorrent; qBittorrent; BitTorrent;
Steam; Wish; Banggood; Prom.ua; Rozetka; Daraz; Tiki; Best Buy; Best Market; Asia Market; Union Market; Express; Pirate Ship;
Bay Watch; Rebel Sport; Rapid7; Kick; Popcorn; Cuevana Peru; Uploaded File; Share; Mp3; Demon; Kat; Tank Store; Silk Road;
Mega Mall; Ben Thanh Bank; Greenhills School; The Market; Marketplace; Garden; Palika Industries; Hong Kong Express; Sky;
Nova Poshta; a; N/A; BK; Burger King; BKK; Dong Xuan Center; Đông Á; Đồng Nai; Cho Lon; Ben
Thanh Tower; Tân Bình; ВТБ; ВКП; Садко; Одноклассники; Яндекс Маркет; Сбер; Дубрава;
Савёловский вокзал; Двор; Рынок; рынок Дордой; 微博; 微软; 微众银行; 信息; 拼图; 百胜; 京东; 天猫; 淘票票; 快手; 美团;
秀水; 安福路; 白云机场; 華強; 五愛; 女人; 電影院; สยามพารากอน; ตลาดนัดจตุจักร; คลองเตย; 쿠팡; 타임스퀘어; バザール; सरोजिनी
नगर मार्केट; पालिका; سوق; نون; Çarşı; Mısır Çarşısı
"""


def test_no_ordinary_name_matches() -> None:
    ordinary = [name.strip() for name in ORDINARY.split(";")]
    found = zip(ordinary, nm.match_names(ordinary).column("candidates").to_pylist(), strict=True)
    assert {name: candidates for name, candidates in found if candidates} == {}


def test_kind_selects_markets() -> None:
    assert nm.suggest("Taobao", kind="online")[0].exact
    assert "taobao" not in [row.market_id for row in nm.suggest("Taobao", kind="physical", cutoff=0, limit=1000)]
    assert nm.match_names(["Taobao", "Tepito"], kind="physical").column("market_id").to_pylist() == [None, "tepito"]
    assert len(nm.suggest("a", cutoff=0, limit=1000)) == len(MARKETS)


COLUMN = ["Tao-Bao", None, "Putloker", "nobody", "Tao-Bao"]
EXPECTED = ["taobao", None, None, None, "taobao"]
COMPUTE: Any = pyarrow.compute


@pytest.mark.parametrize(
    "column",
    [
        COLUMN,
        tuple(COLUMN),
        iter(COLUMN),
        pa.array(COLUMN),
        pa.array(COLUMN).cast(pa.binary()),
        pa.array(["x", *COLUMN, "x"])[1:6],
        *(pa.array(COLUMN).cast(type_) for type_ in (pa.large_string(), pa.large_binary())),
        pa.array(COLUMN, pa.string_view()),
        pa.array(COLUMN).dictionary_encode(),
        pa.array(COLUMN).cast(pa.large_string()).dictionary_encode(),
        pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 2, 0], pa.int8()), pa.array(["Tao-Bao", None, "nobody"])),
        COMPUTE.run_end_encode(pa.array(COLUMN)),
        pa.chunked_array([COLUMN[:2], [], COLUMN[2:]]),
    ],
    ids=lambda column: f"{type(column).__module__.split('.')[0]}-{getattr(column, 'type', getattr(column, 'dtype', ''))}",
)
def test_any_column_of_text_is_matched(column: Any) -> None:
    table = nm.match_names(column)
    assert {field.name: str(field.type) for field in table.schema} == {
        "market_id": "string",
        "matched_name": "string",
        "score": "double",
        "exact": "bool",
        "candidates": "list<item: string>",
    }
    assert table.column("market_id").to_pylist() == EXPECTED


def test_invalid_utf_8_is_read_with_replacement_characters() -> None:
    rows = nm.match_names(pa.array([b"Tao-Bao", b"\xff", b"Pinduoduo\xff"])).to_pylist()
    assert [(row["market_id"], row["exact"]) for row in rows] == [("taobao", True), (None, None), ("pinduoduo", False)]


@pytest.mark.parametrize(
    "column",
    [[], [None], pa.nulls(3), pa.chunked_array([], pa.string())],
    ids=["empty", "None", "nulls", "no chunks"],
)
def test_a_column_without_names_has_only_nulls(column: Any) -> None:
    table = nm.match_names(column)
    assert table.num_rows == len(column)
    assert all(table.column(name).null_count == len(column) for name in table.column_names)


def test_each_distinct_name_is_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    extract = rapidfuzz.process.extract

    def recording(name: str, *arguments: Any, **options: Any) -> Any:
        compared.append(name)
        return extract(name, *arguments, **options)

    monkeypatch.setattr(rapidfuzz.process, "extract", recording)
    nm.match_names(pa.chunked_array([["Taobao", "x"], ["x", "Taobao", None], ["Taobao", "y"]]))
    assert sorted(compared) == ["taobao", "x", "y"]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("Taobao", r"names must be a column or sequence of names, not str; for one name use suggest\(\)"),
        (b"Taobao", "names must be a column or sequence of names, not bytes"),
        (3, "names must be a column or sequence of .*, not int"),
        (None, "not NoneType"),
        (["Taobao", 3], r"names\[1\] must be a str, bytes or None, not int"),
        (pa.array([3]), "names must be text or bytes, not int64"),
        (pa.table({"seller": ["Taobao"]}), "names must be one column, not a table"),
        (pl.DataFrame({"seller": ["Taobao"]}), "names must be one column, not a table"),
        (pd.DataFrame({"seller": ["Taobao"], "city": ["Hangzhou"]}), "names must be one column, not a table"),
        (nm.markets(year=2021), "names must be one column, not a table"),
    ],
    ids=["str", "bytes", "int", "None", "an int in a list", "integers", "Arrow table", "polars", "pandas", "records"],
)
def test_anything_but_a_column_of_names_is_a_type_error(column: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        nm.match_names(column)


@pytest.mark.parametrize(
    "ask",
    [lambda **arguments: nm.suggest("x", **arguments), lambda **arguments: nm.match_names(["x"], **arguments)],
    ids=["suggest", "match_names"],
)
def test_invalid_arguments(ask: Any) -> None:
    with pytest.raises(nm.UnknownValue, match="unknown kind 'onlin'; did you mean 'online'"):
        ask(kind="onlin")
    for cutoff, shown in ((-0.1, "-0.1"), (100.1, "100.1"), (float("nan"), "nan"), (float("inf"), "inf")):
        with pytest.raises(ValueError, match=f"cutoff must be a percentage from 0 to 100, not {shown}$"):
            ask(cutoff=cutoff)
    for cutoff, meant in ((0.9, "90"), (1, "100"), (0.825, "82.5")):
        with pytest.raises(ValueError, match=rf"cutoff is a percentage from 0 to 100; did you mean {meant}\?$"):
            ask(cutoff=cutoff)
    for bad, type_ in (("90", "str"), (None, "NoneType"), (True, "bool")):
        with pytest.raises(TypeError, match=f"cutoff must be a number, not {type_}"):
            ask(cutoff=bad)


@pytest.mark.parametrize("bad", [None, 3, b"taobao", ["taobao"]], ids=repr)
@pytest.mark.parametrize("ask", [nm.market, nm.suggest])
def test_a_single_name_is_a_str(ask: Any, bad: Any) -> None:
    with pytest.raises(TypeError, match=f"name must be a str, not {type(bad).__name__}"):
        ask(bad)


def test_the_limit_is_a_positive_integer() -> None:
    assert len(nm.suggest("market", limit=2)) == 2
    with pytest.raises(ValueError, match="limit must be at least 1, not 0"):
        nm.suggest("market", limit=0)
    with pytest.raises(TypeError, match="limit must be an int, not float"):
        nm.suggest("market", limit=2.0)  # type: ignore[arg-type]


def test_a_suggestion_becomes_a_dictionary_and_json() -> None:
    suggestion = nm.suggest("taoabo")[0]
    expected = {"market_id": "taobao", "matched_name": "Taobao", "score": pytest.approx(83.33, abs=0.01), "exact": False}
    assert suggestion.to_dict() == expected
    assert json.loads(suggestion.to_json()) == expected
