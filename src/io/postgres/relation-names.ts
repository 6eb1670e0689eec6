// Names of relations in databases other than the watched one: asked by a short session with their own database, and kept.

import { isSameServer, type ServerIdentity } from '../../model/measured/server-identity.ts'
import { clean } from '../../model/values/text.ts'
import { settledWithin } from '../network/wait-timeout.ts'
import { identifyServer } from './server-identity.ts'
import type { ServerSession } from './session/server-session.ts'

/** Names by oid; an oid without a relation is absent. */
export type NamesByOid = ReadonlyMap<number, string>

/** A reading waits no longer for names: they are told with the next one. */
const PATIENCE_MS = 500
/** A relation may be renamed, or its oid given to another. */
const KEPT_MS = 600_000
/** A database that this role may not enter, or that is slow, is left alone for so long. */
const ASKED_AGAIN_MS = 60_000
/** Sessions of one reading, and relations of one session. */
const MOST_DATABASES = 2
const MOST_RELATIONS = 200

const NAMES = `SELECT c.oid::pg_catalog.int8::pg_catalog.float8 AS oid,
    pg_catalog.regexp_replace(c.oid::pg_catalog.regclass::pg_catalog.text, '^public[.]', '') AS name
  FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.oid[])`

/**
 * Asks a session for names of relations in its database. Throws FaultError, or the driver's error; also if it leads to
 * another server than `server`.
 */
export async function askRelationNames(
  session: ServerSession,
  server: ServerIdentity,
  oids: readonly number[],
  signal: AbortSignal,
): Promise<NamesByOid> {
  const { identity } = await identifyServer(session, signal)
  if (!isSameServer(identity, server)) throw new Error('another server answers there')
  const rows = await session.run<{ oid: number; name: string }>({ text: NAMES, values: [oids] }, signal)
  return new Map(rows.map(({ oid, name }) => [oid, clean(name)]))
}

interface Known {
  readonly at: number
  /** null: there is no such relation. */
  readonly name: string | null
}

/** What is known of one server's other databases. */
export class RelationNames {
  readonly #known = new Map<string, Map<number, Known>>()
  readonly #notBefore = new Map<string, number>()
  readonly #asking = new Map<string, Promise<void>>()

  /**
   * The names that are known, of these relations by database. Those that are not are asked for, by one session for each
   * database; what takes longer than a moment is known next time. Never throws.
   */
  async at(
    wanted: ReadonlyMap<string, readonly number[]>,
    ask: (database: string, oids: readonly number[]) => Promise<NamesByOid>,
  ): Promise<ReadonlyMap<string, NamesByOid>> {
    const now = performance.now()
    const missing = [...wanted].flatMap(([database, oids]) => {
      const lacking = oids.filter((oid) => this.#fresh(database, oid, now) === null).slice(0, MOST_RELATIONS)
      const isDue = now >= (this.#notBefore.get(database) ?? 0) && !this.#asking.has(database)
      return lacking.length > 0 && isDue ? [{ database, lacking }] : []
    })
    for (const { database, lacking } of missing.slice(0, MOST_DATABASES - this.#asking.size)) {
      this.#asking.set(database, this.#ask(database, lacking, ask))
    }
    const asking = [...this.#asking].flatMap(([database, one]) => (wanted.has(database) ? [one] : []))
    if (asking.length > 0) await settledWithin(Promise.all(asking), PATIENCE_MS)
    return new Map([...wanted].map(([database, oids]) => [database, this.#names(database, oids)]))
  }

  #fresh(database: string, oid: number, now: number): Known | null {
    const known = this.#known.get(database)?.get(oid)
    return known && now - known.at < KEPT_MS ? known : null
  }

  #names(database: string, oids: readonly number[]): NamesByOid {
    return new Map(
      oids.flatMap((oid) => {
        const name = this.#known.get(database)?.get(oid)?.name
        return name == null ? [] : [[oid, name]]
      }),
    )
  }

  async #ask(
    database: string,
    oids: readonly number[],
    ask: (database: string, oids: readonly number[]) => Promise<NamesByOid>,
  ): Promise<void> {
    try {
      const found = await ask(database, oids)
      const at = performance.now()
      // Kept is what is asked for now: a server has no end of temporary tables.
      const before = [...(this.#known.get(database) ?? [])].filter(([, known]) => at - known.at < KEPT_MS)
      const now = oids.map((oid): [number, Known] => [oid, { at, name: found.get(oid) ?? null }])
      this.#known.set(database, new Map([...before.slice(-MOST_RELATIONS), ...now]))
    } catch {
      this.#notBefore.set(database, performance.now() + ASKED_AGAIN_MS)
    } finally {
      this.#asking.delete(database)
    }
  }
}
