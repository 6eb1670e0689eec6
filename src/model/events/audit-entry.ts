// The audit trail's lines: what each one keeps, and the chain of hashes that shows whether one was changed.

/** `resource`: state changes of what is watched; `user`: what people did; `task`: scheduled and automatic work. */
export const AUDIT_CATEGORIES = ['resource', 'user', 'task'] as const
export type AuditCategory = (typeof AUDIT_CATEGORIES)[number]

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
  /** Id of the server or database; null for the cluster as a whole. */
  readonly server: string | null
  readonly category: AuditCategory
  readonly what: string
  /** What an act was planned to do, and how it ended; null for what is no act. */
  readonly plan: unknown
  readonly result: unknown
}

/** What was found when all lines were last held against their hashes. Instants in milliseconds since the epoch. */
export type AuditCheck =
  | { readonly state: 'unread' }
  | { readonly state: 'whole'; readonly at: number; readonly lines: number }
  | {
      readonly state: 'touched'
      readonly at: number
      readonly file: string
      readonly line: number
      /** To be read after the file and the line. */
      readonly why: string
    }
  | { readonly state: 'unreadable'; readonly at: number; readonly why: string }

export const AUDIT_UNREAD: AuditCheck = { state: 'unread' }

/** What the first line of a trail names as the hash of the line before it. */
export const FIRST_AUDIT_HASH = '0'.repeat(64)

/** An entry as it is written, without the line break. `previous` is the SHA-256 of the line before, in hexadecimal. */
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
