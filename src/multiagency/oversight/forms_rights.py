"""What the register of rights is asked by, as it may stand in an address; empty is not asked."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BeforeValidator

from multiagency.kernel.inputs import PastMoment

_NoneIfEmpty = BeforeValidator(lambda value: value or None)
AtMoment = Annotated[PastMoment | None, _NoneIfEmpty]
OfPerson = Annotated[UUID | None, _NoneIfEmpty]
OfCase = Annotated[str, Query(max_length=20)]
