// The lines of a rebuild by hand that are about tablespaces: none without any.

import { tablespaceFolder } from '../../io/base-backup/backup-format.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import { tablespaceRunPaths } from '../tablespaces/paths.ts'
import type { PlannedTablespaces } from '../tablespaces/plan-tablespaces.ts'
import { tablespaceMappings } from './run-copy.ts'

interface ManualTablespaces {
  /** Options of pg_basebackup, with a blank before each. */
  readonly mappings: string
  /** Before the copy: the data of this version moves aside. */
  readonly asideFirst: readonly string[]
  /** After it: pg_basebackup accepts only an empty folder, so the files move from there into their places. */
  readonly intoPlace: readonly string[]
  /** The folders to remove in the end. */
  readonly former: readonly string[]
}

export function manualTablespaces(
  { placed, versionFolder }: PlannedTablespaces,
  dataDirectory: string,
  run: string,
): ManualTablespaces {
  const copied = placed.map(({ oid, location, path }) => ({ oid, from: location, path }))
  const paths = placed.map(({ oid, path }) => ({ oid, path, ...tablespaceRunPaths(path, run) }))
  return {
    mappings: tablespaceMappings(copied, run)
      .map((each) => ` ${shellCommandLine([each])}`)
      .join(''),
    asideFirst: paths.map(
      ({ path, previous }) =>
        `${shellCommandLine(['mkdir', '-m', '700', previous])} && ${shellCommandLine(['mv', `${path}/${versionFolder}`, `${previous}/`])}  # if it exists`,
    ),
    intoPlace: paths.flatMap(({ oid, path, partial }) => [
      `${shellCommandLine(['mv', `${partial}/${versionFolder}`, `${path}/`])} && ${shellCommandLine(['rmdir', partial])}`,
      shellCommandLine(['ln', '-sfn', path, `${dataDirectory}/${tablespaceFolder(oid)}`]),
    ]),
    former: paths.map(({ previous }) => shellCommandLine([previous])),
  }
}
