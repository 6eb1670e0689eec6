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
  clusterView: PlanningView,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  const user = ownReplicationUser(leaving, clusterView)
  if (user === null) return []
  const file = await readHbaFile(primary, clusterView, tools)
  const edit = removal(file.text, user, primary)
  if (edit.isNeedless) return []
  return [await removeLinesStep(primary, user, file, edit, tools), await reloadStep(primary, tools)]
}

/** The role that no other standby uses; null where there is none. */
function ownReplicationUser({ id }: DatabaseView, { snapshot }: PlanningView): string | null {
  const { databases } = snapshot.spec
  const user = databases.find((spec) => spec.id === id)?.replicationUser ?? null
  return databases.some((spec) => spec.id !== id && spec.replicationUser === user) ? null : user
}

/** pg_hba.conf of the primary; `text` and `sha256` are null where pgdeck can't read it. */
interface PrimaryHbaFile {
  readonly host: string | null
  readonly path: string
  readonly text: string | null
  readonly sha256: string | null
}

async function readHbaFile(
  primary: DatabaseView,
  clusterView: PlanningView,
  tools: ActionToolbox,
): Promise<PrimaryHbaFile> {
  const host = installationHostId(clusterView, null, primary.id)
  const dataDirectory = hostConfigById(clusterView, host)?.dataDirectory ?? null
  if (dataDirectory === null) return { host, path: 'pg_hba.conf', text: null, sha256: null }
  const path = `${dataDirectory}/pg_hba.conf`
  const file = await tools
    .host(host)
    ?.readFile(path, { signal: tools.signal })
    .catch(() => null)
  return { host, path, text: file?.text ?? null, sha256: file?.sha256 ?? null }
}

interface HbaRemoval {
  readonly lines: readonly string[]
  /** The file without them; null where pgdeck can't write it, so that a person removes them. */
  readonly after: string | null
  readonly isNeedless: boolean
}

function removal(text: string | null, user: string, { pulse }: DatabaseView): HbaRemoval {
  if (text === null) return { lines: [], after: null, isNeedless: false }
  const major = Math.floor((pulse?.versionNumber ?? 180_000) / 10_000)
  const lines = standbyReplicationLines(text, user, null, major)
  const edited = removeMatchingLines(text, lines)
  // A zero byte hides lines from pgdeck: a person has to look.
  const isNeedless = lines.length === 0 && !text.includes('\0')
  return { lines, after: edited.state === 'changed' ? edited.text : null, isNeedless }
}

async function removeLinesStep(
  { name }: DatabaseView,
  user: string,
  { host, path, text, sha256 }: PrimaryHbaFile,
  { lines, after }: HbaRemoval,
  tools: ActionToolbox,
): Promise<PlannedStep> {
  const common = {
    id: 'remove-hba-entry',
    edit: {
      host,
      path,
      edit: REMOVE_LINES_EDIT,
      before: sha256,
      after: after === null ? null : sha256OfText(after),
      backup: editBackupPath(path, tools),
      guard: null,
      lines,
    },
    where: host ?? name,
    verify: 'the file has none of these lines',
    ifStopped: 'The leftover line is harmless: the standby is gone.',
    maySkip: true,
  }
  if (after === null || text === null)
    return editFileStep({
      ...common,
      title: `remove the lines of ${user} from pg_hba.conf of ${name}, by hand`,
      how: 'manual',
      detail: `In ${path}: delete the lines  host replication ${user} …`,
      undo: null,
      deadlineSeconds: MANUAL_STEP_SECONDS,
    })
  return editFileStep({
    ...common,
    title: `pg_hba.conf of ${name}: ${lines.length === 1 ? 'the line' : 'the lines'} of ${user} removed`,
    how: 'file',
    detail: await unifiedDiff(path, text, after),
    undo: 'it is restored from its backup, unless it has changed since',
    deadlineSeconds: 15,
  })
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
