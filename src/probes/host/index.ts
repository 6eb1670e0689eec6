// The measurements of hosts: the one pgdeck runs on, and those of the config.

export { machine } from './configured-host.ts'
export { vitals } from './own-host.ts'
