// The record of the acting primary in the state directory, which every pgdeck of this user reads.

import type { ActionToolbox } from '../../../actions/definition/action.ts'
import { readStateFile, stateFolder, updateStateFile } from '../../../io/state/state-folder.ts'
import {
  type ActingPrimaries,
  type ActingPrimary,
  parseActingPrimaries,
} from '../../../model/measured/acting-primary.ts'

const ACTING_FILE = 'acting.json'

/** Returns the record of this cluster; null if no server acts as the primary. Throws for a file that can't be read. */
export function readActingPrimary({ env, config }: Pick<ActionToolbox, 'env' | 'config'>): ActingPrimary | null {
  return parseActingPrimaries(readStateFile(stateFolder(env), ACTING_FILE))[config.spec.name] ?? null
}

/** Stores the result of `next`; null removes the record. Throws errors of the file system. */
export async function updateActingPrimary(
  { env, config }: Pick<ActionToolbox, 'env' | 'config'>,
  next: (before: ActingPrimary | null) => ActingPrimary | null,
): Promise<void> {
  const { name } = config.spec
  await updateStateFile(stateFolder(env), ACTING_FILE, parseActingPrimaries, (book): ActingPrimaries => {
    const { [name]: before = null, ...others } = book
    const after = next(before)
    if (after === before) return book
    return after ? { ...others, [name]: after } : others
  })
}
