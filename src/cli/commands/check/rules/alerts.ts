// Checks by the alerts of the cluster: all of them, or those of one rule.

import type { Alert, AlertRule, DatabaseView, ServerView } from '../../../../model/picture/picture.ts'
import type { CheckRule, CheckSubject, CheckSubjectKind } from '../evaluation/check-rule.ts'
import type { PerformanceValue, PluginFinding } from '../evaluation/result.ts'

type Target = DatabaseView | ServerView

/** With several clusters each line names the cluster: names of nodes may repeat. */
function withClusterName(text: string, { cluster, prefix }: CheckSubject): string {
  return prefix === '' ? text : `${cluster.spec.name}: ${text}`
}

function none(subject: CheckSubject): PluginFinding {
  return { status: 'ok', text: withClusterName('none', subject) }
}

function inScope({ subject: of }: Alert, { node }: CheckSubject): boolean {
  return node === null || of.owner === node
}

function allTargets({ databases, servers }: CheckSubject): readonly Target[] {
  return [...databases, ...servers]
}

/** Its state is unknown. */
function isUnseen({ status }: Target): boolean {
  return status === 'unknown'
}

/** Facts that only it can tell are unknown. */
function isUnread({ readAt, stale, problem }: Target): boolean {
  return readAt === null || (stale && problem !== null)
}

function unseenTargets({ title }: CheckSubject, targets: readonly Target[]): readonly PluginFinding[] {
  return targets.map(({ id, problem }) => ({
    status: 'unknown',
    text: `${title(id)} can’t be read: ${problem?.message ?? 'it has not answered'}`,
  }))
}

function findingsOf(alerts: readonly Alert[], subject: CheckSubject): readonly PluginFinding[] {
  return alerts.map(({ severity, message }) => ({ status: severity, text: withClusterName(message, subject) }))
}

function counted(alerts: readonly Alert[], severity: Alert['severity'], { prefix }: CheckSubject): PerformanceValue {
  const value = alerts.filter((alert) => alert.severity === severity).length
  return { label: `${prefix}${severity}`, value, unit: '', least: 0 }
}

/** Every alert in scope, and everything that can't be seen. */
function judgeAll(subject: CheckSubject): readonly PluginFinding[] {
  const alerts = subject.picture.alerts.filter((alert) => inScope(alert, subject))
  const all = [...findingsOf(alerts, subject), ...unseenTargets(subject, allTargets(subject).filter(isUnseen))]
  const [first = none(subject), ...rest] = all
  const measures = [counted(alerts, 'critical', subject), counted(alerts, 'warning', subject)]
  return [{ ...first, performance: measures }, ...rest]
}

export const alertsCheck: CheckRule = {
  title: 'alerts',
  explains:
    'The worst of all alerts, as the monitor shows them. Unknown when there is no alert but a target can’t be read.',
  subjectKind: 'nodes',
  limit: null,
  expectation: null,
  evaluate: judgeAll,
  emptyText: 'nothing is watched',
}

export interface AlertRuleCheckOptions {
  readonly rule: AlertRule
  /** Another rule whose alerts count, too. */
  readonly also?: AlertRule
  readonly title: string
  readonly explains: string
  readonly about: CheckSubjectKind
  /** The readings without which "no alert" does not mean that all is well. */
  readonly needs: 'databases seen' | 'databases read' | 'servers seen' | 'anything' | 'no target'
}

/** A check for the alerts of one rule, or of two. */
export function alertRuleCheck({ rule, also, title, explains, about, needs }: AlertRuleCheckOptions): CheckRule {
  return {
    title,
    explains,
    subjectKind: about,
    limit: null,
    expectation: null,
    evaluate: (subject) => judgeRule(also ? [rule, also] : [rule], needs, subject),
    emptyText: 'no target here has a value for it',
  }
}

function judgeRule(
  rules: readonly AlertRule[],
  needs: AlertRuleCheckOptions['needs'],
  subject: CheckSubject,
): readonly PluginFinding[] {
  const alerts = subject.picture.alerts.filter((alert) => rules.includes(alert.rule) && inScope(alert, subject))
  const [targets, isMissing] = witnesses(needs, subject)
  const all = [...findingsOf(alerts, subject), ...unseenTargets(subject, targets.filter(isMissing))]
  return all.length > 0 || targets.length === 0 ? all : [none(subject)]
}

function witnesses(needs: AlertRuleCheckOptions['needs'], subject: CheckSubject) {
  switch (needs) {
    case 'databases seen':
      return [subject.databases, isUnseen] as const
    case 'databases read':
      return [subject.databases, isUnread] as const
    case 'servers seen':
      return [subject.servers, isUnseen] as const
    case 'anything':
      return [allTargets(subject), () => false] as const
    case 'no target':
      return [[], isUnseen] as const
  }
}
