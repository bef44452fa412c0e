"""The exceptions of the package."""


class Error(Exception):
    """Whatever statslice refuses to do. Failures of files are OSError, as everywhere."""


class FormatError(Error, ValueError):
    """Input is not what it should be; the text names the file, the place and the reason."""


class LimitError(Error, ValueError):
    """Input is larger than a named limit."""


class UsageError(Error, ValueError):
    """An option, or its value, is wrong."""


class NotFoundError(Error, LookupError):
    """There is no such option, format or function."""


class UnsupportedError(Error):
    """This build, or this input, cannot do that."""
