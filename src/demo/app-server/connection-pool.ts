// The few database connections an application server keeps: opened when used, opened again when lost.

import { type DemoSession, type DemoSessionOptions, openDemoSession } from '../../io/postgres/demo-session.ts'

export interface ConnectionPool {
  /** Runs a statement on the next connection. Throws when the database can't be reached within the limit. */
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>
  /** Opens every connection that isn't open. */
  warm(): Promise<void>
  close(): Promise<void>
}

/** A pool of `size` connections; nothing is opened yet. */
export function openConnectionPool(size: number, options: DemoSessionOptions): ConnectionPool {
  const slots: (Promise<DemoSession> | null)[] = Array.from({ length: size }, () => null)
  let turn = 0
  let closed = false

  async function sessionAt(index: number): Promise<DemoSession> {
    const current = slots[index] ?? null
    const session = await current?.catch(() => null)
    if (session && !session.isLost()) return session
    if (slots[index] !== current) return await sessionAt(index)
    if (closed) throw new Error(`${options.applicationName} is stopped`)
    const opening = openDemoSession(options)
    slots[index] = opening
    return await opening
  }

  return {
    query: async (text, values) => {
      turn = (turn + 1) % size
      return await (await sessionAt(turn)).query(text, values)
    },
    warm: async () => {
      await Promise.all(slots.map((_, index) => sessionAt(index)))
    },
    close: async () => {
      closed = true
      await Promise.all(slots.map((slot) => slot?.then((session) => session.close()).catch(() => {})))
    },
  }
}
