// The registry of kinds of steps: what journals may name.

import { editHbaKind, hbaInForceKind } from './add-hba-entry/edit-hba.ts'
import { receiveBackupKind } from './backup/receive-backup.ts'
import { verifyBackupKind } from './backup/verify-backup.ts'
import { collectLogsKind } from './collect-logs/collect-logs-step.ts'
import { hostCommandKind } from './custom/host-command.ts'
import { followUpNoteKind } from './decommission/follow-up-note.ts'
import { removeHbaLinesKind } from './decommission/remove-hba-lines.ts'
import type { StepKind } from './definition/step-kind.ts'
import { rewindDataKind } from './failback/rewind-data.ts'
import { switchoverGateKind } from './failback/switchover-gate.ts'
import { editFileKind } from './manageengine/files/edit-file.ts'
import { removeFileKind } from './manageengine/files/remove-file.ts'
import { productBackupKind } from './manageengine/steps/backup.ts'
import { configuredReadOnlyKind, copyFileKind, fileExistsKind, keyReadableKind } from './manageengine/steps/files.ts'
import { compareHoldingsKind, recordHoldingsKind } from './manageengine/steps/holdings.ts'
import { recordActingKind } from './manageengine/steps/record-acting.ts'
import { recordRemovalKind } from './manageengine/steps/record-removal.ts'
import { recordRestoreKind } from './manageengine/steps/record-restore.ts'
import { productReportKind } from './manageengine/steps/report.ts'
import { productRestoreKind } from './manageengine/steps/restore.ts'
import { productScriptKind } from './manageengine/steps/script.ts'
import { productServiceKind } from './manageengine/steps/service.ts'
import { backupTransferKind } from './manageengine/steps/transfer.ts'
import { verifyServingKind } from './manageengine/steps/verify-serving.ts'
import { promoteStandbyKind } from './promotion/promote-standby.ts'
import { promotionReportKind } from './promotion/promotion-report.ts'
import { promotionSlotsKind } from './promotion/promotion-slots.ts'
import { waitCaughtUpKind } from './promotion/wait-caught-up.ts'
import { writeTestKind } from './promotion/write-test.ts'
import { copyUpstreamKind } from './rebuild-replica/copy-upstream.ts'
import { ensureSlotKind } from './rebuild-replica/ensure-slot.ts'
import { removeOldDataKind } from './rebuild-replica/remove-old-data.ts'
import { swapDataKind } from './rebuild-replica/swap-data.ts'
import { displayNameKind } from './rename.ts'
import { resumeReplayKind } from './replay/resume-replay-step.ts'
import { dropIdleSlotKind } from './steps/drop-idle-slot.ts'
import { repointStandbysKind } from './steps/repoint-standbys.ts'
import { returnAsStandbyKind } from './steps/return-as-standby.ts'
import { sqlCallKind } from './steps/sql-call.ts'
import { startDatabaseKind } from './steps/start-database.ts'
import { stopDatabaseKind } from './steps/stop-database.ts'
import { stopStandbyKind } from './steps/stop-standby.ts'
import { waitStreamingKind } from './steps/wait-streaming.ts'

const KINDS: readonly StepKind[] = [
  displayNameKind,
  editFileKind,
  removeFileKind,
  recordActingKind,
  recordHoldingsKind,
  compareHoldingsKind,
  configuredReadOnlyKind,
  copyFileKind,
  fileExistsKind,
  keyReadableKind,
  recordRemovalKind,
  recordRestoreKind,
  productBackupKind,
  backupTransferKind,
  productReportKind,
  productRestoreKind,
  productScriptKind,
  verifyServingKind,
  productServiceKind,
  editHbaKind,
  hbaInForceKind,
  collectLogsKind,
  receiveBackupKind,
  verifyBackupKind,
  dropIdleSlotKind,
  followUpNoteKind,
  removeHbaLinesKind,
  switchoverGateKind,
  rewindDataKind,
  stopStandbyKind,
  ensureSlotKind,
  copyUpstreamKind,
  swapDataKind,
  waitStreamingKind,
  removeOldDataKind,
  hostCommandKind,
  sqlCallKind,
  promoteStandbyKind,
  promotionReportKind,
  promotionSlotsKind,
  waitCaughtUpKind,
  repointStandbysKind,
  resumeReplayKind,
  returnAsStandbyKind,
  startDatabaseKind,
  stopDatabaseKind,
  writeTestKind,
]

/** null for a kind that this version does not know. */
export function stepKindOf(kind: string): StepKind | null {
  return KINDS.find((each) => each.kind === kind) ?? null
}
