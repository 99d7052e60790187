"""Parameters of addresses that say where a reader came from, and nothing of what is read.

Those that Firefox strips (its documentation, "Query Parameter Stripping") are among them; the rest
is what publishers, mailers and analytics document as theirs: `utm_` of Google, `at_` and `xtor` of
AT Internet, `ns_` of Comscore, `pk_` and `mtm_` of Matomo.
"""

from __future__ import annotations

import re

_TRACKERS = re.compile(
    r"utm_?\w+|(?:fb|g|d|ms|y|tw|tt|li_fat_|rb_|w)cli(?:ck)?d|[gw]braid|igshi?d?|mc_[ce]id"
    r"|_hs(?:enc|mi)|hsa_\w+|mkt_tok|ref_(?:src|url)|_g[al]|_openstat|vero_(?:id|conv)"
    r"|oly_(?:enc|anon)_id|wickedid|s_kwcid|ml_subscriber(?:_hash)?|at_(?:medium|campaign|link\w*"
    r"|custom\d|ptr_name|bbc_team)|ns_(?:mchannel|source|campaign|linkname|fee)|xtor|ncid|cmpid"
    r"|smid|ito|intcmp|wt_?z?mc|__twitter_impression|guc(?:counter|e_referrer(?:_sig)?)"
    r"|soc_(?:src|trk)|trk"
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
_AMP_FORMS = {("outputtype", "amp"), ("output", "amp")}
_YOUTUBE = {"si", "feature", "ab_channel", "pp"}


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
        or (lower, value.lower()) in _AMP_FORMS
        or (lower == "m" and "blogspot." in host)
        or (lower in _YOUTUBE and host == "youtube.com")
    )
