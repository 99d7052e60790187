"""The known forms of sentences around articles, in languages of the Latin alphabet but English.

They ask to follow, subscribe, share and pay, point elsewhere, and say who has the rights, as
WordPress, newsletters, podcast hosts, newspapers and agencies write them.
"""

from __future__ import annotations

_NETWORK = (
    r"(?:(?:\w+ ){0,4})(?:mastodon|bluesky|threads|facebook|instagram|twitter|x|linkedin|youtube"
    r"|whatsapp|telegram|tiktok|spotify|google(?: news)?|discord|social media|feedly"
    r"|reddit)\b.{0,100}"
)
# By the word that each has; without case, and what ends them.
SENTENCES = {
    # German
    "folgen": rf"folgen sie uns (?:auf|bei|in|hier)\b.{{0,100}}|folgen sie {_NETWORK}",
    "folge": r"folge? (?:uns|mir) (?:auf|bei|in|hier|gerne)\b.{0,100}",
    "folgt": r"folgt (?:uns|mir) (?:auf|bei|in|hier|gerne)\b.{0,100}",
    "teilen": (
        r"(?:jetzt|gerne|bitte) teilen(?:\s?:.{0,80})?|"
        r"(?:diesen |den |diese |die )?(?:artikel|beitrag|folge|episode|meldung) teilen(?: "
        r"(?:auf|per|mit|via)\b.{0,50})?"
        r"|teilen sie (?:diesen|diese) (?:artikel|beitrag|folge|episode|meldung|seite)\b.{0,60}"
    ),
    "teile": r"teile? (?:diesen|diese|den) (?:artikel|beitrag|folge|episode)\b.{0,60}",
    "unterstütze": r"unterstütze (?:uns|mich|den podcast|diesen podcast|unsere arbeit)\b.{0,120}",
    "unterstützen": (
        r"unterstützen sie (?:uns|den podcast|diesen podcast|unsere arbeit)\b.{0,120}"
        r"|(?:ihr könnt|du kannst|wer) (?:uns|mich|den podcast)\b.{0,60}\bunterstützen\b.{0,60}"
    ),
    "unterstützt": (
        r"(?:werbung: )?(?:diese folge|diese episode|dieser podcast|dieser beitrag)\b.{0,30}"
        r"\bunterstützt (?:von|durch)\b.{0,120}"
    ),
    "präsentiert": (
        r"(?:diese folge|diese episode|dieser podcast|dieser beitrag)\b.{0,20}\bpräsentiert"
        r" von\b.{0,120}"
        r"|präsentiert von .{1,60}"
    ),
    "werbepartner": (
        r"(?:unsere|alle|infos? zu(?: unseren)?|mehr (?:zu|über)(?: unsere)?)"
        r" .{0,40}werbepartner\w*\b.{0,120}"
    ),
    "interessieren": r"das könnte (?:sie|dich|euch) (?:auch|ebenfalls) interessieren",
    "interessant": r"auch interessant",
    "lesen": (
        r"lesen sie (?:auch|hier|weiter|dazu|mehr (?:dazu|darüber|über|auf|in|bei))\b.{0,120}"
        r"|(?:hier|jetzt) (?:mehr|weiter|alles|den vollständigen .{1,30}|die ganze .{1,30})? ?lesen"
        r"|(?:mehr|weiter|artikel|auch)(?: dazu)? lesen"
    ),
    "erschien": (
        r"(?:dieser|der|diese|die) (?:beitrag|artikel|text|kolumne)\b.{0,200}\berschien "
        r"(?:zuerst|zunächst)\b.{0,100}"
    ),
    "erschienen": (
        r"(?:beitrag|artikel) .{1,200} (?:zuerst|zunächst) erschienen (?:auf|bei|in)\b.{0,100}|"
        r"(?:dieser|der|diese|die) (?:beitrag|artikel|text|kolumne)\b.{0,200}\b(?:zuerst"
        r"|zunächst)\b.{0,60}"
        r"\berschienen"
    ),
    "vorbehalten": r".{0,80}\balle rechte vorbehalten\b.{0,80}",
    "browser": (
        r"(?:diese |den |die )?(?:(?:e-?mail|newsletter|nachricht|ausgabe) )?(?:online |hier"
        r" )?im browser"
        r" (?:ansehen|lesen|anzeigen|öffnen)"
        r"|(?:lees|bekijk|open)\b.{0,40} in (?:je|de|uw) browser|(?:vis|åbn|les)\b.{0,40} i "
        r"(?:din )?browser"
        r"|(?:visualizza|apri|leggi)\b.{0,40} (?:nel|sul) (?:tuo )?browser"
    ),
    "abonnenten": (
        r"(?:dieser|der|diese|den) .{0,60}\b(?:nur für|exklusiv"
        r" für)\b.{0,30}\babonnenten\b.{0,60}"
    ),
    "abonnieren": (
        r"(?:jetzt |hier |podcast |kanal |newsletter )+(?:.{0,30} )?abonnieren"
        r"|abonnieren sie (?:unseren|den|hier)\b.{0,80}"
    ),
    "abonniere": (
        r"abonniere (?:uns|den|unseren|diesen|jetzt|kostenlos|gratis|hier|gern\w*)\b.{0,80}"
    ),
    "abonniert": (
        r"abonniert (?:uns|den|unseren|diesen|jetzt|kostenlos|gratis|hier|gern\w*)\b.{0,80}"
    ),
    "newsletter": (
        r"(?:melde? dich|melden sie sich|meldet euch|tragen? (?:dich|sie sich)|bestellen? sie"
        r"|hol dir|erhalten? sie)"
        r"\b.{0,60}\bnewsletter\b.{0,60}"
        r"|(?:recevez|inscrivez[- ]vous|rejoignez|recibe|apúntate|únete|ricevi|iscriviti|receba"
        r"|cadastre-se|ontvang)"
        r"\b.{0,60}\bnewsletter\b.{0,60}"
    ),
    "dank": (
        r"(?:vielen |herzlichen )?dank (?:fürs|für das|für dein\w*|für ihr\w*|für euer\w*) "
        r"(?:lesen|zuhören|zuschauen|interesse|hören)\b.{0,100}"
    ),
    "danke": (
        r"danke (?:dir |euch |ihnen )?(?:fürs|für das|für dein\w*|für ihr\w*|für euer\w*) "
        r"(?:lesen|zuhören|zuschauen|interesse|hören)\b.{0,100}"
    ),
    "abbestellen": r".{0,60}\b(?:newsletter|benachrichtigungen) (?:\w+ )?abbestellen",
    "kaufempfehlungen": r".{0,150}\bkaufempfehlungen\b.{0,150}",
    "provision": r".{0,150}\berhalten wir\b.{0,60}\bprovision\b.{0,60}",
    "shownotes": (
        r"(?:alle )?(?:folgen(?: und)?|links(?: und)?|die|zu den|zur folge)* ?shownotes\b.{0,80}"
    ),
    # French
    "suivez": rf"(?:suivez|retrouvez)[- ](?:nous|moi)\b.{{0,100}}|suivez {_NETWORK}",
    "retrouvez": rf"retrouvez[- ](?:nous|moi)\b.{{0,100}}|retrouvez {_NETWORK}",
    "suis": rf"suis[- ](?:nous|moi) sur {_NETWORK}",
    "abonne": r"abonne[- ]toi\b.{0,120}",
    "gesponsert": (
        r"(?:diese folge|diese episode|dieser podcast|dieses video|dieser beitrag)\b.{0,20}"
        r"\bgesponsert\b.{0,120}"
    ),
    "abonnez": r"(?:pensez à vous abonner|abonnez[- ]vous)\b.{0,120}",
    "abonnés": r".{0,80}\bréservée?s? (?:à nos|aux) abonnés\b.{0,60}|abonnés",
    "merci": (
        r"merci (?:à toutes et tous |à tous )?(?:de|d[’']avoir|pour) (?:(?:nous |me )?(?:lire"
        r"|suivre|écouter)|lu|écouté|regardé"
        r"|votre (?:lecture|écoute|fidélité))\b.{0,100}"
    ),
    "lettre": r"(?:recevez|inscrivez[- ]vous|abonnez[- ]vous)\b.{0,60}\blettre\b.{0,80}",
    "infolettre": r"(?:recevez|inscrivez[- ]vous|abonnez[- ]vous)\b.{0,60}\binfolettre\b.{0,80}",
    "partagez": r"partagez (?:cet|cette|l[’']|ce|nos)\b.{0,80}",
    "soutenez": r"(?:soutenez|aidez)[- ](?:nous|moi|le|la|ce|cette|notre)\b.{0,120}",
    "lire": (
        r"(?:à |a )?(?:lire|voir|écouter) (?:aussi|également)\b.{0,150}|à (?:lire|voir"
        r"|écouter)\s*:.{0,150}"
        r"|(?:pour )?lire (?:l[’']article|la suite|le communiqué)\b.{0,80}"
    ),
    "droits": r".{0,80}\btous droits réservés\b.{0,80}",
    "navigateur": r"(?:voir|lire|afficher|ouvrir)\b.{0,50} dans (?:votre|le|ton) navigateur",
    "navegador": (
        r"(?:ver|abrir|leer|ler|abra|veja)\b.{0,40} (?:en el|en tu|en su|no|no seu) navegador"
    ),
    "hébergé": r"(?:hébergé|produit et diffusé|diffusé) par .{1,60}",
    "acast": r".{0,30}\bacast\.com/privacy\b.{0,80}",
    "visitez": r"visitez \S+/privacy\b.{0,80}",
    "publicités": r".{0,60}\bchoix en matière de publicités?\b.{0,60}",
    # Spanish, Portuguese
    "síguenos": r"síguenos\b.{0,100}",
    "sigue": rf"sigue (?:a |nuestr\w+ ){_NETWORK}",
    "siga": rf"siga[- ](?:nos|o|a|me)? ?{_NETWORK}",
    "sigam": rf"sigam?[- ](?:nos|o|a|me)? ?{_NETWORK}",
    "suscríbete": r"(?:y )?suscríbete\b.{0,100}",
    "suscríbase": r"suscríbase\b.{0,100}",
    "inscreva": r"inscreva[- ]se\b.{0,100}",
    "assine": (
        r"assine (?:já|agora|(?:a |o |nossa |nosso )?(?:newsletter|canal|podcast"
        r"|feed))\b.{0,100}"
    ),
    "compártelo": r"compártelo\b.{0,60}",
    "compártela": r"compártela\b.{0,60}",
    "condividilo": r"condividilo\b.{0,60}",
    "comparte": (
        r"comparte est[ae] (?:artículo|historia|noticia|entrada|publicación|episodio"
        r"|página)\b.{0,60}"
    ),
    "compartir": (
        rf"(?:para )?compartir (?:est[ae] (?:artículo|historia|noticia|entrada|publicación"
        rf"|episodio|página)\b.{{0,60}}|en {_NETWORK})"
    ),
    "compartilhe": (
        r"compartilhe (?:est[ae] |ess[ae] |[oa] )?(?:artigo|história|notícia|post|matéria"
        r"|publicação|episódio|página|isso|isto)\b.{0,60}"
    ),
    "gracias": (
        r"(?:muchas )?gracias por (?:leer\w*|escuchar\w*|ver|seguir\w*|suscribirte|tu"
        r" lectura)\b.{0,100}"
    ),
    "obrigado": r"(?:muito )?obrigad[oa] por (?:ler|ouvir|assistir|acompanhar|nos \w+)\b.{0,100}",
    "obrigada": r"(?:muito )?obrigad[oa] por (?:ler|ouvir|assistir|acompanhar|nos \w+)\b.{0,100}",
    "boletín": r"(?:recibe|reciba|apúntate|suscríb\w+|únete)\b.{0,60}\bboletín\b.{0,60}",
    "boletim": r"(?:receba|assine|inscreva-se|cadastre-se)\b.{0,60}\bboletim\b.{0,60}",
    "apóyanos": r"apóyanos\b.{0,100}",
    "apoya": (
        r"apoya (?:est\w|el|la|nuestr\w+|a)\b.{0,30}\b(?:podcast|trabajo|canal|programa"
        r"|periodismo|patreon)\b.{0,80}"
    ),
    "apoie": (
        r"apoie (?:est\w|o|a|noss\w+) (?:podcast|trabalho|canal|projeto|jornalismo"
        r"|blog)\b.{0,80}"
    ),
    "también": (
        r"(?:lea|lee|ver?|te puede interesar|le puede interesar|mira) ?(?:también"
        r"|además)?\s*[:：].{0,150}|también te (?:puede|podría) interesar\b.{0,150}"
    ),
    "interesar": r"(?:también )?(?:te|le) (?:puede|podría) interesar\b.{0,150}",
    "também": r"(?:leia|veja|ouça|confira) também\b.{0,150}",
    "derechos": r".{0,80}\btodos los derechos reservados\b.{0,80}",
    "direitos": r".{0,80}\btodos os direitos reservados\b.{0,80}",
    "suscriptores": (
        r".{0,80}\b(?:exclusivo|solo|sólo|reservado) (?:para|a) (?:nuestros |los"
        r" )?suscriptores\b.{0,60}"
    ),
    "assinantes": r".{0,80}\b(?:exclusivo|só|apenas) para (?:os )?assinantes\b.{0,60}",
    "patrocinado": (
        r"(?:este|esta) (?:episodio|episódio|podcast|contenido|conteúdo)\b.{0,20}\bpatrocinado"
        r" por\b.{0,100}|patrocinado por .{1,60}"
    ),
    # Italian, Dutch
    "segui": rf"segui(?:ci|mi)? (?:il |la |i |le |su |anche ){_NETWORK}",
    "seguici": r"seguici\b.{0,100}",
    "seguiteci": r"seguiteci\b.{0,100}",
    "like": (
        r"(?:lascia|metti|dale|deixe?|mets?|lasst?|laat)\b.{0,30}\blike\b.{0,30}"
        r"\b(?:iscriviti|suscríbete|abonne|inscrev\w+|abo\w*)\b.{0,60}"
    ),
    "iscriviti": r"(?:e )?iscriviti\b.{0,100}",
    "condividi": (
        r"condividi (?:questo|questa|quest[’']|l[’']|la|il) ?(?:articolo|notizia|post|pagina"
        r"|episodio)\b.{0,60}|condividi su\b.{0,60}"
    ),
    "grazie": (
        r"grazie (?:per|di) (?:aver\w* )?(?:letto|ascoltato|seguito|guardato|la lettura"
        r"|l[’']ascolto|leggere)\b.{0,100}"
    ),
    "apparso": (
        r"(?:il post|l[’']articolo) .{1,200} (?:è apparso|è stato pubblicato) (?:prima|per primo"
        r"|per la prima volta) su\b.{0,100}"
    ),
    "bedankt": r"bedankt voor (?:het|je|jullie|uw) (?:lezen|luisteren|kijken|aandacht)\b.{0,100}",
    "nieuwsbrief": r"(?:ontvang|schrijf|meld|abonneer)\b.{0,60}\bnieuwsbrief\b.{0,60}",
    "sostieni": r"sostieni (?:il|la|ci|questo|i)\b.{0,120}",
    "anche": r"(?:leggi|guarda|ascolta|vedi|leggete) anche\b.{0,150}",
    "diritti": r".{0,80}\btutti i diritti riservati\b.{0,80}",
    "riproduzione": r"(?:© ?)?riproduzione riservata",
    "abbonati": r".{0,80}\b(?:riservat\w|solo|esclusiv\w) (?:per|agli) (?:gli )?abbonati\b.{0,60}",
    "volg": rf"volg (?:ons|mij|me) (?:op|via|ook)\b.{{0,100}}|volg {_NETWORK}",
    "deel": r"deel (?:dit|deze)\b.{0,60}",
    "ondersteun": r"ondersteun (?:ons|mij|deze|dit|de podcast)\b.{0,120}",
    "steun": r"steun (?:ons|mij|deze|dit|de podcast)\b.{0,120}",
    "ook": r"(?:lees|bekijk|luister|zie) ook\b.{0,150}",
    "voorbehouden": r".{0,80}\balle rechten voorbehouden\b.{0,80}",
    "abonnees": r".{0,80}\b(?:alleen|exclusief) voor abonnees\b.{0,60}",
    "aangeboden": r"deze (?:aflevering|podcast)\b.{0,20}\baangeboden door\b.{0,100}",
    # Swedish, Danish, Norwegian, Finnish
    "följ": r"följ (?:oss|mig|podden)\b.{0,100}",
    "følg": r"følg (?:os|oss|mig|meg)\b.{0,100}",
    "seuraa": rf"seuraa (?:meitä|minua)\b.{{0,100}}|seuraa {_NETWORK}",
    "tack": r"tack för att du (?:läste|läser|lyssnade|lyssnar|tittade)\b.{0,100}",
    "nyhetsbrev": r"(?:få|anmäl|prenumerera|meld deg)\b.{0,60}\bnyhetsbrev\b.{0,60}",
    "prenumerera": r"prenumerera (?:på|här|gärna)\b.{0,100}",
    "abonner": r"abonner (?:på|her|gerne)\b.{0,100}",
    "tilmeld": r"tilmeld dig\b.{0,40}\bnyhedsbrev\w*\b.{0,60}",
    "tilaa": r"tilaa (?:uutiskirje|podcast|kanava)\w*\b.{0,80}",
    "också": r"läs (?:också|även)\b.{0,150}",
    "även": r"läs (?:också|även)\b.{0,150}",
    "også": r"(?:læs|les|se) også\b.{0,150}",
    "myös": r"lue myös\b.{0,150}",
    "lisää": r"lue lisää\b.{0,100}",
    "mere": r"læs mere\b.{0,100}",
    "mer": r"(?:les|läs) mer\b.{0,100}",
    "först": r"(?:inlägget|artikeln) .{1,200}\b(?:dök först upp|publicerades först)\b.{0,100}",
    "først": (
        r"(?:indlægget|innlegget) .{1,200}\b(?:dukket først opp|blev først udgivet|vises"
        r" først)\b.{0,100}"
    ),
    "ensimmäisen": (
        r"(?:artikkeli|julkaisu) .{1,200}\b(?:julkaistiin|ilmestyi) ensimmäisen kerran\b.{0,100}"
    ),
    # Polish, Czech, Slovak, Hungarian, Romanian
    "obserwuj": r"obserwuj (?:nas|mnie)\b.{0,100}",
    "subskrybuj": r"(?:za)?subskrybuj\b.{0,100}",
    "zapisz": r"zapisz się\b.{0,60}\bnewsletter\w*\b.{0,60}",
    "udostępnij": r"udostępnij\b.{0,60}",
    "wesprzyj": r"wesprzyj (?:nas|mnie|podcast|ten)\b.{0,100}",
    "także": r"(?:czytaj|zobacz|przeczytaj|sprawdź) (?:także|też|również)\b.{0,150}",
    "też": r"(?:czytaj|zobacz|przeczytaj|sprawdź) (?:także|też|również)\b.{0,150}",
    "również": r"(?:czytaj|zobacz|przeczytaj|sprawdź) (?:także|też|również)\b.{0,150}",
    "więcej": r"(?:czytaj więcej|więcej (?:informacji )?na (?:stronie|blogu))\b.{0,100}",
    "pierwszy": r"(?:wpis|artykuł|post) .{0,200}\bpojawił się\b.{0,20}\bpierwszy\b.{0,100}",
    "zastrzeżone": r".{0,80}\bwszelkie prawa zastrzeżone\b.{0,80}",
    "sledujte": rf"sledujte nás\b.{{0,100}}|sledujte {_NETWORK}",
    "čtěte": r"čtěte (?:také|též|více|dále)\b.{0,150}",
    "číst": r"číst (?:dále|více|celý)\b.{0,60}",
    "nejdříve": r"(?:příspěvek|článek) .{0,200}\bnejdříve objevil\b.{0,100}",
    "pochází": r"příspěvek .{1,200} pochází z\b.{0,100}",
    "najskôr": r"príspevok .{1,200} zobrazený najskôr\b.{0,100}",
    "vyhrazena": r".{0,80}\bvšechna práva vyhrazena\b.{0,80}",
    "jelent": r".{1,200} bejegyzés először .{1,100} jelent meg",
    "apare": r"(?:postarea|articolul) .{1,200} apare prima dată\b.{0,100}",
    "citește": r"citește (?:și|mai (?:mult|departe)|continuarea)\b.{0,150}",
    # Turkish, Indonesian, Vietnamese
    "takip": r"bizi .{0,40}takip ed\w+\b.{0,60}",
    "oku": r"(?:devam[ıi]n[ıi]|daha fazlas[ıi]n[ıi]|haberin devam[ıi]n[ıi]) oku\w*\b.{0,60}",
    "ilk": (
        r".{1,200} (?:yaz[ıi]s[ıi]|gönderisi|içeriği) ilk önce .{1,100}"
        r" (?:ortaya ç[ıi]kt[ıi]|yay[ıi]nland[ıi])"
    ),
    "saklıdır": r".{0,80}\btüm hakları saklıdır\b.{0,80}",
    "pertama": r"(?:artikel|pos|postingan) .{1,200} pertama kali (?:tampil|muncul)\b.{0,100}",
    "juga": r"baca juga\b.{0,150}",
    "tiên": r"bài viết .{1,200} xuất hiện đầu tiên\b.{0,100}",
}
