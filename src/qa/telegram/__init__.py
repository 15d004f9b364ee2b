"""The bot on Telegram: questions in, verbatim quotes out.

entities.py   what Telegram's HTML parses to, and what it refuses
render.py     Answer → messages within Telegram's limits
send.py       a message out, patiently, and never twice
app.py        the application: who is answered, and how
console.py    the same application at a terminal, without network or token
"""

import os

# Asks python-telegram-bot for time spans as timedelta; the integers that it gives otherwise are deprecated.
os.environ["PTB_TIMEDELTA"] = "true"
