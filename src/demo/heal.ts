// Brings a demo back to how it started, from any combination of faults, and waits until all is well.

import { sendRequest } from './app-server/http-client.ts'
import type { DemoCluster } from './demo-cluster.ts'
import { type DemoDatabase, rebuildDemoStandby } from './postgres/demo-databases.ts'
import { waitFor } from './postgres/wait-for.ts'

const LIMIT_MS = 120_000
const ANSWER_LIMIT_MS = 700

/** Starts, thaws, resumes and rebuilds; fulfils when replicas stream and servers answer as at the start. Throws after two minutes. */
export async function healDemo(site: DemoCluster): Promise<void> {
  for (const { node } of site.databases) await node.thaw()
  for (const station of site.databases) await healDatabase(station, site.databases)
  for (const { rejoin } of site.databases) await rejoin?.()
  for (const server of site.servers) {
    server.thaw()
    await server.start()
  }
  for (const station of site.databases) {
    if (station.upstream) await waitFor(`${station.id} streams`, LIMIT_MS, () => streams(station))
    else await waitFor(`${station.id} sends what others subscribe to`, LIMIT_MS, () => publishes(station))
  }
  for (const server of site.servers) {
    const wanted = server.type === 'read-only' ? 302 : 200
    await waitFor(`${server.id} answers ${wanted}`, LIMIT_MS, async () => {
      await server.look()
      const answer = await sendRequest('GET', server.url, ANSWER_LIMIT_MS).catch(() => null)
      return answer?.status === wanted
    })
  }
}

/** Stations come after their upstreams, so what a replica needs is well already. */
async function healDatabase(station: DemoDatabase, all: readonly DemoDatabase[]): Promise<void> {
  const { node } = station
  await node.start()
  // Acts re-point standbys there, and a base backup takes it along; the demo's own settings are in postgresql.conf.
  await node.query('alter system reset all')
  await node.query('select pg_catalog.pg_reload_conf()')
  if (node.hba().includes(' reject\n')) await node.setHba(withoutRejects(node.hba()))
  if (station.upstream === null) {
    // An act made a standby of it: fenced after a promotion, or following the one that took over, which is rebuilt next.
    if (await isRecovering(station)) await node.promote()
    return
  }
  if (!(await isRecovering(station))) {
    await rebuildDemoStandby(station)
    // What streams from it followed it to its new timeline.
    for (const below of all) if (below.upstream === station) await rebuildDemoStandby(below)
  }
  await station.node.query('select pg_catalog.pg_wal_replay_resume()')
}

function withoutRejects(hba: string): string {
  return hba
    .split('\n')
    .filter((line) => !line.endsWith(' reject'))
    .join('\n')
}

/** A replica that was promoted is writable, however often it was restarted since. */
async function isRecovering({ node }: DemoDatabase): Promise<boolean> {
  const [row] = await node.query<{ recovering: boolean }>('select pg_catalog.pg_is_in_recovery() as recovering')
  return row?.recovering === true
}

async function streams({ node, upstream }: DemoDatabase): Promise<boolean> {
  const [sent] =
    (await upstream?.node.query<{ lsn: string }>(
      `select (case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_replay_lsn()
         else pg_catalog.pg_current_wal_lsn() end)::pg_catalog.text as lsn`,
    )) ?? []
  const [row] = await node.query<{ well: boolean }>(
    `select pg_catalog.pg_last_wal_replay_lsn() >= $1::pg_catalog.pg_lsn - 1048576::numeric
       and exists (select from pg_catalog.pg_stat_wal_receiver where status = 'streaming') as well`,
    [sent?.lsn],
  )
  return row?.well === true
}

/** True when nobody has subscribed to the database, or all that have are being sent its changes. */
async function publishes({ node }: DemoDatabase): Promise<boolean> {
  const [row] = await node.query<{ well: boolean }>(
    `select pg_catalog.count(*) filter (where sender.state is distinct from 'streaming') = 0 as well
     from pg_catalog.pg_replication_slots slot
     left join pg_catalog.pg_stat_replication sender on sender.pid = slot.active_pid
     where slot.slot_type = 'logical' and not slot.temporary`,
  )
  return row?.well === true
}
