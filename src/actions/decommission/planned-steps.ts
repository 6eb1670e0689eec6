// Finds and plans what a removed standby leaves elsewhere: its slots, and its lines of pg_hba.conf.

import { auditHba } from '../../model/hba/audit/audit.ts'
import { hbaAuditInput } from '../../model/hba/audit/audit-input.ts'
import { linesForStandbyOnly, numberedLineTexts, removeNumberedLines } from '../../model/hba/edit/edit-lines.ts'
import { redact } from '../../model/logs/redact.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import type { PlannedStep } from '../../model/runs/plan.ts'
import { profileOf } from '../../profiles/facts.ts'
import type { ActionToolbox, PlanningView } from '../definition/action.ts'
import { findDatabase } from '../definition/target.ts'
import { hbaFileAccess, readHbaFile, sha256OfText } from '../hba/hba-file.ts'
import { mayManageSlots } from '../repoint/physical-slots.ts'
import { dropIdleSlotKind } from '../steps/drop-idle-slot.ts'
import { removeHbaLinesKind } from './remove-hba-lines.ts'

/** One step for each slot that it uses, on whichever database that is. */
export async function dropSlotSteps(
  view: DatabaseView,
  { picture, config }: PlanningView,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  const configured = config.databases.find(({ spec }) => spec.id === view.id)?.spec.slot ?? null
  const its = picture.slots.filter(
    ({ usedBy, type, name, databaseId }) =>
      type === 'physical' &&
      databaseId !== view.id &&
      (usedBy === view.id || (configured !== null && name === configured && usedBy === null)),
  )
  return Promise.all(
    its.map(async ({ databaseId, name }): Promise<PlannedStep> => {
      const where = picture.databases.find(({ id }) => id === databaseId)?.name ?? databaseId
      const may = await mayManageSlots(databaseId, tools).catch(() => false)
      return dropIdleSlotKind.plan({
        id: its.length === 1 ? 'drop-slot' : `drop-slot-${databaseId}`,
        database: databaseId,
        databaseName: where,
        slot: name,
        title: `drop its slot ${name} on ${where}`,
        may,
      })
    }),
  )
}

/** One step for each database whose file has lines only for this standby. `sight` holds the rules. */
export async function removeHbaLinesSteps(
  view: DatabaseView,
  clusterView: PlanningView,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  const audit = auditHba(
    hbaAuditInput(clusterView.snapshot, clusterView.picture, profileOf(clusterView.snapshot.spec.profile)),
  )
  const steps = await Promise.all(
    clusterView.picture.databases
      .filter(({ id, problem }) => id !== view.id && problem === null)
      .map((each) => hbaStepsOn(view, each, linesForStandbyOnly(audit, view.id, each.id), clusterView, tools)),
  )
  return steps.flat()
}

type Lines = ReturnType<typeof linesForStandbyOnly>

/** One step for each file: a pg_hba.conf may include others. */
function hbaStepsOn(
  view: DatabaseView,
  on: DatabaseView,
  lines: Lines,
  clusterView: PlanningView,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  const paths = [...new Set(lines.map(({ file }) => file))]
  const ofFile = (path: string) => lines.filter(({ file }) => file === path)
  return Promise.all(
    paths.map(async (path, index) => {
      const step = await hbaStep(view, on, path, ofFile(path), clusterView, tools)
      return index === 0 ? step : { ...step, id: `${step.id}-${index + 1}` }
    }),
  )
}

async function hbaStep(
  view: DatabaseView,
  on: DatabaseView,
  path: string,
  lines: Lines,
  clusterView: PlanningView,
  tools: ActionToolbox,
): Promise<PlannedStep> {
  const numbers = lines.map(({ line }) => line)
  const access = await hbaFileAccess(on.id, tools)
  const file = access.method === 'manual' ? null : await readHbaFile(on.id, path, tools)
  const major = Math.floor((findDatabase(clusterView, on.id)?.pulse?.versionNumber ?? 0) / 10_000)
  const text = file && removeNumberedLines(file.text, numbers, major)
  const isOurs =
    file !== null && text !== null && numberedLineTexts(file.text, numbers, major).length === numbers.length
  return removeHbaLinesKind.plan({
    view,
    on,
    removal: {
      database: on.id,
      path,
      major,
      before: file?.sha256 ?? '',
      after: text == null ? '' : sha256OfText(text),
      backup: `${path}.pgdeck-${tools.run}`,
      lines: numbers,
      texts: lines.map(({ rule }) => rule),
    },
    method: isOurs ? access.method : 'manual',
    rules: lines.map(({ rule }) => redact(rule)).join('\n'),
  })
}
