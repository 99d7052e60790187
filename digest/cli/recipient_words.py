"""The words that lists of recipients have for addresses, states, yes and no, in many languages.

Names of columns and words in cells are all as `word_of` has them: without accents, capitals, spaces
and signs.
"""

from __future__ import annotations

import re
from typing import Literal, get_args
from unicodedata import combining, normalize

from digest.config.synonyms import plain

Standing = Literal["active", "paused", "unconfirmed", "bounced", "unsubscribed"]
"""What a row says of somebody, the least first; `unconfirmed` never was a subscriber."""
STANDINGS: tuple[Standing, ...] = get_args(Standing)
Role = Literal[
    "first", "last", "state", "type", "wanted", "consent", "confirmed", "left", "bounced", ""
]
"""What a column is for; those of ours are their own role."""

_TICKS = {
    # A circle is a yes in Japan, beside a cross.
    **dict.fromkeys("\u2713\u2714\u2611\u2705+\u25cb\u25ef\u3007", "yes"),
    **dict.fromkeys("\u2717\u2718\u2610\u274c\u00d7\u2715\u2716", "no"),
}


def word_of(text: str) -> str:
    """A name or a cell without what makes no difference; a tick is a yes, a cross a no."""
    if text.isascii() and text != "+":
        return plain(text)
    text = _TICKS.get(text.strip().rstrip("\ufe0f"), text)
    return plain("".join(c for c in normalize("NFKD", text) if not combining(c)))


def _words(text: str) -> tuple[str, ...]:
    return tuple(map(word_of, text.split()))


# The first of these that a header has is the address: many have one of the street too.
ADDRESS = (
    *("email", "emailaddress", "emailaddresses", "emails", "mail", "mailaddress"),
    *("subscriberemail", "useremail", "contactemail", "primaryemail", "email1value", "email1"),
    *("emailadresse", "mailadresse", "adresseemail", "adressemail", "adressedemail", "courriel"),
    *("correoelectronico", "correo", "direcciondecorreo", "direcciondecorreoelectronico"),
    *("indirizzoemail", "enderecodeemail", "emailadres", "mailadres", "adresemail"),
    *("epost", "epostadress", "epostadresse", "электроннаяпочта", "почта"),
    *_words("البريد_الإلكتروني عنوان_البريد_الإلكتروني بريد_إلكتروني الإيميل إيميل"),
    *_words("אימייל כתובת_אימייל דוא״ל כתובת_דוא״ל דואר_אלקטרוני מייל"),
    *_words("メールアドレス メール Eメール 電子メール Eメールアドレス"),
    *("address", "recipient", "subscriber"),
)
SINGLE = {
    "address": ADDRESS,
    "name": _words(
        "name fullname displayname subscribername contactname الاسم שם שם_מלא 氏名 名前"
    ),
    "first": _words("firstname fname givenname vorname prenom الاسم_الأول שם_פרטי 名"),
    "last": _words(
        "lastname lname surname familyname nachname nomdefamille اسم_العائلة שם_משפחה 姓"
    ),
}
# Parts of words that say, wherever they stand in one, that somebody has left: German, French,
# Spanish, Italian, Dutch, Portuguese, Polish, Scandinavian, Russian, Arabic, Hebrew, Japanese.
_LEFT_ELSEWHERE = (
    r"abgemeld|abmeld|abbestell|ausgetragen|austritt|gekundigt|kundigung|gesperrt|blockiert"
    r"|widerruf(en)?(am|datum)?$|inaktiv|gelosch|loschdatum|entfernt|storniert"
    r"|desabonn|desinscri|bloque|inactif|supprime|resili"
    r"|(^|de|da)baja$|desuscri|inactiv|eliminad|cancel(ad|aci|ament|ou)|disiscri|cancella[tz]"
    r"|bloccat|inattiv|rimoss|afgemeld|uitgeschreven|uitschrij|geblokkeerd|inactief|opgezegd|opzeg"
    r"|verwijderd|descadastr|inativ|excluid|removid"
    r"|wypis|zablokowan|nieaktywn|avregistr|avanmal|frameld|afmeld|avmeld|sparrad|blokeret"
    r"|blokkert|отпис|заблокир"
    r"|الغاء|الغى|ملغى|ملغي|غيرمشترك|غيرنشط|محظور|محذوف|انسحب"
    r"|הסרה|הוסר|הסיר|בוטל|ביטול|לארשו|לאפעיל|לאמנוי|חסומ|חסום|נמחק"
    r"|退会|解除|(?<!一時)停止|拒否|オフトアウト|無効"
)
_LEFT = r"unsub|opt(ed)?out|nolonger|(block|black)list|donot(e?mail|contact)|complain|suppress"
ROLES: dict[Role, re.Pattern[str]] = {
    # `unsubscribe_url` is where somebody could leave; telephones and orders are no list either.
    "": re.compile(
        r".+(link|url|token|key|hash|page)"
        r"|(?!.*mail).*(sms|phone|whatsapp|push|orders|bestellungen|frist).*"
    ),
    "state": re.compile(
        r"(subscri(ption|ber)|e?mail(marketing|permission)?|(mailing)?list|newsletter|member(ship)?"
        r"|(marketing)?contact|marketing|delivery|optin|global|sub|user)?(status|state)"
        r"|statut|etat|estado|estatus|situa(cao|cion|zione)|stato|stan|статус"
        r"|(abo|abonnement|anmelde)(status|statut)"
        r"|(ال)?حالة(الاشتراك)?|סטטוס|מצב|(登録|購読|配信)?(状態|状況|ステータス)"
    ),
    "left": re.compile(
        rf".*({_LEFT}).*|.*({_LEFT_ELSEWHERE}).*"
        r"|(is|has|e?mail)?(blocked|banned|cancell?ed|disabled|inactive|dnc|spam(report)?s?)"
        r"|(date|is|has|e?mail)?(left|deleted|removed|archived)(at|on|date)?"
    ),
    "bounced": re.compile(
        r".*(hardbounce|unzustellbar|undeliverab|مرتد|不達).*|(is|has|e?mail)?bounced?(at|on|date|time|reason)"
        r"|(is|has|e?mail)?(bounced|clean(ed(at)?|\w*time)|clean\w*campaign\w*|invalid)"
    ),
    "type": re.compile(r"(subscri(ption|ber)|member)?type|subscription"),
    "wanted": re.compile(
        r"(is)?(subscribed(to(e?mails?|newsletters?))?|active|enabled|(e?mail)?opt(ed)?in)"
        r"|e?mailenabled|accepts(e?mail)?marketing|wantse?mails?|aktiv|abonniert|angemeldet"
        r"|abonne|inscrite?|actif|suscrito|inscrito|activo|iscritto|attivo|geabonneerd"
        r"|ingeschreven|aangemeld|actief|ativo|aktywny|tilmeldt|prenumererar|подписан"
        r"|مشترك|نشط|مفعل|רשום|רשומה|פעיל|מנוי|購読中?|有効|配信希望"
    ),
    "consent": re.compile(
        r"(newsletters?|gdpr|(e?mail)?marketing|e?mail)?(consent|permission)|newsletters?"
        r"|einwilligung|zustimmung|consentement|consentimiento|consentimento|consenso|toestemming"
        r"|zgoda|samtycke|(ال)?موافقة|הסכמה|同意"
    ),
    "confirmed": re.compile(r"(is|e?mail)?(confirmed|verified)|bestatigt|موكد|מאושר|確認済み?"),
}
_YES = (
    "yes true 1 y t on x ja oui si sim tak да wahr vrai verdadero vero verdadeiro waar prawda"
    " sant sand истина granted given نعم صحيح כן אמת はい 有 真"
)
_NO = (
    "no false 0 n f off nein non nao nee nej nei nie нет falsch faux falso onwaar falsz falskt"
    " ложь none null never na لا خطأ לא שקר いいえ 無 偽"
)
TRUE, FALSE = frozenset(_words(_YES)), frozenset(_words(_NO))
_BY_STANDING: dict[Standing, str] = {
    "active": "active enabled subscribed confirmed valid verified regular free paid premium comp"
    " complimentary gifted gift trial trialed optin optedin doubleoptin singleoptin express"
    " implied explicit sendable current ok live new member imported marketingcontact"
    " aktiv angemeldet abonniert bestatigt eingetragen abonne abonnee inscrit inscrite actif active"
    " confirme suscrito inscrito activo confirmado iscritto attivo confermato geabonneerd"
    " ingeschreven aangemeld actief ativo aktywny zapisany tilmeldt подписан активен"
    " assinante مشترك نشط مفعل فعال רשום רשומה פעיל פעילה מנוי מנויה מאושר"
    " 購読中 購読 登録済 登録済み 有効 配信中",
    "paused": "paused onhold snoozed temporaryhold pausiert enpause pausado inpausa gepauzeerd"
    " متوقف_مؤقتا מושהה 一時停止 一時停止中 休止中",
    "unconfirmed": "unconfirmed notconfirmed pending unactivated notactivated nonsubscribed"
    " notsubscribed neversubscribed transactional validating unverified notverified waiting notset"
    " noconsent nonmarketingcontact unbestatigt nichtbestatigt ausstehend enattente nonconfirme"
    " pendiente noconfirmado inattesa nonconfermato pendente onbevestigd niepotwierdzony"
    " قيد_الانتظار غير_مؤكد معلق ממתין לא_אושר לא_מאושר 仮登録 未確認 保留 保留中",
    "bounced": "bounced bouncing hardbounce softbounced cleaned undeliverable undelivered invalid"
    " dropped dead failed nonexistent unzustellbar مرتد غير_صالح חזר שגוי 不達 エラー",
    "unsubscribed": "disabled inactive cancelled canceled removed deleted archived blocked"
    " junk abuse rejected expired churned left malicious withdrawn revoked declined denied"
    " notactive disabledbyuser baja",
}
WORDS = {word: standing for standing, words in _BY_STANDING.items() for word in _words(words)}
# What longer words have in them, like `Unsubscribed (by admin)`.
PARTS: dict[Standing, re.Pattern[str]] = {
    "unsubscribed": re.compile(rf"{_LEFT}|spam|banned|{_LEFT_ELSEWHERE}"),
    "bounced": re.compile(r"bounce|undeliver"),
    "unconfirmed": re.compile(r"unconfirm|confirmationpending|awaiting|pending"),
}
# Unmistakable at the beginning of a cell, in a column that is unknown too.
GONE: dict[Standing, re.Pattern[str]] = {
    "bounced": re.compile(r"^((hard)?bounced?|undeliverable)$"),
    "unsubscribed": re.compile(
        r"^(unsubscribed|optedout|blocklisted|blacklisted|complained|abgemeldet|desabonne|desinscrit"
        r"|dadodebaja|disiscritt|afgemeld|uitgeschreven|descadastrad|wypisan|avregistrerad|отписан"
        r"|الغىالاشتراك|غيرمشترك|הוסר|退会|配信停止|購読解除|登録解除)"
    ),
}
DATE = re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}[./]\d{1,2}[./]\d+.*")
NO_DATE = re.compile(r"0000-00-00.*")
