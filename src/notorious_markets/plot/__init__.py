"""Pictures of the list as Altair charts, rendered without network access (extra `plot`).

Each function returns an `altair.VConcatChart` with a title, a legend, the source and the caution. A notebook displays the
chart; `chart.save("timeline.svg")` and `chart.save("timeline.png", scale_factor=2)` write a file.
"""

from ..errors import MissingExtra

try:
    from .bars import changes, coverage
    from .map import countries
    from .timeline import timeline
except ModuleNotFoundError as error:
    if error.name != "altair":
        raise
    raise MissingExtra("altair", "plot") from None

__all__ = ["changes", "countries", "coverage", "timeline"]
