// The probes of databases.

export { backup } from './backup/latest-backup.ts'
export { inCharge } from './managers/managers.ts'
export { LOOKS } from './on-demand-queries.ts'
export { pulse } from './pulse/pulse.ts'
