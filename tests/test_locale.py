"""Every language has every text of the program: none is missing, stale or short of a value.

`UPDATE_LOCALE=1 pytest tests/test_locale.py` brings the files up to date: texts that are new are
empty in them, and left to be translated.
"""

from __future__ import annotations

import ast
import os
import re
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

from digest.language import AMERICAN, CATALOGS, ENGLISH, language_of, languages
from digest.rendering.markdown_escapes import markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Message

ROOT = Path(__file__).parents[1]
TAGS = [tag for tag in languages() if tag not in {ENGLISH, AMERICAN}]
PLACE = re.compile(r"\{(\w+)\}")
# How many arguments come before the texts, and how many texts there are.
CALLS = {"t": (0, 1), "translate": (0, 1), "plural": (1, 2), "count": (1, 2)}

Text = str | tuple[str, str]


def text_of(call: str, arguments: list[object]) -> Text | None:
    """The text that a call has translated, if its texts are constants."""
    before, many = CALLS[call]
    texts = arguments[before : before + many]
    if len(texts) < many or not all(isinstance(text, str) for text in texts):
        return None
    if call == "count":
        texts = [f"{{number}} {noun}" for noun in texts]
    one, *other = map(str, texts)
    return (one, other[0]) if other else one


def texts_of_code(source: str) -> Iterator[Text | None]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr=name), args=args) if name in CALLS:
                yield text_of(name, [getattr(each, "value", None) for each in args])


def texts_of_template(source: str) -> Iterator[Text | None]:
    for node in Environment().parse(source).find_all(nodes.Call):
        if isinstance(node.node, nodes.Name) and node.node.name in CALLS:
            yield text_of(node.node.name, [getattr(each, "value", None) for each in node.args])


def texts() -> list[Text]:
    """Every text of the program, once, in the order of its files."""
    found = [
        text
        for path in [*sorted((ROOT / "digest").rglob("*.py")), *TEMPLATES]
        for text in (texts_of_code if path.suffix == ".py" else texts_of_template)(
            path.read_text("utf-8")
        )
        if text
    ]
    return list(dict.fromkeys(found))


TEMPLATES = sorted((ROOT / "digest/rendering/templates").rglob("*.*"))
TEXTS = texts()

# Numbers of each plural form, in the order of the forms.
ONE_IS_SINGULAR = [{1}, {0, 2, 3, 100, 1_000_000}]
NONE_TOO = [{0, 1}, {2, 3, 100, 1_000_000}]
FORMS = {
    "ar": [{0}, {1}, {2}, {3, 10, 103}, {100, 101, 102, 1_000_000}, {11, 99, 111}],
    "de": ONE_IS_SINGULAR,
    "es": ONE_IS_SINGULAR,
    "fr": NONE_TOO,
    "he": ONE_IS_SINGULAR,
    "it": ONE_IS_SINGULAR,
    "ja": [{0, 1, 2, 3, 100, 1_000_000}],
    "nl": ONE_IS_SINGULAR,
    "pt-BR": NONE_TOO,
}


def locale(tag: str) -> Locale:
    return Locale.parse(tag, sep="-")


def read(tag: str) -> Catalog:
    with (CATALOGS / f"{tag}.po").open("rb") as file:
        return read_po(file)


def own_rule(tag: str) -> str:
    """The plural rule that the file of a language names, or nothing."""
    text = (CATALOGS / f"{tag}.po").read_text("utf-8")
    head = re.search(r'^"Plural-Forms: (.+)\\n"$', text, re.MULTILINE)
    return head[1] if head else ""


def updated(tag: str) -> bytes:
    """The file of a language with exactly the texts there are; its plural rule stays its own.

    A file that has none yet gets CLDR's.
    """
    old, new = read(tag), Catalog()
    rule = own_rule(tag) or Catalog(locale(tag)).plural_forms
    new.mime_headers = [("Plural-Forms", rule)]
    for text in TEXTS:
        said = old.get(text)
        new.add(text, said.string if said else None)
    head = {
        "Language": tag,
        "Content-Type": "text/plain; charset=utf-8",
        "Plural-Forms": rule,
    }
    entries = BytesIO()
    write_po(entries, new, width=100, omit_header=True)
    lines = "".join(f'"{name}: {value}\\n"\n' for name, value in head.items())
    return f'msgid ""\nmsgstr ""\n{lines}\n'.encode() + entries.getvalue().lstrip()


def forms(message: Message) -> list[str]:
    string = message.string
    return [string] if isinstance(string, str) else list(string or ())


def numbers(catalog: Catalog, form: int) -> list[int]:
    """Those of the first numbers that take a plural form."""
    from gettext import c2py

    rule = c2py(catalog.plural_expr)
    return [number for number in range(200) if rule(number) == form]


@pytest.mark.parametrize("tag", TAGS)
def test_a_language_has_every_text_and_no_other(tag: str) -> None:
    if os.environ.get("UPDATE_LOCALE"):
        (CATALOGS / f"{tag}.po").write_bytes(updated(tag))

    assert {message.id for message in read(tag) if message.id} == set(TEXTS)


@pytest.mark.parametrize("tag", TAGS)
def test_every_text_is_translated_in_every_form(tag: str) -> None:
    catalog = read(tag)

    assert catalog.plural_forms == own_rule(tag)
    for message in catalog:
        assert not message.fuzzy, message.id
        assert len(forms(message)) == (catalog.num_plurals if message.pluralizable else 1)
        assert all(form.strip() for form in forms(message)), message.id


@pytest.mark.parametrize("tag", TAGS)
def test_numbers_take_the_forms_of_the_file(tag: str) -> None:
    language, said = language_of(tag), forms(read(tag)["{number} story"])
    assert len(FORMS[tag]) == len(said)
    for form, examples in zip(said, FORMS[tag], strict=True):
        for number in examples:
            written = form.replace("{number}", language.number(number))
            assert language.count(number, "story", "stories") == written


@pytest.mark.parametrize("tag", TAGS)
def test_a_translation_has_the_values_of_its_text(tag: str) -> None:
    catalog = read(tag)
    for message in catalog:
        if not message.id:
            continue
        asked = set(PLACE.findall(message.id[1] if message.pluralizable else str(message.id)))
        for n, form in enumerate(forms(message)):
            # A form of one number only can say it in words.
            one = message.pluralizable and len(numbers(catalog, n)) == 1
            given = set(PLACE.findall(form)) | ({"number"} if one else set())
            assert given == asked, form


@pytest.mark.parametrize("tag", TAGS)
def test_a_translation_means_nothing_in_markdown(tag: str) -> None:
    for message in read(tag):
        assert [markdown(form) for form in forms(message) if message.id] == [
            form for form in forms(message) if message.id
        ]


def test_the_texts_of_code_and_templates_are_found() -> None:
    code = 'language.plural(n, "a", "b", x=1); other.translate("c"); "x".count("a"); f.count(n)'
    template = '{{ t("d", x=1) }}{% if count(2, "e", "es") %}{{ plural(n, "f", "g") }}{% endif %}'

    assert [text for text in texts_of_code(code) if text] == [("a", "b"), "c"]
    assert list(texts_of_template(template)) == [
        *("d", ("{number} e", "{number} es"), ("f", "g")),
    ]
    assert list(texts_of_template("{{ t(d) }}")) == [None]


def test_the_texts_of_the_templates_are_constants() -> None:
    for path in TEMPLATES:
        assert None not in texts_of_template(path.read_text("utf-8")), path


def test_there_are_languages() -> None:
    expected = ["ar", "de", "en", "en-US", "es", "fr", "he", "it", "ja", "nl", "pt-BR"]
    assert set(expected) <= set(languages())
    assert len(TEXTS) > 20
