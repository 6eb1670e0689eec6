// The steps of taking a standby out, as data: stop, slot, lines of pg_hba.conf, what is left for people.

import { auditHba } from '../../model/hba/audit/audit.ts'
import { hbaAuditInput } from '../../model/hba/audit/audit-input.ts'
import { linesForStandbyOnly, numberedLineTexts, removeNumberedLines } from '../../model/hba/edit/edit-lines.ts'
import { redact } from '../../model/logs/redact.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import type { PlannedStep } from '../../model/runs/plan.ts'
import type { ActionToolbox, PlanningView } from '../definition/action.ts'
import { MANUAL_STEP_SECONDS } from '../definition/step-kind.ts'
import { findDatabase } from '../definition/target.ts'
import { hbaFileAccess, readHbaFile, sha256OfText } from '../hba/hba-file.ts'
import type { DatabaseService } from '../hosts/service.ts'
import { mayManageSlots } from '../repoint/physical-slots.ts'
import { fenceStep } from '../steps/stop-database.ts'
import { removeHbaLinesArguments } from './remove-hba-lines.ts'

export function stopStandbyStep(view: DatabaseView, service: DatabaseService): PlannedStep {
  return {
    ...fenceStep('stop', view, service),
    kind: 'stop-standby',
    ifStopped: `${view.name} is down, and everything else is as it was.`,
    // By hand, a script says by it that somebody has done it.
    maySkip: service.control === 'manual',
    changes: [view.id],
  }
}

/** One for each slot that it uses, wherever that is. */
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
      return {
        id: its.length === 1 ? 'drop-slot' : `drop-slot-${databaseId}`,
        kind: 'drop-idle-slot',
        args: { database: databaseId, slot: name },
        title: `drop its slot ${name} on ${where}`,
        how: may ? 'sql' : 'manual',
        where,
        detail: `SELECT pg_catalog.pg_drop_replication_slot('${name}');`,
        verify: 'it is gone from pg_replication_slots',
        undo: null,
        ifStopped: 'A slot that nobody uses keeps WAL until the disk is full.',
        maySkip: true,
        changes: [],
        deadlineSeconds: may ? 20 : MANUAL_STEP_SECONDS,
      }
    }),
  )
}

/** One for each database whose file has lines for it alone. `sight` holds their rules. */
export async function removeHbaLinesSteps(
  view: DatabaseView,
  sight: PlanningView,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  const audit = auditHba(hbaAuditInput(sight.snapshot, sight.picture))
  const steps = await Promise.all(
    sight.picture.databases
      .filter(({ id, problem }) => id !== view.id && problem === null)
      .map((each) => hbaStepsOn(view, each, linesForStandbyOnly(audit, view.id, each.id), sight, tools)),
  )
  return steps.flat()
}

type Lines = ReturnType<typeof linesForStandbyOnly>

/** One for each of its files: a file may include others. */
function hbaStepsOn(
  view: DatabaseView,
  on: DatabaseView,
  found: Lines,
  sight: PlanningView,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  const paths = [...new Set(found.map(({ file }) => file))]
  const ofFile = (path: string) => found.filter(({ file }) => file === path)
  return Promise.all(
    paths.map(async (path, index) => {
      const step = await hbaStep(view, on, path, ofFile(path), sight, tools)
      return index === 0 ? step : { ...step, id: `${step.id}-${index + 1}` }
    }),
  )
}

async function hbaStep(
  view: DatabaseView,
  on: DatabaseView,
  path: string,
  found: Lines,
  sight: PlanningView,
  tools: ActionToolbox,
): Promise<PlannedStep> {
  const numbers = found.map(({ line }) => line)
  const rules = found.map(({ rule }) => redact(rule)).join('\n')
  const access = await hbaFileAccess(on.id, tools)
  const file = access.method === 'manual' ? null : await readHbaFile(on.id, path, tools)
  const major = Math.floor((findDatabase(sight, on.id)?.pulse?.versionNumber ?? 0) / 10_000)
  const text = file && removeNumberedLines(file.text, numbers, major)
  const isOurs =
    file !== null && text !== null && numberedLineTexts(file.text, numbers, major).length === numbers.length
  const backup = `${path}.pgdeck-${tools.run}`
  return {
    id: `hba-${on.id}`,
    kind: 'remove-hba-lines',
    args: removeHbaLinesArguments({
      database: on.id,
      path,
      major,
      before: file?.sha256 ?? '',
      after: text == null ? '' : sha256OfText(text),
      backup,
      lines: numbers,
      texts: found.map(({ rule }) => rule),
    }),
    title: `take ${numbers.length === 1 ? 'the line' : `${numbers.length} lines`} for ${view.name} out of ${path.split('/').at(-1)} of ${on.name}`,
    how: isOurs ? access.method : 'manual',
    where: on.name,
    detail: `In ${path}, delete:\n${rules}\nSELECT pg_catalog.pg_reload_conf();`,
    verify: 'pg_hba_file_rules has no row for them any more, and the files were read again',
    undo: isOurs ? `the file of before is in ${backup}` : null,
    ifStopped: 'Whoever knows its password could still replicate from that address.',
    maySkip: true,
    changes: [],
    deadlineSeconds: isOurs ? 15 : MANUAL_STEP_SECONDS,
  }
}
