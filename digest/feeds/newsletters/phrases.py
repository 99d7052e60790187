"""What newsletters write around what they say, in the languages of editions."""

from __future__ import annotations

import re

_BROWSER = (
    # English
    (
        r"(?:view|read|open|see|display)\b.{0,40}\b(?:in|on) (?:a |the |your )?(?:web )?"
        r"(?:browser|web|website)\b|(?:view|read|open|see) (?:it |this .{0,20})?online"
        r"|(?:web|online) version|(?:view|read) (?:this post|in browser)\b.{0,30}"
    ),
    # German
    (
        r"(?:im|in ihrem|in deinem) (?:web-?)?browser\b.{0,30}|(?:zur )?(?:online|web)-?(?:version"
        r"|ansicht)|online (?:ansehen|lesen|anzeigen)"
    ),
    # French
    (
        r"(?:voir|lire|lisez|afficher|ouvrir|consulte[rz])\b.{0,40}(?:navigateur|en ligne)"
        r"|version (?:en ligne|web)"
    ),
    # Spanish, Portuguese
    (
        r"(?:ver|abrir|leer|visualizar)\b.{0,40}(?:en (?:el|tu|su) navegador|en línea)"
        r"|versión (?:web|online|en línea)"
    ),
    (
        r"(?:ver|abrir|ler|visualizar|veja|leia)\b.{0,40}(?:n[oa] (?:seu )?navegador"
        r"|on-?line)|versão (?:web|on-?line)"
    ),
    # Italian, Dutch
    (
        r"(?:visualizza|apri|leggi|vedi)\b.{0,40}(?:(?:nel|sul) (?:tuo )?browser|online)|versione"
        r" (?:web|online)"
    ),
    r"(?:bekijk|lees|open)\b.{0,40}(?:in (?:je|de|uw) (?:web)?browser|online)|(?:online|web)versie",
    # Japanese, Arabic, Hebrew
    r".{0,20}(?:ブラウザ|ウェブ|Web|オンライン)(?:ー)?(?:で|版).{0,20}",
    r"(?:عرض|افتح|اقرأ|شاهد|مشاهدة|فتح).{0,40}(?:المتصفح|متصفحك|الويب|الإنترنت)",
    r"(?:צפ|פתח|קרא|הצג|לצפייה|לקריאה).{0,40}(?:בדפדפן|באתר|באינטרנט|מקוון)",
)
_LEAVING = (
    (
        r"unsubscribe|opt[ -]?out|(?:manage|update|change|edit|email) (?:your |my |email )*"
        r"(?:preferences|subscription|settings)"
    ),
    (
        r"abmelden|abbestellen|austragen|abo(?:nnement)? (?:verwalten|kündigen)"
        r"|einstellungen (?:ändern|verwalten)"
    ),
    (
        r"(?:se )?désabonne\w*|désinscri\w*|désabonnement|gérer (?:vos|mes|votre) .{0,20}"
        r"|préférences"
    ),
    (
        r"darse de baja|dar(?:me|te) de baja|cancelar (?:la |tu |a |sua )?(?:suscripción|inscrição"
        r"|assinatura)|desuscri\w*|descadastrar\w*|(?:gestionar|gerenciar) .{0,30}"
    ),
    (
        r"disiscriv\w*|annulla (?:l['’])?iscrizione|cancella\w* (?:dalla|l['’]iscrizione).{0,20}"
        r"|gestisci .{0,30}"
    ),
    r"uitschrijven|afmelden|voorkeuren .{0,20}",
    r"(?:配信|購読)?(?:を)?(?:停止|解除)|退会|配信設定.{0,20}",
    r"(?:إلغاء|الغاء) (?:ال)?اشتراك|تفضيلات.{0,20}",
    r"(?:הסר|הסרה|להסרה|ביטול (?:ה)?(?:מנוי|רישום)|ביטול הרשמה).{0,20}",
)
_CONFIRMATION = (
    (
        r"(?:please |you must |to )?(?:confirm|verify|activate|validate)\b.{0,40}\b(?:subscription"
        r"|e-?mail|address|sign-?up|registration|account|newsletter)|(?:subscription"
        r"|sign-?up|e-?mail"
        r"|registration)\b.{0,20}\bconfirmation|(?:please|yes,?|click to) confirm\b"
        r"|confirm sign-?up"
    ),
    (
        r"(?:anmeldung|abo\w*|e-?mail\S*|adresse|newsletter\S*|registrierung)\b.{0,30}(?:bestätig"
        r"|aktivier)|bestätig\w*\b.{0,40}(?:anmeldung|abo|e-?mail|adresse|newsletter|registrierung)"
    ),
    (
        r"confirme[rz]?\b.{0,40}(?:inscription|abonnement|adresse|e-?mail|courriel)"
        r"|confirmation\b.{0,20}(?:inscription|abonnement)"
    ),
    (
        r"confirm(?:a|e|ar)\b.{0,40}(?:suscripción|correo|dirección|registro|e-?mail|inscrição"
        r"|assinatura|endereço|cadastro)|confirmación de .{0,20}(?:suscripción|correo)"
    ),
    r"conferma\w*\b.{0,40}(?:iscrizione|indirizzo|e-?mail|abbonamento|registrazione)",
    r"bevestig\w*\b.{0,40}(?:inschrijving|aanmelding|abonnement|e-?mail|registratie)",
    (
        r"(?:登録|購読|メールアドレス|申し?込み).{0,20}(?:確認|認証|完了してください)"
        r"|(?:確認|認証).{0,20}(?:登録|購読|メールアドレス)"
    ),
    r"(?:تأكيد|أكّد|أكد|تفعيل).{0,40}(?:اشتراك|بريد|عنوان|تسجيل)",
    r"(?:אשר|אישור|אימות|אמת|לאשר).{0,40}(?:הרשמ|מינוי|מנוי|דוא|מייל|כתובת|רישום)",
)
# Words of the services that send, which write English whatever the language.
_SERVICE = (
    r"(?:read|open) in (?:the )?app\b",
    r"powered by .{1,30}",
    r"forwarded (?:this|to you|by)\b",
    r"forward to a friend|(?:more|less) like this",
)
# What is in the address of a link that confirms.
_CONFIRMING_PATH = r"confirm|verif|activat|opt-?in|double-?optin|subscribe/[\w-]+|validate"


def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


BROWSER = _any_of(_BROWSER)
"""The text of a link that leads to the same message on the web."""
LEAVING = _any_of(_LEAVING)
"""The text of a link by which a reader leaves a list, or changes what is sent."""
SERVICE = _any_of(_SERVICE)
"""The text of a link that the service puts there which sends the newsletter."""
CONFIRMATION = _any_of(_CONFIRMATION)
"""A subject or a link of a message that asks whether somebody did subscribe."""
CONFIRMING_PATH = re.compile(_CONFIRMING_PATH, re.IGNORECASE)
"""What the address of a link has in it that confirms."""
