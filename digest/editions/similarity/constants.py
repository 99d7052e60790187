"""Every tuned number of the comparison of titles.

The cases that fixed them are in `tests/editions/similarity/test_constants.py`, which moves one
after the other and expects its case to come out wrong; `tests/editions/labelled_pairs.json` has
all pairs that people judged. FEW and LEFT show in whole editions only, in
`tests/editions/test_labelled.py`.
"""

from __future__ import annotations

from datetime import timedelta

# How much a term tells: an ordinary word, one that may be a name, one that is written like no word
# (`SQLite`), a word that many titles have, what happened, and a pair of Chinese or Japanese
# characters.
ORDINARY = 1.0
NAMED = 1.3
MARKED = 1.5
LITTLE = 0.3
EVENT = 0.6
PAIR = 0.6
# How much a number tells, by its kind.
NUMBERS = {
    "id": 3.0,
    "version": 0.5,
    "amount": 0.8,
    "score": 0.7,
    "count": 0.5,
    "day": 0.5,
    "quarter": 0.3,
    "series": 0.3,
    "year": 0.2,
}

# Two titles are alike from this share of what they tell on.
ALIKE = 0.4
# How much the terms that both have must tell: in general; where none of them is a name; and where
# both are of a shape that many titles have (`How to ...`).
LEAST = 2.0
LEAST_NAMELESS = 2.9
LEAST_EVERGREEN = 5.0
# The same for titles that are nearly one: with a name or an exact number, and without.
THE_SAME = 0.9
LEAST_SAME = 2.9
LEAST_SAME_NAMELESS = 4.0
# The second word of a name tells this part of its weight.
SURNAME = 0.4
# What happened in one title is nothing of what happened in the other.
OTHER_EVENT = 0.2
# Both have the same identifier (`CVE-2026-1234`).
SAME_ID = 0.25
# Above this, a `not` in one of the two makes another story of it.
DENIABLE = 0.7
# Where only a product and its version are in both, so many other words in each are other news.
OWN_NEWS = 3
# So many names have to be shared for each that is not.
NAMES_SHARED = 1.5
# Amounts closer than this are one that somebody rounded.
ROUNDED = 0.015

# A term that more titles have than these tells less, down to this part of its weight.
FEW = 12
LEFT = 0.3
# Terms from this weight on find pairs to compare.
FINDS = 0.5

# What a title has to tell, so that nobody else comes up with the same words: where it has a name,
# where it has none, and where it is of a shape that many have.
TELLING = 3.2
TELLING_NAMELESS = 4.0
TELLING_EVERGREEN = 6.0
# This part of it is enough where one entry has a text, and the other only points to it.
TELLING_OF_LINK = 0.9
# The same where it also says which document it points to (`[pdf]`, `(1984)`).
TELLING_OF_DOCUMENT = 0.5
# So many characters of a text are compared where a title tells too little, and so many at least.
WITNESS = 200
LEAST_WITNESS = 40
# Above this share of capital letters, a capital says nothing about a word.
TITLE_CASE = 0.7
# The name of a site behind a title has at most so many characters, and leaves at least so many.
LONGEST_SITE = 44
SHORTEST_TITLE = 12
# A name behind a title of so many words or more is that of its source.
LONG_TITLE = 5

# Less than a week: columns come every week under the same title.
NEWS_FOR = timedelta(days=6)

# A subject is shared by so many stories of a feed, is this share of each title, and its heading has
# at most so many characters, and so many words that are not shared.
SUBJECT_STORIES = 3
SUBJECT_SHARE = 1 / 3
LONGEST_HEADING = 60
MOST_OTHER_WORDS = 1
