"""Test the installed wheel without any optional library, and with sockets blocked: `python -I clean_install.py WHEEL`."""

from __future__ import annotations

import sys
import zipfile
from importlib.metadata import distributions
from importlib.util import find_spec

DEPENDENCIES = {"attrs", "importlib-resources", "notorious-markets", "numpy", "pyarrow", "rapidfuzz", "upa-url"}


def refuse_sockets(event: str, _: tuple[object, ...]) -> None:
    """Raise an error for each event of a socket."""
    if event.startswith("socket."):
        raise AssertionError(event)


def main(wheel: str) -> None:
    """Raise an error if the wheel does not work, or print a summary."""
    sys.addaudithook(refuse_sockets)
    installed = {distribution.name.lower().replace("_", "-") for distribution in distributions()} - {"pip", "setuptools"}
    assert installed <= DEPENDENCIES, installed

    names = zipfile.ZipFile(wheel).namelist()
    package = [name for name in names if ".dist-info/" not in name]
    assert all(name.startswith("notorious_markets/") for name in package), package
    for name in ("py.typed", "data/listings.parquet", "data/datapackage.json", "data/croissant.json", "data/SHA256SUMS"):
        assert f"notorious_markets/{name}" in names, name
    assert wheel.endswith("py3-none-any.whl"), wheel

    import notorious_markets as nm

    match = nm.lookup("https://ja.ALIEXPRESS%2Ecom./item/1")
    assert match is not None
    assert (match.host, match.matched_domain, match.years) == ("ja.aliexpress.com", "aliexpress.com", (2021, 2022))
    assert nm.lookup("https://example.org/aliexpress.com") is None
    assert not {"attr", "pyarrow"} & set(sys.modules)
    assert "site-packages" in (nm.__file__ or "")
    assert len(nm.markets(year=2021, kind="online")) == 42
    assert len(nm.markets(year=2021, kind="physical")) == 35
    assert nm.market("WeChat").listings[0].sources
    assert [suggestion.market_id for suggestion in nm.suggest("taoabo", limit=1)] == ["taobao"]
    assert nm.match_names(["Pinduoduos", "nobody"]).column("market_id").to_pylist() == ["pinduoduo", None]
    assert nm.markets().to_arrow().num_rows == len(nm.markets())
    urls = ["https://example.org/", None, "HTTP://M.TAOBAO.COM/", "https://xn--bcher-kva.example/"]
    for engine in ("pattern", "labels"):
        screener = nm.Screener(extra_domains=["BÜCHER.example"], engine=engine)
        assert screener.screen(urls, result="mask").to_pylist() == [False, False, True, True]
    try:
        nm.markets(country="Chin")
    except nm.UnknownValue as error:
        # The names of countries are a file of `plot`, which needs altair.
        assert "did you mean 'CN'" in str(error)
    else:
        raise AssertionError("Chin")
    try:
        nm.Screener(engine="compiled")
    except nm.MissingExtra as error:
        assert "[fast]" in str(error)
    else:
        raise AssertionError("numba")
    for library in ("pandas", "polars"):
        assert find_spec(library) is None
        try:
            getattr(nm.markets(), f"to_{library}")()
        except nm.MissingExtra as error:
            assert library in str(error)
        else:
            raise AssertionError(library)
    try:
        import notorious_markets.plot
    except nm.MissingExtra as error:
        assert "notorious_markets[plot]" in str(error)
    else:
        raise AssertionError(notorious_markets.plot)
    print(f"clean install: {len(package)} files, {nm.__version__}, data {nm.DATA_VERSION}, {len(nm.markets())} listings: correct")


if __name__ == "__main__":
    main(sys.argv[1])
