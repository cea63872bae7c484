"""The built data; `python -m tools.build` writes this folder."""

DATA_VERSION = "2025.4"
