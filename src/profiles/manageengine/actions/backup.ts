// `backup` of the vendor's profiles: runs the product's own tool on its primary, and verifies that the file exists, is
// complete and readable.

import { type ClusterView, type Draft, PlanError } from '../../../actions/definition/action.ts'
import type { ProfilePlan } from '../../../actions/definition/profile-actions.ts'
import { findDatabase, findServer } from '../../../actions/definition/target.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import { isWritable } from '../../../model/picture/roles.ts'
import { noImpact } from '../../../model/runs/plan.ts'
import { productInstallationOn } from '../roles/installation.ts'
import { installationHostId, serverUsing } from '../roles/server-roles.ts'
import { keyFileCheck } from './checks.ts'
import { BACKUP_FOLDER_FIELD, backupToolStep, inspectBackupFolder } from './script-steps.ts'

export const manageEngineBackup: ProfilePlan = {
  fields: [BACKUP_FOLDER_FIELD],
  whyNot(clusterView, target) {
    const database = primaryOf(clusterView, target)
    return typeof database === 'string' ? database : null
  },
  async draft(clusterView, request, tools): Promise<Draft> {
    const database = primaryOf(clusterView, request.target)
    if (typeof database === 'string') throw new PlanError(`backup: ${database}`)
    const server = findServer(clusterView, request.target) ?? serverUsing(clusterView, database.id)
    const installation = await productInstallationOn(
      installationHostId(clusterView, server?.id ?? null, database.id),
      tools,
    )
    const place = await inspectBackupFolder(installation, request.input[BACKUP_FOLDER_FIELD.name] ?? null, tools)
    const step = await backupToolStep(installation, place, tools)
    return {
      target: { id: database.id, name: database.name },
      title: `back up ${(server ?? database).name} with the product’s own tool`,
      danger: 'routine',
      impact: noImpact(`A backup is put into ${place.folder}; ${(server ?? database).name} continues to serve.`),
      checks: [keyFileCheck(installation)],
      input: request.input,
      steps: [step],
    }
  },
}

function primaryOf(clusterView: ClusterView, target: string | null): DatabaseView | string {
  const database = findDatabase(clusterView, findServer(clusterView, target)?.databaseId ?? target)
  if (!database) return 'select a server or a database first'
  return isWritable(database) ? database : `${database.name} is not writable: the product backs up its primary`
}
