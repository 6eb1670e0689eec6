// What is known of the backups of a database, as fields: the newest, from when to when a restore reaches, what is wrong.

import type { DatabaseView } from '../../../model/picture/picture.ts'
import { backupCheckProblem, backupText, backupWindowText } from '../format/backup.ts'
import { type DetailField, detailField } from './field-list.ts'

export function backupFields(backup: DatabaseView['backup'], now: number): readonly DetailField[] {
  return [
    ...detailField('newest backup', backupText(backup, now)),
    ...detailField('recoverable', backupWindowText(backup, now)),
    ...detailField('backup runs', backup?.isRunning ? 'one is being taken now' : null),
    ...detailField('backups', backup?.trouble ?? null, 'warning'),
    ...detailField('no longer found', backupCheckProblem(backup), 'warning'),
  ]
}
