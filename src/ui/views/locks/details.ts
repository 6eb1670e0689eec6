// Details of a session that waits or is waited for, of a commit that waits for a standby, of a prepared transaction.

import type { PreparedTransaction, SessionRow } from '../../../model/measured/on-demand.ts'
import { isHiddenSession } from '../../../model/sessions/activity-groups.ts'
import { span } from '../../frame/format/line.ts'
import { age, instant, plural, seconds, UNKNOWN } from '../../frame/format/values.ts'
import { type Fact, fact, type Section } from '../../frame/parts/field-list.ts'
import { clientText, statementText, transactionText } from '../activity/details.ts'
import type { Scene } from '../list/list-options.ts'
import { isTree } from './columns.ts'
import { neighbours, wayOut } from './details-blocking.ts'
import { type CommitRow, commitReason, type PreparedRow, sessionOf, type WaitRow } from './rows.ts'

/** Everything known of a row of the tree. */
export function waitSections(row: WaitRow, scene: Scene): readonly Section[] {
  const session = sessionOf(row)
  const { waiter } = row
  const about = waiter.kind === 'prepared' && waiter.transaction ? preparedSections(waiter.transaction, row, scene) : []
  return [
    ...(session ? [sessionSection(session, row, scene)] : []),
    ...(waiter.kind === 'unseen' ? [endedSection(waiter.pid, row, scene)] : []),
    ...about,
    ...neighbours(row, scene),
    ...(session ? [wayOut(row, session), statementSection(session)] : []),
  ]
}

/** What the row of the tree can't show of the selected one. */
export function waitMore(row: WaitRow, scene: Scene): readonly Section[] {
  const session = sessionOf(row)
  const { waiter } = row
  return [
    // In the tree itself they stand above and below it.
    ...(isTree(scene) ? [] : neighbours(row, scene)),
    ...(waiter.kind === 'prepared' && waiter.transaction ? [endingSection(waiter.transaction)] : []),
    ...(session ? [wayOut(row, session), statementSection(session)] : []),
  ]
}

/** The whole statement of a commit. */
export function commitMore({ session }: CommitRow): readonly Section[] {
  return [statementSection(session)]
}

/** How a prepared transaction is ended. */
export function preparedMore({ transaction }: PreparedRow): readonly Section[] {
  return [endingSection(transaction)]
}

/** Everything known of a session whose commit waits for a standby. */
export function commitSections({ session, looked }: CommitRow, scene: Scene): readonly Section[] {
  return [
    sessionSection(session, { looked }, scene),
    { title: 'WHY ITS COMMIT WAITS', age: '', facts: sentence(commitReason(looked)) },
    statementSection(session),
  ]
}

/** Everything known of a prepared transaction. */
export function preparedRowSections(row: PreparedRow, scene: Scene): readonly Section[] {
  const behind = row.behind === 0 ? 'nobody' : plural(row.behind, 'session')
  const [first, ...rest] = preparedSections(row.transaction, row, scene)
  return first ? [{ ...first, facts: [...first.facts, ...fact('waiting behind it', behind)] }, ...rest] : []
}

function readText({ looked }: Pick<WaitRow, 'looked'>, { now }: Scene): string {
  return looked.at === null ? '' : `read ${age(looked.at, now)} ago`
}

function sessionSection(session: SessionRow, row: Pick<WaitRow, 'looked'> & Partial<WaitRow>, scene: Scene): Section {
  const { now } = scene
  const wants = row.waiter?.kind === 'session' ? row.waiter.session.waitsFor : null
  const waits = row.waiter?.kind === 'session' ? row.waiter.session.waitSeconds : null
  const event = session.wait === null ? null : `${session.waitType ?? UNKNOWN}: ${session.wait}`
  const hidden = isHiddenSession(session)
  const known = (value: string | null) => value ?? (hidden ? UNKNOWN : 'none')
  return {
    title: `SESSION ${session.pid} ON ${row.looked.name}`,
    age: readText(row, scene),
    facts: [
      ...fact('database', known(session.database)),
      ...fact('user', known(session.user)),
      ...fact('application', session.application === '' ? known(null) : session.application),
      ...fact('client', clientText(session)),
      ...fact('kind', known(session.kind)),
      ...fact(
        'connected since',
        session.startedAt === null ? UNKNOWN : `${instant(session.startedAt)} (${age(session.startedAt, now)})`,
      ),
      ...fact('state', `${session.state ?? UNKNOWN}, for ${seconds(session.stateSeconds)}`),
      ...fact('wait event', event),
      ...(wants
        ? [
            ...fact('waits for lock', wants.mode, 'warning'),
            ...fact('on', wants.type),
            ...fact('relation', wants.relation ?? 'none'),
            ...fact('waiting for', seconds(waits), 'warning'),
          ]
        : []),
      ...fact('transaction', transactionText(session)),
      ...fact('statement', statementText(session)),
      ...fact(
        'deadlock',
        row.waiter?.inCycle ? 'it waits for one that waits for it: PostgreSQL is about to end one of them' : null,
        'critical',
      ),
    ],
  }
}

function endedSection(pid: number, row: WaitRow, scene: Scene): Section {
  const facts = fact('session', `ended while the others were read: what waited for it goes on`)
  return { title: `SESSION ${pid} ON ${row.looked.name}`, age: readText(row, scene), facts }
}

function preparedSections(
  transaction: PreparedTransaction,
  row: Pick<WaitRow, 'looked'>,
  scene: Scene,
): readonly Section[] {
  const { gid, owner, database, preparedAt, ageSeconds } = transaction
  const facts = [
    ...fact('name', gid),
    ...fact('database', database),
    ...fact('owner', owner),
    ...fact('prepared', `${instant(preparedAt)} (${seconds(ageSeconds)})`),
  ]
  const title = `PREPARED TRANSACTION ON ${row.looked.name}`
  return [{ title, age: readText(row, scene), facts }, endingSection(transaction)]
}

function endingSection({ gid, database }: PreparedTransaction): Section {
  const quoted = `'${gid.replaceAll("'", "''")}'`
  const why = `It keeps its locks without a session, also after a restart, until somebody ends it in ${database}:`
  return {
    title: 'WHAT ENDS IT',
    age: '',
    facts: [
      ...sentence(why),
      [span(`COMMIT PREPARED ${quoted}`, 'strong')],
      [span(`ROLLBACK PREPARED ${quoted}`, 'strong')],
    ],
  }
}

/** The whole statement, wrapped; it is what runs, or what ran last. */
function statementSection(session: SessionRow): Section {
  const runs = session.state === 'active' || session.state === 'fastpath'
  const title = runs || session.state === null ? 'STATEMENT' : 'LAST STATEMENT'
  if (session.query === null) {
    return { title, age: '', facts: isHiddenSession(session) ? [[span(`${UNKNOWN} hidden from this role`)]] : [] }
  }
  return { title, age: '', facts: sentence(session.query) }
}

/** A text as wide as the screen. */
function sentence(value: string): readonly Fact[] {
  return [{ label: '', value, whole: true }]
}
