// Parses what Patroni's REST API answers, in the words of versions 2.1 to 4: what is not understood is unknown.

import * as z from 'zod'
import { type ManagedRole, type MemberTags, NO_MEMBER_FACTS } from '../../../model/measured/managers/manager-member.ts'
import type {
  AgentReport,
  ManagerEvent,
  ManagerMember,
  ManagerSettings,
  ScheduledSwitchover,
} from '../../../model/measured/managers/manager-report.ts'
import { clean } from '../../../model/values/text.ts'

/** Names of members are names of hosts or pods. */
const LONGEST_TEXT = 200
/** Larger clusters do not exist: another service answers. */
const MOST_MEMBERS = 200

const text = z.string().transform((given) => clean(given.slice(0, 4 * LONGEST_TEXT)).slice(0, LONGEST_TEXT))
const optionalText = text.nullable().catch(null).prefault(null)
const figure = z.number().nonnegative().nullable().catch(null).prefault(null)
const flag = z.boolean().catch(false).prefault(false)

const tags = z
  .object({
    nofailover: flag,
    failover_priority: z.number().nullable().catch(null).prefault(null),
    noloadbalance: flag,
    nosync: flag,
    replicatefrom: optionalText,
  })
  .nullable()
  .catch(null)
  .prefault(null)

const scheduledRestart = z.object({ schedule: z.string() }).nullable().catch(null).prefault(null)
const restartReasons = z.record(z.string(), z.unknown()).nullable().catch(null).prefault(null)

/** `/patroni`: an agent about itself. */
export const agentDocument = z.object({
  database_system_identifier: z.string().regex(/^\d+$/).nullable().catch(null).prefault(null),
  pause: flag,
  state: optionalText,
  dcs_last_seen: figure,
  cluster_unlocked: flag,
  failsafe_mode_is_active: flag,
  watchdog_failed: flag,
  patroni: z.object({ version: text, scope: text, name: optionalText }),
})

const member = z.object({
  name: text,
  role: z.string(),
  state: optionalText,
  host: optionalText,
  port: z.int().min(1).max(65_535).nullable().catch(null).prefault(null),
  api_url: z.string().nullable().catch(null).prefault(null),
  timeline: figure,
  lag: figure,
  tags,
  pending_restart: flag,
  pending_restart_reason: restartReasons,
  scheduled_restart: scheduledRestart,
})

/** `/cluster`: all members, and what is planned. */
export const clusterDocument = z.object({
  pause: flag,
  members: z.array(member).max(MOST_MEMBERS),
  scheduled_switchover: z
    .object({ at: z.string(), from: optionalText, to: optionalText })
    .nullable()
    .catch(null)
    .prefault(null),
})

const positive = (otherwise: number) => z.number().positive().catch(otherwise).prefault(otherwise)

/** `/config`: settings of the whole cluster, with Patroni's own defaults. */
export const settingsDocument = z
  .object({
    ttl: positive(30),
    loop_wait: positive(10),
    retry_timeout: positive(10),
    maximum_lag_on_failover: z.number().nonnegative().catch(1_048_576).prefault(1_048_576),
    synchronous_mode: z.union([z.boolean(), z.string()]).nullable().catch(null).prefault(null),
    synchronous_mode_strict: flag,
    failsafe_mode: flag,
    standby_cluster: z.unknown().optional(),
  })
  .transform((given): ManagerSettings => {
    return {
      ttlSeconds: given.ttl,
      loopWaitSeconds: given.loop_wait,
      retrySeconds: given.retry_timeout,
      mostLagBytes: given.maximum_lag_on_failover,
      synchronousMode: synchronousMode(given.synchronous_mode),
      isStrict: given.synchronous_mode_strict,
      isFailsafeMode: given.failsafe_mode,
      isStandbyCluster: typeof given.standby_cluster === 'object' && given.standby_cluster !== null,
    }
  })

/** `/history`: one row per timeline, the newest last: number, position, reason, time, new leader. */
export const historyDocument = z.array(z.array(z.unknown())).transform((rows): ManagerEvent | null => {
  const [timeline, , , at, leader] = rows.at(-1) ?? []
  if (typeof timeline !== 'number') return null
  const by = typeof leader === 'string' ? `, by ${clean(leader).slice(0, LONGEST_TEXT)}` : ''
  return { at: instantOf(typeof at === 'string' ? at : ''), text: `timeline ${timeline} ended${by}` }
})

function synchronousMode(given: boolean | string | null): ManagerSettings['synchronousMode'] {
  if (given === 'quorum') return 'quorum'
  return given === true || /^(on|true|yes|1)$/i.test(String(given)) ? 'on' : 'off'
}

const LEADING = new Set(['leader', 'standby_leader', 'master', 'primary'])
const ROLES: Readonly<Record<string, ManagedRole>> = {
  leader: 'leader',
  master: 'leader',
  primary: 'leader',
  standby_leader: 'standby-leader',
  sync_standby: 'sync',
  quorum_standby: 'quorum',
  replica: 'replica',
}

/** A member in the words of the model. */
export function memberOf(given: z.output<typeof member>): ManagerMember {
  const { name, role, state, host, port } = given
  return {
    name,
    host,
    port,
    isLeader: LEADING.has(role),
    state,
    facts: {
      ...NO_MEMBER_FACTS,
      role: Object.hasOwn(ROLES, role) ? (ROLES[role] ?? null) : null,
      timeline: given.timeline,
      lagBytes: given.lag,
      tags: tagsOf(given.tags),
      priority: given.tags?.failover_priority ?? null,
      pendingRestart: given.pending_restart ? reasonsOf(given.pending_restart_reason) : null,
      restartAt: given.scheduled_restart && instantOf(given.scheduled_restart.schedule),
      upstream: given.tags?.replicatefrom ?? null,
      api: given.api_url === null ? null : (URL.parse(given.api_url)?.host ?? null),
    },
  }
}

/** `failover_priority` of 0 or less says the same as `nofailover`. */
function tagsOf(given: z.output<typeof tags>): MemberTags {
  return {
    noFailover: given?.nofailover === true || (given?.failover_priority ?? 1) <= 0,
    noLoadBalance: given?.noloadbalance ?? false,
    noSync: given?.nosync ?? false,
    replicateFrom: given?.replicatefrom ?? null,
  }
}

/** Names of settings; versions before 4 give none. */
function reasonsOf(reasons: Readonly<Record<string, unknown>> | null): readonly string[] {
  return Object.keys(reasons ?? {})
    .slice(0, 20)
    .map((name) => clean(name).slice(0, LONGEST_TEXT))
}

/** The agent that answered at this address. */
export function agentOf(given: z.output<typeof agentDocument>, address: string): AgentReport {
  return {
    address,
    name: given.patroni.name,
    version: given.patroni.version,
    state: given.state,
    dcsSeenAt: given.dcs_last_seen === null ? null : given.dcs_last_seen * 1000,
    isUnlocked: given.cluster_unlocked,
    isFailsafe: given.failsafe_mode_is_active,
    hasWatchdogFailed: given.watchdog_failed,
  }
}

/** null: nothing is planned, or its time is not one. */
export function switchoverOf(
  given: z.output<typeof clusterDocument>['scheduled_switchover'],
): ScheduledSwitchover | null {
  const at = given === null ? null : instantOf(given.at)
  return given === null || at === null ? null : { at, from: given.from, to: given.to }
}

function instantOf(given: string): number | null {
  const at = Date.parse(given)
  return Number.isFinite(at) ? at : null
}
