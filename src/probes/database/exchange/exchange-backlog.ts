// Reads how many changes of a mirrored database the other one has not taken over, by the query of the configuration.

import { createHash } from 'node:crypto'
import { parseInstant } from '../../../model/measured/backup.ts'
import { EXCHANGE_INTERVAL_MS, type ExchangeBacklog } from '../../../model/measured/exchange/exchange-backlog.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import type { Probe } from '../../probe.ts'

type Row = Readonly<Record<string, unknown>>

const COLUMNS = ['changes', 'bytes', 'oldest']
const HINT =
  'Let `exchange.sql` give one row: `changes` (a count), and if known `bytes` (a sum) and `oldest` (a timestamptz).'

/** Any answer but one row of the known columns is a fault of code `protocol`. */
export const exchangeProbe: Probe<'exchange', ExchangeBacklog> = {
  id: 'exchange',
  scope: 'exchange',
  title: 'Changes that the other mirrored database has not taken over',
  source: 'the `exchange.sql` of its cluster, in a read-only transaction that is rolled back',
  runs: 'always',
  every: { ms: EXCHANGE_INTERVAL_MS },
  needs: ['SELECT on the tables of the configured query; nobody else may create in the schemas of its `searchPath`'],
  async read({ source: { sql: text, searchPath }, link }, signal) {
    const name = `pgdeck_exchange_${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
    return toExchangeBacklog(await link.query<Row>({ name, text, values: [], searchPath }, signal))
  },
}

/** Returns what the rows of the query say. Throws a FaultError (`protocol`) that says what is wrong with them. */
export function toExchangeBacklog(rows: readonly Row[]): ExchangeBacklog {
  const [row] = rows
  if (!row || rows.length > 1) throw odd(`the query gave ${rows.length} rows, not one`)
  const unknown = Object.keys(row).find((column) => !COLUMNS.includes(column))
  if (unknown !== undefined) throw odd(`the query gave a column ${shown(unknown)}`)
  if (row.changes === undefined) throw odd('the query gave no column changes')
  const changes = wholeNumber(row.changes)
  if (changes === null) throw odd(`changes is ${shown(row.changes)}, not a count`)
  const bytes = row.bytes == null ? null : wholeNumber(row.bytes)
  if (row.bytes != null && bytes === null) throw odd(`bytes is ${shown(row.bytes)}, not a number of bytes`)
  const oldestAt = row.oldest == null ? null : parseInstant(row.oldest)
  if (row.oldest != null && oldestAt === null) throw odd(`oldest is ${shown(row.oldest)}, not an instant with its zone`)
  // Without a change there is none to be the oldest, and no bytes.
  return changes === 0 ? { changes, bytes: bytes === null ? null : 0, oldestAt: null } : { changes, bytes, oldestAt }
}

/** PostgreSQL sends int8 and numeric as text. */
function wholeNumber(value: unknown): number | null {
  if (typeof value === 'string' && !/^\d{1,15}(?:\.0*)?$/.test(value)) return null
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'string') return null
  const number = Number(value)
  return Number.isSafeInteger(number) && number >= 0 ? number : null
}

function shown(value: unknown): string {
  return JSON.stringify(String(value).slice(0, 40))
}

function odd(why: string): FaultError {
  return new FaultError({ code: 'protocol', message: clean(`pgdeck can't read the exchange: ${why}`), hint: HINT })
}
