// Clusters in which a standby is promoted for real: as a config describes them, with numbered commits to count what is lost.

import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { openJournal } from '../../../src/io/runs/journal.ts'
import type { JournalEntry, Run } from '../../../src/model/runs/run.ts'
import { type Acting, type ActingOptions, actingOn } from '../../fakes/acting.ts'
import type { TestCluster } from '../embedded.ts'

/** How its hosts are in the config: with a way in and pg_ctl, or without. */
export type Reach = 'hosts' | 'sql'

/** The programs refuse root: then as the user that the demo's servers run as. */
export function asOwner({ scratch }: PostgresNode, argv: readonly string[]): readonly string[] {
  if (scratch.owner === null) return argv
  const { uid, gid } = scratch.owner
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...argv]
}

/** The host of one server, with commands that really stop and start it. */
export function hostOf(node: PostgresNode): object {
  const ctl = `${node.binaries.bin}/pg_ctl`
  return {
    name: `host-${node.name}`,
    local: true,
    dataDirectory: node.dataDirectory,
    binDirectory: node.binaries.bin,
    stop: asOwner(node, [ctl, 'stop', '-D', node.dataDirectory, '-m', 'fast', '-w', '-t', '120']),
    start: asOwner(node, [
      ctl,
      'start',
      '-D',
      node.dataDirectory,
      '-w',
      '-t',
      '120',
      '-l',
      `${node.dataDirectory}.again.log`,
    ]),
  }
}

/** Acts on all servers of the cluster, as the superuser. */
export function actingOnCluster(
  { nodes }: Pick<TestCluster, 'nodes'>,
  reach: Reach,
  options: Partial<ActingOptions> & { readonly user?: string } = {},
): Promise<Acting> {
  const databases = nodes.map((node) => ({
    name: node.name,
    dsn: `${node.dsn(options.user ?? 'postgres')}?sslmode=disable`,
    ...(reach === 'hosts' ? { host: `host-${node.name}` } : {}),
  }))
  return actingOn({ databases, hosts: reach === 'hosts' ? nodes.map(hostOf) : [], ...options })
}

/** The table of numbered commits. */
export async function prepareNumbers(primary: PostgresNode): Promise<void> {
  await primary.query('create table numbers (n int primary key)')
}

/** Each in a transaction of its own; answers with where the log ended after each. */
export async function commitNumbers(
  primary: PostgresNode,
  from: number,
  to: number,
): Promise<readonly { n: number; lsn: string }[]> {
  const done: { n: number; lsn: string }[] = []
  for (let n = from; n <= to; n++) {
    await primary.query('insert into numbers values ($1)', [n])
    const [row] = await primary.query<{ lsn: string }>('select pg_current_wal_lsn()::text as lsn')
    done.push({ n, lsn: row?.lsn ?? '0/0' })
  }
  return done
}

/** Others who commit meanwhile, until told to stop. */
export function noise(primary: PostgresNode): { stop(): Promise<void> } {
  let isOn = true
  const writing = [0, 1, 2].map(async () => {
    while (isOn) await primary.query(`select pg_logical_emit_message(true, 'noise', repeat('x', 500))`)
  })
  return {
    async stop() {
      isOn = false
      await Promise.all(writing)
    },
  }
}

export async function numbersOn(node: PostgresNode): Promise<readonly number[]> {
  const rows = await node.query<{ n: number }>('select n from numbers order by n')
  return rows.map(({ n }) => n)
}

/** What a person says who stood before the old primary, where pgdeck has no access to its host. */
export const SEEN_DOWN = {
  overrides: { 'primary-down-by-others': 'its power is off' },
  skips: { 'fence-old-primary': 'its power is off' },
} as const

export function noteOf(run: Run, step: string): string {
  return run.steps.find(({ id }) => id === step)?.note ?? ''
}

/** `id:result` of all checks that did not pass. */
export function notPassed({ plan }: Run): readonly string[] {
  return plan.checks.filter(({ result }) => result !== 'pass').map(({ id, result }) => `${id}:${result}`)
}

export const PROMOTION_STEPS = [
  'fence-old-primary',
  'promote',
  'verify-writable',
  'repoint-followers',
  'slots',
  'report',
] as const

/** A journal that lets something happen in the world right after a line is on disk, once. */
export function meanwhile(when: (entry: JournalEntry) => boolean, happen: () => Promise<void>): typeof openJournal {
  let happened = false
  return async (folder, run, options) => {
    const journal = await openJournal(folder, run, options)
    return {
      close: () => journal.close(),
      async append(entry) {
        await journal.append(entry)
        if (happened || !when(entry)) return
        happened = true
        await happen()
      },
    }
  }
}

/** Holds for the line of that type about that step. */
export function line(type: JournalEntry['type'], step: string): (entry: JournalEntry) => boolean {
  return (entry) => entry.type === type && 'step' in entry && entry.step === step
}

export async function isPrimary(node: PostgresNode): Promise<boolean> {
  const [row] = await node.query<{ primary: boolean }>('select not pg_is_in_recovery() as primary')
  return row?.primary ?? false
}
