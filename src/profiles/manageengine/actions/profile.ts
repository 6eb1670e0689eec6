// The profile of ManageEngine's products: its actions, and its own plans of general actions.

import type { ProfileActions } from '../../../actions/definition/profile-actions.ts'
import { MANAGEENGINE_PROFILES } from '../facts.ts'
import { FILE_EDITS } from '../files/edits.ts'
import { productBackupKind } from '../steps/backup.ts'
import { configuredReadOnlyKind, copyFileKind, fileExistsKind, keyReadableKind } from '../steps/files.ts'
import { compareHoldingsKind, recordHoldingsKind } from '../steps/holdings.ts'
import { recordActingKind, recordRemovalKind, recordRestoreKind } from '../steps/record-acting.ts'
import { productReportKind } from '../steps/report.ts'
import { productRestoreKind } from '../steps/restore.ts'
import { productScriptKind } from '../steps/script.ts'
import { productServiceKind } from '../steps/service.ts'
import { backupTransferKind } from '../steps/transfer.ts'
import { verifyServingKind } from '../steps/verify-serving.ts'
import { writtenSinceKind } from '../steps/written-since.ts'
import { manageEngineBackup } from './backup.ts'
import { buildReadOnlyAction } from './build-read-only.ts'
import { manageEngineDecommission } from './decommission.ts'
import { manageEngineFailback } from './failback.ts'
import { haSetupAction } from './ha-setup.ts'
import { manageEnginePromotion } from './promotion.ts'

export const manageEngine: ProfileActions = {
  profiles: MANAGEENGINE_PROFILES,
  plans: { failback: manageEngineFailback, decommission: manageEngineDecommission, backup: manageEngineBackup },
  promotion: manageEnginePromotion,
  actions: [buildReadOnlyAction, haSetupAction],
  stepKinds: [
    productBackupKind,
    configuredReadOnlyKind,
    copyFileKind,
    fileExistsKind,
    keyReadableKind,
    compareHoldingsKind,
    recordHoldingsKind,
    recordActingKind,
    recordRemovalKind,
    recordRestoreKind,
    productReportKind,
    productRestoreKind,
    productScriptKind,
    productServiceKind,
    backupTransferKind,
    verifyServingKind,
    writtenSinceKind,
  ],
  fileEdits: FILE_EDITS,
}
