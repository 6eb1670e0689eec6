// The end of a decommissioning: what is to be deleted from the config is told, and nobody waits for its restore any more.

import { textOf, textsOf } from '../../definition/step-arguments.ts'
import type { Seen, StepKind } from '../../definition/step-kind.ts'
import { actingNow, keepActing } from '../installation/acting-store.ts'

/** Args: `database`; `entries`, what is to be deleted from the config. */
export const noteGone: StepKind = {
  kind: 'note-gone',
  onlyLooks: true,
  async run(args, tools) {
    const database = textOf(args, 'database')
    await keepActing(tools, (acting) => (acting?.database === database ? null : acting))
    for (const entry of textsOf(args, 'entries')) tools.say(`delete from the config: ${entry}`)
  },
  async verify(args, tools): Promise<Seen> {
    if (actingNow(tools)?.database === textOf(args, 'database'))
      return { seen: 'not-yet', why: 'it is still kept as acting' }
    return { seen: 'yes', evidence: `to be deleted from the config: ${textsOf(args, 'entries').join(', ')}` }
  },
}
