// The edits of the product's files that steps may name. Each takes and returns the whole text.

import type { TextEdit } from '../../../model/values/text-lines.ts'
import { removeReadOnlyMode } from './properties.ts'
import { removeRecoveryProps } from './recovery-props.ts'
import { setMasterState } from './server-state.ts'

export type FileEditId = 'recovery-props' | 'readonly-mode' | 'server-state'

export const FILE_EDITS: Readonly<Record<FileEditId, (text: string) => TextEdit>> = {
  'recovery-props': removeRecoveryProps,
  'readonly-mode': removeReadOnlyMode,
  'server-state': setMasterState,
}

/** The instructions for a person if pgdeck can't make the edit. */
export const FILE_EDIT_INSTRUCTIONS: Readonly<Record<FileEditId, string>> = {
  'recovery-props': 'delete all entries below the comment "recovery props"',
  'readonly-mode': 'delete the line readonly.mode=true',
  'server-state': 'replace the entry ro with master',
}
