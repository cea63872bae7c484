"""Repairs of the HTML that the theme and the extensions of Sphinx write, for readers without a mouse or a screen.

The tests of the site check every kind of page with axe. Each repair can be removed when its cause is mended upstream.
"""

from __future__ import annotations

import re
from pathlib import Path

_REPAIRS = {
    # The captions of the navigation are headings without a level.
    'class="caption" role="heading">': 'class="caption" role="heading" aria-level="2">',
    # Both sidebars are landmarks without a name.
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="Pages">',
    '<aside class="toc-drawer">': '<aside class="toc-drawer" aria-label="On this page">',
    # Regions that scroll sideways must be reachable with the keyboard.
    '<div class="highlight"><pre>': '<div class="highlight"><pre tabindex="0">',
    '<div class="table-wrapper docutils container">': '<div class="table-wrapper docutils container" tabindex="0">',
    '<div class="notorious-markets">': '<div class="notorious-markets" tabindex="0">',
    # The corner of a data frame is no heading.
    "<th></th>": "<td></td>",
    '<th scope="col"></th>': "<td></td>",
    '<div id="search-results"></div>': '<h1>Search</h1>\n<div id="search-results"></div>',
}
# The parameters of a long signature are a definition list without terms.
_PARAMETERS = re.compile(r'<dl>\n(<dd><em class="sig-param">.*?)</dl>', re.DOTALL)


def repair(folder: Path) -> None:
    """Repair every page of the built documentation in place. A page that is repaired already stays the same."""
    for path in folder.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        repaired = _PARAMETERS.sub(_as_lines, text)
        for wrong, right in _REPAIRS.items():
            if right not in repaired or wrong not in right:
                repaired = repaired.replace(wrong, right)
        if repaired != text:
            path.write_text(repaired, encoding="utf-8")


def _as_lines(found: re.Match[str]) -> str:
    inner = found[1].replace("<dd>", '<span class="sig-line">').replace("</dd>", "</span>")
    return f'<span class="sig-lines">{inner}</span>'
