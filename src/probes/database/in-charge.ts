// What a manager says of itself, asked now and then where a database shows signs of one.

import { type Fault, FaultError } from '../../model/fault.ts'
import { MANAGER_INTERVAL_MS, type ManagerReport } from '../../model/in-charge.ts'
import type { Probe } from '../probe.ts'
import { askPatroni } from './patroni-rest.ts'
import { readRegistered } from './registered-nodes.ts'

/** Reports of every manager that answers. A fault only where one should and none did. */
export const inCharge: Probe<'manager', readonly ManagerReport[]> = {
  id: 'manager',
  at: 'manager',
  title: 'Who is in charge: scope, leader, members, pause',
  source:
    'Patroni’s REST (`/patroni` and `/cluster`, port 8008 of the database’s host), `repmgr.nodes`, `pgautofailover.node`',
  runs: 'always',
  every: { ms: MANAGER_INTERVAL_MS },
  needs: ['SELECT on the manager’s table'],
  async read({ link, signs, patroni }, signal) {
    const reports: ManagerReport[] = []
    let fault: Fault | null = null
    const keep = async (asked: Promise<readonly ManagerReport[]>) => {
      try {
        reports.push(...(await asked))
      } catch (error) {
        if (!(error instanceof FaultError)) throw error
        fault ??= error.fault
      }
    }
    if (patroni !== null) await keep(askPatroni(patroni, signal).then((report) => [report]))
    for (const table of signs.tables) await keep(readRegistered(link, table, signal))
    if (fault !== null && reports.length === 0) throw new FaultError(fault)
    return reports
  },
}
