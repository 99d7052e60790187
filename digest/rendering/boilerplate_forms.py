"""The known forms of what feeds put around an article, as regular expressions of lower case.

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
    r"|(?:cet article|l['’]article|le billet) .{0,200}? est apparu en premier"
    r"|(?:la entrada|el art[íi]culo|el post) .{1,200}? (?:se public[óo]|apareci[óo]|aparece)"
    r" primero"
    r"|(?:l['’]articolo|il post) .{1,200}?"
    r" (?:proviene da|sembra essere il primo su|è apparso per primo)"
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
    r"(?:[^\W\d]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{1,2}(?:\.|er|º|st|nd|rd|th)?[ -]"
    r"(?:de |of )?"
    r"[^\W\d]{3,11}\.?(?: de|,)?[ -]\d{4}(?: ?(?:г|р)\.)?|\d{4}[-/.]\d\d[-/.]\d\d"
    r"|\d{1,2}[./-]\d{1,2}[./-]\d{4}"
    r"|\d{4} ?[年년] ?\d{1,2} ?[月월] ?\d{1,2} ?[日일])"
)
MINUTES = r"(?:~|≈|about |ca\. )?\d{1,3} ?-?(?:min\b\.?|mins\b|minutes?\b|minuten\b|minutos?\b)"
_TIME = (
    r"(?:(?:,|t| [|–—·-])? ?(?:(?:at|um|à|a las|às|alle|ore|om|kl\.?|в) )?\d{1,2}[:.h]\d\d"
    r"(?::\d\d)?"
    r" ?(?:[ap]\.?m\.?|uhr|hs?\.?|z)?(?: \(?[a-z]{2,4}\)?)?)"
)
# What stands before the day of publishing.
_STAMPED = (
    r"(?:(?:first |last |originally |zuletzt |dernière |última |ultimo |laatst )?(?:published"
    r"|posted|released"
    r"|updated|modified|edited|created|added|mise? à jour|modifié|publié|paru|veröffentlicht"
    r"|erschienen"
    r"|aktualisiert|geändert|actualización|actualizado|publicado|atualizado|atualização|modifica"
    r"|pubblicato"
    r"|aggiornato|aggiornamento|gepubliceerd|bijgewerkt|geplaatst|publicerad|uppdaterad"
    r"|publisert|oppdatert"
    r"|udgivet|opdateret|julkaistu|päivitetty|opublikowano|zaktualizowano|publikováno|aktualizováno"
    r"|опубликовано|обновлено|опубліковано|оновлено|yay[ıi]nlanma|güncelleme)"
    r"|(?:release|publication|publish|pub|post)? ?date|date published|stand|datum|дата"
    r"|(?:公開|更新|投稿|配信|掲載|発売)日時?|最終更新|发布(?:时间|日期|于)|更新(?:时间|日期|于)|發佈(?:時間|於)"
    r"|입력|수정|등록|게시|نشر في|تاريخ النشر|آخر تحديث|(?:פורסם|עודכן)(?: ב-?)?)"
    r"(?: (?:on|at|am|den|le|el|il|op|em|lørdag|på|dne|dnia))?\s?[:：]?\s?"
)
STAMP = (
    rf"(?:{_STAMPED}(?:(?:[^\W\d_]{{2,11}}\.?,? )?{DATE}{_TIME}?"
    rf"|(?:a las |à |um |alle |at ){_TIME})"
    r"(?: by [^.!?]{1,40})?)"
)
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
# Of whole paragraphs, whatever titles in them say.
WHOLE = (
    APPEARED,
    r"(?=.*originally published).{1,200} was originally published in .{1,100} on medium\b.{0,150}",
    r"(?:start writing today\. use the button below|this is a free preview of a paid).{0,150}",
)
# Of each sentence of a paragraph.
PARAGRAPHS = (
    rf"{MORE}(?:\b|(?<=[^\x00-\u04ff])).{{0,150}}",
    (
        r"(?:this (?:post|article|story|piece) )?(?:(?:was|is|has been) )?"
        r"(?:originally |first |cross-?)(?:published|posted|appeared)\b.{0,150}"
    ),
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
        r"(?:(?:estimated|average) )?(?:read(?:ing)? time|lesezeit|lesedauer|temps de lecture"
        r"|tiempo de lectura|tempo (?:di lettura|de leitura)|leestijd"
        rf"|読了時間) ?:? ?(?:{MINUTES}(?: read)?|.{{0,4}}\d+ ?分)"
    ),
    rf"{MINUTES}(?: (?:read|reading time|lesezeit|de lecture|de lectura|di lettura|de leitura))?",
    (
        rf"(?:(?:{_CREDITS})s?(?: source)?(?: ?[:©]| (?:by|credit|courtesy|via|from|von|de"
        rf"|par)\b)|©).{{0,120}}"
    ),
    r"(?:article|comments) url:.*|points: \d+|# comments: \d+",
    (
        r"(?:comments?|kommentare|commentaires|comentarios|coment[áa]rios|commenti|reacties"
        r"|コメント|التعليقات|תגובות)(?: ?\(?\d+\)?)?|\d+ comments?"
    ),
    (
        r"(?:no|view|read|see|show|add|leave|post|write) (?:all |the |a |your )?(?:\d+"
        r" )?(?:comments?|reply)\b.{0,40}"
    ),
    r"\d+ posts? - \d+ participants?(?: read full topic)?|read full topic|refer a friend",
    r"submitted by (?:/?u/)?[\w-]{1,40}(?: to /?r/\w{1,40})?(?: \[link\])?(?: \[comments\])?",
    r"submitted by .{1,40}\[link\].*|\[link\](?: \[\d* ?comments?\])?",
    STAMP,
    (
        r"(?:stat(?:istics|istik(?:en)?|istiques|istiche|istieken)|est[ae][dt][íi]sticas"
        r"|統計|إحصائيات|סטטיסטיקה)\s*[:：] ?"
        r"(?:posted|verfasst|geschrieben|publi[ée]|post[ée]|escrit|publicad|enviad"
        r"|scritt|inviat|pubblicat|geplaatst|投稿|نشر|פורסם).{0,150}"
    ),
    (
        r"(?:perma(?:nente?r? )?link|permalien|lien permanent|dauerlink|enlace permanente|link"
        r" permanente"
        r"|collegamento permanente|ligação permanente|permalänk|постоянная ссылка"
        r"|固定リンク|パーマリンク|永久链接"
        r"|永久連結|고유 ?링크|الرابط الدائم|رابط دائم|קישור קבוע)\b.{0,80}"
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
        r"more on this(?: topic| story)?|(?:mehr )?zum thema|(?:verwandte|ähnliche) (?:artikel"
        r"|beiträge|themen)"
        r"|sur le même (?:sujet|thème)|articles? (?:liés|similaires|connexes)|noticias relacionadas"
        r"|artículos relacionados|articoli correlati|artigos relacionados|notícias relacionadas"
        r"|gerelateerde? (?:artikelen|berichten)|похожие (?:статьи|записи|материалы)|по теме"
    ),
    (
        r"artikel (?:drucken|versenden|merken|hören|vorlesen)|drucken|versenden|imprimer"
        r"|imprimir|stampa(?: articolo)?"
    ),
    r"announce type: \S+(?: abstract:)?",
    (
        r"(?:(?:jetzt )?(?:den )?newsletter (?:abonnieren|bestellen)|jetzt abonnieren|abonnez-vous"
        r"|s['’]abonner|suscr[íi]b(?:ete|ase|irse)|iscriviti|inscreva-se|assine|abonneer(?: je)?"
        r"|(?:チャンネル|メルマガ|ニュースレター)(?:を|の)?(?:購読|登録)|اشترك(?:وا)?|הירשמו|הרשמו)(?:\b|).{0,120}"
    ),
    r"upgrade to paid|get \d{1,2}% off for .{1,20}|pledge your support",
    r"give a (?:gift )?subscription",
    r"discover more from .{1,120}|type your e-?mail.{0,30}",
    r"already a (?:paid )?subscriber(?:[?.:,]? (?:sign|log) in\b.{0,30})?",
    r"- ?ends ?-|###|source:? .{1,80}businesswire.{0,80}|no content",
    r"(?:reporting|writing|editing) by .{1,120}",
    r"★? ?support (?:this|the) (?:podcast|show|channel|project|blog)\b.{0,150}",
    r"(?:hosted|produced) (?:on|by) (?:acast|simplecast|megaphone|ausha)\b.{0,200}",
    rf"(?:support|donate|tip|back)\b.{{0,60}}\b(?:{_SERVICES})\b.{{0,60}}",
    r"more|loading|like this|like loading|me gusta esto|j['’]aime ça|gefällt mir",
    (
        r"(?:listen|watch|play|download|stream) now|(?:listen|watch|play|download|stream)"
        r" (?:(?:to )?(?:this|the|full|our)(?: full|"
        r" latest)?"
        r" (?:episode|podcast|show|mp3|video|audio|recording|pdf)"
        r"|on (?:apple|spotify|youtube|itunes|google|overcast|amazon))\b[^.!?]{0,80}"
    ),
    r"direct download\s*:.{0,150}",
    r"(?:links|resources|books|people|things) (?:mentioned|discussed)(?: in (?:this|the) \w+)?",
    r"chapters|timestamps|show ?notes|kapitel(?:marken)?|chapitres",
    r"(?:theme |intro |outro )?music (?:by|from|provided by) [^.!?]{1,60}",
    r"(?:become a (?:channel )?(?:member|supporter)|join this channel)\b.{0,100}",
    r"hit the (?:bell|like)\b.{0,60}|ring the bell\b.{0,40}|disclaimer ?:.{0,200}",
    r"sign up(?: (?:here|now|today|free|below))?(?: (?:for|to|and)\b.{0,80})?",
    (
        r"privacy (?:policy|notice)|terms(?: (?:of (?:service|use)|and conditions))?|cookie policy"
        r"|contact(?: us)?|advertise(?: with us)?|imprint|impressum|datenschutz(?:erklärung)?"
        r"|mentions légales|unsubscribe|abmelden|se désabonner|darse de baja|disiscriviti"
    ),
    r"posted by [\w .@/-]{1,40}(?: (?:on|in) .{1,60})?",
    rf"(?:[^\W\d_]{{5,12}}, )?{DATE}{_TIME}?",
    r"about the authors?|über den autor|über die autorin|à propos de l['’]auteur|getty images",
    r"\d+ comments? so far|comments (?:are closed|off|on .{1,40})",
    r"via:? [^.!?]{1,40}$|(?:filed under|posted in) [^.!?]{1,80}",
    (
        r"(?:view|see|read) (?:this )?(?:post |it |thread )?on (?:github|instagram|twitter|x"
        r"|facebook"
        r"|youtube|mastodon|bluesky|the web|medium|reddit)\b.{0,60}|a post shared by .{1,80}"
    ),
    r"print this (?:page|article)|save for later|add to (?:bookmarks|favou?rites)|back to top",
    r"zur startseite|zum seitenanfang|nach oben",
    (
        r"(?:(?:diesen )?(?:artikel|beitrag) teilen|teilen sie|partage[rz] (?:cet|cette|sur)"
        r"|comparte (?:esto|est[ea])|condividi (?:questo|su)|compartilh[ea] (?:isso|isto|este)"
        r"|deel (?:dit|op)|この記事をシェア|שתפו את ה?(?:כתבה|פוסט|מאמר|עמוד)"
        r"|شارك (?:على|(?:هذا |هذه )?"
        r"(?:المقال|المقالة|الخبر|الصفحة))).{0,60}"
    ),
    r"(?:abonnieren sie|meld je aan|schrijf je in|melden sie sich) .{1,100}",
    r"/u/[\w-]{1,40}|\d+ points? by .{1,40}",
    r"-30-|(?:media|press) contacts?\s*:.{0,200}",
    r"our standards\s*:.{0,100}",
    r"(?:powered by|sent (?:with|via|from)) [^.!?]{1,40}",
    (
        r"support (?:us|me|our (?:work|journalism|mission)|my work)\b.{0,80}|donate(?: now| today"
        r"| here)?"
    ),
    r"sponsors?\s*: .{1,120}|from our sponsors?\b.{0,150}|a (?:message|word) from .{1,100}",
    r"(?:presented by|in partnership with) [^.!?]{1,40}$",
    r"(?:discussion|conversation|comments?) (?:about|on) this (?:post|article|episode)",
    (
        r"this (?:release|changelog|pull request|entry|feed|post) was (?:automatically |auto-?)?"
        r"(?:generated|created)(?: automatically)?(?: (?:by|with|from)\b.{0,80})?"
    ),
    r"(?:this )?feed (?:was )?(?:generated|created|provided) (?:with|by|at) .{1,40}",
    r"this (?:is|post is|article is) a (?:cross-?post|linkpost|repost)\b.{0,100}",
    (
        r"(?:(?:by |from |von |aus )?(?:our |unserer |der |la |de la |dalla |de )?(?:staff"
        r"|editors?|editorial team"
        r"|newsroom|redaktion|rédaction|redacción|redação|redazione|redactie|agencias|agenzie"
        r"|agences|agenturen)"
        r"(?: (?:writers?|reports?|and agencies|und agenturen))?)"
    ),
)
# The same, where capitals tell.
CAPITALS = (
    r"SOURCE .{1,80}|ENDS",
    r"(?:TOGETHER WITH|PRESENTED BY|IN PARTNERSHIP WITH) .{1,60}",
    r"Share (?:The |[A-Z])[\w’'& -]{1,40}(?<![.!?])$",
    rf"(?i:(?:episode |cover |logo )?(?:art ?work|art|design|graphics|transcript) by ){NAMES}",
    (
        r"(?i:(?:hosted|produced|distributed|edited|mixed|engineered|recorded)(?: and \w+)? by )"
        rf"{NAMES}"
    ),
    (
        r"(?i:(?:ein |un |une )?(?:beitrag|artikel|bericht|text|kommentar|analyse|kolumne"
        r"|gastbeitrag|article|texte"
        rf"|texto|testo|tekst)(?: ?: | von | de | par | di | por | door )){NAMES}"
    ),
)
