// The registry of kinds of steps: what journals may name.

import { editHba, hbaInForce } from './add-hba-entry/edit-hba.ts'
import { receiveBackupStep } from './backup/receive-backup.ts'
import { proveBackup } from './backup/verify-backup.ts'
import { collectLogsStep } from './collect-logs/collect-logs-step.ts'
import { hostCommand } from './custom/host-command.ts'
import { leaveWord } from './decommission/follow-up-note.ts'
import { removeHbaLines } from './decommission/remove-hba-lines.ts'
import type { StepKind } from './definition/step-kind.ts'
import { rewindData } from './failback/rewind-data.ts'
import { readyToSwitch } from './failback/switchover-gate.ts'
import { editFile } from './manageengine/files/edit-file.ts'
import { removeFile } from './manageengine/files/remove-file.ts'
import { productBackup } from './manageengine/steps/backup.ts'
import { configuredReadOnly, copyFile, fileThere, keyNamed } from './manageengine/steps/files.ts'
import { compareHoldings, noteHoldings } from './manageengine/steps/holdings.ts'
import { noteActing } from './manageengine/steps/record-acting.ts'
import { noteGone } from './manageengine/steps/record-removal.ts'
import { noteRestored } from './manageengine/steps/record-restore.ts'
import { productReport } from './manageengine/steps/report.ts'
import { productRestore } from './manageengine/steps/restore.ts'
import { productScript } from './manageengine/steps/script.ts'
import { productService } from './manageengine/steps/service.ts'
import { productTransfer } from './manageengine/steps/transfer.ts'
import { productServes } from './manageengine/steps/verify-serving.ts'
import { promoteStandby } from './promotion/promote-standby.ts'
import { promotionReport } from './promotion/promotion-report.ts'
import { promotionSlots } from './promotion/promotion-slots.ts'
import { receivedAll } from './promotion/wait-caught-up.ts'
import { writeTest } from './promotion/write-test.ts'
import { copyUpstream } from './rebuild-replica/copy-upstream.ts'
import { freshSlot } from './rebuild-replica/ensure-slot.ts'
import { removeOldData } from './rebuild-replica/remove-old-data.ts'
import { swapData } from './rebuild-replica/swap-data.ts'
import { displayName } from './rename.ts'
import { resumeReplay } from './replay/resume-replay-step.ts'
import { dropIdleSlotStep } from './steps/drop-idle-slot.ts'
import { repointStandbys } from './steps/repoint-standbys.ts'
import { returnAsStandby } from './steps/return-as-standby.ts'
import { sqlCall } from './steps/sql-call.ts'
import { startDatabase } from './steps/start-database.ts'
import { stopDatabase } from './steps/stop-database.ts'
import { stopStandby } from './steps/stop-standby.ts'
import { streamsFrom } from './steps/wait-streaming.ts'

const KINDS: readonly StepKind[] = [
  displayName,
  editFile,
  removeFile,
  noteActing,
  noteHoldings,
  compareHoldings,
  configuredReadOnly,
  copyFile,
  fileThere,
  keyNamed,
  noteGone,
  noteRestored,
  productBackup,
  productTransfer,
  productReport,
  productRestore,
  productScript,
  productServes,
  productService,
  editHba,
  hbaInForce,
  collectLogsStep,
  receiveBackupStep,
  proveBackup,
  dropIdleSlotStep,
  leaveWord,
  removeHbaLines,
  readyToSwitch,
  rewindData,
  stopStandby,
  freshSlot,
  copyUpstream,
  swapData,
  streamsFrom,
  removeOldData,
  hostCommand,
  sqlCall,
  promoteStandby,
  promotionReport,
  promotionSlots,
  receivedAll,
  repointStandbys,
  resumeReplay,
  returnAsStandby,
  startDatabase,
  stopDatabase,
  writeTest,
]

/** null for a kind that this version does not know. */
export function kindOf(kind: string): StepKind | null {
  return KINDS.find((each) => each.kind === kind) ?? null
}
