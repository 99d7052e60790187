"""What newsletters write around what they say, in the languages of editions and some more."""

from __future__ import annotations

import re

_BROWSER = (
    # English
    (
        r"(?:view|read|open|see|display)\b.{0,40}\b(?:in|on) (?:a |the |your )?(?:web )?"
        r"(?:browser|web|website)\b|(?:view|read|open|see) (?:it |this .{0,20})?online"
        r"|(?:web|online) version|(?:view|read) (?:this post|in browser)\b.{0,30}"
        r"|no images\?|(?:trouble|problems?|can['’]?t|cannot|unable to) (?:view|read|see|display)"
        r"|(?:not|isn['’]?t) display\w* (?:correctly|properly)"
    ),
    # German
    (
        r"(?:im|in ihrem|in deinem) (?:web-?)?browser\b.{0,30}|(?:zur )?(?:online|web)-?(?:version"
        r"|ansicht)|online (?:ansehen|lesen|anzeigen)"
        r"|nicht (?:richtig|korrekt) (?:angezeigt|dargestellt)|darstellungsprobleme"
    ),
    # French
    (
        r"(?:voir|lire|lisez|afficher|ouvrir|consulte[rz])\b.{0,40}(?:navigateur|en ligne)"
        r"|version (?:en ligne|web)|ne s['’]affiche pas|s['’]affiche mal"
    ),
    # Spanish, Portuguese
    (
        r"(?:ver|abrir|leer|visualizar)\b.{0,40}(?:en (?:el|tu|su) navegador|en línea)"
        r"|versión (?:web|online|en línea)|no (?:se visualiza|puede[s]? ver)"
    ),
    (
        r"(?:ver|abrir|ler|visualizar|veja|leia)\b.{0,40}(?:n[oa] (?:seu )?navegador"
        r"|on-?line)|versão (?:web|on-?line)"
    ),
    # Italian, Dutch
    (
        r"(?:visualizza|apri|leggi|vedi)\b.{0,40}(?:(?:nel|sul) (?:tuo )?browser|online)|versione"
        r" (?:web|online)|non (?:visualizzi|riesci a (?:vedere|leggere))"
    ),
    (
        r"(?:bekijk|lees|open)\b.{0,40}(?:in (?:je|de|uw) (?:web)?browser|online)"
        r"|(?:online|web)versie"
        r"|niet (?:goed )?(?:weergegeven|leesbaar)"
    ),
    # Japanese, Arabic, Hebrew
    r".{0,20}(?:ブラウザ|ウェブ|Web|オンライン)(?:ー)?(?:で|版).{0,20}",
    r"(?:عرض|افتح|اقرأ|شاهد|مشاهدة|فتح).{0,40}(?:المتصفح|متصفحك|الويب|الإنترنت)",
    r"(?:צפ|פתח|קרא|הצג|לצפייה|לקריאה).{0,40}(?:בדפדפן|באתר|באינטרנט|מקוון)",
)
_LEAVING = (
    (
        r"unsubscribe\b|opt[ -]?out|(?:manage|update|change|edit|email) (?:your |my |email )*"
        r"(?:preferences|subscription|settings)"
    ),
    (
        r"abmelden|abbestellen|austragen|abo(?:nnement)? (?:verwalten|kündigen)"
        r"|einstellungen (?:ändern|verwalten)"
    ),
    (
        r"(?:se )?désabonne\w*|désinscri\w*|désabonnement"
        r"|gérer (?:vos|mes|votre) (?:préf|abonn|inscri)\w*|^(?:mes |vos )?préférences$"
    ),
    (
        r"darse de baja|dar(?:me|te) de baja|cancelar (?:la |tu |a |sua )?(?:suscripción|inscrição"
        r"|assinatura)|desuscri\w*|descadastrar\w*"
        r"|(?:gestionar|gerenciar) .{0,10}(?:prefer|suscri|assinat|inscri)\w*"
    ),
    (
        r"disiscriv\w*|annulla (?:l['’])?iscrizione|cancella\w* (?:dalla|l['’]iscrizione).{0,20}"
        r"|gestisci .{0,10}(?:prefer|iscriz|abbonam)\w*"
    ),
    r"uitschrijven|afmelden|voorkeuren .{0,20}",
    r"(?:配信|購読)?(?:を)?(?:停止|解除)|退会|配信設定.{0,20}",
    r"(?:إلغاء|الغاء) (?:ال)?اشتراك|تفضيلات.{0,20}",
    r"(?:הסר|הסרה|להסרה|ביטול (?:ה)?(?:מנוי|רישום)|ביטול הרשמה).{0,20}",
)
# How a sentence begins that says why the message came, or to whom.
_ABOUT_LIST = (
    (
        r"(?:you(?:['’]re| are)? (?:receiv(?:ed|ing)|getting|got) (?:this|these)"
        r"|this (?:e-?mail|message|newsletter) was sent (?:to|by))\b"
    ),
    (
        r"sie (?:erhalten|bekommen) (?:diesen?|unseren) (?:newsletter|e-?mails?|nachricht)\b"
        r"|diese e-?mail wurde (?:an|von)\b"
    ),
    r"vous recevez (?:cet|ce|cette)\b|cet e-?mail (?:a été|est) envoyé",
    r"(?:recibes|has recibido|estás recibiendo) est[ea]\b",
    r"(?:você (?:está recebendo|recebeu)|recebe) est[ea]\b",
    r"(?:ricevi|hai ricevuto|stai ricevendo) quest[oa]\b",
    r"(?:je|u) ontvangt (?:deze|dit)\b",
    r"このメールは.{0,40}(?:配信|お送り|登録)",
    r"(?:تلقيت|وصلتك|تتلقى) هذه? (?:ال)?(?:رسالة|بريد)",
    r"(?:קיבלת|הנך מקבל|את/ה מקבל).{0,20}(?:הודעה|מייל|ניוזלטר)",
)
# All that a link says where the words around it say the rest.
_HERE = (
    r"(?:click |tap )?here|(?:subscribe|sign up)(?: here)?"
    r"|(?:bitte )?(?:hier|klicken sie (?:bitte )?hier|hier klicken)"
    r"|(?:cliquez )?ici|(?:haga |haz )?(?:clic )?aquí|(?:clicca )?qui|(?:clique )?aqui"
    r"|(?:klik )?hier|こちら|(?:اضغط |انقر )?هنا|(?:לחצו |לחץ )?כאן"
)
# A request, and no news of who confirms or validates what.
_REQUEST = (
    r"(?:^|[:!.,|\]–—-] *|\b(?:please|click(?: here| below)? to|you (?:must|need to)|yes,?|i) )"
)
_CONFIRMATION = (
    (
        rf"{_REQUEST}(?:confirm|verify|activate|validate)\b.{{0,40}}\b(?:subscription|e-?mail"
        r"|address|sign-?up|registration|account|newsletter)"
        r"|(?:subscription|sign-?up|e-?mail|registration)\b.{0,20}\bconfirmation"
        r"(?: (?:required|needed|request|notice))?\W*$"
        r"|^(?:please |yes,? |click (?:here )?to )?confirm(?: now| here| sign-?up)?\W*$"
        r"|\bcomplete (?:your |my )?(?:subscription|sign-?up|registration)\b"
        r"|^yes,? (?:please )?(?:subscribe|sign) me\b"
    ),
    # Mailman's, which has a code as its only other word.
    r"^confirm [0-9a-f]{6,}$",
    (
        r"(?:anmeldung|abo\w*|e-?mail\S*|adresse|newsletter\S*|registrierung)\b.{0,30}(?:bestätig"
        r"|aktivier)|bestätig(?:en?|ung|st du)\b.{0,40}(?:anmeldung|abo|e-?mail|adresse|newsletter"
        r"|registrierung)|^ja,? ich (?:möchte|will)\b.{0,30}(?:newsletter|abonnieren|anmelden)"
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
    # Russian, Polish
    r"подтверд\w*.{0,40}(?:подписк|адрес|почт|e-?mail|регистрац)",
    r"potwierd\w*.{0,40}(?:subskrypcj|adres|e-?mail|zapis|rejestracj)",
    r"(?:אשר|אישור|אימות|אמת|לאשר).{0,40}(?:הרשמ|מינוי|מנוי|דוא|מייל|כתובת|רישום)",
)
# Words of the services that send, which write English whatever the language.
_SERVICE = (
    r"(?:read|open) in (?:the )?app\b",
    r"^powered by .{1,30}",
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
ABOUT_LIST = _any_of(_ABOUT_LIST)
"""How a sentence begins that says why the message came."""
HERE = re.compile(_HERE, re.IGNORECASE)
"""The whole text of a link that says nothing by itself."""
CONFIRMATION = _any_of(_CONFIRMATION)
"""A subject or a link of a message that asks whether somebody did subscribe."""
CONFIRMING_PATH = re.compile(_CONFIRMING_PATH, re.IGNORECASE)
"""What the address of a link has in it that confirms."""
