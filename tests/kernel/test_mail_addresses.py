"""Addresses as they are entered: what mail can be sent to is taken, as SMTP carries it; all else is refused."""

import asyncpg
import pytest
from pydantic import TypeAdapter, ValidationError

from multiagency.kernel.inputs import MailAddress, is_mail_address

TAKEN = {
    "aino.lahti@police.example": "aino.lahti@police.example",
    "todistaja@säkylä.example": "todistaja@xn--skyl-load.example",
    "Aino+kokous@Police.Example": "Aino+kokous@police.example",
    "o'hara@police.example": "o'hara@police.example",
}
REFUSED = [
    "",
    "aino",
    "aino@police",
    "matti.meikäläinen@police.example",
    "aino@police.example\r\nBcc: joku@muu.example",
    "aino@police.example, joku@muu.example",
    "Aino <aino@police.example>",
    "aino lahti@police.example",
    '"aino lahti"@police.example',
    "aino..lahti@police.example",
    ".aino@police.example",
    "aino@-police.example",
    "aino@[192.0.2.1]",
    f"{'a' * 65}@police.example",
    f"aino@{'a' * 64}.example",
    "aino@pol\u202eice.example",
    "aino@police.local",
]
_adapter = TypeAdapter(MailAddress)


@pytest.mark.parametrize("typed", TAKEN)
def test_f1_an_address_is_kept_as_smtp_carries_it(typed):
    kept = _adapter.validate_python(typed)
    assert kept == TAKEN[typed]
    assert kept.isascii()
    assert is_mail_address(kept)


@pytest.mark.parametrize("typed", REFUSED)
def test_f1_what_mail_cannot_be_sent_to_is_refused_where_it_is_entered(typed):
    with pytest.raises(ValidationError) as refused:
        _adapter.validate_python(typed)
    assert refused.value.errors()[0]["type"] in {"mail_address", "string_too_long"}
    assert not is_mail_address(typed)


async def test_f1_the_database_takes_no_address_that_would_stop_a_message(house):
    rows = await house.fetch("SELECT email FROM post")
    assert all(is_mail_address(row["email"]) for row in rows)
    superuser = await house.superuser()
    try:
        for odd in ("", "aino", "todistaja@säkylä.example", "a@b.example\nBcc: c@d.example", "a b@c.example"):
            with pytest.raises(asyncpg.CheckViolationError, match="ck_post_email"):
                await superuser.execute("UPDATE post SET email = $1", odd)
    finally:
        await superuser.close()
    for name in ("ck_audit_witness_mail", "ck_invitation_email"):
        assert await house.fetch("SELECT FROM pg_constraint WHERE conname = $1", name)
