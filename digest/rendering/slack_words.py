"""The fixed words of Slack posts, all in one place; the fields are filled in by `str.format`."""

from __future__ import annotations

NOTHING_NEW = "Nothing new this time."
WATCHED = "★ {rules}"
UPDATED = "updated"
ALSO_IN = "also in "
RELATED = "Related: "
AND_MORE = ", and {count} more"
MORE_FROM = "and {count} more from {feed}"
MORE_FROM_OTHERS = "and more from {feeds}"
CONTINUED = "{title} (continued)"
PART = "continued, part {number} of {total}"
IN_THREAD = "In the thread: {stories} in {sections}: {names}"
NEXT_EDITION = "Next edition: {day}, {time}."
