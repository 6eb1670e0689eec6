// The front desk of an application server: who is let in, who is sent elsewhere, and the sessions of those who are in.

import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerType } from '../../model/measured/spec.ts'
import type { AuditFile } from './audit-file.ts'

/** What the desk knows of its server. */
export interface HandlerContext {
  readonly id: string
  readonly type: ServerType
  readonly databaseId: string
  /** Whether its database takes writes; null while it can't be reached. */
  writable(): boolean | null
  /** Address of the server that visitors of a read-only server are sent to; null when none of the others is active. */
  activePeer(): string | null
  readonly audit: Pick<AuditFile, 'user'>
  /** Runs a statement whose first parameter is the server's name. Throws when the database doesn't answer. */
  sql<Row>(text: string, ...values: readonly unknown[]): Promise<readonly Row[]>
}

type AccessDecision =
  | { readonly access: 'read-write' | 'read-only'; readonly status: 200 }
  | { readonly access: 'redirects'; readonly status: 302; readonly to: string }
  | { readonly access: 'none'; readonly status: 503 }

const SORRY = 'The database does not answer.\n'

/** Answers the requests of one server. */
export class RequestHandler {
  readonly #premises: HandlerContext
  /** Sessions of a read-only server, which has no table to write to. */
  readonly #guests = new Set<string>()

  constructor(premises: HandlerContext) {
    this.#premises = premises
  }

  /** Ends all sessions: what a former run of the server left behind is nobody's session any more. */
  async clear(): Promise<void> {
    this.#guests.clear()
    if (this.#premises.type === 'read-only') return
    await this.#premises.sql('delete from app_sessions where server = $1').catch(() => {})
  }

  /** Answers one request, whatever happens. */
  async answer(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const path = asked.url ?? '/'
    try {
      if (path === '/api/status') reply(answer, 200, 'application/json', JSON.stringify(await this.#status()))
      else if (path === '/' && asked.method === 'GET') this.#receive(answer)
      else if (path === '/sessions' && asked.method === 'POST') await this.#login(answer)
      else if (path.startsWith('/sessions/') && asked.method === 'DELETE') await this.#logout(path, answer)
      else reply(answer, 404, 'text/plain', 'There is no such page.\n')
    } catch {
      reply(answer, 503, 'text/plain', SORRY)
    }
  }

  /** What a visitor gets now: a page, another server's address, or an apology. */
  #reception(): AccessDecision {
    const { type } = this.#premises
    const writable = this.#premises.writable()
    const elsewhere = this.#premises.activePeer()
    if (writable === null) return { access: 'none', status: 503 }
    if (type !== 'read-only') return writable ? { access: 'read-write', status: 200 } : { access: 'none', status: 503 }
    return elsewhere === null
      ? { access: 'read-only', status: 200 }
      : { access: 'redirects', status: 302, to: elsewhere }
  }

  #receive(answer: ServerResponse): void {
    const reception = this.#reception()
    if (reception.status === 302) reply(answer, 302, 'text/plain', '', { location: reception.to })
    else if (reception.status === 503) reply(answer, 503, 'text/plain', SORRY)
    else reply(answer, 200, 'text/html; charset=utf-8', loginPage(this.#premises.id, reception.access))
  }

  async #login(answer: ServerResponse): Promise<void> {
    if (this.#reception().status !== 200) {
      this.#receive(answer)
      return
    }
    const id = randomUUID()
    if (this.#premises.type === 'read-only') this.#guests.add(id)
    else await this.#premises.sql('insert into app_sessions (server, id) values ($1, $2)', id)
    this.#premises.audit.user(id, 'logged in')
    reply(answer, 201, 'application/json', JSON.stringify({ id }))
  }

  async #logout(path: string, answer: ServerResponse): Promise<void> {
    const id = path.slice('/sessions/'.length)
    if (this.#premises.type === 'read-only') this.#guests.delete(id)
    else await this.#premises.sql('delete from app_sessions where server = $1 and id::pg_catalog.text = $2', id)
    this.#premises.audit.user(id, 'logged out')
    reply(answer, 204, 'text/plain', '')
  }

  async #status(): Promise<Record<string, unknown>> {
    const { id, type, databaseId } = this.#premises
    const writable = this.#premises.writable()
    return {
      name: id,
      type,
      access: this.#reception().access,
      database: { name: databaseId, reachable: writable !== null, writable },
      sessions: { active: await this.#activeSessions() },
    }
  }

  async #activeSessions(): Promise<number | null> {
    if (this.#premises.type === 'read-only') return this.#guests.size
    const sql = 'select pg_catalog.count(*)::int as active from app_sessions where server = $1'
    const rows = await this.#premises.sql<{ active: number }>(sql).catch(() => [])
    return rows[0]?.active ?? null
  }
}

function reply(answer: ServerResponse, status: number, type: string, body: string, headers: object = {}): void {
  if (answer.headersSent || answer.destroyed) return
  answer.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', ...headers }).end(body)
}

/** The login page; both words are our own, so nothing in it needs escaping. */
function loginPage(server: string, access: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${server}</title></head>
<body>
<h1>Sign in</h1>
<p>You are on <b>${server}</b>; access: ${access}.</p>
<form method="post" action="/sessions"><button>Sign in as a guest</button></form>
</body>
</html>
`
}
