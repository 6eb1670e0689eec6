// The steps of the vendor's failback: backup, stop, transfer, restore, start, report; manual where a tool is missing.

import type { ActionToolbox, PlanningView } from '../../../actions/definition/action.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import type { BackupFolder } from '../files/latest-backup.ts'
import { type FailbackParticipants, formerNodesOf } from '../roles/failback-participants.ts'
import { installationPath, installationScript, type ProductInstallation, scriptPath } from '../roles/installation.ts'
import { compareHoldingsKind, recordHoldingsKind } from '../steps/holdings.ts'
import { recordRestoreKind } from '../steps/record-acting.ts'
import { productRestoreKind } from '../steps/restore.ts'
import { productServiceKind } from '../steps/service.ts'
import { backupTransferKind } from '../steps/transfer.ts'
import { writtenSinceKind } from '../steps/written-since.ts'
import { backupToolStep, inspectBackupFolder } from './script-steps.ts'

export async function manageEngineFailbackSteps(
  parts: FailbackParticipants,
  from: ProductInstallation,
  to: ProductInstallation,
  folderGiven: string | null,
  clusterView: PlanningView,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  const { actingPrimary, actingServer, primary, primaryServer } = parts
  const place = await inspectBackupFolder(from, folderGiven, tools)
  const stop = productServiceKind.plan({
    id: 'stop-acting',
    installation: from,
    server: actingServer,
    database: actingPrimary,
    to: 'stopped',
    withDatabase: true,
    asPrimary: false,
  })
  const start = productServiceKind.plan({
    id: 'start-primary',
    installation: to,
    server: primaryServer,
    database: primary,
    to: 'started',
    withDatabase: true,
    asPrimary: true,
  })
  return [
    recordHoldingsKind.plan({ actingPrimary, actingServer, former: formerNodesOf(parts, clusterView) }),
    await backupToolStep(from, place, tools),
    { ...stop, ifStopped: 'No server serves the users. Undo starts the acting primary again; that loses nothing.' },
    writtenSinceKind.plan({ id: actingPrimary.id, name: actingPrimary.name, from }),
    backupTransferKind.plan({ place, from, to, toFolder: backupFolder(to) }),
    await restoreStep(parts, place, to, tools),
    { ...start, ifStopped: `${primary.name} may be starting; no server serves the users before that.` },
    compareHoldingsKind.plan(primary),
    recordRestoreKind.plan({ database: actingPrimary.id, name: (actingServer ?? actingPrimary).name }),
  ]
}

function backupFolder(to: ProductInstallation): string {
  return installationPath(to, 'Backup')
}

async function restoreStep(
  { primary }: FailbackParticipants,
  place: BackupFolder,
  to: ProductInstallation,
  tools: ActionToolbox,
): Promise<PlannedStep> {
  const script = await installationScript(to, 'RestoreDB', tools)
  const argv = script?.command ?? [scriptPath(to, 'RestoreDB')]
  const how = script ? to.control : 'manual'
  return productRestoreKind.plan({ place, to, toFolder: backupFolder(to), argv, how, primary })
}
