-- Every site there ever was; who asks leaves the deleted ones out.
SELECT id, key, name, settings, deleted, created_at
FROM sites FINAL
ORDER BY created_at, id
