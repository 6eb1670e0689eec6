// The edits of files that steps may name, each from the whole text to the whole text.

import { removeMatchingLines } from '../../../model/hba/edit/replication-lines.ts'
import { removeReadOnlyMode } from '../../../model/profile/properties.ts'
import { removeRecoveryProps } from '../../../model/profile/recovery-props.ts'
import { setMasterState } from '../../../model/profile/server-state.ts'
import type { TextEdit } from '../../../model/values/text-lines.ts'

export const EDIT_IDS = ['recovery-props', 'readonly-mode', 'server-state'] as const
export type EditId = (typeof EDIT_IDS)[number]

const EDITS: Readonly<Record<EditId, (text: string) => TextEdit>> = {
  'recovery-props': removeRecoveryProps,
  'readonly-mode': removeReadOnlyMode,
  'server-state': setMasterState,
}

/** What a person is told to do where the edit can't be made from here. */
export const IN_WORDS: Readonly<Record<EditId, string>> = {
  'recovery-props': 'delete all entries below the comment "recovery props"',
  'readonly-mode': 'delete the line readonly.mode=true',
  'server-state': 'replace the entry ro with master',
}

/** The edit that takes out the lines it is given. */
export const WITHOUT_LINES = 'without-lines'

/** `lines` are those of `without-lines`. Throws an Error for an edit that this version does not know. */
export function edited(id: string, text: string, lines: readonly string[] = []): TextEdit {
  if (id === WITHOUT_LINES) return removeMatchingLines(text, lines)
  const edit = EDIT_IDS.find((each) => each === id)
  if (edit) return EDITS[edit](text)
  throw new Error(`this version knows no edit "${id}"`)
}
