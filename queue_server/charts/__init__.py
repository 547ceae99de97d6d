"""Charts as SVG: pure functions from numbers to a picture that a screen reader can name.

Each picture has a title and a description; colours come from classes and from a department's `data-colour`, sizes from
its view box. There is no script and no style in it. Beside each chart belongs the table of its numbers.
"""

from queue_server.charts.bars import bars, rows
from queue_server.charts.heat import heat
from queue_server.charts.lines import lines
from queue_server.charts.svg import Heading, Series

__all__ = ["Heading", "Series", "bars", "heat", "lines", "rows"]
