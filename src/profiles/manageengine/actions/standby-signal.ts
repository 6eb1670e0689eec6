// The signal file that keeps the product's database a standby: the step that removes it, or verifies that it is gone.

import type { ActionToolbox } from '../../../actions/definition/action.ts'
import { MANUAL_STEP_SECONDS } from '../../../actions/definition/step-kind.ts'
import { removeFileKind } from '../../../actions/steps/remove-file.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import { editBackupPath } from '../files/file-edits.ts'
import { installationPath, type ProductInstallation, typedCommand } from '../roles/installation.ts'

/** pg_promote() has removed it by then. In the documented order this step ends recovery. */
export async function removeStandbySignalStep(
  installation: ProductInstallation,
  database: string,
  documented: boolean,
  tools: ActionToolbox,
): Promise<PlannedStep> {
  const { dataDirectory, host } = installation
  const path =
    dataDirectory === null
      ? installationPath(installation, 'pgsql/data/standby.signal')
      : `${dataDirectory}/standby.signal`
  const connection = tools.host(host)
  const isByHand = installation.control === 'manual' || (installation.folder === null && dataDirectory === null)
  const file =
    connection && !isByHand ? await connection.readFile(path, { signal: tools.signal }).catch(() => null) : null
  const backup = editBackupPath(path, tools)
  return removeFileKind.plan({
    id: 'remove-standby-signal',
    removal: { host, path, before: file?.sha256 ?? null, backup, guard: database, dataDirectory },
    title: documented
      ? 'remove standby.signal: recovery ends without a new timeline'
      : 'make sure that standby.signal does not exist',
    how: isByHand ? 'manual' : 'file',
    where: host ?? 'the host of the server',
    detail: typedCommand(installation, ['rm', path]),
    verify: 'standby.signal does not exist',
    undo: isByHand ? null : 'it is restored, unless the server has been a primary since',
    ifStopped: 'The service is stopped; undo restores its files and starts it.',
    maySkip: isByHand,
    deadlineSeconds: isByHand ? MANUAL_STEP_SECONDS : 15,
  })
}
