// One thing that may be wrong, as one look at the picture shows it: before duration and hysteresis make it an alert.

import type { Manager } from '../../managers/detection/cluster-manager.ts'
import type { ClusterSnapshot } from '../../measured/snapshot.ts'
import type { Limits } from '../../measured/spec.ts'
import type {
  AlertRule,
  DatabaseView,
  Exchange,
  HostView,
  Link,
  ServerView,
  Serving,
  Severity,
  SlotView,
} from '../../picture/picture.ts'
import type { Sight } from '../../reachability/local-reachability.ts'
import type { Node } from '../../replication/member.ts'
import type { Edge } from '../../replication/replication-link.ts'
import type { SplitBrain } from '../../split-brain/split-brain.ts'

/** Everything that rules look at. */
export interface Findings {
  readonly snapshot: ClusterSnapshot
  readonly sight: Sight
  readonly nodes: readonly Node[]
  readonly edges: readonly Edge[]
  readonly databases: readonly DatabaseView[]
  readonly servers: readonly ServerView[]
  readonly hosts: readonly HostView[]
  readonly links: readonly Link[]
  readonly slots: readonly SlotView[]
  readonly exchange: readonly Exchange[]
  readonly serving: Serving | null
  readonly manager: Manager | null
  readonly splitBrains: readonly SplitBrain[]
  readonly now: number
}

export interface Condition {
  readonly rule: AlertRule
  readonly subject: string
  /** How bad it is now; null while it only is not good enough yet to end an alert. */
  readonly severity: Severity | null
  /** How bad an alert that stands already may stay: by limits that are a fifth lower. */
  readonly holding: Severity | null
  readonly message: string
  /** The same for an alert of this severity, where the message names the limit; null where it names none. */
  readonly messageAt: ((severity: Severity) => string) | null
  /** Told at once, only after it has lasted, or, what other readings contradict, after it has lasted longer. */
  readonly lasting: 'at-once' | 'sustained' | 'contradicted'
  /** When it began, if that is known better than "now". */
  readonly since: number | null
}

/** An alert ends below this share of its threshold. */
const CLEARS_AT = 0.8

/** Something that is told at once. */
export function told(
  rule: AlertRule,
  subject: string,
  severity: Severity,
  message: string,
  since: number | null = null,
): Condition {
  return { rule, subject, severity, holding: severity, message, messageAt: null, lasting: 'at-once', since }
}

/** Something that is told when it has lasted. */
export function sustained(rule: AlertRule, subject: string, severity: Severity, message: string): Condition {
  return { rule, subject, severity, holding: severity, message, messageAt: null, lasting: 'sustained', since: null }
}

/** Something that other readings contradict: the next answers tell which are right. */
export function contradicted(rule: AlertRule, subject: string, severity: Severity, message: string): Condition {
  return { ...sustained(rule, subject, severity, message), lasting: 'contradicted' }
}

/** A figure against its limits; `describe` gets the limit of the severity that is told. Nothing when it is unknown or well below. */
export function measured(
  rule: AlertRule,
  subject: string,
  figure: number | null,
  limits: Limits,
  describe: (limit: number) => string,
): readonly Condition[] {
  if (figure === null) return []
  const severity = severityOf(figure, limits, 1)
  const holding = severityOf(figure, limits, CLEARS_AT)
  if (holding === null) return []
  return [limited(rule, subject, { severity, holding }, limits, describe)]
}

/** The same for a figure that must not fall below its limits; an alert ends a fourth above them. */
export function measuredBelow(
  rule: AlertRule,
  subject: string,
  figure: number | null,
  limits: Limits,
  describe: (limit: number) => string,
): readonly Condition[] {
  if (figure === null) return []
  const negative = (share: number) => ({ warning: -limits.warning / share, critical: -limits.critical / share })
  const severity = severityOf(-figure, negative(1), 1)
  const holding = severityOf(-figure, negative(CLEARS_AT), 1)
  if (holding === null) return []
  return [limited(rule, subject, { severity, holding }, limits, describe)]
}

/** Not worse than it is told: what has not lasted yet as something critical is a warning, and names that limit. */
function limited(
  rule: AlertRule,
  subject: string,
  found: { readonly severity: Severity | null; readonly holding: Severity },
  limits: Limits,
  describe: (limit: number) => string,
): Condition {
  const messageAt = (severity: Severity) => describe(limits[severity])
  const message = messageAt(found.severity ?? found.holding)
  return { rule, subject, ...found, message, messageAt, lasting: 'sustained', since: null }
}

function severityOf(figure: number, limits: Limits, share: number): Severity | null {
  if (figure >= limits.critical * share) return 'critical'
  return figure >= limits.warning * share ? 'warning' : null
}
