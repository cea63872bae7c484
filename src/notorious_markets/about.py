"""What the package says of itself: versions, title, publisher, licences and the caution. Every other module may import it."""

from .data import DATA_VERSION

__version__ = "0.1.0"

__all__ = ["CAUTION", "CREATOR", "DATA_VERSION", "PACKAGE_URL", "PUBLISHER", "PUBLISHER_URL", "TITLE", "__version__"]

CAUTION = "A listing reflects reports to USTR and is no finding of a violation of law."
"""The sentence that stands beside every listing."""

TITLE = "notorious_markets: the U.S. Trade Representative's Notorious Markets List as data"
CREATOR = "The notorious_markets contributors"
PUBLISHER = "Office of the United States Trade Representative"
PUBLISHER_URL = "https://ustr.gov/"

# A package URL, because the project has no web page of its own.
PACKAGE_URL = "pkg:pypi/notorious-markets"
