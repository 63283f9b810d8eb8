"""A tiny content folder to test the screen with: a few entries in two languages and some hundred short messages."""

import shutil
from itertools import product
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent.parent
CONTENT = ROOT / "content"

ENGLISH = r"""
language: en
entries:
  - id: violence.hits
    concern: violence
    patterns:
      - "hit|hits|hitting|beat|beats me|us"
      - "someone ... hurt* me"
    unless: ["in the|a film|movie|game"]
    note: being hit
    catches: "the man in the centre hits me every day"
    spares: "he hits the ball over the wall"
  - id: self_harm.die
    concern: self_harm
    patterns: ["want|wanna to|2 die", "kill myself"]
    note: wanting to die
    catches: "i want to die"
    spares: "the plant will die"
  - id: missing.lost
    concern: missing_or_separated
    patterns: ["lost my brother|sister|mother"]
    note: lost on the way
    catches: "i lost my brother"
    spares: "i lost my keys"
  - id: needs.outside
    concern: basic_needs
    patterns: ["sleep|sleeping outside"]
    note: no roof
    catches: "we sleep outside"
    spares: "the dog stays outside"
  - id: person.talk
    concern: asked_for_person
    patterns: ["talk|speak to|with a person|human"]
    note: wants a human
    catches: "can i talk to a person"
    spares: "the person at the desk"
  - id: raise.weapon
    raises: [violence, family_threat]
    urgency: now
    patterns: ["knife|gun|pistol"]
    note: a weapon
    catches: "he has a knife"
    spares: "we eat with a spoon"
  - id: needs.freezing
    concern: basic_needs
    urgency: now
    patterns: ["freezing outside"]
    note: in the cold
    catches: "we are freezing outside"
    spares: "it is warm outside"
  - id: flag.phone
    flag: unsafe_to_write
    patterns: ["reads my phone", "he is coming"]
    note: somebody reads along
    catches: "my uncle reads my phone"
    spares: "i read my book"
  - id: flag.here
    flag: perpetrator_present
    patterns: ["next to me"]
    note: the one who harms is here
    catches: "he is next to me"
    spares: "the house is next to the school"
  - id: flag.young
    flag: under_10
    patterns: ["i am 5|6|7|8|9"]
    note: a small child writes
    catches: "i am 7"
    spares: "i am 17"
"""

PERSIAN = r"""
language: fa
entries:
  - id: violence.mizanad
    concern: violence
    patterns: ["می‌زند مرا|مره", "مرا|مره می زند|زنه", "*لت* ... کرد*"]
    note: being hit, prefix joined or apart
    catches: "پدرم مره میزند"
    spares: "او زنگ می‌زند"
"""

TOLD = {
    "violence today": (["my father", "the guard", "my uncle", "a man"], ["hits me", "beats me with a stick", "kicks my sister"]),
    "violence now perpetrator_present": (["my father", "he"], ["hits me now and is next to me", "beats me now in the next room"]),
    "self_harm now": (["i want to die", "i will kill myself"], ["tonight", "when i am alone", "after the letter"]),
    "missing_or_separated today": (["i lost my"], ["brother at the border", "mother on the boat", "sister in the forest"]),
    "missing_or_separated now under_10": (["i am 7 and", "i am 8 and"], ["i lost my mother", "i am alone at the station"]),
    "basic_needs soon": (["we sleep"], ["outside", "in the park since a week", "on the street"]),
    "asked_for_person soon": (["i want to talk to a", "let me speak with a"], ["person", "human please", "real person"]),
    "violence today caregiver_writing": (["my husband"], ["hits our son", "beats my daughter"]),
}  # fmt: skip
SAFE = {
    "question": (["what is", "what does the law say about"], ["violence", "a lawyer", "family reunification"]),
    "film": (["in the film", "in the game", "in my book"], ["a man hits a boy", "the hero wants to die", "they sleep outside"]),
    "negation": (["nobody", "my father never"], ["hits me", "beats us", "shouts"]),
    "ordinary": (["my brother", "my teacher", "my friend"], ["plays football", "learns french", "goes to school by bus"]),
    "idiom": (["this homework", "the exam"], ["kills me", "was murder lol"]),
}  # fmt: skip
QUESTIONS = (
    "[rights.education]\ncan i go to school\nwhich papers for school\n[help.emergency]\nhe hits me what number\n"
)


def messages() -> str:
    """Return the example messages of the tiny folder."""
    blocks = []
    for head, (first, then) in TOLD.items():
        blocks.append("\n".join([f"[{head}]", *(f"{a} {b}" for a, b in product(first, then))]))
    for kind, (first, then) in SAFE.items():
        blocks.append("\n".join([f"[safe {kind}]", *(f"{a} {b}" for a, b in product(first, then))]))
    return "# Tiny examples.\n" + "\n\n".join(blocks) + "\n"


def write(folder: Path, *, english: str = ENGLISH) -> Path:
    """Write the tiny content folder and return it; the catalogue is the real one."""
    safety = folder / "safety"
    (safety / "examples").mkdir(parents=True, exist_ok=True)
    (folder / "questions" / "en").mkdir(parents=True, exist_ok=True)
    shutil.copy(CONTENT / "safety" / "concerns.yaml", safety / "concerns.yaml")
    (safety / "en.yaml").write_text(english)
    (safety / "fa.yaml").write_text(PERSIAN)
    (safety / "examples" / "en.txt").write_text(messages())
    (folder / "questions" / "en" / "rights.txt").write_text(QUESTIONS)
    return folder
