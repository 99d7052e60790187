"""Words for numbers, units, months and weekdays, folded, by language."""

from __future__ import annotations

from digest.summaries.receipt.table import table


def _pairs(table: str) -> dict[str, int]:
    """`word number` pairs of a table."""
    words = table.split()
    return {word: int(number) for word, number in zip(words[::2], words[1::2], strict=True)}


# 1 is left out: it is an article in most of these languages.
NUMBERS: dict[str, dict[str, int]] = {
    "en": _pairs(
        "zero 0 two 2 three 3 four 4 five 5 six 6 seven 7 eight 8 nine 9 ten 10 eleven 11 twelve 12"
        " thirteen 13 fourteen 14 fifteen 15 sixteen 16 seventeen 17 eighteen 18 nineteen 19"
        " twenty 20 thirty 30 forty 40 fifty 50 sixty 60 seventy 70 eighty 80 ninety 90 dozen 12"
    ),
    "de": _pairs(
        "null 0 zwei 2 drei 3 vier 4 funf 5 sechs 6 sieben 7 acht 8 neun 9 zehn 10 elf 11 zwolf 12"
        " dreizehn 13 vierzehn 14 funfzehn 15 sechzehn 16 siebzehn 17 achtzehn 18 neunzehn 19"
        " zwanzig 20 dreissig 30 dreißig 30 vierzig 40 funfzig 50 sechzig 60 siebzig 70 achtzig 80"
        " neunzig 90 dutzend 12"
    ),
    "fr": _pairs(
        "zero 0 deux 2 trois 3 quatre 4 cinq 5 six 6 sept 7 huit 8 neuf 9 dix 10 onze 11 douze 12"
        " treize 13 quatorze 14 quinze 15 seize 16 vingt 20 trente 30 quarante 40 cinquante 50"
        " soixante 60 septante 70 nonante 90 dizaine 10 douzaine 12 quinzaine 15 vingtaine 20"
        " trentaine 30 quarantaine 40 cinquantaine 50 centaine 100"
    ),
    "es": _pairs(
        "cero 0 dos 2 tres 3 cuatro 4 cinco 5 seis 6 siete 7 ocho 8 nueve 9 diez 10 once 11 doce 12"
        " trece 13 catorce 14 quince 15 dieciseis 16 diecisiete 17 dieciocho 18 diecinueve 19"
        " veinte 20 treinta 30 cuarenta 40 cincuenta 50 sesenta 60 setenta 70 ochenta 80"
        " noventa 90 docena 12 decena 10"
    ),
    "it": _pairs(
        "zero 0 due 2 tre 3 quattro 4 cinque 5 sei 6 sette 7 otto 8 nove 9 dieci 10 undici 11"
        " dodici 12 tredici 13 quattordici 14 quindici 15 sedici 16 diciassette 17 diciotto 18"
        " diciannove 19 venti 20 trenta 30 quaranta 40 cinquanta 50 sessanta 60 settanta 70"
        " ottanta 80 novanta 90 dozzina 12 decina 10"
    ),
    "pt": _pairs(
        "zero 0 dois 2 duas 2 tres 3 quatro 4 cinco 5 seis 6 sete 7 oito 8 nove 9 dez 10 onze 11"
        " doze 12 treze 13 catorze 14 quatorze 14 quinze 15 dezasseis 16 dezesseis 16 dezessete 17"
        " dezoito 18 dezanove 19 dezenove 19 vinte 20 trinta 30 quarenta 40 cinquenta 50"
        " sessenta 60 setenta 70 oitenta 80 noventa 90 duzia 12 dezena 10"
    ),
    "nl": _pairs(
        "nul 0 twee 2 drie 3 vier 4 vijf 5 zes 6 zeven 7 acht 8 negen 9 tien 10 elf 11 twaalf 12"
        " dertien 13 veertien 14 vijftien 15 zestien 16 zeventien 17 achttien 18 negentien 19"
        " twintig 20 dertig 30 veertig 40 vijftig 50 zestig 60 zeventig 70 tachtig 80 negentig 90"
        " tiental 10 dozijn 12"
    ),
    "pl": _pairs(
        "zero 0 dwa 2 dwie 2 dwoch 2 trzy 3 trzech 3 cztery 4 czterech 4 piec 5 pieciu 5 szesc 6"
        " szesciu 6 siedem 7 siedmiu 7 osiem 8 osmiu 8 dziewiec 9 dziewieciu 9 dziesiec 10"
        " dziesieciu 10 jedenascie 11 dwanascie 12 dwunastu 12 pietnascie 15 dwadziescia 20"
        " dwudziestu 20 trzydziesci 30 trzydziestu 30 czterdziesci 40 piecdziesiat 50"
    ),
}
ORDINALS: dict[str, dict[str, int]] = {
    "en": _pairs(
        "third 3 fourth 4 fifth 5 sixth 6 seventh 7 eighth 8 ninth 9 tenth 10 eleventh 11"
        " twelfth 12 thirteenth 13 fifteenth 15 twentieth 20 fiftieth 50 hundredth 100"
    ),
    "de": _pairs(
        "dritte 3 dritten 3 dritter 3 vierte 4 vierten 4 funfte 5 funften 5 sechste 6 siebte 7"
        " achte 8 neunte 9 zehnte 10 zehnten 10"
    ),
    "fr": _pairs("troisieme 3 quatrieme 4 cinquieme 5 sixieme 6 septieme 7 huitieme 8 dixieme 10"),
    "es": _pairs(
        "tercer 3 tercera 3 tercero 3 cuarta 4 cuarto 4 quinta 5 quinto 5 sexta 6 decima 10"
    ),
    "it": _pairs("terzo 3 terza 3 quarto 4 quarta 4 quinto 5 quinta 5 sesto 6 decimo 10"),
    "pt": _pairs("terceiro 3 terceira 3 quarto 4 quarta 4 quinto 5 quinta 5 sexta 6 decima 10"),
    "nl": _pairs("derde 3 vierde 4 vijfde 5 zesde 6 zevende 7 achtste 8 negende 9 tiende 10"),
}
# Tens and units in one word, as `zwei` + `und` + `zwanzig`.
JOINTS = {"de": "und", "nl": "en"}
MAGNITUDES = {
    word: 10.0**power
    for power, words in {
        2: "hundred hundert cent cento cien centena centenas honderd sto",
        3: "thousand thousands k tausend mille milliers mil mila miles duizend tysiac tysiace"
        " tysiecy tys tsd",
        6: "million millions m mn mln mio mill millionen million. millionn millon millones milione"
        " milioni milhao milhoes miljoen milion miliony milionow",
        9: "billion billions bn b mrd milliarden milliarde milliard milliards miliardo miliardi"
        " miljard miliard miliardy miliardow bilhao bilhoes",
        12: "trillion trillions tn billionen billon billones bilione bilioni biljoen bilion",
        4: "万 萬",
        8: "億 亿",
    }.items()
    for word in words.split()
}
# By what stands for the unit; `m` is a metre only where it is no million.
UNITS = {
    word: unit
    for unit, words in {
        "percent": "% percent prozent pourcent procent procenten % pct ％",
        "points": "points point prozentpunkte prozentpunkten punkte puntos punti pontos punten",
        "second": "second seconds sec secs sekunde sekunden seconde secondes segundo segundos"
        " secondo secondi seconden 秒",
        "millisecond": "ms millisecond milliseconds millisekunden",
        "minute": "minute minutes min mins minuten minuto minutos minuti minuut minuty minut 分",
        "hour": "hour hours hr hrs stunde stunden heure heures hora horas ora ore uur uren godzin"
        " godziny 時間",
        "day": "day days tag tage tagen jour jours dia dias giorno giorni dag dagen dni dzien 日間",
        "week": "week weeks woche wochen semaine semaines semana semanas settimana settimane weken"
        " tydzien tygodnie tygodni 週間",
        "month": "month months monat monate monaten mois mes meses mese mesi maand maanden miesiac"
        " miesiace miesiecy か月 ヶ月 カ月",
        "year": "year years jahr jahre jahren jahrige ans an annee annees ano anos anni anno jaar"
        " jaren lat lata rok yr yrs 年間 歳",
        "km": "km kilometre kilometres kilometer kilometers kilometern kilometro kilometros"
        " chilometro chilometri quilometro quilometros キロ",
        "metre": "metre metres meter meters metern metro metros metri メートル",
        "cm": "cm centimetre centimetres centimeter centimeters zentimeter",
        "mm": "mm millimetre millimetres millimeter millimeters",
        "mile": "mile miles meile meilen milles millas miglia milhas mijl",
        "foot": "foot feet ft fuss",
        "inch": "inch inches zoll",
        "kg": "kg kilo kilos kilogram kilograms kilogramm",
        "gram": "gram grams gramm",
        "tonne": "tonne tonnes ton tons tonnen tonnellate toneladas ton. トン",
        "kb": "kb kilobyte kilobytes kib",
        "mb": "mb megabyte megabytes mib",
        "gb": "gb gigabyte gigabytes gib",
        "tb": "tb terabyte terabytes tib",
        "kw": "kw kilowatt kilowatts",
        "mw": "mw megawatt megawatts",
        "gw": "gw gigawatt gigawatts",
        "square": "quadratmeter quadratmetern quadratkilometer sqm m2 m² km²",
        "hectare": "hectare hectares hektar ha hectareas ettari",
        "acre": "acre acres",
        "litre": "litre litres liter liters litern litros litri",
        "celsius": "°c celsius ºc ℃",
        "fahrenheit": "°f fahrenheit",
        "usd": "$ dollar dollars usd dolares dollari us$ ドル",
        "eur": "€ euro euros eur ユーロ",
        "gbp": "£ gbp sterling",
        "jpy": "¥ yen jpy 円",
        "chf": "chf franc francs franken franchi",
        "krona": "krona kronor kroner crowns crown kr sek nok dkk",
        "pln": "zloty zlotych zl pln",
        "inr": "₹ rupee rupees inr",
    }.items()
    for word in words.split()
}
_MONTHS = (
    "january jan januar janner janvier janv enero gennaio gen janeiro januari styczen stycznia",
    "february feb februar fevrier fevr febrero febbraio fevereiro fev februari luty lutego",
    "march mar marz maerz mars marzo marco maart marzec marca",
    "april apr avril avr abril aprile abr kwiecien kwietnia",
    "may mai mayo maggio maio mei maj maja",
    "june jun juni juin junio giugno junho czerwiec czerwca",
    "july jul juli juillet juil julio luglio julho lipiec lipca",
    "august aug aout agosto augustus sierpien sierpnia",
    "september sep sept septembre septiembre settembre setembro wrzesien wrzesnia",
    "october oct oktober okt octobre octubre ottobre outubro pazdziernik pazdziernika",
    "november nov novembre noviembre novembro listopad listopada",
    "december dec dezember dez decembre diciembre dicembre dezembro grudzien grudnia",
)
MONTHS = {word: n for n, words in enumerate(_MONTHS, 1) for word in words.split()}
# Also other words: a month only beside a day or a year, or as it is written.
UNSURE_MONTHS = table("may mar gen set mai jan sep dec mars marca maja abr fev nov")
_WEEKDAYS = (
    "monday mon montag lundi lunes lunedi segunda-feira maandag poniedzialek 月曜日",
    "tuesday tue dienstag mardi martes martedi terca-feira dinsdag wtorek 火曜日",
    "wednesday wed mittwoch mercredi miercoles mercoledi quarta-feira woensdag sroda srode 水曜日",
    "thursday thu donnerstag jeudi jueves giovedi quinta-feira donderdag czwartek 木曜日",
    "friday fri freitag vendredi viernes venerdi sexta-feira vrijdag piatek 金曜日",
    "saturday sat samstag sonnabend samedi sabado sabato zaterdag sobota sobote 土曜日",
    "sunday sun sonntag dimanche domingo domenica zondag niedziela niedziele 日曜日",
)
WEEKDAYS = {word: n for n, words in enumerate(_WEEKDAYS) for word in words.split()}
UNSURE_WEEKDAYS = table("mon sat sun wed fri tue thu")
# Words before a number that is rounded, or that is a bound of another.
ABOUT = table(
    """
    nearly zo'n quase than approximately gegen uber cerca bijna rund prawie mais below about
    environ oltre ponad around close weniger circa over als pres ruim menos above less meno
    ongeveer knapp ungefahr plus unos piu almost quelque quelques およそ fast meer moins mas under
    quasi gut casi okolo etwa 約 fewer presque unas some unter roughly exceeding alrededor
    """
)
