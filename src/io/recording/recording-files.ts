// What a file of a recording is, and how the thread opens one.
//
// These functions run in another thread, which gets them as text: they use nothing but their parameters.

import type { DatabaseSync } from 'node:sqlite'

/** The modules of Node, as `process.getBuiltinModule` gives them. */
export type Modules = typeof process.getBuiltinModule

/** Changed whenever an older pgdeck would misread a file. */
export const RECORDING_VERSION = 1
/** SQLite's application_id: these files are recordings of pgdeck. */
export const RECORDING_MARK = 0x70676b31

/** What a new file begins with. */
export const RECORDING_TABLES = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE segments (id INTEGER PRIMARY KEY, started REAL NOT NULL, ended REAL NOT NULL, clusters TEXT NOT NULL);
  CREATE TABLE pieces (segment INTEGER, place INTEGER, data BLOB NOT NULL, PRIMARY KEY (segment, place)) WITHOUT ROWID;
  CREATE TABLE marks (at REAL, cluster TEXT, kind TEXT, severity TEXT, subject TEXT, text TEXT);
  CREATE TABLE audit (at REAL, entry TEXT);
  PRAGMA application_id = ${RECORDING_MARK};
  PRAGMA user_version = ${RECORDING_VERSION};`

/** What decides whether a file is read. */
export function recordingChecks(modules: Modules, tables: string, version: number, mark: number) {
  const { DatabaseSync: Database } = modules('node:sqlite')
  const fs = modules('node:fs')
  const ABANDONED_MS = 60_000
  const refused = (code: string, message: string) => Object.assign(new Error(message), { code })
  /**
   * A process was killed while it wrote: what it had begun is taken back, which needs the right to write. A journal decides
   * what the file contains: one that others could have put there, or that may be in use, is left alone.
   */
  const recover = (path: string): void => {
    const journal = fs.lstatSync(`${path}-journal`, { throwIfNoEntry: false })
    const me = process.geteuid?.()
    if (!journal?.isFile() || Date.now() - journal.mtimeMs < ABANDONED_MS) return
    if (me !== undefined && ((journal.uid !== me && journal.uid !== 0) || (journal.mode & 0o022) !== 0)) return
    try {
      const database = new Database(path)
      database.exec('PRAGMA busy_timeout = 4000')
      database.prepare('SELECT count(*) FROM meta').get()
      database.close()
    } catch {
      // Read-only, or still being written: the reader tells.
    }
  }
  /** What a file consists of. Anything else, such as a view, would run when it is read. */
  const schemaOf = (database: DatabaseSync) =>
    JSON.stringify(database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name LIMIT 20').all())
  const expectedSchema = () => {
    const empty = new Database(':memory:')
    empty.exec(tables)
    const schema = schemaOf(empty)
    empty.close()
    return schema
  }
  /** Throws for a file that is no recording, or one of a newer version. */
  const requireRecording = (database: DatabaseSync): void => {
    const found = database.prepare('PRAGMA application_id').get()?.application_id
    if (found !== mark) throw refused('EINVAL', 'it is not a recording of pgdeck')
    const written = Number(database.prepare('PRAGMA user_version').get()?.user_version)
    if (written !== version) throw refused('EVERSION', `it has version ${written}, this pgdeck reads ${version}`)
    if (schemaOf(database) !== expectedSchema()) throw refused('EINVAL', 'it is not a recording of pgdeck')
  }
  return { refused, recover, requireRecording }
}

/** Opens files: those that are written, and those that are only read. */
export function recordingFiles(modules: Modules, tables: string, checks: ReturnType<typeof recordingChecks>) {
  const { DatabaseSync: Database } = modules('node:sqlite')
  const fs = modules('node:fs')
  const readers = new Map<string, DatabaseSync>()
  return {
    /** A new file that only its owner may read; an empty one may be there already. */
    create(path: string, meta: Readonly<Record<string, string>>): DatabaseSync {
      const descriptor = fs.openSync(path, 'a', 0o600)
      const { size } = fs.fstatSync(descriptor)
      fs.closeSync(descriptor)
      if (size > 0) throw checks.refused('EEXIST', 'the file exists already')
      const database = new Database(path)
      // No shared memory and no second file beside it: the folder may be on NFS.
      database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 4000')
      database.exec(`BEGIN; ${tables}`)
      const insert = database.prepare('INSERT INTO meta VALUES (?, ?)')
      for (const [name, value] of Object.entries(meta)) insert.run(name, value)
      database.exec('COMMIT')
      return database
    },
    /** Throws for a file that is no recording, or one of a newer version. */
    reader(path: string, isOwn: boolean): DatabaseSync {
      const known = readers.get(path)
      if (known) return known
      if (!fs.statSync(path).isFile()) throw checks.refused('EINVAL', 'it is not a file')
      const database = new Database(path, { readOnly: true, enableForeignKeyConstraints: false })
      try {
        if (isOwn) checks.recover(path)
        database.exec('PRAGMA trusted_schema = OFF; PRAGMA busy_timeout = 4000; PRAGMA cell_size_check = ON')
        checks.requireRecording(database)
      } catch (error) {
        database.close()
        throw error
      }
      readers.set(path, database)
      return database
    },
    closeReaders() {
      for (const database of readers.values()) database.close()
      readers.clear()
    },
  }
}
