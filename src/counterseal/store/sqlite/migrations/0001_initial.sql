-- Ids are 16-byte UUIDs, times milliseconds since the Unix epoch. Rowid tables and few indexes keep commits short.
-- `since` and `until` are versions of the organization: a row was live from `since` up to, but not at, `until`.
-- Users and credentials name their organization by its number: it is short, and an index that ends with it lists
-- organizations in the order of their creation. References are checked when a transaction ends, for all its rows.

CREATE TABLE organizations (
  number INTEGER PRIMARY KEY, -- order of creation
  id BLOB NOT NULL UNIQUE,
  parent_id BLOB REFERENCES organizations (id) DEFERRABLE INITIALLY DEFERRED,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  root_threshold INTEGER NOT NULL,
  root_user_ids BLOB NOT NULL,
  features TEXT NOT NULL, -- JSON object
  created_ms INTEGER NOT NULL,
  deleted_ms INTEGER -- a tombstone
);
CREATE INDEX organizations_by_parent ON organizations (parent_id, number)
  WHERE parent_id IS NOT NULL AND deleted_ms IS NULL;
CREATE INDEX organizations_by_name ON organizations (parent_id, name, number)
  WHERE parent_id IS NOT NULL AND deleted_ms IS NULL;

CREATE TABLE users (
  number INTEGER PRIMARY KEY, -- order of creation, for the live row of a user
  id BLOB NOT NULL,
  organization_number INTEGER NOT NULL REFERENCES organizations (number) DEFERRABLE INITIALLY DEFERRED,
  since INTEGER NOT NULL,
  until INTEGER,
  name TEXT NOT NULL,
  email TEXT,
  phone_number TEXT,
  tag_ids BLOB NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL
);
CREATE INDEX users_live ON users (organization_number) WHERE until IS NULL;
CREATE INDEX users_by_name ON users (name, organization_number) WHERE until IS NULL;
CREATE INDEX users_by_email ON users (email COLLATE NOCASE, organization_number)
  WHERE until IS NULL AND email IS NOT NULL;
CREATE INDEX users_by_phone_number ON users (phone_number, organization_number)
  WHERE until IS NULL AND phone_number IS NOT NULL;
CREATE INDEX users_history ON users (id, since);

CREATE TABLE api_keys (
  number INTEGER PRIMARY KEY, -- order of creation
  id BLOB NOT NULL,
  organization_number INTEGER NOT NULL REFERENCES organizations (number) DEFERRABLE INITIALLY DEFERRED,
  user_id BLOB NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  curve TEXT NOT NULL,
  public_key BLOB NOT NULL,
  created_ms INTEGER NOT NULL,
  expiration_seconds INTEGER
);
CREATE INDEX api_keys_history ON api_keys (user_id, until);
CREATE UNIQUE INDEX api_keys_by_public_key ON api_keys (public_key, organization_number) WHERE until IS NULL;

CREATE TABLE authenticators (
  number INTEGER PRIMARY KEY, -- order of creation
  id BLOB NOT NULL,
  organization_number INTEGER NOT NULL REFERENCES organizations (number) DEFERRABLE INITIALLY DEFERRED,
  user_id BLOB NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER,
  name TEXT NOT NULL,
  credential_id TEXT NOT NULL,
  public_key TEXT NOT NULL,
  aaguid TEXT NOT NULL,
  attestation_type TEXT NOT NULL,
  model TEXT NOT NULL,
  transports TEXT NOT NULL, -- JSON array
  rp_id_hash BLOB NOT NULL,
  created_ms INTEGER NOT NULL
);
CREATE INDEX authenticators_history ON authenticators (user_id, until);
CREATE UNIQUE INDEX authenticators_by_credential_id ON authenticators (credential_id, organization_number)
  WHERE until IS NULL;

CREATE TABLE tags (
  number INTEGER PRIMARY KEY, -- order of creation
  id BLOB NOT NULL UNIQUE,
  organization_id BLOB NOT NULL REFERENCES organizations (id) DEFERRABLE INITIALLY DEFERRED,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL
);
CREATE INDEX tags_of_organization ON tags (organization_id);

CREATE TABLE policies (
  number INTEGER PRIMARY KEY, -- order of creation, for the live row of a policy
  id BLOB NOT NULL,
  organization_id BLOB NOT NULL REFERENCES organizations (id) DEFERRABLE INITIALLY DEFERRED,
  since INTEGER NOT NULL,
  until INTEGER,
  name TEXT NOT NULL,
  effect TEXT NOT NULL,
  condition TEXT,
  consensus TEXT,
  time TEXT,
  notes TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL
);
CREATE INDEX policies_of_organization ON policies (organization_id, until);
CREATE UNIQUE INDEX policies_live ON policies (id) WHERE until IS NULL;

CREATE TABLE activities (
  id BLOB NOT NULL UNIQUE,
  organization_id BLOB NOT NULL REFERENCES organizations (id) DEFERRABLE INITIALLY DEFERRED,
  type TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  status INTEGER NOT NULL,
  result BLOB,
  failure BLOB,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  UNIQUE (organization_id, fingerprint)
);
CREATE INDEX activities_newest ON activities (organization_id, id);

CREATE TABLE votes (
  number INTEGER PRIMARY KEY, -- order of casting
  id BLOB NOT NULL,
  activity_id BLOB NOT NULL REFERENCES activities (id) DEFERRABLE INITIALLY DEFERRED,
  user_id BLOB NOT NULL,
  credential_id BLOB NOT NULL,
  public_key TEXT NOT NULL,
  scheme TEXT NOT NULL,
  signature TEXT NOT NULL,
  message BLOB NOT NULL,
  selection INTEGER NOT NULL,
  organization_version INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  decision TEXT -- JSON object
);
CREATE INDEX votes_of_activity ON votes (activity_id);

CREATE TABLE sealed_secrets (
  name TEXT PRIMARY KEY,
  public_key TEXT NOT NULL,
  sealed BLOB NOT NULL
);
