"""What every room stands on: database and unit of work, actor, access policy, ids, time, encryption, events."""
