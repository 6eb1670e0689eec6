// The lines of the audit log: their fields, and the chain of hashes that shows a change.

/** `resource`: state changes of what is watched; `user`: actions of people; `task`: scheduled and automatic work. */
export const AUDIT_CATEGORIES = ['resource', 'user', 'task'] as const
export type AuditCategory = (typeof AUDIT_CATEGORIES)[number]

/** Who wrote an entry: pgdeck into its audit log, or an application server into its own. */
export const AUDIT_ORIGINS = ['pgdeck', 'application'] as const
export type AuditOrigin = (typeof AUDIT_ORIGINS)[number]

export interface Principal {
  readonly user: string
  /** Address of the SSH client; null for a local session. */
  readonly ssh: string | null
  readonly tty: string | null
}

/** One line without its place in the chain. */
export interface AuditEntry {
  /** Milliseconds since the epoch; a line has it as RFC 3339 in UTC. */
  readonly at: number
  readonly who: Principal
  readonly cluster: string | null
  /** Id of the server or database; null for the whole cluster. */
  readonly server: string | null
  readonly category: AuditCategory
  readonly what: string
  /** The plan and the result of an action; null for other entries. */
  readonly plan: unknown
  readonly result: unknown
}

/** The result of the last verification of all hashes. Times are milliseconds since the epoch. */
export type AuditCheck =
  | { readonly state: 'unread' }
  /** Entries in a recording: without their hashes. */
  | { readonly state: 'copied' }
  | { readonly state: 'whole'; readonly at: number; readonly lines: number }
  | {
      readonly state: 'touched'
      readonly at: number
      readonly file: string
      readonly line: number
      /** The text after the file and the line. */
      readonly why: string
    }
  | { readonly state: 'unreadable'; readonly at: number; readonly why: string }

export const AUDIT_UNREAD: AuditCheck = { state: 'unread' }

/** The hash that the first line of a log gives for its previous line. */
export const FIRST_AUDIT_HASH = '0'.repeat(64)

/** Returns an entry as a line without its line break. `previous` is the SHA-256 of the previous line, in hexadecimal. */
export function auditLine(entry: AuditEntry, previous: string): string {
  const { at, who, cluster, server, category, what, plan, result } = entry
  return JSON.stringify({
    at: new Date(at).toISOString(),
    who: { user: who.user, ssh: who.ssh, tty: who.tty },
    cluster,
    server,
    category,
    what,
    plan,
    result,
    previous,
  })
}
