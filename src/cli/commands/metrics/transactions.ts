// Metrics of transactions: ages of IDs, the oldest and prepared transactions, the xmin horizon, limits of connections.

import type { ConnectionLimit } from '../../../model/measured/transactions.ts'
import { isReadAsPrimary } from '../../../model/picture/roles.ts'
import { longestTransactionSeconds, preparedTransactions } from '../../../model/sessions/longest-transaction.ts'
import { xminHorizonOf } from '../../../model/sessions/xmin-horizon.ts'
import { oldestMultixactAge } from '../../../model/storage/frozen-ids.ts'
import { databaseSamples, isReadNow, knownSample, type MetricFamily } from './family.ts'

export const transactionFamilies: readonly MetricFamily[] = [
  {
    name: 'pgdeck_oldest_transaction_age',
    help: 'Age of the oldest unfrozen transaction ID in transactions; writes end at about 2.1e9.',
    labels: ['node'],
    samples: databaseSamples(({ pulse }) => pulse?.oldestTransactionAge),
  },
  {
    name: 'pgdeck_oldest_multixact_age',
    help: 'Age of the oldest unfrozen MultiXact ID in MultiXact IDs; writes end at about 2.1e9.',
    labels: ['node'],
    samples: databaseSamples(({ pulse }) => oldestMultixactAge(pulse)),
  },
  {
    name: 'pgdeck_multixact_members',
    help: 'Members of the MultiXact IDs that are kept (PostgreSQL 19 and newer).',
    labels: ['node'],
    samples: databaseSamples(({ pulse }) => pulse?.transactions?.multixactMembers),
  },
  {
    name: 'pgdeck_longest_transaction_seconds',
    help: 'Age of the oldest transaction of a session; 0 without one.',
    labels: ['node'],
    samples: databaseSamples(({ pulse }) => longestTransactionSeconds(pulse)),
  },
  {
    name: 'pgdeck_prepared_transactions',
    help: 'Prepared transactions of a primary.',
    labels: ['node'],
    samples: databaseSamples((view) => preparedTransactions(view)?.count),
  },
  {
    name: 'pgdeck_oldest_prepared_transaction_seconds',
    help: 'Age of the oldest prepared transaction of a primary; 0 without one.',
    labels: ['node'],
    samples: databaseSamples((view) => preparedTransactions(view)?.oldestSeconds),
  },
  {
    name: 'pgdeck_xmin_horizon_age',
    help: 'Age of the xmin horizon of a primary in transactions, held back by sessions, prepared transactions, slots or standbys.',
    labels: ['node'],
    samples: (picture) =>
      databaseSamples((view) => {
        if (!view.pulse || !isReadAsPrimary(view)) return null
        const found = xminHorizonOf(view, picture)
        return found.kind === 'unknown' ? null : found.kind === 'held' ? found.holder.age : 0
      })(picture),
  },
  {
    name: 'pgdeck_connection_limit',
    help: 'CONNECTION LIMIT of a role or a database that has sessions.',
    labels: ['node', 'kind', 'name'],
    samples: limitSamples(({ limit }) => limit),
  },
  {
    name: 'pgdeck_connection_limit_used',
    help: 'Sessions that count against the CONNECTION LIMIT of a role or a database.',
    labels: ['node', 'kind', 'name'],
    samples: limitSamples(({ used }) => used),
  },
]

function limitSamples(figure: (limit: ConnectionLimit) => number): MetricFamily['samples'] {
  return ({ databases }) =>
    databases
      .filter(isReadNow)
      .flatMap(({ id, pulse }) =>
        (pulse?.connectionLimits ?? []).flatMap((limit) =>
          knownSample(figure(limit), { node: id, kind: limit.kind, name: limit.name }),
        ),
      )
}
