"""The case, its parties, referral, stages, lawful bases, access grants and bars."""
