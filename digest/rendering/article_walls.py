"""What stands on a page in the place of an article: extractors take all of it for one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct

from digest.editions.similarity.terms import word

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

# Of an article the beginning tells what it is about.
_READ = 20_000
# What shorter texts say of a browser or a login, a longer one only talks about.
_SHORT, _OF_CONSENT = 200, 600
# Words about consent of a hundred; half as many are in articles about it.
_LEAST_CONSENT, _CONSENT_SHARE = 6, 0.04
# Characters before and behind the end of an article, and those that tell where it is.
_AT_END, _LAST_WORDS = 400, 40
# A feed's text of fewer terms ("Comments") is about nothing.
_LEAST_TERMS = 5
_WORD = re.compile(r"[^\W\d_]+")
_CHALLENGE = re.compile(
    r"just a moment\b|attention required|checking (?:your|if the site)|pardon our interruption"
    r"|(?:are you|verify(?:ing)? (?:that )?you(?:'re| are)) (?:a |not a )?(?:human|robot)"
    r"|making sure (?:that )?you(?:['’]re| are) not a (?:ro)?bot"
    r"|access (?:to this page has been )?denied|ddos-guard|security (?:check|verification)"
    r"|one moment, please|enable java ?script|human verification|bot verification"
    r"|unusual traffic|performance (?:&|and) security by|ray id\b|request unsuccessful"
    r"|sicherheitsüberprüfung|vérification de sécurité|verificación de seguridad",
    re.IGNORECASE,
)
# Answered with 200 all the same.
_ABSENT = re.compile(
    r"\b(?:page|article|story) (?:was |could )?not (?:be )?found|\b404\b"
    r"|(?:seite|artikel) (?:wurde )?nicht gefunden|page (?:introuvable|non trouvée)"
    r"|página no encontrada|página não encontrada|pagina non trovata|pagina niet gevonden"
    r"|ページが見つかりません|页面不存在"
    r"|unavailable (?:to|for) (?:visitors|readers|users) (?:from|in)"
    r"|not available in your (?:country|region|location)",
    re.IGNORECASE,
)
_LOGIN_TITLE = re.compile(
    r"\b(?:log ?in|log ?on|sign ?in|sign ?up|anmelde[nr]?|anmeldung|einloggen|se connecter"
    r"|connexion|iniciar sesión|accedi|inloggen|zaloguj|entrar|войти|ログイン|登录)\b",
    re.IGNORECASE,
)
_LOGIN_ADDRESS = re.compile(
    r"(?:^|[/.])(?:log-?in|log-?on|sign-?in|sign-?up|auth|sso|oauth2?|accounts?|subscribe|register"
    r"|subscription|anmelden|connexion)(?:[/.?]|$)",
    re.IGNORECASE,
)
_CONSENT_ADDRESS = re.compile(
    r"(?:^|[/.])(?:consent|cookie-?(?:wall|consent)|privacy-?(?:gate|wall)|zustimmung)(?:[/.?]|$)",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"\b(?:cookies?|consent\w*|partners?|personali[sz]ed|advertis\w+|tracking|gdpr|trackers?"
    r"|einwilligung\w*|zustimm\w+|datenschutz\w*|werbung|personalisiert\w*|traceurs?|consentement"
    r"|partenaires|publicit\w+|consentimiento|publicidad|privacidad|socios|personalizad\w+"
    r"|consentimento|publicidade|parceiros|consenso|fornitori|pubblicità|annunci"
    r"|personalizzat\w+|profilazione|toestemming|advertenties|gepersonaliseerd\w*"
    r"|zgod\w+|reklam\w*|partnerzy|partnerów|spersonalizowan\w+|prywatności|согласи\w+|рекламы?"
    r"|annonser|samtycke\w*|(?:information|informations|informationen|informazioni|información"
    r"|informatie) (?:on|sur|auf|su|en|op) (?:a|an|un|einem|ihrem|een)? ?(?:device|appareil"
    r"|terminal|gerät|endgerät|dispositivo|apparaat))\b",
    re.IGNORECASE,
)
_PAYWALL = re.compile(
    r"(?:subscribe|log ?in|sign ?in|register|sign up|become an? (?:\w+ )?(?:member|subscriber))"
    r"(?: now| here| today)? to (?:continue|keep|finish|go on) reading"
    r"|to (?:continue|keep) reading (?:this|the (?:full|rest)|your)"
    r"|to read (?:the (?:full|rest|whole|entire)|this) (?:article|story|post),? "
    r"(?:please|subscribe|log|sign|you need|become|upgrade)"
    r"|(?:subscribe|upgrade|log ?in|sign ?in) to (?:read|unlock|view) "
    r"(?:the (?:full|rest|whole)|this)"
    r"|(?:article|story|content|post) is (?:only |exclusively |reserved )?(?:available )?"
    r"(?:only |exclusively )?(?:for|to) (?:our |paid |paying )*(?:subscribers|members)"
    r"|(?:reached|used up) (?:your|all) (?:\w+ ){0,4}(?:limit|free (?:articles|stories))"
    r"|(?:this|the) (?:post|article|story) is for (?:paid|paying) (?:subscribers|members)"
    r"|unlock (?:this|the full|the rest of) ?(?:the )?(?:article|story)"
    r"|keep reading for (?:only |just )?[$€£]|create an? (?:\w+ )?account to (?:read|continue)"
    r"|available to (?:\w+ ){0,2}(?:members|subscribers) only"
    r"|weiterlesen mit|lesen sie (?:\w+ ){0,2}weiter mit|(?:möchten|wollen) sie weiterlesen"
    r"|sie möchten weiterlesen|diesen (?:artikel|text|beitrag) lesen (?:sie )?(?:nur )?mit"
    r"|(?:jetzt )?(?:abonnieren|anmelden),? (?:und|um) (?:\w+ )?weiter ?(?:zu)?lesen"
    r"|(?:artikel|inhalt|beitrag|text) ist (?:nur |exklusiv |ausschließlich )*für (?:\w+[- ])?"
    r"abonnent\w+"
    r"|(?:article|contenu|suite) (?:est )?réservée? (?:aux|à nos) abonnés|pour lire la suite"
    r"|il vous reste [\d,.]+\s?% de (?:cet |l['’])article|abonnez-vous pour (?:lire|continuer)"
    r"|(?:contenido|artículo) (?:exclusivo|sólo|solo) para suscriptores"
    r"|suscríbete para seguir leyendo"
    r"|para (?:continuar|seguir) leyendo|(?:conteúdo|matéria|artigo) exclusiv[oa] para assinantes"
    r"|assine para (?:continuar|ler)"
    r"|(?:articolo|contenuto) (?:è )?riservato agli abbonati|abbonati per (?:continuare|leggere)"
    r"|(?:artikel|verhaal|bericht) is (?:alleen|exclusief|uitsluitend) voor (?:\w+ )?abonnees"
    r"|(?:artykuł|treść) (?:jest )?dostępn\w+ (?:tylko |wyłącznie )?dla (?:\w+ )?"
    r"(?:prenumeratorów|subskrybentów)|(?:материал|статья) доступн\w+ (?:только )?(?:по подписке"
    r"|подписчикам)"
    r"|会員限定|有料会員|続きを(?:お読み|読むには)|(?:登录|订阅|付费)(?:后|以)(?:继续)?阅读"
    r"|(?:登入|訂閱|付費)(?:後|以)(?:繼續)?閱讀",
    re.IGNORECASE,
)


class PageText(Struct, frozen=True):
    """What a page says of itself: where it is, its title, and all that is written on it.

    `asks_password` is whether it has a field for one, `is_locked` whether its publisher says that
    it is not free (schema.org, isAccessibleForFree).
    """

    url: str
    title: str
    text: str
    asks_password: bool = False
    is_locked: bool = False


def wall_of(page: PageText, asked: str, article: str, words: int) -> str:
    """What a page is that is no article; empty where it may be one.

    `asked` is the address that led there; `article` is the text that was found, of so many words.
    """
    heading = f"{page.title}\n{article if words < _SHORT else ''}"
    if words < _SHORT and (_CHALLENGE.search(heading) or _CHALLENGE.search(page.text[:_READ])):
        return "the page only checks who asks"
    if _is_login(page, asked, words):
        return "the page is a login"
    if _is_consent(page, asked, article, words):
        return "the page asks for consent to cookies"
    if words < _SHORT and (_ABSENT.search(page.title) or _ABSENT.search(article)):
        return "the page says that it has no such article"
    if page.is_locked or _is_gated(page, article, words):
        return "the page has a paywall"
    return ""


def is_about(title: str, excerpt: str, article: str) -> bool:
    """Whether an article has half of the words of a title, or of an excerpt of several."""
    terms = _terms(article[:_READ])
    of_title, of_excerpt = _terms(title), _terms(excerpt)
    return _has_half(terms, of_title, 1) or _has_half(terms, of_excerpt, _LEAST_TERMS)


def _has_half(terms: AbstractSet[str], wanted: AbstractSet[str], least: int) -> bool:
    return len(wanted) >= least and 2 * len(terms & wanted) >= len(wanted)


def _terms(text: str) -> set[str]:
    return {term for written in _WORD.findall(text) for term, _ in word(written).terms}


def _is_gated(page: PageText, article: str, words: int) -> bool:
    """Whether a gate stands where the article ends, or anywhere around what may be a beginning.

    Around a whole article others may be told to be for subscribers; in one it may be quoted.
    """
    if words < _SHORT:
        return bool(_PAYWALL.search(page.text))
    end = " ".join(article.split())[-_AT_END:]
    behind = page.text.rpartition(end[-_LAST_WORDS:])[2][:_AT_END]
    return bool(_PAYWALL.search(f"{end}\n{behind}"))


def _led_to(pattern: re.Pattern[str], url: str, asked: str) -> bool:
    """Whether an address is of a kind that the one that was asked for is not."""
    here, there = urlsplit(url), urlsplit(asked)
    return bool(pattern.search(f"{here.netloc}{here.path}")) and not pattern.search(
        f"{there.netloc}{there.path}"
    )


def _is_login(page: PageText, asked: str, words: int) -> bool:
    if _led_to(_LOGIN_ADDRESS, page.url, asked):
        return True
    return page.asks_password and words < _SHORT and bool(_LOGIN_TITLE.search(page.title))


def _is_consent(page: PageText, asked: str, article: str, words: int) -> bool:
    if _led_to(_CONSENT_ADDRESS, page.url, asked):
        return True
    found = len(_CONSENT.findall(article)) if words < _OF_CONSENT else 0
    return found >= _LEAST_CONSENT and found >= _CONSENT_SHARE * words
