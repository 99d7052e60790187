"""Templates that try to get out: to run a program, to read a file, to take all time or memory.

    python -m tests.rendering.escapes

has `digest templates check` try each, and prints what became of it. `CANARY` in one is a file that
is there once a program ran, `SECRET` a file with a word that nothing may show.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.rendering import tricks

WORD = "hunter2-of-the-operator"
_PICKLED = "cposix\\nsystem\\n(S'touch CANARY'\\ntR."

# Each is an edition.txt by itself.
TO_RUN = {
    "pydantic, by a pickle": "{{ look.parse_raw(P, proto='pickle', allow_pickle=true) }}",
    "pydantic, by a file": "{{ look.parse_file('CANARY', proto='pickle', allow_pickle=true) }}",
    "pydantic, as it is": "{{ look.model_validate({}) }}",
    "pydantic, a copy": "{{ look.model_copy(update={'accent': '</style>'}).accent }}",
    "pydantic, its schema": "{{ look.schema_json() }}",
    "pydantic, its settings": "{{ look.model_config }}",
    "subclasses": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "subclasses, as items": "{{ ''['__class__']['__mro__'][1]['__subclasses__']() }}",
    "subclasses, by attr": "{{ '' | attr('__class__') | attr('__mro__') }}",
    "subclasses, by map": "{{ [''] | map(attribute='__class__.__mro__') | list }}",
    "subclasses, by groupby": "{% for n in [''] | groupby('__class__') %}{{ n[0] }}{% endfor %}",
    "subclasses, by sort": "{{ ['', 'a'] | sort(attribute='__class__.__name__') }}",
    "subclasses, by sum": "{{ [''] | sum(attribute='__class__') }}",
    "subclasses, by unique": "{{ ['', ''] | unique(attribute='__class__') | list }}",
    "subclasses, by min": "{{ ['', ''] | min(attribute='__class__') }}",
    "subclasses, by selectattr": "{{ [''] | selectattr('__class__') | list }}",
    "subclasses, by join": "{{ [''] | join(',', attribute='__class__') }}",
    "subclasses, in a format": "{{ '{0.__class__.__mro__}'.format('') }}",
    "subclasses, in a format of markup": "{{ ('{0.__class__.__mro__}' | safe).format('') }}",
    "subclasses, by format_map": "{{ '{a.__class__}'.format_map({'a': ''}) }}",
    "format, taken along": "{{ ['{0.__class__}'] | map('format', '') | list }}"
    "{% set f = '{0.__class__.__mro__}'.format %}{{ f('') }}",
    "format, by attr": "{{ ('{0.__class__.__mro__}' | attr('format'))('') }}",
    "format, as an item": "{{ '{0.__class__.__mro__}'['format']('') }}",
    "format, in a width": "{{ '{0:{1.__class__.__mro__}}'.format(1, '') }}",
    "globals of a function": "{{ summary.__globals__['os'].system('touch CANARY') }}",
    "globals of what wraps one": "{{ summary._call.__globals__ }}",
    "globals of lipsum": "{{ lipsum.__globals__['os'].popen('touch CANARY').read() }}",
    "globals of cycler": "{{ cycler.__init__.__globals__.os.popen('touch CANARY').read() }}",
    "globals of joiner": "{{ joiner.__init__.__globals__.os.popen('touch CANARY').read() }}",
    "globals of namespace": "{{ namespace.__init__.__globals__.os.system('touch CANARY') }}",
    "globals of a macro": "{% macro m() %}{% endmacro %}{{ m._func.__globals__ }}",
    "environment of a macro": "{% macro m() %}{% endmacro %}{{ m._environment.from_string('') }}",
    "context of self": "{{ self._TemplateReference__context.environment }}",
    "context of a block": "{% block b %}{{ super._context }}{% endblock %}",
    "environment of a module": "{% import 'part.txt' as m %}{{ m._body_stream }}",
    "internals of loop": "{% for _ in [1] %}{{ loop._iterable.__class__ }}{% endfor %}",
    "iterator of loop": "{% for _ in [1] %}{{ loop._recurse }}{{ loop.__init__ }}{% endfor %}",
    "frame of a generator": "{{ ([1] | map('string')).gi_frame.f_globals }}",
    "code of a generator": "{{ ([1] | select).gi_code }}",
    "parts of a partial": "{{ facts.func.__globals__ }}",
    "arguments of a partial": "{{ facts.args }}",
    "owner of a method": "{{ t.__self__.__class__ }}",
    "catalogue of a language": "{{ language._catalog }}",
    "methods of a language": "{{ language.translate.__func__ }}",
    "fields of a noun": "{{ edition.__struct_config__ }}",
    "encoding of a noun": "{{ edition.__reduce__() }}",
    "a noun, replaced": "{{ edition.__replace__(title='x') }}",
    "a noun, set": "{% set edition.title = 'x' %}",
    "a class from dict": "{{ dict['x']() }}",
    "a class from a class": "{{ dict.__base__.__subclasses__() }}",
    "methods of dict": "{{ dict.fromkeys([1]) }}",
    "bytes of a text": "{{ 'x'.encode().__class__ }}",
    "zone of a time": "{{ edition.period_to.tzinfo.from_file }}",
    "zone of a time, in a macro": "{% macro m(z) %}{{ z.from_file }}{% endmacro %}"
    "{{ summary(namespace(timezone='UTC', period_from=namespace(astimezone=m))) }}",
    "a code behind undefined": "{{ nothing.__class__.__init__.__globals__ }}",
    "a code behind what is unsafe": "{{ ''.__class__.__mro__.__class__ }}",
    "a code behind what lacks": "{{ edition.nothing.__class__.__init__.__globals__ }}",
    "a default for undefined": "{{ (nothing | default(''))['__class__'] }}",
    "a module's loader": "{{ version.__class__.__base__ }}",
    "a filter from a name": "{{ ['id'] | map('system') | list }}",
    "a test from a name": "{{ [1] | select('os.system') | list }}",
    "a statement": "{% import os %}",
    "an extension": "{% do os.system('touch CANARY') %}",
    "an extension that debugs": "{% debug %}",
    "a pickle in a filter": "{{ P | pickle }}",
}

# Each is an edition.txt by itself, beside a link `link.txt`, a folder `linked` and a `config.yaml`.
TO_READ = {
    "an absolute path": "{% include 'SECRET' %}",
    "an absolute path, twice": "{% include '//SECRET' %}",
    "a path that goes up": "{% include '../secret.txt' %}",
    "a path that goes up later": "{% include 'sub/../../secret.txt' %}",
    "a path with a backslash": "{% include '..\\\\secret.txt' %}",
    "a computed path": "{% include ['.', './secret.txt'] | join %}",
    "extends": "{% extends '../secret.txt' %}",
    "import": "{% import '../secret.txt' as m %}{{ m }}",
    "from": "{% from '../secret.txt' import m %}",
    "a list of paths": "{% include ['gone.txt', '../secret.txt'] %}",
    "a link to a file": "{% include 'link.txt' %}",
    "a link to a file, if it is there": "{% include 'link.txt' ignore missing %}",
    "a link to a folder": "{% include 'linked/secret.txt' %}",
    "a link to a link": "{% include 'again.txt' %}",
    "a link in circles": "{% include 'circle.txt' %}",
    "what lies beside": "{% include 'config.yaml' %}",
    "what lies beside, under a name": "{% include 'named.txt' %}",
    "what lies beside, hidden": "{% include '.secret.txt' %}",
    "a pipe": "{% include 'pipe.txt' %}",
    "a folder": "{% include 'sub' %}{% include 'sub.txt' %}",
    "a device": "{% include 'zero.txt' %}",
    "what is large": "{% include 'large.txt' %}",
    "a language": "{% set language = namespace(tag='../../secret') %}{{ 1 | reading_time }}",
    "a zone": "{{ edition.period_to | day('../../../SECRET') }}",
    "a picture": "{{ edition.stories[0].picture.open('SECRET') }}",
    "the loader": "{{ self._TemplateReference__context.environment.loader }}",
}

# Each is an edition.txt by itself.
BOMBS = {
    "a text": "{{ 'a' * 10 ** 9 }}",
    "a text, by a variable": "{% set n = 10 ** 9 %}{{ 'a' * n }}",
    "a list": "{{ [0] * 10 ** 9 }}",
    "a number": "{{ 10 ** (10 ** 8) }}",
    "a number, by a variable": "{% set n = 10 ** 8 %}{{ (10 ** n) % 7 }}",
    "a number, shifted by doubling": "{% set n = namespace(x=3) %}"
    "{% for _ in range(99999) %}{% set n.x = n.x * n.x %}{% endfor %}",
    "loops in loops": "{% for _ in range(99999) %}{% for _ in range(99999) %}"
    "{% endfor %}{% endfor %}",
    "loops that write": "{% for _ in range(99999) %}{% for _ in range(99999) %}aaaa"
    "{% endfor %}{% endfor %}",
    "a width, by %": "{{ '%10000000000d' % 1 }}",
    "a width, by format": "{{ '{:>10000000000}'.format(1) }}",
    "a width, by a filter": "{{ '%1000000000d' | format(1) }}",
    "center": "{{ 'a' | center(10 ** 9) }}",
    "ljust": "{{ 'a'.ljust(10 ** 9) }}",
    "zfill": "{{ 'a'.zfill(10 ** 9) }}",
    "expandtabs": "{{ '\\t'.expandtabs(10 ** 9) }}",
    "indent": "{{ ('a\\n' * 10 ** 5) | indent(10 ** 5) }}",
    "wordwrap": "{{ ('a ' * 10 ** 7) | wordwrap(1) }}",
    "wrap": "{{ ('a ' * 10 ** 7) | wrap(2) }}",
    "wrap, far in": "{{ ('a ' * 10 ** 4) | wrap(10 ** 6) }}",
    "batch": "{{ [1] | batch(10 ** 9, 0) | list }}",
    "slice": "{{ [1] | slice(10 ** 9, 0) | list }}",
    "replace": "{{ ('a' * 10 ** 5) | replace('a', 'a' * 10 ** 5) }}",
    "replace, by doubling": "{% set n = namespace(x='aa') %}"
    "{% for _ in range(99) %}{% set n.x = n.x.replace('a', 'aa') %}{% endfor %}{{ n.x }}",
    "join": "{{ range(99999) | join('a' * 10 ** 5) }}",
    "pprint": "{{ range(99999) | list | pprint * 10 ** 4 }}",
    "tojson": "{{ ((range(99999) | list) * 10 ** 4) | tojson }}",
    "urlize": "{{ ('http://a.b ' * 10 ** 6) | urlize }}",
    "a lipsum": "{{ lipsum(n=10 ** 7) }}",
    "a macro in itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "a macro in itself, twice": "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}"
    "{% endmacro %}{{ m(60) }}",
    "an include of itself": "{% include 'edition.txt' %}",
    "an import of itself": "{% import 'edition.txt' as m %}",
    "an extends of itself": "{% extends 'edition.txt' %}",
    "a list that grows as it is read": "{% set x = [1] %}{% for _ in x %}{{ x.append(1) or '' }}"
    "{% endfor %}",
    "a list in itself": "{% set x = [] %}{{ x.append(x) or '' }}{{ x | tojson }}",
    "a loop in itself": "{% for _ in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}",
    "brackets": "{{ " + "(" * 50_000 + ")" * 50_000 + " }}",
    "blocks": "{% if 1 %}" * 5_000 + "{% endif %}" * 5_000,
    "a chain": "{{ 1 " + "+ 1 " * 50_000 + "}}",
    "content": "{{ ('<b>' * 10 ** 6) | email_html }}",
    "content as text": "{{ ('<ul><li>' * 10 ** 5) | content_text }}",
    "content as Markdown": "{{ ('<blockquote>' * 10 ** 5) | content_markdown }}",
    "a time's zone": "{{ edition.period_to | day('A' * 10 ** 8) }}",
    "a text of the program": "{{ t('{a}' * 10 ** 6, a='b' * 10 ** 5) }}",
    "a picture's size": "{{ edition.stories[0].picture.within(10 ** (10 ** 6), 1) }}",
}


def lay_out(folder: Path, source: str) -> Path:
    """A template folder with this edition.txt, and what it may try to read around it."""
    secret, canary = folder / "secret.txt", folder / "canary"
    secret.write_text(WORD)
    own = folder / "own"
    (own / "sub").mkdir(parents=True)
    (own / "sub.txt").mkdir()
    (own / "config.yaml").write_text(WORD)
    (own / ".secret.txt").write_text(WORD)
    (own / "part.txt").write_text("a part")
    (own / "large.txt").write_text("a" * 2_000_000)
    os.mkfifo(own / "pipe.txt")
    (own / "utf16.txt").write_bytes("héllo".encode("utf-16"))
    (own / "latin1.txt").write_bytes("hé".encode("latin-1"))
    (own / "binary.txt").write_bytes(b"\0\xff\0")
    (own / "block.txt").write_text("{% block b %}{% endblock %}")
    for name in ("include", "extends", "import"):
        more = " as m" * (name == "import")
        (own / f"{name}s.txt").write_text(f"{{% {name} '{name}-back.txt'{more} %}}")
        (own / f"{name}-back.txt").write_text(f"{{% {name} '{name}s.txt'{more} %}}")
    links = {"link.txt": secret, "linked": folder, "again.txt": own / "link.txt"}
    links |= {"circle.txt": own / "circle.txt", "named.txt": own / "config.yaml"}
    links |= {"root.txt": Path("/proc/self/root/etc/passwd"), "rooted": Path("/proc/self/root")}
    links |= {"handle.txt": Path("/proc/self/fd/0")}
    for name, target in (links | {"zero.txt": Path("/dev/zero")}).items():
        (own / name).symlink_to(target)
    source = source.replace("P,", f"{_PICKLED!r},").replace("CANARY", str(canary))
    (own / "edition.txt").write_text(source.replace("SECRET", str(secret)))
    return own


def main() -> None:
    """Try each, and print a table."""
    for kind in (TO_RUN, TO_READ, BOMBS, tricks.TO_RUN, tricks.TO_READ, tricks.BOMBS):
        for name, source in kind.items():
            with tempfile.TemporaryDirectory() as made:
                own, begun = lay_out(Path(made), source), time.monotonic()
                check = [sys.executable, "-m", "digest", "templates", "check", str(own)]
                done = subprocess.run(check, capture_output=True, text=True, check=False)
                said = (done.stdout + done.stderr).replace(f"{own}/", "").strip()
                out = (Path(made) / "canary").exists() or WORD in said
                verdict = "OUT" if out else "passed" if done.returncode == 0 else "refused"
                print(f"{verdict:8}{time.monotonic() - begun:5.1f} s  {name}: {said[:150]}")  # noqa: T201


if __name__ == "__main__":
    main()
