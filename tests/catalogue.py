"""What a database's catalogue says of the schema public, as sorted lines of text that two databases can be compared by.

Nothing that may differ between two equal databases is in it: no ids of objects, and no order of columns in a table.
"""

import asyncpg

_RELATIONS = "c.relnamespace = 'public'::regnamespace"
_GRANTEE = "CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END"
_GRANT = f"""concat_ws(' ', g.privilege_type, 'to', {_GRANTEE}, 'by', g.grantor::regrole,
    CASE WHEN g.is_grantable THEN 'grantable' END)"""

QUESTIONS = {
    "relation": f"""
        SELECT c.relname, concat_ws(' ', 'kind', c.relkind, 'owner', c.relowner::regrole,
            'persistence', c.relpersistence, 'row security', c.relrowsecurity,
            'forced', c.relforcerowsecurity, 'options', c.reloptions)
        FROM pg_class c WHERE {_RELATIONS}""",
    "column": f"""
        SELECT c.relname || '.' || a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
            CASE WHEN a.attnotnull THEN 'not null' END, 'default', pg_get_expr(d.adbin, d.adrelid),
            'identity', a.attidentity, 'generated', a.attgenerated, 'storage', a.attstorage,
            'compression', a.attcompression, 'collation', a.attcollation::regcollation)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE {_RELATIONS} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')""",
    "constraint": """
        SELECT conrelid::regclass || '.' || conname, concat_ws(' ', pg_get_constraintdef(oid), 'valid', convalidated)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "index": f"""
        SELECT c.relname, concat_ws(' ', pg_get_indexdef(c.oid), 'valid', i.indisvalid)
        FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid WHERE {_RELATIONS}""",
    "policy": """
        SELECT tablename || '.' || policyname, concat_ws(' ', permissive, cmd, 'to',
            ARRAY(SELECT unnest(roles) ORDER BY 1)::text, 'using', qual, 'with check', with_check)
        FROM pg_policies WHERE schemaname = 'public'""",
    "function": """
        SELECT oid::regprocedure::text, concat_ws(' ', 'owner', proowner::regrole, 'definer', prosecdef,
            pg_get_functiondef(oid))
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind <> 'a'""",
    "trigger": f"""
        SELECT c.relname || '.' || t.tgname, concat_ws(' ', 'enabled', t.tgenabled, pg_get_triggerdef(t.oid))
        FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid WHERE {_RELATIONS} AND NOT t.tgisinternal""",
    "rule": "SELECT tablename || '.' || rulename, definition FROM pg_rules WHERE schemaname = 'public'",
    "view": f"SELECT c.relname, pg_get_viewdef(c.oid) FROM pg_class c WHERE {_RELATIONS} AND c.relkind IN ('v', 'm')",
    "sequence": """
        SELECT sequencename, concat_ws(' ', data_type, start_value, increment_by, max_value, cycle)
        FROM pg_sequences WHERE schemaname = 'public'""",
    "type": """
        SELECT t.typname, concat_ws(' ', t.typtype, ARRAY(SELECT enumlabel FROM pg_enum WHERE enumtypid = t.oid
            ORDER BY enumsortorder)::text, format_type(t.typbasetype, t.typtypmod))
        FROM pg_type t WHERE t.typnamespace = 'public'::regnamespace""",
    "extension": "SELECT extname, concat_ws(' ', extversion, extnamespace::regnamespace) FROM pg_extension",
    "schema": "SELECT nspname, 'owner ' || nspowner::regrole FROM pg_namespace WHERE nspname = 'public'",
    "statistics": """
        SELECT stxname, pg_get_statisticsobjdef(oid) FROM pg_statistic_ext
        WHERE stxnamespace = 'public'::regnamespace""",
    "comment": """
        SELECT i.type || ' ' || i.identity, d.description
        FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) i WHERE i.schema = 'public'""",
    "grant on table": f"""
        SELECT c.relname, {_GRANT} FROM pg_class c,
            aclexplode(coalesce(c.relacl,
                acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, c.relowner))) g
        WHERE {_RELATIONS} AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')""",
    "grant on column": f"""
        SELECT c.relname || '.' || a.attname, {_GRANT}
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped, aclexplode(a.attacl) g
        WHERE {_RELATIONS}""",
    "grant on function": f"""
        SELECT p.oid::regprocedure::text, {_GRANT}
        FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
        WHERE p.pronamespace = 'public'::regnamespace""",
    "grant on schema": f"""
        SELECT n.nspname, {_GRANT}
        FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) g
        WHERE n.nspname = 'public'""",
    "grant by default": f"""
        SELECT concat_ws(' ', d.defaclrole::regrole, d.defaclobjtype), {_GRANT}
        FROM pg_default_acl d, aclexplode(d.defaclacl) g""",
}
"""Of each kind of thing: its name, and everything that is said of it."""


async def catalogue(connection: asyncpg.Connection) -> list[str]:
    """Return one line for each thing in the schema public, sorted; a superuser's connection sees all of them."""
    lines = []
    for kind, question in QUESTIONS.items():
        for name, said in await connection.fetch(question):
            lines.append(f"{kind} {name}: {' '.join(str(said).split())}")
    return sorted(lines)
