"""Entries of long ago: their hashed bytes say so, as those would that were written then."""

MOMENT = 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'

BACK = f"""
    UPDATE audit_entry e SET at = o.at, body = o.body, leaf_hash = sha256('\\x00'::bytea || o.body)
    FROM (SELECT f.id, f.at - $1::interval AS at, convert_to(replace(convert_from(f.body, 'UTF8'),
              '"at":"' || to_char(f.at AT TIME ZONE 'UTC', '{MOMENT}') || '"',
              '"at":"' || to_char((f.at - $1::interval) AT TIME ZONE 'UTC', '{MOMENT}') || '"'), 'UTF8') AS body
          FROM audit_entry f) o
    WHERE o.id = e.id AND {{where}}
"""


async def backdate(house, age, where="TRUE"):
    """Let entries (`e`) have been made so much earlier, before they are numbered."""
    await house.fetch(BACK.format(where=where), age)
