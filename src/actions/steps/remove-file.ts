// Removes a file of a host, with a copy kept beside it. Undo restores it while that does no harm.

import { ActionError } from '../../model/runs/action-error.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type StepTexts, type Verification } from '../definition/step-kind.ts'
import { hostFromArguments } from '../hosts/host-programs.ts'
import { refuseAfterPrimary, refuseWhileWritable } from '../hosts/undo-guard.ts'
import { fileChangedError } from './edit-file.ts'

const form = () =>
  arg.form({
    host: arg.optionalText(),
    path: arg.text(),
    /** Hash of the file; null: there was none, or it could not be read when the run was planned. */
    before: arg.optionalText(),
    backup: arg.text(),
    /** A database that must not be writable when the file is restored; null: no condition. */
    guard: arg.optionalText(),
    /**
     * For a file that makes a server a standby: its data directory, whose state decides whether the file may be
     * restored.
     */
    dataDirectory: arg.optionalText(),
  })
type Args = arg.Of<typeof form>

export interface FileRemoval extends StepTexts {
  readonly removal: Args
}

export const removeFileKind = defineStep({
  kind: 'remove-file',
  version: 1,
  args: form,
  staysAsConfirmed: true,
  plan: ({ removal, ...texts }: FileRemoval): StepPlan<Args> => ({ ...texts, args: removal }),
  async run(args, tools) {
    const path = args.path
    const before = args.before
    const backup = args.backup
    const connection = hostFromArguments(args, tools)
    const { signal } = tools
    const file = await connection.readFile(path, { signal })
    if (!file) return
    if (file.sha256 !== before) throw fileChangedError(path)
    await connection.removeFile(path, { signal, expected: before, backup })
    tools.writeOutput(`${path} is removed; backup: ${backup}`)
  },
  async verify(args, tools): Promise<Verification> {
    const path = args.path
    const file = await hostFromArguments(args, tools).readFile(path, { signal: tools.signal })
    return file ? { result: 'not-yet', why: `${path} exists` } : { result: 'yes', evidence: `${path} no longer exists` }
  },
  async undo(args, tools) {
    const path = args.path
    const backup = args.backup
    const connection = hostFromArguments(args, tools)
    const { signal } = tools
    const [file, old] = [await connection.readFile(path, { signal }), await connection.readFile(backup, { signal })]
    if (file && (!old || file.sha256 === old.sha256)) return `${path} exists`
    if (file) throw new ActionError(`${path} is another file now`, `The old file is ${backup}.`)
    if (!old) return `${path} was not removed by this run`
    const doing = `restoring ${path}`
    await refuseWhileWritable(args.guard, doing, tools)
    await refuseAfterPrimary(connection, args.dataDirectory, doing, tools)
    await connection.replaceFile(path, old.text, { signal, expected: null, backup: null })
    await connection.removeFile(backup, { signal, expected: old.sha256, backup: null })
    return `${path} is restored`
  },
})
