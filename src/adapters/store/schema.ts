import { runStates } from "../../domain/run.ts";

/** Which layout of the file this program writes. A file of a higher one is left alone. */
export const storeVersion = 2;

const inList = (words: readonly string[]) => words.map((word) => `'${word}'`).join(", ");

/** Answers, each once, however often it is read from the forge. */
const answersTable = `
CREATE TABLE answers (
  number       INTEGER PRIMARY KEY,
  by           TEXT NOT NULL,
  at           INTEGER NOT NULL,
  via          TEXT NOT NULL CHECK (via IN ('review', 'gate', 'command')),
  says         TEXT NOT NULL CHECK (says IN ('approve', 'request-changes', 'take-back', 'reject', 'hold', 'release-hold', 'accept', 'acknowledge', 'forget')),
  pull_request INTEGER,
  environment  TEXT,
  stack        TEXT,
  plan         TEXT,
  "commit"     TEXT
) STRICT;
CREATE UNIQUE INDEX answers_once ON answers
  (by, at, via, says, ifnull(pull_request, -1), ifnull(environment, ''), ifnull(stack, ''), ifnull(plan, ''), ifnull("commit", ''));
CREATE INDEX answers_by_pull_request ON answers (pull_request, at);
CREATE INDEX answers_by_environment ON answers (environment, at);
`;

/** Which branch holds a stack of an environment held by branch. */
const holdsTable = `
CREATE TABLE holds (
  stack  TEXT PRIMARY KEY,
  branch TEXT NOT NULL,
  by     TEXT NOT NULL,
  since  INTEGER NOT NULL
) STRICT;
CREATE INDEX holds_by_branch ON holds (branch);
`;

/**
 * The file's tables. What is never to change is held by triggers: rows of the ledger for good, a plan's digest and
 * manifest as long as it is there. Whoever goes round them, goes round us, and the ledger's chain shows it.
 *
 * References are checked at the end of a transaction, so a change may name its parts in any order.
 */
export const schema = `
CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE runs (
  number       INTEGER PRIMARY KEY,
  id           TEXT NOT NULL UNIQUE,
  stack        TEXT NOT NULL,
  source       TEXT NOT NULL,
  mode         TEXT NOT NULL DEFAULT 'normal' CHECK (mode IN ('normal', 'destroy', 'refresh-only')),
  pull_request INTEGER GENERATED ALWAYS AS (source ->> '$.pullRequest') VIRTUAL,
  state        TEXT NOT NULL CHECK (state IN (${inList(runStates)})),
  code         TEXT,
  why          TEXT,
  plan         TEXT REFERENCES plans (digest) DEFERRABLE INITIALLY DEFERRED,
  due          TEXT,
  revision     INTEGER NOT NULL,
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL,
  holder       TEXT
) STRICT;
CREATE INDEX runs_by_stack ON runs (stack, created_at);
CREATE INDEX runs_by_state ON runs (state, created_at);
CREATE INDEX runs_by_pull_request ON runs (pull_request) WHERE pull_request IS NOT NULL;
CREATE INDEX runs_by_plan ON runs (plan) WHERE plan IS NOT NULL;
CREATE INDEX runs_by_time ON runs (created_at);

CREATE TABLE plans (
  digest       TEXT PRIMARY KEY,
  run          TEXT NOT NULL REFERENCES runs (id) DEFERRABLE INITIALLY DEFERRED,
  manifest     TEXT NOT NULL,
  speculative  TEXT CHECK (speculative IN ('dirty-checkout', 'trusted-path', 'fork', 'local')),
  shown        TEXT NOT NULL,
  carried_from TEXT REFERENCES plans (digest) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TRIGGER plans_keep_their_content BEFORE UPDATE OF digest, run, manifest, speculative ON plans
BEGIN SELECT RAISE(ABORT, 'a stored plan is never altered'); END;
CREATE TRIGGER plans_stay BEFORE DELETE ON plans
BEGIN SELECT RAISE(ABORT, 'a stored plan is never deleted'); END;

${answersTable}
${holdsTable}
CREATE TABLE leases (
  stack  TEXT PRIMARY KEY,
  fence  INTEGER NOT NULL,
  run    TEXT REFERENCES runs (id) DEFERRABLE INITIALLY DEFERRED,
  since  INTEGER,
  holder TEXT,
  CHECK ((run IS NULL) = (since IS NULL) AND (run IS NULL) = (holder IS NULL))
) STRICT;

CREATE TABLE ledger (
  seq  INTEGER PRIMARY KEY,
  at   INTEGER NOT NULL CHECK (abs(at) <= 8640000000000000),
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER ledger_has_no_gaps BEFORE INSERT ON ledger
WHEN new.seq IS NOT (SELECT ifnull(max(seq), 0) + 1 FROM ledger)
BEGIN SELECT RAISE(ABORT, 'the ledger goes on at its end only'); END;
CREATE TRIGGER ledger_is_never_altered BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is never altered'); END;
CREATE TRIGGER ledger_is_never_shortened BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is never shortened'); END;
`;

/** What brings a file of a version to the next one; whole or not at all. */
export const migrations: Readonly<Record<number, string>> = {
  // Runs of before had no mode but the normal one, and their wishes to apply named no job.
  1: `
ALTER TABLE runs ADD COLUMN mode TEXT NOT NULL DEFAULT 'normal' CHECK (mode IN ('normal', 'destroy', 'refresh-only'));
UPDATE runs SET due = json_set(due, '$.job', NULL) WHERE due IS NOT NULL AND json_type(due, '$.job') IS NULL;
DROP INDEX answers_once;
DROP INDEX answers_by_pull_request;
DROP INDEX answers_by_environment;
ALTER TABLE answers RENAME TO answers_before;
${answersTable}
INSERT INTO answers (number, by, at, via, says, pull_request, environment, stack, plan)
  SELECT number, by, at, via, says, pull_request, environment, stack, plan FROM answers_before;
DROP TABLE answers_before;
${holdsTable}`,
};
