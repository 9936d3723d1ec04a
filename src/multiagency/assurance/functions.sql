-- Five numbers for monitoring, asked without a session: whose door it is (`metrics.py`) decides who hears them.
CREATE FUNCTION log_metrics() RETURNS TABLE (entries bigint, numbered bigint, signed bigint, published_at timestamptz,
    open_alarms bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT (SELECT count(*) FROM audit_entry e) + (SELECT coalesce(max(p.size), 0) FROM audit_pruning p),
           (SELECT coalesce(max(s.index) + 1, 0) FROM audit_sequence s),
           (SELECT coalesce(max(c.tree_size), 0) FROM audit_checkpoint c),
           (SELECT max(c.published_at) FROM audit_checkpoint c),
           (SELECT count(*) FROM audit_alarm a WHERE a.settled_at IS NULL)
$$;
GRANT EXECUTE ON FUNCTION log_metrics() TO multiagency_signin;
