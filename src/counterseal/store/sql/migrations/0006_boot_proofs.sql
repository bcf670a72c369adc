-- What vouches for the keys of app proofs: one row a start of a process. They belong to no organization.
CREATE TABLE boot_proofs (
  proof_key {bytes} NOT NULL PRIMARY KEY, -- the public half, 130 bytes
  created_ms {number} NOT NULL,
  document {bytes} NOT NULL,
  manifest {bytes} NOT NULL,
  envelope {bytes} NOT NULL
);
CREATE INDEX boot_proofs_by_time ON boot_proofs (created_ms);
