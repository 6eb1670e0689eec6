// Details of a database: what the operator CloudNativePG tells of its cluster.

import type { OperatorReport } from '../../../model/measured/managers/manager-report.ts'
import { age, instant, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { detailField } from '../../frame/parts/field-list.ts'

type Fields = ReturnType<typeof detailField>

/** Its phase while all is well; CloudNativePG has no other word for that. */
const HEALTHY_PHASE = 'Cluster in healthy state'

/** Empty without an operator. `now`: milliseconds since the epoch. */
export function operatorFields(operator: OperatorReport | null, now: number): Fields {
  if (operator === null) return []
  const { phase, phaseReason, currentPrimary, targetPrimary, failingSince } = operator
  const { wantedInstances: wanted, readyInstances: ready } = operator
  const isWell = phase === HEALTHY_PHASE
  const isChanging = targetPrimary !== null && targetPrimary !== currentPrimary
  const reason = phaseReason === null ? '' : `: ${phaseReason}`
  return [
    ...detailField('its phase', phase && `${phase}${isWell ? '' : reason}`, isWell ? 'plain' : 'warning'),
    ...detailField(
      'primary changes',
      isChanging
        ? `${currentPrimary ?? 'none'} to ${targetPrimary === 'pending' ? 'a standby of its choice' : targetPrimary}`
        : null,
      'warning',
    ),
    ...detailField('primary unhealthy', failingSince === null ? null : `for ${age(failingSince, now)}`, 'critical'),
    ...detailField(
      'instances ready',
      ready === null ? null : `${ready} of ${wanted ?? UNKNOWN_TEXT}`,
      wanted !== null && ready !== null && ready < wanted ? 'warning' : 'plain',
    ),
    ...detailField(
      'hibernation',
      operator.isHibernated ? 'its cluster is hibernated: no instance runs' : null,
      'warning',
    ),
    ...detailField('node maintenance', operator.inNodeMaintenance ? 'a maintenance window is open' : null, 'warning'),
    ...certificateField(operator, now),
    ...detailField('its backups', backupText(operator, now), isBackupFailing(operator) ? 'warning' : 'plain'),
  ]
}

/** Days before the end of a certificate that the operator should have renewed: it does so seven days before. */
const LATE_MS = 7 * 24 * 3600_000

function certificateField({ certificates }: OperatorReport, now: number): Fields {
  const [first] = certificates.toSorted((one, other) => one.expiresAt - other.expiresAt)
  if (!first) return []
  const left = first.expiresAt - now
  const when = left <= 0 ? 'has expired' : `expires in ${seconds(left / 1000)}`
  return detailField(
    'its certificates',
    `${first.name} ${when}, the first of ${certificates.length}`,
    left < LATE_MS ? 'warning' : 'plain',
  )
}

function isBackupFailing({ lastBackupAt, lastFailedBackupAt }: OperatorReport): boolean {
  return lastFailedBackupAt !== null && (lastBackupAt === null || lastFailedBackupAt > lastBackupAt)
}

function backupText(
  { firstRecoverableAt, lastBackupAt, lastFailedBackupAt }: OperatorReport,
  now: number,
): string | null {
  const parts = [
    lastBackupAt === null ? null : `the last good one ${age(lastBackupAt, now)} ago`,
    lastFailedBackupAt === null ? null : `one failed ${age(lastFailedBackupAt, now)} ago`,
    firstRecoverableAt === null ? null : `recoverable from ${instant(firstRecoverableAt)}`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join('; ')
}
