"""How long data is kept and under which keys: closing, holds, rules, expiry with its reports, rotation."""
