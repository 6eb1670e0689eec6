// The places of a server's or database's logs on its host, from the config and from the database.

import type { LogSettings } from './entries/entry.ts'

/** A file or folder to look at. */
export interface LogLocation {
  readonly path: string
  /** The source of this place, for the manifest. */
  readonly source: string
  /** False for a guess: the manifest then does not report it as missing. */
  readonly expected: boolean
}

export interface LogLocationHints {
  /** Places of the host: `hosts[].logs`, its install and data directories. */
  readonly logs: readonly string[]
  readonly installDirectory: string | null
  readonly dataDirectory: string | null
  /** The profile's folders below the install directory. */
  readonly profileFolders: readonly string[]
  /** null for a server, and if the database did not tell. */
  readonly database: Omit<DatabaseLogging, 'settings' | 'filename'> | null
  readonly isDatabase: boolean
}

/** The log settings of a database; null if this role may not read them. */
export interface DatabaseLogging {
  readonly collector: boolean
  readonly directory: string | null
  readonly dataDirectory: string | null
  /** `log_filename`. */
  readonly filename: string | null
  readonly destination: string
  /** How to parse its entries. */
  readonly settings: LogSettings
}

/** PostgreSQL's default folder below the data directory, by its present and its old name. */
const USUAL = ['log', 'pg_log']

/** Returns the places in their order of preference, each path once. */
export function logLocations(hints: LogLocationHints): readonly LogLocation[] {
  const { logs, installDirectory, profileFolders, isDatabase } = hints
  const places: LogLocation[] = logs.map((path) => ({ path, source: 'the config', expected: true }))
  if (installDirectory !== null) {
    for (const folder of profileFolders) {
      // The second folder belongs to the database that comes with the product. It may run elsewhere.
      const expected = folder === profileFolders[0] && !isDatabase
      places.push({ path: below(installDirectory, folder), source: 'the profile', expected })
    }
  }
  if (isDatabase) places.push(...databasePlaces(hints))
  const paths = new Set<string>()
  return places.filter(({ path }) => !paths.has(path) && paths.add(path))
}

function databasePlaces({ database, dataDirectory: configured }: LogLocationHints): readonly LogLocation[] {
  const dataDirectory = database?.dataDirectory ?? configured
  const reported = database?.directory ?? null
  if (reported !== null && (reported.startsWith('/') || dataDirectory !== null)) {
    const path = reported.startsWith('/') ? reported : below(dataDirectory ?? '', reported)
    return [
      { path, source: 'log_directory', expected: database?.collector === true },
      ...packaged(dataDirectory, database?.collector === true),
    ]
  }
  if (dataDirectory === null) return []
  const usual = USUAL.map((name) => ({
    path: below(dataDirectory, name),
    source: 'the data directory',
    expected: false,
  }))
  return [...usual, ...packaged(dataDirectory, false)]
}

/** Debian's packages send the server's standard error there. */
function packaged(dataDirectory: string | null, collects: boolean): readonly LogLocation[] {
  const [, major, name] = /^\/var\/lib\/postgresql\/(\d+)\/([^/]+)\/?$/.exec(dataDirectory ?? '') ?? []
  if (collects || major === undefined || name === undefined) return []
  return [
    { path: `/var/log/postgresql/postgresql-${major}-${name}.log`, source: 'the packages of Debian', expected: false },
  ]
}

function below(folder: string, name: string): string {
  return `${folder.replace(/\/+$/, '')}/${name}`
}
