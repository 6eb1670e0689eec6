// The measurements of hosts: this host, and the configured ones.

export { configuredHostProbe } from './configured-host.ts'
export { ownHostProbe } from './own-host.ts'
