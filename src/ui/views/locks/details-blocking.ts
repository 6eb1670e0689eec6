// Sections of a session's details: its blockers, the sessions that wait for it, and how to end the wait.

import type { SessionRow } from '../../../model/measured/on-demand.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { plural, seconds } from '../../frame/format/values.ts'
import type { DetailSection } from '../../frame/parts/field-list.ts'
import type { ListContext } from '../list/list-options.ts'
import { isWaiter, type LockWaitRow, lockSessionOf, lockWaitRows, waiterName } from './rows.ts'
import { lockActivitySeconds, lockActivityText, lockApplicationText, lockDatabaseText, lockUserText } from './text.ts'

/** More than these are counted, not listed. */
const LISTED = 30

/** Its blockers, and the sessions that wait for it. */
export function blockingSections(row: LockWaitRow, context: ListContext): readonly DetailSection[] {
  const all = lockWaitRows(context.cluster).filter(
    ({ queryResult }) => queryResult.databaseId === row.queryResult.databaseId,
  )
  const blockers = blockersOf(all)
  const above = blockers.get(row.waiter.key) ?? []
  return [
    listed(
      'WAITS FOR',
      '',
      all.filter(({ waiter }) => above.includes(waiter.key)),
    ),
    listed('WAITING BEHIND IT', plural(row.waiter.waitingBehind, 'session'), waitersBehind(row, all, blockers)),
  ]
}

type Blockers = ReadonlyMap<string, readonly string[]>

/** Keys of a session's blockers: the one it is drawn under, and the others. */
function blockersOf(all: readonly LockWaitRow[]): Blockers {
  const line: string[] = []
  return new Map(
    all.map(({ waiter: { key, depth, otherBlockers } }) => {
      line[depth] = key
      const parent = depth === 0 ? undefined : line[depth - 1]
      return [key, parent === undefined ? otherBlockers : [parent, ...otherBlockers]]
    }),
  )
}

/** All sessions that wait for it, directly or indirectly, also those drawn under another blocker. */
function waitersBehind(
  { waiter: { key: ownKey } }: LockWaitRow,
  all: readonly LockWaitRow[],
  blockers: Blockers,
): readonly LockWaitRow[] {
  const waiting = new Set([ownKey])
  for (let grown = true; grown; ) {
    grown = false
    for (const [key, above] of blockers) {
      if (waiting.has(key) || !above.some((blocker) => waiting.has(blocker))) continue
      waiting.add(key)
      grown = true
    }
  }
  return all.filter(({ waiter: { key } }) => key !== ownKey && waiting.has(key))
}

function listed(title: string, age: string, rows: readonly LockWaitRow[]): DetailSection {
  const shown = rows.slice(0, LISTED)
  const more: readonly Line[] =
    rows.length > shown.length ? [[span(`and ${rows.length - shown.length} more`, 'dim')]] : []
  return { title, age, fields: [...shown.map(neighbourLine), ...more] }
}

function neighbourLine(row: LockWaitRow): Line {
  const session = lockSessionOf(row)
  const who = [lockDatabaseText(row), lockUserText(row), lockApplicationText(row), session?.client ?? null]
  return [
    span(waiterName(row).padEnd(8), 'strong'),
    span(`  ${lockActivityText(row)} for ${seconds(lockActivitySeconds(row))}`),
    span(`  ${who.filter((part) => part !== null).join(', ')}`, 'dim'),
  ]
}

/** How to release the waiting sessions, for a session that waits for nobody. */
export function unblockingSection(row: LockWaitRow, session: SessionRow): DetailSection {
  if (isWaiter(row) || row.waiter.waitingBehind === 0) return { title: '', age: '', fields: [] }
  const idle = session.state?.startsWith('idle') === true
  return {
    title: 'HOW TO UNBLOCK THE OTHERS',
    age: '',
    fields: [
      [
        span(
          idle
            ? 'The client commits or rolls back. Or, losing what it has not committed:'
            : 'Its transaction ends. Or, losing what it has not committed:',
        ),
      ],
      [span(`SELECT pg_terminate_backend(${session.pid})`, 'strong')],
    ],
  }
}
