"""DuckDB: the tables of the package and screening in SQL.

>>> import duckdb
>>> from notorious_markets.duckdb import register
>>> connection = duckdb.connect()
>>> register(connection)
>>> connection.execute("SELECT count(*) FROM notorious_markets.listings WHERE year = 2021").fetchall()
[(77,)]
>>> connection.execute("SELECT matched_domain('https://ja.aliexpress.com/item/1')").fetchall()
[('aliexpress.com',)]
"""

from __future__ import annotations

import pickle
from contextlib import closing
from functools import cache
from logging import getLogger
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ._store import DATASET, TABLES
from .about import CAUTION, DATA_VERSION
from .errors import MissingExtra
from .screening import Screener

if TYPE_CHECKING:
    import duckdb


class _Registration:
    """The screener of one database, and the functions that use it.

    All connections to a database share its functions, but only the connection that created a function can remove it.
    Therefore the screener is replaced, not the functions. The functions are stored here because DuckDB still calls them
    after their connection is closed, but holds no reference to them.
    """

    __slots__ = ("functions", "screener")

    def __init__(self, screener: Screener) -> None:
        self.screener = screener
        self.functions = {"matched_domain": self._matched_domain, "market_id": self._market_id}

    def _matched_domain(self, urls: Any) -> Any:
        return self.screener.screen(urls).column("matched_domain")

    def _market_id(self, urls: Any) -> Any:
        return self.screener.screen(urls).column("market_id")


# By the token in the database. Entries stay, because nothing tells when a database is closed: cursors and other connections
# may outlive the one that was registered. An entry takes less than a kilobyte, because equal screeners are stored once.
_REGISTRATIONS: dict[str, _Registration] = {}
_SCREENERS: dict[bytes, Screener] = {}
_LOCK = Lock()


def register(connection: duckdb.DuckDBPyConnection, screener: Screener | None = None) -> None:
    """Add the tables and the screening functions to a database, for all connections to it.

    - Every table of the package (`markets`, `listings`, `domains`, ...) is available as `notorious_markets.<table>`, and
      the version of the data as `notorious_markets.about`. The tables are in an attached in-memory database. Nothing is
      written to your own database, which may be read-only.
    - `matched_domain(url)` returns the domain on the list to which a URL or host belongs, and `market_id(url)` the
      id of its market. Both are `VARCHAR`, and null if the address is null or not on the list. They give the
      same answers as `Screener.lookup`. A `BLOB` column has to be decoded: `matched_domain(decode(url))`.

    Cursors and other connections to the same database see both. Registering again replaces the tables and the screener.
    A result that `connection` has not fetched yet is not affected. With DuckDB before 1.4, a transaction that is already open
    does not see the functions until it ends.

    Args:
        connection: An open connection.
        screener: The list to screen against. By default, the domains that markets of any edition hold; see `Screener`.

    Raises:
        ValueError: Another database named `notorious_markets` is attached to the connection.
    """
    # A cursor has a transaction and a result of its own.
    with _LOCK, closing(connection.cursor()) as cursor:
        _registration(cursor).screener = _default_screener() if screener is None else _stored_once(screener)
        for name in TABLES.values():
            cursor.register("nm_arrow", DATASET.table(name))
            cursor.execute(f"CREATE OR REPLACE TABLE notorious_markets.main.{name} AS FROM nm_arrow")
            cursor.execute(f"COMMENT ON TABLE notorious_markets.main.{name} IS '{CAUTION}'")
            cursor.unregister("nm_arrow")


@cache
def _default_screener() -> Screener:
    # DuckDB passes 2,048 rows at a time. A regular expression takes longer to compile than to search so few rows.
    try:
        return Screener(engine="compiled")
    except (MissingExtra, RuntimeError) as error:
        getLogger("notorious_markets").debug("DuckDB cannot use the engine 'compiled': %s", error)
        return Screener()


def _stored_once(screener: Screener) -> Screener:
    """Return the first registered screener that is equal to this one."""
    return _SCREENERS.setdefault(pickle.dumps(screener), screener)


def _registration(cursor: duckdb.DuckDBPyConnection) -> _Registration:
    """Return the registration of a database. The first call attaches the tables' database and creates the functions."""
    if not cursor.execute("SELECT 1 FROM duckdb_databases() WHERE database_name = 'notorious_markets'").fetchone():
        cursor.execute("ATTACH ':memory:' AS notorious_markets (READ_WRITE)")
        # The values are formatted into the statement, because parameters make older versions of DuckDB import pandas.
        about = f"'{DATA_VERSION}' AS data_version, '{CAUTION}' AS caution, '{uuid4()}' AS token"
        cursor.execute(f"CREATE TABLE notorious_markets.main.about AS SELECT {about}")
    elif not cursor.execute(
        "SELECT 1 FROM duckdb_columns() WHERE (database_name, table_name, column_name) = ('notorious_markets', 'about', 'token')"
    ).fetchone():
        raise ValueError("the connection already has a database 'notorious_markets'; attach that database under another name")
    (token,) = cursor.execute("SELECT token FROM notorious_markets.main.about").fetchall()[0]
    if token not in _REGISTRATIONS:
        registration = _Registration(_default_screener())
        # Type checkers expect enumerations for these options, and DuckDB takes their names.
        create: Any = cursor.create_function
        for name, function in registration.functions.items():
            # The screener handles nulls. DuckDB's own handling does not allow a function to return null.
            create(name, function, ["VARCHAR"], "VARCHAR", type="arrow", null_handling="special")
        _REGISTRATIONS[token] = registration
    return _REGISTRATIONS[token]
