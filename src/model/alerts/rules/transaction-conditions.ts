// Alert conditions of connections and transactions: limits that refuse users, waits for locks, old and prepared
// transactions, IDs that are not frozen, and what holds back the xmin horizon.

import type { DatabasePulse } from '../../measured/pulse.ts'
import type { DatabaseView } from '../../picture/picture.ts'
import { isWritable } from '../../picture/roles.ts'
import { subjectOf } from '../../picture/subject.ts'
import { lockWaitSeconds, lockWaitsText } from '../../sessions/lock-waits.ts'
import { idsText, oldestTransactionText, preparedText } from '../../sessions/transaction-text.ts'
import { reachedLimits } from '../../sessions/user-connections.ts'
import { xminHorizonOf, xminHorizonText } from '../../sessions/xmin-horizon.ts'
import { frozenIdText, oldestMultixactAge } from '../../storage/frozen-ids.ts'
import { formatSeconds } from '../../values/units.ts'
import { type AlertCondition, aboveThreshold, afterInterval, type RuleInput } from './condition.ts'

/** Returns the conditions of all databases whose last poll was answered. */
export function transactionConditions(findings: RuleInput): readonly AlertCondition[] {
  const byId = new Map(findings.members.map((member) => [member.id, member]))
  return findings.databases.flatMap((view) => {
    const member = byId.get(view.id)
    const pulse = member?.pulse
    if (!member?.isFresh || !pulse) return []
    return [
      ...connections(view, pulse, findings),
      ...lockWaits(view, pulse, findings),
      ...transactions(view, pulse, findings),
      ...(isWritable(member) ? ofPrimary(view, pulse, findings) : []),
    ]
  })
}

function connections({ id, name }: DatabaseView, pulse: DatabasePulse, { snapshot }: RuleInput) {
  const reached = reachedLimits(pulse, snapshot.spec.thresholds.sessionsPercent)
  const [worst] = reached
  if (!worst) return []
  const message = `${name}: ${reached.map(({ text }) => text).join('; ')}`
  return [afterInterval('connections-for-users', subjectOf(id), worst.severity, message)]
}

function lockWaits({ id, name }: DatabaseView, pulse: DatabasePulse, { snapshot }: RuleInput) {
  const { lockWaits: waits } = pulse
  const { lockWaitsSeconds: limits } = snapshot.spec.thresholds
  return aboveThreshold('lock-waits', subjectOf(id), lockWaitSeconds(pulse), limits, () => {
    return `${name}: ${waits ? lockWaitsText(waits) : ''}`
  })
}

function transactions({ id, name }: DatabaseView, pulse: DatabasePulse, { snapshot }: RuleInput) {
  const oldest = pulse.transactions?.oldest ?? null
  const { transactionAgeSeconds: limits } = snapshot.spec.thresholds
  return aboveThreshold('transaction-age', subjectOf(id), oldest?.seconds ?? null, limits, (limit) => {
    return `${name}: ${oldest ? oldestTransactionText(oldest) : ''}, limit ${formatSeconds(limit)}`
  })
}

function ofPrimary(view: DatabaseView, pulse: DatabasePulse, findings: RuleInput): readonly AlertCondition[] {
  const { name } = view
  const { thresholds } = findings.snapshot.spec
  const subject = subjectOf(view.id)
  const prepared = pulse.transactions?.prepared
  const oldest = prepared?.oldest ?? null
  const ages = [
    ['wraparound', 'transactions', pulse.oldestTransactionAge, thresholds.transactionIdAge],
    ['multixact', 'multixacts', oldestMultixactAge(pulse), thresholds.multixactIdAge],
  ] as const
  return [
    ...aboveThreshold(
      'prepared-transactions',
      subject,
      oldest?.seconds ?? null,
      thresholds.preparedTransactionAgeSeconds,
      (limit) => `${name}: ${oldest ? preparedText(oldest, prepared?.count ?? 1) : ''}, limit ${formatSeconds(limit)}`,
    ),
    ...horizon(view, findings),
    ...ages.flatMap(([rule, kind, age, limits]) =>
      aboveThreshold(rule, subject, age, limits, () => `${name}: ${frozenIdText(kind, age ?? 0, pulse)}`),
    ),
  ]
}

function horizon(view: DatabaseView, findings: RuleInput): readonly AlertCondition[] {
  const found = xminHorizonOf(view, findings)
  if (found.kind !== 'held') return []
  const { holder } = found
  const { xminHorizonAge: limits } = findings.snapshot.spec.thresholds
  return aboveThreshold('xmin-horizon', subjectOf(view.id), holder.age, limits, (limit) => {
    return `${view.name}: ${xminHorizonText(holder)}, limit ${idsText(limit)}`
  })
}
