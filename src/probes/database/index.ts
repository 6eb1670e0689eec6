// The probes of databases.

export { backupProbe } from './backup/latest-backup.ts'
export { loginProbe, newConnectionProbe } from './connections/new-connections.ts'
export { exchangeProbe } from './exchange/exchange-backlog.ts'
export { managerProbe } from './managers/managers.ts'
export { ON_DEMAND_PROBES } from './on-demand-queries.ts'
export { pulseProbe } from './pulse/pulse.ts'
