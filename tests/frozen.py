"""A program that PyInstaller packs into one file: it asks questions that need every kind of packaged file."""

import sys

import notorious_markets as nm
from notorious_markets._verification import findings

assert getattr(sys, "frozen", False), "this is not a packed program"
assert len(nm.markets(2021)) == 77
match = nm.lookup("https://m.vk.com/")
assert match is not None
assert match.market_id == "vk"
assert "<style" in nm.coverage()._repr_html_()
assert nm.suggest("taoabo")[0].market_id == "taobao"
assert nm.screen(["taobao.com", "x"], result="mask").to_pylist() == [True, False]
for question, message in (
    (lambda: nm.markets(country="Chin"), "did you mean 'CN'"),
    (lambda: nm.Screener(extra_domains=["co.uk"]), "co.uk"),
):
    try:
        question()
    except (nm.UnknownValue, ValueError) as error:
        assert message in str(error)
    else:
        raise AssertionError(message)
assert [finding for finding in findings() if finding.passed is False] == []
print(f"packed program: {nm.__version__}, data {nm.DATA_VERSION}: correct")
