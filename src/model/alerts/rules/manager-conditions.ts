// Alert conditions of managers: a manager that should be running and does not answer.

import { managerTitle } from '../../managers/manager-guard.ts'
import type { DatabaseRecord } from '../../measured/snapshot.ts'
import { isPrimary } from '../../picture/roles.ts'
import { subjectOf } from '../../picture/subject.ts'
import { lastGood } from '../../values/reading.ts'
import { type AlertCondition, afterInterval, immediate, type RuleInput } from './condition.ts'

/**
 * A database whose agent does not run has no automatic failover, and a primary without an agent stays writable when
 * another one is promoted. The silent agent of a database that is down adds nothing.
 */
export function managerConditions({ manager, databases, snapshot }: RuleInput): readonly AlertCondition[] {
  if (!manager || manager.activity === 'hint') return []
  const silent = databases.filter(({ id, problem }) => problem === null && manager.agents[id] === 'silent')
  const runsElsewhere = databases.some(({ id }) => manager.agents[id] === 'runs')
  return silent.flatMap((view) => {
    const record = snapshot.databases.find(({ spec }) => spec.id === view.id)
    if (!record || isFirstMiss(record)) return []
    const isLeft = runsElsewhere && isPrimary(view)
    const comes = isLeft
      ? 'another one will be promoted, and nothing stops this one then'
      : 'nothing fails over to or from it by itself'
    const message = `${view.name}: ${managerTitle(manager)} does not answer${whereOf(record)}: ${comes}`
    const severity = isLeft ? 'critical' : 'warning'
    // A session that reconnects is missing for a moment. A single poll must report everything.
    const isCertain = record.spec.patroni !== undefined || record.history.length <= 1
    return [(isCertain ? immediate : afterInterval)('manager-silent', subjectOf(view.id), severity, message)]
  })
}

/** One lost answer of an agent that answered before: it is asked again first. */
function isFirstMiss({ manager }: DatabaseRecord): boolean {
  const answer = manager ? lastGood(manager) : null
  return answer?.unresponsiveAgent != null && answer.unresponsiveAgent.failures < 2 && answer.lastReport !== null
}

function whereOf({ spec, manager }: DatabaseRecord): string {
  const silent = manager ? lastGood(manager)?.unresponsiveAgent : null
  if (silent) return ` at ${silent.address} (${silent.problem.message})`
  return spec.patroni === undefined ? ', though it has left traces' : ` at ${spec.patroni}`
}
