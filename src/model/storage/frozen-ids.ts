// The age of a server's oldest unfrozen transaction ID and MultiXact ID, in words. PostgreSQL refuses writes that
// need a new ID once 3 million of 2^31 are left.

import type { DatabasePulse } from '../measured/pulse.ts'

/** Of either kind: `transactions` or `multixacts`. */
export type FrozenIdKind = 'transactions' | 'multixacts'

const NAMES = { transactions: 'transaction ID', multixacts: 'MultiXact ID' } as const
const MEMBERS_TOLD_SINCE = 190_000
const AGES = { transactions: 'age(relfrozenxid)', multixacts: 'mxid_age(relminmxid)' } as const

/** `the oldest MultiXact ID is 1300 million IDs old (database shop); writes stop at 2144 million`. */
export function frozenIdText(kind: FrozenIdKind, age: number, pulse: DatabasePulse): string {
  const database = pulse.transactions?.ages[kind]?.database
  const where = database === undefined ? '' : ` (database ${database})`
  const members = kind === 'multixacts' ? `; ${multixactMembersText(pulse)}` : ''
  return `the oldest ${NAMES[kind]} is ${Math.round(age / 1e6)} million IDs old${where}; writes stop at 2144 million${members}`
}

/** Writes stop too when the members of all MultiXact IDs use up their space, whatever the age of the oldest. */
export function multixactMembersText({ versionNumber, transactions }: DatabasePulse): string {
  const members = transactions?.multixactMembers ?? null
  if (members !== null) return `${Math.round(members / 1e6)} million members`
  return versionNumber < MEMBERS_TOLD_SINCE ? 'members unknown before PostgreSQL 19' : 'members unknown to this role'
}

/** The statement that freezes it: in which database, and how to find its oldest tables. */
export function freezeRemedy(kind: FrozenIdKind, pulse: DatabasePulse): string {
  const database = pulse.transactions?.ages[kind]?.database
  const where = database === undefined ? '' : ` in database ${database}`
  return (
    `VACUUM (FREEZE)${where}, the tables with the greatest ${AGES[kind]} in pg_class first; ` +
    'old transactions, prepared transactions and slots prevent it (checks transaction-age, prepared-transactions, xmin-horizon)'
  )
}

/** The age of the oldest MultiXact ID; null if not read. */
export function oldestMultixactAge(pulse: DatabasePulse | null): number | null {
  return pulse?.transactions?.ages.multixacts?.age ?? null
}
