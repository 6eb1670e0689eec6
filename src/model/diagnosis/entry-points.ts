// Judges poolers, proxies and addresses by the rules of their alerts, at once: a command reads them only once.

import type { AlertCondition } from '../alerts/rules/condition.ts'
import { type EntryPointInput, entryPointConditions } from '../alerts/rules/entry-point-conditions.ts'
import type { EntryPointView } from '../measured/entry-points/entry-point-view.ts'
import type { AlertRule, Severity } from '../picture/picture.ts'
import { listText } from '../values/text.ts'
import type { CauseId } from './causes.ts'
import { type DiagnosisOutcome, fail, ok, unknownOutcome, warn } from './check-result.ts'

/** What is wrong with an entry point, in one sentence that names it, and what to do. */
interface EntryPointTrouble {
  readonly id: string
  readonly rule: AlertRule
  readonly severity: Severity
  readonly message: string
  readonly next: string | null
}

/** Everything that is wrong with the entry points, the critical first. */
export function entryPointTroubles(input: EntryPointInput): readonly EntryPointTrouble[] {
  const found = entryPointConditions(input).flatMap(({ rule, subject, severity, message }: AlertCondition) => {
    if (severity === null) return []
    const view = input.entryPoints.find(({ id }) => id === subject.owner)
    const next = view?.problem ? view.problem.hint : (NEXT[rule] ?? null)
    return [{ id: subject.owner, rule, severity, message, next }]
  })
  return found.toSorted((a, b) => Number(b.severity === 'critical') - Number(a.severity === 'critical'))
}

const NEXT: Readonly<Partial<Record<AlertRule, string>>> = {
  'address-elsewhere':
    'Correct what moves the address: its DNS name, the virtual address, or the proxy or pooler that it stands for.',
  'pooler-elsewhere':
    'Correct the host of the database in pgbouncer.ini, or what that name stands for, and give RELOAD on its console.',
  'pooler-waiting': 'Look at what holds its connections: pgdeck locks and long transactions, then pool_size.',
  'proxy-elsewhere': 'Look at its health checks: they take the wrong server for the right one.',
  'proxy-no-server': 'Look at what its health checks ask, and whether a database answers there.',
}

const CAUSE: Readonly<Partial<Record<AlertRule, CauseId>>> = {
  'address-silent': 'entry-point-silent',
  'pooler-silent': 'entry-point-silent',
  'proxy-silent': 'entry-point-silent',
  'proxy-no-server': 'entry-point-no-server',
  'pooler-paused': 'entry-point-holds',
  'pooler-disabled': 'entry-point-holds',
  'pooler-waiting': 'entry-point-holds',
}

/** One of them: where it leads, or what is wrong. */
export function judgeEntryPoint(input: EntryPointInput, view: EntryPointView): DiagnosisOutcome {
  const [first, ...more] = entryPointTroubles({ ...input, entryPoints: [view] })
  const at = view.readAt
  if (!first) {
    const places = view.leadsTo.map(({ name }) => name)
    if (at === null) return unknownOutcome('it was not asked')
    return ok(`it leads to ${places.length === 0 ? 'nothing' : listText(places, 'and')}`, at)
  }
  const evidence = [first, ...more].map(({ message }) => message).join('; ')
  const cause = CAUSE[first.rule] ?? 'entry-point-elsewhere'
  return (first.severity === 'critical' ? fail : warn)(cause, evidence, { next: first.next, at })
}

/** Whether users reach this primary by all entry points that should lead to it. */
export function judgeWayOfUsers(input: EntryPointInput): DiagnosisOutcome {
  const views = input.entryPoints.filter(({ expects }) => expects === 'primary')
  const [first, ...more] = entryPointTroubles({ ...input, entryPoints: views })
  const at = Math.max(0, ...views.map(({ readAt }) => readAt ?? 0)) || null
  if (!first)
    return ok(
      `${listText(
        views.map(({ name }) => name),
        'and',
      )} lead to it`,
      at,
    )
  const evidence = [first, ...more].map(({ message }) => message).join('; ')
  return warn('users-elsewhere', evidence, { next: first.next, at })
}
