"""What a title takes a side on: of two that are alike otherwise, each has its own news.

A side is what somebody decided, where something went, whether it began or ended. Of one thing, a
title may be the review, and another the announcement; those are kinds.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import chain, pairwise
from typing import TYPE_CHECKING, NamedTuple

from digest.editions.similarity.stop_words import STOP
from digest.editions.similarity.terms import stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence, Set

# Sides of a line stand between strokes; `~` is a verb in all its English forms.
_SIDES = """
decision: pass~ clear~ approve~ adopt~ back~ accept~ uphold upholds upheld confirm~ ratify~ merge~
    agree~ endorse~ admit~ admits admitted acknowledge~ grant~ greenlight~ concede~ recognise~
    recognize~ allow~ permit permits permitted adopte approuve valide accepte reconnait ratifie
    aprueba acepta avala confirma approva accetta aprova beschliesst billigt genehmigt bestatigt
    akzeptiert anerkennt zustimmt gibt keurt 可決 承認 批准 通过 認める 승인 통과
    / reject~ block~ fail~ deny~ refuse~ overturn~ veto vetoes vetoed scrap scraps scrapped drop
    drops dropped annul annuls annulled quash~ dismiss~ oppose~ decline~ rebuff~ revert~ withdraw
    withdraws withdrew retract~ abandon~ rescind~ revoke~ rejette refuse rechaza niega deniega
    descarta respinge rejeita lehnt ablehnt abgelehnt kippt stoppt verweigert dementiert dement
    bestreitet widerruft weist verwirft verwerpt pause~ suspend~ 否決 却下 拒否 否认 拒绝 否定 撤回
    거부 부결
    / delay~ postpone~ defer~ defers deferred suspend~ pause~ stall~ shelve~ verschiebt vertagt
    reporte repousse suspend aplaza pospone rinvia adia 延期 見送り 推迟 연기
trend: rise~ rose raise~ up gain~ jump~ soar~ surge~ climb~ increase~ higher high hike~ grow grows
    grew rally rallies rallied expand~ rebound~ hoch steigt steigen gestiegen erhoht wachst
    klettert legt hausse augmente grimpe bondit releve sube suben aumenta crece sale stijgt 上昇
    値上げ 引き上げ 上涨 上调 急騰 高値 続伸 상승 인상
    / fall~ fell cut cuts down plunge~ slump~ sink sinks sank decline~ decrease~ lower~ low shrink
    shrinks shrank slide~ tumble~ reduce~ slash~ drop drops dropped ease~ fallt fallen sinkt sinken
    senkt gesunken schrumpft baisse recule chute reduit baja bajan cae caen reduce cala scende
    daalt 下落 値下げ 引き下げ 下跌 下调 急落 安値 続落 하락 인하
    / hold holds held keep keeps unchanged steady unverandert belasst maintains maintain maintient
    mantiene mantienen pauses stable 据え置き 维持 동결
contest: win wins won beat beats victory advance~ qualify~ gewinnt siegt besiegt schlagt gana ganan
    vence gagne bat remporte vince batte 勝利 優勝 勝つ 夺冠 击败 승리
    / lose~ lost defeat defeated miss~ eliminated verliert unterliegt verpasst scheitert pierde cae
    perd battu eliminado perde sconfitto 敗北 敗れる 敗退 输给 패배
    / draw draws drew tie tied unentschieden empata empate nul pareggia 引き分け 무승부
course: start~ extend~ renew~ launch~ begin begins began begun open~ reopen~ resume~ restart~
    unveil~ introduce~ debut~ ship ships shipped restore~ return~ beginnt startet eroffnet offnet
    commence ouvre rouvre reprend lance empieza comienza inicia abre reabre lanza 開始 再開 発売
    开始 推出 시작 재개
    / end~ stop stops stopped close~ finish~ cancel~ cancels cancelled halt~ discontinue~ axe~ shut
    shuts scrap scraps scrapped retire~ endet beendet schliesst geschlossen stoppt gesperrt
    streicht ferme termine annule arrete cierra termina cancela chiude sluit 終了 停止 中止 闭幕
    终止 중단 종료
    / delay~ postpone~ defers deferred suspend~ pause~ verschiebt vertagt reporte repousse aplaza
    pospone 延期 推迟 연기
    / recall~ ruckruf zuruck rappelle rappel retira richiama 回収 リコール 召回 리콜
verdict: guilty fine fines fined convict~ schuldig verurteilt coupable condamne culpable condena
    condenado 有罪 유죄
    / acquit acquits acquitted innocent clears cleared freigesprochen spricht acquitte relaxe
    absuelve absuelto inocente 無罪 무죄
    / charge~ indict~ angeklagt inculpe imputado 起訴 기소
ban: ban bans banned banning prohibit~ outlaw~ forbid forbids block~ verbietet untersagt verbot
    interdit interdiction prohibe prohibicion vieta verbiedt 禁止 금지
    / unban~ unbans unbanned allow~ permit permits permitted unblock~ legalise~ legalize~ lift~
    erlaubt gestattet autorise permite autoriza permette legalisiert 解禁 許可 允许 허용
measure: impose~ enact~ introduce~ tighten~ extend~ verhangt verscharft impose prolonge impone
    / lift~ scrap scraps scrapped repeal~ remove~ ease~ relax~ loosen~ suspend~ hebt lockert leve
    supprime levanta elimina
membership: join~ enter~ return~ rejoin~ tritt beitritt rejoint integre ingresa
    / leave~ left quit quits exit~ withdraw withdraws withdrew austritt verlasst quitte sort sale
part: add~ enable~ include~ gain~ create~ activate~ fugt ajoute active anade activa aggiunge
    / remove~ drop drops dropped disable~ lose~ lost shed sheds entfernt streicht retire desactive
    quita elimina rimuove
trade: buy buys bought acquire~ purchase~ snap~ kauft ubernimmt achete rachete acquiert compra
    adquiere acquista koopt 買収 购买 收购 인수
    / sell sells sold divest~ offload~ verkauft vend cede vende verkoopt 売却 出售 매각
post: hire~ appoint~ name~ sign~ elect~ nominate~ ernennt beruft verpflichtet holt nomme recrute
    nombra ficha contrata nomina 任命 就任 임명
    / fire~ sack~ oust~ resign~ quit quits dismiss~ release~ entlasst feuert tritt renvoie limoge
    demissionne vire cesa despide destituye descarta dimite licenzia 解任 辞任 更迭 해임 사임
word: publish~
    / retract~
have: get gets got secure~ land lands landed
    / lose loses lost
keep: keep keeps kept retain~
    / sell sells sold divest~
life: alive safe unharmed survive~ uberlebt lebend vivant vivo
    / dead die~ killed kills tot gestorben mort muerto
freedom: arrest~ detain~ jail~ festgenommen verhaftet arrete detenido arrestato 逮捕 체포
    / free frees freed acquitted freigelassen libere liberado 釈放 석방
result: profit profits gewinn benefice beneficio 黒字
    / loss losses verlust perte perdida 赤字
truce: hold holds held
    / break~ broke broken collapse~ violate~ gebrochen rompt roto
law: legal lawful legality
    / illegal unlawful rechtswidrig
stand: favour favor
    / against
time: before
    / after
time_of_day: morning
    / evening night
north: north northern nord norte
    / south southern sud sur
east: east eastern ost est este
    / west western ouest oeste
sex: men men's mens manner hommes hombres
    / women women's womens frauen femmes mujeres
status: open
    / closed
"""
# What several words say together comes to one of the words above, or to none of them.
_PHRASES = {
    "keeps": r"""
        not\ have\ to\ sell""",
    "refuses": r"""
        (?:fail(?:s|ed)?|refus(?:es?|ed|ing)|declin(?:es?|ed)|not|unable|won't)\ to\ \w+""",
    "cancels": r"""
        call(?:s|ed)?\ off | pull(?:s|ed)?\ the\ plug""",
    "rejects": r"""
        (?:turn|vote|strike|shoot|struck|shot)(?:s|ed|d)?\ down
        | vot(?:es?|ed|ing)\ (?:no|against) | (?:say(?:s|ing)?|said)\ no | thr(?:ows?|own)\ out
        | sagt\ nein | dit\ non | dice\ no
        | (?:pull|withdraw|revok|rescind)\w*\ (?:\w+\ )?(?:approval|licen[cs]e|permit)""",
    "approves": r"""
        vot(?:es?|ed|ing)\ (?:yes|for|to) | (?:say(?:s|ing)?|said)\ yes | sagt\ ja | stimmt\ zu
        | dit\ oui | green\ light | go-ahead | stimm(?:t|en)\ [\w ]{1,30}\ zu""",
    "raises": r"""
        heb(?:t|en)\ [\w ]{1,30}\ an""",
    "unbans": r"""
        (?:lift|end|revers|overturn|scrap|drop|repeal|hebt)\w*\ (?:[\w-]+\ ){0,3}(?:ban|verbot)
        | ban\ (?:[\w-]+\ ){0,3}(?:lifted|overturned|reversed|scrapped)""",
    "recalls": r"""
        ruft\ [\w\ ]{1,30}\ zuruck""",
    "ends": r"""
        no\ longer\ (?:needs?|has|have|must) | muss\w*\ nicht\ mehr""",
    "withdraws": r"""
        (?:back|pull|walk)(?:s|ed|ing)?\ (?:down|out|back|away)""",
    "buys": r"""
        tak(?:es?|ing)\ over | took\ over""",
    "resigns": r"""
        step(?:s|ped|ping)?\ (?:down|aside)""",
    "closes": r"""
        (?:shut|clos)(?:s|es|ed|ting)?\ down | winds?\ down""",
    "delays": r"""
        on\ hold | hold(?:s|ing)?\ (?:off|back)""",
    "": r"""
        (?:touch|splash|break|crack|slow|count|lock|knock|bring|tak|go)(?:es|ed|ing|s|en)?\ down
        | up\ (?:to|for|with) | (?:set|end|show|sign|line|mak|look|back|open|build)\w{0,4}\ up
        | high[ -](?:court|school|street|speed|end|tech) | low-\w+ | before\ (?:and|or)\ after
        | open[ -]sourc\w* | (?:us|french|australian|madrid|open)\ open | ups?\ and\ downs?
        | holds?\ (?:\w+\ )?(?:talks|meeting|hostage)""",
}
# Every phrase has one of these, and most titles have none.
_IN_PHRASES = """
    fail~ failed refuse~ decline~ not unable won't call~ pull~ turn~ vote~ strike~ struck shoot~
    shot say says saying said throw throws thrown sagt dit dice withdraw~ revoke~ rescind~ green
    ahead stimmt stimmen hebt heben lift~ end~ reverse~ overturn~ scrap scraps scrapped drop drops
    dropped repeal~ ban ruft longer muss mussen back~ walk~ take~ taking took step steps stepped
    stepping shut shuts shutting close~ wind winds hold~ touch~ splash~ break~ crack~ slow~ count~
    lock~ knock~ bring~ go goes going up ups high low before open us french australian madrid
"""
# Sides that say that something is not done; and matters of one who does something to another, who
# may be named first as well.
_UNDOING = frozenset({("decision", 1), ("course", 1)})
_OF_TWO = frozenset({"trade", "contest"})
_NOBODY: frozenset[str] = frozenset()
# What a title is, where it is not the news itself: the words by which it is looked for, and all.
_KINDS = {
    "beta betas betaversion": r"beta(?:s|version)?\d* | ベータ\w*",
    "alpha nightly canary": r"alpha\d* | nightly | canary",
    "preview previews vorschau early dp": r"previews? | vorschau | early\ access | dp\d",
    "rc candidate candidates": r"\d*-?rc[.-]?\d* | release[ -]candidates?",
    "developer": r"developer\ (?:beta|preview)",
    "review hands test testbericht kritik critique resena recensione": r"""
        (?<!to\ )(?<!will\ )(?<!may\ )(?<!under\ )(?<!in\ )(?<!peer\ )(?<!code\ )(?<!judicial\ )
        review(?!\ (?:into|finds?|says?|urges?|board|panel|process|bomb))
        | hands[ -]on | im\ test | testbericht | kritik | critique | resena | recensione
        | \w*レビュー""",
    "interview": r"^interview | interview\ (?:with|mit|avec|con)",
    "how where wie": r"how\ to | wie\ man | where\ to\ (?:watch|buy)",
    "off black cyber prime": r"black\ friday | cyber\ monday | prime\ day | \d+\ ?%\ off",
    "rumor rumors rumour rumours gerucht geruchte": r"rumou?rs? | geruchte?",
    "prediction predictions forecast forecasts prognose": r"predictions? | forecasts? | prognosen?",
}
_READ_KINDS = tuple(re.compile(rf"(?<!\w)(?:{said})(?!\w)", re.VERBOSE) for said in _KINDS.values())
_KIND_WORDS = frozenset(" ".join(_KINDS).split())
_VERSUS = re.compile(r"(\w+)\W+(?:vs\.?(?!\ code\b)|versus)\W+(\w+)")
_PHRASE = re.compile("|".join(rf"(\b(?:{said})\b)" for said in _PHRASES.values()), re.VERBOSE)
_MEANT = tuple(_PHRASES)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
# The first letter of scripts that do without spaces, or put endings to their words.
_UNSPACED = "\u3040"


class Stance(NamedTuple):
    """A side that a title takes in a matter, and the terms of who stands before it."""

    matter: str
    side: int
    subject: frozenset[str]


def _forms(verb: str) -> Iterable[str]:
    """A word of the table; in all its forms where that is marked."""
    root = verb.removesuffix("~")
    if root == verb:
        return (verb,)
    if root.endswith("e"):
        return root, f"{root}s", f"{root}d", f"{root[:-1]}ing"
    if root.endswith("y") and root[-2] not in "aeou":
        return root, f"{root[:-1]}ies", f"{root[:-1]}ied", f"{root}ing"
    plural = "es" if root.endswith(("s", "x", "sh", "ch", "z")) else "s"
    return root, f"{root}{plural}", f"{root}ed", f"{root}ing"


def _table() -> dict[str, list[tuple[str, int]]]:
    """The matters and sides of each word."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for line in _SIDES.strip().replace("\n    ", " ").split("\n"):
        matter, _, sides = line.partition(": ")
        for side, words in enumerate(sides.split(" / ")):
            for form in chain.from_iterable(map(_forms, words.split())):
                found[form].append((matter, side))
    return found


_SIDES_OF = _table()
_TRIGGERS = frozenset(chain.from_iterable(map(_forms, _IN_PHRASES.split())))
_TELLING = _TRIGGERS | _SIDES_OF.keys()
_UNSPACED_WORD = re.compile(
    "|".join(sorted((word for word in _SIDES_OF if word[0] >= _UNSPACED), key=len, reverse=True))
)


def read_stances(folded: str, words: Set[str]) -> tuple[Stance, ...]:
    """The sides that a folded title of these words takes."""
    if folded.isascii() and words.isdisjoint(_TELLING):
        return ()
    meant = folded if words.isdisjoint(_TRIGGERS) else _PHRASE.sub(_meant, folded)
    unspaced = () if meant.isascii() else _UNSPACED_WORD.finditer(meant)
    return tuple(
        Stance(matter, side, _subject(meant, match.start()) if matter in _OF_TWO else _NOBODY)
        for match in chain(_WORD.finditer(meant), unspaced)
        for matter, side in _SIDES_OF.get(match[0], ())
    )


def read_kinds(folded: str, words: Set[str]) -> frozenset[int]:
    """What a folded title is, where it is not the news itself: the numbers of kinds."""
    if words.isdisjoint(_KIND_WORDS) and folded.isascii():
        return frozenset()
    return frozenset(number for number, kind in enumerate(_READ_KINDS) if kind.search(folded))


def read_versus(folded: str) -> frozenset[str]:
    """Who stands against whom (`A vs B`), by the words beside that."""
    if " v" not in folded:
        return _NOBODY
    return frozenset(chain.from_iterable(_VERSUS.findall(folded)))


def undoes(stances: Iterable[Stance]) -> bool:
    """Whether a title says that something is not done, or no longer."""
    return any((stance.matter, stance.side) in _UNDOING for stance in stances)


def opposite(mine: Sequence[Stance], theirs: Sequence[Stance]) -> bool:
    """Whether two titles take different sides in a matter, and none that is the same.

    Who sells to somebody who buys is no contradiction.
    """
    return any(
        _apart([a for a in mine if a.matter == matter], [b for b in theirs if b.matter == matter])
        for matter in {a.matter for a in mine}.intersection([b.matter for b in theirs])
    )


def _apart(mine: Sequence[Stance], theirs: Sequence[Stance]) -> bool:
    if not {a.side for a in mine}.isdisjoint(b.side for b in theirs):
        return False
    return mine[0].matter not in _OF_TWO or any(
        not a.subject.isdisjoint(b.subject) for a in mine for b in theirs
    )


def _meant(match: re.Match[str]) -> str:
    return _MEANT[(match.lastindex or 0) - 1]


def _subject(text: str, end: int) -> frozenset[str]:
    """The terms of what stands before a word: words, or pairs where these are not parted."""
    before = text[:end]
    words = [stem(word) for word in _WORD.findall(before) if word not in STOP]
    pairs = map("".join, pairwise(before)) if before[:1] >= _UNSPACED else ()
    return frozenset(chain(words, pairs))
