// The probes of databases.

export { backup } from './backup.ts'
export { inCharge } from './in-charge.ts'
export { LOOKS } from './looks.ts'
export { pulse } from './pulse.ts'
