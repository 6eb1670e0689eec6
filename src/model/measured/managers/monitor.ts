// The monitor of pg_auto_failover among the databases: it holds the states of others, and no data of users.

import type { ManagerSigns } from './manager-signs.ts'

const TABLE = 'pgautofailover.node'

/** True for a server whose superuser has the table of the monitor. */
export function isMonitor({ pulse }: { readonly pulse: { readonly managerSigns: ManagerSigns } | null }): boolean {
  return pulse?.managerSigns.tables.some(({ name, isPrivileged }) => name === TABLE && isPrivileged) ?? false
}
