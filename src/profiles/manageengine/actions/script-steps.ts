// Steps that run the product's own scripts or tell a person to: its tools, a backup, files that are made or copied by
// hand.

import type { ActionField, ActionToolbox, PlanningView } from '../../../actions/definition/action.ts'
import { MANUAL_STEP_SECONDS } from '../../../actions/definition/step-kind.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import { standbyPositionOf } from '../../../model/picture/roles.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import { type BackupFolder, backupListing } from '../files/latest-backup.ts'
import {
  installationPath,
  installationScript,
  type ProductInstallation,
  scriptPath,
  typedCommand,
} from '../roles/installation.ts'
import type { PromotedInstallation } from '../roles/promoted-installation.ts'
import { productBackupKind } from '../steps/backup.ts'
import { productScriptKind } from '../steps/script.ts'

interface ScriptStepOptions {
  readonly id: string
  readonly name: string
  readonly words: readonly string[]
  readonly title: string
  readonly slot?: string
  readonly database?: string
  readonly minutes?: number
}

async function scriptStep(
  installation: ProductInstallation,
  part: ScriptStepOptions,
  tools: ActionToolbox,
): Promise<PlannedStep> {
  const { id, name, words, title, slot = null, database = null, minutes = 5 } = part
  const script = await installationScript(installation, name, tools)
  const path = scriptPath(installation, name)
  const argv = [...(script?.command ?? [path]), ...words]
  const how = script ? installation.control : 'manual'
  return productScriptKind.plan({
    id,
    script: { host: installation.host, argv, slot, database, timeoutMs: minutes * 60_000 },
    title: how === 'manual' ? `${title}, by hand` : title,
    how,
    where: installation.host ?? 'the host of the server',
    detail: typedCommand(installation, argv),
    ifStopped: 'You can run it later by hand.',
    deadlineSeconds: how === 'manual' ? MANUAL_STEP_SECONDS : 20,
  })
}

/** Removes the read-only server from the product's own tables. */
export async function readOnlyCleanupSteps(
  { installation, server, participants }: PromotedInstallation,
  clusterView: PlanningView,
  slot: string | null,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  const { target } = participants
  const ip = ipOf(clusterView, server.id, installation, target)
  const address = {
    id: 'delete-ro-ip',
    name: 'DeleteROServerIP',
    words: [ip],
    title: `remove ${ip} from the read-only servers`,
  }
  const steps = [await scriptStep(installation, address, tools)]
  if (slot === null) return steps
  const title = `drop its slot ${slot}`
  const part = { id: 'delete-slot', name: 'DeleteSlot', words: [slot], title, slot, database: target.id }
  return [...steps, await scriptStep(installation, part, tools)]
}

/** The slot of a standby on its primary: as configured, as the standby reports it, or as last read. */
export function standbySlotOf({ picture, snapshot }: PlanningView, view: DatabaseView): string | null {
  const { id } = view
  const configured = snapshot.spec.databases.find((spec) => spec.id === id)?.slot ?? null
  const own = standbyPositionOf(view)?.receiver?.slot ?? null
  return configured ?? own ?? picture.slots.find(({ usedBy }) => usedBy === id)?.name ?? null
}

function ipOf(
  { config }: PlanningView,
  server: string,
  { address }: ProductInstallation,
  { host }: DatabaseView,
): string {
  const seen = config.servers.find(({ spec }) => spec.id === server)?.spec.clientAddress ?? null
  const known = [seen, address, host].filter((each) => each !== null)
  return known.find((each) => /^[\d.]+$|:/.test(each)) ?? address ?? host
}

export const BACKUP_FOLDER_FIELD: ActionField = {
  name: 'backup-folder',
  explains: 'the folder on the host of the server where the product puts its backups',
  kind: 'text',
  required: false,
  defaultText: 'Backup in the installation',
}

/** Reads what is there now. Never throws. */
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
): Promise<BackupFolder['before']> {
  const connection = tools.host(host)
  if (control === 'manual' || !connection) return []
  return backupListing((await connection.list(folder, { signal: tools.signal }).catch(() => null)) ?? [])
}

export async function backupToolStep(
  from: ProductInstallation,
  place: BackupFolder,
  tools: ActionToolbox,
): Promise<PlannedStep> {
  const script = await installationScript(from, 'BackupDB', tools)
  const argv = script?.command ?? [scriptPath(from, 'BackupDB')]
  const how = script ? from.control : 'manual'
  return productBackupKind.plan({ place, installation: from, argv, how })
}
