// Files that the product's procedures leave on hosts: seen to be there, copied from one host to another, in order.

import type { ActionToolbox } from '../../../actions/definition/action.ts'
import { optionalTextArgument, textArgument } from '../../../actions/definition/step-arguments.ts'
import type { StepKind, Verification } from '../../../actions/definition/step-kind.ts'
import { copyBetweenHosts, hostFileHash } from '../../../actions/hosts/host-copy.ts'
import { hostFromArguments } from '../../../actions/hosts/host-programs.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import { formatBytes } from '../../../model/values/units.ts'
import { FILE_EDITS } from '../files/edits.ts'
import { keyFilePath } from '../files/key-file.ts'

/** A file that somebody makes. Args: `host`, `path` (null: not known, only a person can say). */
export const fileExistsKind: StepKind = {
  kind: 'file-there',
  isReadOnly: true,
  run: async () => {},
  async verify(args, tools): Promise<Verification> {
    const path = optionalTextArgument(args, 'path')
    if (path === null) return { result: 'not-yet', why: 'where it is put is not known: say with m when it is done' }
    const size = await sizeOf(args, path, tools)
    if (size === null || size === 0)
      return { result: 'not-yet', why: `${path} is ${size === null ? 'not there' : 'empty'}` }
    return { result: 'yes', evidence: `${path}, ${formatBytes(size)}` }
  },
}

/** One file to another host. Args: `host`, `path`, `toHost`, `target`. */
export const copyFileKind: StepKind = {
  kind: 'copy-file',
  async run(args, tools) {
    const from = hostFromArguments(args, tools)
    const to = hostFromArguments({ host: args.toHost ?? null }, tools)
    const onProgress = (bytes: number) => tools.writeOutput(formatBytes(bytes))
    const { signal } = tools
    await copyBetweenHosts({
      from,
      to,
      path: textArgument(args, 'path'),
      target: textArgument(args, 'target'),
      signal,
      onProgress,
    })
  },
  async verify(args, tools): Promise<Verification> {
    const path = optionalTextArgument(args, 'path')
    const target = optionalTextArgument(args, 'target')
    if (path === null || target === null)
      return { result: 'not-yet', why: 'its name is not known: say with m when it is done' }
    const to = { host: args.toHost ?? null }
    if ((await sizeOf(to, target, tools)) === null) return { result: 'not-yet', why: `${target} is not there` }
    const hashes = [
      await hostFileHash(hostFromArguments(args, tools), path, tools.signal),
      await hostFileHash(hostFromArguments(to, tools), target, tools.signal),
    ]
    if (hashes[0] !== hashes[1]) return { result: 'not-yet', why: `${target} is another one than ${path}` }
    return { result: 'yes', evidence: `${target}, the same SHA-256 on both` }
  },
}

/** The key that manage_key.conf names can be read. Args: `host`, `path` of that file. */
export const keyReadableKind: StepKind = {
  kind: 'key-named',
  isReadOnly: true,
  run: async () => {},
  async verify(args, tools): Promise<Verification> {
    const path = textArgument(args, 'path')
    const reach = hostFromArguments(args, tools)
    const file = await reach.readFile(path, { signal: tools.signal })
    const key = file ? keyFilePath(file.text) : null
    if (key === null) return { result: 'not-yet', why: `${path} ${file ? 'names no key file' : 'is not there'}` }
    const { exitCode } = await reach.run(['test', '-r', key], { signal: tools.signal })
    if (exitCode !== 0) return { result: 'not-yet', why: `${path} names ${key}, which can’t be read` }
    return { result: 'yes', evidence: `${path} names ${key}, which is there` }
  },
}

/** The files of an installation make it a read-only server. Args: `host`, `recovery`, `properties`, `state`. */
export const configuredReadOnlyKind: StepKind = {
  kind: 'configured-read-only',
  isReadOnly: true,
  run: async () => {},
  async verify(args, tools): Promise<Verification> {
    const reach = hostFromArguments(args, tools)
    const wanted = [
      ['recovery-props', 'recovery'],
      ['readonly-mode', 'properties'],
      ['server-state', 'state'],
    ] as const
    for (const [edit, name] of wanted) {
      const path = textArgument(args, name)
      const file = await reach.readFile(path, { signal: tools.signal })
      // What would have to be taken out to make it a primary is there.
      if (!file || FILE_EDITS[edit](file.text).state !== 'changed')
        return { result: 'not-yet', why: `${path} does not make it a read-only server yet` }
    }
    return { result: 'yes', evidence: 'its three files make it a read-only server' }
  },
}

async function sizeOf(args: JsonRecord, path: string, tools: ActionToolbox): Promise<number | null> {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'))
  const entries = await hostFromArguments(args, tools).list(path.slice(0, at) || '/', { signal: tools.signal })
  return entries?.find(({ name, isFolder }) => !isFolder && name === path.slice(at + 1))?.size ?? null
}
