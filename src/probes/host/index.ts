// The measurements of hosts: the one pgdeck runs on, and those of the config.

export { machine } from './machine.ts'
export { vitals } from './vitals.ts'
