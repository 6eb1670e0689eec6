// Whether the agents of Patroni reach their configuration store (DCS), by their own answers.

import type { AgentReport, ManagerSettings } from '../../measured/managers/manager-report.ts'
import type { DatabaseRecord } from '../../measured/snapshot.ts'
import { lastGood } from '../../values/reading.ts'
import type { Heard } from './heard.ts'

export interface DcsState {
  /** `partly`: some agents reach it. */
  readonly state: 'reached' | 'partly' | 'lost'
  /** When the newest of the agents reached it, by the clock of this host; null: not told. */
  readonly seenAt: number | null
  /** True if the agents go on without it, because all of them agreed (failsafe mode). */
  readonly isFailsafe: boolean
  /** Agents that lost it, by the name of their database, else by their address. */
  readonly lostBy: readonly string[]
  /** Ids of their databases, where these are watched. */
  readonly lostBeside: readonly string[]
}

/** Patroni’s defaults, where its settings are unknown. */
const TTL_SECONDS = 30
const LOOP_WAIT_SECONDS = 10

interface Agent {
  readonly name: string
  readonly databaseId: string | null
  readonly report: AgentReport
  readonly seenAt: number | null
  readonly isLost: boolean
}

/** Returns what the agents that answer now tell; null if none does. `memberCount`: 0 if it is unknown. */
export function dcsStateOf(
  heard: readonly Heard[],
  settings: ManagerSettings | null,
  databases: readonly DatabaseRecord[],
  memberCount: number,
): DcsState | null {
  const agents = heard.filter(({ isNow }) => isNow).flatMap((each) => agentIn(each, settings, databases) ?? [])
  if (agents.length === 0) return null
  const lost = agents.filter(({ isLost }) => isLost)
  // One agent that is cut off proves nothing of the others, unless nobody leads any more.
  const heardAt = new Set(agents.map(({ report }) => report.address))
  const isMajority = heardAt.size * 2 > memberCount || !databases.some(isPrimaryNow)
  const seen = agents.flatMap(({ seenAt }) => seenAt ?? [])
  return {
    state: lost.length === 0 ? 'reached' : lost.length === agents.length && isMajority ? 'lost' : 'partly',
    seenAt: seen.length === 0 ? null : Math.max(...seen),
    // Replicas keep saying so for a moment after the store has come back.
    isFailsafe: lost.length > 0 && lost.some(({ report }) => report.isFailsafe),
    lostBy: lost.map(({ name }) => name),
    lostBeside: lost.flatMap(({ databaseId }) => databaseId ?? []),
  }
}

function isPrimaryNow({ pulse }: DatabaseRecord): boolean {
  return pulse.state === 'fresh' && pulse.value.position.kind === 'primary'
}

function agentIn(
  { report: { agent, membersProblem = null }, at, databaseId }: Heard,
  settings: ManagerSettings | null,
  databases: readonly DatabaseRecord[],
): Agent | null {
  if (!agent) return null
  const record = databases.find(({ spec }) => spec.id === databaseId)
  const offsetMs = (record && lastGood(record.pulse)?.clockOffsetMs) ?? 0
  const seenAt = agent.dcsSeenAt === null ? null : agent.dcsSeenAt - offsetMs
  const ageMs = seenAt === null ? 0 : at - seenAt
  const ttlMs = (settings?.ttlSeconds ?? TTL_SECONDS) * 1000
  const loopMs = (settings?.loopWaitSeconds ?? LOOP_WAIT_SECONDS) * 1000
  // With the store it answers, even while nobody leads. Without it, it gives up after its retries.
  const isMissed = agent.isUnlocked && membersProblem !== null && ageMs > loopMs
  const isLost = ageMs > ttlMs || isMissed || (agent.isUnlocked && agent.isFailsafe)
  return { name: record?.displayName ?? agent.name ?? agent.address, databaseId, report: agent, seenAt, isLost }
}
