"""The files with data, and the modules that the package imports by name when they are first used.

A program that uses `plot`, `duckdb`, `polars` or `spark` imports it by its full name, such as `import notorious_markets.plot`. So
a program that does not use them does not contain their libraries.
"""

from PyInstaller.utils.hooks import collect_data_files

import notorious_markets

datas = collect_data_files("notorious_markets")
hiddenimports = [f"notorious_markets.{module}" for module in notorious_markets._MODULES]
