"""The client's request for log data: taken in, reviewed entry by entry, answered in writing (703/2023 section 11)."""
