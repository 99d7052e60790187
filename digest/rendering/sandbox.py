"""What templates can do: only what is on the lists here.

Each value that a template gets hold of has the attributes that its type has in `ATTRIBUTES`, and
none for a type that is not there. What it may call is a `Function`, a method in `ATTRIBUTES`, or
a part of a template.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from types import BuiltinMethodType, MethodType
from typing import TYPE_CHECKING, Any

from jinja2 import Undefined
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.filters import _GroupTuple
from jinja2.runtime import BlockReference, LoopContext, Macro
from jinja2.sandbox import SandboxedEnvironment, safe_range
from jinja2.utils import Cycler, Joiner, Namespace
from markupsafe import Markup

from digest.model import (
    AlsoIn,
    BlockDay,
    BlockLine,
    Edition,
    EditionBlock,
    Fact,
    Failing,
    Held,
    Listed,
    More,
    Picture,
    Quiet,
    Related,
    Section,
    Story,
)
from digest.rendering.colours import Palette
from digest.rendering.contents import Contents
from digest.rendering.email.personal import Links
from digest.rendering.template_functions import FILTERS, FUNCTIONS, Function, Look, Speech

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2.runtime import Context
    from msgspec import Struct


def _of(names: str) -> frozenset[str]:
    return frozenset(names.split())


def _members(noun: type[Struct]) -> frozenset[str]:
    """The fields and properties of a noun."""
    properties = (name for name, value in vars(noun).items() if isinstance(value, property))
    return frozenset((*noun.__struct_fields__, *properties))


_TEXT = _of(
    "capitalize casefold center count endswith expandtabs find format index isalnum isalpha isascii"
    " isdecimal isdigit islower isnumeric isspace istitle isupper join ljust lower lstrip partition"
    " removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split"
    " splitlines startswith strip swapcase title upper zfill"
)
_DATE = _of("ctime day isocalendar isoformat isoweekday month replace strftime weekday year")
_TIME = _of("hour isoformat microsecond minute replace second strftime")
_NOUNS = (
    *(AlsoIn, BlockDay, BlockLine, Contents, Edition, EditionBlock, Fact, Failing, Held, Listed),
    *(Look, More, Palette, Picture, Quiet, Related, Section, Speech, Story),
)
ATTRIBUTES: dict[type, frozenset[str]] = {
    **{noun: _members(noun) for noun in _NOUNS},
    Picture: _members(Picture) | {"within"},
    Links: _of("browser feedback_on preferences unsubscribe"),
    str: _TEXT,
    Markup: _TEXT | _of("striptags unescape"),
    float: _of("is_integer"),
    date: _DATE,
    time: _TIME,
    datetime: _DATE | _TIME | _of("date time timestamp tzname utcoffset"),
    timedelta: _of("days seconds total_seconds"),
    type(date.min.isocalendar()): _of("week weekday year"),
    # Those that come with an edition are tuples: what a template changes is its own.
    tuple: _of("count index"),
    list: _of("append clear copy count extend index insert pop remove reverse sort"),
    dict: _of("clear copy get items keys pop popitem setdefault update values"),
    _GroupTuple: _of("grouper list"),
    LoopContext: _of(
        "changed cycle depth depth0 first index index0 last length nextitem previtem revindex"
        " revindex0"
    ),
    Macro: _of("arguments caller catch_kwargs catch_varargs name"),
    BlockReference: _of("super"),
    Cycler: _of("current next reset"),
}
# What a template puts into these itself is theirs.
_OPEN = (Namespace, TemplateModule)
_CALLED = frozenset((Function, Macro, LoopContext, BlockReference, Joiner))
_METHODS = (MethodType, BuiltinMethodType)
# Those of Jinja2; a later one's are to be looked at before they are here.
_FILTERS = _of(
    "abs attr batch capitalize center count d default dictsort e escape filesizeformat first float"
    " forceescape format groupby indent int items join last length list lower map max min pprint"
    " random reject rejectattr replace reverse round safe select selectattr slice sort string"
    " striptags sum title tojson trim truncate unique upper urlencode urlize wordcount wordwrap"
    " xmlattr"
)
_CALLS: dict[str, Callable[..., Any]] = {
    **FUNCTIONS,
    "cycler": Cycler,
    "dict": dict,
    "joiner": Joiner,
    "namespace": Namespace,
    "range": safe_range,
}


class Sandbox(SandboxedEnvironment):
    """An environment whose templates reach what is on the lists, and nothing else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters = {name: JINJA_FILTERS[name] for name in _FILTERS} | FILTERS
        self.globals = {name: Function(call) for name, call in _CALLS.items()}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """An attribute or else an item, as `a.b` asks for it."""
        if self._has(obj, attribute):
            return self._attribute(obj, attribute)
        try:
            return obj[attribute]
        except (AttributeError, TypeError, LookupError):
            return self._missing(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """An item or else an attribute, as `a["b"]` asks for it."""
        try:
            return obj[argument]
        except (AttributeError, TypeError, LookupError):
            if not isinstance(argument, str):
                return self.undefined(obj=obj, name=argument)
        name = str(argument)
        return self._attribute(obj, name) if self._has(obj, name) else self._missing(obj, name)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ARG002
        """Whether an attribute is on the lists."""
        return self._has(obj, attr)

    def is_safe_callable(self, obj: Any) -> bool:
        """Whether it is on the lists; what is undefined says so itself when it is called."""
        kind = type(obj)
        if kind in _CALLED or isinstance(obj, Undefined):
            return True
        if kind not in _METHODS:
            return False
        return obj.__name__ in ATTRIBUTES.get(type(obj.__self__), ())

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Call what may be called."""
        # The underscores are Jinja2's, and leave all other names to keyword arguments.
        if not __self.is_safe_callable(__obj):
            raise SecurityError(f"'{type(__obj).__name__}' object may not be called")
        return __context.call(__obj, *args, **kwargs)

    @staticmethod
    def _has(obj: Any, name: str) -> bool:
        kind = type(obj)
        if kind in _OPEN:
            return not name.startswith("_")
        return name in ATTRIBUTES.get(kind, ())

    def _attribute(self, obj: Any, name: str) -> Any:
        try:
            value = getattr(obj, name)
        except AttributeError:
            return self.undefined(obj=obj, name=name)
        if name == "format" and (safe := self.wrap_str_format(value)):
            return Function(safe)
        return value

    def _missing(self, obj: Any, name: str) -> Undefined:
        is_there = name.startswith("_") or hasattr(type(obj), name)
        return self.unsafe_undefined(obj, name) if is_there else self.undefined(obj=obj, name=name)
