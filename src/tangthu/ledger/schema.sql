-- The ledger's tables and rules (IN-31, IN-36, IN-38, IN-39, IN-85). Written by the owner role;
-- grants are applied after each migration (tangthu.kernel.database.apply_grants).

CREATE TABLE ledger_log (
    log_id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    body        uuid NOT NULL UNIQUE,
    origin      text NOT NULL UNIQUE CHECK (origin ~ '^[A-Za-z0-9._~/-]{3,120}$'),
    opened_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Written by business transactions only: the newest event number and chain value of each object.
CREATE TABLE ledger_object (
    obj     uuid NOT NULL,
    ch      "char" NOT NULL CHECK (ch IN ('c', 'a')),
    log_id  integer NOT NULL REFERENCES ledger_log,
    n       bigint NOT NULL,
    h       bytea NOT NULL CHECK (octet_length(h) = 32),
    PRIMARY KEY (obj, ch)
) WITH (fillfactor = 80);

-- The outbox: an event commits with the change it tells of, or not at all. No foreign key to
-- ledger_log: every insert would share-lock that one row (log_id comes from ledger_object).
CREATE TABLE ledger_pending (
    id      bigint GENERATED ALWAYS AS IDENTITY (CACHE 1),
    log_id  integer NOT NULL,
    eid     uuid,
    obj     uuid,
    ch      "char",
    n       bigint,
    h       bytea,
    leaf    bytea NOT NULL CHECK (octet_length(leaf) BETWEEN 1 AND 4096),
    xid     xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (log_id, id)
);
CREATE INDEX ledger_pending_of_object ON ledger_pending (obj, xid);

-- Written by the integrator only.
CREATE TABLE ledger_head (
    obj         uuid NOT NULL,
    ch          "char" NOT NULL,
    n           bigint NOT NULL,
    h           bytea NOT NULL,
    leaf_index  bigint NOT NULL,
    PRIMARY KEY (obj, ch)
) WITH (fillfactor = 80);

CREATE TABLE ledger_entry (
    log_id      integer NOT NULL,
    leaf_index  bigint NOT NULL,
    eid         uuid,
    obj         uuid,
    ch          "char",
    n           bigint,
    leaf        bytea NOT NULL CHECK (octet_length(leaf) BETWEEN 1 AND 4096),
    leaf_hash   bytea NOT NULL CHECK (octet_length(leaf_hash) = 32),
    PRIMARY KEY (log_id, leaf_index)
);
CREATE UNIQUE INDEX ledger_entry_of_object ON ledger_entry (obj, ch, n);
CREATE UNIQUE INDEX ledger_entry_of_event ON ledger_entry (eid);

-- Erasable: the event bodies (name '') and disclosed fields, each sealed under its object's key.
CREATE TABLE ledger_opening (
    eid     uuid NOT NULL,
    name    text NOT NULL,
    sealed  bytea NOT NULL,
    PRIMARY KEY (eid, name)
);

-- One random key per object and chain. Dropping a row erases the object's openings from every
-- backup of the other tables as well; backups of this table live at most 30 days. An event after
-- that (the tombstone) gets a new key: key_from is the number of the first event sealed under it.
CREATE TABLE ledger_key (
    obj      uuid NOT NULL,
    ch       "char" NOT NULL,
    key      bytea NOT NULL CHECK (octet_length(key) = 32),
    key_from bigint NOT NULL,
    PRIMARY KEY (obj, ch)
);

CREATE TABLE ledger_tree (
    log_id       integer PRIMARY KEY REFERENCES ledger_log,
    size         bigint NOT NULL DEFAULT 0,
    range        bytea NOT NULL DEFAULT '',
    signed_size  bigint NOT NULL DEFAULT 0,
    signed_root  bytea,
    stale_times  bigint NOT NULL DEFAULT 0,
    stopped      text
);

CREATE TABLE ledger_checkpoint (
    log_id        integer NOT NULL REFERENCES ledger_log,
    size          bigint NOT NULL,
    root          bytea NOT NULL,
    note          text NOT NULL,
    signed_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    witnessed_at  timestamptz,
    tsr           bytea,
    PRIMARY KEY (log_id, size)
);

-- Lock the heads of objects (arrays in parallel, keys distinct) for events to be recorded, making
-- heads and keys of new objects, and return for each place in the arrays what an event is built
-- from, with the clock as it stands once all locks are held (an object's events must not run
-- backwards because one waited). A body without a log gets no row; a key that was erased is NULL.
-- New heads come before any lock, and locks in one order: two calls cannot deadlock. A function, so
-- that its plans are kept; planned by index, whether a table is empty at that moment or not.
CREATE FUNCTION ledger_lock_heads(
    objs uuid[], chs text[], bodies uuid[], starts bytea[], new_keys bytea[]
) RETURNS TABLE (
    place bigint, log_id integer, origin text, is_own boolean, n bigint, h bytea, key bytea,
    t bigint
) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    wanted integer := cardinality(objs);
    known integer;
BEGIN
    IF wanted = 1 THEN
        PERFORM 1 FROM public.ledger_object o
        WHERE o.obj = objs[1] AND o.ch = chs[1]::"char" FOR UPDATE;
        GET DIAGNOSTICS known = ROW_COUNT;
    ELSE
        SELECT count(*) INTO known FROM unnest(objs, chs) AS w(obj, ch)
        JOIN public.ledger_object o ON o.obj = w.obj AND o.ch = w.ch::"char";
    END IF;
    IF known <> wanted THEN
        WITH heads AS (
            INSERT INTO public.ledger_object (obj, ch, log_id, n, h)
            SELECT w.obj, w.ch::"char", l.log_id, 0, w.start
            FROM unnest(objs, chs, bodies, starts) AS w(obj, ch, body, start)
            JOIN public.ledger_log l ON l.body = w.body
            ORDER BY w.obj, w.ch ON CONFLICT DO NOTHING RETURNING obj, ch
        )
        INSERT INTO public.ledger_key (obj, ch, key, key_from)
        SELECT heads.obj, heads.ch, w.key, 1
        FROM heads JOIN unnest(objs, chs, new_keys) AS w(obj, ch, key)
        ON heads.obj = w.obj AND heads.ch = w.ch::"char";
    END IF;
    IF wanted > 1 OR known = 0 THEN
        PERFORM 1 FROM unnest(objs, chs) AS w(obj, ch)
        JOIN public.ledger_object o ON o.obj = w.obj AND o.ch = w.ch::"char"
        ORDER BY o.obj, o.ch FOR UPDATE OF o;
    END IF;
    RETURN QUERY
    SELECT w.place, o.log_id, l.origin, l.body = w.body, o.n, o.h, k.key,
           (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
    FROM unnest(objs, chs, bodies) WITH ORDINALITY AS w(obj, ch, body, place)
    JOIN public.ledger_object o ON o.obj = w.obj AND o.ch = w.ch::"char"
    JOIN public.ledger_log l ON l.log_id = o.log_id
    LEFT JOIN public.ledger_key k ON k.obj = o.obj AND k.ch = o.ch;
END $$;

-- Give objects whose key was erased a new one, from their next event on; their heads are locked.
CREATE FUNCTION ledger_renew_keys(objs uuid[], chs text[], new_keys bytea[]) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO public.ledger_key (obj, ch, key, key_from)
    SELECT o.obj, o.ch, w.key, o.n + 1
    FROM unnest(objs, chs, new_keys) AS w(obj, ch, key)
    JOIN public.ledger_object o ON o.obj = w.obj AND o.ch = w.ch::"char"
    ON CONFLICT DO NOTHING
$$;

-- Write events whose heads are locked: openings, outbox rows in the given order, heads. The outbox
-- ids are allocated here, after the lock (IN-32).
CREATE FUNCTION ledger_write(
    opening_eids uuid[], opening_names text[], opening_sealed bytea[],
    head_objs uuid[], head_chs text[], head_ns bigint[], head_hs bytea[],
    logs integer[], eids uuid[], objs uuid[], chs text[], ns bigint[], hs bytea[], leaves bytea[]
) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
    INSERT INTO public.ledger_opening (eid, name, sealed)
    SELECT * FROM unnest(opening_eids, opening_names, opening_sealed);
    UPDATE public.ledger_object o SET n = w.n, h = w.h
    FROM unnest(head_objs, head_chs, head_ns, head_hs) AS w(obj, ch, n, h)
    WHERE o.obj = w.obj AND o.ch = w.ch::"char";
    INSERT INTO public.ledger_pending (log_id, eid, obj, ch, n, h, leaf)
    SELECT w.log_id, w.eid, w.obj, w.ch::"char", w.n, w.h, w.leaf
    FROM unnest(logs, eids, objs, chs, ns, hs, leaves)
        WITH ORDINALITY AS w(log_id, eid, obj, ch, n, h, leaf, place)
    ORDER BY w.place;
END $$;

CREATE FUNCTION ledger_forbid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger: % on % is forbidden', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_forbid();
CREATE TRIGGER ledger_checkpoint_append_only BEFORE DELETE OR TRUNCATE ON ledger_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_forbid();

-- IN-39: at commit, a changed row of a protected table must have an event of the same transaction
-- for the object that it belongs to. The first argument names the column with that object's id; a
-- second one says to ask for the object that the row belonged to before. The table name is
-- qualified, so that a temporary table cannot stand in for the outbox. An event rolled back to a
-- savepoint is not there; a change rolled back to a savepoint is not asked about.
CREATE FUNCTION ledger_require_event() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    changed jsonb;
    object_id uuid;
BEGIN
    IF TG_OP = 'DELETE' OR TG_NARGS = 2 THEN changed := to_jsonb(OLD);
    ELSE changed := to_jsonb(NEW); END IF;
    object_id := (changed ->> TG_ARGV[0])::uuid;
    IF NOT EXISTS (
        SELECT 1 FROM public.ledger_pending p
        WHERE p.obj = object_id AND p.xid = pg_current_xact_id()
    ) THEN
        RAISE EXCEPTION 'ledger: % on % without an event for %', TG_OP, TG_TABLE_NAME, object_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
