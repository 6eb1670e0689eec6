// The probes of databases.

export { LOOKS } from './looks.ts'
export { pulse } from './pulse.ts'
