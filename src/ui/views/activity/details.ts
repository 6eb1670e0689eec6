// Everything known of one session, its whole statement first.

import type { SessionRow } from '../../../model/measured/on-demand.ts'
import { isHiddenSession } from '../../../model/sessions/activity-groups.ts'
import { age, instant, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import type { ListContext } from '../list/list-options.ts'
import { isResultOld, queryResultsOf } from '../list/query-results.ts'
import { type SessionEntry, sessionWaitText } from './rows.ts'

const HIDDEN = `${UNKNOWN_TEXT} hidden from this role`

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
        ...detailField('waits for', sessionWaitText(session) || null),
        ...sessionFields(session, context.now),
      ],
    },
    {
      title: session.state === 'active' ? 'STATEMENT' : 'LAST STATEMENT',
      age: '',
      fields: [{ label: '', value: session.query ?? (isHiddenSession(session) ? HIDDEN : 'none'), whole: true }],
    },
  ]
}

/** Who it is and since when; for any view that has sessions. */
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
    ...detailField(
      'state',
      `${session.state ?? UNKNOWN_TEXT}${stateSeconds === null ? '' : `, for ${seconds(stateSeconds)}`}`,
    ),
    ...detailField(
      'connected since',
      startedAt === null ? UNKNOWN_TEXT : `${instant(startedAt)} (${age(startedAt, now)})`,
    ),
  ]
}

/** From where it is connected, in the words of every view. */
export function clientText(session: SessionRow): string {
  return session.client ?? (isHiddenSession(session) ? HIDDEN : 'a Unix socket')
}

/** `open for 7.2 s`. */
export function transactionText(session: SessionRow): string {
  const { transactionSeconds } = session
  if (transactionSeconds === null) return isHiddenSession(session) ? HIDDEN : 'none is open'
  return `open for ${seconds(transactionSeconds)}`
}

/** `runs for 7.2 s`. */
export function statementText(session: SessionRow): string {
  const { querySeconds } = session
  if (querySeconds === null) return isHiddenSession(session) ? HIDDEN : 'none runs'
  return `runs for ${seconds(querySeconds)}`
}
