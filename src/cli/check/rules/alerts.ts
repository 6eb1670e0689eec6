// Checks that are answered by the alerts of the cluster: all of them, or those of one rule.

import type { Alert, AlertRule, DatabaseView, ServerView } from '../../../model/picture.ts'
import type { Finding, Verdict } from '../finding.ts'
import type { CheckRule, Subject } from '../rule.ts'

function inScope({ subject: of }: Alert, { only }: Subject): boolean {
  return only === null || of === only || of.startsWith(`${only}/`)
}

function isUnseen({ problem, readAt, status }: DatabaseView | ServerView): boolean {
  return status === 'unknown' || (readAt === null && problem === null)
}

function unseen(views: readonly (DatabaseView | ServerView)[], { title }: Subject): readonly Finding[] {
  return views.map(({ id, problem }) => ({
    verdict: 'unknown',
    text: `${title(id)} can’t be read: ${problem?.message ?? 'it has not answered'}`,
  }))
}

function counted(alerts: readonly Alert[], severity: Alert['severity']) {
  const value = alerts.filter((alert) => alert.severity === severity).length
  return { label: severity, value, unit: '', least: 0 } as const
}

/** Every alert in scope; without one, what can't be seen. */
function judgeAll(subject: Subject): readonly Finding[] {
  const alerts = subject.picture.alerts.filter((alert) => inScope(alert, subject))
  const blind = unseen([...subject.databases, ...subject.servers].filter(isUnseen), subject)
  const found: readonly Finding[] = alerts.map(({ severity, message }) => ({ verdict: severity, text: message }))
  const all = [...found, ...blind]
  const { name } = subject.cluster.spec
  const measures = ([counted(alerts, 'critical'), counted(alerts, 'warning')] as const).map((measure) =>
    subject.title('') === '' ? measure : { ...measure, label: `${name}/${measure.label}` },
  )
  const [first = { verdict: 'ok' as Verdict, text: 'none' }, ...rest] = all
  return [{ ...first, measures }, ...rest]
}

export const alerts: CheckRule = {
  title: 'alerts',
  explains: 'The worst of all alerts, as the monitor shows them. Unknown when there is none and something can’t be seen.',
  about: 'nodes',
  limited: null,
  expects: null,
  judge: judgeAll,
  nothing: 'nothing is watched',
}

export interface AlertCheck {
  readonly rule: AlertRule
  readonly title: string
  readonly explains: string
  readonly about: CheckRule['about']
  /** The targets that must have been read before "no alert" means that all is well. */
  readonly needs: (subject: Subject) => readonly (DatabaseView | ServerView)[]
  /** Said when nothing in this cluster is measured for this rule. */
  readonly nothing: string
}

/** A check that tells the alerts of one rule. */
export function alertCheck(check: AlertCheck): CheckRule {
  return {
    title: check.title,
    explains: check.explains,
    about: check.about,
    limited: null,
    expects: null,
    judge: (subject) => judgeRule(check, subject),
    nothing: check.nothing,
  }
}

function judgeRule({ rule, needs }: AlertCheck, subject: Subject): readonly Finding[] {
  const found = subject.picture.alerts.filter((alert) => alert.rule === rule && inScope(alert, subject))
  const needed = needs(subject)
  const all: readonly Finding[] = [
    ...found.map(({ severity, message }): Finding => ({ verdict: severity, text: message })),
    ...unseen(needed.filter(isUnread), subject),
  ]
  return all.length > 0 || needed.length === 0 ? all : [{ verdict: 'ok', text: 'none' }]
}

function isUnread(view: DatabaseView | ServerView): boolean {
  return isUnseen(view) || (view.stale && view.problem !== null)
}
