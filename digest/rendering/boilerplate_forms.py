"""The known forms of what feeds put around an article, as regular expressions without case.

In English and the languages that editions speak, as WordPress, Medium, Substack, Hacker News,
Reddit, YouTube, forums, podcast hosts and news agencies say it.
"""

from __future__ import annotations

MORE = (
    r"(?:continue reading|keep reading|read (?:more|on|the (?:full|rest|whole|original))"
    r"|read (?:full|original) (?:article|story|post|topic)|learn more|weiterlesen|mehr lesen"
    r"|lies weiter|den (?:ganzen|vollst[äa]ndigen) (?:artikel|beitrag)"
    r"|zum (?:vollst[äa]ndigen )?artikel"
    r"|lire (?:la suite|plus|l['’]article)|leer m[áa]s|seguir leyendo|sigue leyendo|contin[úu]a"
    r"|continua a leggere|leggi (?:tutto|di pi[ùu])|lees (?:meer|verder)"
    r"|leia mais|ler mais|saiba mais|continu(?:e|ar) (?:lendo|a ler)|l[äa]s mer|czytaj (?:dalej"
    r"|więcej)"
    r"|читать далее|続きを(?:読む|みる|見る)|もっと(?:読む|見る)"
    r"|阅读(?:全文|更多|原文)|继续阅读|查看全文"
    r"|اقرأ المزيد|تابع القراءة|أكمل القراءة|קרא עוד|קראו עוד|המש[יך]כו? לקרוא|להמשך קריאה)"
)
APPEARED = (
    r"(?:the (?:post .{1,200}?|article [^.!?]{1,200}?)"
    r"(?:appeared first|first appeared) (?:on|in|at)"
    r"|(?:der|dieser) (?:beitrag|artikel) .{0,200}?(?:erschien|ist) (?:zuerst|zun[äa]chst)"
    r"|cet article|l['’]article .{1,200}? est apparu en premier"
    r"|la entrada .{1,200}? (?:se public[óo]|apareci[óo]|aparece) primero"
    r"|l['’]articolo .{1,200}? (?:proviene da|è apparso per primo)"
    r"|o (?:post|artigo|conte[úu]do) .{1,200}? aparece[u]? primeiro"
    r"|het bericht .{1,200}? (?:verscheen eerst|is het eerst verschenen)"
    r"|inlägget .{1,200}? (?:dök|dok) först upp|artykuł .{1,200}? pochodzi z serwisu"
    r"|(?:запись|сообщение) .{1,200}? (?:впервые появи\w+|появи\w+ сначала)"
    r"|投稿 ?.{1,200}? ?は ?.{1,80}? ?に最初に表示されました"
    r"|(?:ظهرت? )?(?:المقالة|المقال|التدوينة) .{1,200}? (?:ظهرت? |نشرت? )?أول(?:اً|ًا|ا)? (?:على"
    r"|في)"
    r"|ה?פוסט .{1,200}? הופיע (?:לראשונה|ראשון) ב)(?:\b|(?<=ב)).{0,150}"
)
DATE = (
    r"(?:[^\W\d]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{1,2}\.? (?:de )?[^\W\d]{3,10}\.?"
    r"(?: de)? \d{4}|\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{4}"
    r"|\d{4} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日)"
)
MINUTES = r"(?:~|≈|about |ca\. )?\d{1,3} ?-?(?:min\b\.?|mins\b|minutes?\b|minuten\b|minutos?\b)"
NAMES = (
    r"[^\W\d_a-z][\w.'’-]+(?:(?:,? (?:and|und|et|y|e|von|van|de|&) |,? )[^\W\d_a-z][\w.'’-]*){0,7}"
)
_NETWORKS = (
    r"share|tweet|pin it|e-?mail|print|save|copy link|facebook|twitter|x|linkedin|reddit|whatsapp"
    r"|pinterest|telegram|mastodon|bluesky|threads|instagram|hacker news|flipboard|pocket"
    r"|teilen|partager|compartir|condividi|compartilhar|delen|シェア(?:する)?|ツイート|مشاركة|שתפו|שיתוף"
)
_CREDITS = (
    r"photo(?: credit)?|image(?: credit)?|picture|photograph|illustration|credit|foto|bild"
    r"|titelbild|bildquelle|cr[ée]dit photo|imagen|(?:featured|cover|header) image"
)
_FILED = (
    r"tags?|tagged(?: with| as)?|filed (?:under|in)|posted in|categor(?:y|ies)|topics|labels"
    r"|schlagw[öo]rter|schlagworte|kategorien?|ver[öo]ffentlicht in|mots[ -]cl[ée]s|[ée]tiquettes"
    r"|cat[ée]gories?|etiquetas|categor[íi]as?|categorie|trefwoorden|categorieën|タグ|カテゴリー?"
    r"|الوسوم|التصنيفات|תגיות|קטגוריות"
)
_SERVICES = r"patreon|ko-?fi|paypal|github sponsors|open ?collective|liberapay|buy ?me ?a ?coffee"
# Of whole paragraphs.
PARAGRAPHS = (
    rf"{MORE}(?:\b|(?<=[^\x00-\u04ff])).{{0,150}}",
    APPEARED,
    (
        r"(?:this (?:post|article|story|piece) )?(?:(?:was|is|has been) )?"
        r"(?:originally |first |cross-?)(?:published|posted|appeared)\b.{0,150}"
    ),
    r".{1,200} was originally published in .{1,100} on medium\b.{0,150}",
    (
        r"(?:sponsored|advertisement|advertising|anzeige|werbung|publicit[ée]|publicidad"
        r"|pubblicità|publicidade|advertentie|promoted|広告|إعلان|פרסומת)"
        r"(?: (?:post|content|story|by .{1,60}))?"
    ),
    r"(?:article|story|advertisement)[ -]*continues? (?:reading )?(?:below|after).{0,60}",
    r"click (?:here )?to (?:view|read|watch|see|listen|continue|play)\b.{0,100}",
    (
        r"(?:view|read|open) (?:this|the|it|in|on|original|full) "
        r".{0,80}(?:post|article|image|gallery|browser|video|online|app)"
    ),
    r"(?:view|read|open) in (?:app|browser|your browser)|view original content.{0,150}",
    r"(?:hier klicken|cliquez ici|haz clic|clique aqui|clicca qui|klik hier)\b.{0,80}",
    (
        rf"(?:(?:{_NETWORKS})(?: (?:this|on|via|it|to|auf|sur|en)\b)?[\s,|·•/]*)+(?:post|article"
        rf"|story)?"
    ),
    r"(?:follow|like) (?:us|me)\b.{0,100}",
    (
        r"(?:subscribe|sign up) (?:to|for)\b.{0,120}(?:newsletter|updates|feed|podcast"
        r"|channel)\b.{0,60}"
    ),
    (
        r"(?:(?:estimated|average) )?(?:read(?:ing)? time|lesezeit|temps de lecture"
        r"|tiempo de lectura|tempo (?:di lettura|de leitura)|leestijd"
        rf"|読了時間) ?:? ?(?:{MINUTES}(?: read)?|.{{0,4}}\d+ ?分)"
    ),
    rf"{MINUTES}(?: (?:read|reading time|lesezeit|de lecture|de lectura|di lettura|de leitura))?",
    rf"(?:(?:{_CREDITS})s?(?: ?[:©]| (?:by|credit|courtesy|via|from|von|de|par)\b)|©).{{0,120}}",
    r"(?:article|comments) url:.*|points: \d+|# comments: \d+",
    (
        r"(?:comments?|kommentare|commentaires|comentarios|coment[áa]rios|commenti|reacties"
        r"|コメント|التعليقات|תגובות)(?: ?\(?\d+\)?)?|\d+ comments?"
    ),
    (
        r"(?:no|view|read|see|show|add|leave|post|write) (?:all |the |a |your )?(?:\d+"
        r" )?(?:comments?|reply)\b.{0,40}"
    ),
    r"\d+ posts? - \d+ participants?|read full topic",
    r"submitted by (?:/?u/)?[\w-]{1,40}(?: to /?r/\w{1,40})?(?: \[link\])?(?: \[comments\])?",
    r"submitted by .{1,40}\[link\].*|\[link\](?: \[comments\])?",
    rf"(?:(?:published|posted|updated|ver[öo]ffentlicht|publi[ée]) ?(?:on|am|le)?:? )?{DATE}",
    r"stat(?:istics|istik|istiques)\s*:.{0,150}|estad[íi]sticas\s*:.{0,150}",
    (
        r"(?:perma(?:nent )?link|permalien|dauerlink|enlace permanente|link permanente|固定リンク"
        r"|パーマリンク).{0,80}"
    ),
    (
        r"(?:reply|respond|comment)(?: to this(?: post)?)? (?:via|by) e-?mail|(?:per|via) e-?mail"
        r" antworten"
    ),
    rf"(?:{_FILED})\s*[:：] ?[^.!?]{{1,150}}",
    (
        r"(?:discuss|join the (?:discussion|conversation)|comment)(?: (?:this|it))?(?: post|"
        r" article)? (?:on|in|at|over) .{1,60}"
    ),
    (
        r"(?:related|recommended|similar|more) (?:posts?|articles?|stories|reading|links)|more"
        r" from .{1,40}(?<![.!?])$"
    ),
    (
        r"(?:you (?:may|might) also (?:like|enjoy)|skip to (?:main )?content|jump to recipe|print"
        r" recipe)\b.{0,60}"
    ),
    r"table of contents|inhaltsverzeichnis|sommaire|目次",
    (
        r"(?:(?:jetzt )?(?:den )?newsletter (?:abonnieren|bestellen)|jetzt abonnieren|abonnez-vous"
        r"|s['’]abonner|suscr[íi]b(?:ete|ase|irse)|iscriviti|inscreva-se|assine|abonneer(?: je)?"
        r"|(?:チャンネル|メルマガ|ニュースレター)(?:を|の)?(?:購読|登録)|اشترك(?:وا)?|הירשמו|הרשמו)(?:\b|).{0,120}"
    ),
    r"upgrade to paid|get \d{1,2}% off for .{1,20}|pledge your support|give a gift subscription",
    r"(?:start writing today\. use the button below|this is a free preview of a paid).{0,150}",
    r"discover more from .{1,120}|type your e-?mail.{0,30}|already a (?:paid )?subscriber\b.{0,40}",
    r"- ?ends ?-|###|source:? .{1,80}businesswire.{0,80}|no content",
    r"(?:reporting|writing|editing) by .{1,120}",
    r"★? ?support (?:this|the) (?:podcast|show|channel|project|blog)\b.{0,150}",
    r"(?:hosted|produced) (?:on|by) (?:acast|simplecast|megaphone|ausha)\b.{0,200}",
    rf"(?:support|donate|tip|back)\b.{{0,60}}\b(?:{_SERVICES})\b.{{0,60}}",
)
# Of sentences at an edge of a paragraph, by the word that each has; without what ends them.
SENTENCES = {
    "subscribe": (
        r"(?:please |and |or |also |(?:you can )?click (?:here )?to |don['’]t forget to |be sure"
        r" to "
        r"|make sure (?:to|you) |remember to |rate,? (?:and )?review,? (?:and )?"
        r"|like,? (?:(?:and|&) )?(?:share,? (?:and|&) )?)*subscribe\b.{0,200}"
    ),
    "subscribing": r"(?:get|unlock|become|support|thank).{0,80}\bsubscribing\b.{0,80}",
    "subscriber": r".{0,120}\b(?:free or paid|paid|become a|for paid) subscribers?\b.{0,80}",
    "subscribers": (
        r"(?:this (?:post|episode|article) is )?(?:only )?for paid(?: |-)subscribers.{0,60}"
    ),
    "forwarded": (
        r"(?:if you|was this|did (?:someone|a friend)|has this|been).{0,30}\bforwarded\b.{0,150}"
    ),
    "issue": r"(?:hi|hello|hey|welcome).{0,60}\b(?:issue|edition) of\b.{0,80}",
    "edition": r"(?:hi|hello|hey|welcome).{0,60}\b(?:issue|edition) of\b.{0,80}",
    "supported": r".{0,120}\b(?:reader|listener|viewer)[- ]supported\b.{0,80}",
    "reading": r"thank(?:s| you)(?: so much| very much)? for (?:reading|subscribing)\b.{0,100}",
    "listening": r"thank(?:s| you)(?: so much| very much)? for (?:listening|watching)\b.{0,100}",
    "watching": r"thank(?:s| you)(?: so much| very much)? for (?:listening|watching)\b.{0,100}",
    "public": r"this (?:post|episode) is public.{0,100}",
    "choices": r".{0,60}\b(?:ad|advertising) choices\b.{0,60}|visit \S+adchoices\b.{0,20}",
    "adchoices": r"(?:visit|see) \S+adchoices\b.{0,40}",
    "privacy": (
        r"(?:see|visit|privacy (?:&|and)|to learn more|hosted|view our|our) .{0,100}"
        r"(?:privacy|opt-out).{0,150}"
    ),
    "advertising": (
        r"(?:see|for|advertising inquiries).{0,60}\badvertising\b.{0,80}|advertising"
        r" inquiries.{0,80}"
    ),
    "adswizz": r"(?:hosted|see) .{0,150}adswizz.{0,150}",
    "acast": r"hosted on acast.{0,60}",
    "sponsor": (
        r"(?:thanks? |today['’]s |our |this (?:episode|week)['’]s |a word from"
        r" ).{0,40}\bsponsor\b.{0,150}"
    ),
    "sponsors": (
        r"(?:thanks? |today['’]s |our |support |this (?:episode|week)['’]s |check out"
        r" ).{0,40}\bsponsors\b.{0,150}"
    ),
    "sponsored": (
        r"(?:this|today['’]s|the) (?:episode|video|post|issue|newsletter|show|podcast)(?: is|"
        r" was)? sponsored\b.{0,150}"
    ),
    "brought": r".{0,40}\b(?:is|are) brought to you by\b.{0,150}|brought to you by\b.{0,100}",
    "off": r"(?:get|save|use|enjoy|take|claim)\b.{0,80}\b\d{1,2} ?% off\b.{0,150}",
    "code": (
        r"(?:use|with|enter)(?: my| our| promo| discount| coupon)* code \S{2,20}(?: (?:for|to|at"
        r"|and)\b.{0,80})?"
    ),
    "coffee": r".{0,60}\bbuy (?:me|us) a coffee\b.{0,80}",
    "enjoying": r"(?:are you )?enjoying (?:this|the|my|our|reading)\b.{0,60}",
    "enjoyed": r"(?:if you |did you )?(?:have )?enjoy(?:ed)? (?:this|the|my|our|reading)\b.{0,150}",
    "enjoy": r"(?:if you |did you )enjoy (?:this|the|my|our|reading)\b.{0,150}",
    "patreon": (
        r"(?:support|join|become|donate|find|follow|get)\b.{0,80}\bpatreon\b.{0,60}|patreon ?:"
        r" .{0,60}"
    ),
    "donation": r"(?:please )?(?:consider|support|make)\b.{0,60}\bdonation\b.{0,60}",
    "unsubscribe": r"(?:click here to |to |you can )?unsubscribe\b.{0,80}",
    "preferences": (
        r"(?:update|manage|change) (?:your |my )?(?:e-?mail |subscription )?preferences\b.{0,60}"
    ),
    "receiving": r"you(?: are|['’]re) receiving this.{0,150}",
    "reserved": r".{0,150}\ball rights reserved",
    "copyright": r"(?:©|\(c\))? ?copyright\b ?(?:©|\(c\)|\d{4}).{0,100}",
    "affiliate": r"(?:this|some|the|these|links|may|as)\b.{0,80}\baffiliate\b.{0,100}",
    "associate": r"as an amazon associate\b.{0,80}",
    "follow": r"follow (?:us|me|the show|our)\b.{0,150}",
    "permalink": r"(?:∞ |# )?permalink",
    "tweet": r"tweet this.{0,40}",
    "browser": r"(?:your browser does not support|view this).{0,100}",
    "javascript": r"(?:please )?(?:enable|turn on) javascript.{0,100}",
    "text": r"send us (?:a text|fan mail).{0,40}",
    "forget": r"don['’]t forget to (?:like|share|subscribe|rate|follow).{0,120}",
    "slashdot": r"read more of this story at slashdot",
    "editing": r"\(?(?:additional )?reporting by .{1,150}",
}
# Before what the first sentence says. With case: capitals tell places and agencies.
_AGENCIES = (
    r"(?:[Rr]euters|REUTERS|AP|AFP|UPI|EFE|ANSA|PTI|ANI|IANS|TASS|Xinhua|Kyodo(?: News)?|Yonhap"
    r"|Bloomberg"
    r"|dpa|epd|KNA|sid|sda|APA|ots|CNN|BUSINESS WIRE|Business Wire|GLOBE NEWSWIRE|PRNewswire|PR"
    r" Newswire"
    r"|Lusa|Belga|ANP|KUNA|WAM|JTA)"
)
_AGENCY = rf"(?:\({_AGENCIES}(?:[/ ][\w/]{{1,12}})?\)|/{_AGENCIES}/)"
_PLACE = r"[A-Z\u00c0-\u00de][^\W\d_]*(?:[ .'’-]{1,2}[A-Z\u00c0-\u00de][\w.'’]*){0,3}"
_PLACES = rf"{_PLACE}(?:, {_PLACE})?"
_MONTH = (
    r"(?i:jan|ene|gen|f[ée]v|feb|mar|mär|mrt|maart|avr|apr|abr|ma[iy]|mag|mei|jun|juin|giu|juil?"
    r"|jul"
    r"|lug|ao[uû]t|aug|ago|sep|set|okt|oct|ott|out|nov|de[czk]|dic|déc)[^\W\d_]{0,6}\.?"
)
_DAY = (
    rf"(?:(?:[^\W\d_]{{2,10}}, )?(?:le )?(?:{_MONTH} \d{{1,2}}(?:, ?\d{{4}})?"
    rf"|\d{{1,2}}\.? (?:de )?{_MONTH}(?:,? (?:de )?\d{{4}})?"
    r"|\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{4}))"
)
_DASH = r"\.? ?(?:[–—-]{1,3}|\.-) ?"
BEGINNINGS = (
    r"arXiv:\S+ Announce Type: \S+(?: Abstract:)? ?",
    r"Abstract: ",
    r"(?:Listen|Watch|Read) now \([^)]{1,20}\) ?[|·•:–—-] ?",
    rf"(?:{_PLACES},? )?{_DAY},? ?{_AGENCY}{_DASH}",
    rf"(?:{_PLACES}[,:]? ?)?(?:[–—-]{{2}})?{_AGENCY}{_DASH}",
    rf"(?:{_PLACES},? ){_DAY}{_DASH}(?=[A-Z\u00c0-\u00de«“\"])",
    rf"{_DAY}(?: [–—-]{{1,2}} | ?[:|] )(?=[A-Z\u00c0-\u00de«“\"])",
    r"[A-Z][A-Z. ]{4,20}(?:, [A-Z][\w.]{1,12}(?: [A-Z]\w+)?)? [–—] (?=[A-Z])",
    r"[【\[][^】\]]{1,20}(?:共同|時事|ロイター|AFP|新华社)[^】\]]{0,10}[】\]] ?",
)
# What says nothing in an excerpt, but is of use in a whole text.
NOTHING_TO_READ = (
    r"\W{0,3}(?:\d{1,2}:)?\d{1,2}:\d\d\b.{0,150}",
    r".{0,80}\bhttps?://\S+",
    r"(?:#[\w-]+\s*){2,}",
    r"\W*full changelog\b.{0,200}",
    r"what['’]s changed",
    r"(?:publication date|source|author\(s\)): .{0,200}",
)
