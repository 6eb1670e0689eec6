// One thing that may be wrong, as one look at the picture shows it: before duration and hysteresis make it an alert.

import type { ClusterManager } from '../../managers/detection/cluster-manager.ts'
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

/** Everything that rules look at. */
export interface RuleInput {
  readonly snapshot: ClusterSnapshot
  readonly reachability: LocalReachability
  readonly members: readonly Member[]
  readonly replicationLinks: readonly ReplicationLink[]
  readonly databases: readonly DatabaseView[]
  readonly servers: readonly ServerView[]
  readonly hosts: readonly HostView[]
  readonly links: readonly LinkView[]
  readonly slots: readonly SlotView[]
  readonly mirroring: readonly Mirroring[]
  readonly serving: Serving | null
  readonly manager: ClusterManager | null
  readonly splitBrains: readonly SplitBrain[]
  readonly now: number
}

/** One rule: everything that it finds to be told of a cluster. */
export type ConditionRule = (findings: RuleInput) => readonly AlertCondition[]

export interface AlertCondition {
  readonly rule: AlertRule
  readonly subject: Subject
  /** How bad it is now; null while it only is not good enough yet to end an alert. */
  readonly severity: Severity | null
  /** How bad an alert that stands already may stay: by limits that are a fifth lower. */
  readonly severityToKeep: Severity | null
  readonly message: string
  /** The same for an alert of this severity, where the message names the limit; null where it names none. */
  readonly messageAt: ((severity: Severity) => string) | null
  /** Told at once, only after it has lasted, or, what other readings contradict, after it has lasted longer. */
  readonly timing: 'at-once' | 'sustained' | 'contradicted'
  /** When it began, if that is known better than "now". */
  readonly since: number | null
}

/** An alert ends below this share of its threshold. */
const CLEARS_AT = 0.8

/** Something that is told at once. */
export function immediate(
  rule: AlertRule,
  subject: Subject,
  severity: Severity,
  message: string,
  since: number | null = null,
): AlertCondition {
  return { rule, subject, severity, severityToKeep: severity, message, messageAt: null, timing: 'at-once', since }
}

/** Something that is told when it has lasted. */
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

/** Something that other readings contradict: the next answers tell which are right. */
export function conflicting(rule: AlertRule, subject: Subject, severity: Severity, message: string): AlertCondition {
  return { ...afterInterval(rule, subject, severity, message), timing: 'contradicted' }
}

/** A figure against its limits; `describe` gets the limit of the severity that is told. Nothing when it is unknown or well below. */
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

/** The same for a figure that must not fall below its limits; an alert ends a fourth above them. */
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

/** Not worse than it is told: what has not lasted yet as something critical is a warning, and names that limit. */
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
