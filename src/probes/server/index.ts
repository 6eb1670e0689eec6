// The measurements of application servers.

export { healthProbe } from './http-health.ts'
export { userSessionsProbe } from './user-sessions.ts'
