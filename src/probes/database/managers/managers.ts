// Asks a manager for its report and looks for its traces, now and then beside the polls.

import { MANAGER_INTERVAL_MS } from '../../../model/managers/detection/intervals.ts'
import type { ManagerReport } from '../../../model/measured/managers/manager-report.ts'
import type { ManagerTraces } from '../../../model/measured/managers/manager-signs.ts'
import { type Fault, FaultError } from '../../../model/values/fault.ts'
import type { Probe } from '../../probe.ts'
import { readManagerTraces } from './manager-traces.ts'
import { readPatroni } from './patroni-rest.ts'
import { readRegisteredNodes } from './repmgr-pgaf-nodes.ts'

/** The share of the time limit that a request may take which often hangs. */
const SHARE = 0.8

export interface ManagerProbeResult {
  readonly reports: readonly ManagerReport[]
  /** Why Patroni's REST API did not answer; null if it answered, or was not asked. */
  readonly problem: Fault | null
  /** null: not asked, or the request failed. */
  readonly traces: ManagerTraces | null
}

/** Returns the answers that arrived, and why the others are missing. */
export const managerProbe: Probe<'manager', ManagerProbeResult> = {
  id: 'manager',
  scope: 'manager',
  title: 'The cluster manager: scope, leader, members, pause, plans, traces',
  source:
    'Patroni’s REST (`/patroni` and `/cluster`; each minute `/config` and `/history`; port 8008 of the database’s host), ' +
    '`repmgr.nodes`, `repmgr.events`, `pgautofailover.node`, `pgautofailover.event`, ' +
    'pg_settings, pg_extension, the first lines of pg_hba.conf and postgresql.conf',
  runs: 'always',
  every: { ms: MANAGER_INTERVAL_MS },
  needs: [
    'SELECT on the manager’s table',
    'pg_read_server_files with EXECUTE on pg_read_binary_file, for the lines of files',
  ],
  async read({ link, tables, patroni, limitMs, wantsTraces }, signal) {
    // A database that hangs must not discard the answer of Patroni.
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(Math.max(1, Math.round(limitMs * SHARE)))])
    const [own, registered, traces] = await Promise.all([
      patroni === null ? null : settled(readPatroni({ ...patroni, signal, inTime })),
      Promise.all(tables.map((table) => settled(readRegisteredNodes(link, table, inTime)))),
      wantsTraces ? settled(readManagerTraces(link, inTime)) : null,
    ])
    const rows = registered.flatMap((each) => (each.ok ? each.value : []))
    return {
      reports: [...(own?.ok ? [own.value] : []), ...rows],
      problem: own && !own.ok ? own.fault : null,
      traces: traces?.ok ? traces.value : null,
    }
  },
}

type Settled<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly fault: Fault }

/**
 * A FaultError of one request must not hide the other answers. Any other error is thrown again, as a defect of pgdeck.
 */
async function settled<Value>(asked: Promise<Value>): Promise<Settled<Value>> {
  try {
    return { ok: true, value: await asked }
  } catch (error) {
    if (error instanceof FaultError) return { ok: false, fault: error.fault }
    throw error
  }
}
