// A condition: one thing that may be wrong in the picture, before duration and hysteresis make it an alert.

import type { ClusterManager } from '../../managers/detection/cluster-manager.ts'
import type { EntryPointView } from '../../measured/entry-points/entry-point-view.ts'
import type { ClusterSnapshot } from '../../measured/snapshot.ts'
import type { Limits } from '../../measured/spec.ts'
import type {
  AlertRule,
  DatabaseView,
  HostView,
  LinkView,
  Mirroring,
  ServerView,
  Serving,
  Severity,
  SlotView,
} from '../../picture/picture.ts'
import type { SplitBrain } from '../../picture/split-brain.ts'
import type { Subject } from '../../picture/subject.ts'
import type { LocalReachability } from '../../reachability/local-reachability.ts'
import type { Member } from '../../replication/member.ts'
import type { ReplicationLink } from '../../replication/replication-link.ts'
import type { ClusterRun } from '../../runs/lock/cluster-run.ts'
import type { ScheduleRunner } from '../../values/schedule-runner.ts'

/** Everything that rules read. */
export interface RuleInput {
  readonly snapshot: ClusterSnapshot
  readonly reachability: LocalReachability
  readonly members: readonly Member[]
  readonly replicationLinks: readonly ReplicationLink[]
  readonly databases: readonly DatabaseView[]
  readonly servers: readonly ServerView[]
  readonly entryPoints: readonly EntryPointView[]
  /** Runs in progress. */
  readonly runs: readonly ClusterRun[]
  readonly hosts: readonly HostView[]
  readonly links: readonly LinkView[]
  readonly slots: readonly SlotView[]
  readonly mirroring: readonly Mirroring[]
  readonly serving: Serving | null
  readonly schedules: ScheduleRunner | null
  readonly manager: ClusterManager | null
  readonly splitBrains: readonly SplitBrain[]
  readonly now: number
}

/** One rule: returns all its conditions in a cluster. */
export type ConditionRule = (findings: RuleInput) => readonly AlertCondition[]

export interface AlertCondition {
  readonly rule: AlertRule
  readonly subject: Subject
  /** The severity now; null if it only keeps an alert from ending. */
  readonly severity: Severity | null
  /** The severity that an active alert may keep: by limits that are a fifth lower. */
  readonly severityToKeep: Severity | null
  readonly message: string
  /** The message for an alert of this severity, if it names the limit; null if it names none. */
  readonly messageAt: ((severity: Severity) => string) | null
  /** When it alerts: at once, after it has lasted, or, if other readings contradict it, after it has lasted longer. */
  readonly timing: 'at-once' | 'sustained' | 'contradicted'
  /** When it began, if that is known better than "now". */
  readonly since: number | null
}

/** An alert ends below this share of its threshold. */
const CLEARS_AT = 0.8

/** A condition that alerts at once. */
export function immediate(
  rule: AlertRule,
  subject: Subject,
  severity: Severity,
  message: string,
  since: number | null = null,
): AlertCondition {
  return { rule, subject, severity, severityToKeep: severity, message, messageAt: null, timing: 'at-once', since }
}

/** A condition that alerts after it has lasted. */
export function afterInterval(rule: AlertRule, subject: Subject, severity: Severity, message: string): AlertCondition {
  return {
    rule,
    subject,
    severity,
    severityToKeep: severity,
    message,
    messageAt: null,
    timing: 'sustained',
    since: null,
  }
}

/** A condition that other readings contradict: the next readings decide. */
export function conflicting(rule: AlertRule, subject: Subject, severity: Severity, message: string): AlertCondition {
  return { ...afterInterval(rule, subject, severity, message), timing: 'contradicted' }
}

/**
 * A figure against its limits; `describe` gets the limit of the severity. No condition if the figure is unknown or well
 * below.
 */
export function aboveThreshold(
  rule: AlertRule,
  subject: Subject,
  figure: number | null,
  limits: Limits,
  describe: (limit: number) => string,
): readonly AlertCondition[] {
  if (figure === null) return []
  const severity = severityOf(figure, limits)
  const severityToKeep = severityOf(figure, {
    warning: limits.warning * CLEARS_AT,
    critical: limits.critical * CLEARS_AT,
  })
  return limited(rule, subject, { severity, severityToKeep }, limits, describe)
}

/** The same for a figure that must not fall below its limits. An alert ends at a fourth above them. */
export function belowThreshold(
  rule: AlertRule,
  subject: Subject,
  figure: number | null,
  limits: Limits,
  describe: (limit: number) => string,
): readonly AlertCondition[] {
  if (figure === null) return []
  const negative = (share: number) => ({ warning: -limits.warning / share, critical: -limits.critical / share })
  const severity = severityOf(-figure, negative(1))
  const severityToKeep = severityOf(-figure, negative(CLEARS_AT))
  return limited(rule, subject, { severity, severityToKeep }, limits, describe)
}

/** Limits the severity: a figure that was not critical for long enough is a warning, and names that limit. */
function limited(
  rule: AlertRule,
  subject: Subject,
  { severity, severityToKeep }: Pick<AlertCondition, 'severity' | 'severityToKeep'>,
  limits: Limits,
  describe: (limit: number) => string,
): readonly AlertCondition[] {
  if (severityToKeep === null) return []
  const messageAt = (each: Severity) => describe(limits[each])
  const message = messageAt(severity ?? severityToKeep)
  return [{ rule, subject, severity, severityToKeep, message, messageAt, timing: 'sustained', since: null }]
}

function severityOf(figure: number, limits: Limits): Severity | null {
  if (figure >= limits.critical) return 'critical'
  return figure >= limits.warning ? 'warning' : null
}
