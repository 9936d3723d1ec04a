"""Models of work that nobody has thought of: definitions made at random, each right by construction, by a seed."""

import json
import random
from itertools import pairwise

from multiagency.kernel.languages import COMPLETE
from multiagency.pathways.conditions import CONDITIONS
from multiagency.pathways.definition import StageKind
from multiagency.pathways.validating_stages import LED

LIVING = (StageKind.OPEN, StageKind.TABLE, StageKind.FOLLOW_UP)
PLAIN = sorted(
    name
    for name, condition in CONDITIONS.items()
    if not condition.at_least and not condition.values and name != "assessment"  # it wants an instrument
)


def generated(seed: int, code: str, conditions=PLAIN) -> str:
    """Return a definition: a chain from draft to an outcome, any moves beside it, any conditions and outcomes."""
    dice = random.Random(seed)  # noqa: S311
    living = _living(dice)
    ended = [(f"e{number}", StageKind.ENDED) for number in range(dice.randint(1, 3))]
    withdrawn = [(f"w{number}", StageKind.WITHDRAWN) for number in range(dice.randint(1, 2))]
    stages = [("d", StageKind.DRAFT), *living, *dice.sample(ended + withdrawn, len(ended + withdrawn))]
    outcomes = [
        (f"o{number}_{stage}", stage, dice.sample(["target", "reason"], dice.randint(0, 2)))
        for stage, _ in ended
        for number in range(dice.randint(1, 2))
    ]
    reasons = [f"r{number}" for number in range(dice.randint(0, 3))]
    moves = _moves(dice, living, ended, withdrawn, conditions)
    return "\n".join(_text(code, stages, moves, outcomes, reasons))


def _living(dice):
    """One stage or more with the team; a table and a follow-up perhaps."""
    found = [(f"s{number}", StageKind.OPEN) for number in range(dice.randint(1, 3))]
    at_table = dice.random() < 0.5
    found += [("t0", StageKind.TABLE)] * at_table
    return found + [(f"f{number}", StageKind.FOLLOW_UP) for number in range(dice.randint(at_table, 2))]


def _moves(dice, living, ended, withdrawn, conditions):
    """A chain through all living stages to the first end; others by chance; a withdrawal from everywhere."""
    chain = ["d", *(code for code, _ in living), ended[0][0]]
    ways = dict.fromkeys(pairwise(chain), False)
    ways |= {(dice.choice(chain[:-1]), code): False for code, _ in ended[1:]}
    kinds = {"d": StageKind.DRAFT, **dict(living), **dict(ended)}
    for _ in range(dice.randint(0, 8)):
        start, to = dice.choice(chain[:-1]), dice.choice([code for code, _ in [*living, *ended]] + ["d"])
        if start != to and kinds[to] in LED[kinds[start]]:
            ways.setdefault((start, to), dice.random() < 0.5)
    ways |= {("t0", start): False for start, to in list(ways) if to == "t0" and ("t0", start) not in ways}
    asked = {way: dice.sample(conditions, dice.choice([0, 0, 1, 2])) for way in ways}
    for place, start in enumerate(chain[:-1]):
        way = (start, (withdrawn[0] if not place else dice.choice(withdrawn))[0])
        ways[way], asked[way] = False, []
    ways[chain[1], withdrawn[-1][0]], asked[chain[1], withdrawn[-1][0]] = False, []
    aside = ("d", ended[0][0])  # consent that is declared is asked for by a move
    ways.setdefault(aside, True)
    asked[aside] = sorted({*asked.get(aside, []), "consent"})
    for code, _ in ended + withdrawn:
        if dice.random() < 0.7:
            ways[code, "d"], asked[code, "d"] = False, []
    return [(start, to, deviates, asked[start, to]) for (start, to), deviates in ways.items()]


def _text(code, stages, moves, outcomes, reasons):
    kinds = ["identity", "contact", "narrative"]
    yield f'code = "{code}"\nversion = "1"\nvalid_from = 2026-01-01\nconsent_purposes = ["{code}"]'
    yield f"shareable_kinds = {json.dumps(kinds)}\nconvening_kinds = {json.dumps(kinds[:1])}"
    yield '[retention]\nadult = "working_age_10y"\nchild = "families_30y"'
    if reasons:
        yield f"[target]\nreasons = {json.dumps(reasons)}"
    for stage, kind in stages:
        over = kind in {StageKind.ENDED, StageKind.WITHDRAWN}
        yield f'[[stages]]\ncode = "{stage}"\nkind = "{kind}"' + ('\nends = ["consent"]' if over else "")
    for start, to, deviates, asked in moves:
        yield f'[[moves]]\nfrom = ["{start}"]\nto = "{to}"'
        yield f"needs = {json.dumps(asked)}\ndeviates = {json.dumps(deviates)}"
    for outcome, stage, needs in outcomes:
        yield f'[[outcomes]]\ncode = "{outcome}"\nstage = "{stage}"\nneeds = {json.dumps(needs)}'
    for language in COMPLETE:
        yield f'[words.{language}]\nname = "Arvottu"'
        words = {
            "stage": [stage for stage, _ in stages],
            "now": [stage for stage, _ in stages],
            "purpose": [code],
            "reason": reasons,
            "outcome": [outcome for outcome, _, _ in outcomes],
        }
        for part, said in words.items():
            yield f"[words.{language}.{part}]" + "".join(f'\n{word} = "Sana"' for word in said)
