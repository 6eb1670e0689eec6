// Alert conditions of single databases: down, unreadable, full of sessions, archiver, clock.

import { postmasterStatusText } from '../../hosts/postmaster-text.ts'
import type { DatabasePulse } from '../../measured/pulse.ts'
import { readOnlyByDefault, readOnlyByDefaultText } from '../../measured/read-only-default.ts'
import type { DatabaseView, Severity } from '../../picture/picture.ts'
import { isActivePrimary, isPrimary, isWritable } from '../../picture/roles.ts'
import { isDown } from '../../picture/status.ts'
import { subjectOf } from '../../picture/subject.ts'
import { lastHeardByOthers } from '../../reachability/local-reachability.ts'
import { type Member, mayBeSameSystem } from '../../replication/member.ts'
import { sessionsPercent, sessionsText } from '../../sessions/user-connections.ts'
import { pendingRestartText } from '../../settings/pending-restart.ts'
import {
  archiverStallOf,
  archiverStallSeconds,
  archiverStallText,
  workingArchiver,
} from '../../storage/archiver-stall.ts'
import type { Fault } from '../../values/fault.ts'
import { formatAge, formatSeconds } from '../../values/units.ts'
import { type ClockReading, clockConditions, clockSkewSeconds } from './clock-conditions.ts'
import { type AlertCondition, aboveThreshold, afterInterval, immediate, type RuleInput } from './condition.ts'

export function databaseConditions(findings: RuleInput): readonly AlertCondition[] {
  const byId = new Map(findings.members.map((node) => [node.id, node]))
  return findings.databases.flatMap((view) => {
    const node = byId.get(view.id)
    if (!node) return []
    return [...presence(view, node, findings), ...(node.isFresh ? figures(view, node, findings) : [])]
  })
}

function presence(view: DatabaseView, node: Member, findings: RuleInput): readonly AlertCondition[] {
  const { problem } = view
  if (isDown(view)) {
    const severity = absenceSeverity(view, node, findings)
    const seen = postmasterStatusText(view, findings.hosts)
    const reason = problem?.message ?? 'it does not answer'
    const message = `${view.name} ${view.status}: ${reason}${seen === null ? '' : `; ${seen}`}`
    return [immediate('database-inactive', subjectOf(view.id), severity, message, view.since)]
  }
  if ((node.state === 'unreadable' || node.state === 'unasked') && problem) {
    const full = connectionsUsedUp(problem)
    if (full !== null) {
      const message = `${view.name} ${full.text}: ${problem.message}`
      return [immediate('sessions', subjectOf(view.id), full.severity, message, problem.since)]
    }
    const rule = problem.code === 'pooler' ? 'pooler' : 'stale'
    return [
      immediate(rule, subjectOf(view.id), 'warning', `${view.name} can’t be read: ${problem.message}`, problem.since),
    ]
  }
  const sign =
    problem && node.state === 'unseen' ? lastHeardByOthers(view.id, problem.since, findings.reachability) : null
  if (problem && sign) {
    const message = `${view.name} is not visible from here, but ${sign.text}: ${problem.message}`
    return [immediate('stale', subjectOf(view.id), 'warning', message, problem.since)]
  }
  return outdated(view, findings)
}

/**
 * Whether a refused session shows that users are refused too; null: it does not. The connection limit of our role
 * concerns only us.
 */
export function connectionsUsedUp({ code, reason }: Pick<Fault, 'code' | 'reason'>) {
  if (code !== 'too-many-connections' || reason === 'role-limit') return null
  return reason === 'database-limit'
    ? ({ severity: 'warning', text: 'has reached the connection limit of the database that pgdeck uses' } as const)
    : ({ severity: 'critical', text: 'has no connection slots left' } as const)
}

/**
 * Losing a database that users write to is worse than losing a standby. A primary that was replaced counts as a
 * standby.
 */
function absenceSeverity(view: DatabaseView, node: Member, { members, databases, servers }: RuleInput): Severity {
  const replaced = members.some((other) => other !== node && isWritable(other) && mayBeSameSystem(other, node))
  if (isPrimary(view)) return replaced ? 'warning' : 'critical'
  if (view.role !== 'unknown' || !view.configured) return 'warning'
  const used = servers.some((server) => server.databaseId === view.id && server.type !== 'read-only')
  const somePrimary = databases.some(isActivePrimary)
  return used || !somePrimary ? 'critical' : 'warning'
}

function outdated(view: DatabaseView, { snapshot, now }: RuleInput): readonly AlertCondition[] {
  if (view.readAt === null || view.status === 'unknown' || view.problem) return []
  const age = now - view.readAt
  if (age <= outdatedAfterMs(snapshot.intervalMs)) return []
  return [
    immediate('stale', subjectOf(view.id), 'warning', `${view.name} was last read ${formatAge(age)} ago`, view.readAt),
  ]
}

/** From this age on a reading is not only dimmed but also alerts: a poll is missing. */
export function outdatedAfterMs(intervalMs: number): number {
  return Math.max(5 * intervalMs, 15_000)
}

function figures(view: DatabaseView, node: Member, findings: RuleInput): readonly AlertCondition[] {
  const { pulse } = node
  if (!pulse) return []
  const { thresholds } = findings.snapshot.spec
  const { longestIdleInTransactionSeconds: idle } = pulse.sessions
  const percent = sessionsPercent(pulse.sessions)
  const conditions = [
    ...aboveThreshold('sessions', subjectOf(view.id), percent, thresholds.sessionsPercent, (limit) => {
      return `${view.name}: ${sessionsText(pulse.sessions)}, limit ${limit} %`
    }),
    ...aboveThreshold('idle-in-transaction', subjectOf(view.id), idle, thresholds.idleInTransactionSeconds, (limit) => {
      return `${view.name}: a session is idle in a transaction for ${formatSeconds(idle ?? 0)}, limit ${formatSeconds(limit)}`
    }),
    ...throughPooler(view, pulse),
    ...waitsForRestart(view, pulse),
    ...clockConditions(view.id, view.name, clockSkewSeconds(clockOf(pulse), findings)),
  ]
  const archiver = workingArchiver(pulse)
  if (archiver?.failing) {
    const wal = archiver.lastFailedWal ?? 'a segment'
    conditions.push(afterInterval('archiver', subjectOf(view.id), 'warning', `${view.name}: archiving fails at ${wal}`))
  }
  const stall = archiverStallOf(pulse)
  if (stall !== null && stall !== 'unknown') {
    const limits = thresholds.archiverStalledSeconds
    const seconds = archiverStallSeconds(stall, limits)
    const words = () => `${view.name}: ${archiverStallText(stall)}`
    conditions.push(...aboveThreshold('archiver-stalled', subjectOf(view.id), seconds, limits, words))
  }
  if (!isWritable(node)) return conditions
  const readOnly = readOnlyByDefault(pulse)
  if (readOnly.kind === 'server' || readOnly.kind === 'databases') {
    const severity = readOnly.kind === 'server' ? 'critical' : 'warning'
    const message = `${view.name} ${readOnlyByDefaultText(readOnly)}`
    conditions.push(immediate('primary-read-only', subjectOf(view.id), severity, message))
  }
  return conditions
}

function waitsForRestart({ id, name }: DatabaseView, { pendingRestart }: DatabasePulse): readonly AlertCondition[] {
  const names = pendingRestart?.names ?? []
  if (names.length === 0) return []
  return [immediate('pending-restart', subjectOf(id), 'warning', `${name}: ${pendingRestartText(names)}`)]
}

/** Through a pooler each query may reach another server, and pgdeck does not act through it. */
function throughPooler({ id, name }: DatabaseView, { pooler }: DatabasePulse): readonly AlertCondition[] {
  if (pooler === undefined) return []
  const message = `${name} is read through a connection pooler (${pooler}): connect to the server itself`
  return [immediate('pooler', subjectOf(id), 'warning', message)]
}

/** The error of a reading is half a round trip. */
function clockOf({ clockOffsetMs, roundTripMs }: DatabasePulse): ClockReading {
  return { offsetMs: clockOffsetMs, uncertaintyMs: roundTripMs / 2 }
}
