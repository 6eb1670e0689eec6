// While the primary is down: what users can still do, who waits for it, and the choices with their cost.

import { lossFigure } from '../../model/failover/loss-text.ts'
import type { Alert, DatabaseView, FailoverEstimate, Picture } from '../../model/picture/picture.ts'
import { isWhole } from '../../model/picture/subject.ts'
import { listText } from '../../model/values/text.ts'
import { displayNameOf } from '../../state/select/cluster.ts'
import { withoutName } from './format/fit-text.ts'
import { span, type TextSpan } from './format/line.ts'
import { isManagersRefusal, takeoverWords } from './format/takeover-text.ts'
import { age, clock, seconds } from './format/values.ts'

/** The primary that is down while nothing else can be written to; null if there is none, or if it is not that simple. */
export function downPrimary({
  alerts,
  databases,
  failover,
  serving,
  splitBrains,
  mirroring,
}: Picture): DatabaseView | null {
  if (splitBrains.length > 0 || mirroring.length > 0 || failover.basis !== 'last-seen') return null
  if (serving !== null && serving.access !== 'read-only') return null
  const primary = databases.find(({ id }) => id === failover.ifFails)
  if (!primary?.problem) return null
  const isDown = alerts.some(({ rule, subject }) => rule === 'database-inactive' && isWhole(subject, primary.id))
  return isDown ? primary : null
}

/** The users' state in capitals, for an alert that tells only what is down; null: the alert says it itself. */
export function usersHeadline({ serving }: Picture, { rule }: Alert): string | null {
  const isOfNode = rule === 'database-inactive' || rule === 'server-inactive'
  return isOfNode && serving?.access === 'read-only' ? 'USERS CAN ONLY READ' : null
}

/** `db-1 is down for 40 s (connection refused), pmp-a and pmp-b wait`. */
export function outageText({ servers }: Picture, primary: DatabaseView, now: number): string {
  const { id, name, problem, host, port } = primary
  const why = problem ? ` (${withoutName(problem.message, name, id, `${host}:${port}`)})` : ''
  const waiting = servers.filter(({ databaseId, access }) => databaseId === id && access === 'none')
  const wait = waiting.length === 1 ? 'waits' : 'wait'
  const who = waiting.length === 0 ? '' : `, ${listText(waiting.map((server) => server.name))} ${wait}`
  return `${name} is down for ${age(problem?.since ?? null, now)}${why}${who}`
}

/** One way out: what is done, and what it costs. */
export interface Choice {
  readonly label: string
  readonly cost: readonly TextSpan[]
  /** What may go wrong beside the cost. */
  readonly warning?: string
}

/** What loses nothing comes first. */
export function outageChoices(picture: Picture, primary: DatabaseView, now: number): readonly Choice[] {
  const verb = primary.problem?.code === 'refused' ? 'Start' : 'Bring back'
  const back: Choice = { label: `${verb} ${primary.name}`, cost: [span('nothing is lost, if its files are whole')] }
  return [back, promotion(picture, primary, now)]
}

function promotion(picture: Picture, primary: DatabaseView, now: number): Choice {
  const { failover } = picture
  if (failover.candidate === null) {
    const [why = 'no standby can take over'] = failover.blockers
    const text = isManagersRefusal(picture, why) ? why : `nobody: ${why}`
    return { label: 'Promote', cost: [span(text, 'warning')] }
  }
  const soon = failover.writableInSeconds === null ? '' : `, takes about ${seconds(failover.writableInSeconds)}`
  const { text, isBad } = loss(failover, primary.name, now)
  const { before, after, by } = takeoverWords(picture)
  if (by === 'manager') {
    const who = `${before}${displayNameOf(picture, failover.candidate)}${after}: `
    return { label: 'Wait', cost: [span(who), span(text, isBad ? 'warning' : 'plain')] }
  }
  // The first warning of a primary that was seen last some time ago is the loss itself.
  const [, warning] = failover.warnings
  return {
    ...(warning === undefined ? {} : { warning }),
    label: `Promote ${displayNameOf(picture, failover.candidate)}`,
    cost: [span(text, isBad ? 'warning' : 'plain'), span(soon)],
  }
}

function loss(
  estimate: FailoverEstimate,
  name: string,
  now: number,
): { readonly text: string; readonly isBad: boolean } {
  const { lossBytes, lossBound, basisAgeMs } = estimate
  if (lossBound === 'none-confirmed') return { text: 'no confirmed commit is lost (sync)', isBad: false }
  if (lossBound === 'shared-storage')
    return { text: 'nothing is lost inside the cluster (shared storage)', isBad: false }
  if (lossBytes === null || lossBound === null) return { text: `how much of ${name} is lost is unknown`, isBad: true }
  const figure = lossFigure(estimate)
  if (lossBound === 'at-most') return { text: `at most ${figure} is lost, as read`, isBad: true }
  if (lossBound === 'as-read') {
    return lossBytes === 0
      ? { text: 'nothing is lost, as read', isBad: false }
      : { text: `${figure} is lost`, isBad: true }
  }
  const seen = lossBytes === 0 ? '' : `${figure} and `
  return { text: `${seen}what ${name} wrote after ${clock(now - basisAgeMs)} is lost`, isBad: true }
}
