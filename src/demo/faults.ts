// The faults a demo offers, each made for real on its servers and databases.

import type { DemoFault } from '../state/controller.ts'
import type { AppServer } from './app-server/app-server.ts'
import type { DemoCluster } from './demo-cluster.ts'
import { healDemo } from './heal.ts'
import type { DemoLife } from './life/life.ts'
import { startBulkLoad } from './load.ts'
import type { DemoDatabase } from './postgres/demo-databases.ts'

/** A fault's making may not overlap another's, nor the healing. */
interface Turns {
  take<Value>(work: () => Promise<Value>): Promise<Value>
}

const FLOOD_MS = 15_000
/** A frozen replica is not waited for any longer than that. */
const STOP_MS = 5_000

/** All faults that the site's parts allow: first what is mostly tried first, the healing last. */
export function demoFaults(site: DemoCluster): readonly DemoFault[] {
  const turns = inTurns()
  const flooding = new Flooding()
  const { life } = site
  const [primary, ...others] = site.databases
  if (!primary) return []
  const second = others.find((station) => station.upstream === null)
  const replica = others.find((station) => station.upstream !== null)
  const all = [
    ...databaseFaults(primary, 'primary', 'primary database'),
    ...(life ? [holdLock(life)] : []),
    fault(
      'flood-writes',
      'Flood writes',
      `Bulk loads on ${primary.id} for 15 s while a report holds up replay: lag grows.`,
      () => flooding.start(running(primary), replica ?? null),
    ),
    ...(second ? databaseFaults(second, 'second', 'second database') : []),
    ...(replica ? databaseFaults(replica, 'replica', 'replica') : []),
    ...site.servers.flatMap(serverFaults),
    ...(replica ? replicaFaults(primary, replica) : []),
    ...(second ? [cutMirror(primary, second)] : []),
    fault(
      'heal',
      'Heal everything',
      'Starts, thaws, resumes and rebuilds until all is as it was at the start.',
      async () => {
        await flooding.stop()
        await site.life?.release()
        await healDemo(site)
      },
    ),
  ]
  return all.map((one) => ({ ...one, make: () => turns.take(one.make) }))
}

function fault(id: string, title: string, explains: string, make: () => Promise<void>): DemoFault {
  return { id, title, explains, make }
}

function databaseFaults(station: DemoDatabase, key: string, what: string): readonly DemoFault[] {
  const { id } = station
  return [
    fault(`kill-${key}`, `Kill the ${what}`, `Ends ${id} at once, as a power failure would.`, async () => {
      await running(station).node.kill()
    }),
    fault(`stop-${key}`, `Stop the ${what}`, `Shuts ${id} down in order: connections are refused.`, async () => {
      await running(station).node.stop('fast', STOP_MS)
    }),
    fault(
      `freeze-${key}`,
      `Freeze the ${what}`,
      `Stops all processes of ${id}: it accepts connections and never answers.`,
      async () => {
        await running(station).node.freeze()
      },
    ),
  ]
}

function serverFaults(server: AppServer): readonly DemoFault[] {
  const key = server.id.replace('pmp-', 'server-')
  const what = `${server.type} server`
  return [
    fault(
      `stop-${key}`,
      `Stop the ${what}`,
      `Ends ${server.id}: its port is closed, its database sessions end.`,
      async () => {
        if (!server.isRunning()) throw new Error(`${server.id} is stopped already: heal first`)
        await server.stop()
      },
    ),
    fault(`freeze-${key}`, `Freeze the ${what}`, `${server.id} accepts connections and answers none.`, async () => {
      if (!server.isRunning()) throw new Error(`${server.id} is stopped: heal first`)
      server.freeze()
    }),
  ]
}

function replicaFaults(primary: DemoDatabase, replica: DemoDatabase): readonly DemoFault[] {
  return [
    fault(
      'cut-link',
      'Cut the replication link',
      `${primary.id} refuses ${replica.id}; both stay reachable.`,
      async () => {
        await refuse(running(primary), 'replication', replica.replicationUser ?? '')
      },
    ),
    fault('pause-replay', 'Pause replay', `${replica.id} continues to receive and replays nothing.`, async () => {
      await running(replica).node.query('select pg_catalog.pg_wal_replay_pause()')
    }),
    fault(
      'split-brain',
      'Split brain',
      `Promotes ${replica.id} while ${primary.id} runs: two writable databases.`,
      async () => {
        const { node } = running(replica)
        await node.promote()
        await node.query("insert into journal (note) values ('written by the promoted replica')")
      },
    ),
  ]
}

function holdLock(life: DemoLife): DemoFault {
  return fault(
    'hold-lock',
    'Hold a lock',
    'legacy-cron changes a row and leaves its transaction open for 2 min: other sessions wait behind it.',
    () => life.holdLock(),
  )
}

function cutMirror(first: DemoDatabase, second: DemoDatabase): DemoFault {
  return fault(
    'cut-link',
    'Cut the link',
    `${first.id} and ${second.id} stop taking each other's changes.`,
    async () => {
      await refuse(running(first), 'all', 'mirror')
      await refuse(running(second), 'all', 'mirror')
    },
  )
}

/** A new first line of pg_hba.conf turns the role away, and its sessions are ended. */
async function refuse({ node }: DemoDatabase, database: string, user: string): Promise<void> {
  const line = `host    ${database.padEnd(12)} ${user.padEnd(12)} 127.0.0.1/32  reject\n`
  if (node.hba().startsWith(line)) return
  await node.setHba(line + node.hba())
  const sql = 'select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_replication where usename = $1'
  await node.query(sql, [user])
}

function running(station: DemoDatabase): DemoDatabase {
  const { id, node } = station
  if (!node.isRunning()) throw new Error(`${id} is down already: heal first`)
  if (node.isFrozen()) throw new Error(`${id} is frozen: heal first`)
  return station
}

class Flooding {
  #ending: AbortController | null = null
  #running: Promise<void> = Promise.resolve()

  async start(primary: DemoDatabase, replica: DemoDatabase | null): Promise<void> {
    await this.stop()
    const ending = new AbortController()
    const timer = setTimeout(() => ending.abort(), FLOOD_MS)
    this.#ending = ending
    // A database that goes down under it ends the flood, and that fault is the one to look at.
    this.#running = startBulkLoad(primary.node, replica?.node ?? null, ending.signal)
      .catch(() => {})
      .finally(() => clearTimeout(timer))
  }

  async stop(): Promise<void> {
    this.#ending?.abort()
    await this.#running
  }
}

function inTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve()
  return {
    take: (work) => {
      const next = last.then(work, work)
      last = next.catch(() => {})
      return next
    },
  }
}
