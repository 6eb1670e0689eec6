// The end of a decommissioning: what is to be deleted from the config is told, and nobody waits for its restore any more.

import { textArgument, textListArgument } from '../../../actions/definition/step-arguments.ts'
import type { StepKind, Verification } from '../../../actions/definition/step-kind.ts'
import { readActingPrimary, updateActingPrimary } from '../roles/acting-store.ts'

/** Args: `database`; `entries`, what is to be deleted from the config. */
export const recordRemovalKind: StepKind = {
  kind: 'note-gone',
  isReadOnly: true,
  async run(args, tools) {
    const database = textArgument(args, 'database')
    await updateActingPrimary(tools, (acting) => (acting?.database === database ? null : acting))
    for (const entry of textListArgument(args, 'entries')) tools.writeOutput(`delete from the config: ${entry}`)
  },
  async verify(args, tools): Promise<Verification> {
    if (readActingPrimary(tools)?.database === textArgument(args, 'database'))
      return { result: 'not-yet', why: 'it is still kept as acting' }
    return { result: 'yes', evidence: `to be deleted from the config: ${textListArgument(args, 'entries').join(', ')}` }
  },
}
