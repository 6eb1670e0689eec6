// The edits of files that steps may name, each from the whole text to the whole text.

import { removeMatchingLines } from '../../../model/hba/edit/replication-lines.ts'
import { removeReadOnlyMode } from '../../../model/profile/properties.ts'
import { removeRecoveryProps } from '../../../model/profile/recovery-props.ts'
import { setMasterState } from '../../../model/profile/server-state.ts'
import type { TextEdit } from '../../../model/values/text-lines.ts'

export const FILE_EDIT_IDS = ['recovery-props', 'readonly-mode', 'server-state'] as const
export type FileEditId = (typeof FILE_EDIT_IDS)[number]

const EDITS: Readonly<Record<FileEditId, (text: string) => TextEdit>> = {
  'recovery-props': removeRecoveryProps,
  'readonly-mode': removeReadOnlyMode,
  'server-state': setMasterState,
}

/** What a person is told to do where the edit can't be made from here. */
export const FILE_EDIT_INSTRUCTIONS: Readonly<Record<FileEditId, string>> = {
  'recovery-props': 'delete all entries below the comment "recovery props"',
  'readonly-mode': 'delete the line readonly.mode=true',
  'server-state': 'replace the entry ro with master',
}

/** The edit that takes out the lines it is given. */
export const REMOVE_LINES_EDIT = 'without-lines'

/** `lines` are those of `without-lines`. Throws an Error for an edit that this version does not know. */
export function applyFileEdit(id: string, text: string, lines: readonly string[] = []): TextEdit {
  if (id === REMOVE_LINES_EDIT) return removeMatchingLines(text, lines)
  const edit = FILE_EDIT_IDS.find((each) => each === id)
  if (edit) return EDITS[edit](text)
  throw new Error(`this version knows no edit "${id}"`)
}
