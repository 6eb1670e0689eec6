// The measurements of application servers.

export { answer } from './http-health.ts'
export { sessions } from './user-sessions.ts'
