// What is asked of the file of a recording, with limits that no real one comes near: one of somebody else may have anything in it.

/** `id`, `started`, `ended` and `clusters` of each part. */
export const RECORDED_SEGMENTS =
  'SELECT id, started, ended, substr(clusters, 1, 1000000) AS clusters FROM segments LIMIT 100000'
/** The marks, oldest first. */
export const RECORDED_MARKS = `SELECT at, substr(cluster, 1, 1000) AS cluster, kind, severity, substr(subject, 1, 1000) AS subject,
  substr(text, 1, 10000) AS text FROM marks ORDER BY at LIMIT 100000`
/** `entry` of each line of the audit log, newest first. */
export const RECORDED_AUDIT = 'SELECT entry FROM audit WHERE length(entry) < 1000000 ORDER BY at DESC LIMIT 20000'
