-- Look-up hashes, retention, legal holds, deletion reports, the keeper of keys.
SELECT 1;
