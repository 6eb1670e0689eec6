// Removes the lines of a decommissioned standby from the primary's pg_hba.conf, and reloads.

import type { ActionToolbox, PlanningView } from '../../../actions/definition/action.ts'
import { MANUAL_STEP_SECONDS } from '../../../actions/definition/step-kind.ts'
import { sha256OfText } from '../../../actions/hba/hba-file.ts'
import { unifiedDiff } from '../../../actions/hosts/file-diff.ts'
import { editFileStep, REMOVE_LINES_EDIT } from '../../../actions/steps/edit-file.ts'
import { sqlCallKind } from '../../../actions/steps/sql-call.ts'
import { removeMatchingLines, standbyReplicationLines } from '../../../model/hba/edit/edit-lines.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import { editBackupPath } from '../files/file-edits.ts'
import { hostConfigById, installationHostId } from '../roles/server-roles.ts'

/** Returns no steps if the standby has no role of its own, or if other standbys use the same role. */
export async function hbaCleanupSteps(
  primary: DatabaseView,
  leaving: DatabaseView,
  sight: PlanningView,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  const specs = sight.snapshot.spec.databases
  const user = specs.find(({ id }) => id === leaving.id)?.replicationUser ?? null
  if (user === null || specs.some((spec) => spec.id !== leaving.id && spec.replicationUser === user)) return []
  const hostId = installationHostId(sight, null, primary.id)
  const dataDirectory = hostConfigById(sight, hostId)?.dataDirectory ?? null
  const path = dataDirectory === null ? 'pg_hba.conf' : `${dataDirectory}/pg_hba.conf`
  const reach = dataDirectory === null ? null : tools.host(hostId)
  const file = reach ? await reach.readFile(path, { signal: tools.signal }).catch(() => null) : null
  const major = Math.floor((primary.pulse?.versionNumber ?? 180_000) / 10_000)
  const lines = file ? standbyReplicationLines(file.text, user, null, major) : []
  if (file && lines.length === 0 && !file.text.includes('\0')) return []
  const edited = file ? removeMatchingLines(file.text, lines) : null
  const after = edited?.state === 'changed' ? edited.text : null
  const byHand = after === null || file === null
  const backup = editBackupPath(path, tools)
  const step = editFileStep({
    id: 'remove-hba-entry',
    edit: {
      host: hostId,
      path,
      edit: REMOVE_LINES_EDIT,
      before: file?.sha256 ?? null,
      after: after === null ? null : sha256OfText(after),
      backup,
      guard: null,
      lines,
    },
    title: byHand
      ? `remove the lines of ${user} from pg_hba.conf of ${primary.name}, by hand`
      : `pg_hba.conf of ${primary.name}: ${lines.length === 1 ? 'the line' : 'the lines'} of ${user} removed`,
    how: byHand ? 'manual' : 'file',
    where: hostId ?? primary.name,
    detail: byHand
      ? `In ${path}: delete the lines  host replication ${user} …`
      : await unifiedDiff(path, file.text, after),
    verify: 'the file has none of these lines',
    undo: byHand ? null : 'it is restored from its backup, unless it has changed since',
    ifStopped: 'The leftover line is harmless: the standby is gone.',
    maySkip: true,
    deadlineSeconds: byHand ? MANUAL_STEP_SECONDS : 15,
  })
  return [step, await reloadStep(primary, tools)]
}

const SEEN = `SELECT pg_catalog.pg_conf_load_time() > $1::pg_catalog.timestamptz AS seen,
  'the configuration was loaded at ' || pg_catalog.pg_conf_load_time()::pg_catalog.text AS evidence`

async function reloadStep({ id, name }: DatabaseView, tools: ActionToolbox): Promise<PlannedStep> {
  const [before] = await tools.sql<{ at: string }>(id, {
    text: 'SELECT pg_catalog.pg_conf_load_time()::pg_catalog.text AS at',
  })
  return sqlCallKind.plan({
    id: 'reload',
    call: {
      database: id,
      text: 'SELECT pg_catalog.pg_reload_conf()',
      falseMeans: `${name} could not signal its postmaster`,
      verifySql: { text: SEEN, values: [before?.at ?? null] },
    },
    title: `${name} reads its configuration files again`,
    where: name,
    detail: 'SELECT pg_catalog.pg_reload_conf();',
    verify: 'pg_conf_load_time() is newer than before',
    ifStopped: 'The old lines stay in force until a reload.',
    maySkip: true,
    deadlineSeconds: 10,
  })
}
