-- What most transactions do: one event of one object, with scalars where schema.sql has arrays, so
-- that nothing is joined, sorted or counted. Same locks, same order, same rows (IN-31, IN-32).

-- ledger_lock_heads for one object that mostly has a head already; all NULL for a body without a
-- log. Lock and rest are two statements: the second sees what was committed while the first waited
-- (a key erased meanwhile is gone).
CREATE FUNCTION ledger_lock_head(
    of_obj uuid, of_ch text, of_body uuid, start bytea, new_key bytea,
    OUT place bigint, OUT in_log integer, OUT log_origin text, OUT is_own boolean,
    OUT last_n bigint, OUT last_h bytea, OUT object_key bytea, OUT t bigint
) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
    SELECT o.log_id, o.n, o.h INTO in_log, last_n, last_h FROM public.ledger_object o
    WHERE o.obj = of_obj AND o.ch = of_ch::"char" FOR UPDATE;
    IF NOT FOUND THEN
        SELECT * INTO place, in_log, log_origin, is_own, last_n, last_h, object_key, t
        FROM public.ledger_lock_heads(
            ARRAY[of_obj], ARRAY[of_ch], ARRAY[of_body], ARRAY[start], ARRAY[new_key]);
        RETURN;
    END IF;
    SELECT 1, l.origin, l.body = of_body, k.key,
           (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
    INTO place, log_origin, is_own, object_key, t
    FROM public.ledger_log l
    LEFT JOIN public.ledger_key k ON k.obj = of_obj AND k.ch = of_ch::"char"
    WHERE l.log_id = in_log;
END $$;

-- ledger_write for one event whose head is locked.
CREATE FUNCTION ledger_append(
    of_obj uuid, of_ch text, in_log integer, new_eid uuid, new_n bigint, new_h bytea,
    new_leaf bytea, names text[], sealed bytea[]
) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
    INSERT INTO public.ledger_opening (eid, name, sealed)
    SELECT new_eid, w.name, w.box FROM unnest(names, sealed) AS w(name, box);
    UPDATE public.ledger_object o SET n = new_n, h = new_h
    WHERE o.obj = of_obj AND o.ch = of_ch::"char";
    INSERT INTO public.ledger_pending (log_id, eid, obj, ch, n, h, leaf)
    VALUES (in_log, new_eid, of_obj, of_ch::"char", new_n, new_h, new_leaf);
END $$;

-- As in schema.sql, but a row that is its own object, as most are, is not written out as JSON to find
-- its id. (A function is compiled for each table; a name that a table lacks is not looked up in it.)
CREATE OR REPLACE FUNCTION ledger_require_event() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    object_id uuid;
BEGIN
    IF TG_OP = 'DELETE' OR TG_NARGS = 2 THEN
        IF TG_ARGV[0] = 'id' THEN object_id := OLD.id;
        ELSE object_id := (to_jsonb(OLD) ->> TG_ARGV[0])::uuid; END IF;
    ELSIF TG_ARGV[0] = 'id' THEN object_id := NEW.id;
    ELSE object_id := (to_jsonb(NEW) ->> TG_ARGV[0])::uuid; END IF;
    IF NOT EXISTS (
        SELECT 1 FROM public.ledger_pending p
        WHERE p.obj = object_id AND p.xid = pg_current_xact_id()
    ) THEN
        RAISE EXCEPTION 'ledger: % on % without an event for %', TG_OP, TG_TABLE_NAME, object_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
