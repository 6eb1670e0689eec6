// The details of one session, its whole statement first.

import type { SessionRow } from '../../../model/measured/on-demand.ts'
import { isHiddenSession, isUnknownSession } from '../../../model/sessions/activity-groups.ts'
import { formatBytes } from '../../../model/values/units.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { age, instant, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import type { ListContext } from '../list/list-options.ts'
import { isResultOld, queryResultsOf } from '../list/query-results.ts'
import type { SessionEntry } from './rows.ts'
import { sessionWaitText } from './waits.ts'

const HIDDEN = `${UNKNOWN_TEXT} hidden from this role`

/** Why the activity of a session is unknown. */
function unknownText({ state }: SessionRow): string {
  return state === 'disabled' ? `${UNKNOWN_TEXT} not tracked: track_activities is off for it` : HIDDEN
}

/** The details of a session of the activity view. */
export function sessionSections(entry: SessionEntry, context: ListContext): readonly DetailSection[] {
  const { session, server, activity, databaseId } = entry
  const queryResult = queryResultsOf(context.cluster, 'activity').find((each) => each.databaseId === databaseId)
  const read = queryResult?.at == null ? '' : `read ${age(queryResult.at, context.now)} ago`
  const old = queryResult !== undefined && isResultOld(queryResult, context)
  return [
    {
      title: `SESSION ${session.pid} ON ${server}`,
      age: old ? `${read}: it may have ended since` : read,
      fields: [
        ...detailField(
          'does',
          activity,
          activity === 'waiting' || activity === 'aborted transaction' ? 'warning' : 'plain',
        ),
        ...detailField('waits for', sessionWaitText(entry) || null),
        ...sessionFields(session, context.now),
      ],
    },
    workersSection(entry),
    statementSection(session),
  ]
}

function workersSection({ workers }: SessionEntry): DetailSection {
  const lines = workers.map((worker): Line => {
    const waits = sessionWaitText({ session: worker, workers: [] })
    return [span(`${worker.pid}  ${worker.state ?? UNKNOWN_TEXT}${waits === '' ? '' : `, waits for ${waits}`}`)]
  })
  return { title: 'ITS PARALLEL WORKERS', age: '', fields: lines }
}

/** The whole statement, wrapped: the running one or the last one, and which part could not be read. */
export function statementSection(session: SessionRow): DetailSection {
  const { state, query, queryCut } = session
  const runs = state === 'active' || state === 'fastpath' || state === null
  const text = query ?? (isUnknownSession(session) ? unknownText(session) : 'none')
  return {
    title: runs ? 'STATEMENT' : 'LAST STATEMENT',
    age: queryCut ? cutText(queryCut) : '',
    fields: [
      { label: '', value: text, whole: true },
      ...(queryCut ? [{ label: '', value: cutText(queryCut), style: 'dim', whole: true } as const] : []),
    ],
  }
}

function cutText({ by, readBytes, bytes }: NonNullable<SessionRow['queryCut']>): string {
  const read = formatBytes(readBytes)
  return by === 'server'
    ? `the server keeps its first ${read} (track_activity_query_size)`
    : `its first ${read} of ${formatBytes(bytes)}: the whole comes with the next reading`
}

/** The user of the session and its start; for any view with sessions. */
function sessionFields(session: SessionRow, now: number) {
  const { startedAt, stateSeconds } = session
  return [
    ...detailField('database', session.database ?? 'none'),
    ...detailField('user', session.user ?? 'none'),
    ...detailField('application', session.application || 'no name'),
    ...detailField('client', clientText(session)),
    ...detailField('kind', session.kind),
    ...detailField('leader', session.leader === null ? null : `pid ${session.leader}`),
    ...detailField('transaction', transactionText(session)),
    ...detailField('statement', statementText(session)),
    ...detailField('state', `${stateText(session)}${stateSeconds === null ? '' : `, for ${seconds(stateSeconds)}`}`),
    ...detailField(
      'connected since',
      startedAt === null ? UNKNOWN_TEXT : `${instant(startedAt)} (${age(startedAt, now)})`,
    ),
  ]
}

/** Its state in the server's word; `?` if unknown. */
export function stateText(session: SessionRow): string {
  return isUnknownSession(session) ? unknownText(session) : (session.state ?? UNKNOWN_TEXT)
}

/** The client's address, in the words of every view. */
export function clientText(session: SessionRow): string {
  if (session.leader !== null) return `that of pid ${session.leader}, whose parallel worker it is`
  return session.client ?? (isHiddenSession(session) ? HIDDEN : 'a Unix socket')
}

/** `open for 7.2 s`. */
export function transactionText(session: SessionRow): string {
  const { transactionSeconds } = session
  if (transactionSeconds === null) return isUnknownSession(session) ? unknownText(session) : 'none is open'
  return `open for ${seconds(transactionSeconds)}`
}

/** `runs for 7.2 s`. */
export function statementText(session: SessionRow): string {
  const { querySeconds } = session
  if (querySeconds === null) return isUnknownSession(session) ? unknownText(session) : 'none runs'
  return `runs for ${seconds(querySeconds)}`
}
