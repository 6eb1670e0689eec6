// Files that the product's procedures leave on hosts: verifies that they exist, and copies them between hosts.

import type { ActionToolbox } from '../../../actions/definition/action.ts'
import * as arg from '../../../actions/definition/step-arguments.ts'
import {
  defineStep,
  MANUAL_STEP_SECONDS,
  type StepPlan,
  type StepTexts,
  type Verification,
} from '../../../actions/definition/step-kind.ts'
import { copyBetweenHosts, hostFileHash } from '../../../actions/hosts/host-copy.ts'
import { type HostArgument, hostFromArguments } from '../../../actions/hosts/host-programs.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import { formatBytes } from '../../../model/values/units.ts'
import { FILE_EDITS } from '../files/edits.ts'
import { keyFilePath } from '../files/key-file.ts'
import { installationPath, type ProductInstallation, typedCommand } from '../roles/installation.ts'

const fileForm = () =>
  arg.form({
    host: arg.optionalText(),
    /** null: unknown, so only a person can confirm it. */
    path: arg.optionalText(),
  })
type FileArgs = arg.Of<typeof fileForm>

/** A file that a person makes, and where it is looked for. */
export interface ManualFile extends Pick<StepTexts, 'id' | 'title' | 'detail' | 'ifStopped'> {
  readonly host: string | null
  readonly path: string | null
  /** How it is verified; absent: by a file that is not empty, or by a person's confirmation. */
  readonly verify?: string
  readonly where?: string
}

export const fileExistsKind = defineStep({
  kind: 'file-there',
  version: 1,
  args: fileForm,
  plan: ({ host, path, ...texts }: ManualFile): StepPlan<FileArgs> => ({
    where: host ?? 'its host',
    verify: path === null ? 'you confirm it' : `${path} exists, and is not empty`,
    ...texts,
    args: { host, path },
    how: 'manual',
    maySkip: true,
    deadlineSeconds: MANUAL_STEP_SECONDS,
  }),
  isReadOnly: true,
  run: async () => {},
  async verify(args, tools): Promise<Verification> {
    const path = args.path
    if (path === null) return { result: 'not-yet', why: 'its place is unknown: confirm with m when it is done' }
    const size = await sizeOf(args, path, tools)
    if (size === null || size === 0)
      return { result: 'not-yet', why: `${path} is ${size === null ? 'not there' : 'empty'}` }
    return { result: 'yes', evidence: `${path}, ${formatBytes(size)}` }
  },
})

const copyForm = () =>
  arg.form({
    host: arg.optionalText(),
    /** null, both: its name is unknown. */
    path: arg.optionalText(),
    toHost: arg.optionalText(),
    target: arg.optionalText(),
  })
type CopyArgs = arg.Of<typeof copyForm>

/** Copies a file from one installation to another; manual if something is unknown or not accessible. */
interface FileCopy {
  readonly id: string
  readonly from: ProductInstallation
  readonly path: string | null
  readonly to: ProductInstallation
  /** A description of it. */
  readonly what: string
}

function planCopy({ id, from, path, to, what }: FileCopy): StepPlan<CopyArgs> {
  const name = path?.split(/[\\/]/).at(-1) ?? null
  const target = name === null ? null : installationPath(to, name)
  const isOurs = path !== null && from.control !== 'manual' && to.control !== 'manual' && to.folder !== null
  const place = `${to.address ?? to.host ?? '<host>'}:${target ?? installationPath(to, '')}`
  return {
    id,
    args: { host: from.host, path, toHost: to.host, target },
    title: `copy ${what} to ${to.host ?? 'its host'}`,
    how: isOurs ? (from.control === 'local' && to.control === 'local' ? 'local' : 'ssh') : 'manual',
    where: to.host ?? 'its host',
    detail: typedCommand(from, ['scp', path ?? `<${what}>`, place]),
    verify: 'it is there, with the same SHA-256',
    ifStopped: `you can copy ${what} again.`,
    maySkip: true,
    deadlineSeconds: isOurs ? 300 : MANUAL_STEP_SECONDS,
  }
}

/** Copies one file to another host. */
export const copyFileKind = defineStep({
  kind: 'copy-file',
  version: 1,
  args: copyForm,
  plan: planCopy,
  async run(args, tools) {
    const from = hostFromArguments(args, tools)
    const to = hostFromArguments({ host: args.toHost }, tools)
    const { path, target } = args
    if (path === null || target === null) throw new ActionError('its name is unknown', 'Copy it by hand.')
    const onProgress = (bytes: number) => tools.writeOutput(formatBytes(bytes))
    const { signal } = tools
    await copyBetweenHosts({ from, to, path, target, signal, onProgress })
  },
  async verify(args, tools): Promise<Verification> {
    const path = args.path
    const target = args.target
    if (path === null || target === null)
      return { result: 'not-yet', why: 'its name is unknown: confirm with m when it is done' }
    const to = { host: args.toHost }
    if ((await sizeOf(to, target, tools)) === null) return { result: 'not-yet', why: `${target} does not exist` }
    const hashes = [
      await hostFileHash(hostFromArguments(args, tools), path, tools.signal),
      await hostFileHash(hostFromArguments(to, tools), target, tools.signal),
    ]
    if (hashes[0] !== hashes[1]) return { result: 'not-yet', why: `${target} is another file than ${path}` }
    return { result: 'yes', evidence: `${target}, the same SHA-256 on both` }
  },
})

/** `path` of manage_key.conf. */
const keyForm = () => arg.form({ host: arg.optionalText(), path: arg.text() })
type KeyArgs = arg.Of<typeof keyForm>

/** An installation with the name of its server. */
export interface NamedInstallation {
  readonly installation: ProductInstallation
  readonly name: string
}

/** Verifies that the key named in manage_key.conf is readable. */
export const keyReadableKind = defineStep({
  kind: 'key-named',
  version: 1,
  args: keyForm,
  plan({ installation, name }: NamedInstallation): StepPlan<KeyArgs> {
    const path = installationPath(installation, 'conf/manage_key.conf')
    return {
      id: 'key-file',
      args: { host: installation.host, path },
      title: `set the path of the key file of ${name}, by hand`,
      how: 'manual',
      where: installation.host ?? name,
      detail: `In ${path}: the full path of the product’s key file (a copy of the primary’s), which stays readable there`,
      verify: `${path} names a readable file`,
      ifStopped: `${name} would not start without it.`,
      maySkip: true,
      deadlineSeconds: MANUAL_STEP_SECONDS,
    }
  },
  isReadOnly: true,
  run: async () => {},
  async verify(args, tools): Promise<Verification> {
    const path = args.path
    const connection = hostFromArguments(args, tools)
    const file = await connection.readFile(path, { signal: tools.signal })
    const key = file ? keyFilePath(file.text) : null
    if (key === null) return { result: 'not-yet', why: `${path} ${file ? 'names no key file' : 'is not there'}` }
    const { exitCode } = await connection.run(['test', '-r', key], { signal: tools.signal })
    if (exitCode !== 0) return { result: 'not-yet', why: `${path} names ${key}, which pgdeck can’t read` }
    return { result: 'yes', evidence: `${path} names ${key}, which exists` }
  },
})

/** Paths of its three files. */
const readOnlyForm = () =>
  arg.form({
    host: arg.optionalText(),
    recovery: arg.text(),
    properties: arg.text(),
    state: arg.text(),
    /** When the newest of them was written, if they made it a read-only server before the step (ms); null: they did not. */
    before: arg.optionalNumber(),
  })
type ReadOnlyArgs = arg.Of<typeof readOnlyForm>

/** The host, and the three files that set the type of a server. */
function readOnlyFiles(installation: ProductInstallation): Omit<ReadOnlyArgs, 'before'> {
  return {
    host: installation.host,
    recovery: installationPath(installation, 'pgsql/ext_conf/postgres_ext.conf'),
    properties: installationPath(installation, 'conf/configurations.properties'),
    state: installationPath(installation, 'conf/serverstate.conf'),
  }
}

/** The newest time of the three files, which make it a read-only server; else the path of one that does not. */
async function readOnlySince(
  args: Omit<ReadOnlyArgs, 'before'>,
  tools: ActionToolbox,
): Promise<{ readonly at: number } | { readonly lacking: string }> {
  const connection = hostFromArguments(args, tools)
  const times: number[] = []
  for (const [edit, name] of READ_ONLY_EDITS) {
    const path = args[name]
    const file = await connection.readFile(path, { signal: tools.signal })
    // The setting that a promotion would remove is there.
    if (!file || FILE_EDITS[edit](file.text).state !== 'changed') return { lacking: path }
    times.push(file.modifiedAt)
  }
  return { at: Math.max(...times) }
}

const READ_ONLY_EDITS = [
  ['recovery-props', 'recovery'],
  ['readonly-mode', 'properties'],
  ['server-state', 'state'],
] as const

/** When the files of an installation were last written, if they make it a read-only server already; null: they do not. */
export async function readOnlyBefore(installation: ProductInstallation, tools: ActionToolbox): Promise<number | null> {
  if (installation.control === 'manual') return null
  const found = await readOnlySince(readOnlyFiles(installation), tools).catch(() => null)
  return found && 'at' in found ? found.at : null
}

/** An installation, and what `readOnlyBefore` returned of it. */
interface ReadOnlyPlace extends NamedInstallation {
  readonly before: number | null
}

/** Verifies that the files of an installation make it a read-only server. */
export const configuredReadOnlyKind = defineStep({
  kind: 'configured-read-only',
  version: 2,
  // Version 0.1.0 took the files of a former read-only server for those of the new one.
  upgrades: { 1: (args) => ({ before: null, ...args }) },
  args: readOnlyForm,
  plan({ installation, name, before }: ReadOnlyPlace): StepPlan<ReadOnlyArgs> {
    const { host } = installation
    const files = readOnlyFiles(installation)
    const { recovery, properties, state } = files
    const anew = before === null ? '' : ', and are written anew'
    return {
      id: 'configure',
      args: { ...files, before },
      title: `set ${name} up with the pack, by hand`,
      how: 'manual',
      where: host ?? name,
      detail: `On ${host ?? name}, by the product’s document on its read-only server: install it, and configure it with the pack`,
      verify: `${[recovery, properties, state].join(', ')} make it a read-only server${anew}`,
      ifStopped: 'The new server is not configured yet; nothing else has changed.',
      maySkip: true,
      deadlineSeconds: MANUAL_STEP_SECONDS,
    }
  },
  isReadOnly: true,
  run: async () => {},
  async verify(args, tools): Promise<Verification> {
    const found = await readOnlySince(args, tools)
    if ('lacking' in found)
      return { result: 'not-yet', why: `${found.lacking} does not make it a read-only server yet` }
    if (found.at === args.before)
      return {
        result: 'not-yet',
        why: 'its three files are those of the former read-only server: nothing was written since',
      }
    return { result: 'yes', evidence: 'its three files make it a read-only server' }
  },
})

async function sizeOf(args: HostArgument, path: string, tools: ActionToolbox): Promise<number | null> {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'))
  const entries = await hostFromArguments(args, tools).list(path.slice(0, at) || '/', { signal: tools.signal })
  return entries?.find(({ name, isFolder }) => !isFolder && name === path.slice(at + 1))?.size ?? null
}
