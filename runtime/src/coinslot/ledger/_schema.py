"""The tables of the SQLite ledger. `PRAGMA user_version` counts the steps that were applied."""

from __future__ import annotations

STEPS = (
    """
    CREATE TABLE attempts (
        id TEXT PRIMARY KEY,
        origin TEXT NOT NULL,
        method TEXT NOT NULL,
        path TEXT NOT NULL,
        route_path TEXT NOT NULL,
        job_style TEXT,
        url TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        idempotency_key TEXT,
        session TEXT NOT NULL,
        owner TEXT,
        backend TEXT NOT NULL,
        payer TEXT NOT NULL,
        network TEXT NOT NULL,
        asset TEXT NOT NULL,
        symbol TEXT NOT NULL,
        amount TEXT NOT NULL,
        payee TEXT NOT NULL,
        expires_at INTEGER NOT NULL,
        offer TEXT NOT NULL,
        price TEXT NOT NULL,
        max_fee TEXT NOT NULL,
        money TEXT NOT NULL,
        delivery TEXT NOT NULL,
        settled_by TEXT,
        receipt TEXT,
        transaction_id TEXT,
        nonce TEXT,
        evidence TEXT,
        credential_hash TEXT UNIQUE,
        job_id TEXT,
        matched INTEGER NOT NULL DEFAULT 0,
        handed_out INTEGER NOT NULL DEFAULT 0,
        answer_status INTEGER,
        answer_type TEXT,
        answer_body BLOB,
        note TEXT,
        created_at REAL NOT NULL,
        signed_at INTEGER,
        updated_at REAL NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX one_attempt_for_a_key ON attempts (origin, idempotency_key)
        WHERE idempotency_key IS NOT NULL AND money NOT IN ('void', 'abandoned');
    CREATE UNIQUE INDEX one_attempt_for_a_job ON attempts (origin, job_id) WHERE job_id IS NOT NULL;
    CREATE UNIQUE INDEX one_attempt_for_a_nonce ON attempts (network, payer, nonce) WHERE nonce IS NOT NULL;
    CREATE INDEX by_fingerprint ON attempts (fingerprint);
    CREATE INDEX by_time ON attempts (created_at);

    CREATE TABLE envelopes (
        attempt_id TEXT PRIMARY KEY REFERENCES attempts (id),
        method TEXT NOT NULL,
        url TEXT NOT NULL,
        headers TEXT NOT NULL,
        body BLOB NOT NULL,
        credential_name TEXT NOT NULL,
        credential_value TEXT NOT NULL
    ) STRICT;

    CREATE TABLE moves (
        attempt_id TEXT NOT NULL REFERENCES attempts (id),
        at REAL NOT NULL,
        money TEXT NOT NULL,
        delivery TEXT NOT NULL,
        note TEXT
    ) STRICT;
    CREATE INDEX moves_of_an_attempt ON moves (attempt_id);

    CREATE TABLE payees (
        origin TEXT NOT NULL,
        network TEXT NOT NULL,
        asset TEXT NOT NULL,
        payee TEXT NOT NULL,
        how TEXT NOT NULL,
        first_seen REAL NOT NULL,
        PRIMARY KEY (origin, network, asset, payee)
    ) STRICT;
    """,
    """
    ALTER TABLE attempts ADD COLUMN budget TEXT;
    CREATE INDEX by_budget ON attempts (budget) WHERE budget IS NOT NULL;
    """,
    """
    ALTER TABLE envelopes ADD COLUMN left_out TEXT NOT NULL DEFAULT '[]';
    """,
    """
    ALTER TABLE attempts ADD COLUMN printed TEXT;
    ALTER TABLE attempts ADD COLUMN saved_to TEXT;
    """,
    """
    CREATE INDEX by_delivery ON attempts (origin, delivery, network, money);
    CREATE INDEX by_origin ON attempts (origin, created_at, money);
    CREATE INDEX by_session ON attempts (session);
    """,
    """
    CREATE INDEX by_transaction ON attempts (network, transaction_id) WHERE transaction_id IS NOT NULL;
    """,
    """
    DROP INDEX by_delivery;
    DROP INDEX by_origin;
    CREATE INDEX by_delivery ON attempts (origin, delivery, network);
    CREATE INDEX by_origin ON attempts (origin, created_at);
    """,
    """
    ALTER TABLE attempts ADD COLUMN address TEXT;
    UPDATE attempts SET address = job_id, job_id = NULL
        WHERE idempotency_key LIKE 'upload-%' AND job_style IS NULL AND delivery = 'saved';
    """,
    """
    DELETE FROM envelopes WHERE attempt_id IN
        (SELECT id FROM attempts WHERE delivery <> 'none' OR money IN ('void', 'abandoned'));
    CREATE INDEX with_credential ON envelopes (attempt_id) WHERE credential_value <> '';
    """,
    """
    ALTER TABLE attempts ADD COLUMN answer_partial INTEGER NOT NULL DEFAULT 0;
    """,
    """
    ALTER TABLE attempts ADD COLUMN handed_to TEXT;
    UPDATE attempts SET handed_to = owner WHERE handed_out <> 0;
    """,
)
