"""DuckDB: the tables of the package and screening, in SQL.

>>> import duckdb
>>> from notorious_markets.duckdb import register
>>> connection = duckdb.connect()
>>> register(connection)
>>> connection.execute("SELECT count(*) FROM notorious_markets.listings WHERE year = 2021").fetchall()
[(77,)]
>>> connection.execute("SELECT listed_domain('https://ja.aliexpress.com/item/1')").fetchall()
[('aliexpress.com',)]
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import cache
from importlib.util import find_spec
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from attrs import define

from ._store import DATASET, TABLES
from .about import CAUTION, DATA_VERSION
from .screening import Screener

if TYPE_CHECKING:
    import duckdb

_FUNCTIONS = {"listed_domain": "listed_domain", "listed_market": "market_id"}


@define(eq=False)
class _Held:
    """The screener that the functions of one database use, and the functions.

    All connections to a database share its functions, but only the one that made a function can remove it: so the
    screener is replaced, not the function. DuckDB calls a function after the connection that made it has gone, but does
    not keep it alive.
    """

    screener: Screener
    functions: list[Any]


# By the token in the database; for good, because nobody tells when a database is closed.
_HELD: dict[str, _Held] = {}
_LOCK = Lock()


def register(connection: duckdb.DuckDBPyConnection, screener: Screener | None = None) -> None:
    """Put the tables and the functions for screening into a database, for all connections to it.

    - Every table of the package (`markets`, `listings`, `domains`, ...) as `notorious_markets.<table>`, and
      `notorious_markets.about` with the version of the data. They lie in an attached database in memory: nothing is
      written into the user's own, which may be read-only.
    - `listed_domain(url)`: the listed domain to which a URL or a host belongs, and `listed_market(url)`: the
      `market_id` of that domain; both `VARCHAR`, null where the address is null or on no list. They answer as
      `Screener.lookup` does. A `BLOB` column has to be decoded: `listed_domain(decode(url))`.

    Cursors and other connections to the same database see both. Registering again replaces the tables and the screener.
    A result that `connection` is about to fetch stays.

    Args:
        connection: An open connection.
        screener: What counts as listed; without it every domain of every edition.

    Raises:
        ValueError: The database has another attached to it that is called `notorious_markets`.
    """
    # A cursor has its own transaction and its own result.
    with _LOCK, closing(connection.cursor()) as own:
        _held(own).screener = screener or _default()
        for name in TABLES.values():
            own.register("nm_arrow", DATASET.table(name))
            own.execute(f"CREATE OR REPLACE TABLE notorious_markets.main.{name} AS FROM nm_arrow")
            own.execute(f"COMMENT ON TABLE notorious_markets.main.{name} IS '{CAUTION}'")
            own.unregister("nm_arrow")


@cache
def _default() -> Screener:
    # DuckDB calls with 2,048 rows at a time: for so few an expression takes longer to compile than to search.
    return Screener(engine="compiled" if find_spec("numba") else "auto")


def _held(own: duckdb.DuckDBPyConnection) -> _Held:
    """What the functions of the database use, which are made if it has none."""
    if not own.execute("SELECT 1 FROM duckdb_databases() WHERE database_name = 'notorious_markets'").fetchone():
        own.execute("ATTACH ':memory:' AS notorious_markets (READ_WRITE)")
        # Constants of ours; parameters would make older versions of DuckDB import pandas.
        about = f"'{DATA_VERSION}' AS data_version, '{CAUTION}' AS caution, '{uuid4()}' AS token"
        own.execute(f"CREATE TABLE notorious_markets.main.about AS SELECT {about}")
    elif not own.execute(
        "SELECT 1 FROM duckdb_columns() WHERE (database_name, table_name, column_name) = ('notorious_markets', 'about', 'token')"
    ).fetchone():
        raise ValueError("the connection already has a database 'notorious_markets'; attach that one by another name")
    (token,) = own.execute("SELECT token FROM notorious_markets.main.about").fetchall()[0]
    if token not in _HELD:
        held = _Held(_default(), [])
        # The names of options are enumerations to the type checkers only.
        create: Any = own.create_function
        for name, column in _FUNCTIONS.items():
            held.functions.append(_answers(held, column))
            # The screener knows nulls; DuckDB's own handling of them would forbid null as an answer, too.
            create(name, held.functions[-1], ["VARCHAR"], "VARCHAR", type="arrow", null_handling="special")
        _HELD[token] = held
    return _HELD[token]


def _answers(held: _Held, column: str) -> Callable[[Any], Any]:
    def answers(urls: Any) -> Any:
        return held.screener.screen(urls).column(column)

    return answers
