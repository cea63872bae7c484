"""Versions, title and publisher of the data, and the caution that accompanies every listing."""

# Damaged code can raise anything.
try:
    from .data import DATA_VERSION
except Exception as _error:
    from .errors import DamagedInstallation

    raise DamagedInstallation(f"{__file__.removesuffix('about.py')}data/__init__.py", f"cannot be imported: {_error}") from _error

__version__ = "0.1.0"

__all__ = ["CAUTION", "CREATOR", "DATA_VERSION", "GEONAMES", "PACKAGE_URL", "PUBLISHER", "PUBLISHER_URL", "TITLE", "__version__"]

CAUTION = "A listing reflects reports to USTR and is not a finding of a violation of law."
"""The sentence that every output with listings shows."""

GEONAMES = "Regions and coordinates are from GeoNames (https://www.geonames.org/), CC BY 4.0."
"""The attribution that every output with regions or coordinates shows."""

TITLE = "notorious_markets: the U.S. Trade Representative's Notorious Markets List as data"
CREATOR = "The notorious_markets contributors"
PUBLISHER = "Office of the United States Trade Representative"
PUBLISHER_URL = "https://ustr.gov/"

# A package URL, because the project does not have a web page.
PACKAGE_URL = "pkg:pypi/notorious-markets"
