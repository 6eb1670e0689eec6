// The checks of a database that are about its connections and transactions.

import type { DatabaseConfig } from '../../config/config.ts'
import {
  judgeConnections,
  judgeHorizon,
  judgeIds,
  judgeLocks,
  judgePrepared,
  judgeTransactions,
} from '../../model/diagnosis/transactions.ts'
import { type XminHorizon, xminHorizonOf } from '../../model/sessions/xmin-horizon.ts'
import type { DiagnosisReadings } from './diagnosis-readings.ts'
import type { DiagnosisChecks } from './target-checks.ts'

/** Returns these checks. All of them use the pulse that the other checks use. */
export function transactionChecks(config: DatabaseConfig): DiagnosisChecks {
  const limits = (readings: DiagnosisReadings) => readings.input.config.spec.thresholds
  return {
    connections: async (readings) => judgeConnections(await readings.pulse(config), limits(readings)),
    locks: async (readings) => judgeLocks(await readings.pulse(config), limits(readings)),
    transactions: async (readings) => judgeTransactions(await readings.pulse(config), limits(readings)),
    prepared: async (readings) => judgePrepared(await readings.pulse(config), limits(readings)),
    horizon: async (readings) =>
      judgeHorizon(await readings.pulse(config), horizonOf(readings, config), limits(readings)),
    ids: async (readings) => judgeIds(await readings.pulse(config), limits(readings)),
  }
}

/** By the readings of all nodes when the diagnosis began. */
function horizonOf({ input }: DiagnosisReadings, { spec }: DatabaseConfig): XminHorizon {
  const view = input.picture.databases.find(({ id }) => id === spec.id)
  return view ? xminHorizonOf(view, input.picture) : { kind: 'unknown' }
}
