"""A series as stacked bars; a comparison as bars to either side."""
import os
import shutil
from typing import Any, Optional, Union

from . import _core
from ._record import Path
from ._diff import Diff
from ._series import Series, option_names, slices

_ENDINGS = {".svg": "svg", ".png": "png", ".pdf": "pdf", ".txt": "terminal"}


class Chart:
    """A chart: shows itself in a notebook; ``print(chart)`` draws it in the terminal.

    options: title; width_px, height_px and theme ("auto", "light", "dark") of the pictures;
    columns, rows, color ("none", "256", "true") and ascii (True) of the terminal.
    """

    def __init__(self, series: Union[Series, Diff], **options: Any) -> None:
        self.series = series
        self.options = options

    def render(self, format: str, **options: Any) -> bytes:
        """The chart as "svg", "png", "pdf" or "terminal"."""
        return _core.render_chart(self.series, format, **{**self.options, **options})

    def save(self, path: Path, format: Optional[str] = None) -> None:
        """Write a file, in the format that its ending names."""
        ending = os.path.splitext(os.fspath(path))[1].lower()
        format = format or _ENDINGS.get(ending)
        if format is None:
            raise ValueError("the ending of %r names no format: %s" % (
                os.fspath(path), ", ".join(_ENDINGS)))
        picture = self.render(format)
        with open(path, "wb") as file:
            file.write(picture)

    def _repr_svg_(self) -> str:
        return self.render("svg").decode("utf-8")

    def __str__(self) -> str:
        size = shutil.get_terminal_size()
        options = {"columns": size.columns, "rows": size.lines, **self.options}
        return self.render("terminal", **options).decode("utf-8")

    def __repr__(self) -> str:
        return "<%s of %r>" % (type(self).__name__, self.series)


def chart(inputs: Any, path: Optional[Path] = None, **options: Any) -> Chart:
    """Draw a series, or what ``slices`` makes of inputs.

    inputs: a ``Series``, a ``Diff``, or anything that ``slices`` takes. path: of a file to write, .svg, .png
    or .pdf. options: those of ``Chart``; for inputs also those of ``slices``.
    """
    series = inputs
    if not isinstance(inputs, (Series, Diff)):
        queried = {name: options.pop(name) for name in option_names() if name in options}
        series = slices(inputs, **queried)
    result = Chart(series, **options)
    if path is not None:
        result.save(path)
    return result
