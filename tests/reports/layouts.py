"""Layouts of reports by name."""

from __future__ import annotations

from tests.reports.base import Layout


class Recent(Layout):
    """The style of the editions from 2020 on: names in capitals, a line with the domains, all names in the contents."""

    def online_name(self, name: str) -> str:
        return name.upper()

    def country_name(self, name: str) -> str:
        return name.upper()


LAYOUTS: dict[str, type[Layout]] = {"recent": Recent}
