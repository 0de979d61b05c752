"""The database's tables, as one piece of SQL."""

VERSION = 1
"""Kept in ``user_version``. A change of the tables counts it up and says how to get there."""

SCHEMA = f"""
BEGIN IMMEDIATE;

CREATE TABLE jobs (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice: parts are named by it
    artist       TEXT    NOT NULL,
    name         TEXT    NOT NULL,                   -- the client's own id
    digest       TEXT    NOT NULL,                   -- of what was submitted
    settings     TEXT    NOT NULL,                   -- JSON
    state        TEXT    NOT NULL,
    priority     INTEGER NOT NULL,                   -- a greater one is served first
    turn         INTEGER,                            -- in the order in which jobs were accepted
    crashes      INTEGER NOT NULL DEFAULT 0,         -- of workers, over this job
    served       REAL    NOT NULL DEFAULT 0,         -- seconds that a worker gave to it
    pixels       INTEGER NOT NULL,                   -- of its planes
    reserved     INTEGER NOT NULL,                   -- bytes kept free for its result
    submitted    REAL    NOT NULL,                   -- seconds since 1970
    changed      REAL    NOT NULL,                   -- the same, of its last change of state
    notices      TEXT    NOT NULL DEFAULT '[]',      -- JSON
    code         TEXT    NOT NULL DEFAULT '',        -- why it failed, for programs
    sentence     TEXT    NOT NULL DEFAULT '',        -- and for its artist
    acknowledged INTEGER NOT NULL DEFAULT 0,
    UNIQUE (artist, name)
);

CREATE INDEX jobs_by_state ON jobs (state);

-- Everything that a job keeps as a blob. A blob that is in no row is not needed.
CREATE TABLE holds (
    job          INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    role         TEXT    NOT NULL CHECK (role IN ('plane', 'result', 'checkpoint')),
    place        INTEGER NOT NULL,                   -- of several planes, or checkpoints, in order
    descriptor   TEXT    NOT NULL,                   -- JSON
    sha256       TEXT    NOT NULL,
    size         INTEGER NOT NULL,                   -- bytes
    here         INTEGER NOT NULL,                   -- 0: it is still on its way
    PRIMARY KEY (job, role, place)
);

CREATE INDEX holds_by_blob ON holds (sha256);

PRAGMA user_version = {VERSION};
COMMIT;
"""
