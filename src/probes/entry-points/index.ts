// The probes of what applications connect to in place of a database.

export { ADDRESS_INTERVAL_MS, addressProbe, LOGGED_ADDRESS_INTERVAL_MS } from './address.ts'
export { poolerProbe } from './pooler.ts'
export { proxyProbe } from './proxy.ts'
