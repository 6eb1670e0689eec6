// The audit of a demo's application server: a line of JSON for each login and logout, and for what the server itself does.

import { dirname, join } from 'node:path'
import { appendText, makeFolder } from '../../io/files/sync-files.ts'

const USERS = ['amina', 'boris', 'chen', 'dara', 'elif', 'femi', 'greta', 'hiro'] as const

/** The file of a server, beside the data directories of the demo. */
export function auditFileOf(server: string, dataDirectory: string): string {
  return join(dirname(dataDirectory), 'audit', `${server}.log`)
}

export interface AuditFile {
  /** What the user of a session did. */
  user(session: string, what: string): void
  /** What the server did by itself, or saw. */
  server(category: 'Task' | 'Resource', what: string): void
}

/** Nothing is written before the first entry. A full disk ends no demo. */
export function openAuditFile(path: string): AuditFile {
  const write = (entry: object) => {
    try {
      makeFolder(dirname(path), null)
      appendText(path, `${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`)
    } catch {
      // The audit shows it by its missing entries.
    }
  }
  return {
    user(session, what) {
      const number = Number.parseInt(session.slice(0, 2), 16) || 0
      write({ who: USERS[number % USERS.length], category: 'User', what, from: `10.20.0.${(number % 250) + 1}` })
    },
    server: (category, what) => write({ who: null, category, what }),
  }
}
