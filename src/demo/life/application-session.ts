// Sessions of the demo's applications: with the database that takes writes now, opened again when they were lost.

import { type DemoSession, openDemoSession } from '../../io/postgres/demo-session.ts'
import type { DemoDatabase } from '../postgres/demo-databases.ts'
import type { ApplicationRole } from './life-database.ts'

export interface ApplicationOptions {
  /** As `application_name` has it. */
  readonly name: string
  readonly role: ApplicationRole
  /** Limit of each statement, in milliseconds. */
  readonly limitMs: number
}

/** One session of an application, at most one at a time. */
export interface ApplicationSession {
  /** The open session, or a new one. Throws when no database takes writes. */
  get(): Promise<DemoSession>
  /** Ends it. After that `get` throws. */
  close(): Promise<void>
}

/** Opens sessions where the application works now. */
export type OpenSession = (options: ApplicationOptions) => Promise<DemoSession>

/** An application keeps one session, and opens another one when it is lost. */
export function keepSession(open: OpenSession, options: ApplicationOptions): ApplicationSession {
  let current: DemoSession | null = null
  let closed = false
  return {
    async get() {
      if (current && !current.isLost()) return current
      if (closed) throw new Error(`${options.name} is stopped`)
      const opened = await open(options)
      if (closed) await opened.close()
      current = opened
      return opened
    },
    async close() {
      closed = true
      await current?.close()
    },
  }
}

const LOOK_LIMIT_MS = 3_000
const REMEMBERED_MS = 1_000

/** Opens sessions on the first of the databases that takes writes, as a connection string with several hosts would. */
export function openWhereWritable(databases: readonly DemoDatabase[]): OpenSession {
  let looked: { readonly at: number; readonly found: Promise<DemoDatabase | null> } | null = null
  return async ({ name, role, limitMs }) => {
    // Many look at once when a database goes down: one look is enough for all.
    if (looked === null || Date.now() - looked.at > REMEMBERED_MS)
      looked = { at: Date.now(), found: firstWritable(databases) }
    const database = await looked.found
    if (!database) throw new Error('no database is writable')
    return await openAs(database, role, name, limitMs)
  }
}

/** Opens sessions on one database, whatever it is. */
export function openOn(database: DemoDatabase): OpenSession {
  return ({ name, role, limitMs }) => openAs(database, role, name, limitMs)
}

async function firstWritable(databases: readonly DemoDatabase[]): Promise<DemoDatabase | null> {
  for (const database of databases) if (await isWritable(database)) return database
  return null
}

async function isWritable(database: DemoDatabase): Promise<boolean> {
  try {
    const session = await openAs(database, 'web', 'web-shop', LOOK_LIMIT_MS)
    try {
      const [row] = await session.query<{ writable: boolean }>('select not pg_catalog.pg_is_in_recovery() as writable')
      return row?.writable === true
    } finally {
      await session.close()
    }
  } catch {
    return false
  }
}

function openAs({ node }: DemoDatabase, user: ApplicationRole, applicationName: string, limitMs: number) {
  const { host, port, password } = node
  return openDemoSession({ host, port, user, password, database: 'postgres', applicationName, limitMs })
}
