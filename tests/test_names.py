"""Which market does a name mean, as people, sellers and spoofers write it?"""

from __future__ import annotations

import string
import sys
import unicodedata
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute
import pytest
from confusable_homoglyphs.confusables import confusables_data
from hypothesis import given
from hypothesis import strategies as st

import notorious_markets as nm
from notorious_markets import names

MARKETS: list[dict[str, Any]] = nm.table("markets").to_pylist()
DOMAINS: list[dict[str, Any]] = nm.table("domains").to_pylist()
OWNED = [(row["market_id"], name) for row in MARKETS for name in (row["market_id"], row["name"], *row["aliases"])]
OWNED += [(row["market_id"], row["domain"]) for row in DOMAINS]
PUTLOCKERS = ("putlocker-cyberlocker", "putlocker-streaming")

# A name, the market that `market` finds for it, and why.
EXACT = [
    ("aliexpress", "aliexpress", "the id"),
    ("ALIEXPRESS", "aliexpress", "case"),
    ("ali express", "aliexpress", "a space"),
    ("Ali-Express", "aliexpress", "a hyphen"),
    ("  Ali_Express! ", "aliexpress", "outer space and punctuation"),
    ("ＡｌｉＥｘｐｒｅｓｓ", "aliexpress", "full-width letters are compatibility characters"),
    ("aliexpress.com", "aliexpress", "a domain"),
    ("aliexpress.com/", "aliexpress", "a domain and the slash that browsers show"),
    ("https://www.aliexpress.com/", "aliexpress", "the address of the front page"),
    ("we chat", "wechat", "an alias"),
    ("WeChat (Weixin)", "wechat", "an alias, brackets"),
    ("wechat weixin", "wechat", "an alias without its brackets"),
    ("ThePirateBay", "the-pirate-bay", "an alias"),
    ("pirate-bay", "the-pirate-bay", "an alias with a hyphen"),
    ("Wu'ai Market", "wu-ai-market", "an apostrophe"),
    ("Wu’ai Market", "wu-ai-market", "a typographic apostrophe"),
    ("wuai market", "wu-ai-market", "no apostrophe"),
    ("taobao.com.", "taobao", "a domain and the dot that ends it"),
    ("秀水街", "silk-market-beijing", "a Chinese alias"),
    ("淘宝", "taobao", "the Chinese name that stands in brackets behind the Latin one"),
    ("敦煌网", "dhgate", "another"),
    ("савеловский рынок", "savelovskiy-market", "the Cyrillic name that stands before a Latin one in brackets"),
    ("ВКонтакте", "vk", "a Cyrillic alias is itself"),
    ("вконтакте", "vk", "a Cyrillic alias in lower case"),
    ("EX UA", "ex-ua", "the id with a space"),
    ("Baidu", "baidu", "the search engine, not Baidu Wangpan"),
    ("Baidu Wangpan", "baidu-wangpan", "the cloud storage, not Baidu"),
    ("pan.baidu.com", "baidu-wangpan", "a domain below another market's"),
    ("Torrentz", "torrentz", "not Torrentz2"),
    ("Torrentz 2", "torrentz2", "not Torrentz"),
    ("putlocker (streaming)", "putlocker-streaming", "the full name is of one alone"),
    ("Mangga Dua", "mangga-dua", "an alias of the market, not of the mall"),
    ("Galeria Pagé", "galeria-page", "an accent as printed"),
    ("Tank-Road", "tank-road", "a hyphen"),
]

# A name that is none, the market that `suggest` puts first (`None` if there is nothing to suggest), whether a column
# matches it at the usual cutoff, and why.
INEXACT: list[tuple[str, str | None, bool, str]] = [
    ("taoabo", "taobao", False, "two letters changed places; six letters leave a score of 83"),
    ("Pindudou", "pinduoduo", False, "a letter missing and two swapped"),
    ("Pinduoduos", "pinduoduo", True, "a letter too many"),
    ("Aliexpres", "aliexpress", True, "a letter missing"),
    ("Ali Exprass", "aliexpress", True, "a letter wrong, a space"),
    ("Rutraker", "rutracker", True, "a letter missing"),
    ("Grand Bazar", "grand-bazaar-istanbul", True, "spelt otherwise"),
    ("Ben Tanh Market", "ben-thanh-market", True, "a letter missing in a long name"),
    ("La Bahia", "la-bahia-guayaquil", True, "an accent missing looks the same, but is another spelling"),
    ("Тaobao", "taobao", True, "a Cyrillic T"),
    ("ТАОВАО", "taobao", True, "Cyrillic altogether"),
    ("Τaοbaο", "taobao", True, "Greek letters"),
    ("Ta0bao", "taobao", True, "a zero for an o"),
    ("A1iExpress", "aliexpress", True, "a one for an l"),
    ("AIiExpress", "aliexpress", True, "a capital i for an l"),
    ("Warrnane", "warmane", True, "rn for m"),
    ("Warnane", "warmane", False, "n for m, and too short for the usual cutoff"),
    ("Tao\u200bbao", "taobao", True, "an invisible space"),
    ("Táobao", "taobao", True, "an accent that the name has not"),
    ("ali-express.com", "aliexpress", True, "a hyphen makes another domain: alike, and not the same"),
    ("thepirate-bay.org", "the-pirate-bay", True, "another domain again"),
    ("taobaocom", "taobao", True, "a domain without its dot"),
    ("淘宝网", "taobao", False, "a Chinese letter too many in a short name"),
    ("Amazon", "amazon-foreign-domains", False, "only its foreign domains are listed"),
    ("Amazon.com", "amazon-foreign-domains", False, "amazon.com is not among the foreign domains"),
    ("Baidu Pan", "baidu-wangpan", False, "between Baidu and Baidu Wangpan"),
    ("Express", "aliexpress", False, "a part of a name"),
    ("Market", "anfu-market-putian", False, "a word of many names"),
    ("Bay", "the-pirate-bay", False, "a word of one name"),
    ("Alibaba", "palika-bazaar", False, "not listed by itself"),
    ("Alibaba.com Ltd", None, False, "not listed, with the form of a company"),
    ("AliExpress Technology Singapore Ltd", "aliexpress", False, "the name among other words"),
    ("Tao-Bao official store", "taobao", False, "the name in two words among other words"),
    ("https://taobao.com/item/1", "taobao", False, "the domain within an address"),
    ("Facebook", None, False, "not listed, and like nothing that is"),
    ("VKs", "vk", False, "two letters are too few to be alike"),
    ("The", "the-pirate-bay", False, "a word of several names"),
    ("!!!", None, False, "no letter at all"),
    ("", None, False, "nothing"),
    ("🎈", None, False, "a symbol"),
]


@pytest.fixture(params=["rapidfuzz", "python"])
def counter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With rapidfuzz, and as if it were not installed."""
    if request.param == "python":
        monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    else:
        pytest.importorskip("rapidfuzz")
    expected = {"rapidfuzz": names._alike_by_rapidfuzz, "python": names._alike_by_python}[request.param]
    assert names._counter() is expected
    return str(request.param)


@pytest.mark.parametrize(("name", "market_id", "reason"), EXACT, ids=[reason for _, _, reason in EXACT])
@pytest.mark.usefixtures("counter")
def test_the_name_itself(name: str, market_id: str, reason: str) -> None:
    assert nm.market(name).market_id == market_id, reason
    best = nm.suggest(name)[0]
    assert (best.market_id, best.score, best.exact) == (market_id, 100.0, True)
    assert best.market is nm.market(name)
    row = nm.match_names([name], cutoff=100).to_pylist()[0]
    assert (row["market_id"], row["score"], row["exact"], row["candidates"]) == (market_id, 100.0, True, [market_id])


@pytest.mark.parametrize(("name", "market_id", "matches", "reason"), INEXACT, ids=[case[-1] for case in INEXACT])
@pytest.mark.usefixtures("counter")
def test_what_is_not_the_name_is_only_suggested(name: str, market_id: str | None, matches: bool, reason: str) -> None:
    with pytest.raises(nm.UnknownValue) as caught:
        nm.market(name)
    found = nm.suggest(name)
    assert [one.market_id for one in found[:1]] == [market_id] * (market_id is not None), reason
    assert caught.value.suggestions[:1] == tuple(one.name for one in found[:1])
    assert not any(one.exact or one.score > 99 for one in found)
    row = nm.match_names([name]).to_pylist()[0]
    assert row["market_id"] == (market_id if matches else None), reason
    assert row["exact"] is (False if matches else None)


@pytest.mark.parametrize(("name", "exact"), [("Putlocker", True), ("PUT-LOCKER", True), ("Putloker", False)])
@pytest.mark.usefixtures("counter")
def test_a_name_of_two_markets_is_left_open(name: str, exact: bool) -> None:
    assert tuple(one.market_id for one in nm.suggest(name, limit=2)) == PUTLOCKERS
    row = nm.match_names([name]).to_pylist()[0]
    assert (row["market_id"], row["matched"], row["exact"]) == (None, "Putlocker", exact)
    assert tuple(row["candidates"]) == PUTLOCKERS
    with pytest.raises(nm.AmbiguousMarket if exact else nm.UnknownValue) as caught:
        nm.market(name)
    if isinstance(caught.value, nm.UnknownValue):
        assert caught.value.suggestions == ("Putlocker",)


def test_an_error_does_not_name_what_is_much_less_alike() -> None:
    assert [one.market_id for one in nm.suggest("Тaobao")] == ["taobao", "uptobox"]
    with pytest.raises(nm.UnknownValue, match=r"did you mean 'Taobao'\?$"):
        nm.market("Тaobao")


@pytest.mark.usefixtures("counter")
def test_scores_counted_by_hand() -> None:
    """Letters in common, in order, of the letters of both: taobo of 6 and 6, pindudu of 8 and 9."""
    assert nm.suggest("taoabo", limit=1)[0].score == round(100 * 2 * 5 / 12, 2)
    assert nm.suggest("pindudou", limit=1)[0].score == round(100 * 2 * 7 / 17, 2)
    assert nm.suggest("Тaoabo", limit=1)[0].score == round(100 * 2 * 5 / 12, 2)


def _common(one: str, other: str) -> int:
    """The length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for letter in one:
        before = 0
        for place, against in enumerate(other, 1):
            before, row[place] = row[place], before + 1 if letter == against else max(row[place], row[place - 1])
    return row[-1]


@given(st.text("abeimoprtu淘", min_size=1, max_size=12), st.sampled_from([0, 50, 60, 90]))
def test_both_count_what_the_definition_counts(name: str, least: int) -> None:
    pytest.importorskip("rapidfuzz")
    known = names._names(None)
    naive = {
        place: common
        for place, form in enumerate(known.forms)
        if 200 * (common := _common(name, form)) >= least * (len(name) + len(form))
    }
    # A hair below, for neither of them need be right about the last digit of a float.
    assert dict(names._alike_by_rapidfuzz(name, known, least - 1e-6)) == naive
    assert dict(names._alike_by_python(name, known, least - 1e-6)) == naive


@pytest.mark.usefixtures("counter")
def test_a_cutoff_is_reached_by_the_score_that_is_shown() -> None:
    """18 of 20 letters are 90 exactly; 2 of 3 are shown as 66.67."""
    assert nm.suggest("PT Tokopedia", cutoff=90)[0].score == 90
    assert [one.score for one in nm.suggest("V", cutoff=66.67)] == [66.67]
    assert not nm.suggest("V", cutoff=66.68)


@pytest.mark.usefixtures("counter")
@pytest.mark.parametrize("name", ["taobao" * 20_000, "a " * 20_000, "淘" * 20_000, "\u200b" * 20_000])
def test_a_very_long_name_is_answered(name: str) -> None:
    assert all(one.score <= 60 for one in nm.suggest(name, cutoff=0))


@pytest.mark.usefixtures("counter")
def test_a_letter_missing_from_a_long_name_is_told_from_what_looks_alike() -> None:
    long = max((name for _, name in OWNED), key=len)
    assert 98 < nm.suggest(long[:20] + long[21:])[0].score < 99
    assert nm.suggest(long.replace("a", "а", 1))[0].score == 99


@pytest.mark.usefixtures("counter")
def test_every_name_is_itself() -> None:
    table = nm.match_names([name for _, name in OWNED], cutoff=100)
    for (market_id, name), row in zip(OWNED, table.to_pylist(), strict=True):
        assert market_id in row["candidates"], name
        assert (row["score"], row["exact"]) == (100.0, True)
        assert row["market_id"] == market_id or (name, tuple(row["candidates"])) == ("Putlocker", PUTLOCKERS)
        assert nm.suggest(name)[0].score == 100.0


def test_without_spaces_and_punctuation_no_two_markets_have_one_name() -> None:
    """What lets `market` pass over them: only Putlocker, which is printed for two markets, is shared."""
    owners: dict[str, set[str]] = {}
    for market_id, name in OWNED:
        owners.setdefault("".join(letter for letter in name.casefold() if letter.isalnum()), set()).add(market_id)
    assert {name for name, shared in owners.items() if len(shared) > 1} == {"putlocker"}


LONG = [(market_id, name) for market_id, name in OWNED if sum(letter.isalnum() for letter in name) >= 8]


@st.composite
def _typos(draw: st.DrawFn) -> tuple[str, str]:
    """A long name with one letter dropped, added, changed or swapped with the next, and its market."""
    market_id, name = draw(st.sampled_from(LONG))
    place = draw(st.integers(0, len(name) - 2))
    letter = draw(st.sampled_from(string.ascii_lowercase))
    how = draw(st.sampled_from(["drop", "add", "change", "swap"]))
    written = {
        "drop": name[:place] + name[place + 1 :],
        "add": name[:place] + letter + name[place:],
        "change": name[:place] + letter + name[place + 1 :],
        "swap": name[:place] + name[place + 1] + name[place] + name[place + 2 :],
    }[how]
    return market_id, written


@given(_typos())
def test_one_typo_leaves_the_right_market_among_the_suggestions(case: tuple[str, str]) -> None:
    market_id, written = case
    with pytest.MonkeyPatch.context() as patch:
        for _ in ("rapidfuzz", "python"):
            assert market_id in [one.market_id for one in nm.suggest(written)]
            patch.setitem(sys.modules, "rapidfuzz", None)


@given(st.text() | st.text("abeimoprtu .Т淘") | _typos().map(lambda case: case[1]), st.floats(1.01, 100))
def test_rapidfuzz_makes_no_difference(name: str, cutoff: float) -> None:
    pytest.importorskip("rapidfuzz")
    with_it = nm.suggest(name, cutoff=cutoff, limit=1000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "rapidfuzz", None)
        assert nm.suggest(name, cutoff=cutoff, limit=1000) == with_it


ANY_NAME = st.one_of(
    st.none(), st.sampled_from([name for _, name in OWNED]), _typos().map(lambda case: case[1]), st.text(max_size=12)
)


@given(
    st.lists(ANY_NAME, max_size=8),
    st.sampled_from([0, 40, 60, 82.5, 90, 99, 99.5, 100]),
    st.sampled_from([None, "online", ["physical"]]),
    st.booleans(),
)
def test_a_column_has_the_best_suggestion_of_each_row(column: list[str | None], cutoff: float, kind: Any, without: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if without:
            patch.setitem(sys.modules, "rapidfuzz", None)
        table = nm.match_names(column, cutoff=cutoff, kind=kind)
        assert table.num_rows == len(column)
        for name, row in zip(column, table.to_pylist(), strict=True):
            found = () if name is None else nm.suggest(name, limit=1000, cutoff=cutoff, kind=kind)
            assert [(-one.score, one.market_id) for one in found] == sorted((-one.score, one.market_id) for one in found)
            assert len({one.market_id for one in found}) == len(found)
            assert found[:2] == (() if name is None else nm.suggest(name, limit=2, cutoff=cutoff, kind=kind))
            if not found:
                assert set(row.values()) == {None}
                continue
            tied = [one.market_id for one in found if one.score == found[0].score]
            assert row["candidates"] == tied
            assert row["market_id"] == (tied[0] if len(tied) == 1 else None)
            assert (row["matched"], row["exact"]) == (found[0].name, found[0].exact)
            assert row["score"] == pytest.approx(found[0].score)
            assert cutoff <= found[0].score <= 100


@given(st.text(st.characters(codec=None)))
def test_any_text_has_an_answer(name: str) -> None:
    """Lone surrogates too; a column of Arrow cannot hold them and reads them as U+FFFD."""
    for one in nm.suggest(name):
        assert 60 <= one.score <= 100
    assert nm.match_names([name]).num_rows == 1


# Brands, shops, malls and sites that are on no list.
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
Nova Poshta; a; N/A
"""


@pytest.mark.usefixtures("counter")
def test_no_ordinary_name_matches() -> None:
    ordinary = [name.strip() for name in ORDINARY.split(";")]
    found = zip(ordinary, nm.match_names(ordinary).column("candidates").to_pylist(), strict=True)
    assert {name: candidates for name, candidates in found if candidates} == {}


def test_kind_leaves_out_the_other_kind() -> None:
    assert nm.suggest("Taobao", kind="online")[0].exact
    assert "taobao" not in [one.market_id for one in nm.suggest("Taobao", kind="physical", cutoff=0, limit=1000)]
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
        *(pa.array(COLUMN).cast(type_) for type_ in (pa.large_string(), pa.large_binary(), pa.string_view())),
        pa.array(COLUMN).dictionary_encode(),
        pa.array(COLUMN).cast(pa.large_string()).dictionary_encode(),
        pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 2, 0], pa.int8()), pa.array(["Tao-Bao", None, "nobody"])),
        COMPUTE.run_end_encode(pa.array(COLUMN)),
        pa.chunked_array([COLUMN[:2], [], COLUMN[2:]]),
        pd.Series(COLUMN),
        pd.Series(COLUMN, dtype="category"),
        pl.Series(COLUMN),
        pl.Series(COLUMN).cast(pl.Categorical),
    ],
    ids=lambda column: f"{type(column).__module__.split('.')[0]}-{getattr(column, 'type', getattr(column, 'dtype', ''))}",
)
def test_any_column_of_text_is_matched_row_by_row(column: Any) -> None:
    table = nm.match_names(column)
    assert {field.name: str(field.type) for field in table.schema} == {
        "market_id": "string",
        "matched": "string",
        "score": "float",
        "exact": "bool",
        "candidates": "list<item: string>",
    }
    assert table.column("market_id").to_pylist() == EXPECTED


@pytest.mark.parametrize("column", [[], pa.nulls(3), pa.chunked_array([], pa.string()), [None]])
def test_a_column_without_names_has_as_many_rows_of_nulls(column: Any) -> None:
    table = nm.match_names(column)
    assert table.num_rows == len(column)
    assert all(table.column(name).null_count == len(column) for name in table.column_names)


def test_each_distinct_name_is_matched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    real = names._suggestions

    def noting(name: str, *rest: Any) -> Any:
        asked.append(name)
        return real(name, *rest)

    monkeypatch.setattr(names, "_suggestions", noting)
    column = pa.chunked_array([["Taobao", "x"], ["x", "Taobao", None], ["Taobao", "y"]])
    nm.match_names(column)
    assert sorted(asked) == ["Taobao", "x", "y"]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("Taobao", "names must be several names, not str; `suggest` takes a single one"),
        (b"Taobao", "names must be several names, not bytes"),
        (3, "names must be several names, not int"),
        (None, "not NoneType"),
        (["Taobao", 3], "name 1 must be a str or None, not int"),
        (pa.array([3]), "names must be text or bytes, not int64"),
        (pa.table({"seller": ["Taobao"]}), "names must be one column, not a table"),
        (pl.DataFrame({"seller": ["Taobao"]}), "names must be one column, not a table"),
        (pd.DataFrame({"seller": ["Taobao"], "city": ["Hangzhou"]}), "names must be one column, not a table"),
        (nm.markets(year=2021), "names must be one column, not a table"),
    ],
)
def test_what_is_no_column_of_names_is_a_type_error(column: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        nm.match_names(column)


@pytest.mark.parametrize("ask", [lambda **given: nm.suggest("x", **given), lambda **given: nm.match_names(["x"], **given)])
def test_bad_arguments_are_refused(ask: Any) -> None:
    with pytest.raises(nm.UnknownValue, match="unknown kind 'onlin'; did you mean 'online'"):
        ask(kind="onlin")
    for cutoff in (-0.1, 100.1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="cutoff must be within 0 to 100"):
            ask(cutoff=cutoff)
    for cutoff in (0.9, 1, 0.001):
        with pytest.raises(ValueError, match="cutoff is a percentage"):
            ask(cutoff=cutoff)
    for bad in ("90", None, True):
        with pytest.raises(TypeError, match="cutoff must be a number"):
            ask(cutoff=bad)


@pytest.mark.parametrize("bad", [None, 3, b"taobao", ["taobao"]])
def test_a_single_name_is_text(bad: Any) -> None:
    with pytest.raises(TypeError, match="name must be a str"):
        nm.suggest(bad)


def test_a_limit_is_a_positive_number() -> None:
    assert len(nm.suggest("market", limit=2)) == 2
    with pytest.raises(ValueError, match="limit must be at least 1, not 0"):
        nm.suggest("market", limit=0)
    with pytest.raises(TypeError, match="limit must be an int, not float"):
        nm.suggest("market", limit=2.0)  # type: ignore[arg-type]


def test_the_letters_that_look_alike_are_those_of_unicode() -> None:
    """Each letter of the five scripts that Unicode lists beside an ASCII letter or digit becomes such a one, no other does."""
    ascii_ones = set(string.ascii_letters + string.digits)
    listed: dict[str, set[str]] = {}
    for letter, alike in confusables_data.items():
        if len(letter) == 1 and letter.isalpha() and not letter.isascii() and unicodedata.normalize("NFKD", letter) == letter:
            script = unicodedata.name(letter, "").split(" ")[0]
            targets = {one["c"] for one in alike} & ascii_ones
            if targets and script in {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE"}:
                listed[letter] = targets
    table = {chr(letter): chr(int(target)) for letter, target in names._LOOKALIKES.items()}
    assert table.keys() == listed.keys()
    assert all(target in listed[letter] for letter, target in table.items())
    assert names._look("1|i0rn") == names._look("lllom")
