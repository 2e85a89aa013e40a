/** The journal's questions to its tables, prepared once. */
import type { DatabaseSync } from 'node:sqlite'

/** Each entry with its signature of the newest epoch. */
const SIGNED = `SELECT e.kind, e.guard, e.key, e.ord, e.content, s.epoch, s.digest, s.signature, s.signed_at
  FROM entries e JOIN signatures s ON s.kind = e.kind AND s.guard = e.guard
  WHERE e.vanished = 0 AND s.signature IS NOT NULL
    AND CAST(s.epoch AS INTEGER) = (SELECT max(CAST(epoch AS INTEGER)) FROM signatures
      WHERE kind = e.kind AND guard = e.guard AND signature IS NOT NULL)
    AND e.kind = ?`

/** All that the journal asks of its tables. */
export const statements = (db: DatabaseSync) => ({
  meta: db.prepare('SELECT value FROM meta WHERE key = ?'),
  setMeta: db.prepare('INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value'),
  unset: db.prepare('DELETE FROM meta WHERE key = ?'),
  entry: db.prepare('SELECT content, chain, height FROM entries WHERE kind = ? AND guard = ?'),
  insert: db.prepare(
    'INSERT INTO entries (kind, guard, key, ord, content, chain, height, hash, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  ),
  reseen: db.prepare('UPDATE entries SET chain = ?, height = ?, hash = ?, vanished = 0 WHERE kind = ? AND guard = ?'),
  oldest:
    db.prepare(`SELECT min(height) AS height FROM entries e WHERE chain = ? AND vanished = 0 AND settled = 0 AND kind <> 'anchor'
    AND NOT EXISTS (SELECT 1 FROM signatures s WHERE s.kind = e.kind AND s.guard = e.guard AND s.signature IS NOT NULL)`),
  refuse: db.prepare('INSERT OR IGNORE INTO refused VALUES (?, ?, ?, ?)'),
  open: db.prepare(`SELECT kind, guard, key, ord, content,
      (SELECT group_concat(epoch) FROM signatures s WHERE s.kind = e.kind AND s.guard = e.guard AND s.signature IS NOT NULL) AS epochs
    FROM entries e WHERE settled = 0 AND vanished = 0 ORDER BY kind NOT IN ('pause', 'rotate'), seen_at, ord`),
  rotations: db.prepare("SELECT guard, key, content FROM entries WHERE kind = 'rotate'"),
  begin: db.prepare('INSERT OR IGNORE INTO signatures (kind, guard, epoch, digest) VALUES (?, ?, ?, ?)'),
  signature: db.prepare('SELECT digest FROM signatures WHERE kind = ? AND guard = ? AND epoch = ?'),
  signed: db.prepare(
    'SELECT epoch, digest, signature FROM signatures WHERE kind = ? AND guard = ? AND signature IS NOT NULL',
  ),
  finish: db.prepare('UPDATE signatures SET signature = ?, signed_at = ? WHERE kind = ? AND guard = ? AND epoch = ?'),
  settle: db.prepare('UPDATE entries SET settled = 1 WHERE kind = ? AND guard = ?'),
  find: db.prepare(`${SIGNED} AND e.ord = ? ORDER BY length(e.guard) DESC, e.guard DESC LIMIT 1`),
  list: db.prepare(`${SIGNED} AND e.ord >= ? ORDER BY e.ord, length(e.guard), e.guard LIMIT ?`),
  newest: db.prepare(
    'SELECT DISTINCT height, hash FROM entries WHERE chain = ? AND vanished = 0 ORDER BY height DESC LIMIT ?',
  ),
  older: db.prepare(
    'SELECT DISTINCT height, hash FROM entries WHERE chain = ? AND vanished = 0 AND height > ? ORDER BY height LIMIT ?',
  ),
  at: db.prepare('SELECT kind, guard, key, ord, content FROM entries WHERE chain = ? AND height = ? AND hash = ?'),
  vanish: db.prepare('UPDATE entries SET vanished = 1 WHERE chain = ? AND height = ? AND hash = ?'),
})
