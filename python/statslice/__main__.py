"""``python -m statslice [-o FILE] [-s SORT] (-m MODULE | SCRIPT) ARGS``, as ``python -m cProfile``."""
from .cprofile import main

main()
