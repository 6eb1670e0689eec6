// Removes the data that a rebuild kept aside: the last of its steps, and one that may be left out.

import { ActionError } from '../../model/runs/action-error.ts'
import { optionalText, textOf } from '../definition/step-arguments.ts'
import type { Seen, StepKind } from '../definition/step-kind.ts'
import { isThere, mustRun, wayInto } from '../hosts/host-programs.ts'
import { isOfRebuild } from './paths.ts'

export const removeOldData: StepKind = {
  kind: 'remove-old-data',
  async run(args, tools) {
    const path = textOf(args, 'path')
    if (!isOfRebuild(path)) throw new ActionError(`${path} is not what a rebuild kept: it is not removed`)
    const reach = wayInto(optionalText(args, 'host'), tools)
    await mustRun(reach, ['rm', '-rf', '--', path], `removing ${path}`, { signal: tools.signal })
  },
  async verify(args, tools): Promise<Seen> {
    const path = textOf(args, 'path')
    const reach = wayInto(optionalText(args, 'host'), tools)
    if (await isThere(reach, path, tools.signal)) return { seen: 'not-yet', why: `${path} is still there` }
    return { seen: 'yes', evidence: `${path} is gone` }
  },
}
