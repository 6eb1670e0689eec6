// The step that takes a backup with the product's own tool, or tells a person to.

import type { ActionField, ActionToolbox } from '../../../actions/definition/action.ts'
import { MANUAL_STEP_SECONDS } from '../../../actions/definition/step-kind.ts'
import type { JsonRecord, PlannedStep } from '../../../model/runs/plan.ts'
import { backupListing } from '../files/latest-backup.ts'
import {
  installationPath,
  installationScript,
  type ProductInstallation,
  scriptPath,
  typedCommand,
} from '../roles/installation.ts'
import { backupToolArguments } from '../steps/backup.ts'

export const BACKUP_FOLDER_FIELD: ActionField = {
  name: 'backup-folder',
  explains: 'the folder on the host of the server where the product puts its backups',
  kind: 'text',
  required: false,
  defaultText: 'Backup in the installation',
}

/** Where the backup is made, and what was there before it. */
export interface BackupFolder {
  readonly host: string | null
  readonly folder: string
  readonly before: readonly JsonRecord[]
}

/** Looks what is there now. Never throws. */
export async function inspectBackupFolder(
  from: ProductInstallation,
  given: string | null,
  tools: ActionToolbox,
): Promise<BackupFolder> {
  const folder = given ?? installationPath(from, 'Backup')
  return { host: from.host, folder, before: await before(from, folder, tools) }
}

async function before(
  { control, host }: ProductInstallation,
  folder: string,
  tools: ActionToolbox,
): Promise<readonly JsonRecord[]> {
  const reach = tools.host(host)
  if (control === 'manual' || !reach) return []
  return backupListing((await reach.list(folder, { signal: tools.signal }).catch(() => null)) ?? [])
}

const TOOL_MS = 6 * 3_600_000

export async function backupToolStep(
  from: ProductInstallation,
  place: BackupFolder,
  tools: ActionToolbox,
): Promise<PlannedStep> {
  const script = await installationScript(from, 'BackupDB', tools)
  const argv = script?.command ?? [scriptPath(from, 'BackupDB')]
  const how = script ? from.control : 'manual'
  return {
    undo: null,
    maySkip: false,
    changes: [],
    id: 'backup',
    kind: 'product-backup',
    args: backupToolArguments({ ...place, argv, timeoutMs: TOOL_MS }),
    title: `take a backup on ${from.host ?? 'the acting primary'}${how === 'manual' ? ' by hand' : ''}`,
    how,
    where: from.host ?? 'the acting primary',
    detail:
      how === 'manual'
        ? `In its web console: Admin, Configuration, Database Backup, Backup Now\n(the file is looked for in ${place.folder})`
        : typedCommand(from, argv),
    verify: `a new file in ${place.folder} is there, no longer grows, is not empty and can be read`,
    ifStopped: 'A backup may be there; nothing else was changed.',
    deadlineSeconds: how === 'manual' ? MANUAL_STEP_SECONDS : 60,
  }
}
