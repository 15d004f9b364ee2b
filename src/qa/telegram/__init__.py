"""The bot on Telegram: questions in, verbatim quotes out.

app.py            which update goes to which handler
gate.py           who and what comes through
asking.py         questions, and the buttons below answers
browse.py         greetings, lists, languages
inline.py         passages for other chats
admin.py          what admins do; administration.py runs `qa` for them
desk.py           what the handlers share
updates.py        what came in: on disk until it is answered; webhook.py where Telegram brings it
send.py           what goes out: patiently, never lost in silence, never twice; plan.py, limiter.py
state.py          the database of all that must not be forgotten; kept.py, access.py
render.py         answers as messages; pages.py the rest, markup.py and entities.py Telegram's HTML
phrases.py        what the bot says of itself
serve.py          running; settings.py, logs.py, monitor.py, checkup.py
console.py        the same application at a terminal, without network or token
"""

import os

# Asks python-telegram-bot for time spans as timedelta; the integers that it gives otherwise are deprecated.
os.environ["PTB_TIMEDELTA"] = "true"
