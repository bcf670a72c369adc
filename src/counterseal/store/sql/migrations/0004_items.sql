-- One set of tables for every kind of thing, on SQLite and PostgreSQL: a new kind needs no table.
-- Ids are 16-byte UUIDs, times milliseconds since the Unix epoch. Nothing is known by the number of its row.

CREATE TABLE organizations (
  id {bytes} NOT NULL PRIMARY KEY,
  parent_id {bytes},
  created_ms {number} NOT NULL,
  version {number} NOT NULL
){by_key};

-- What authorization reads: a row for each value that an item has had, live from version `since` up to, but not at,
-- `until`. Of a live row `span` is 0, of another one see spans.py, which finds the rows of a version by it.
CREATE TABLE items (
  organization_id {bytes} NOT NULL,
  span {number} NOT NULL,
  owner_id {bytes} NOT NULL, -- the user with whom it is read, or 16 times 0
  kind {text} NOT NULL,
  id {bytes} NOT NULL,
  since {number} NOT NULL,
  until {number},
  place {number} NOT NULL, -- in the order of creation; an item that is altered keeps it
  data {bytes} NOT NULL, -- JSON
  PRIMARY KEY (organization_id, span, owner_id, kind, id, since)
);

-- What live items and rows are looked for by, across organizations or within one: the oldest organization first.
CREATE TABLE keys (
  name {text} NOT NULL,
  value {bytes} NOT NULL,
  parent_id {bytes} NOT NULL, -- of the organization, or 16 times 0
  organization_created_ms {number} NOT NULL,
  organization_id {bytes} NOT NULL,
  slot {bytes} NOT NULL, -- item_id, or nothing for a key that only one of an organization can have
  item_id {bytes} NOT NULL,
  PRIMARY KEY (name, value, parent_id, organization_created_ms, organization_id, slot)
){by_key};

CREATE TABLE activities (
  id {bytes} NOT NULL,
  organization_id {bytes} NOT NULL REFERENCES organizations (id){at_the_end},
  type {text} NOT NULL,
  fingerprint {bytes} NOT NULL, -- SHA-256 of the submission
  status {number} NOT NULL,
  result {bytes}, -- JSON
  failure {bytes}, -- JSON
  created_ms {number} NOT NULL,
  updated_ms {number} NOT NULL,
  resolved {text} -- JSON: what its intent left to be looked up, as it was found when it was submitted
);
-- Lists of any filter are put together from walks along the first. It stands before the others: where PostgreSQL takes
-- several to be as good, because most organizations have few activities, it takes the last.
CREATE INDEX activities_by_type ON activities (organization_id, type, status, id);
CREATE UNIQUE INDEX activities_by_fingerprint ON activities (organization_id, fingerprint);
CREATE UNIQUE INDEX activities_by_id ON activities (id);

CREATE TABLE votes (
  activity_id {bytes} NOT NULL REFERENCES activities (id){at_the_end},
  ordinal {number} NOT NULL, -- order of casting; of two who cast at once, one is first
  id {bytes} NOT NULL,
  user_id {bytes} NOT NULL,
  credential_id {bytes} NOT NULL,
  public_key {text} NOT NULL,
  scheme {text} NOT NULL,
  signature {text} NOT NULL,
  message {bytes} NOT NULL, -- nothing if it is that of the first vote
  selection {number} NOT NULL,
  organization_version {number} NOT NULL,
  created_ms {number} NOT NULL,
  decision {text}, -- JSON
  PRIMARY KEY (activity_id, ordinal)
);

-- Resources: what no decision reads as a whole.
CREATE TABLE resources (
  organization_id {bytes} NOT NULL,
  kind {text} NOT NULL,
  id {bytes} NOT NULL,
  revision {number} NOT NULL,
  data {bytes} NOT NULL, -- JSON
  PRIMARY KEY (organization_id, kind, id)
);

CREATE TABLE secrets (
  organization_id {bytes} NOT NULL,
  id {bytes} NOT NULL,
  sealed {bytes} NOT NULL,
  PRIMARY KEY (organization_id, id)
);

-- What followers are told; the order of ids is that of time.
CREATE TABLE events (
  id {bytes} NOT NULL PRIMARY KEY,
  organization_id {bytes} NOT NULL,
  topic {text} NOT NULL,
  data {bytes} NOT NULL -- JSON
);

-- The server's own keys.
CREATE TABLE sealed_secrets (
  name {text} NOT NULL PRIMARY KEY,
  public_key {text} NOT NULL,
  sealed {bytes} NOT NULL
);

CREATE TABLE powers_of_two (power {number} NOT NULL PRIMARY KEY);
INSERT INTO powers_of_two WITH RECURSIVE powers (power) AS (
  SELECT CAST(1 AS {number}) UNION ALL SELECT power * 2 FROM powers WHERE power < 1152921504606846976
) SELECT power FROM powers;
