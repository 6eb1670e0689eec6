// Alert thresholds: pairs of limits, and which way round they go.

import * as z from 'zod'
import { duration, size } from './fields.ts'

type Direction = 'higher is worse' | 'lower is worse'

/** Two limits in their order; one that is left out keeps its default, and the pair is checked after that. */
function limits<Input extends string | number>(
  field: () => z.ZodType<number, Input>,
  defaults: { readonly warning: NoInfer<Input>; readonly critical: NoInfer<Input> },
  direction: Direction,
  description: string,
) {
  return z
    .strictObject({
      warning: field()
        .prefault(defaults.warning as never)
        .meta({ description: 'Warning from here on.' }),
      critical: field()
        .prefault(defaults.critical as never)
        .meta({ description: 'Critical from here on.' }),
    })
    .superRefine((pair, context) => {
      const ordered = direction === 'higher is worse' ? pair.warning <= pair.critical : pair.warning >= pair.critical
      if (ordered) return
      const order = direction === 'higher is worse' ? 'not above' : 'not below'
      context.addIssue({ code: 'custom', message: `a "warning" that is ${order} "critical"` })
    })
    .prefault({})
    .meta({ description })
}

function percent() {
  const allowed = 'a number from 0 to 100'
  return z.number({ error: allowed }).min(0, { error: allowed }).max(100, { error: allowed })
}

function days() {
  const allowed = 'a number of days from 0 to 3650'
  return z.number({ error: allowed }).min(0, { error: allowed }).max(3650, { error: allowed })
}

const HIGHER: Direction = 'higher is worse'
const LOWER: Direction = 'lower is worse'

/** `alerts` of a cluster; durations come out in milliseconds, sizes in bytes. */
export const alerts = z
  .strictObject({
    replicationLagBytes: limits(
      size,
      { warning: '8MB', critical: '64MB' },
      HIGHER,
      'Write-ahead log that a replica has yet to replay.',
    ),
    replicationLagSeconds: limits(
      duration,
      { warning: '10s', critical: '60s' },
      HIGHER,
      'Age of the last commit that a replica has replayed while there is more to replay.',
    ),
    sessionsPercent: limits(
      percent,
      { warning: 80, critical: 95 },
      HIGHER,
      'Sessions in percent of what max_connections allows.',
    ),
    slotRetained: limits(
      size,
      { warning: '1GB', critical: '10GB' },
      HIGHER,
      'Write-ahead log kept back by one replication slot.',
    ),
    certificateDays: limits(
      days,
      { warning: 30, critical: 7 },
      LOWER,
      'Days until the TLS certificate of a server expires.',
    ),
    diskFreePercent: limits(percent, { warning: 15, critical: 5 }, LOWER, 'Free disk space in percent.'),
    backupAge: limits(duration, { warning: '26h', critical: '50h' }, HIGHER, 'Age of the newest backup.'),
    idleInTransaction: limits(
      duration,
      { warning: '5m', critical: '30m' },
      HIGHER,
      'How long a session has held a transaction open without doing anything.',
    ),
  })
  .prefault({})
  .meta({ title: 'Alert thresholds', description: 'When a figure is worth a warning, and when it is critical.' })

export type RawAlerts = z.output<typeof alerts>
