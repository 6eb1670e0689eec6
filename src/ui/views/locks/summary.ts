// The summary above the tree: how many sessions wait, who blocks them, why commits wait for a standby.

import { isHiddenSession } from '../../../model/sessions/activity-groups.ts'
import { wrapText } from '../../frame/format/fit-text.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { plural, seconds } from '../../frame/format/values.ts'
import type { ListContext } from '../list/list-options.ts'
import { queryResultNotes } from '../list/query-results.ts'
import {
  type CommitWaitRow,
  commitWaitReason,
  commitWaitRows,
  isWaiter,
  type LockWaitRow,
  lockSessionOf,
  lockWaitRows,
  waiterName,
} from './rows.ts'
import { lockActivitySeconds, lockActivityText, lockApplicationText, lockUserText } from './text.ts'

/** This many blockers are named; the tree shows the rest. */
const NAMED = 2

/** The facts to know before the rows. Nothing while nobody waits: then the list itself says so. */
export function locksSummary(context: ListContext): readonly Line[] {
  return [
    ...waitLines(lockWaitRows(context.cluster), context),
    ...commitLines(context),
    ...queryResultNotes(context, 'locks'),
  ]
}

function waitLines(rows: readonly LockWaitRow[], context: ListContext): readonly Line[] {
  const waiters = rows.filter(isWaiter)
  if (waiters.length === 0) return []
  const { glyphs } = context.screen
  const are = waiters.length === 1 ? 'session waits for a lock' : 'sessions wait for locks'
  const longest = longestOf(waiters.map(lockActivitySeconds))
  const roots = rows.filter(({ waiter }) => waiter.depth === 0 && waiter.waitingBehind > 0)
  const named = [...roots].sort((a, b) => b.waiter.waitingBehind - a.waiter.waitingBehind).slice(0, NAMED)
  return [
    [span(` ${glyphs.warning} ${waiters.length} ${are}${longest}`, 'warning')],
    ...named.map((row) => rootLine(row, context)),
    ...(roots.length > NAMED ? [moreLine(roots.length - NAMED)] : []),
  ]
}

function rootLine(row: LockWaitRow, { cluster }: ListContext): Line {
  const { waiter, queryResult } = row
  const who = [lockUserText(row), lockApplicationText(row)].filter((part) => part !== null).join(', ')
  return [
    span(`   ${waiterName(row)}`, 'strong'),
    span(cluster.databases.length > 1 ? ` on ${queryResult.name}` : ''),
    span(` blocks ${waiter.waitingBehind}${whyText(row)}`),
    span(who === '' ? '' : ` (${who})`, 'dim'),
  ]
}

function whyText(row: LockWaitRow): string {
  const length = seconds(lockActivitySeconds(row))
  const session = lockSessionOf(row)
  if (row.waiter.kind === 'unseen') return ', and has ended'
  if (!session) return ` for ${length}`
  return isHiddenSession(session)
    ? ': what it does is hidden from this role'
    : `: ${lockActivityText(row)} for ${length}`
}

function moreLine(number: number): Line {
  return [span(`   and ${plural(number, 'more session blocks', 'more sessions block')} others`, 'dim')]
}

function commitLines(context: ListContext): readonly Line[] {
  const { cluster, screen } = context
  return [...Map.groupBy(commitWaitRows(cluster), ({ queryResult }) => queryResult.databaseId).values()].flatMap(
    (waiting): readonly Line[] => {
      const [first] = waiting
      if (!first) return []
      return wrapText(commitText(first, waiting), screen.columns - 4).map(
        (piece, index): Line => [
          span(index === 0 ? ` ${screen.glyphs.warning} ` : '   ', 'warning'),
          span(piece, 'warning'),
        ],
      )
    },
  )
}

function commitText({ queryResult }: CommitWaitRow, waiting: readonly CommitWaitRow[]): string {
  const are = plural(waiting.length, 'commit waits', 'commits wait')
  const longest = longestOf(waiting.map(({ session }) => session.querySeconds))
  return `${queryResult.name}: ${are} for a synchronous standby (SyncRep)${longest}: ${commitWaitReason(queryResult)}`
}

function longestOf(lengths: readonly (number | null)[]): string {
  const known = lengths.filter((length) => length !== null)
  if (known.length === 0) return ''
  return `, ${lengths.length === 1 ? '' : 'the longest '}for ${seconds(Math.max(...known))}`
}
