// Says what is left for people to do: the last step of acts after which something outside of PostgreSQL is out of date.

import { textArgument } from '../definition/step-arguments.ts'
import type { StepKind } from '../definition/step-kind.ts'

export const followUpNoteKind: StepKind = {
  kind: 'leave-word',
  isReadOnly: true,
  async run(args, tools) {
    tools.writeOutput(textArgument(args, 'text'))
  },
  verify: async (args) => ({ result: 'yes', evidence: textArgument(args, 'text').replaceAll('\n', '; ') }),
}
