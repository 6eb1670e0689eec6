// The server as judge: what its log says of a connection, and what its view says of a file.

import { closeSync, openSync, readSync } from 'node:fs'
import type { PostgresNode } from '../../../src/demo/postgres/postgres-node.ts'
import { fileSize } from '../../../src/io/files/sync-files.ts'
import { type Knock, knock } from './knock.ts'

export interface Judgement {
  readonly decision: 'allow' | 'reject' | 'no-match'
  /** null where the log does not name it: of refusals, and of `trust` before 17. */
  readonly file: string | null
  readonly line: number | null
}

/** The server's decision by its own log. Throws an Error when it says nothing of the kind. */
export async function judged(node: PostgresNode, asked: Knock): Promise<Judgement> {
  const before = fileSize(node.logFile)
  const answer = await knock(node, asked)
  if (answer.includes('no pg_hba.conf entry')) return { decision: 'no-match', file: null, line: null }
  if (answer.includes('pg_hba.conf rejects')) return { decision: 'reject', file: null, line: null }
  const log = logSince(node, before)
  const let_in = /connection authenticated: .*\(([^()]*):(\d+)\)$/m.exec(log)
  if (let_in) return { decision: 'allow', file: let_in[1] ?? null, line: Number(let_in[2]) }
  const refused = /Connection matched (?:file "([^"]*)"|pg_hba\.conf) line (\d+)/.exec(log)
  if (refused) return { decision: 'allow', file: refused[1] ?? null, line: Number(refused[2]) }
  // With `clientcert`, the certificate is asked for once a line was found.
  if (answer === 'welcome' || /client certificate/.test(answer)) return { decision: 'allow', file: null, line: null }
  throw new Error(`the log names no line of this answer: ${answer}\n${log}`)
}

/** What was written to its log after that many bytes. */
export function logSince(node: PostgresNode, offset: number): string {
  const file = openSync(node.logFile, 'r')
  try {
    const bytes = Buffer.alloc(Math.max(0, fileSize(node.logFile) - offset))
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, offset)).toString()
  } finally {
    closeSync(file)
  }
}

export interface ViewedLine {
  readonly file: string | null
  readonly line: number
  readonly type: string | null
  readonly databases: readonly string[] | null
  readonly users: readonly string[] | null
  readonly address: string | null
  readonly netmask: string | null
  readonly method: string | null
  readonly error: string | null
}

/** How the server itself understands the file as it is now. */
export function viewed(node: PostgresNode): Promise<readonly ViewedLine[]> {
  return node.query<ViewedLine>(`select to_jsonb(r) ->> 'file_name' as file, line_number as line, type,
    database as databases, user_name as users, address, netmask, auth_method as method, error
    from pg_hba_file_rules r`)
}
