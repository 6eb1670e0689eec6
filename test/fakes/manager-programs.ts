// Where the programs of managers are on this machine, and why tests with real ones can't run where they are not.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { ServerBinaries } from '../../src/demo/postgres/start-postgres.ts'
import { isExecutable, listNames } from '../../src/io/files/sync-files.ts'

const DEBIAN = '/usr/lib/postgresql'

/** A server's folder of programs that holds all of these too; null when there is none. */
function serverWith(programs: readonly string[]): ServerBinaries | null {
  const folders = [process.env.PGDECK_PG_BIN ?? '', ...listNames(DEBIAN).map((name) => join(DEBIAN, name, 'bin'))]
  for (const bin of folders) {
    if (bin === '' || !['postgres', 'initdb', ...programs].every((name) => isExecutable(join(bin, name)))) continue
    const [, version = ''] =
      /(\d+[.\w]*)/.exec(spawnSync(join(bin, 'postgres'), ['-V'], { encoding: 'utf8' }).stdout) ?? []
    return { bin, version, major: Number.parseInt(version, 10), source: 'the test' }
  }
  return null
}

function programOf(name: string): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null
}

/** PYTHONPATH is for a Patroni that is unpacked somewhere. */
export function managerEnv(home: string, bin: string): Readonly<Record<string, string>> {
  const { PATH = '/usr/bin:/bin', PYTHONPATH } = process.env
  return { PATH: `${bin}${delimiter}${PATH}`, HOME: home, LC_ALL: 'C', ...(PYTHONPATH ? { PYTHONPATH } : {}) }
}

export const PATRONI = programOf('patroni')
export const PATRONI_SERVER = serverWith(['pg_ctl', 'pg_controldata', 'pg_basebackup', 'pg_rewind', 'pg_isready'])
const python = spawnSync('/usr/bin/python3', ['-c', 'import patroni, pysyncobj, psycopg2'])

/** Why the tests with a real Patroni can't run here; false when they can. */
export const withoutPatroni: string | false =
  PATRONI === null
    ? 'patroni is not installed (packages patroni and python3-pysyncobj)'
    : PATRONI_SERVER === null
      ? 'the server programs that Patroni needs are not installed (package postgresql)'
      : python.status !== 0 && 'Patroni’s libraries are not installed (packages python3-pysyncobj, python3-psycopg2)'

export const REPMGR_SERVER = serverWith(['repmgr', 'repmgrd'])

/** Why the tests with a real repmgr can't run here; false when they can. */
export const withoutRepmgr: string | false =
  REPMGR_SERVER === null && 'repmgr is not installed (package postgresql-NN-repmgr)'

export const PG_AUTOCTL = programOf('pg_autoctl')
const extensionOf = (server: ServerBinaries | null) =>
  server !== null &&
  existsSync(join('/usr/share/postgresql', String(server.major), 'extension', 'pgautofailover.control'))
const servers = serverWith(['pg_ctl', 'pg_basebackup', 'pg_rewind', 'psql'])
export const PGAF_SERVER = extensionOf(servers) ? servers : null

/** Why the tests with a real pg_auto_failover can't run here; false when they can. */
export const withoutPgAutoFailover: string | false =
  PG_AUTOCTL === null
    ? 'pg_autoctl is not installed (package pg-auto-failover-cli)'
    : PGAF_SERVER === null && 'the extension of its monitor is not installed (package postgresql-NN-auto-failover)'
