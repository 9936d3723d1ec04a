"""The auditor's notes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import Base, SealedColumn, identifier


class ReviewNote(Base):
    """What an auditor concluded about an entry, or about a pattern (`rule`) that it belongs to; inserts only.

    Sealed under the yearly log key, for it speaks of people; erased together with the detail of its entry.
    """

    __tablename__ = "review_note"

    id: Mapped[UUID] = identifier()
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("audit_detail.entry_id", ondelete="CASCADE"), index=True)
    rule: Mapped[str | None]
    conclusion: Mapped[str]
    note: Mapped[Sealed] = mapped_column(SealedColumn)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    at: Mapped[datetime]
