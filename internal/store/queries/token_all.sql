-- Every token that is not revoked.
SELECT id, hash, name, scope, created_at
FROM api_tokens FINAL
WHERE revoked = 0
ORDER BY created_at, id
