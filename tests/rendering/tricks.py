"""What Jinja2 can do, turned against those who render it.

The same three kinds as in `tests.rendering.escapes`, which lays out the files that are read here.
"""

from __future__ import annotations

TO_RUN = {
    "set block attr": "{% set x %}__class__{% endset %}{{ ''[x] }}",
    "filter block": "{% filter attr('__class__') %}x{% endfilter %}",
    "sort attr dotted": "{{ [edition,edition]|sort(attribute='title.__class__')}}",
    "max attr": "{{ ['','a']|max(attribute='__class__') }}",
    "unique attr": "{{ ['','a']|unique(attribute='__class__')|list }}",
    "sum start": "{{ [1]|sum(start=''.__class__) }}",
    "sum attribute": "{{ ['']|sum('__len__', start='') }}",
    "tojson default": "{{ edition|tojson(default=summary) }}{{ ''|attr('__class__') }}",
    "namespace class": "{{ namespace(a=1).__class__ }}",
    "namespace attr": "{% set ns=namespace() %}{% set ns.__class__ = 1 %}{{ ns.__class__ }}",
    "namespace init": "{{ namespace(__class__=1).__class__.__mro__ }}",
    "namespace attrs": "{{ namespace(a=1)|attr('_Namespace__attrs') }}",
    "cycler items": "{{ cycler('a').items.__class__ }}",
    "cycler class": "{{ (cycler('a'))['__class__'] }}",
    "joiner": "{% set j=joiner(',') %}{{ j.__call__.__globals__ }}",
    "caller": ("{% macro m() %}{{ caller.__globals__ }}{% endmacro %}{% call m() %}{% endcall %}"),
    "caller func": "{% macro m() %}{{ caller._func }}{% endmacro %}{% call m() %}{% endcall %}",
    "varargs": (
        "{% macro m() %}{{ varargs.__class__ }}{{ kwargs.__class__ }}{% endmacro %}{{ m(1,a=2) }}"
    ),
    "autoescape": "{% autoescape false %}{{ ''.__class__ }}{% endautoescape %}",
    "import ctx": "{% import 'part.txt' as m with context %}{{ m.__dict__ }}",
    "import exported": (
        "{% import 'part.txt' as m %}{{ m.__name__.__class__.__mro__ }}{{ m['__class__'] }}"
    ),
    "from import dunder": "{% from 'part.txt' import __init__ %}{{ __init__ }}",
    "from import dict": "{% from 'part.txt' import _body_stream as b %}{{ b.append }}{{ b }}",
    "line statement": "# for x in [1]\n% set x = 1\n{{ ''['__cla' ~ 'ss__'] }}",
    "percent format": "{{ '%(a.__class__)s' % {'a':1} }}",
    "percent s": "{{ '%s' % summary.__code__ }}",
    "format nested": (
        "{{ '{0[__class__]}'.format({}) }}{{ '{0.a.__class__}'.format(namespace(a=1)) }}"
    ),
    "format via map kwargs": (
        "{{ ['{x.__class__}']|map('format', x='')|list }}{{ '{x.__class__}'.format(x='') }}"
    ),
    "markup format": "{{ ('{0.__class__}'|e).format('') }}",
    "markup class": "{{ (''|e).__html__ }}",
    "markup call": "{{ (''|e).__class__('x') }}",
    "escape html": "{{ (''|e)['__html_format__'] }}",
    "unescape": "{{ (''|e)|attr('unescape')() }}{{ (''|e).escape('x') }}",
    "str join": "{{ ''.join(['a']).__class__ }}",
    "maketrans": "{{ ''.maketrans('a','b') }}",
    "translate": "{{ 'a'.translate({97:'b'}) }}",
    "bytes": "{{ 'a'.encode('utf-16') }}",
    "int bytes": "{{ (1).to_bytes(8,'big') }}",
    "int bit": "{{ (1).bit_length() }}{{ (1).real.__class__ }}",
    "int from": "{{ (1).from_bytes }}{{ 1 .denominator.__class__ }}",
    "float hex": "{{ 1.5.fromhex('0') }}",
    "float conj": "{{ 1.5.__class__.fromhex }}",
    "date today": "{{ edition.period_to.today() }}",
    "date fromisoformat": "{{ edition.period_to.fromisoformat('x') }}",
    "date tzinfo": "{{ edition.period_to.tzinfo.__class__ }}",
    "date replace tz": "{{ edition.period_to.replace(tzinfo=edition.period_to.tzinfo) }}",
    "date astimezone": "{{ edition.period_to.astimezone().tzinfo }}",
    "slice obj": "{{ [1,2][0:1].__class__ }}",
    "slice str": "{{ 'abc'[::-1].__class__ }}",
    "concat": "{{ ''['__' ~ 'class' ~ '__'] }}",
    "unicode normal": "{{ ''.__ｃｌａｓｓ__ }}",
    "unicode attr": "{{ ''|attr('__ｃlass__') }}",
    "markup name": "{{ ''[('__class__'|e)] }}",
    "markup attr": "{{ ''|attr('__class__'|safe) }}",
    "reverse str": "{{ ''['__ssalc__'|reverse] }}",
    "self": "{{ self.__class__ }}",
    "self block": "{% block b %}{% endblock %}{{ self.b.__func__ }}{{ self.b._stack }}",
    "super super": "{% extends 'block.txt' %}{% block b %}{{ super.super._context }}{% endblock %}",
    "loop last": "{% for x in [1] %}{{ loop._LoopContext__iterable }}{% endfor %}",
    "loop undefined": "{% for x in [1] %}{{ loop._undefined.__globals__ }}{% endfor %}",
    "loop len": "{% for x in [1] %}{{ loop.__len__ }}{% endfor %}",
    "undefined": "{{ nope._undefined_exception.__globals__ }}",
    "undefined fail": "{{ nope._fail_with_undefined_error }}",
    "undefined in list": "{{ [nope]|map('attr','__class__')|list }}",
    "t args": "{{ t('{0.__class__}', '') }}",
    "plural obj": "{{ plural(summary.__globals__, 'a','b') }}",
    "facts obj": "{{ facts(namespace(image=cycler.__init__)) }}",
    "notes ns": "{{ notes(namespace(__class__=1)) }}",
    "config": "{{ config }}",
    "request": "{{ request.application.__globals__ }}",
    "builtins": "{{ __builtins__ }}",
    "import as a function": "{{ __import__('os') }}",
    "open": "{{ open('SECRET').read() }}",
    "debug ext": "{{ debug() }}",
    "gettext": "{{ _('x').__class__ }}{{ gettext }}",
    "trans": "{% trans %}x{% endtrans %}",
    "do": "{% do 1 %}",
    "dict update": "{{ edition.sections.__class__ }}",
    "append to edition": "{{ edition.sections.append(1) }}",
    "env var": "{{ environment }}{{ context }}",
    "pass context": "{{ (1|reading_time).__class__ }}{{ '' | reading_time.__globals__ }}",
    "filter as var": "{{ reading_time.__globals__ }}",
    "callable test": "{{ summary is callable and summary.__class__ }}",
    "with": "{% with x = ''.__class__ %}{{ x }}{% endwith %}",
    "isocalendar": "{{ edition.period_to.isocalendar().__class__.__mro__ }}",
    "random": "{{ random.__globals__ }}{{ [''.__class__]|random }}",
    "xml comment": "{{ ''|striptags|attr('__doc__') }}",
    "doc": "{{ ''.__doc__ }}",
    "dir": "{{ ''.__dir__() }}",
    "call on str": "{{ 'os.system'('x') }}",
    "call type": "{{ (1)('x') }}",
}

TO_READ = {
    "proc self": "{% include '/proc/self/environ' %}",
    "proc root": "{% include 'root.txt' %}",
    "proc cwd rel": "{% include '../../../../proc/self/cmdline' %}",
    "null byte": "{% include 'part.txt\\x00.html' %}",
    "newline": "{% include 'part.txt\\n' %}",
    "trailing slash": "{% include 'link.txt/' %}",
    "case": "{% include 'CONFIG.YAML' %}",
    "dot": "{% include './config.yaml' %}",
    "config.yaml/.": "{% include 'config.yaml/.' %}",
    "url": "{% include 'file:///etc/passwd' %}",
    "tilde": "{% include '~/.bashrc' %}",
    "percent": "{% include '%2e%2e/secret.txt' %}",
    "unicode dots": "{% include '․․/secret.txt' %}",
    "built in up": "{% include '../templates.py' %}",
    "built in dir": "{% include 'classic/../../sandbox.py' %}",
    "include obj": "{% include self %}",
    "include int": "{% include 5 %}",
    "include namespace": "{% include namespace(a=1) %}",
    "include list none": "{% include [none, edition] %}",
    "long name": "{% include 'a' * 100000 %}",
    "many names": "{% include ['x'] * 100000 %}",
    "surrogate": "{% include '\\ud800.txt' %}",
    "utf16 file": "{% include 'utf16.txt' %}",
    "latin1": "{% include 'latin1.txt' %}",
    "binary": "{% include 'binary.txt' %}",
    "dir link": "{% include 'rooted/etc/hostname.txt' %}",
    "fd": "{% include 'handle.txt' %}",
    "fifo suffix": "{% include 'pipe.txt' ignore missing %}",
}

BOMBS = {
    "concat ~": (
        "{% set n=namespace(x='a'*1000) %}{% for _ in range(60) %}{% set n.x = "
        "n.x ~ n.x %}{% endfor %}{{ n.x }}"
    ),
    "markup mul": "{{ ('a'|e) * 10**9 }}",
    "tuple mul": "{{ (1,) * 10**9 }}",
    "list nest mul": (
        "{% set n=namespace(x=[1]) %}{% for _ in range(60) %}{% set n.x = n.x + n.x %}{% endfor %}"
    ),
    "neg pow": "{{ 10 ** -(10**9) }}{{ 2 ** (2 ** 40) }}",
    "int str": "{{ (10**5000000)|string }}",
    "in range": (
        "{{ 'x' in range(100000) }}{% for i in range(99999) %}{% if -1 in range"
        "(99999)|list %}{% endif %}{% endfor %}"
    ),
    "range bomb": "{{ range(10**9)|list }}",
    "deep parens": "{{ " + "(" * 3_000 + "1" + ")" * 3_000 + " }}",
    "deep list": "{{ " + "[" * 3_000 + "]" * 3_000 + " }}",
    "deep dict": "{{ " + "{1:" * 3_000 + "1" + "}" * 3_000 + " }}",
    "deep not": "{{ " + "not " * 20_000 + "1 }}",
    "deep filter": "{{ 1" + "|string" * 50_000 + " }}",
    "deep attr": "{{ edition" + ".a" * 50_000 + " }}",
    "deep if else": "{{ " + "1 if 1 else " * 20_000 + "1 }}",
    "deep for": "{% for a in [1] %}" * 500 + "{% endfor %}" * 500,
    "deep macro": "{% macro a() %}" * 500 + "{% endmacro %}" * 500,
    "deep block": "".join(f"{{% block b{n} %}}" for n in range(3_000)) + "{% endblock %}" * 3_000,
    "many elif": "{% if 0 %}" + "{% elif 0 %}" * 60_000 + "{% endif %}",
    "1MB expr": "{{ 1 }}" * 160_000,
    "unclosed strings": "{{ '" + "\\'" * 300_000,
    "number literal": "{{ " + "9" * 900_000 + " }}",
    "const fold str": "{{ 'a'*10**9|length }}",
    "const fold list": "{{ ([0]*10**7)*10**3 }}",
    "include loop 2": "{% include 'includes.txt' %}",
    "extends loop 2": "{% extends 'extendss.txt' %}",
    "import loop": "{% import 'imports.txt' as a %}",
    "include fan": "{% for _ in range(99999) %}{% include 'part.txt' %}{% endfor %}" * 20,
    "caller rec": (
        "{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{% endmacro %}{{ m() }}"
    ),
    "block self": "{% block b %}{{ self.b() }}{% endblock %}",
    "format width *": "{{ '%*d' % (10**9, 1) }}",
    "format prec": "{{ '%.1000000000f' % 1.5 }}",
    "format nested width": "{{ '{:{w}}'.format(1, w=10**10) }}",
    "fmt filter": "{{ '%0999999999d'|format(1) }}",
    "strftime": "{{ edition.period_to.strftime('%Y'*10**7) }}",
    "join self": "{{ ('a'*10**6).join('b'*10**6) }}",
    "wordcount": "{{ ('a '*10**8)|wordcount }}",
    "groupby": "{{ range(99999)|groupby(attribute='real')|list }}",
    "sort": "{% for _ in range(9999) %}{{ range(99999)|sort|length }}{% endfor %}",
    "dict grow": (
        "{% set d={} %}{% for i in range(99999) %}{% for j in range(99999) %}{{"
        " d.update({(i,j):'x'*1000}) or '' }}{% endfor %}{% endfor %}"
    ),
    "list insert": (
        "{% set l=[] %}{% for i in range(99999) %}{% for j in range(9999) %}{{ "
        "l.insert(0,1) or '' }}{% endfor %}{% endfor %}"
    ),
    "list extend self": "{% set l=[1] %}{% for _ in range(99) %}{{ l.extend(l) }}{% endfor %}",
    "zip bomb tojson": (
        "{% set n=namespace(x=[1]) %}{% for _ in range(40) %}{% set n.x=[n.x,n."
        "x] %}{% endfor %}{{ n.x|tojson }}"
    ),
    "nest repr": (
        "{% set n=namespace(x=[1]) %}{% for _ in range(40) %}{% set n.x=[n.x,n."
        "x] %}{% endfor %}{{ n.x }}"
    ),
    "nest eq": (
        "{% set n=namespace(x=[1],y=[1]) %}{% for _ in range(40) %}{% set n.x=["
        "n.x,n.x] %}{% set n.y=[n.y,n.y] %}{% endfor %}{{ n.x == n.y }}"
    ),
    "nest hash": (
        "{% set n=namespace(x=(1,)) %}{% for _ in range(60) %}{% set n.x=(n.x,n"
        ".x) %}{% endfor %}{{ {n.x:1} }}"
    ),
    "deep nest repr": (
        "{% set n=namespace(x=[]) %}{% for _ in range(99999) %}{% set n.x=[n.x]"
        " %}{% endfor %}{{ n.x }}"
    ),
    "plural big": "{{ plural(10**6000, 'a','b') }}",
    "count big": "{{ count(10**100000) }}",
    "short big": "{{ ('a'*10**8)|short }}",
    "markdown": "{{ ('*['*10**7)|markdown }}",
}
