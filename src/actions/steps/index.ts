// The registry of kinds of steps: what journals may name.

import { editFile } from '../files/edit-file.ts'
import { removeFile } from '../files/remove-file.ts'
import { editHba, hbaInForce } from '../hba/edit-step.ts'
import { displayName } from '../rename.ts'
import type { StepKind } from '../step.ts'
import { collectLogsStep } from './collect-logs.ts'
import { copyUpstream } from './copy-upstream.ts'
import { dropIdleSlotStep } from './drop-idle-slot.ts'
import { freshSlot } from './fresh-slot.ts'
import { hostCommand } from './host-command.ts'
import { leaveWord } from './leave-word.ts'
import { productBackup } from './product/backup.ts'
import { configuredReadOnly, copyFile, fileThere, keyNamed } from './product/files.ts'
import { compareHoldings, noteHoldings } from './product/holdings.ts'
import { noteActing } from './product/note-acting.ts'
import { noteGone } from './product/note-gone.ts'
import { noteRestored } from './product/note-restored.ts'
import { productReport } from './product/report.ts'
import { productRestore } from './product/restore.ts'
import { productScript } from './product/script.ts'
import { productServes } from './product/serves.ts'
import { productService } from './product/service.ts'
import { productTransfer } from './product/transfer.ts'
import { promoteStandby } from './promote-standby.ts'
import { promotionReport } from './promotion-report.ts'
import { promotionSlots } from './promotion-slots.ts'
import { proveBackup } from './prove-backup.ts'
import { readyToSwitch } from './ready-to-switch.ts'
import { receiveBackupStep } from './receive-backup.ts'
import { receivedAll } from './received-all.ts'
import { removeHbaLines } from './remove-hba-lines.ts'
import { removeOldData } from './remove-old-data.ts'
import { repointStandbys } from './repoint-standbys.ts'
import { resumeReplay } from './resume-replay.ts'
import { returnAsStandby } from './return-as-standby.ts'
import { rewindData } from './rewind-data.ts'
import { sqlCall } from './sql-call.ts'
import { startDatabase } from './start-database.ts'
import { stopDatabase } from './stop-database.ts'
import { stopStandby } from './stop-standby.ts'
import { streamsFrom } from './streams-from.ts'
import { swapData } from './swap-data.ts'
import { writeTest } from './write-test.ts'

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
