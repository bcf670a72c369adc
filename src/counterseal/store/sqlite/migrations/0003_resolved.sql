-- What an activity's intent left to be looked up, as it was found when it was submitted: JSON object, or NULL for none.
ALTER TABLE activities ADD COLUMN resolved TEXT;
