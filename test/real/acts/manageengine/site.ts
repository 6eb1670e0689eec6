// The vendor's product around real servers, as its demo has it, and pgdeck acting on it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Demo, startDemo } from '../../../../src/demo/demo.ts'
import { openHostConnection } from '../../../../src/io/hosts/host-connection.ts'
import { openJournal } from '../../../../src/io/runs/journal.ts'
import type { ModelId } from '../../../../src/model/measured/spec.ts'
import type { Run } from '../../../../src/model/runs/run.ts'
import { DEMO_INSTALLERS } from '../../../../src/profiles/demo.ts'
import { type Acting, type ActingOptions, actingOn } from '../../../fakes/acting.ts'
import { until, within } from '../../../wait.ts'

export interface ProfileSite {
  readonly demo: Demo
  /** The cluster of its configuration, as a config file has it. */
  readonly cluster: Cluster
  /** Text of a file below a server's installation. */
  file(server: string, path: string): string
  folder(server: string): string
  /** SQL as the superuser, on the database of that id. */
  sql<Row = Record<string, unknown>>(database: string, text: string): Promise<readonly Row[]>
  /** The primary's site is gone: the database at once, its servers too. */
  losePrimary(): Promise<void>
  /** Makes a fault of the demo. */
  make(id: string): Promise<void>
  /** Runs a script of the product on a server, as somebody there would. */
  script(server: string, name: string, ...words: readonly string[]): Promise<void>
  /** Runs the command of the service on the host of that name, as somebody there would. */
  service(host: string, word: 'start' | 'stop'): Promise<void>
}

export interface Cluster {
  readonly databases: readonly { readonly name: string; readonly dsn: string; readonly slot?: string }[]
  readonly servers: readonly { readonly name: string; readonly url: string }[]
  readonly hosts: readonly {
    readonly name: string
    readonly installDirectory?: string
    readonly dataDirectory?: string
  }[]
}

export async function withProfile(
  options: { readonly model?: ModelId; readonly profile?: 'password-manager-pro' | 'pam360'; readonly size?: number },
  body: (site: ProfileSite) => Promise<void>,
): Promise<void> {
  const { model = 'shared-database-with-read-only', profile = 'password-manager-pro', size = 1 } = options
  const demo = await startDemo({ model, size, profile, installers: DEMO_INSTALLERS }, () => {})
  try {
    await body(siteOf(demo))
  } finally {
    await demo.stop()
  }
}

function siteOf(demo: Demo): ProfileSite {
  const { clusters } = JSON.parse(demo.describe()) as { clusters: readonly [Cluster] }
  const [cluster] = clusters
  const folder = (server: string) => join(demo.folder, server)
  const make = async (id: string) => {
    const fault = demo.faults.find((each) => each.id === id)
    if (!fault) throw new Error(`the demo has no fault ${id}`)
    await fault.make()
  }
  return {
    demo,
    cluster,
    folder,
    file: (server, path) => readFileSync(join(folder(server), path), 'utf8'),
    async sql<Row>(database: string, text: string) {
      const found = demo.config.clusters[0]?.databases.find(({ spec }) => spec.id === database)
      if (!found) throw new Error(`there is no ${database}`)
      const { openDemoSession } = await import('../../../../src/io/postgres/demo-session.ts')
      const session = await openDemoSession({
        host: demo.folder,
        port: found.spec.port,
        user: 'postgres',
        database: 'postgres',
        applicationName: 'test',
        limitMs: 10_000,
      })
      try {
        return await session.query<Row>(text)
      } finally {
        await session.close()
      }
    },
    make,
    script: (server, name, ...words) => runHere(join(folder(server), 'bin', `${name}.sh`), words),
    service(host, word) {
      const at = cluster.hosts.find(({ name }) => name === host)?.installDirectory ?? ''
      return runHere(`${at}/bin/service.sh`, [word])
    },
    async losePrimary() {
      const servers = cluster.servers.map(({ name }) => name).filter((name) => name !== 'pmp-ro')
      for (const name of servers) await make(`stop-${name.replace('pmp-', 'server-')}`)
      await make('kill-primary')
    },
  }
}

async function runHere(path: string, words: readonly string[]): Promise<void> {
  const reach = openHostConnection({ id: 'here', address: null, access: { kind: 'local' } })
  const { exitCode, stderr } = await reach.run([path, ...words], { signal: within(60_000) })
  if (exitCode !== 0) throw new Error(stderr)
}

/** pgdeck over that site. `change` makes the config of the cluster another one. */
export async function actingOnSite(
  { cluster }: ProfileSite,
  options: Partial<ActingOptions> & { readonly change?: (cluster: Cluster) => object } = {},
): Promise<Acting> {
  const { change = (same) => same, ...rest } = options
  const { databases, servers, hosts, ...more } = change(cluster) as Cluster & Record<string, unknown>
  const { name: _, interval: __, ...kept } = more
  return actingOn({ databases, servers, hosts, cluster: kept, ...rest })
}

export function noteOf(run: Run, step: string): string {
  return run.steps.find(({ id }) => id === step)?.note ?? ''
}

/** `id: result` of the checks that fail. */
export function failing({ plan }: Run): readonly string[] {
  return plan.checks.filter(({ result }) => result === 'fail').map(({ id, message }) => `${id}: ${message}`)
}

export function told(run: Run): string {
  const steps = run.steps.map(({ id, state, note }) => `${id} ${state}: ${note}`)
  return [run.why ?? run.state, ...failing(run), ...steps].join('\n')
}

/** The standby has everything, as far as its own receiver tells. */
export async function caughtUp(site: ProfileSite): Promise<void> {
  const [row] = await site.sql<{ lsn: string }>('db-1', 'select pg_current_wal_flush_lsn()::text as lsn')
  await until('the standby has caught up', 20_000, async () => {
    const text = `select pg_last_wal_replay_lsn() >= '${row?.lsn}'::pg_lsn as done`
    return (await site.sql<{ done: boolean }>('db-ro', text))[0]?.done === true
  })
}

/** A journal beside which somebody does by hand what each step asks for, right after it begins. */
export function handsOn(deeds: Readonly<Record<string, () => Promise<void> | void>>): typeof openJournal {
  return async (folder, run, options) => {
    const journal = await openJournal(folder, run, options)
    return {
      close: () => journal.close(),
      async append(entry) {
        await journal.append(entry)
        if (entry.type === 'step-started') await deeds[entry.step]?.()
      },
    }
  }
}
