// Sessions, transactions and prepared transactions in words.

import type { NamedSession, OldestPrepared, TransactionFacts } from '../measured/transactions.ts'
import { formatSeconds } from '../values/units.ts'

/** `process 4711 (report) of role app in shop, idle in transaction`. */
export function sessionText({ pid, application, role, database, state }: NamedSession): string {
  const name = application ? ` (${application})` : ''
  const whose = role === null ? '' : ` of role ${role}`
  const where = database === null ? '' : ` in ${database}`
  return `process ${pid}${name}${whose}${where}${state === null ? '' : `, ${state}`}`
}

/** `the transaction of process 4711 … is 2 h old`. */
export function oldestTransactionText(oldest: NonNullable<TransactionFacts['oldest']>): string {
  return `the oldest transaction is ${formatSeconds(Math.round(oldest.seconds))} old: ${sessionText(oldest)}`
}

/** `prepared transaction "x" of app in shop is 2 h old; 3 are prepared`. */
export function preparedText({ gid, owner, database, seconds }: OldestPrepared, count: number): string {
  const others = count > 1 ? `; ${count} are prepared` : ''
  const whose = `${owner === null ? '' : ` of ${owner}`}${database === null ? '' : ` in ${database}`}`
  return `prepared transaction "${gid}"${whose} is ${formatSeconds(Math.round(seconds))} old${others}`
}

/** `1 234`, `213 million`: how many transaction IDs. */
export function idsText(ids: number): string {
  return ids >= 10_000_000 ? `${Math.round(ids / 1e6)} million` : String(ids)
}

/** `1 transaction`, `213 million transactions`. */
export function transactionsText(ids: number): string {
  return ids === 1 ? '1 transaction' : `${idsText(ids)} transactions`
}
