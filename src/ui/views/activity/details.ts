// Everything known of one session, its whole statement first.

import type { SessionRow } from '../../../model/measured/on-demand.ts'
import { isHiddenSession } from '../../../model/sessions/activity-groups.ts'
import { age, instant, seconds, UNKNOWN } from '../../frame/format/values.ts'
import { fact, type Section } from '../../frame/parts/field-list.ts'
import type { Scene } from '../list/list-options.ts'
import { isOld, lookedAt } from '../list/query-results.ts'
import { type SessionEntry, waitText } from './rows.ts'

const HIDDEN = `${UNKNOWN} hidden from this role`

/** The details of a session of the activity view. */
export function sessionSections(entry: SessionEntry, scene: Scene): readonly Section[] {
  const { session, server, doing, databaseId } = entry
  const looked = lookedAt(scene.cluster, 'activity').find((each) => each.databaseId === databaseId)
  const read = looked?.at == null ? '' : `read ${age(looked.at, scene.now)} ago`
  const old = looked !== undefined && isOld(looked, scene)
  return [
    {
      title: `SESSION ${session.pid} ON ${server}`,
      age: old ? `${read}: it may have ended since` : read,
      facts: [
        ...fact('does', doing, doing === 'waiting' || doing === 'aborted transaction' ? 'warning' : 'plain'),
        ...fact('waits for', waitText(session) || null),
        ...sessionFacts(session, scene.now),
      ],
    },
    {
      title: session.state === 'active' ? 'STATEMENT' : 'LAST STATEMENT',
      age: '',
      facts: [{ label: '', value: session.query ?? (isHiddenSession(session) ? HIDDEN : 'none'), whole: true }],
    },
  ]
}

/** Who it is and since when; for any view that has sessions. */
export function sessionFacts(session: SessionRow, now: number) {
  const { startedAt, stateSeconds } = session
  return [
    ...fact('database', session.database ?? 'none'),
    ...fact('user', session.user ?? 'none'),
    ...fact('application', session.application || 'no name'),
    ...fact('client', clientText(session)),
    ...fact('kind', session.kind),
    ...fact('leader', session.leader === null ? null : `pid ${session.leader}`),
    ...fact('transaction', transactionText(session)),
    ...fact('statement', statementText(session)),
    ...fact('state', `${session.state ?? UNKNOWN}${stateSeconds === null ? '' : `, for ${seconds(stateSeconds)}`}`),
    ...fact('connected since', startedAt === null ? UNKNOWN : `${instant(startedAt)} (${age(startedAt, now)})`),
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
