// Alert conditions of managers: a manager that should be running and does not answer.

import type { ClusterManager } from '../../managers/detection/cluster-manager.ts'
import type { ManagedMember } from '../../managers/detection/manager-details.ts'
import { managerTitle } from '../../managers/manager-guard.ts'
import { MANAGER_TITLES, type ManagerKind } from '../../measured/managers/manager-signs.ts'
import type { DatabaseRecord, ManagerSource } from '../../measured/snapshot.ts'
import { isPrimary } from '../../picture/roles.ts'
import { subjectOf } from '../../picture/subject.ts'
import { faultOf, lastGood } from '../../values/reading.ts'
import { formatSeconds } from '../../values/units.ts'
import { type AlertCondition, afterInterval, immediate, type RuleInput } from './condition.ts'

/**
 * A database whose agent does not run has no automatic failover, and a primary without an agent stays writable when
 * another one is promoted. The silent agent of a database that is down adds nothing.
 */
export function managerConditions(input: RuleInput): readonly AlertCondition[] {
  const { manager, databases, snapshot } = input
  if (!manager || manager.activity === 'hint') return silentSources(input, [])
  const silent = databases.filter(({ id, problem }) => problem === null && manager.agents[id] === 'silent')
  const runsElsewhere = databases.some(({ id }) => manager.agents[id] === 'runs')
  const ofDatabases = silent.flatMap((view) => {
    const record = snapshot.databases.find(({ spec }) => spec.id === view.id)
    if (!record || isFirstMiss(record)) return []
    const isLeft = runsElsewhere && isPrimary(view)
    const place = whereOf(record)
    const isLive = manager.activity === 'live'
    const agent = isLive && place === LEFT_TRACES ? SILENT_AGENT[manager.kind] : undefined
    const silence = agent ?? `${managerTitle(manager)} does not answer${place}`
    // What comes first is not cut off on a narrow screen.
    const message = isLeft
      ? `beside ${view.name} another one will be promoted${withinText(manager)}, and ${view.name} continues: ${silence}`
      : `${view.name}: ${silence}: nothing fails over to or from it by itself`
    const severity = isLeft ? 'critical' : 'warning'
    // A session that reconnects is missing for a moment. A single poll must report everything.
    const isCertain = record.spec.patroni !== undefined || record.history.length <= 1
    const rule = manager.activity === 'live' ? 'manager-agent-down' : 'manager-silent'
    return [(isCertain ? immediate : afterInterval)(rule, subjectOf(view.id), severity, message)]
  })
  const told = ofDatabases.map(({ subject }) => subject.owner)
  const members = manager.details?.members.filter(({ databaseId }) => databaseId !== null && told.includes(databaseId))
  return [...silentSources(input, members ?? []), ...ofDatabases]
}

/** Where the manager itself tells that the agent beside one database is gone. */
const SILENT_AGENT: Readonly<Partial<Record<ManagerKind, string>>> = {
  patroni: 'its agent of Patroni does not answer',
  repmgr: 'its repmgrd does not run',
  pg_auto_failover: 'its keeper does not report to the monitor',
}

/**
 * Declared addresses of the cluster that do not answer: without its monitor, pg_auto_failover does nothing. Those of
 * members that have an alert of their own are left out.
 */
function silentSources({ snapshot }: RuleInput, told: readonly ManagedMember[]): readonly AlertCondition[] {
  const silent = (snapshot.managerSources ?? []).flatMap((source) => {
    const { kind, address, reading } = source
    if (told.some((member) => isAgentOf(source, member))) return []
    const fault = faultOf(reading) ?? lastGood(reading)?.unresponsiveAgent?.problem ?? null
    const isFirst = (lastGood(reading)?.unresponsiveAgent?.failures ?? 2) < 2 && lastGood(reading)?.lastReport != null
    return fault === null || isFirst ? [] : [`${MANAGER_TITLES[kind]} at ${address}: ${fault.message}`]
  })
  if (silent.length === 0) return []
  const isMonitor = snapshot.managerSources?.some(({ kind }) => kind === 'pg_auto_failover')
  const then = isMonitor ? ': nothing fails over by itself while its monitor is away' : ''
  const message = `what is configured as "manager" does not answer${then} (${silent.join('; ')})`
  return [immediate('manager-silent', subjectOf(snapshot.spec.name), 'warning', message)]
}

/** By the name that the agent told before, else by the address that the manager lists. */
function isAgentOf({ address, reading }: ManagerSource, { name, facts }: ManagedMember): boolean {
  const answer = lastGood(reading)
  const agent = (answer?.reports[0] ?? answer?.lastReport?.report)?.agent
  if (agent && agent.name !== null) return agent.name === name
  return facts?.api != null && URL.parse(address)?.host === facts.api
}

/** The lock of a leader ends without its agent. */
function withinText({ details }: ClusterManager): string {
  const ttl = details?.settings?.ttlSeconds
  return ttl === undefined ? '' : ` within ${formatSeconds(ttl)} (ttl)`
}

/** One lost answer of an agent that answered before: it is asked again first. */
function isFirstMiss({ manager }: DatabaseRecord): boolean {
  const answer = manager ? lastGood(manager) : null
  return answer?.unresponsiveAgent != null && answer.unresponsiveAgent.failures < 2 && answer.lastReport !== null
}

const LEFT_TRACES = ', though it has left traces'

function whereOf({ spec, manager }: DatabaseRecord): string {
  const silent = manager ? lastGood(manager)?.unresponsiveAgent : null
  if (silent) return ` at ${silent.address} (${silent.problem.message})`
  return spec.patroni === undefined ? LEFT_TRACES : ` at ${spec.patroni}`
}
