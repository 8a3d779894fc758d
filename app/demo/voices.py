"""What invented customers say: mostly nothing, sometimes a story, now and then an attack."""

import random
from pathlib import Path

# {name} is the first name of who helped. Long enough, whole sentences: the gate picks from these.
STORIES = Path(__file__).with_name("stories.txt").read_text(encoding="utf-8").splitlines()
HAPPY = (
    "Great service.",
    "Super freundlich!",
    "Fast and kind, as always.",
    "Tout était parfait.",
    "Alles bestens, gern wieder.",
    "Thanks {name}!",
    "Muy amables.",
    "10/10 would ride again 🚲",
    "Kom binnen met een lekke band, ging fluitend weer weg.",
    "Super service, tak for hjælpen!",
    "Polecam, szybko i uczciwie.",
    "Çok ilgililer, teşekkürler.",
    "Gentilissimi, tornerò.",
    "You remembered my name. That is rare.",
)
SO_SO = (
    "Good, but the wait was long.",
    "Ganz okay, aber niemand ging ans Telefon.",
    "Nice shop, parking is hopeless.",
    "Price went up again.",
    "Bien, sans plus.",
    "Prima geholpen, alleen lang wachten op een onderdeel.",
    "The coffee was better than the saddle I bought.",
    "Todo bien, pero la web es un laberinto.",
)
UNHAPPY = (
    "Third time I call and still no answer.",
    "The brake squeaks worse than before the repair.",
    "Zwei Wochen gewartet, dann war es das falsche Teil.",
    "Promised for Monday, came on Thursday.",
    "Personne ne m'a rappelé.",
    "Nobody told me it would be twice the estimate.",
    "Ik moest drie keer mijn verhaal doen.",
    "The courier left the box in the rain.",
    "I would like to speak to someone. My number is +49 40 555 0142, uma@example.com.",
)
# Why a colleague is put forward.
THANKS = (
    "Took the phone for the whole team on the day of the storm and still found time for jokes.",
    "Showed the apprentices how to true a wheel, three evenings in a row.",
    "Drove back across town so that a customer had her key before the evening.",
    "Rewrote the repair sheet so that everybody can read it. The phone rings less since.",
    "Noticed that the spare parts would run out and sorted it before anybody else knew.",
    "Stayed calm with a very loud queue, and made half of it laugh.",
)
HOSTILE = (
    "<script>alert('wall')</script><img src=x onerror=alert(1)>",
    "'; DROP TABLE response; -- {{ 7*7 }}",
    "\u202eesrever ni siht daeR\u202c \u200b\u200b",
    "=HYPERLINK(\"http://spam.example\",\"free bikes\") visit https://spam.example/now",
    "This is bullshit, you damn idiots.",
    "W" * 600,
)  # fmt: skip
FIRST = (
    "Uma", "Noah", "Lena", "Mateo", "Ines", "Tom", "Aylin", "Jonas", "Chloé", "Luca", "Freya",
    "Omar", "Greta", "Pablo", "Mina", "Erik", "Zoë", "Ravi", "Hanna", "Louis",
)  # fmt: skip
LAST = (
    "Berg", "Costa", "Diaz", "Fischer", "Garnier", "Hale", "Iversen", "Jansen", "Kaya", "Lindt",
    "Moreau", "Novak", "Okafor", "Petit", "Quist", "Rossi", "Santos", "Tanaka", "Vogel", "Weiss",
)  # fmt: skip


def score(dice: random.Random, warmth: float) -> int:
    """0..10; `warmth` (0..1) is roughly the share of promoters of who served them."""
    luck = dice.random()
    if luck < warmth:
        return dice.choice((9, 9, 10, 10, 10))
    if luck < warmth + (1 - warmth) * 0.55:
        return dice.choice((7, 8, 8))
    return dice.choice((0, 2, 3, 4, 5, 5, 6, 6))


def comment(dice: random.Random, given: int, helper: str) -> str | None:
    """What a customer of that score writes; most write nothing."""
    if dice.random() < 0.02:
        return dice.choice(HOSTILE)
    if dice.random() < 0.55:
        return None
    if given >= 9:
        words = dice.choice(STORIES if dice.random() < 0.35 else HAPPY)
    else:
        words = dice.choice(SO_SO if given >= 7 else UNHAPPY)
    return words.replace("{name}", helper.split(maxsplit=1)[0])


def customer(dice: random.Random) -> tuple[str, str]:
    """A name and an e-mail address that belong to nobody."""
    first, last = dice.choice(FIRST), dice.choice(LAST)
    return f"{first} {last}", f"{first}.{last}{dice.randrange(100)}@example.com".lower()
