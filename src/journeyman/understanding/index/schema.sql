CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS file (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL UNIQUE,
    version TEXT NOT NULL,
    look TEXT NOT NULL,
    language TEXT NOT NULL,
    category TEXT NOT NULL,
    lines INTEGER NOT NULL,
    size INTEGER NOT NULL,
    note TEXT NOT NULL,
    chunks BLOB NOT NULL,
    body BLOB NOT NULL,
    names BLOB NOT NULL,
    vectors BLOB NOT NULL
);

CREATE TABLE IF NOT EXISTS symbol (
    file INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    name TEXT NOT NULL,
    qualified TEXT NOT NULL,
    kind TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    parent INTEGER NOT NULL,
    header TEXT NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (file, ordinal)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS reference (
    file INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    line INTEGER NOT NULL,
    receiver TEXT NOT NULL,
    within INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS import (
    file INTEGER NOT NULL,
    module TEXT NOT NULL,
    name TEXT NOT NULL,
    alias TEXT NOT NULL,
    line INTEGER NOT NULL
);
