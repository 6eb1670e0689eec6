// Alert conditions of replication: lost links, lag, paused replay, settings too low, slots, split brain.

import { isSynchronizedCopy, lostSlotText } from '../../failover/lost-slot.ts'
import { slotsWaitingFor, withoutCopyText } from '../../failover/slots-after.ts'
import { isAuroraReader } from '../../measured/managers/aurora.ts'
import { settingsTooLow, settingsTooLowText } from '../../measured/required-settings.ts'
import type { Limits } from '../../measured/spec.ts'
import { lagBeyondDelay } from '../../picture/delayed-lag.ts'
import { ringAround, ringText, upstreamOf } from '../../picture/neighbours.ts'
import type { DatabaseView, SlotView } from '../../picture/picture.ts'
import { isPrimary, isReadableStandby, isWritable, standbyPositionOf } from '../../picture/roles.ts'
import { isDown } from '../../picture/status.ts'
import { subjectOf } from '../../picture/subject.ts'
import { type Member, mayBeSameSystem, requiredSettingsOf } from '../../replication/member.ts'
import { primaryOfSystem } from '../../replication/replay-pause.ts'
import { replayStallText } from '../../replication/replay-stall.ts'
import { keepAdviceText, splitBrainText } from '../../split-brain/advice.ts'
import { clean, listText } from '../../values/text.ts'
import { formatBytes, formatSeconds } from '../../values/units.ts'
import { type AlertCondition, aboveThreshold, afterInterval, immediate, type RuleInput } from './condition.ts'

export function replicationConditions(findings: RuleInput): readonly AlertCondition[] {
  return [
    ...splitBrain(findings),
    ...findings.databases.flatMap((view) => ofReplica(view, findings)),
    ...ofSlots(findings),
    ...withoutCopy(findings),
  ]
}

function splitBrain({ splitBrains, snapshot }: RuleInput): readonly AlertCondition[] {
  return splitBrains.map((split) => {
    const message = `split brain: ${splitBrainText(split)}; ${keepAdviceText(split)}`
    return immediate('split-brain', subjectOf(snapshot.spec.name), 'critical', message)
  })
}

function ofReplica(view: DatabaseView, findings: RuleInput): readonly AlertCondition[] {
  const node = findings.members.find(({ id }) => id === view.id)
  if (!node?.isFresh || !standbyPositionOf(node)) return []
  return [
    ...forked(view),
    ...inRing(view, findings),
    ...disconnected(view, findings),
    ...lagging(view, findings),
    ...unpromotable(view, node, findings),
    ...stalled(view, findings),
  ]
}

/** Alerts after it has lasted: during a switchover an old reading of one end can contradict a new one of the other. */
function forked({ id, name, otherHistory }: DatabaseView): readonly AlertCondition[] {
  if (!otherHistory) return []
  const message = `${name} has another history than its primary: ${otherHistory.why}`
  return [afterInterval('other-history', subjectOf(id), 'critical', message)]
}

/** WAL goes round in it, and no primary writes any. */
function inRing(view: DatabaseView, findings: RuleInput): readonly AlertCondition[] {
  const ring = ringAround(findings, view.id)
  if (ring.length === 0) return []
  const message = `${view.name} is in a ring of standbys, without a primary: ${ringText(ring)}`
  return [immediate('replica-disconnected', subjectOf(view.id), 'critical', message)]
}

/** A standby whose upstream is down is not at fault: the upstream has its own alert. */
function disconnected(view: DatabaseView, { databases }: RuleInput): readonly AlertCondition[] {
  if (view.status === 'archive') return fellBack(view, upstreamOf({ databases }, view))
  if (view.status !== 'disconnected') return []
  const upstream = upstreamOf({ databases }, view)
  if (upstream && upstream.status !== 'active' && isPrimary(upstream)) return []
  if (upstream && isDown(upstream)) return []
  const from = upstream ? ` from ${upstream.name}` : ''
  return [
    immediate('replica-disconnected', subjectOf(view.id), 'warning', `${view.name} is disconnected${from}`, view.since),
  ]
}

/** One that is to stream, and restores from its archive for as long as it can't. */
function fellBack(view: DatabaseView, upstream: DatabaseView | null): readonly AlertCondition[] {
  if (standbyPositionOf(view)?.walSources?.upstream !== true || (upstream && isDown(upstream))) return []
  const message = `${view.name} does not stream${upstream ? ` from ${upstream.name}` : ''}: it restores WAL from its archive instead`
  return [afterInterval('replica-disconnected', subjectOf(view.id), 'warning', message)]
}

function lagging(view: DatabaseView, { snapshot }: RuleInput): readonly AlertCondition[] {
  const { thresholds } = snapshot.spec
  const { bytes, seconds } = lagBeyondDelay(view, thresholds.replicationLagSeconds.warning)
  return [
    ...aboveThreshold('replication-lag', subjectOf(view.id), bytes, thresholds.replicationLagBytes, (limit) => {
      return `${view.name}: replication lag ${formatBytes(bytes ?? 0)}, limit ${formatBytes(limit)}`
    }),
    ...aboveThreshold(
      'replication-lag-seconds',
      subjectOf(view.id),
      seconds,
      thresholds.replicationLagSeconds,
      (limit) => {
        return `${view.name}: replication lag ${formatSeconds(seconds ?? 0)}, limit ${formatSeconds(limit)}`
      },
    ),
  ]
}

function stalled(view: DatabaseView, { snapshot }: RuleInput): readonly AlertCondition[] {
  const { replayStall: stall } = view
  if (stall === null || stall === 'unknown') return []
  const { replayStalledSeconds: limits } = snapshot.spec.thresholds
  return aboveThreshold('replay-stalled', subjectOf(view.id), stall.seconds, limits, (limit) => {
    return `${view.name}: ${replayStallText(stall)}, limit ${formatSeconds(limit)}`
  })
}

function unpromotable(view: DatabaseView, node: Member, { members }: RuleInput): readonly AlertCondition[] {
  const conditions: AlertCondition[] = []
  const primary = primaryOfSystem(node, members)
  // Readers of Aurora replay no WAL, and differ in size.
  const low = isAuroraReader(node)
    ? []
    : settingsTooLow(node.pulse?.settings ?? null, primary && requiredSettingsOf(primary))
  if (low.length > 0) {
    const message = `${view.name}: ${settingsTooLowText(low)} on ${primary?.name}: replay stops, and a promotion would shut the server down`
    conditions.push(immediate('required-settings', subjectOf(view.id), 'warning', message))
  }
  if (view.replayPause) {
    const message = `${view.name}: replay is paused: ${view.replayPause.text}`
    conditions.push(immediate('replay-paused', subjectOf(view.id), 'warning', message))
  }
  return conditions
}

function ofSlots({ slots, members, databases, mirroring, snapshot }: RuleInput): readonly AlertCondition[] {
  return slots.flatMap((slot) => {
    const node = members.find(({ id }) => id === slot.databaseId)
    const view = databases.find(({ id }) => id === slot.databaseId)
    if (!node?.isFresh || !view) return []
    const name = `${view.name}: slot ${slot.name}`
    const mirror = snapshot.spec.model === 'mirrored' && slot.type === 'logical'
    const idle = mirror ? `${name} is inactive: the mirrored databases diverge` : `${name} ${inactiveText(slot, node)}`
    // The cut exchange, or its other end that is down, has its own alert.
    const toldAsCut = mirroring.some((each) => each.from === node.id && each.slot === slot.name && each.state === 'cut')
    const user = members.find(({ id }) => id === slot.usedBy)
    return ofSlot(slot, name, {
      idle: isWritable(node) && !toldAsCut ? idle : null,
      lost: lostSlotText(slot, node.pulse, user ?? null),
      isReplaced: slot.active || isSynchronizedCopy(slot, node.pulse),
      retained: snapshot.spec.thresholds.slotRetainedBytes,
    })
  })
}

function inactiveText(slot: SlotView, { pulse }: Member): string {
  const waiting = pulse ? slotsWaitingFor(slot, pulse).map(({ name }) => clean(name)) : []
  if (waiting.length === 0) return 'is inactive and retains WAL'
  return `is inactive: the consumers of ${listText(waiting)} wait for it (synchronized_standby_slots)`
}

/** Told only where the standbys can be read: one that is down is told by itself. */
function withoutCopy({ slots, members }: RuleInput): readonly AlertCondition[] {
  return slots.flatMap((slot) => {
    const node = members.find(({ id }) => id === slot.databaseId)
    if (!node || !isWritable(node) || slot.type !== 'logical' || slot.failover !== true || slot.temporary) return []
    const standbys = members.filter((each) => isReadableStandby(each) && mayBeSameSystem(each, node))
    const text = withoutCopyText(slot, standbys, node)
    if (text === null) return []
    const message = `${node.name}: failover slot ${slot.name} ${text}`
    return [afterInterval('slot-not-failover-ready', subjectOf(slot.databaseId, slot.name), 'warning', message)]
  })
}

interface SlotFindings {
  /**
   * What it means that nobody uses the slot: null where that is no finding, as on a standby, which may hold copies of slots that
   * nobody uses there.
   */
  readonly idle: string | null
  /** What has to be done for its consumer when it is lost. */
  readonly lost: string
  /** Nothing is missing now although it is lost. */
  readonly isReplaced: boolean
  readonly retained: Limits
}

function ofSlot(
  slot: SlotView,
  name: string,
  { idle, lost, isReplaced, retained }: SlotFindings,
): readonly AlertCondition[] {
  const subject = subjectOf(slot.databaseId, slot.name)
  if (slot.walStatus === 'lost' || slot.invalidationReason !== null) {
    const why = slot.invalidationReason === null ? '' : ` (${slot.invalidationReason})`
    return [immediate('slot-lost', subject, isReplaced ? 'warning' : 'critical', `${name} is lost${why}: ${lost}`)]
  }
  const conditions: AlertCondition[] = []
  if (slot.walStatus === 'unreserved') {
    conditions.push(immediate('slot-lost', subject, 'warning', `${name} may lose its WAL at the next checkpoint`))
  }
  if (idle !== null && !slot.active && !slot.temporary && slot.restartLsn !== null) {
    conditions.push(afterInterval('slot-inactive', subject, 'warning', idle))
  }
  const bytes = slot.retainedBytes
  conditions.push(
    ...aboveThreshold('slot-retained', subject, bytes, retained, (limit) => {
      return `${name} retains ${formatBytes(bytes ?? 0)} of WAL, limit ${formatBytes(limit)}`
    }),
  )
  return conditions
}
