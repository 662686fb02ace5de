-- Texts of style sheets. No FINAL: a hash names one text, whichever row of it is read.
SELECT hex(hash), CAST(codec, 'String') AS coding, bytes, payload
FROM style_sheets
WHERE $visible(recordings)
  AND hash IN (SELECT toFixedString(unhex(arrayJoin({hashes:Array(String)})), 32))
LIMIT 1 BY hash
