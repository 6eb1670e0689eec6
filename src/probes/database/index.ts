// The probes of databases.

export { pulse } from './pulse.ts'
