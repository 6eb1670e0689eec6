// The missing lines: all of them, and those that a promotion of one database would need.

import type { HbaAudit } from './audit.ts'
import type { HbaAuditEntry } from './entry.ts'
import type { HbaProposal } from './propose.ts'

/** One line to add to the file of one database, with the clients that it admits. */
export interface MissingHbaLine extends HbaProposal {
  readonly toId: string
  readonly to: string
  /** Names, in the order of the audit. Empty: the line only keeps the server from accepting the file. */
  readonly allowedClients: readonly string[]
}

/** Returns every line to add or to correct, each once; only of one database if `toId` is given. */
export function missingHbaLines({ entries, nodes }: HbaAudit, toId?: string): readonly MissingHbaLine[] {
  const byLine = new Map<string, MissingHbaLine>()
  for (const { connection, proposal } of entries) {
    if (!proposal || (toId !== undefined && connection.toId !== toId)) continue
    const key = `${connection.toId}\0${proposal.line}`
    const known = byLine.get(key)
    const lets = [...new Set([...(known?.allowedClients ?? []), connection.from])]
    byLine.set(key, { ...(known ?? { ...proposal, toId: connection.toId, to: connection.to }), allowedClients: lets })
  }
  // No line of a file counts before its last broken line is corrected, so these come first.
  const mended = nodes.flatMap(({ id, name, invalidLines }) =>
    invalidLines.flatMap(({ problem: { file, line: number }, corrected, explanation }): MissingHbaLine[] => {
      if (corrected === null || number === null || (toId !== undefined && id !== toId)) return []
      const known = byLine.get(`${id}\0${corrected}`)?.replaces === number
      const place = { file, before: number, replaces: number, notes: [explanation] }
      return known ? [] : [{ ...place, line: corrected, toId: id, to: name, allowedClients: [] }]
    }),
  )
  return [...byLine.values(), ...mended]
}

export interface AfterFailoverAudit {
  /** `warn`: a client would be refused, or that is unknown. */
  readonly result: 'pass' | 'warn'
  /** One sentence. */
  readonly message: string
  readonly missing: readonly MissingHbaLine[]
  /** Clients that would be refused, whether a line would help or not. */
  readonly refused: readonly HbaAuditEntry[]
  readonly unknown: readonly HbaAuditEntry[]
}

/** Whether a database would admit standbys and application servers after its promotion. */
export function auditAfterFailover(audit: HbaAudit, targetId: string): AfterFailoverAudit {
  const needed = audit.entries.filter(({ connection }) => connection.toId === targetId && connection.kind !== 'watches')
  const node = audit.nodes.find(({ id }) => id === targetId)
  const name = node?.name ?? targetId
  const refused = needed.filter(({ result }) => ['missing', 'rejected', 'fails'].includes(result))
  const unknown = needed.filter(({ result }) => result === 'unknown')
  const missing = missingHbaLines({ ...audit, entries: refused }, targetId)
  const groups = { missing, refused, unknown }
  const broken = node?.invalidLines.length ?? 0
  if (broken > 0) return { result: 'warn', message: `pg_hba.conf of ${name}: ${node?.message ?? 'broken'}`, ...groups }
  if (refused.length > 0) return { result: 'warn', message: `${name} would refuse ${namesIn(refused)}`, ...groups }
  if (unknown.length > 0) {
    const why = unknown[0]?.message ?? ''
    return {
      result: 'warn',
      message: `whether pg_hba.conf of ${name} allows ${namesIn(unknown)} is unknown: ${why}`,
      ...groups,
    }
  }
  return { result: 'pass', message: `pg_hba.conf of ${name} allows all nodes that would follow or use it`, ...groups }
}

function namesIn(entries: readonly HbaAuditEntry[]): string {
  return [...new Set(entries.map(({ connection }) => connection.from))].join(', ')
}
