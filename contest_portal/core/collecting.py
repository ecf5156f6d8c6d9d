"""Put off Python's search for unused cycles while a long list is in memory: it would look through the whole list again and again."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_inside = 0


@contextmanager
def collected_later() -> Iterator[None]:
    """Search for unused cycles again when the last thread in here has left."""
    global _inside
    with _lock:
        _inside += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                gc.enable()
