// The general kinds of steps. src/profiles/step-kinds.ts registers them with those of the profiles.

import { addHbaLinesKind } from './add-hba-entry/add-hba-lines.ts'
import { editHbaKind, hbaInForceKind } from './add-hba-entry/edit-hba.ts'
import { receiveBackupKind } from './backup/receive-backup.ts'
import { verifyBackupKind } from './backup/verify-backup.ts'
import { setParameterKind } from './change-setting/set-parameter.ts'
import { collectLogsKind } from './collect-logs.ts'
import { hostCommandKind } from './custom.ts'
import { followUpNoteKind } from './decommission/follow-up-step.ts'
import { removeHbaLinesKind } from './decommission/remove-hba-lines.ts'
import type { FileEdits, ProfileActions } from './definition/profile-actions.ts'
import type { StepKind } from './definition/step-kind.ts'
import { askManagerKind } from './delegated/ask-manager.ts'
import { provenShutdownKind } from './delegated/proven-shutdown.ts'
import { leadPoolKind } from './entry-points/lead-pool.ts'
import { pausePoolKind } from './entry-points/pause-pool.ts'
import { resumePoolKind } from './entry-points/resume-pool.ts'
import { verifyAddressKind } from './entry-points/verify-address.ts'
import { rewindDataKind } from './failback/rewind-data.ts'
import { switchoverGateKind } from './failback/switchover-gate.ts'
import { serverServiceKind } from './lifecycle/server-service.ts'
import { promoteStandbyKind } from './promotion/promote-standby.ts'
import { promotionReportKind } from './promotion/promotion-report.ts'
import { promotionSlotsKind } from './promotion/promotion-slots.ts'
import { waitCaughtUpKind } from './promotion/wait-caught-up.ts'
import { writeTestKind } from './promotion/write-test.ts'
import { copyUpstreamKind } from './rebuild-replica/copy-upstream.ts'
import { ensureSlotKind } from './rebuild-replica/ensure-slot.ts'
import { removeOldDataKind, swapDataKind } from './rebuild-replica/swap-data.ts'
import { displayNameKind } from './rename.ts'
import { resumeReplayKind } from './replay.ts'
import { dropIdleSlotKind } from './steps/drop-idle-slot.ts'
import { dropOwnSlotKind } from './steps/drop-own-slot.ts'
import { createEditFileKind } from './steps/edit-file.ts'
import { removeFileKind } from './steps/remove-file.ts'
import { repointStandbysKind } from './steps/repoint-standbys.ts'
import { returnAsStandbyKind } from './steps/return-as-standby.ts'
import { sqlCallKind } from './steps/sql-call.ts'
import { startDatabaseKind } from './steps/start-database.ts'
import { stopDatabaseKind } from './steps/stop-database.ts'
import { stopStandbyKind } from './steps/stop-standby.ts'
import { waitStreamingKind } from './steps/wait-streaming.ts'

const KINDS: readonly StepKind[] = [
  displayNameKind,
  removeFileKind,
  editHbaKind,
  addHbaLinesKind,
  hbaInForceKind,
  setParameterKind,
  collectLogsKind,
  receiveBackupKind,
  verifyBackupKind,
  dropIdleSlotKind,
  dropOwnSlotKind,
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
  serverServiceKind,
  stopDatabaseKind,
  writeTestKind,
  askManagerKind,
  provenShutdownKind,
  pausePoolKind,
  leadPoolKind,
  resumePoolKind,
  verifyAddressKind,
]

/** Returns every kind of step that a journal may name, with the kinds and file edits of these profiles. */
export function createStepKinds(profiles: readonly ProfileActions[]): readonly StepKind[] {
  const edits: FileEdits = Object.assign({}, ...profiles.map(({ fileEdits }) => fileEdits))
  return [...KINDS, createEditFileKind(edits), ...profiles.flatMap(({ stepKinds }) => stepKinds)]
}
