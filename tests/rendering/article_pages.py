# ruff: noqa: E501, ISC004 - pages have long lines
"""Web pages as sites make them: ten articles of different make, and what is no article."""

from __future__ import annotations

from dataclasses import dataclass

_NAV = "".join(
    f'<li><a href="/{name}">{name.title()}</a></li>' for name in ["news", "sport", "arts"]
)
_RELATED = "".join(
    f'<li><a href="/old/{n}">An older story, number {n}, about the council</a></li>'
    for n in range(12)
)
BRIDGE = [
    "The old bridge over the river reopened on Monday after two years of repairs, and the mayor of "
    "the town walked across it first, in the rain, with some three hundred people behind her.",
    "Engineers replaced all forty of its bearings and painted it in its first colour, a green that "
    "nobody had seen since 1931, when the county decided that grey was cheaper to look after.",
    "The repairs cost eleven million, two more than planned, since the masonry of the northern pier "
    "turned out to be hollow; divers filled it last winter, in water of three degrees.",
    "Traffic will be let over the bridge from Wednesday on, first in one direction and, from next "
    "week, in both. Lorries of more than twelve tonnes have to take the motorway as before.",
]
TEASER = "The old bridge over the river reopened on Monday after two years of repairs."


@dataclass(frozen=True)
class Made:
    """A page, with what its entry says in the feed, and what its article has and has not."""

    name: str
    html: str
    title: str = "The old bridge reopens"
    excerpt: str = TEASER
    has: tuple[str, ...] = ("walked across it first", "twelve tonnes")
    has_not: tuple[str, ...] = ("An older story", "Sport", "All rights reserved")
    charset: str = "utf-8"
    image: str = ""

    @property
    def body(self) -> bytes:
        return self.html.encode(self.charset)


def _document(body: str, head: str = "", title: str = "The old bridge reopens | The Herald") -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{head}'
        f"</head><body>{body}</body></html>"
    )


def _paragraphs(texts: list[str] = BRIDGE) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


SEMANTIC = Made(
    "semantic",
    _document(
        f"<header><nav><ul>{_NAV}</ul></nav></header><main><article><h1>The old bridge reopens</h1>"
        f'<figure><img src="/img/bridge.jpg" alt="The bridge" width=800 height=500></figure>'
        f"{_paragraphs()}</article></main><aside><h2>More</h2><ul>{_RELATED}</ul></aside>"
        "<footer>All rights reserved</footer>",
        '<meta property="og:image" content="/img/share.jpg">',
    ),
    image="/img/share.jpg",
)
BLOG = Made(
    "blog",
    _document(
        f'<div id="page"><ul class="menu">{_NAV}</ul><div class="post"><h1 class="entry-title">'
        f'The old bridge reopens</h1><div class="entry-meta">Posted by ada in Town</div>'
        f'<div class="entry-content">{_paragraphs()}</div></div><div id="comments"><h3>2 comments'
        "</h3><ol><li><p>Grey was fine for me, and cheaper, and why green of all colours?</p></li>"
        f'</ol></div><div id="sidebar"><ul>{_RELATED}</ul></div></div>'
        "<div id=footer>All rights reserved</div>"
    ),
    has_not=("An older story", "Sport", "All rights reserved", "why green of all colours"),
)
TABLES = Made(
    "tables",
    "<HTML><HEAD><TITLE>The old bridge reopens</TITLE></HEAD><BODY BGCOLOR=white><TABLE WIDTH=760>"
    f"<TR><TD WIDTH=120 VALIGN=top><UL>{_NAV}</UL></TD><TD><FONT FACE=Arial><B>The old bridge reopens"
    f"</B></FONT>{_paragraphs()}</TD></TR></TABLE></BODY></HTML>",
)
SCRIPTED = Made(
    "scripted",
    _document(
        f'<div id="__next"><div class="css-1q2w"><div class="css-9x8"><ul class="css-nav">{_NAV}</ul>'
        f'</div><div class="css-77a"><div class="css-abc"><h1 class="css-h">The old bridge reopens</h1>'
        f'</div><div class="css-zzz">{_paragraphs()}</div></div></div></div><script id="__NEXT_DATA__" '
        'type="application/json">{"props":{"story":"' + "state " * 20_000 + '"}}</script>',
    ),
)
LINES = Made(
    "line ends",
    _document(
        f"<ul>{_NAV}</ul><div class=content><h2>The old bridge reopens</h2>"
        + "<br><br>".join(BRIDGE)
        + "</div><p align=center>All rights reserved</p>"
    ),
)
GERMAN = Made(
    "ISO 8859-1",
    '<html lang="de"><head><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">'
    "<title>Alte Brücke wieder geöffnet</title></head><body><div class=navi>Startseite Sport Kultur"
    "</div><div class=artikel><h1>Alte Brücke wieder geöffnet</h1><p>Nach zwei Jahren Bauzeit ist die "
    "alte Brücke über den Fluss am Montag für Fußgänger geöffnet worden, und als Erste ging die "
    "Bürgermeisterin hinüber, im Regen, mit dreihundert Leuten hinter sich.</p><p>Die Brücke hat "
    "vierzig neue Lager und ihre erste Farbe wieder, ein Grün, das seit 1931 niemand gesehen hatte. "
    "Die Arbeiten kosteten elf Millionen, zwei mehr als geplant.</p></div></body></html>",
    title="Alte Brücke wieder geöffnet",
    excerpt="Nach zwei Jahren Bauzeit ist die alte Brücke über den Fluss geöffnet.",
    has=("Bürgermeisterin hinüber", "zwei mehr als geplant"),
    has_not=("Startseite",),
    charset="iso-8859-1",
)
JAPANESE = Made(
    "Japanese",
    '<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>古い橋が再開通</title></head><body>'
    "<nav>ホーム スポーツ</nav><article><h1>古い橋が再開通</h1><p>川にかかる古い橋が、二年間の修理を終えて"
    "月曜日に再開通した。町長が雨の中、約三百人の住民とともに最初に渡った。</p><p>技術者は四十個の支承を"
    "すべて交換し、1931年以来だれも見たことのない最初の緑色に塗り直した。費用は千百万で、計画より二百万"
    "多かった。北の橋脚の石積みが空洞だったためである。</p></article></body></html>",
    title="古い橋が再開通",
    excerpt="川にかかる古い橋が再開通した。",
    has=("町長が雨の中", "空洞だった"),
    has_not=("スポーツ",),
)
LISTING = Made(
    "listing",
    _document(
        f"<nav>{_NAV}</nav><article><h1>How a bridge is tested</h1>{_paragraphs(BRIDGE[:2])}"
        "<h2>The program</h2><pre><code>def cross(bridge):\n    return bridge.open\n</code></pre>"
        "<table><tr><th>Year</th><th>Cost</th></tr><tr><td>1931</td><td>2 million</td></tr></table>"
        f"{_paragraphs(BRIDGE[2:])}</article>",
        title="How a bridge is tested",
    ),
    title="How a bridge is tested",
    has=("twelve tonnes", "return bridge.open", "2 million", "The program"),
)
LAZY = Made(
    "lazy pictures",
    _document(
        f'<div role=main><div itemprop="articleBody"><img class="lazy" src="data:image/gif;base64,R0" '
        f'data-src="https://cdn.example.com/bridge-1200.jpg" width=1200 height=800>{_paragraphs()}</div>'
        "</div>",
        '<meta name="twitter:image" content="https://cdn.example.com/card.jpg">',
    ),
    image="https://cdn.example.com/card.jpg",
)
PRESS = Made(
    "press release",
    _document(
        f'<div class="mega-menu">{"".join(f"<div><ul>{_NAV}</ul></div>" for _ in range(12))}</div>'
        f'<section class="press-release"><h1>The old bridge reopens</h1>{_paragraphs(BRIDGE[:3])}'
        "<ul><li>Length: 214 metres</li><li>Bearings: forty</li></ul>"
        f"{_paragraphs(BRIDGE[3:])}<h3>Media contact</h3></section>"
        '<div class="cookie-banner"><p>We use cookies. <button>Accept</button></p></div>'
    ),
)
# A script draws it; what the publisher says to search engines has the text, with its line ends.
DATA = Made(
    "linked data",
    _document(
        "<div id=root></div><noscript>Enable JavaScript to run this app.</noscript>",
        '<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [{"@type": '
        '"Organization"}, {"@type": ["NewsArticle"], "isAccessibleForFree": true, "articleBody": "'
        + "\n\n".join(BRIDGE)
        + '"}, {"@type": "Offer", "isAccessibleForFree": false}]}</script>',
    ),
)
# Others are for subscribers, it says below; and what it quotes is not said of itself.
QUOTING = Made(
    "quoting a paywall",
    _document(
        "<noscript>Please enable JavaScript to see the comments.</noscript><article><h1>The old bridge "
        f'reopens</h1><p>The paper says "subscribe to continue reading" on a mere plan.</p>'
        f"{_paragraphs(BRIDGE * 2)}</article><aside><ul>{_RELATED}</ul><p>This article is for "
        "subscribers only.</p></aside>"
    ),
    has=("walked across it first", "twelve tonnes", "on a mere plan"),
)
ARTICLES = (
    *(SEMANTIC, BLOG, TABLES, SCRIPTED, LINES),
    *(GERMAN, JAPANESE, LISTING, LAZY, PRESS),
    *(DATA, QUOTING),
)

COOKIE_WALL = _document(
    "<main><h1>The old bridge reopens</h1><div><h2>We value your privacy</h2><p>We and our 847 partners "
    "store cookies on your device to show personalised advertising and to measure it. By your consent "
    "you let our partners read cookies and use tracking, also outside the European Union.</p><p>You can "
    "withdraw your consent to cookies at any time in the settings of the page. Without consent to "
    "advertising you need a subscription, which is free of tracking by partners.</p><button>Accept all"
    "</button></div></main>"
)
LOGIN = _document(
    "<main><h1>Sign in</h1><p>Sign in with the address that you gave when you registered, and your "
    "password. If you do not remember your password, ask for a new one, and we send you a link that is "
    "good for an hour. The old bridge reopens: read it after you have signed in to your account.</p>"
    '<form><input name=user><input type="password" name=p><button>Sign in</button></form></main>',
    title="Sign in - The Herald",
)
# What a publisher of "metered" articles sends: its beginning, and why there is no more of it.
PAYWALL = _document(
    f"<article><h1>The old bridge reopens</h1>{_paragraphs(BRIDGE[:2])}<div class=gate><h2>Subscribe to "
    "continue reading</h2><p>From 1 a week. Cancel at any time.</p></div></article>"
)
# All of it is there, hidden by a script, and said to be for subscribers.
LOCKED = _document(
    f"<article><h1>The old bridge reopens</h1>{_paragraphs()}</article>",
    '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": "False"}</script>',
)
CHALLENGE = (
    "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><div class=main-wrapper>"
    "<h1>herald.example</h1><h2>Verifying you are human. This may take a few seconds.</h2><p>"
    "herald.example needs to review the security of your connection before it lets you read The old "
    "bridge reopens. The old bridge over the river is on the next page, when this is done, and two "
    "years of repairs too.</p><noscript>Enable JavaScript and cookies to continue</noscript></div>"
    "<script>window._cf_chl_opt={}</script></body></html>"
)
OTHER = _document(
    "<article><h1>Summer sale</h1><p>Shoes, coats and hats are sold for half of what they were last "
    "season, in every shop of ours and by mail, as long as there are any. Come early: the doors open at "
    "nine, and the queue was long in spring. Vouchers are taken too.</p></article>"
)
ABOUT_COOKIES = _document(
    "<article><h1>Why every site asks for consent to cookies</h1>"
    + "<p>A law of 2009 asks sites for consent before they store cookies that nobody needs, and an "
    "industry of banners grew from it. People say yes to be rid of them, which is what the banners are "
    "made for, as a study of ten thousand visits found; of those who saw a button that says no, most "
    "took it. Advertising goes on without tracking, at a little less for each page.</p>"
    * 1
    + _paragraphs(BRIDGE * 3)
    + "</article>",
    title="Why every site asks for consent to cookies",
)

# Beginnings of articles, with what stands below them.
GATES = [
    "Diesen Artikel lesen Sie mit Herald Plus. Vier Wochen kostenlos testen.",
    "Lesen Sie jetzt weiter mit einem Abo.",
    "Dieser Inhalt ist exklusiv für Abonnenten.",
    "Il vous reste 72 % de cet article à lire. La suite est réservée aux abonnés.",
    "この記事は有料会員限定です。残り1200文字",
    "続きを読むにはログインしてください",
    "登录后阅读全文",
    "Dit artikel is alleen voor abonnees.",
    "Suscríbete para continuar leyendo",
    "Assine para continuar lendo",
    "Keep reading for $1",
    "The author made this story available to Herald members only.",
]


def gated(gate: str, texts: list[str] = BRIDGE[:2], head: str = "") -> str:
    return _document(
        f"<article><h1>The old bridge reopens</h1>{_paragraphs(texts)}<p>{gate}</p></article>", head
    )


# As publishers say to search engines that an article is not free.
MARKS = [
    '<script type="application/ld+json">[{"@type": "NewsArticle", "isAccessibleForFree": "no"}]</script>',
    '<meta itemprop="isAccessibleForFree" content="False">',
    '<meta property="article:content_tier" content="locked">',
]
CONSENTS = [
    "Noi e i nostri 800 fornitori archiviamo informazioni su un dispositivo (come i cookie) e trattiamo "
    "dati personali per annunci personalizzati. Puoi revocare il tuo consenso quando vuoi. Accetta e "
    "continua, oppure abbonati per rifiutare la pubblicità e i cookie di profilazione. The old bridge reopens.",
    "Nosotros y nuestros 900 socios almacenamos información en un dispositivo, tales como cookies, para "
    "publicidad y contenido personalizados. Puede rechazar las cookies y retirar su consentimiento cuando "
    "quiera, o suscríbase para navegar sin publicidad personalizada. The old bridge reopens.",
    "Wij en onze 700 partners plaatsen cookies om gepersonaliseerde advertenties te tonen. Door op akkoord "
    "te klikken geef je toestemming voor het plaatsen van cookies door ons. Wil je geen tracking? Neem dan "
    "een abonnement zonder advertenties en cookies. The old bridge reopens.",
    "My i nasi partnerzy przechowujemy na urządzeniu pliki cookie i przetwarzamy dane osobowe w celu "
    "wyświetlania spersonalizowanych reklam. Zgoda jest dobrowolna i możesz ją wycofać w ustawieniach "
    "prywatności, akceptując pliki cookie i reklamy partnerów. The old bridge reopens.",
]
ABSENT = [
    "The page could not be found. It may have moved, or its address may be wrong: go back to the start "
    "page to find the old bridge reopens, and other stories of ours from the last two years.",
    "This site is currently unavailable to visitors from the European Economic Area while we work to "
    "protect your data as its laws ask. The old bridge reopens, and we hope to be back for you soon.",
]
BOT_CHECK = _document(
    "<main><h1>Making sure you're not a bot!</h1><p>You see this because the administrator of this site "
    "has set up a program that protects it from those who scrape it for others. This can and does take "
    "sites down for everybody. The old bridge reopens.</p></main>"
)
