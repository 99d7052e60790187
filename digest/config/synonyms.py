"""What an unknown key means: by the words of other tools, its place, or its spelling."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from msgspec import Struct

from digest.config.base import Model
from digest.config.kinds import kind_of, members_of
from digest.config.secrets import FILE_SUFFIX, file_forms
from digest.config.spelling import nearest
from digest.config.structure import fields_of, has_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from digest.config.structure import Section

# Close enough for a slip of the finger; `nearest` takes more, where nothing else is known.
_SLIP = 0.8
# Two letters of `kind` that changed places.
_NEAR_KIND = 0.7
_MOST_PLACES = 3
_OF_THE_DAEMON = frozenset({"alerts", "log", "web"})
_FROM_ENVIRONMENT = re.compile(r"(from)?env(ironment)?(var(iable)?)?$|variable$")
_FROM_FILE = re.compile(r"(from)?(file(name|path)?|path)$")


class Place(Struct, frozen=True):
    """A section that a file can have, as the documentation calls it, and its settings."""

    name: str
    model: type[Model]


class Meaning(Struct, frozen=True):
    """The words that say what was meant, and the setting of the same section, if it is one."""

    words: str
    setting: str | None = None


def meaning_of(word: str, section: Section, root: type[Model]) -> Meaning:
    """What a key that a section does not have was meant to be; its words are empty if none is near.

    `root` are the settings of a whole file.
    """
    names = [name for name in section.key if isinstance(name, str)]
    names += [kind_of(section.model)] if has_kind(section.model) else []
    return _meaning(word, section.model, root, frozenset(names))


# Thousands of feeds may have the same word.
@lru_cache
def _meaning(word: str, model: type[Model], root: type[Model], section: frozenset[str]) -> Meaning:
    forms = _plain_forms(word, section)
    return (
        _by_own_word(forms, model)
        or _by_source(forms, model)
        or _by_section_in_word(word, model, root)
        or _by_slip(forms[0], model)
        or _by_place(word, _elsewhere(section, root))
        or _by_slip_in_word(forms[0], model)
        or _by_word_of_place(forms, _elsewhere(section, root))
        or Meaning(nearest(word, known_keys(model)))
    )


@cache
def known_keys(model: type[Model]) -> tuple[str, ...]:
    """Every key that a section may have."""
    files = (name + FILE_SUFFIX for name in file_forms(model))
    return (*fields_of(model), *files, *model.other_names)


def choices_of(model: type[Model], key: str) -> str:
    """`, one of a, b, c` where a setting takes one of a few words, else nothing."""
    field = fields_of(model).get(key)
    if field is None or get_origin(field.annotation) is not Literal:
        return ""
    words = get_args(field.annotation)
    return f", one of {', '.join(words)}" if len(words) > 1 else ""


@cache
def synonyms_of(model: type[Model]) -> dict[str, str]:
    """The words that stand for a setting of a section, in plain form, and how it is written."""
    return {
        plain(word): right
        for base in reversed(model.__mro__)
        if issubclass(base, Model)
        for right, words in base.synonyms.items()
        for word in words.split()
    }


def word_for_kind(words: Iterable[str], model: type[Model]) -> str | None:
    """What stands in the place of `kind`: another tool's word, like `type`, or a near miss."""
    meant = ["kind", *(word for word, right in synonyms_of(model).items() if right == "kind")]
    forms = {plain(word): word for word in words}
    close = (form for form in forms if get_close_matches(form, meant, 1, _NEAR_KIND))
    form = next((form for form in forms if form in meant), None) or next(close, None)
    return forms[form] if form else None


def plain(word: str) -> str:
    """A key without what tells `sendTo`, `send-to` and `SEND_TO` apart."""
    return re.sub(r"[\W_]", "", word).lower()


@cache
def places(model: type[Model], name: str = "") -> tuple[Place, ...]:
    """Every section that a file can have, the outermost first."""
    inside = [
        place
        for key, field in fields_of(model).items()
        for place in _places_in(field.annotation, f"{name}.{key}".lstrip("."))
    ]
    return (Place(name, model), *inside)


def _places_in(annotation: Any, name: str) -> Iterator[Place]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        kind = f" with kind: {kind_of(annotation)}" if has_kind(annotation) else ""
        yield from places(annotation, name + kind)
        return
    container = get_origin(annotation)
    suffix = ".NAME" if container is dict else "[]" if container is tuple else ""
    for argument in members_of(annotation):
        yield from _places_in(argument, name + suffix)


def _plain_forms(word: str, section: frozenset[str]) -> list[str]:
    """A word, and what is left of it without its section, which people repeat: `smtp_host`."""
    whole = plain(word)
    names = {plain(part) for name in section for part in (name, name.removesuffix("s"))}
    return [whole, *(whole.removeprefix(name) for name in sorted(names) if name in whole)]


def _by_own_word(forms: list[str], model: type[Model]) -> Meaning | None:
    keys = {plain(key): key for key in known_keys(model)}
    known = {**synonyms_of(model), **keys}
    return next((_called(model, known[form]) for form in forms if form in known), None)


def _called(model: type[Model], right: str) -> Meaning:
    """How a setting is written: its name, `name: value`, or `section.name` of another section."""
    key, colon, _ = right.partition(":")
    section, _, name = key.rpartition(".")
    if section:
        return Meaning(f"; it belongs to {section}, as '{right.removeprefix(f'{section}.')}'")
    if colon:
        return Meaning(f"; write '{right}'", name)
    return Meaning(f"; it is called '{name}'{choices_of(model, name)}", name)


def _by_source(forms: list[str], model: type[Model]) -> Meaning | None:
    """What names a variable or a file that has the value of a setting."""
    for form in forms:
        for pattern in (_FROM_ENVIRONMENT, _FROM_FILE):
            base = pattern.sub("", form)
            own = _by_own_word([base], model) if base != form else None
            if not own or not own.setting:
                continue
            if pattern is _FROM_ENVIRONMENT:
                return Meaning(f"; write '{own.setting}: ${{NAME}}'", own.setting)
            if own.setting in file_forms(model):
                return Meaning(f"; it is called '{own.setting}{FILE_SUFFIX}'", own.setting)
    return None


def _by_slip(form: str, model: type[Model]) -> Meaning | None:
    keys = {plain(key): key for key in known_keys(model)}
    close = get_close_matches(form, keys, 1, _SLIP)
    return Meaning(f"; did you mean '{keys[close[0]]}'?") if close else None


def _by_slip_in_word(form: str, model: type[Model]) -> Meaning | None:
    words = synonyms_of(model)
    close = get_close_matches(form, words, 1, _SLIP)
    return _called(model, words[close[0]]) if close else None


def _by_section_in_word(word: str, model: type[Model], root: type[Model]) -> Meaning | None:
    """What has the name of its section before it, at the top of a file, like `SMTP_HOST`."""
    sections = places(root)[1:] if model is root else ()
    for place in sections:
        name, whole = plain(place.name), plain(word)
        own = whole.startswith(name) and _by_own_word([whole.removeprefix(name)], place.model)
        if own and own.setting:
            return Meaning(f"; it belongs to {place.name}, as '{own.setting}'")
    return None


def _elsewhere(section: frozenset[str], root: type[Model]) -> tuple[Place, ...]:
    """Where else a key may belong.

    What people write for the daemon itself, like `style`, means nothing else in other sections, and
    the other way round; but anything may belong to the top of the file, and stand there.
    """
    everywhere = places(root)
    if section & _OF_THE_DAEMON:
        return everywhere[:1]
    return tuple(place for place in everywhere if not (section and place.name in _OF_THE_DAEMON))


def _by_place(word: str, elsewhere: tuple[Place, ...]) -> Meaning | None:
    """What other sections have under the same name, or are a kind of."""
    names = {plain(word), word}
    exact = [place.name for place in elsewhere if not names.isdisjoint(_names_in(place))]
    if exact:
        everywhere = [place.name for place in elsewhere]
        return Meaning(f"; it belongs to {_listed(exact, everywhere)}")
    return None


def _names_in(place: Place) -> tuple[str, ...]:
    kind = (kind_of(place.model),) if has_kind(place.model) else ()
    return tuple(form for key in (*known_keys(place.model), *kind) for form in (key, plain(key)))


def _by_word_of_place(forms: list[str], elsewhere: tuple[Place, ...]) -> Meaning | None:
    for place in elsewhere:
        right = next(filter(None, map(synonyms_of(place.model).get, forms)), "")
        if right and "." not in right.partition(":")[0] and place.name:
            return Meaning(f"; it belongs to {place.name}, as '{right}'")
    return None


def _listed(names: list[str], everywhere: list[str]) -> str:
    """Where a setting can stand; what every kind of a list has is of the list."""
    some, all_kinds = map(list, (map(_without_kind, names), map(_without_kind, everywhere)))
    shown = [
        short if some.count(short) == all_kinds.count(short) else name
        for short, name in zip(some, names, strict=True)
    ]
    different = list(dict.fromkeys(name or "the top of the file" for name in shown))
    return " or ".join(different[:_MOST_PLACES])


def _without_kind(name: str) -> str:
    return name.partition(" with kind")[0]
