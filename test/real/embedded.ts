// Real PostgreSQL clusters for tests: started for one test and gone after it, also when the runner is killed.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { availableMajors } from '../../src/demo/postgres/binaries.ts'
import {
  addStandby,
  findServerBinaries,
  type PostgresNode,
  type ServerBinaries,
  startPrimary,
} from '../../src/demo/postgres/start-postgres.ts'
import { listNames } from '../../src/io/files/sync-files.ts'
import { runProgramSync } from '../../src/io/process/process.ts'
import { until } from '../wait.ts'
import { prepared } from './prepared.ts'

/** Majors whose server programs are on this machine, ascending. */
export const MAJORS: readonly number[] = availableMajors()

/** The oldest and the newest of them. */
export const END_MAJORS: readonly number[] = [...new Set([MAJORS[0], MAJORS.at(-1)])].filter(
  (each) => each !== undefined,
)

/**
 * Majors for a test that does the same on each: all of them in the long suite (`--all-majors`), where the file is listed
 * in scripts/long-tests.mjs, else `usual`.
 */
export function majorsToTry(usual: readonly number[] = END_MAJORS): readonly number[] {
  return process.env.PGDECK_TEST_ALL_MAJORS === undefined ? usual : MAJORS
}

const PACKAGES = '/usr/lib/postgresql'

/** The server programs that the packages of Debian have installed. */
export function packagedServers(): readonly ServerBinaries[] {
  return listNames(PACKAGES).flatMap((name) => {
    const bin = join(PACKAGES, name, 'bin')
    const [, version] = / (\d+\S*)/.exec(runProgramSync(join(bin, 'postgres'), ['--version']).stdout) ?? []
    return version === undefined ? [] : [{ bin, version, major: Number.parseInt(version, 10), source: PACKAGES }]
  })
}

export interface ClusterOptions {
  readonly major?: number
  /** Other server programs than those that are found for the major. */
  readonly binaries?: ServerBinaries
  /** Streaming standbys of the primary, named `standby-1`, `standby-2`, … Default 0. */
  readonly standbys?: number
  /** A standby below `standby-1`, named `cascade`. */
  readonly cascade?: boolean
  /** Settings of every node. */
  readonly settings?: Readonly<Record<string, string>>
  readonly hba?: string
}

export interface TestCluster {
  readonly primary: PostgresNode
  readonly standbys: readonly PostgresNode[]
  readonly cascade: PostgresNode | null
  readonly nodes: readonly PostgresNode[]
  /** Password of all roles, `postgres` and `pgdeck` (LOGIN, pg_monitor) included. */
  readonly password: string
  /** Waits until every running standby has replayed what the primary has written. */
  caughtUp(): Promise<void>
}

/** Starts a cluster, runs the test's body, and removes everything whatever the body did. */
export async function withCluster(
  options: ClusterOptions,
  body: (cluster: TestCluster) => Promise<void>,
): Promise<void> {
  const binaries = options.binaries ?? programs(options.major)
  const settings = options.settings ?? {}
  const hba = options.hba === undefined ? {} : { hba: options.hba }
  const primary = await startPrimary({ binaries, settings, initialise: prepared, ...hba })
  try {
    await primary.createRole('pgdeck', 'LOGIN IN ROLE pg_monitor')
    const standbys: PostgresNode[] = []
    for (let number = 1; number <= (options.standbys ?? 0); number++) {
      standbys.push(await addStandby(primary, { name: `standby-${number}`, settings }))
    }
    const first = standbys[0]
    const cascade = options.cascade && first ? await addStandby(first, { name: 'cascade', settings }) : null
    const nodes = [primary, ...standbys, ...(cascade ? [cascade] : [])]
    const caughtUp = () => waitUntilCaughtUp(primary, nodes.slice(1))
    await body({ primary, standbys, cascade, nodes, password: primary.password, caughtUp })
  } finally {
    await primary.scratch.close()
  }
}

/**
 * One cluster for all tests of the file or suite that this is called in, for tests that leave it as they found it. Answers
 * with what gives it while they run. `prepare` runs once.
 */
export function sharedCluster(
  options: ClusterOptions,
  prepare: (cluster: TestCluster) => Promise<void> = async () => {},
): () => TestCluster {
  let shared: TestCluster | null = null
  let end = () => {}
  let closed: Promise<void> = Promise.resolve()
  before(
    () =>
      new Promise<void>((resolve, reject) => {
        closed = withCluster(options, async (cluster) => {
          await prepare(cluster)
          shared = cluster
          const ended = new Promise<void>((over) => {
            end = over
          })
          resolve()
          await ended
        })
        closed.catch(reject)
      }),
  )
  after(() => {
    end()
    return closed
  })
  return () => shared ?? assert.fail('the cluster runs while tests do')
}

const found = new Map<number | undefined, ServerBinaries>()

/** Looking for them runs some of them: once for each major. */
function programs(major: number | undefined): ServerBinaries {
  const binaries = found.get(major) ?? findServerBinaries(major === undefined ? {} : { major })
  found.set(major, binaries)
  return binaries
}

async function waitUntilCaughtUp(primary: PostgresNode, standbys: readonly PostgresNode[]): Promise<void> {
  const [written] = await primary.query<{ lsn: string }>('select pg_current_wal_lsn()::text as lsn')
  for (const standby of standbys) {
    if (!standby.isRunning()) continue
    await until(`${standby.name} has replayed ${written?.lsn}`, 20_000, async () => {
      const [row] = await standby.query<{ done: boolean | null }>('select pg_last_wal_replay_lsn() >= $1 as done', [
        written?.lsn,
      ])
      return row?.done === true
    })
  }
  // What it tells of itself comes a moment later: until then nothing is known of how far behind it is.
  const names = standbys.filter((standby) => standby.isRunning()).map(({ name }) => name)
  await until(`${primary.name} has heard of that`, 20_000, async () => {
    const [row] = await primary.query<{ done: boolean }>(
      `select count(*) = 0 as done from pg_stat_replication
       where application_name = any ($1) and (state <> 'streaming' or replay_lsn is null or replay_lsn < $2)`,
      [names, written?.lsn],
    )
    return row?.done === true
  })
}
