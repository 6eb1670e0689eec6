// What a poll reads of transactions, for tests: nothing is old.

import type { TransactionFacts } from '../../src/model/measured/transactions.ts'

/** A server with two unfrozen IDs of either kind, no transaction and nothing prepared, unless told otherwise. */
export function someTransactions(over: Partial<TransactionFacts> = {}): TransactionFacts {
  return {
    oldest: null,
    prepared: { count: 0, oldest: null, oldestAge: null },
    xminSession: null,
    ages: {
      transactions: { database: 'shop', age: 2, freezeAt: 200_000_000 },
      multixacts: { database: 'shop', age: 2, freezeAt: 400_000_000 },
    },
    multixactMembers: null,
    ...over,
  }
}

/** Process 7, `report` of role app in shop, active. */
export const REPORT = { pid: 7, application: 'report', role: 'app', database: 'shop', state: 'active' } as const
