-- Webhooks. What is under way to an endpoint is in lines: one for each of its channels and each organization in which
-- something happened. Of a line the events are sent one after the other.
CREATE TABLE webhook_lines (
  channel_id {bytes} NOT NULL, -- an endpoint from when it became active until it no longer is
  organization_id {bytes} NOT NULL, -- where it happened
  owner_id {bytes} NOT NULL, -- whose endpoint it is: that organization or its parent
  endpoint_id {bytes} NOT NULL,
  queued {number} NOT NULL, -- events; a line that has none is gone
  tries {number} NOT NULL, -- of the first of them, so far
  due_ms {number} NOT NULL, -- when it is to be tried next
  PRIMARY KEY (channel_id, organization_id)
){by_key};
CREATE INDEX webhook_lines_by_time ON webhook_lines (channel_id, due_ms);

CREATE TABLE webhook_events (
  channel_id {bytes} NOT NULL,
  organization_id {bytes} NOT NULL,
  sequence {number} NOT NULL, -- the order of commits
  event_id {bytes} NOT NULL,
  created_ms {number} NOT NULL,
  body {bytes} NOT NULL,
  PRIMARY KEY (channel_id, organization_id, sequence)
);
CREATE INDEX webhook_events_by_time ON webhook_events (created_ms);

-- What was given up.
CREATE TABLE webhook_dead_letters (
  event_id {bytes} NOT NULL, -- UUIDv7: the order of ids is that of time
  channel_id {bytes} NOT NULL,
  organization_id {bytes} NOT NULL,
  owner_id {bytes} NOT NULL,
  endpoint_id {bytes} NOT NULL,
  created_ms {number} NOT NULL,
  died_ms {number} NOT NULL,
  reason {text} NOT NULL,
  body {bytes} NOT NULL,
  PRIMARY KEY (event_id, channel_id)
);

-- How many events in a row a channel has given up.
CREATE TABLE webhook_deaths (
  channel_id {bytes} NOT NULL PRIMARY KEY,
  in_a_row {number} NOT NULL
);

-- Which process does what only one may do.
CREATE TABLE leases (
  name {text} NOT NULL PRIMARY KEY,
  holder {text} NOT NULL,
  until_ms {number} NOT NULL
);
