// The measurements of this host.

export { vitals } from './vitals.ts'
