// Files that the product's procedures leave on hosts: seen to be there, copied from one host to another, in order.

import { keyFilePath } from '../../../model/profile/key-file.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import { formatBytes } from '../../../model/values/units.ts'
import type { Tools } from '../../definition/action.ts'
import { optionalText, textOf } from '../../definition/step-arguments.ts'
import type { Seen, StepKind } from '../../definition/step-kind.ts'
import { reachOf } from '../../hosts/host-from-arguments.ts'
import { edited } from '../files/edits.ts'
import { copyAcross, hashOf } from '../installation/host-copy.ts'

/** A file that somebody makes. Args: `host`, `path` (null: not known, only a person can say). */
export const fileThere: StepKind = {
  kind: 'file-there',
  onlyLooks: true,
  run: async () => {},
  async verify(args, tools): Promise<Seen> {
    const path = optionalText(args, 'path')
    if (path === null) return { seen: 'not-yet', why: 'where it is put is not known: say with m when it is done' }
    const size = await sizeOf(args, path, tools)
    if (size === null || size === 0)
      return { seen: 'not-yet', why: `${path} is ${size === null ? 'not there' : 'empty'}` }
    return { seen: 'yes', evidence: `${path}, ${formatBytes(size)}` }
  },
}

/** One file to another host. Args: `host`, `path`, `toHost`, `target`. */
export const copyFile: StepKind = {
  kind: 'copy-file',
  async run(args, tools) {
    const from = reachOf(args, tools)
    const to = reachOf({ host: args.toHost ?? null }, tools)
    const onProgress = (bytes: number) => tools.say(formatBytes(bytes))
    const { signal } = tools
    await copyAcross({ from, to, path: textOf(args, 'path'), target: textOf(args, 'target'), signal, onProgress })
  },
  async verify(args, tools): Promise<Seen> {
    const path = optionalText(args, 'path')
    const target = optionalText(args, 'target')
    if (path === null || target === null)
      return { seen: 'not-yet', why: 'its name is not known: say with m when it is done' }
    const to = { host: args.toHost ?? null }
    if ((await sizeOf(to, target, tools)) === null) return { seen: 'not-yet', why: `${target} is not there` }
    const hashes = [
      await hashOf(reachOf(args, tools), path, tools.signal),
      await hashOf(reachOf(to, tools), target, tools.signal),
    ]
    if (hashes[0] !== hashes[1]) return { seen: 'not-yet', why: `${target} is another one than ${path}` }
    return { seen: 'yes', evidence: `${target}, the same SHA-256 on both` }
  },
}

/** The key that manage_key.conf names can be read. Args: `host`, `path` of that file. */
export const keyNamed: StepKind = {
  kind: 'key-named',
  onlyLooks: true,
  run: async () => {},
  async verify(args, tools): Promise<Seen> {
    const path = textOf(args, 'path')
    const reach = reachOf(args, tools)
    const file = await reach.readFile(path, { signal: tools.signal })
    const key = file ? keyFilePath(file.text) : null
    if (key === null) return { seen: 'not-yet', why: `${path} ${file ? 'names no key file' : 'is not there'}` }
    const { exitCode } = await reach.run(['test', '-r', key], { signal: tools.signal })
    if (exitCode !== 0) return { seen: 'not-yet', why: `${path} names ${key}, which can’t be read` }
    return { seen: 'yes', evidence: `${path} names ${key}, which is there` }
  },
}

/** The files of an installation make it a read-only server. Args: `host`, `recovery`, `properties`, `state`. */
export const configuredReadOnly: StepKind = {
  kind: 'configured-read-only',
  onlyLooks: true,
  run: async () => {},
  async verify(args, tools): Promise<Seen> {
    const reach = reachOf(args, tools)
    const wanted = [
      ['recovery-props', 'recovery'],
      ['readonly-mode', 'properties'],
      ['server-state', 'state'],
    ] as const
    for (const [edit, name] of wanted) {
      const path = textOf(args, name)
      const file = await reach.readFile(path, { signal: tools.signal })
      // What would have to be taken out to make it a primary is there.
      if (!file || edited(edit, file.text).state !== 'changed')
        return { seen: 'not-yet', why: `${path} does not make it a read-only server yet` }
    }
    return { seen: 'yes', evidence: 'its three files make it a read-only server' }
  },
}

async function sizeOf(args: JsonRecord, path: string, tools: Tools): Promise<number | null> {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'))
  const entries = await reachOf(args, tools).list(path.slice(0, at) || '/', { signal: tools.signal })
  return entries?.find(({ name, isFolder }) => !isFolder && name === path.slice(at + 1))?.size ?? null
}
