// The lines of a rebuild by hand that are about tablespaces: none without any.

import { tablespaceFolder } from '../../io/base-backup/backup-format.ts'
import { shellCommandLine, shellQuote } from '../../model/values/shell-quote.ts'
import { tablespaceRunPaths } from '../tablespaces/paths.ts'
import type { PlannedTablespaces } from '../tablespaces/plan-tablespaces.ts'
import { rebuildPathsOf } from './paths.ts'
import { tablespaceMappings } from './run-copy.ts'

interface ManualTablespaces {
  /** Options of pg_basebackup, with a blank before each. */
  readonly mappings: string
  /** Before the copy, after the old data: those that its links lead to move aside. What another server has there stays. */
  readonly asideFirst: readonly string[]
  /** After it: pg_basebackup accepts only an empty folder, so the files move from there into their places. */
  readonly intoPlace: readonly string[]
  /** The folders to remove in the end, unquoted. */
  readonly former: readonly string[]
}

export function manualTablespaces(
  { placed, versionFolder }: PlannedTablespaces,
  dataDirectory: string,
  run: string,
): ManualTablespaces {
  const copied = placed.map(({ oid, location, path }) => ({ oid, from: location, path }))
  const { previous: old } = rebuildPathsOf(dataDirectory, run)
  const paths = placed.map(({ oid, path }) => ({ oid, path, ...tablespaceRunPaths(path, run) }))
  return {
    mappings: tablespaceMappings(copied, run)
      .map((each) => ` ${shellCommandLine([each])}`)
      .join(''),
    asideFirst: paths.map(({ oid, path, previous }) => {
      const link = `${old}/${tablespaceFolder(oid)}`
      const commands = [
        `[ "$(${shellCommandLine(['readlink', link])})" = ${shellQuote(path)} ]`,
        shellCommandLine(['mkdir', '-m', '700', previous]),
        shellCommandLine(['mv', `${path}/${versionFolder}`, `${previous}/`]),
        shellCommandLine(['ln', '-sfn', previous, link]),
      ]
      return `${commands.join(' && ')}  # only where the old data has it there`
    }),
    intoPlace: paths.flatMap(({ oid, path, partial }) => [
      `${shellCommandLine(['mv', `${partial}/${versionFolder}`, `${path}/`])} && ${shellCommandLine(['rmdir', partial])}`,
      shellCommandLine(['ln', '-sfn', path, `${dataDirectory}/${tablespaceFolder(oid)}`]),
    ]),
    former: paths.map(({ previous }) => previous),
  }
}
