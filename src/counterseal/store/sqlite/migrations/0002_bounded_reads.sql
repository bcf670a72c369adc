-- Reads cost what they show: not what a history holds, and not what other families have.

-- Activities of a type and a status, newest first. A list by either alone, or by none, is put together from these: a
-- second index would cost each activity more than it spares the lists.
CREATE INDEX activities_by_type ON activities (organization_id, type, status, id);
DROP INDEX activities_newest;

-- What a parent looks for below itself is found among the rows of its own sub-organizations: they have its number.
-- Those of an organization without a parent have 0.
ALTER TABLE organizations ADD COLUMN parent_number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN parent_number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE api_keys ADD COLUMN parent_number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE authenticators ADD COLUMN parent_number INTEGER NOT NULL DEFAULT 0;
UPDATE organizations SET parent_number = parents.number
  FROM organizations AS parents WHERE parents.id = organizations.parent_id;
UPDATE users SET parent_number = organizations.parent_number
  FROM organizations WHERE organizations.number = users.organization_number AND organizations.parent_number > 0;
UPDATE api_keys SET parent_number = organizations.parent_number
  FROM organizations WHERE organizations.number = api_keys.organization_number AND organizations.parent_number > 0;
UPDATE authenticators SET parent_number = organizations.parent_number
  FROM organizations WHERE organizations.number = authenticators.organization_number AND organizations.parent_number > 0;
DROP INDEX users_by_name;
DROP INDEX users_by_email;
DROP INDEX users_by_phone_number;
DROP INDEX api_keys_by_public_key;
CREATE INDEX users_by_name ON users (parent_number, name, organization_number) WHERE until IS NULL;
CREATE INDEX users_by_email ON users (parent_number, email COLLATE NOCASE, organization_number)
  WHERE until IS NULL AND email IS NOT NULL;
CREATE INDEX users_by_phone_number ON users (parent_number, phone_number, organization_number)
  WHERE until IS NULL AND phone_number IS NOT NULL;
CREATE UNIQUE INDEX api_keys_by_public_key ON api_keys (public_key, parent_number, organization_number)
  WHERE until IS NULL;
CREATE INDEX authenticators_of_family ON authenticators (parent_number, credential_id, organization_number)
  WHERE until IS NULL;

-- Of a row that has ended, `span` is the one of its versions that is divisible by the highest power of two; of a live
-- one it is 0. See spans.py, which finds the rows of a version by it.
CREATE TABLE powers_of_two (power INTEGER PRIMARY KEY);
WITH RECURSIVE powers (power) AS (VALUES (1) UNION ALL SELECT power * 2 FROM powers WHERE power < 1 << 61)
  INSERT INTO powers_of_two SELECT power FROM powers;
ALTER TABLE users ADD COLUMN span INTEGER NOT NULL DEFAULT 0;
ALTER TABLE api_keys ADD COLUMN span INTEGER NOT NULL DEFAULT 0;
ALTER TABLE authenticators ADD COLUMN span INTEGER NOT NULL DEFAULT 0;
ALTER TABLE policies ADD COLUMN span INTEGER NOT NULL DEFAULT 0;
UPDATE users SET span = max(since, until - 1) & -coalesce((SELECT max(power) FROM powers_of_two
  WHERE power <= (since | max(since, until - 1)) - (since & max(since, until - 1))), 1) WHERE until IS NOT NULL;
UPDATE api_keys SET span = max(since, until - 1) & -coalesce((SELECT max(power) FROM powers_of_two
  WHERE power <= (since | max(since, until - 1)) - (since & max(since, until - 1))), 1) WHERE until IS NOT NULL;
UPDATE authenticators SET span = max(since, until - 1) & -coalesce((SELECT max(power) FROM powers_of_two
  WHERE power <= (since | max(since, until - 1)) - (since & max(since, until - 1))), 1) WHERE until IS NOT NULL;
UPDATE policies SET span = max(since, until - 1) & -coalesce((SELECT max(power) FROM powers_of_two
  WHERE power <= (since | max(since, until - 1)) - (since & max(since, until - 1))), 1) WHERE until IS NOT NULL;
DROP INDEX users_live;
DROP INDEX api_keys_history;
DROP INDEX authenticators_history;
DROP INDEX policies_of_organization;
CREATE INDEX users_of_organization ON users (organization_number, span);
CREATE INDEX api_keys_of_user ON api_keys (user_id, span);
CREATE INDEX authenticators_of_user ON authenticators (user_id, span);
CREATE INDEX policies_of_organization ON policies (organization_id, span);
