// `backup` of the vendor's profiles: by the product's own tool on its primary, and seen to be there, whole and readable.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { noImpact } from '../../model/runs/plan.ts'
import { type Draft, type Glance, PlanProblem } from '../definition/action.ts'
import type { ProfilePlan } from '../definition/by-profile.ts'
import { isWritable } from '../definition/participants.ts'
import { databaseOf, serverOf } from '../definition/target.ts'
import { BACKUP_FOLDER, backupPlace, backupStep } from './backup-step.ts'
import { keyFile } from './checks.ts'
import { installationOn } from './installation/installation.ts'
import { hostIdOf, serverOver } from './installation/profile-roles.ts'

export const vendorBackup: ProfilePlan = {
  fields: [BACKUP_FOLDER],
  whyNot(sight, target) {
    const database = primaryOf(sight, target)
    return typeof database === 'string' ? database : null
  },
  async draft(sight, request, tools): Promise<Draft> {
    const database = primaryOf(sight, request.target)
    if (typeof database === 'string') throw new PlanProblem(`backup: ${database}`)
    const server = serverOf(sight, request.target) ?? serverOver(sight, database.id)
    const installation = await installationOn(hostIdOf(sight, server?.id ?? null, database.id), tools)
    const place = await backupPlace(installation, request.input[BACKUP_FOLDER.name] ?? null, tools)
    const step = await backupStep(installation, place, tools)
    return {
      target: { id: database.id, name: database.name },
      title: `back up ${(server ?? database).name} with the product’s own tool`,
      danger: 'routine',
      impact: noImpact(`A backup is put into ${place.folder}; ${(server ?? database).name} goes on serving.`),
      checks: [keyFile(installation)],
      input: request.input,
      steps: [step],
    }
  },
}

function primaryOf(sight: Glance, target: string | null): DatabaseView | string {
  const database = databaseOf(sight, serverOf(sight, target)?.databaseId ?? target)
  if (!database) return 'select a server or a database first'
  return isWritable(database) ? database : `${database.name} takes no writes: the product backs up its primary`
}
