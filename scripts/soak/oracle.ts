// What the servers say themselves, and where what is believed of them differs from it.

import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import type { Ground } from '../../test/real/proxied/stage.ts'
import type { Trouble } from '../../test/real/proxied/troubles.ts'
import { INTERVAL_MS, TIMEOUT_MS } from './setup.ts'
import type { Belief, WatcherReport } from './watcher.ts'

interface Fact {
  readonly isStandby: boolean
  readonly timeline: number
  readonly isStreaming: boolean
  readonly isPaused: boolean
}

const FACT = `select pg_is_in_recovery() as "isStandby",
  case when pg_is_in_recovery() then coalesce((select received_tli from pg_stat_wal_receiver), 0)
    else ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int end as timeline,
  exists (select from pg_stat_wal_receiver where status = 'streaming') as "isStreaming",
  case when pg_is_in_recovery() then pg_is_wal_replay_paused() else false end as "isPaused"`

/** Slack for a machine that does other things too. */
const STUCK_MS = 5 * INTERVAL_MS + TIMEOUT_MS + 10_000

/** What is wrong with what is believed, in words; empty when all of it is so. */
export async function violations(
  ground: Ground,
  active: readonly Trouble[],
  isSplit: boolean,
  /** When the last step was done, in milliseconds since the epoch. */
  since: number,
  told: WatcherReport,
): Promise<readonly string[]> {
  const found: string[] = []
  const believed = (id: string) => told.beliefs.find((belief) => belief.id === id)
  for (const id of ['primary', 'first', 'second', 'web', 'shop'] as const) {
    const belief = believed(id)
    // What was read before the last step says nothing of what it did.
    if ((told.heardAt[id] ?? 0) < since) return [`${id} was not asked again`]
    if (!belief) return ['nothing is told yet']
    const hitBy = active.find(({ at }) => at === id)
    const isAlsoHit = active.some(({ alsoHit, isWide }) => isWide || alsoHit?.includes(id))
    if (hitBy && !hitBy.passes) {
      const isTold = belief.problem === hitBy.code || (hitBy.orCode !== undefined && belief.problem === hitBy.orCode)
      if (!isTold) found.push(`${id} shows ${belief.problem}, not ${hitBy.code} (${hitBy.what})`)
    } else if (!isAlsoHit) {
      if (belief.problem !== null) found.push(`${id} shows ${belief.problem}, and nothing is wrong with it`)
      const node = id === 'primary' || id === 'first' || id === 'second' ? ground[id] : null
      if (node) found.push(...differences(belief, await factOf(node)))
    }
    if (told.splitBrain !== isSplit) found.push(`split brain is ${isSplit}, and told as ${told.splitBrain}`)
    const silentMs = told.at - (told.heardAt[id] ?? 0)
    if (silentMs > STUCK_MS) found.push(`${id} is stuck: no outcome for ${silentMs} ms`)
  }
  return found
}

async function factOf(node: PostgresNode): Promise<Fact> {
  const [fact] = await node.query<Fact>(FACT)
  if (!fact) throw new Error(`${node.name} said nothing`)
  return fact
}

function differences(belief: Belief, fact: Fact): readonly string[] {
  const { id, role, status, timeline, replayPaused } = belief
  const found: string[] = []
  if ((role === 'primary') === fact.isStandby) found.push(`${id} is called ${role}, standby is ${fact.isStandby}`)
  if (fact.isStandby && (status === 'streaming') !== fact.isStreaming) {
    found.push(`${id} is called ${status}, streaming is ${fact.isStreaming}`)
  }
  if (fact.timeline > 0 && timeline !== fact.timeline) found.push(`${id} is on ${fact.timeline}, not on ${timeline}`)
  if (fact.isStandby && replayPaused !== fact.isPaused) found.push(`${id}: replay paused is ${fact.isPaused}`)
  return found
}
