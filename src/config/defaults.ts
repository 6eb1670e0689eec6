// Alert thresholds in the units of the model, and the defaults of the schema for a cluster without a file.

import type { Limits, Thresholds } from '../model/measured/spec.ts'
import type { RecordConfig } from './config.ts'
import { defaultAlerts, type RawAlerts } from './schema/alerts.ts'

/** What is recorded, and how long it is kept, without a file. */
export const DEFAULT_RECORD: RecordConfig = {
  screen: false,
  statements: false,
  keepMs: 7 * 86_400_000,
  maxBytes: 1024 ** 3,
}

export const DEFAULT_INTERVAL_MS = 2_000
export const DEFAULT_TIMEOUT_MS = 1_500

/** From the config's units (milliseconds, bytes) to the model's (seconds, bytes); without alerts in the file, the defaults. */
export function resolveThresholds(raw: RawAlerts = defaultAlerts()): Thresholds {
  return {
    replicationLagBytes: raw.replicationLagBytes,
    replicationLagSeconds: inSeconds(raw.replicationLagSeconds),
    sessionsPercent: raw.sessionsPercent,
    slotRetainedBytes: raw.slotRetained,
    certificateDays: raw.certificateDays,
    diskFreePercent: raw.diskFreePercent,
    backupAgeSeconds: inSeconds(raw.backupAge),
    idleInTransactionSeconds: inSeconds(raw.idleInTransaction),
    lockWaitsSeconds: inSeconds(raw.lockWaits),
    transactionAgeSeconds: inSeconds(raw.transactionAge),
    preparedTransactionAgeSeconds: inSeconds(raw.preparedTransactionAge),
    xminHorizonAge: raw.xminHorizonAge,
    transactionIdAge: raw.transactionIdAge,
    multixactIdAge: raw.multixactIdAge,
    commitWaitSeconds: inSeconds(raw.commitWait),
    archiverStalledSeconds: inSeconds(raw.archiverStalled),
    replayStalledSeconds: inSeconds(raw.replayStalled),
    poolerWaitSeconds: inSeconds(raw.poolerWait),
  }
}

function inSeconds(limits: Limits): Limits {
  return { warning: limits.warning / 1000, critical: limits.critical / 1000 }
}

/** What holds when nothing is configured. */
export function defaultThresholds(): Thresholds {
  return resolveThresholds()
}
