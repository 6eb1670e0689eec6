// The steps that run the product's own scripts, or tell a person to: its tools, a backup, files that are made or brought by hand.

import type { ActionField, ActionToolbox, PlanningView } from '../../../actions/definition/action.ts'
import { MANUAL_STEP_SECONDS } from '../../../actions/definition/step-kind.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import { standbyPositionOf } from '../../../model/picture/roles.ts'
import type { JsonRecord, PlannedStep } from '../../../model/runs/plan.ts'
import { backupListing } from '../files/latest-backup.ts'
import {
  installationPath,
  installationScript,
  type ProductInstallation,
  scriptPath,
  typedCommand,
} from '../roles/installation.ts'
import type { PromotedInstallation } from '../roles/promoted-installation.ts'
import { backupToolArguments } from '../steps/backup.ts'
import { scriptRunArguments } from '../steps/script.ts'

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
  return {
    id,
    kind: 'product-script',
    args: scriptRunArguments({ host: installation.host, argv, slot, database, timeoutMs: minutes * 60_000 }),
    title: how === 'manual' ? `${title}, by hand` : title,
    how,
    where: installation.host ?? 'the host of the server',
    detail: typedCommand(installation, argv),
    verify: slot === null ? 'its exit code is 0' : `its exit code is 0, and pg_replication_slots has no ${slot}`,
    undo: null,
    ifStopped: 'It can be run later by hand.',
    maySkip: true,
    changes: [],
    deadlineSeconds: how === 'manual' ? MANUAL_STEP_SECONDS : 20,
  }
}

/** What is left of the read-only server in the product's own tables. */
export async function readOnlyCleanupSteps(
  { installation, server, participants }: PromotedInstallation,
  sight: PlanningView,
  slot: string | null,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  const { target } = participants
  const ip = ipOf(sight, server.id, installation, target)
  const address = {
    id: 'delete-ro-ip',
    name: 'DeleteROServerIP',
    words: [ip],
    title: `forget ${ip} as a read-only server`,
  }
  const steps = [await scriptStep(installation, address, tools)]
  if (slot === null) return steps
  const title = `forget the slot ${slot} that it used`
  const part = { id: 'delete-slot', name: 'DeleteSlot', words: [slot], title, slot, database: target.id }
  return [...steps, await scriptStep(installation, part, tools)]
}

/** The slot that a standby uses on its primary: as configured, as it says itself, or as it was last seen. */
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

const COMMON = { undo: null, maySkip: true, changes: [] } as const

/** What a person makes, and where it is looked for; `path` null where that is not known. */
export function manualFileStep(
  id: string,
  installation: ProductInstallation,
  path: string | null,
  words: { readonly title: string; readonly detail: string; readonly ifStopped: string },
): PlannedStep {
  return {
    ...COMMON,
    ...words,
    id,
    kind: 'file-there',
    args: { host: installation.host, path },
    how: 'manual',
    where: installation.host ?? 'its host',
    verify: path === null ? 'a person says so' : `${path} is there, and not empty`,
    deadlineSeconds: MANUAL_STEP_SECONDS,
  }
}

/** A file from one installation into another; by hand where something is not known or reached. */
export function copyBetweenInstallationsStep(
  id: string,
  from: ProductInstallation,
  path: string | null,
  to: ProductInstallation,
  what: string,
): PlannedStep {
  const name = path?.split(/[\\/]/).at(-1) ?? null
  const target = name === null ? null : installationPath(to, name)
  const isOurs = path !== null && from.control !== 'manual' && to.control !== 'manual' && to.folder !== null
  return {
    ...COMMON,
    id,
    kind: 'copy-file',
    args: { host: from.host, path, toHost: to.host, target },
    title: `bring ${what} to ${to.host ?? 'its host'}`,
    how: isOurs ? (from.control === 'local' && to.control === 'local' ? 'local' : 'ssh') : 'manual',
    where: to.host ?? 'its host',
    detail: typedCommand(from, [
      'scp',
      path ?? `<${what}>`,
      `${to.address ?? to.host ?? '<host>'}:${target ?? installationPath(to, '')}`,
    ]),
    verify: 'it is there, with the same SHA-256',
    ifStopped: `${what} can be copied again.`,
    deadlineSeconds: isOurs ? 300 : MANUAL_STEP_SECONDS,
  }
}

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
