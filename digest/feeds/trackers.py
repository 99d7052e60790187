"""Parameters of addresses that say where a reader came from, and nothing of what is read.

Those that Firefox strips (its documentation, "Query Parameter Stripping") are among them; the rest
is what publishers, mailers and analytics document as theirs: `utm_` of Google, `at_` and `xtor` of
AT Internet, `ns_` of Comscore, `pk_` and `mtm_` of Matomo.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_TRACKERS = re.compile(
    r"utm_?\w+|(?:fb|g|d|ms|y|tw|tt|li_fat_|rb_|w)cli(?:ck)?d|[gw]braid|igshi?d?|mc_[ce]id"
    r"|_hs(?:enc|mi)|hsa_\w+|mkt_tok|ref_(?:src|url)|_g[al]|_openstat|vero_(?:id|conv)"
    r"|oly_(?:enc|anon)_id|wickedid|s_kwcid|ml_subscriber(?:_hash)?|at_(?:medium|campaign|link\w*"
    r"|custom\d|ptr_name|bbc_team)|ns_(?:mchannel|source|campaign|linkname|fee)|xtor|ncid|cmpid"
    r"|smid|ito|intcmp|wt_?z?mc|__twitter_impression|guc(?:counter|e_referrer(?:_sig)?)"
    r"|soc_(?:src|trk)|trk"
    r"|srsltid|spm|_bhlid|gad_(?:source|campaignid)|gaa_(?:at|n|ts|sig)|wt\.mc_id|epik|igsh"
    r"|sc_(?:channel|campaign|outcome|geo|country|publisher|medium)|_branch_(?:match_id|referrer)"
    r"|pk_(?:source|medium|campaign|kwd)|mtm_\w+|piwik_\w+|__s|ck_subscriber_id"
    r"|fb_(?:action_ids|source|ref)|sr_share",
    re.IGNORECASE,
)
# These mean something on some sites; here they do not, by what they say.
_ORIGINS = {
    *("ref", "referrer", "referer", "source", "src", "from", "via", "partner", "emc", "mod", "cmp"),
    *("origin", "traffic_source", "feed", "ftag", "medium", "campaign", "cid"),
}
_WAY = re.compile(
    r"(?:rss|feed|newsletter|e?mail|social|share|friends_link|hackernews|hn|twitter|producthunt)"
    r"(?:[\W_].*)?",
    re.IGNORECASE,
)
_SITE = re.compile(
    r"(?:[\w-]+\.)+(?:com|org|net|io|dev|news|blog|email|app|xyz|ai|me|co|de|fr|uk)",
    re.IGNORECASE,
)
_YES = {"", "1", "true", "yes"}
# Another form of the same page.
_FORMS = re.compile(r"amp(?:_js_v|_gsa)?|rss", re.IGNORECASE)
_NAMED_FORMS = {("outputtype", "amp"), ("output", "amp"), ("tab", "readme-ov-file")}
# Buttons under posts say by these which network a link is for (`share=twitter`).
_NETWORKS = re.compile(
    r"(?:facebook|twitter|x|linkedin|reddit|mastodon|bluesky|threads|tumblr|pinterest|pocket"
    r"|telegram|(?:jetpack-)?whatsapp|e?mail|hackernews|press-this|native|print|copy|1|true)?",
    re.IGNORECASE,
)
# What else these write, and AMP for those who do not want it.
_OF_BUTTONS = {("nb", "1"), ("nonamp", "1")}
# Medium, also at the hosts of its publications.
_OF_MEDIUM = re.compile(r"[0-9a-f]{12,32}|v2/[0-9a-f-]{32,36}")
# What says by which way a reader came at these sites, and may mean something elsewhere.
_OF_SITES = {
    "youtube.com": {"si", "feature", "ab_channel", "pp"},
    "x.com": {"s", "t"},
    "substack.com": {
        *("r", "s", "publication_id", "post_id", "isfreemail", "triedredirect", "token", "sd"),
        *("showwelcomeonshare", "open", "triedsigningin", "source"),
    },
    "medium.com": {"sk", "source", "gi", "postpublishedtype"},
    "open.spotify.com": {"si", "context", "nd", "dl_branch"},
    "instagram.com": {"img_index", "hl"},
    "tiktok.com": {"_t", "_r", "is_from_webapp", "sender_device", "web_id"},
    "nytimes.com": {
        *("unlocked_article_code", "smtyp", "smid", "campaign_id", "instance_id", "segment_id"),
        *("regi_id", "user_id", "te", "nl", "referringsource", "action", "pgtype", "module"),
    },
    "bloomberg.com": {"sref", "accesstoken", "leadsource", "embedded-checkout"},
    "wsj.com": {"st", "reflink", "siteid"},
    "ft.com": {"accesstoken", "sharetype", "syn-25a6b1a6"},
    "forbes.com": {"sh"},
    "techcrunch.com": {"tpcc"},
    "washingtonpost.com": {"pwapi_token", "itid", "wpisrc", "carta-url"},
    "theatlantic.com": {"gift"},
    "linkedin.com": {"trackingid", "lipi", "rcm", "midtoken", "trkemail"},
    "msn.com": {"ocid", "cvid", "pc", "ei"},
    "bbc.com": {"ocid"},
    "bbc.co.uk": {"ocid"},
    "reuters.com": {"taid", "rpc", "feedtype", "feedname"},
    "theverge.com": {"showcomments"},
    "aliexpress.com": {"algo_pvid", "algo_exp_id", "gatewayadapt", "pvid"},
}


def is_tracker(name: str, value: str) -> bool:
    """Whether a parameter of any address says by which way a reader came, for certain.

    What names a site that sent the reader may as well name the site that is read about.
    """
    lower = name.lower()
    return (
        bool(_TRACKERS.fullmatch(name))
        or (lower in _ORIGINS and bool(_WAY.fullmatch(value)))
        or (lower == "rss" and value.lower() in _YES)
    )


def tracks(name: str, value: str, host: str) -> bool:
    """Whether a parameter of an address at `host` changes nothing of what is there."""
    lower = name.lower()
    return (
        is_tracker(name, value)
        or bool(_FORMS.fullmatch(name))
        or (lower in _ORIGINS and bool(_SITE.fullmatch(value)))
        or (lower, value.lower()) in _NAMED_FORMS
        or (lower == "m" and "blogspot." in host)
        or (lower == "share" and bool(_NETWORKS.fullmatch(value)))
        or (lower, value) in _OF_BUTTONS
        or (lower in {"gi", "sk"} and bool(_OF_MEDIUM.fullmatch(value)))
        or lower in _of_site(host)
    )


def _of_site(host: str) -> Collection[str]:
    """What changes nothing at a host, or at one that it is below."""
    return _OF_SITES.get(host, _OF_SITES.get(host.partition(".")[2], ()))
