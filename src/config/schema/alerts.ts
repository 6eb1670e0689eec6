// Alert thresholds: pairs of limits, and which way round they go.

import * as z from 'zod'
import { parseDuration, parseSize } from '../../model/values/units.ts'
import { durationField, sizeField } from './fields.ts'

type Direction = 'higher is worse' | 'lower is worse'

interface Threshold {
  readonly kind: 'size' | 'duration' | 'percent' | 'days' | 'ids'
  /** As they would be written in the file. */
  readonly warning: string | number
  readonly critical: string | number
  readonly direction: Direction
  readonly description: string
}

/** Every threshold, its defaults and which way round it goes. */
const THRESHOLDS = {
  replicationLagBytes: {
    kind: 'size',
    warning: '8MB',
    critical: '64MB',
    direction: 'higher is worse',
    description: 'WAL that a standby has yet to replay.',
  },
  replicationLagSeconds: {
    kind: 'duration',
    warning: '10s',
    critical: '60s',
    direction: 'higher is worse',
    description: 'Age of the last commit that a standby has replayed, while more is left to replay.',
  },
  sessionsPercent: {
    kind: 'percent',
    warning: 80,
    critical: 95,
    direction: 'higher is worse',
    description:
      'Sessions in percent of the connections that ordinary users may take: max_connections without the reserved ones.',
  },
  slotRetained: {
    kind: 'size',
    warning: '1GB',
    critical: '10GB',
    direction: 'higher is worse',
    description: 'WAL that one replication slot retains.',
  },
  certificateDays: {
    kind: 'days',
    warning: 30,
    critical: 7,
    direction: 'lower is worse',
    description: 'Days until the TLS certificate of a server expires.',
  },
  diskFreePercent: {
    kind: 'percent',
    warning: 15,
    critical: 5,
    direction: 'lower is worse',
    description: 'Free disk space in percent.',
  },
  backupAge: {
    kind: 'duration',
    warning: '26h',
    critical: '50h',
    direction: 'higher is worse',
    description: 'Age of the newest backup.',
  },
  idleInTransaction: {
    kind: 'duration',
    warning: '5m',
    critical: '30m',
    direction: 'higher is worse',
    description: 'How long a session has been idle in a transaction.',
  },
  lockWaits: {
    kind: 'duration',
    warning: '10s',
    critical: '2m',
    direction: 'higher is worse',
    description: 'How long a session has waited for a lock; advisory locks do not count.',
  },
  transactionAge: {
    kind: 'duration',
    warning: '2h',
    critical: '12h',
    direction: 'higher is worse',
    description: 'Age of the oldest transaction of a session, whatever the session does.',
  },
  preparedTransactionAge: {
    kind: 'duration',
    warning: '5m',
    critical: '1h',
    direction: 'higher is worse',
    description: 'Age of the oldest prepared transaction.',
  },
  xminHorizonAge: {
    kind: 'ids',
    warning: 100_000_000,
    critical: 500_000_000,
    direction: 'higher is worse',
    description: 'Age of the xmin horizon in transactions: rows that were deleted since then can’t be removed.',
  },
  transactionIdAge: {
    kind: 'ids',
    warning: 1_200_000_000,
    critical: 1_800_000_000,
    direction: 'higher is worse',
    description: 'Age of the oldest unfrozen transaction ID. PostgreSQL accepts no writes from 2 144 million on.',
  },
  multixactIdAge: {
    kind: 'ids',
    warning: 1_200_000_000,
    critical: 1_800_000_000,
    direction: 'higher is worse',
    description: 'Age of the oldest unfrozen MultiXact ID. PostgreSQL accepts no writes from 2 144 million on.',
  },
  replayStalled: {
    kind: 'duration',
    warning: '10s',
    critical: '60s',
    direction: 'higher is worse',
    description: 'How long replay of a standby has stood still although more was received and nobody paused it.',
  },
  poolerWait: {
    kind: 'duration',
    warning: '5s',
    critical: '30s',
    direction: 'higher is worse',
    description: 'How long a client waits in a pooler for a connection to the database.',
  },
  archiverStalled: {
    kind: 'duration',
    warning: '5m',
    critical: '30m',
    direction: 'higher is worse',
    description:
      'How long WAL has waited to be archived while nothing was. Eight files that wait are a warning before that.',
  },
  commitWait: {
    kind: 'duration',
    warning: '2s',
    critical: '10s',
    direction: 'higher is worse',
    description:
      'Run time of a statement whose commit waits for a synchronous standby, while enough standbys can confirm it.',
  },
} as const satisfies Readonly<Record<string, Threshold>>

type Name = keyof typeof THRESHOLDS

/** Of every threshold both limits: durations in milliseconds, sizes in bytes. */
export type RawAlerts = Readonly<Record<Name, { readonly warning: number; readonly critical: number }>>

const FIELDS = { size: sizeField, duration: durationField, percent, days, ids }

function percent() {
  const allowed = 'a number from 0 to 100'
  return z.number({ error: allowed }).min(0, { error: allowed }).max(100, { error: allowed })
}

function days() {
  const allowed = 'a number of days from 0 to 3650'
  return z.number({ error: allowed }).min(0, { error: allowed }).max(3650, { error: allowed })
}

function ids() {
  const allowed = 'a number of transactions from 0 to 2147483647'
  return z.number({ error: allowed }).min(0, { error: allowed }).max(2_147_483_647, { error: allowed })
}

/** Two limits in their order; one that is left out keeps its default, and the pair is checked after that. */
function limits({ kind, warning, critical, direction, description }: Threshold) {
  const field = FIELDS[kind] as () => z.ZodType<number, string | number>
  return z
    .strictObject({
      warning: field().prefault(warning).meta({ description: 'Warning from here on.' }),
      critical: field().prefault(critical).meta({ description: 'Critical from here on.' }),
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

function ofEach<Value>(value: (threshold: Threshold) => Value): Record<Name, Value> {
  const pairs = Object.entries(THRESHOLDS).map(([name, threshold]) => [name, value(threshold)])
  return Object.fromEntries(pairs)
}

/** `alertsSchema` of a cluster; durations come out in milliseconds, sizes in bytes. Most files have none. */
export const alertsSchema = z.lazy(() =>
  z
    .strictObject(ofEach(limits))
    .meta({ title: 'Alert thresholds', description: 'Limits for a warning and for critical.' }),
)

/** What holds where a file says nothing. */
export function defaultAlerts(): RawAlerts {
  const inUnits = ({ kind }: Threshold, written: string | number) =>
    typeof written === 'number' ? written : ((kind === 'size' ? parseSize : parseDuration)(written) ?? Number.NaN)
  return ofEach((threshold) => ({
    warning: inUnits(threshold, threshold.warning),
    critical: inUnits(threshold, threshold.critical),
  }))
}
