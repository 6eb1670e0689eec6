// Asks the manager of one database for its own view, beside the polls, and only where there are signs of one.

import type { DatabaseConfig } from '../config/config.ts'
import type { DatabaseLink } from '../io/postgres.ts'
import type { DatabasePulse } from '../model/facts.ts'
import { MANAGER_INTERVAL_MS } from '../model/in-charge.ts'
import type { ManagerSigns } from '../model/manager-signs.ts'
import { inCharge } from '../probes/database/index.ts'
import type { Outcome } from '../state/event.ts'
import type { Store } from '../state/store.ts'
import { type Tracked, track } from './target.ts'

export interface ManagerTarget extends Tracked {
  /** What the database's latest poll found. */
  saw(outcome: Outcome<DatabasePulse>): void
}

const PATRONI_PORT = 8008
const NOTHING: ManagerSigns = {
  patroniSessions: 0,
  repmgrSessions: 0,
  libraries: null,
  roles: [],
  databases: [],
  tables: [],
}

/** Asks nothing until the database has shown signs, unless the config says where Patroni is. */
export function managerTarget(
  store: Store,
  cluster: string,
  config: DatabaseConfig,
  link: DatabaseLink,
): ManagerTarget {
  const { id } = config.spec
  let signs = NOTHING
  const target = track({
    everyMs: MANAGER_INTERVAL_MS,
    what: `the manager of ${id}`,
    read: (signal) => inCharge.read({ link, signs, patroni: patroniOf(config, signs) }, signal),
    told: (outcome) => store.dispatch({ type: 'manager-asked', cluster, id, at: Date.now(), outcome }),
  })
  return {
    async poll(limits) {
      if (patroniOf(config, signs) !== null || signs.tables.length > 0) await target.poll(limits)
    },
    saw(outcome) {
      if (outcome.ok) signs = outcome.value.managerSigns
    },
  }
}

/** Behind an ssh host the database's address means something else than here. */
function patroniOf({ spec: { host }, patroni, via }: DatabaseConfig, { patroniSessions }: ManagerSigns): string | null {
  if (patroni) return patroni
  if (patroniSessions === 0 || via !== null) return null
  const name = host.startsWith('/') ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${PATRONI_PORT}`
}
