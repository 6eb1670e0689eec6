// The steps of the vendor's failback: backup, stop, transfer, restore, start, proof; by hand where no tool is there.

import type { ActionToolbox, PlanningView } from '../../../actions/definition/action.ts'
import { MANUAL_STEP_SECONDS } from '../../../actions/definition/step-kind.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import { type FailbackParticipants, type FormerNodes, formerNodesOf } from '../roles/failback-participants.ts'
import {
  installationPath,
  installationScript,
  type ProductInstallation,
  scriptPath,
  typedCommand,
} from '../roles/installation.ts'
import { recordHoldingsArguments } from '../steps/holdings.ts'
import { productRestoreArguments } from '../steps/restore.ts'
import { backupTransferArguments } from '../steps/transfer.ts'
import { serviceStep } from './planned-steps.ts'
import { backupToolStep, inspectBackupFolder, type BackupFolder as Place } from './script-steps.ts'

export async function manageEngineFailbackSteps(
  parts: FailbackParticipants,
  from: ProductInstallation,
  to: ProductInstallation,
  folderGiven: string | null,
  sight: PlanningView,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  const { acting, actingServer, primary, primaryServer } = parts
  const place = await inspectBackupFolder(from, folderGiven, tools)
  const stop = serviceStep({
    id: 'stop-acting',
    installation: from,
    server: actingServer,
    database: acting,
    to: 'stopped',
    withDatabase: true,
    asPrimary: false,
  })
  const start = serviceStep({
    id: 'start-primary',
    installation: to,
    server: primaryServer,
    database: primary,
    to: 'started',
    withDatabase: true,
    asPrimary: true,
  })
  return [
    measureStep(parts, formerNodesOf(parts, sight)),
    await backupToolStep(from, place, tools),
    { ...stop, ifStopped: 'Nobody serves. Undo starts the acting primary again; nothing is lost by that.' },
    transferStep(place, to, from),
    await restoreStep(parts, place, to, tools),
    { ...start, ifStopped: `${primary.name} may be on its way up; nobody serves before that.` },
    provenStep(parts),
    restoredStep(parts),
  ]
}

const COMMON = { undo: null, maySkip: false, changes: [] } as const

function measureStep({ acting, actingServer }: FailbackParticipants, former: FormerNodes): PlannedStep {
  return {
    ...COMMON,
    id: 'measure',
    kind: 'note-holdings',
    args: recordHoldingsArguments({ database: acting.id, server: actingServer?.id ?? null, former }),
    title: `write down what ${acting.name} holds`,
    how: 'sql',
    where: acting.name,
    detail: 'SELECT pg_catalog.pg_current_wal_lsn(), its timeline, the number of tables, the size of the databases;',
    verify: 'it is written down',
    ifStopped: 'Nothing was changed.',
    deadlineSeconds: 15,
  }
}

function backupFolder(to: ProductInstallation): string {
  return installationPath(to, 'Backup')
}

function transferStep(place: Place, to: ProductInstallation, from: ProductInstallation): PlannedStep {
  const isOurs = to.control !== 'manual' && from.control !== 'manual'
  const toFolder = backupFolder(to)
  return {
    ...COMMON,
    id: 'transfer',
    kind: 'product-transfer',
    args: backupTransferArguments({ ...place, toHost: to.host, toFolder }),
    title: `bring the backup to ${to.host ?? 'the recovered primary'}`,
    how: isOurs ? (to.control === 'local' && from.control === 'local' ? 'local' : 'ssh') : 'manual',
    where: to.host ?? 'the recovered primary',
    detail: `scp '${place.folder}/<the new backup>' ${to.address ?? to.host ?? 'the primary'}:'${toFolder}/'`,
    verify: 'it is there in full, with the same SHA-256',
    ifStopped: 'Nobody serves; the acting primary can be started again.',
    deadlineSeconds: isOurs ? 120 : MANUAL_STEP_SECONDS,
  }
}

async function restoreStep(
  { primary }: FailbackParticipants,
  place: Place,
  to: ProductInstallation,
  tools: ActionToolbox,
): Promise<PlannedStep> {
  const script = await installationScript(to, 'RestoreDB', tools)
  const argv = script?.command ?? [scriptPath(to, 'RestoreDB')]
  const how = script ? to.control : 'manual'
  const toFolder = backupFolder(to)
  return {
    ...COMMON,
    id: 'restore',
    kind: 'product-restore',
    args: productRestoreArguments({
      ...place,
      toHost: to.host,
      argv,
      toFolder,
      database: primary.id,
      dataDirectory: to.dataDirectory,
      timeoutMs: 6 * 3_600_000,
    }),
    title: `restore it on ${primary.name}${how === 'manual' ? ' by hand' : ''}`,
    how,
    where: to.host ?? 'the recovered primary',
    detail: typedCommand(to, [...argv, `${toFolder}/<the new backup>`]),
    verify: 'its exit code is 0; what is in it is compared once it runs',
    ifStopped: `${primary.name} may be half restored: it must not start before the restore is done again.`,
    changes: [primary.id],
    deadlineSeconds: how === 'manual' ? MANUAL_STEP_SECONDS : 60,
  }
}

function provenStep({ primary }: FailbackParticipants): PlannedStep {
  return {
    ...COMMON,
    id: 'verify-restored',
    kind: 'compare-holdings',
    args: { database: primary.id },
    title: `see that ${primary.name} holds what the acting primary held`,
    how: 'sql',
    where: primary.name,
    detail: 'its role, timeline, position and tables, against what was written down before the backup',
    verify: `${primary.name} takes writes, and holds no less`,
    ifStopped: `${primary.name} runs, and is not proven to be whole.`,
    maySkip: true,
    proves: 'loss',
    deadlineSeconds: 60,
  }
}

function restoredStep({ acting, actingServer }: FailbackParticipants): PlannedStep {
  return {
    ...COMMON,
    id: 'note-restored',
    kind: 'note-restored',
    args: { database: acting.id },
    title: 'keep in mind that the restore is verified: the gate is open',
    how: 'local',
    where: 'the state directory of pgdeck',
    detail: `acting.json: restored; ${(actingServer ?? acting).name} is to be decommissioned`,
    verify: 'it is kept',
    ifStopped: 'Everything else is done.',
    deadlineSeconds: 10,
  }
}
