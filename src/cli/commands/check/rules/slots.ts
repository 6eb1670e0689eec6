// Replication slots: how much WAL they keep, whether somebody uses them, whether they are lost.

import type { Alert, SlotView } from '../../../../model/picture/picture.ts'
import { isSameSubject, subjectOf } from '../../../../model/picture/subject.ts'
import type { CheckedLimit, CheckRule, CheckSubject } from '../evaluation/check-rule.ts'
import { unreadFinding, wasPolled } from '../evaluation/readable.ts'
import { evaluateFigure, type PluginFinding, worstStatus } from '../evaluation/result.ts'

const RETAINED: CheckedLimit = {
  unit: 'bytes',
  worse: 'higher',
  source: '`alerts.slotRetained`',
  limits: (thresholds) => thresholds.slotRetainedBytes,
}

type Judge = (slot: SlotView, subject: CheckSubject) => readonly PluginFinding[]

function eachSlot(subject: CheckSubject, judge: Judge): readonly PluginFinding[] {
  const findings = subject.databases.flatMap((view) => {
    if (!wasPolled(view)) return [unreadFinding(view, subject)]
    return subject.picture.slots
      .filter(({ databaseId }) => databaseId === view.id)
      .flatMap((slot) => judge(slot, subject))
  })
  return findings.length > 0 || subject.databases.length === 0 ? findings : [{ status: 'ok', text: 'none' }]
}

/** A lost slot has no position to measure from. */
function retained(slot: SlotView, { ranges, title }: CheckSubject): readonly PluginFinding[] {
  if (!ranges || slot.retainedBytes === null) return []
  const name = `${title(slot.databaseId)}/${slot.name}`
  const { retainedBytes: value } = slot
  return [evaluateFigure({ name, value, unit: 'bytes', min: 0 }, ranges)]
}

/** The WAL that it keeps and the alerts about it, as one finding. */
function everything(slot: SlotView, subject: CheckSubject): readonly PluginFinding[] {
  const name = `${subject.title(slot.databaseId)}/${slot.name}`
  const findings = retained(slot, subject)
  const alerts = subject.picture.alerts.filter((alert) => isAbout(alert, slot))
  const texts = [findings[0]?.text ?? `${name} retains nothing`, ...alerts.map(({ message }) => message)]
  const verdict = worstStatus([findings[0]?.status ?? 'ok', ...alerts.map(({ severity }) => severity)])
  return [
    {
      status: verdict,
      text: texts.join(', '),
      performance: findings.flatMap(({ performance = [] }) => performance),
    },
  ]
}

function isAbout({ rule, subject }: Alert, slot: SlotView): boolean {
  const own = subjectOf(slot.databaseId, slot.name)
  return (rule === 'slot-lost' || rule === 'slot-inactive') && isSameSubject(subject, own)
}

export const slotsCheck: CheckRule = {
  title: 'slots',
  explains:
    'All faults of replication slots: lost is critical, about to be lost and inactive on a primary are ' +
    'warnings, the limits apply to the retained WAL. No slots is OK.',
  subjectKind: 'databases',
  limit: RETAINED,
  expectation: null,
  evaluate: (subject) => eachSlot(subject, everything),
  emptyText: 'no database is known',
}

export const slotRetainedCheck: CheckRule = {
  title: 'retained by slots',
  explains: 'WAL that each slot retains; the limits apply to it.',
  subjectKind: 'databases',
  limit: RETAINED,
  expectation: null,
  evaluate: (subject) => eachSlot(subject, retained),
  emptyText: 'no database is known',
}
