-- Numbers for monitoring, asked without a session: whose door it is (`api_metrics.py`) decides who hears them. None of
-- them counts the log: what waits for its number stands in a queue.
CREATE FUNCTION log_metrics() RETURNS TABLE (numbered bigint, waiting bigint, refused bigint, signed bigint,
    published_at timestamptz, open_alarms bigint, overdue bigint, oldest_due_at timestamptz, set_aside bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT greatest((SELECT max(s.index) + 1 FROM audit_sequence s), (SELECT max(p.size) FROM audit_pruning p), 0),
           (SELECT count(*) FROM audit_waiting),
           (SELECT count(*) FROM audit_refused),
           (SELECT coalesce(max(c.tree_size), 0) FROM audit_checkpoint c),
           (SELECT c.published_at FROM audit_checkpoint c ORDER BY c.tree_size DESC LIMIT 1),
           (SELECT count(*) FROM audit_alarm a WHERE a.settled_at IS NULL),
           count(*) FILTER (WHERE d.due_at < statement_timestamp() AND d.attempts < 10),
           min(d.due_at) FILTER (WHERE d.due_at < statement_timestamp() AND d.attempts < 10),
           count(*) FILTER (WHERE d.attempts >= 10)
    FROM due_work d
$$;
GRANT EXECUTE ON FUNCTION log_metrics() TO multiagency_signin;
