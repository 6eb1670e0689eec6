// The probes of databases.

export { backupProbe } from './backup/latest-backup.ts'
export { managerProbe } from './managers/managers.ts'
export { ON_DEMAND_PROBES } from './on-demand-queries.ts'
export { pulseProbe } from './pulse/pulse.ts'
