// The measurements of application servers.

export { answer } from './answer.ts'
export { sessions } from './sessions.ts'
