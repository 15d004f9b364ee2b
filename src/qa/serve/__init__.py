"""The articles and their answers in a browser, and as an API.

run.py            from the command's settings to processes that listen; settings.py
app.py            which address goes to which handler, and what becomes of errors
access.py         who comes through; session.py the cookie of someone who has shown the token
desk.py           what the handlers share: the library, turns for questions, the reader's language
together.py       how fast people ask, counted for all worker processes
pages.py          the pages; marking.py an article's text in blocks, with the quote marked; phrases.py
api.py            the same as JSON; parameters.py what may be asked for, openapi.py its description
original.py       the file that an article was read from
"""
