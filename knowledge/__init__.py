"""Articles beside the call, and the texts beside the figures.

Its nouns: an article in both languages, which says what to ask and whom to refer to; a remark, which is a
text beside a figure (`remarks.csv`); and a stored text, which is a change of either by its owner.

A change begins in `articles/` or `remarks.csv` (shipped), `stored_texts` (in force), or `admin` (edited).
"""
