// Two ways to read a server's files: SQL functions, and a shell on its host.

import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import type { RemoteHbaFiles } from '../../../model/hba/syntax/includes.ts'
import type { RulesViewRow } from '../../../model/hba/syntax/rules-view.ts'
import { parseAnswer } from '../answers/answer.ts'
import { contentsAnswer, FILE_TIMES_SQL, type HbaFacts, hbaContentSql, timesAnswer } from './hba-sql.ts'
import { decodeBase64, type FileTimes, statementSqlState } from './privileged-facts.ts'

/** Reads files on the host of the server. Both functions throw FaultError if reading is not allowed. */
export interface HbaHost {
  readFile(
    path: string,
    options: { readonly signal: AbortSignal },
  ): Promise<{ readonly text: string; readonly modifiedAt: number } | null>
  list(
    folder: string,
    options: { readonly signal: AbortSignal },
  ): Promise<readonly { readonly name: string; readonly modifiedAt: number }[] | null>
}

/** Remote files, and the time when they were changed. */
export interface TimedFiles extends RemoteHbaFiles {
  /** The times of the newest of the files that were read; null if unknown. */
  changed(paths: readonly string[]): Promise<FileTimes | null>
  /** The resolution of those times in milliseconds, by SQL and on a host alike. */
  readonly stepMs: number
}

const NO_SUCH_FILE = '58P01'

/** Reads by SQL. `rows` replace the names in a folder if pg_ls_dir() is not granted. */
export function hbaFilesBySql(
  link: DatabaseSession,
  facts: HbaFacts,
  rows: readonly RulesViewRow[] | null,
  signal: AbortSignal,
): TimedFiles {
  const one = async (sql: string, name: string, paths: readonly string[]) => {
    const statement = { name, text: `SELECT ${sql} AS answer`, values: [paths] }
    const [row] = await link.query<{ answer: unknown }>(statement, signal)
    return row?.answer
  }
  const texts = async (paths: readonly string[]) => {
    const name = facts.mayReadBytes ? 'pgdeck_hba_files_bytes' : 'pgdeck_hba_files'
    const found = parseAnswer(contentsAnswer, await one(hbaContentSql(facts), name, paths), 'files of pg_hba.conf')
    return new Map(paths.map((path, index) => [path, decodeBase64(found[index] ?? '')] as const))
  }
  return {
    stepMs: 1_000,
    async read(paths) {
      try {
        return await texts(paths)
      } catch (error) {
        if (statementSqlState(error) !== NO_SUCH_FILE) throw error
        if (paths.length === 1) return new Map(paths.map((path) => [path, null]))
      }
      const each = new Map<string, string | null>()
      for (const path of paths) each.set(path, (await this.read([path])).get(path) ?? null)
      return each
    },
    async list(folder) {
      if (!facts.mayList && rows !== null) return namesOfView(rows, folder)
      try {
        const text = 'SELECT pg_catalog.pg_ls_dir($1) AS name'
        const found = await link.query<{ name: string }>({ name: 'pgdeck_hba_folder', text, values: [folder] }, signal)
        return found.map(({ name }) => name)
      } catch (error) {
        if (statementSqlState(error) === NO_SUCH_FILE) return null
        throw error
      }
    },
    async changed(paths) {
      if (!facts.mayStat) return null
      try {
        return youngest(
          parseAnswer(timesAnswer, await one(FILE_TIMES_SQL, 'pgdeck_hba_times', paths), 'times of pg_hba.conf'),
        )
      } catch (error) {
        if (statementSqlState(error) === null) throw error
        return null
      }
    },
  }
}

/** A file without a line does not appear there, and does not matter either. */
function namesOfView(rows: readonly RulesViewRow[], folder: string): readonly string[] {
  const inside = `${folder.replace(/\/+$/, '')}/`
  const files = new Set(rows.flatMap(({ file }) => (file?.startsWith(inside) ? [file.slice(inside.length)] : [])))
  return [...files].filter((name) => !name.includes('/'))
}

/** Reads on the host. Each file is read once, so that its content and its time belong together. */
export function hbaFilesOnHost(host: HbaHost, signal: AbortSignal): TimedFiles {
  const written: number[] = []
  return {
    stepMs: 1_000,
    async read(paths) {
      const found = new Map<string, string | null>()
      for (const path of paths) {
        const file = await host.readFile(path, { signal })
        if (file !== null) written.push(file.modifiedAt)
        found.set(path, file?.text ?? null)
      }
      return found
    },
    async list(folder) {
      return (await host.list(folder, { signal }))?.map(({ name }) => name) ?? null
    },
    changed: async () => youngest(written.map((at) => ({ written: at, changed: at }))),
  }
}

function youngest(all: readonly FileTimes[]): FileTimes | null {
  if (all.length === 0) return null
  return {
    written: Math.max(...all.map(({ written }) => written)),
    changed: Math.max(...all.map(({ changed }) => changed)),
  }
}
