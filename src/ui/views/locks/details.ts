// Details of a session that waits or is waited for, of a commit that waits for a standby, of a prepared transaction.

import type { PreparedTransaction, SessionRow, WantedLock } from '../../../model/measured/on-demand.ts'
import { isHiddenSession } from '../../../model/sessions/activity-groups.ts'
import { span } from '../../frame/format/line.ts'
import { age, instant, plural, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailField, type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import { clientText, statementSection, statementText, stateText, transactionText } from '../activity/details.ts'
import type { ListContext } from '../list/list-options.ts'
import { isTreeOrder } from './columns.ts'
import { blockingSections, unblockingSection } from './details-blocking.ts'
import { type CommitWaitRow, commitWaitReason, type LockWaitRow, lockSessionOf, type PreparedRow } from './rows.ts'

/** The details of a row of the tree. */
export function lockWaitSections(row: LockWaitRow, context: ListContext): readonly DetailSection[] {
  const session = lockSessionOf(row)
  const { waiter } = row
  const about =
    waiter.kind === 'prepared' && waiter.transaction ? preparedSections(waiter.transaction, row, context) : []
  return [
    ...(session ? [sessionSection(session, row, context)] : []),
    ...(waiter.kind === 'unseen' ? [endedSection(waiter.pid, row, context)] : []),
    ...about,
    ...blockingSections(row, context),
    ...(session ? [unblockingSection(row, session), statementSection(session)] : []),
  ]
}

/** The facts about the selected row that the tree can't show. */
export function lockWaitPreview(row: LockWaitRow, context: ListContext): readonly DetailSection[] {
  const session = lockSessionOf(row)
  const { waiter } = row
  return [
    // In the tree itself they are above and below it.
    ...(isTreeOrder(context) ? [] : blockingSections(row, context)),
    ...(waiter.kind === 'prepared' && waiter.transaction ? [endingSection(waiter.transaction)] : []),
    ...(session ? [unblockingSection(row, session), statementSection(session)] : []),
  ]
}

/** The whole statement of a commit. */
export function commitWaitPreview({ session }: CommitWaitRow): readonly DetailSection[] {
  return [statementSection(session)]
}

/** How to end a prepared transaction. */
export function preparedPreview({ transaction }: PreparedRow): readonly DetailSection[] {
  return [endingSection(transaction)]
}

/** The details of a session whose commit waits for a standby. */
export function commitWaitSections(
  { session, queryResult }: CommitWaitRow,
  context: ListContext,
): readonly DetailSection[] {
  return [
    sessionSection(session, { queryResult }, context),
    { title: 'WHY ITS COMMIT WAITS', age: '', fields: sentence(commitWaitReason(queryResult)) },
    statementSection(session),
  ]
}

/** The details of a prepared transaction. */
export function preparedRowSections(row: PreparedRow, context: ListContext): readonly DetailSection[] {
  const behind = row.waiters === 0 ? 'none' : plural(row.waiters, 'session')
  const [first, ...rest] = preparedSections(row.transaction, row, context)
  return first ? [{ ...first, fields: [...first.fields, ...detailField('waiting behind it', behind)] }, ...rest] : []
}

function readText({ queryResult }: Pick<LockWaitRow, 'queryResult'>, { now }: ListContext): string {
  return queryResult.at === null ? '' : `read ${age(queryResult.at, now)} ago`
}

function sessionSection(
  session: SessionRow,
  row: Pick<LockWaitRow, 'queryResult'> & Partial<LockWaitRow>,
  context: ListContext,
): DetailSection {
  const { now } = context
  const wants = row.waiter?.kind === 'session' ? row.waiter.session.waitsFor : null
  const waits = row.waiter?.kind === 'session' ? row.waiter.session.waitSeconds : null
  const event = session.wait === null ? null : `${session.waitType ?? UNKNOWN_TEXT}: ${session.wait}`
  const hidden = isHiddenSession(session)
  const known = (value: string | null) => value ?? (hidden ? UNKNOWN_TEXT : 'none')
  return {
    title: `SESSION ${session.pid} ON ${row.queryResult.name}`,
    age: readText(row, context),
    fields: [
      ...detailField('database', known(session.database)),
      ...detailField('user', known(session.user)),
      ...detailField('application', session.application === '' ? known(null) : session.application),
      ...detailField('client', clientText(session)),
      ...detailField('kind', known(session.kind)),
      ...detailField(
        'connected since',
        session.startedAt === null ? UNKNOWN_TEXT : `${instant(session.startedAt)} (${age(session.startedAt, now)})`,
      ),
      ...detailField(
        'state',
        `${stateText(session)}${session.stateSeconds === null ? '' : `, for ${seconds(session.stateSeconds)}`}`,
      ),
      ...detailField('wait event', event),
      ...(wants
        ? [
            ...detailField('waits for lock', wants.mode, 'warning'),
            ...detailField('on', wants.type),
            ...advisoryFields(wants),
            ...detailField('relation', wants.advisory ? null : (wants.relation ?? 'none')),
            ...detailField('waiting for', seconds(waits), 'warning'),
          ]
        : []),
      ...detailField('transaction', transactionText(session)),
      ...detailField('statement', statementText(session)),
      ...detailField(
        'deadlock',
        row.waiter?.inCycle
          ? 'deadlock: it waits for a session that waits for it; PostgreSQL is about to abort one of them'
          : null,
        'critical',
      ),
    ],
  }
}

/** The key to search for in the application's source, and the scope in which it is one lock. */
function advisoryFields({ advisory }: WantedLock) {
  if (!advisory) return []
  return [...detailField('key', advisory.key, 'strong'), ...detailField('of database', advisory.database)]
}

function endedSection(pid: number, row: LockWaitRow, context: ListContext): DetailSection {
  const facts = detailField('session', `ended during the reading: the sessions that waited for it continue`)
  return { title: `SESSION ${pid} ON ${row.queryResult.name}`, age: readText(row, context), fields: facts }
}

function preparedSections(
  transaction: PreparedTransaction,
  row: Pick<LockWaitRow, 'queryResult'>,
  context: ListContext,
): readonly DetailSection[] {
  const { gid, owner, database, preparedAt, ageSeconds } = transaction
  const facts = [
    ...detailField('name', gid),
    ...detailField('database', database),
    ...detailField('owner', owner),
    ...detailField('prepared', `${instant(preparedAt)} (${seconds(ageSeconds)})`),
  ]
  const title = `PREPARED TRANSACTION ON ${row.queryResult.name}`
  return [{ title, age: readText(row, context), fields: facts }, endingSection(transaction)]
}

function endingSection({ gid, database }: PreparedTransaction): DetailSection {
  const quoted = `'${gid.replaceAll("'", "''")}'`
  const why = `It holds its locks without a session, also after a restart, until it is ended in ${database}:`
  return {
    title: 'HOW TO END IT',
    age: '',
    fields: [
      ...sentence(why),
      [span(`COMMIT PREPARED ${quoted}`, 'strong')],
      [span(`ROLLBACK PREPARED ${quoted}`, 'strong')],
    ],
  }
}

/** A text as wide as the screen. */
function sentence(value: string): readonly DetailField[] {
  return [{ label: '', value, whole: true }]
}
