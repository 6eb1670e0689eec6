// The first lines of a cluster's status: its health, who serves, and the cost of a failure.

import { lossPhrase } from '../../model/failover/loss-text.ts'
import { type ClusterManager, isManagerMissing, pauseWords } from '../../model/managers/detection/cluster-manager.ts'
import { managerEvidenceText, managerTitle } from '../../model/managers/manager-guard.ts'
import { commitsWaitAlert } from '../../model/picture/commits-wait.ts'
import { elsewhereText } from '../../model/picture/neighbours.ts'
import type { FailoverEstimate, Picture, Serving } from '../../model/picture/picture.ts'
import { closedRestoreGate } from '../../model/picture/restore-gate.ts'
import { runText } from '../../model/runs/lock/cluster-run.ts'
import { splitBrainAdvice } from '../../model/split-brain/advice.ts'
import { listText } from '../../model/values/text.ts'
import { formatAge } from '../../model/values/units.ts'
import { displayNameOf, findNode, servingKind } from '../../state/select/cluster.ts'
import type { ClusterState } from '../../state/state.ts'
import { UNICODE_GLYPHS } from '../../ui/frame/format/glyphs.ts'
import { fitText, type Line, line, span, type TextSpan, textWidth } from '../../ui/frame/format/line.ts'
import { mirroringText } from '../../ui/frame/format/mirroring.ts'
import { accessLabel, healthSpan } from '../../ui/frame/format/status-text.ts'
import { standstillText, takeoverWords, warningsBesideTakeover } from '../../ui/frame/format/takeover-text.ts'
import { instant, seconds, UNKNOWN_TEXT } from '../../ui/frame/format/values.ts'

/** Name, health, model and time of a cluster. */
export function headline(cluster: ClusterState, picture: Picture): Line {
  return line(
    span(cluster.spec.name, 'title'),
    ' ',
    healthSpan(picture.health, UNICODE_GLYPHS),
    ` ${cluster.spec.model}  `,
    span(instant(picture.at), 'dim'),
  )
}

interface SummaryLine {
  readonly label: string
  readonly line: Line
}

/** Who serves, who would be next, and what a failure of the primary would cost. */
export function clusterSummary(cluster: ClusterState, picture: Picture): readonly Line[] {
  const rows: readonly SummaryLine[] = [
    { label: 'Users are served by', line: serving(picture) },
    ...restoreGate(cluster, picture),
    ...splits(picture),
    { label: 'Next in line', line: line(failoverOrder(picture)) },
    ...exchange(picture),
    ...failover(picture),
    ...managed(picture),
    ...running(picture),
  ]
  const width = Math.max(...rows.map(({ label }) => textWidth(span(label).text)))
  return rows.map(({ label, line: rest }) => [span(`  ${fitText(span(label).text, width)}   `, 'dim'), ...rest])
}

/** What must not start before the restore, while that is so. */
function restoreGate(cluster: ClusterState, picture: Picture): readonly SummaryLine[] {
  const gate = closedRestoreGate(cluster, picture)
  const names = gate ? [...gate.servers, ...gate.databases].map((id) => displayNameOf(picture, id)) : []
  if (!gate || names.length === 0) return []
  const { acting } = gate
  const by = displayNameOf(picture, acting.server ?? acting.database)
  const since = `   ${by} acts since ${instant(acting.since)}`
  return [
    { label: 'Before the restore', line: line(span(`do not start ${listText(names)}`, 'warning'), span(since, 'dim')) },
  ]
}

/** How to end a split brain, by the ranking that all parts of pgdeck use. */
function splits({ splitBrains }: Picture): readonly SummaryLine[] {
  return splitBrains.flatMap((split) =>
    splitBrainAdvice(split).map(({ name, reason, remedies }, index, { length }): SummaryLine => {
      const fences = remedies.filter(({ label }) => label === 'to fence it').map(({ text }) => text)
      const rest = `${length > 1 && index === 0 ? 'either ' : index > 0 ? 'or ' : ''}keep ${name}${reason === null ? '' : ` (${reason})`}: `
      return { label: index === 0 ? 'To end the split' : '', line: line(span(rest, 'critical'), fences.join('; ')) }
    }),
  )
}

function managed(picture: Picture): readonly SummaryLine[] {
  const { manager } = picture
  if (!manager || manager.activity === 'hint') return []
  const leader = manager.leader === null ? '' : `, leader ${displayNameOf(picture, manager.leader)}`
  const pause = pauseWords(manager)
  const paused = pause === null ? span('') : span(`, ${pause}`, 'warning')
  const silent = isManagerMissing(manager) ? span(', silent', 'warning') : span('')
  const evidence = span(`   ${managerEvidenceText(manager)}`, 'dim')
  const words = [span(`${managerTitle(manager)}${leader}`), paused, ...storeSpans(manager), silent, evidence]
  return [{ label: 'Managed by', line: words }, ...planned(manager, picture.at)]
}

function storeSpans({ details }: ClusterManager): readonly TextSpan[] {
  const { dcs } = details ?? {}
  if (dcs?.state === 'partly') return [span(`, DCS lost by ${listText(dcs.lostBy)}`, 'warning')]
  if (dcs?.state !== 'lost') return []
  return [span(', DCS lost', 'critical'), ...(dcs.isFailsafe ? [span(', failsafe mode', 'warning')] : [])]
}

/** The switchover that the manager will carry out by itself. `now`: when the text is made. */
function planned({ details }: ClusterManager, now: number): readonly SummaryLine[] {
  const plan = details?.scheduledSwitchover
  if (!plan || plan.at < now) return []
  const text = `${plan.from ?? 'the leader'} to ${plan.to ?? 'a member of its choice'} in ${seconds((plan.at - now) / 1000)}, at ${instant(plan.at)}`
  return [{ label: 'Switchover planned', line: line(span(text, 'warning')) }]
}

/** Actions in progress, with the sessions by which they hold the cluster. */
function running(picture: Picture): readonly SummaryLine[] {
  return picture.runs.map((run) => {
    const sessions = run.sessions.map(
      ({ databaseId, pid }) => `process ${pid} on ${displayNameOf(picture, databaseId)}`,
    )
    return { label: 'Run in progress', line: [span(runText(run), 'warning'), span(`   ${sessions.join(', ')}`, 'dim')] }
  })
}

const COMMITS_WAIT = { critical: ', but commits wait', warning: ', but commits may wait' } as const

function serving(picture: Picture): Line {
  if (picture.serving === null) {
    const known = picture.alerts.some(({ rule }) => rule === 'nobody-serves')
    if (known) return [span('nobody', 'critical')]
    return line(`${UNKNOWN_TEXT} unknown${elsewhereText(picture)}`)
  }
  const { id, access } = picture.serving
  const node = findNode(picture, id)
  const kind = servingKind(node)
  const detail = [kind, accessLabel(access)].filter((part) => part !== null).join(', ')
  const waits = commitsWaitAlert(picture)
  const but = waits ? [span(COMMITS_WAIT[waits.severity], waits.severity)] : []
  return [...line(span(displayNameOf(picture, id), 'strong'), ` (${detail})${alsoServing(picture)}`), ...but]
}

function alsoServing(picture: Picture): string {
  return picture.alsoServing
    .map(({ id, access }) => ` and ${displayNameOf(picture, id)} (${accessLabel(access)})`)
    .join('')
}

function failoverOrder(picture: Picture): string {
  if (picture.next.length === 0) return 'none'
  const text = ({ id, access }: Serving) =>
    access === 'read-write' ? displayNameOf(picture, id) : `${displayNameOf(picture, id)} (${accessLabel(access)})`
  return picture.next.map(text).join(', then ')
}

function exchange(picture: Picture): readonly SummaryLine[] {
  const rest = mirroringText(picture, UNICODE_GLYPHS)
  return rest ? [{ label: rest.label, line: line(span(rest.text, rest.style)) }] : []
}

function failover(picture: Picture): readonly SummaryLine[] {
  const { failover: estimate } = picture
  if (estimate.ifFails === null) {
    const why = standstillText(picture)
    const text = span(`${UNICODE_GLYPHS.critical} ${why}`, 'critical')
    return [{ label: 'Failover', line: why === null ? line('there is no known primary to fail over from') : [text] }]
  }
  const seen = estimate.basis === 'last-seen'
  const label = `If ${displayNameOf(picture, estimate.ifFails)} ${seen ? 'stays down' : 'fails now'}`
  const { before, after, by } = takeoverWords(picture)
  const writable = by === 'manager' ? null : estimate.writableInSeconds
  const promotion =
    estimate.candidate === null
      ? 'no standby can take over'
      : `${before}${displayNameOf(picture, estimate.candidate)}${after}: ${lossPhrase(estimate)}${readAgo(estimate)}` +
        (writable === null ? '' : `, writable in about ${seconds(writable)}`)
  return [
    { label, line: line(promotion) },
    ...estimate.blockers.map((text) => ({
      label: '',
      line: line(span(`${UNICODE_GLYPHS.critical} ${text}`, 'critical')),
    })),
    ...warningsBesideTakeover(picture).map((text) => ({
      label: '',
      line: line(span(`${UNICODE_GLYPHS.warning} ${text}`, 'warning')),
    })),
  ]
}

/** Printed text is read later: a figure of a moment carries its time. */
function readAgo({ lossBound, basisAgeMs }: FailoverEstimate): string {
  return lossBound === 'as-read' ? `, as read ${formatAge(basisAgeMs)} ago` : ''
}

/** `SERVERS  2 of 3 up`. */
export function sectionHeading(title: string, note = ''): readonly Line[] {
  return [[span('')], line(span(title, 'title'), note === '' ? '' : `  ${note}`)]
}
