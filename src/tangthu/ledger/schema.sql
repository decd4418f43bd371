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
    -- Number of the first event sealed under the present key; a reader that waited for this row
    -- knows by it whether the key that it saw is still the one.
    key_from bigint NOT NULL DEFAULT 1,
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
CREATE FUNCTION ledger_require_event() RETURNS trigger LANGUAGE plpgsql AS $$
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
