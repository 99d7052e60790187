"""What stands before the first sentence of a report: its place, its day and its agency."""

from __future__ import annotations

from digest.rendering.boilerplate_forms import DATE, MINUTES, STAMP

# With case: capitals tell places and agencies.
_AGENCIES = (
    r"(?:[Rr]euters|REUTERS|AP|The Associated Press|AFP|UPI|EFE|ANSA|Ansa|PTI|ANI|IANS|TASS"
    r"|Xinhua|XINHUA"
    r"|Kyodo(?: News)?|Jiji(?: Press)?|Yonhap|Bloomberg|dpa(?:[-/][\w-]{2,5})?|DPA|epd|KNA|sid"
    r"|SID|sda|SDA|awp"
    r"|APA(?:-OTS)?|ots|CNN|BUSINESS WIRE|Business Wire|GLOBE NEWSWIRE|Globe Newswire|PRNewswire"
    r"|PR Newswire"
    r"|ACCESSWIRE|ACCESS Newswire|EIN Presswire|Lusa|LUSA|Belga|BELGA|ANP|KUNA|WAM|JTA|PAP|TT"
    r"|NTB|Ritzau|STT|ČTK"
    r"|CTK|MTI|TASR|Interfax|Ukrinform|Adnkronos|LaPresse|AGI|Europa Press|EUROPA PRESS|Télam"
    r"|Notimex"
    r"|Agência Brasil|Anadolu|AA|MENA|SPA|QNA|WAFA|Bernama|BERNAMA|ANTARA|Antara|VNA|AAP|CP|The"
    r" Canadian Press"
    r"|Tanjug|Hina|HINA|STA|BTA|AGERPRES|Agerpres|ANA-MPA|CNA|CNS|RNS|NNA|KCNA|RFE/RL|RFI|DW|BBC"
    r"|AG)"
)
_AGENCY = rf"[(/]{_AGENCIES}(?:[/ ][\w/]{{1,12}})?[)/]"
_ANY_AGENCY = r"\([A-Z][\w ./-]{1,30}\)"
_SOME_AGENCY = r"\([\w][\w ./-]{1,30}\)"
_PLACE = r"[A-Z\u00c0-\u00de][^\W\d_]*(?:[ .'’-]{1,2}[A-Z\u00c0-\u00de][\w.'’]*){0,3}"
_PLACES = rf"{_PLACE}(?:, {_PLACE})?"
# From where reports come without more than this before them.
_CITY_NAMES = """
    Abidjan Abu~Dhabi Abuja Accra Adelaide Algier Algiers Alger Amman Amsterdam Ankara
    Antwerpen Anvers Athen Athens
    Athènes Atenas Atene Atlanta Auckland Bagdad Baghdad Baku Bamako Bangalore Bangkok
    Barcelona Basel Beijing Beirut
    Beyrouth Belfast Belgrad Belgrade Bengaluru Berlin Bern Berne Bielefeld Bilbao Birmingham
    Bogota Bogotá Bologna
    Bonn Bordeaux Boston Brasília Brasilia Bratislava Bremen Brisbane Brüssel Brussels
    Bruxelles Brussel Bruselas
    Bucharest Budapest Buenos~Aires Bukarest Cairo Calgary Canberra Cape~Town Caracas
    Casablanca Chemnitz Chennai
    Chicago Copenhagen Dakar Dallas Damascus Damaskus Dar~es~Salaam Darmstadt Davos Delhi
    Den~Haag Denver Detroit
    Dhaka Dortmund Dresden Dubai Dublin Duisburg Düsseldorf Edinburgh Erfurt Essen Florenz
    Florence Firenze Frankfurt
    Frankfurt/Main Frankfurt~am~Main Frankfurt~a.M. Freiburg Genève Geneva Genf Genoa Glasgow
    Göteborg Graz Hamburg
    Hannover Hanoi Harare Havana Havanna Heidelberg Helsinki Ho~Chi~Minh~City Hong~Kong
    Hongkong Houston Innsbruck
    Islamabad Istanbul Jakarta Jena Jerusalem Johannesburg Kabul Kairo Kampala Karlsruhe
    Kathmandu Khartoum Kiel Kiew
    Kigali Kinshasa Köln Kolkata Kopenhagen København Kuala~Lumpur Kyiv Kyjiw La~Paz Lagos
    Lahore Las~Vegas Lausanne
    Le~Caire Leeds Leipzig Lille Lima Lisboa Lisbon Lissabon Ljubljana London Londres Londra
    Los~Angeles Luxembourg
    Luxemburg Luzern Lyon Madrid Magdeburg Mailand Mainz Manchester Manila Mannheim Marseille
    Melbourne Mexico~City
    Mexiko-Stadt Miami Milan Milano Minneapolis Minsk Mogadishu Montevideo Montréal Montreal
    Moscow Moscou Moskau
    Moscú Mosca Mumbai München Munich Münster Nairobi Nantes Naples Napoli New~Delhi Neu-Delhi
    New~York New~York~City
    Nice Nicosia Nizza Nürnberg Oslo Ottawa Panama~City Paris Peking Pékin Philadelphia
    Phnom~Penh Porto Potsdam Prag
    Prague Praha Pretoria Pyongyang Québec Quito Rabat Ramallah Regensburg Reykjavik Riga
    Rio~de~Janeiro Riyadh Rom
    Roma Rome Rostock Rotterdam Saarbrücken Sacramento Saigon Salzburg San~Diego San~Francisco
    San~Salvador Santiago
    São~Paulo Sao~Paulo Sarajevo Schwerin Seattle Seoul Séoul Sevilla Shanghai Singapore
    Singapur Singapour Skopje
    Sofia Stockholm Straßburg Strasbourg Stuttgart Sydney Taipei Tallinn Tbilisi Teheran
    Tehran Téhéran Tel~Aviv
    The~Hague Tirana Tokio Tokyo Toronto Torino Toulouse Tripolis Tripoli Tunis Turin Utrecht
    Valencia Vancouver
    Varsovie Venedig Venice Venezia Vienna Vienne Viena Vilnius Warschau Warsaw Warszawa
    Washington Washington~DC
    Wellington Wien Wiesbaden Windhoek Winnipeg Yangon Yerevan Zagreb Zürich Zurich Kraków Lissabon
    """
_CITIES = frozenset(city.replace("~", " ") for city in _CITY_NAMES.split())
_KNOWN_CITIES = _CITIES | {city.upper() for city in _CITIES}
# Up to four words, which are a city if `is_known_city`: a list in an expression is slow to compile.
_CITY = r"(?P<city>[^\W\d_][^\s\d,:(–—]*+(?: [^\s\d,:(–—-][^\s\d,:(–—]*+){0,3}+)"
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
# A sentence begins; what goes on in small letters is about the place.
_SENTENCE = r"(?=[«“„\"'‘¿¡]?[A-Z\u00c0-\u00de\d])"
BEGINNINGS = (
    r"arXiv:\S+ Announce Type: \S+(?: Abstract:)? ?",
    r"(?:View PDF )?(?:HTML \(experimental\) )?Abstract: |Sponsored: ",
    rf"{MINUTES} read(?:[.:|·–—-]| \||\s·)+ ",
    rf"(?i:{STAMP})(?:[.:|·–—]| [|·–—-])+ ?{_SENTENCE}",
    rf"Posted on {DATE} by [^.]{{1,40}}\. ",
    r"(?:Listen|Watch|Read) now(?: \([^)]{1,20}\) ?| ?(?=[|·•:–—]))[|·•:–—-] ?",
    # Whatever the agency, where a day, or a place in capitals or known, stands before it.
    (
        rf"(?P<place>{_PLACES},? )?{_DAY}(?:,? ?(?:{_AGENCY}|{_ANY_AGENCY}){_DASH}"
        rf"|(?(place){_DASH}| ?(?:(?<= )[–—-]{{1,2}}|[:|]) )(?=[A-Z\u00c0-\u00de«“\"]))"
    ),
    rf"[A-Z][A-Z .]{{3,20}}(?:, {_PLACE})? {_ANY_AGENCY}{_DASH}",
    rf"(?:{_PLACES}[,:]? ?)?(?:[–—-]{{2}})?{_AGENCY}(?:{_DASH}|:? {_SENTENCE})",
    r"[A-Z][A-Z. ]{4,20}(?:, [A-Z][\w.]{1,12}(?: [A-Z]\w+)?)? [–—] (?=[A-Z])",
    r"【[^】＝=]{1,12}[＝=][^】]{1,12}】 ?|[^\s、。「（]{1,10}(?:共同|時事)[＝=] ?",
    # Japanese, Korean, Chinese, Russian, Arabic
    (
        r"[【\[（(][^】\]）)]{1,20}(?:共同|時事|ロイター|AFP|新华社|中央社)[^】\]）)]{0,10}[】\]）)]"
        r" ?(?:[–—-] )?"
    ),
    r"(?:[\u05d0-\u05ea ]{2,20} )?\((?:רויטרס|איי?[ -]פי|סוכנויות(?: הידיעות)?)\) ?[-–:] ?",
    r"[(\[][가-힣 ]{1,12}=[^)\]]{1,15}[)\]] ?(?:[가-힣]{2,4} (?:기자|특파원) ?=? ?)?",
    (
        r"(?:據|据)?(?:新华社|中新社|中新网|人民网|新华网|央视网|中央社|法新社|路透社|美联社|美聯社)[^，。、]{0,12}\d{1,2}日"
        r"(?:电|電|讯|訊|消息|报道|報導)[，,]? ?(?:[（(][^）)]{1,30}[）)])? ?"
    ),
    (
        r"[А-ЯЁ][А-ЯЁа-яё -]{2,25}(?:, | [–—-] )(?:\d{1,2} [а-яё]{3,9}\.? ?[.,]? ?[–—/-]? ?)?"
        r"(?:ТАСС|РИА Новости|ИНТЕРФАКС|Интерфакс\w*|Укринформ)[./ ]{1,3}(?:[–—-] )?"
    ),
    (
        r"(?:[\u0621-\u064a ]{2,25} ?[-–—:،(/] ?)?\(?(?:رويترز|أ ?ف ?ب|د ?ب ?أ|أسوشيتد برس"
        r"|وكالات|سانا|واس|وام|قنا|بنا|كونا|الأناضول|فرانس برس)\)? ?[-–—:] ?"
    ),
    # The last, since a city that is not known makes it none.
    (
        rf"{_CITY}(?:(?:, {_PLACE})?(?:,? {_SOME_AGENCY}{_DASH}|(?: ?[–—]| --?) {_SENTENCE})"
        rf"|(?<=[A-Z\u00c0-\u00de]{{3}}): {_SENTENCE})"
    ),
)


def is_known_city(name: str) -> bool:
    """Whether reports come from this city without more than its name, or from two with `/`."""
    return name in _KNOWN_CITIES or _KNOWN_CITIES.issuperset(name.split("/"))
