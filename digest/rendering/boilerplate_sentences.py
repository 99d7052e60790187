"""The known forms of sentences at an edge of a paragraph, in English."""

from __future__ import annotations

_RATED = (
    r".{0,80}\b(?:rating|review|stars?|bewertung|rezension|sterne|étoiles|avis|reseña|estrellas"
    r"|valoración"
    r"|recensione|stelle|avaliação|estrelas|recensie|sterren)\b.{0,40}\b(?:apple podcasts?"
    r"|spotify|itunes)\b.{0,60}"
)
# By the word that each has; without case, and what ends them.
SENTENCES = {
    "subscribe": (
        r"(?:please |and |or |also |(?:you can )?click (?:here )?to |don['’]t forget to |be sure"
        r" to "
        r"|make sure (?:to|you) |remember to |rate,? (?:and )?review,? (?:and )?"
        r"|like,? (?:(?:and|&) )?(?:comment,? (?:(?:and|&) )?)?(?:share,? (?:and|&)"
        r" )?)*subscribe\b.{0,200}"
        r"|join .{1,60} (?:and|who) subscribe\b.{0,60}"
    ),
    "subscribing": r"(?:get|unlock|become|support|thank).{0,80}\bsubscribing\b.{0,80}",
    "subscriber": (
        r"(?:if )?you(?:['’]re| are)(?: currently| not)?(?: yet)? a (?:free |paid"
        r" )?subscriber\b.{0,100}|"
        r".{0,120}\b(?:free or paid|paid|become a|for paid) subscribers?\b.{0,80}"
    ),
    "subscription": (
        r"manage (?:your |my )?(?:e-?mail )?subscription\b.{0,40}"
        r"|.{0,200}\bpledging a future subscription|.{0,60}\bupgrade your subscription\b.{0,40}"
    ),
    "newsletter": (
        r"(?:get|receive|join|want|sign up|delivered|this (?:is|was)|read)"
        r" .{0,120}\bnewsletter\b.{0,100}"
    ),
    "inbox": r"(?:get|receive|join|want|have|delivered|straight)\b.{0,120}\binbox\b.{0,40}",
    "viewing": r"(?:having )?(?:trouble|problems|difficulty) viewing\b.{0,80}",
    "sponsoring": r"thank(?:s| you) to .{1,80} for sponsoring\b.{0,80}",
    "share": (
        r"(?:please |feel free to |if you .{1,60}, (?:please )?)share (?:it|this|the)\b.{0,80}"
        r"|share this (?:post|article|episode|story)\b.{0,60}"
    ),
    "sharing": r"(?:if you .{1,80} )?(?:please )?consider sharing\b.{0,80}",
    "invite": r"invite your friends\b.{0,80}",
    "free": r".{1,60} is free today|try .{1,40} for free\b.{0,80}",
    "click": r"(?:to|for) .{1,80} click here\b.{0,40}|click here\b.{0,80}",
    "cookies": r"(?:(?:this|our) (?:web)?site|we) uses? cookies\b.{0,100}",
    "thoughts": r"(?:any |got )?thoughts",
    "reply": r"reply (?:via|by) e-?mail",
    "review": r"(?:please |and )?(?:rate|leave|write)\b.{0,40}\breview\b.{0,100}",
    "rate": (
        r"(?:please )?rate (?:us|the show|this (?:podcast|show)|and review)\b.{0,80}"
        r"|rate this (?:post|article|story|recipe|page)"
    ),
    "email": r"(?:e-?mail|write to) us at .{1,80}",
    "write": r"write to us at .{1,80}",
    "question": r"(?:have|got) a question\b.{0,40}",
    "questions": r"(?:have|got) (?:any )?questions\b.{0,40}",
    "journalism": r"(?:to )?(?:support|help fund|fund|our)\b.{0,60}\bjournalism\b.{0,120}",
    "ai": (
        r"this .{0,20}\bsummary\b.{0,20}\bmay (?:contain|have)\b.{0,40}|this ai-generated .{0,80}"
    ),
    "subscribers": (
        r"(?:this (?:post|episode|article) is )?(?:only )?for pa(?:id|ying)(?: "
        r"|-)subscribers.{0,60}"
    ),
    "forwarded": (
        r"(?:if you|was this|did (?:someone|a friend)|has this|been).{0,30}\bforwarded\b.{0,150}"
        r"|forwarded this (?:e-?mail|newsletter|message)\b.{0,60}"
    ),
    "issue": r"(?:hi|hello|hey|welcome).{0,60}\b(?:issue|edition) of\b.{0,80}",
    "edition": r"(?:hi|hello|hey|welcome).{0,60}\b(?:issue|edition) of\b.{0,80}",
    "supported": r".{0,120}\b(?:reader|listener|viewer)[- ]supported\b.{0,80}",
    "reading": (
        r"thank(?:s| you)(?: so much| very much)? for (?:reading|subscribing)\b.{0,100}"
        r"|you(?:['’]re| are) reading .{1,60}, (?:the|an?|our|my)\b.{0,100}"
        r"\b(?:newsletter|letter|digest|roundup|bulletin|column|blog)\b.{0,60}"
    ),
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
    "discord": r"join (?:us on |our |the ).{0,30}\bdiscord\b.{0,60}",
    "music": r"(?:theme |intro |outro )?music (?:by|from) .{1,60}",
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
    "follow": (
        r"follow (?:us|me|the show|our)\b.{0,150}|follow .{1,60}\b(?:on|at) (?:bluesky|mastodon"
        r"|twitter"
        r"|x|instagram|threads|linkedin|youtube|tiktok|facebook|spotify|apple podcasts)\b.{0,80}"
    ),
    "find": r"(?:you can )?find (?:us|me|the show|this show|our \w+) (?:on|at|online)\b.{1,100}",
    "keep": r"keep up with .{1,60}:.{1,100}",
    "theme": (
        r"(?:our |the )?theme (?:song|tune|music) (?:is|was|by|composed|written|performed"
        r"|comes)\b.{1,100}"
    ),
    "becoming": (
        r"support\b.{1,60}\bby becoming an? (?:paid |paying )?(?:member|subscriber|patron"
        r"|supporter)\b.{0,80}"
    ),
    "send": (
        r"send (?:us|me) (?:your |a |any |an )?(?:tips?|feedback|questions?|comments?|thoughts"
        r"|e-?mail)\b.{0,80}"
    ),
    "corrected": (
        r"(?:editor['’]s note: )?this (?:story|article|headline) has been corrected\b.{0,200}"
    ),
    "updated": (
        r"(?:editor['’]s note: )?this (?:story|article|headline) (?:has been updated\b"
        r"|was (?:last )?updated (?:on|at) (?:[a-z]{3,9}\.? )?\d).{0,200}"
    ),
    "amended": (
        r"(?:editor['’]s note: )?this (?:story|article|headline) was amended (?:on|at) "
        r"(?:[a-z]{3,9}\.? )?\d.{0,200}"
    ),
    "sign": (
        r"(?:please )?(?:sign|log) in to (?:read|continue|view|comment|reply|access)\b.{0,60}"
        r"|sign in(?: here| now)?"
    ),
    "log": (
        r"(?:please )?(?:sign|log) in to (?:read|continue|view|comment|reply|access)\b.{0,60}"
        r"|log in(?: here| now)?"
    ),
    "already": r"already (?:a (?:member|subscriber)|subscribed|registered|have an account)",
    "permission": (
        r"(?:(?:this|the) (?:article|story|post|essay|excerpt) (?:is|was) )?(?:re-?)?"
        r"(?:printed|published|posted) (?:here )?(?:with|by) (?:the )?(?:kind )?permission\b"
        r".{0,100}"
    ),
    "version": (
        r"a version of this (?:article|story|review|essay|column|piece|post) (?:appear(?:s|ed)"
        r" (?:in|on|at)|ran in|was (?:first |originally )?published (?:in|on|at|by))\b.{0,120}"
    ),
    "qr": r"scan (?:the|this|our) qr[- ]code\b.{0,80}",
    "helpful": r"(?:was|did you find) this (?:article|page|post|information|guide) helpful",
    "expressed": (
        r"(?:the )?(?:views|opinions)(?: and (?:views|opinions))? expressed(?: here(?:in)?"
        r"| in this \w+)?(?: are (?:those|solely|the author|his|her|my)| do not)\b.{0,120}"
    ),
    "apple": _RATED,
    "spotify": _RATED,
    "ad": r"(?:get|enjoy|listen to|for|want)\b.{0,40}\bad-free\b.{0,120}",
    "transcript": (
        r"(?:find |read |get |see )(?:the |a |an |full |episode )*transcript (?:at|on|here|of"
        r" this)\b.{0,80}"
    ),
    "transcripts": (
        r"(?:find |read |get |see )(?:the |full |episode |all )*transcripts (?:at|on"
        r"|here)\b.{0,80}"
    ),
    "restricted": (
        r"this (?:content|post|article|page|episode) is (?:restricted|reserved) (?:to|for)\b.{0,60}"
    ),
    "exclusive": r"this (?:content|post|article|page|episode) is exclusive (?:to|for)\b.{0,60}",
    "welcome": (
        r"(?:hi|hello|hey)?,? ?welcome (?:back )?to .{1,60}, (?:the|an?|our|my|your)\b.{0,60}"
        r"\b(?:newsletter|letter|podcast|show|digest|roundup|bulletin|column|series)\b.{0,80}"
    ),
    "permalink": r"(?:∞ |# )?permalink",
    "tweet": r"tweet this.{0,40}",
    "browser": r"(?:your browser does not support|view this).{0,100}",
    "javascript": r"(?:please )?(?:enable|turn on) javascript.{0,100}",
    "text": r"send us (?:a text|fan mail).{0,40}",
    "forget": r"don['’]t forget to (?:like|share|subscribe|rate|follow).{0,120}",
    "slashdot": r"read more of this story at slashdot",
    "editing": r"\(?(?:additional )?reporting by .{1,150}",
}
_COUNTED = (
    r"(?:views?|replies|likes?|comments?|shares|downloads|stars|points?|score|votes?|upvotes?"
    r"|reposts|boosts)"
)
# What says nothing in an excerpt, but is of use in a whole text.
NOTHING_TO_READ = (
    r"(?:\d{1,2}[.)] )?\W{0,3}(?:\d{1,2}:)?\d{1,2}:\d\d\b.{0,150}",
    (
        r"(?:related|see also|read (?:next|also|more)|up next|also read|siehe auch|lire aussi"
        r"|lea también|leggi anche|lees ook|leia também|mehr zum thema|関連記事)\s*[:：].{0,150}"
    ),
    r"(?=.*://).{0,80}\bhttps?://\S+",
    r"(?:#[\w-]+\s*){2,}",
    r"\W*full changelog\b.{0,200}",
    r"(?:what['’]s (?:changed|new)|release notes|change ?log|new contributors|assets(?: \d+)?)\W*",
    r"(?:signed-off|co-authored|reviewed|acked|tested|reported)-by\s*:.{1,150}",
    r"(?:sha-?\d{1,3}(?:sum)?|md5(?:sum)?|checksums?)\s*[:=].{0,250}",
    r"downloads?\s*[:：].{1,150}",
    r"(?:release|install|download)(?: \S+)? v?\d+(?:\.\d+)+\S*|released .{1,20} ago",
    r"(?:chapters|timestamps|kapitel|chapitres|capítulos|capitoli)\W+(?:\d+:)?\d+:\d\d.*",
    rf"(?:(?:{_COUNTED}\s*[:：]\s*\d[\d.,]*k?|\d[\d.,]*k? {_COUNTED})[\s,|·•/&]*)+",
    r"(?=.*@).{0,50}\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    r"(?:the )?(?:gear|equipment|cameras?|tools) (?:i|we) use\b.{0,60}",
    r"(?:\\[nrt]\s*)+",
    # Of arXiv, behind an abstract.
    (
        r"comments: (?:\d+ pages|accepted|submitted|to appear|published|in proceedings"
        r"|preprint)\b.{0,200}"
    ),
    r"(?:subjects|journal[ -]ref|report number|cite as|(?:acm|msc)[ -]class)\.?\s*: .{1,150}",
    r"(?:publication date|source|author\(s\)): .{0,200}",
)
