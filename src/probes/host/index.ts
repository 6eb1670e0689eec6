// The measurements of hosts: the one pgdeck runs on, and those of the config.

export { configuredHostProbe } from './configured-host.ts'
export { ownHostProbe } from './own-host.ts'
