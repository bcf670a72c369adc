-- The ledger: what has been decided, as leaves of a Merkle tree. See ledger/records.py for what a leaf stands for.

-- Written with what was decided, and taken out again by the sequencer. Of one organization `place` has the order of its
-- commits, because each is written under the organization's lock; between organizations it says nothing.
CREATE TABLE ledger_pending (
  place {counted} NOT NULL PRIMARY KEY,
  organization_id {bytes} NOT NULL,
  activity_id {bytes} NOT NULL, -- 16 times 0: the organization as it is found
  ordinal {number} NOT NULL, -- of the vote; or the version in which the organization is found
  effects {bytes} -- the organizations that another version was made of: id, version and digest of each
);

-- The first is 1. After a restored back-up the next is begun.
CREATE TABLE ledger_logs (
  log {number} NOT NULL PRIMARY KEY,
  origin {text} NOT NULL,
  size {number} NOT NULL, -- entries
  signed_ms {number} NOT NULL,
  checkpoint {bytes} NOT NULL -- the last that was signed: a note; nothing before the first
);

CREATE TABLE ledger_entries (
  log {number} NOT NULL,
  seq {number} NOT NULL,
  kind {text} NOT NULL,
  organization_id {bytes} NOT NULL,
  activity_id {bytes} NOT NULL,
  ordinal {number} NOT NULL,
  effects {bytes},
  previous {bytes} NOT NULL, -- SHA-256 of the organization's record before
  at_ms {number} NOT NULL,
  salt {bytes} NOT NULL,
  commitment {bytes} NOT NULL,
  PRIMARY KEY (log, seq)
){by_key};
CREATE UNIQUE INDEX ledger_entries_by_vote ON ledger_entries (activity_id, ordinal, organization_id);

-- Of each organization the digest of its last record, which the next one names.
CREATE TABLE ledger_chains (
  organization_id {bytes} NOT NULL PRIMARY KEY,
  records {number} NOT NULL,
  head {bytes} NOT NULL
);

CREATE TABLE ledger_tiles (
  log {number} NOT NULL,
  level {number} NOT NULL,
  tile {number} NOT NULL,
  hashes {bytes} NOT NULL, -- those that there are, of 256
  PRIMARY KEY (log, level, tile)
);

-- What earlier releases have decided is put in too.
INSERT INTO ledger_pending (organization_id, activity_id, ordinal, effects)
  SELECT organization_id, activity_id, ordinal, NULL FROM votes JOIN activities ON activities.id = votes.activity_id
  ORDER BY organization_id, organization_version, activity_id, ordinal;
INSERT INTO ledger_pending (organization_id, activity_id, ordinal, effects)
  SELECT id, {nobody}, version, NULL FROM organizations ORDER BY id;
