// Removes the data that a rebuild kept aside: the last of its steps, and one that may be left out.

import { ActionError } from '../../model/runs/action-error.ts'
import { optionalTextArgument, textArgument } from '../definition/step-arguments.ts'
import type { StepKind, Verification } from '../definition/step-kind.ts'
import { existsOnHost, requireHost, runOrFail } from '../hosts/host-programs.ts'
import { isRebuildPath } from './paths.ts'

export const removeOldDataKind: StepKind = {
  kind: 'remove-old-data',
  async run(args, tools) {
    const path = textArgument(args, 'path')
    if (!isRebuildPath(path)) throw new ActionError(`${path} is not what a rebuild kept: it is not removed`)
    const reach = requireHost(optionalTextArgument(args, 'host'), tools)
    await runOrFail(reach, ['rm', '-rf', '--', path], `removing ${path}`, { signal: tools.signal })
  },
  async verify(args, tools): Promise<Verification> {
    const path = textArgument(args, 'path')
    const reach = requireHost(optionalTextArgument(args, 'host'), tools)
    if (await existsOnHost(reach, path, tools.signal)) return { result: 'not-yet', why: `${path} is still there` }
    return { result: 'yes', evidence: `${path} is gone` }
  },
}
