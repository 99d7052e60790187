"""Words of titles that tell little or nothing, and words that mean the same.

All are folded: lower case, without accents. What stands here holds in any language that has the
word, so that what means much in one is left out for all.
"""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Say nothing by themselves: English, German, French, Spanish, Italian, Dutch, Portuguese.
STOP = _set(
    """
    a about across after ahead all also am an and any are as at be because been before being but
    by can could did do does doing done down during each even every for from get gets getting
    got had has have having he her here him his how i if in inside into is it its just let like
    made make makes making many may me more most much my near no nor now of off on once one only
    onto or other our out over own per re s she should so some still such t than that the their
    them then there these they this those through to too toward under until up upon us very via
    was we were what when where which while who whom whose why will with within without would
    yet you your yours der die das den dem des ein eine einen einem einer eines und oder aber
    auch auf aus bei bis durch fur gegen hat haben ich ihr im ins ist kann mehr mit nach nicht
    noch nun nur ob ohne sein seine sich sie sind soll uber um unter vom von vor war warum weil
    wenn wer werden wie wieder wird wir zu zum zur zwischen alle als doch dass immer ihre seit
    le la les l un une de du d et ou ne pas que qui quoi ce cette ces dans en sur sous pour par
    avec sans au aux est sont il elle ils elles nous vous plus leur leurs se sa son ses apres el
    los las una unos unas y o del al con sin por para es su sus lo como mas pero tras desde
    entre hasta muy ya gli uno di da che tra fra non piu dal dalla della delle dei nel nella e
    ed sono het een van voor met zijn niet naar ook door bij uit dan os dos na nas nos com sem
    em ao aos pela pelo mais
    """
)

# Titles of columns, releases, notices and guides are made of these: they tell no two apart.
GENERIC = _set(
    """
    news update updates updated week weekly weekend day daily month monthly year yearly annual
    today tomorrow yesterday morning evening night briefing brief roundup recap digest
    newsletter edition issue volume links link reading read reads list things thing stuff notes
    note post posts blog article articles thread open discussion question questions mailbag ama
    qa faq release releases released releasing version changelog new latest first last next big
    bigger biggest best better top great good bad worst favorite favourite favorites free full
    final guide tutorial introduction intro introducing beginner beginners basics understanding
    learn learning explained explainer complete ultimate definitive deep dive lesson lessons
    tips tricks started start part chapter series episode podcast video videos live stream
    interview photo photos picture pictures gallery quote review reviews opinion editorial
    analysis column report reports reported story stories hello world welcome happy merry thanks
    thank hiring hire hires job jobs join team teams people company companies website site app
    apps feature features launch launches announcement announcements announcing available
    availability maintenance scheduled planned outage incident status degraded degradation
    performance elevated error errors rate rates connectivity issues problem problems
    investigating resolved api dashboard login service services support security advisory
    bulletin patch patches fix fixes fixed bug bugs improvement improvements improved
    release-notes beta alpha stable preview january february march april june july august
    september october november december monday tuesday wednesday thursday friday saturday sunday
    spring summer autumn fall winter christmas untitled unknown test draft everything something
    nothing know need want way ways time times use uses using used work works working going goes
    come comes say says said see seen look looks take takes give gives find finds change changes
    keep keeps show shows help helps thought thoughts idea ideas really finally actually never
    ever always back again another two three four five six seven eight nine ten hundred thousand
    million billion percent dark mode light public hacker ask tell woche wochen tag tage monat
    jahr heute morgen gestern abend neu neue neuer neues neuen neuigkeiten nachrichten ausgabe
    folge teil rueckblick ruckblick uberblick ueberblick lesetipps kommentar leitartikel meinung
    gesprach tipps anleitung einfuhrung montag dienstag mittwoch donnerstag freitag samstag
    sonntag januar februar marz mai juni juli oktober dezember erste ersten semaine jour jours
    mois annee nouvelle nouvelles nouveau nouveaux actualites revue presse partie bonjour lundi
    mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril juin juillet aout
    septembre octobre novembre decembre liens lectures semana dia dias mes ano nuevo nueva
    nuevos nuevas noticias enlaces lecturas parte lunes martes miercoles jueves viernes sabado
    domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre
    diciembre hoy
    """
)

# A bare number behind one of these counts something, and is not of a product's name.
NO_PRODUCT = _set(
    """
    top best over last first next least nearly almost around some these day days week part version
    release update issue edition podcast kill kills killed only just another plus under
    """
)

# Shapes of titles that many write, of things that do not happen once.
EVERGREEN = (
    *("how to ", "how i ", "how we ", "getting started", "introduction to", "an introduction"),
    *("intro to", "understanding ", "what is ", "what are ", "a guide", "guide to", "beginner"),
    *(
        "tutorial",
        "why i ",
        "why you ",
        "why we ",
        "the best ",
        "best ",
        "top ",
        "learn ",
        "lessons",
    ),
    *(
        "learning ",
        "building ",
        "build ",
        "setting up",
        "installing ",
        "using ",
        "wie man ",
        "wie ich ",
    ),
    *("was ist ", "einfuhrung", "comment ", "como ", "que es ", "guia ", "review", "interview"),
    *("a look at", "an overview", "tips for", "writing ", "hiring", "now hiring", "were hiring"),
    *("we're hiring", "we are hiring"),
)

# What happens, in words that headlines choose among; one of a line stands for all. It tells little,
# and two that differ hint at two events. They are words, or roots of words without endings.
_EVENTS = """
buy: acquir acquisit buy buys bought buyout takeover purchas snaps merger merg
    kauft kaufe ubernimmt ubernahm ubernehm kaufen rachet rachat achet compra adquier acquist
launch: launch unveil announc introduc debut reveal rolls rollout ships ship arriv lands brings
    deliver presents releas publish vorgestellt stellt enthull veroffentlicht lance devoil presenta
    lanza lanzan start startet out here gets adds add rolling generally available availabl 発表 発売
    发布
end: shut shutt shuts shutdown clos closur discontinu sunset retir ends schliesst dicht einstell
    ferme fin cierra chiude
fire: layoff layoffs lay lays laid fires cuts cut job jobs workforc redundanci sack entlasst
    streicht stellenabbau stell licenci supprim despid
hire: hire hires hired hiring recruit poach tap taps appoint
die: kill kills killed dies died dead death dying tot tote stirbt gestorb mort muer muert fallec
    deced obituari
fund: rais fund funding secur seed investor invests invest investit finanzierung leve
flaw: flaw vulnerabil bug bugs hole zero-day exploit backdoor rce cve schwachstell luck
    sicherheitsluck faille vulnerabilidad patch
hack: hack hacked hacker breach leak stol steal stolen steals theft cyberattack ransomware cambriol
    derob vol vole heist datenleck geklaut cyberangriff cyberattaqu
ban: ban bans banned prohibit block outlaw forbid verbietet verbot interdit interdict prohib
sue: sue sues sued lawsuit suit complaint klagt klag verklagt plaint demanda antitrust
fine: fine fines fined penalt strafe bussgeld amend multa
win: schlagt besiegt beat beats defeat wins win won victori thrash thrashes crush crushes crown
    champion title triumph gewinnt siegt bat derrota vence vainqueur remport gana gane venc derrot
    campeona campeon batt
recall: recall recalls calls ruckruf rappel
price: pric price prices expens cheaper costs cost preis preiserhohung teurer prix precio
vote: vote votes pass passes approv adopts beschliesst stimmt mehrheit adopt aprueb aprob
quit: quit quits resign resignat step steps stepping leaves departs oust rucktritt tritt demission
    dimit
strike: strik strike strikes walkout streik streikt greve huelga sciopero
outage: outag down crash offlin apagon blackout panne ausfall storung
name: nomm naming names nombr ernennt
split: split spin spins spinoff aufspalt
quake: earthquak quak erdbeb seism terremoto
delay: delay postpon deferr verschiebt verschob report repouss aplaz
arrest: arrest detain festgenomm verhaft interpell deten
sentence: sentenc jail prison verurteilt condamn conden
charge: charg indict angeklagt inculp
fire-disaster: wildfir blaze waldbrand incendi
crash: collid plung derail verungluckt absturz
"""
# Who stands before one of these does it to who stands behind it.
ACTIVE = _set(
    """
    beat beats defeat defeats thrash thrashes crush crushes bat derrota vence schlagt besiegt buy
    buys acquires purchases kauft ubernimmt rachete achete compra hires poaches recruits sues klagt
    verklagt fines bans blocks
    """
)
# A feature that begins so tells how one thing came about.
ASKING = _set("how why wie warum comment pourquoi")
# Who wins stands before one of these, and who loses behind it.
AGAINST = _set("against gegen contre contra contro tegen")
# Who says so writes of their own life, and others may say the same of theirs.
FIRST_PERSON = _set("i my me we our mein meine unser unsere mon ma mes notre mi mis nuestro")
NEGATIONS = _set(
    "not no never nicht kein keine pas non sin isnt wont doesnt cant against gegen contre contra"
)


def _lines(table: str) -> list[str]:
    return table.strip().replace("\n    ", " ").split("\n")


EVENT_OF = {
    word: name
    for name, _, words in (line.partition(": ") for line in _lines(_EVENTS))
    for word in words.split()
}
