"""Words by which titles take sides, and by which they say what they are.

All are folded, like those of `digest.editions.similarity.stop_words`, and a word may stand in
several lines. Sides that hold for one language and mean something else in another are left out.
"""

from __future__ import annotations

# Sides of a line stand between strokes; `~` is a verb in all its English forms.
SIDES = """
decision: pass~ clear~ approve~ adopt~ backs backed accept~ uphold upholds upheld confirm~ ratify~
    merge~ agree~ endorse~ admit~ admits admitted acknowledge~ grant~ greenlight~ concede~
    recognise~ recognize~ allow~ permit permits permitted adopte approuve valide accepte reconnait
    ratifie aprueba acepta avala confirma approva accetta aprova beschliesst billigt genehmigt
    bestatigt akzeptiert anerkennt zustimmt keurt 可決 承認 批准 通过 認める 승인 통과
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
    klettert hausse augmente grimpe bondit releve sube suben aumenta crece sale stijgt 上昇
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
    / recall~ ruckruf rappelle rappel retira richiama 回収 リコール 召回 리콜
verdict: guilty fine fines fined convict~ schuldig verurteilt coupable condamne culpable condena
    condenado 有罪 유죄
    / acquit acquits acquitted innocent clears cleared freigesprochen acquitte relaxe
    absuelve absuelto inocente 無罪 무죄
    / charge~ indict~ angeklagt inculpe imputado 起訴 기소
ban: ban bans banned banning prohibit~ outlaw~ forbid forbids block~ verbietet untersagt verbot
    interdit interdiction prohibe prohibicion vieta verbiedt 禁止 금지
    / unban~ unbans unbanned allow~ permit permits permitted unblock~ legalise~ legalize~ lift~
    erlaubt gestattet autorise permite autoriza permette legalisiert 解禁 許可 允许 허용
measure: impose~ enact~ introduce~ tighten~ extend~ verhangt verscharft impose prolonge impone
    / lift~ scrap scraps scrapped repeal~ remove~ ease~ relax~ loosen~ suspend~ hebt lockert leve
    supprime levanta elimina
membership: join~ enter~ return~ rejoin~ beitritt rejoint integre ingresa
    / leave~ left quit quits exit~ withdraw withdraws withdrew austritt verlasst quitte sort sale
part: add~ enable~ include~ gain~ create~ activate~ fugt ajoute active anade activa aggiunge
    / remove~ drop drops dropped disable~ lose~ lost shed sheds cut cuts axe~ slash~ entfernt
    streicht retire desactive quita elimina rimuove
trade: buy buys bought acquire~ purchase~ snap~ kauft ubernimmt achete rachete acquiert compra
    adquiere acquista koopt 買収 购买 收购 인수
    / sell sells sold divest~ offload~ verkauft vend cede vende verkoopt 売却 出售 매각
post: hire~ appoint~ name~ sign~ elect~ nominate~ ernennt beruft verpflichtet holt nomme recrute
    nombra ficha contrata nomina 任命 就任 임명
    / fire~ sack~ oust~ resign~ quit quits dismiss~ release~ entlasst feuert renvoie limoge
    demissionne vire cesa despide destituye descarta dimite licenzia 解任 辞任 更迭 해임 사임
word: publish~
    / retract~
span: release releases released launch~ ship ships shipped available out
    / eol unmaintained sunset sunsets
work: hiring
    / jobseekers
have: get gets got secure~ land lands landed
    / lose loses lost
keep: keep keeps kept retain~
    / sell sells sold divest~
life: alive safe unharmed survive~ uberlebt lebend vivant vivo
    / dead dies died dying killed kills tot gestorben mort muerto
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
    / south southern sud
east: east eastern ost este
    / west western ouest oeste
sex: men men's mens manner hommes hombres
    / women women's womens frauen femmes mujeres
status: open
    / closed
"""
# What several words say together comes to one of the words above, or to none of them.
PHRASES = {
    "keeps": r"""
        not\ have\ to\ sell""",
    "eol": r"""
        end[ -]of[ -](?:life|support|maintenance)""",
    "jobseekers": r"""
        want(?:s|ed)?\ to\ be\ hired | (?:looking\ for|seeking)\ work""",
    "refuses": r"""
        (?:fail(?:s|ed)?|refus(?:es?|ed|ing)|declin(?:es?|ed)|not|unable|won't)\ to\ \w+""",
    "acquits": r"""
        (?:drop(?:s|ped)?|dismiss(?:es|ed)?)\ (?:the\ )?(?:case|charges?)""",
    "cancels": r"""
        call(?:s|ed)?\ off | pull(?:s|ed)?\ the\ plug""",
    "rejects": r"""
        (?:turn|vote|strike|shoot|struck|shot)(?:s|ed|d)?\ down
        | vot(?:es?|ed|ing)\ (?:no|against) | (?:say(?:s|ing)?|said)\ no | thr(?:ows?|own)\ out
        | sagt\ nein | dit\ non | dice\ no
        | (?:pull|withdraw|revok|rescind)\w*\ (?:\w+\ )?(?:approval|licen[cs]e|permit)""",
    "approves": r"""
        vot(?:es?|ed|ing)\ (?:yes|for|to)
        | (?:voter|member|lawmaker|shareholder|mp)s\ back | (?:say(?:s|ing)?|said)\ yes | sagt\ ja
        | stimmt\ zu
        | dit\ oui | green\ light | go-ahead | stimm(?:t|en)\ [\w\ -]{1,30}\ zu""",
    "raises": r"""
        heb(?:t|en)\ [\w\ -]{1,30}\ an""",
    "unbans": r"""
        (?:lift|end|revers|overturn|scrap|drop|repeal|hebt)\w*\ (?:[\w-]+\ ){0,3}(?:ban|verbot)
        | ban\ (?:[\w-]+\ ){0,3}(?:lifted|overturned|reversed|scrapped)""",
    "recalls": r"""
        ruft\ [\w\ -]{1,30}\ zuruck""",
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
IN_PHRASES = """
    fail~ failed refuse~ decline~ not unable won't call~ pull~ turn~ vote~ strike~ struck shoot~
    shot say says saying said throw throws thrown sagt dit dice withdraw~ revoke~ rescind~ green
    ahead stimmt stimmen hebt heben lift~ end~ reverse~ overturn~ scrap scraps scrapped drop drops
    dropped repeal~ ban ruft longer muss mussen back~ walk~ take~ taking took step steps stepped
    stepping shut shuts shutting close~ wind winds hold~ touch~ splash~ break~ crack~ slow~ count~
    lock~ knock~ bring~ go goes going up ups high low before open us french australian madrid
    end want wants wanted looking seeking
"""
# What a title is, where it is not the news itself: the words by which it is looked for, and all.
KINDS = {
    "beta betas betaversion": r"beta(?:s|version)?\d* | ベータ\w*",
    "alpha nightly canary snapshot insider": r"alpha\d* | nightly | canary | snapshots? | insider",
    "preview previews vorschau early dp": r"previews? | vorschau | early\ access | dp\d",
    "rc candidate candidates": r"\d*-?rc[.-]?\d* | release[ -]candidates?",
    "developer": r"developer\ (?:beta|preview)",
    "review reviewed hands test testbericht kritik critique resena recensione": r"""
        (?<!to\ )(?<!will\ )(?<!may\ )(?<!under\ )(?<!in\ )(?<!peer\ )(?<!code\ )(?<!judicial\ )
        review(?!\ (?:into|finds?|says?|urges?|board|panel|process|bomb)) | reviewed$
        | hands[ -]on | im\ test | testbericht | kritik | critique | resena | recensione
        | \w*レビュー""",
    "interview": r"^interview | interview\ (?:with|mit|avec|con)",
    "how where wie": r"how\ to | wie\ man | where\ to\ (?:watch|buy)",
    "off black cyber prime": r"black\ friday | cyber\ monday | prime\ day | \d+\ ?%\ off",
    "rumor rumors rumour rumours gerucht geruchte": r"rumou?rs? | geruchte?",
    "prediction predictions forecast forecasts prognose": r"predictions? | forecasts? | prognosen?",
}
