"""The places of every kind of channel, found by the names of their modules.

The tests and the place of one kind need none of this, so that they can import each other.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from digest.config.channels import CHANNEL_KINDS
from tests.channels.place import Place


def places_of(kind: str) -> list[type[Place]]:
    """The places of a kind, the usual one first."""
    names = (f"tests.channels.{kind}.place", f"tests.channels.{kind}")
    module = next((name for name in names if _is_there(name)), None)
    assert module, f"add tests/channels/{kind}.py with a Place for the kind {kind}"
    found = [
        value
        for value in vars(import_module(module)).values()
        if isinstance(value, type) and issubclass(value, Place) and value.__module__ == module
    ]
    assert found, f"add a Place for the kind {kind} to {module.replace('.', '/')}.py"
    return found


def _is_there(module: str) -> bool:
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:
        return False
    # A folder of tests is no place.
    return spec is not None and not spec.submodule_search_locations


PLACES = {
    f"{kind} {place.variant}".strip(): place for kind in CHANNEL_KINDS for place in places_of(kind)
}
