"""Words that begin sentences without being names, folded."""

from __future__ import annotations

import re

from digest.editions.similarity.stop_words import GENERIC, STOP
from digest.summaries.receipt.table import table

_ENGLISH = """
    about access accounts according activists actors additional administrators adults advocates
    affected afterwards airlines allies almost although altogether among amid analysts animals
    annual anyone applicants applications archaeologists archives around artists assistance
    astronomers athletes attackers attacks attendance audiences authorities authors backers
    banks beginning behind biologists bookings borrowers boys brands breaking breeders britons
    broken builders building builds buses business businesses buyers campaigners candidates cars
    cases cause changes charges chemists children choirs cinemas cities citizens city civilians
    clients clinics coaches code colleagues comments commuters companies company compared
    competitors concerns concerts conservationists construction consumers contestants
    contributors cooks coordinators costs councillors councils couples court courts craftspeople
    creators crews crime critics crowds currently customers cyclists damage data dealers deaths
    delays deliveries demand designers detectives developers development directors discounts
    distributors doctors donations donors downloads drinkers drivers dry early earlier earnings
    economists editors education electricity emergency employees employers energy engineers
    entry environmentalists ecologists everyone everything evidence examples exhibitors existing
    experiments experts exporters exports failures fair families fans far farmers fees fewer
    figures filmmakers films findings fire firefighters firms fish fishermen fishers flights
    flooding floods food forecasters foreign forests founded founders four friends fuel funding
    further future gamers gardeners geologists girls global glaciers good goods government
    governments graduates growers growth guests guides hackers half health hikers historians
    holders holiday homeowners homes hospitals host hosts hotels households houses however
    hundreds hunters images imports improvements inspectors installation installations instead
    institutions instructors insurance insurers interest international investigators investors
    islanders judges jurors juries key kids landlords last late later launched lawmakers lawyers
    leaders leading learners legal legislators less letters libraries librarians licences life
    listeners little loans local locals long low mail mainly maintainers major makers management
    managers manufacturers many maps marine marketers mayors measurements media medics meanwhile
    members merchants meteorologists migrants miners ministers minor minutes mobile model models
    money months moreover motorists mountaineers museums music musicians national neighbours
    neighbors neither net network networks newcomers news next none north nothing novelists
    nurses observers officers officials oil older online only open opening opponents opposition
    orders ordinary organisers organizers otherwise output outside overall owners packages
    painters parents participants parties partners passengers past patients payment payments
    pedestrians pensioners people perhaps performance performers phones photographers physicists
    pilots pioneers planners planning plans plants players poets police politicians polls
    pollution poor population power prices private prizes producers production profit profits
    programmers programmes projects property proposals prosecutors protesters protests public
    publishers pupils purchases quarterly railways rain readers recent recently record
    recordings records recruits refunds registration regulators relatives released releases
    remains renters rents repairs reporters reports rescuers research researchers reservations
    residents results retailers revenue revenues reviewers riders rising rivals roads runners
    safety sailors salaries sales saved saving scholars schools scientists scores seasons
    security sellers senior separately several shares shareholders shoppers shops short showers
    side signs since singers sites skiers small smaller snow social software soldiers solar
    someone sources south spectators speakers speeds spending staff standard starting starters
    state states statisticians stations still stocks storage stores storms strategy strikes
    strong students studies subscribers subscriptions summer sunny supply suppliers support
    supporters surgeons survivors survey suspects talks taxpayers teachers teams technicians
    temperatures tenants tests testers text theatres these thieves thousands tickets titles
    today together tomorrow tourism tourists towns trade traders trading traffic trainers trains
    transport travel travellers travelers trees trials troops two types unions units
    universities university unlike unusually upgrades upgrading usage users using usually
    vaccines vandals vehicles vendors verdicts veterans victims victory video viewers villagers
    villages visitors volunteers voters votes walkers wages warnings waste watchers water waves
    weather websites week weekend whether wholesalers wind winds winners winter withdrawals
    witnesses women men won workers work works world writers years yesterday young younger
    youngsters zoologists administrator analyst artist author attendees body board chair
    champion chemist coach commission committee community congregation contractor council
    councillor critic customer designer developer director doctor economist editor engineer
    entrance expert family farmer firm founder fund guide historian hospital inspector
    instructor investigator judge jury lawyer library maintainer maker manager minister ministry
    museum musician operator organiser organizer owner painter parent party patient physicist
    pilot player poet producer professor project promoter proprietor prosecutor publisher reader
    report reporter researcher resident retailer review reviewer school scientist season seller
    service shop singer society speaker sponsor station store striker student study teacher team
    theatre tribunal trust user vendor victim village visitor volunteer winner writer applying
    asked backed based boosted bought built called calling citing coming completed created
    cutting described designed despite driven due expected facing featuring filed finishing
    first fixed following formed found fresh funded given held helped hit including introduced
    joined known led left looking lost made making meant measured moving named needed noting
    offered opened originally owing paid performed placed played praised prompted published put
    raised reached regarding replacing rescued reserved rated running scheduled seen selling
    sent set shaped shot showing sold sponsored stored supported taken taking thanks thanking to
    tested tracked trained travelling turning used warned wearing working written bug bugs
    config configuration default defaults documentation downtime error errors export feature
    features fix fixes graphics import installer interfaces maintenance memory migration
    migrations notes patch patches permissions plugins plugin queries query release search
    searches server servers settings snapshots source syntax themes update updates version
    versions vulnerability vulnerabilities exploit exploits attacker anybody nobody somebody
    whoever whatever wherever whichever
"""
_OTHERS = """
    als am an anders anfang ausserdem bereits besucher bewohner bisher damit danach dabei
    dadurch dafur dagegen darauf daraus darin davon dazu deren dessen deshalb diese diesem
    diesen dieser dieses drei ebenfalls einige einwohner ende entwickler er erst erste experten
    fahrgaste forscher forscherinnen forschende fachleute fur fruher gastgeber gegen gemeinsam
    grund grunde hinzu ihnen ihre ihrer ihm ihr insgesamt jede jeder jedes jetzt kritik kritiker
    kunden kunftig laut lehrer leser mehrere mitarbeiter mitte nachdem neben nach neu neue neuen
    neuer noch nutzer polizei rund seit seine seiner seitdem sie so sobald sollte spater statt
    stadt trotz uber unternehmen unter verantwortlich viele vier vom von vor wahrend wegen weil
    weitere weiterhin wenn wer wie wird wissenschaftler wo wurde zehn zudem zuletzt zum zur
    zusatzlich zuvor zwei zwischen anwohner schuler patienten verbraucher veranstalter verletzte
    a apres ainsi alors aucun aucune aujourd'hui aupres aussi autour avant avec cela celle celui
    cependant ces cet cette chaque chercheurs ci comme contre dans de depuis des deux devant dix
    du durant elle elles en enfin ensuite entre environ est faute grace habitants hier hors il
    ils jusqu jusque la le les leur leurs lors lorsque mais malgre meme moins ne ni nos notre
    nous on ou outre par parmi pendant peu plus plusieurs pour pres puis quand quatre quelque
    quelques qui sans sauf se selon ses si sinon six son sous sur tandis tous tout toute toutes
    trois un une usagers vers visiteurs voici voila ademas al algunas algunos alli ante antes
    aquel asi aun aunque bajo cada casi cinco como con contra cuando cuatro dado del desde
    despues dos durante e el ella ellas ellos era esa ese eso esta estas este estos fue gracias
    ha habra hasta hay investigadores las lo los luego mas mediante mientras muchos no nuestra
    nuestro otra otro para pero poco por porque primero pues que quien quienes segun ser seis
    siete sin sobre solo su sus tal tambien tan tanto tras tres tu una unas uno unos usuarios
    vecinos ya ad alcuni alla alle allo anche ancora appena ai c che chi cinque cio contro cosi
    cui da dal dalla dalle dallo dei della delle dello dentro di dopo dove due ecco egli entro
    essa essi fino fra gia gli gra hanno i in inoltre invece io lei loro lui ma mentre molti nei
    nel nella nelle nessun nessuno noi nonostante non ogni oltre ora per perche piu poi presso
    prima qualche quando quattro quella quello questa queste questi questo quindi ricercatori
    sara secondo sei senza sia siccome sono sotto sua sue sugli sui sul sulla sulle suo suoi tra
    tre tutta tutte tutti tutto ao aos apesar apos aquela aquele as assim ate cem cerca com das
    depois desta deste devido dez do dois duas ela elas ele eles em esse estudo foi isso ja na
    nas nem num numa o os outra outro pela pelas pelo pelos perto pesquisadores porem quase
    quatro quem segundo sem sete sob suas tambem tudo um uma umas uns utilizadores moradores
    vinte aan achter beide bij binnen boven daarmee daarna daarnaast daardoor dankzij dat deze
    die dit door drie een elke enkele gebruikers geen haar hebben het hierdoor hij hun inwoners
    is maar meer met naar naast nadat niet nog nu of om omdat onder ondanks onderzoekers ook op
    over pas sinds slechts sommige ten tegen terwijl tijdens toch toen tot tussen twee uit van
    vanaf vanwege vele veel volgens voor vooral voordat vorig waar waarbij wanneer want was wat
    wegens wel wij zal ze zij zijn zo zodra zonder zowel aby albo ale badacze bez bo by co czy
    dla dwa dzieki gdy gdzie ich ile inne jak jako je jednak jego jej jest jesli juz kazdy kiedy
    kto ktora ktory lub mieszkancy mimo mozna nad nadal naukowcy nie nikt niz nowa nowe nowy
    obok od ok oraz po pod podczas ponad poniewaz potem poza przed przez przy rowniez sa stad
    tak takze tam te tego teraz to trzy tylko tym u w wedlug wiec wielu wszystkie wszyscy z za
    zas zgodnie
"""
COMMON = table(_ENGLISH) | table(_OTHERS) | STOP | GENERIC
"""Words that begin sentences without being names, of all languages."""
_SHORT_NOUN = 4
_GERMAN_NOUNS = table(
    """
    abend abkommen absatz abschluss alter amt anfang angebot angriff anlage anlass anspruch
    anstieg anteil antrag arbeit art arzt aufgabe auftrag aufwand auge ausbau ausnahme auto bahn
    ball bank basis bau baum bedarf bedingung beginn behorde beispiel beitrag bereich bericht
    beruf bescheid beschluss besuch betrag betrieb betroffene beweis bild blick boden brand
    brief brucke buch bund burger bus chance dach daten dauer debatte dorf druck durchschnitt
    ecke einfluss eingriff einsatz eintritt einwand ende energie entwurf erde erfolg ergebnis
    ersatz ertrag fach fahrt faktor familie farbe feld fest feuer film flache flug fluss folge
    form frage frau freund frist fund fuss gast gebaude gebuhr gefahr gegend gegner geld
    gemeinde gerat gericht geschichte gesetz gesicht gewinn glas gras grenze grosse gruppe hafen
    halfte hand handel haut heft heim held herbst herz hilfe himmel hinweis hof hohe holz idee
    jahr job kampf karte kern kind kirche klage klasse konzept konzern kopf korper krise kultur
    kunde kunst kurs kuste lager laden licht liste lob lohn loch los losung luft macht mal
    mangel mann markt maschine masse mehrheit meinung menge mensch messe miete minute mitglied
    modell moglichkeit morgen museum musik nacht name natur netz notfall nutzen ort pause
    pflanze pflicht phase plan plus programm projekt protest prozess prufung punkt quelle rand
    rat recht rede regel regen region reihe reise rest rettung risiko rolle ruckgang ruf ruhe
    runde saal sache saison schaden schein schicht schiff schluss schnee schritt schuld schule
    see sicht sieg sinn sitz sommer sonne sorge spiel spitze sport sprache spur staat stamm
    start statt stelle stimme stoff strafe strecke streit strom studie stunde suche summe system
    tempo termin test text thema tier tod ton tor tour trend turm ubergang umbau umfang umsatz
    umwelt unfall unterricht ursache urteil verbot verein verfahren verkauf verlag verlust
    vermogen versuch vertrag verzicht viertel vogel volk vorfall vorgang vorhaben vorjahr
    vorschlag vorstand vorteil wahl wald wand war wasser wechsel werbung wetter wettbewerb wind
    winter wirkung wirtschaft wissen woche wohl wohnung wort wunsch zeichen zeit zentrum zukunft
    zusage zustand zweifel zweck besucher nutzer version firma hersteller forscher team update
    funktion fehler
    """
)
# Endings of words that are hardly ever names.
_ENDINGS = re.compile(
    r"\w{3,}(?:tions?|sions?|ments?|ness|ities|ity|ings?|ists?|isms?|ances?|ences?|ously|ally|ably"
    r"|ibly|fully|ately|ingly|edly|ward|wards|wise|some|less|able|ible|ures?|ships?|hoods?|graphers?"
    r"|logists?|makers?|owners?|holders?|keepers?|workers?|goers?|fighters?"
    r"|ung|ungen|heit|heiten|keit|keiten|schaft|schaften|ismus|itat|lich|liche|lichen|weise"
    r"|ements?|euses?|ateurs?|atrices?|aciones|acion|ciones|mente|dades|dad|idade|idades|coes|cao"
    r"|zione|zioni|mento|menti|ingen|heden|heid|elijk|elijke)"
)
_GERMAN = re.compile(
    r"\w{2,}(?:ung|ungen|heit|heiten|keit|keiten|schaft|schaften|ismus|itat|itaten|tion|tionen|nis"
    r"|nisse|nissen|ment|mente|enz|anz|ik|ur|uren|um|ling|linge|tum|chen|lein|er|ern|erin|login|istin|entin|orin|innen|en"
    r"|eur|or|oren|ie|ien|age|agen|ei|eien|zeit|jahr|jahre|jahren|tag|tage|tagen|woche|wochen|monat"
    r"|werk|werke|haus|hauser|platz|platze|weg|wege|stelle|stellen|kosten|preis|preise|preisen|zahl"
    r"|zahlen|teil|teile|teilen|grund|grunde|leute|kraft|krafte|stadt|land|lander|gebiet|strasse"
    r"|bau|bruch|fall|falle|gang|gabe|gaben|kauf|kaufe|lage|last|leistung|mittel|raum|satz|schutz|stand"
    r"|stoff|stoffe|stuck|verkehr|wert|werte|wesen|ziel|ziele|zug|zuge)"
)


def is_common(word: str) -> bool:
    """Whether a folded word is none that only names are."""
    return word in COMMON or bool(_ENDINGS.fullmatch(word))


def is_like_a_noun(word: str) -> bool:
    """Whether a folded German word, all of whose nouns have capitals, is built as nouns are."""
    if is_common(word) or _GERMAN.fullmatch(word) or word in _GERMAN_NOUNS:
        return True
    return any(word.endswith(noun) for noun in _GERMAN_NOUNS if len(noun) > _SHORT_NOUN)
