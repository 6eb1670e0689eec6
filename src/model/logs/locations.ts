// Where the logs of a server or database may be on its host, from what the config and the database say.

import type { LogSettings } from './entries/entry.ts'

/** A file or folder worth looking at. */
export interface LogLocation {
  readonly path: string
  /** Who says so, for the manifest. */
  readonly source: string
  /** False for a guess: nothing is missing when it is not there. */
  readonly expected: boolean
}

export interface LogLocationHints {
  /** Of the host: `hosts[].logs`, its install and data directories. */
  readonly logs: readonly string[]
  readonly installDirectory: string | null
  readonly dataDirectory: string | null
  /** The profile's folders below the install directory. */
  readonly profileFolders: readonly string[]
  /** null for a server, and where the database did not say. */
  readonly database: Omit<DatabaseLogging, 'settings'> | null
  readonly isDatabase: boolean
}

/** What a database says of its own log; null where this role may not know. */
export interface DatabaseLogging {
  readonly collector: boolean
  readonly directory: string | null
  readonly dataDirectory: string | null
  readonly destination: string
  /** How its entries are to be read. */
  readonly settings: LogSettings
}

/** PostgreSQL's folder below the data directory, by its name now and that of old. */
const USUAL = ['log', 'pg_log']

/** The places in the order in which they are told, each path once. */
export function logLocations(hints: LogLocationHints): readonly LogLocation[] {
  const { logs, installDirectory, profileFolders, isDatabase } = hints
  const places: LogLocation[] = logs.map((path) => ({ path, source: 'the config', expected: true }))
  if (installDirectory !== null) {
    for (const folder of profileFolders) {
      // The second belongs to the database that comes with the product, which may run elsewhere.
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

/** Where Debian's packages send what the server writes to its standard error. */
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
