// What actions can do on a configured host, here and over ssh alike: run programs, read and replace files.

import type { HostSpec } from '../../model/measured/spec.ts'
import { FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import { asUserArguments, bringsOwnRights, notAsUserFault } from '../process/as-user.ts'
import { startShellProcess } from '../process/shell-process.ts'
import { openSshConnection, type SshConnection } from '../ssh/ssh.ts'
import { sshFault } from '../ssh/ssh-fault.ts'
import { noShellFault } from './host-fault.ts'
import {
  type HostEntry,
  type HostFile,
  inspectHostFolder,
  listHostFolder,
  type ReplaceFileOptions,
  readHostFile,
  removeHostFile,
  replaceHostFile,
  type StreamFileOptions,
  streamHostFile,
} from './host-file.ts'
import type { InspectedFolder } from './inspect-folder.ts'
import { programScript } from './program-script.ts'
import { runScript, type ShellOpener } from './run-script.ts'

export interface HostRunOptions {
  /** At the signal the program and its children are asked to end, and killed if they don't. */
  readonly signal: AbortSignal
  /** For its standard input; default: empty. */
  readonly input?: string | Uint8Array
  /** Called with the output of both streams as it arrives; not cleaned. */
  readonly onOutput?: (text: string) => void
  /** Most output before it is killed; default 4 MB. */
  readonly maxBytes?: number
  /** True for a program that must not be cut off when the connection or pgdeck itself is lost. */
  readonly survivesLoss?: boolean
  /** True for a command that only removes traces of the run itself, and runs also when the run has lost its cluster. */
  readonly tidiesUp?: boolean
  /**
   * True for a command that is not PostgreSQL's: the account itself runs it, and not the user `as` of the host. Default: true
   * for programs such as sudo and systemctl.
   */
  readonly asAccount?: boolean
}

/** Every function throws FaultError if the host can't be reached, and at the signal. */
export interface HostConnection {
  readonly name: string
  readonly accessKind: 'local' | 'ssh'
  /**
   * Runs a program with its arguments, never a shell. A non-zero exit code is a result; 127 means that there is no such
   * program.
   */
  run(
    argv: readonly string[],
    options: HostRunOptions,
  ): Promise<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }>
  /**
   * Returns UTF-8 text of at most `maxBytes` (default 8 MB); null if there is no file. With `isAnyText`, for files that are not
   * written back, other bytes become U+FFFD. Throws HostFileError.
   */
  readFile(
    path: string,
    options: { readonly signal: AbortSignal; readonly maxBytes?: number; readonly isAnyText?: boolean },
  ): Promise<HostFile | null>
  /** Returns the entries of a folder by name, with links followed; null if there is none. Throws HostFileError. */
  list(folder: string, options: { readonly signal: AbortSignal }): Promise<readonly HostEntry[] | null>
  /** Returns a folder and its entries, links as links; null if there is none. Throws HostFileError. */
  inspect(folder: string, options: { readonly signal: AbortSignal }): Promise<InspectedFolder | null>
  /**
   * Replaces a file atomically and syncs it, with the same owner and mode. Of a link, its target is replaced. Throws
   * HostFileError.
   */
  replaceFile(path: string, text: string, options: ReplaceFileOptions): Promise<void>
  /** Removes a file. With `expected` null it only checks that there is none. Throws HostFileError. */
  removeFile(path: string, options: ReplaceFileOptions): Promise<void>
  /** Yields the bytes of a file, no faster than they are read. Throws HostFileError. */
  stream(path: string, options: StreamFileOptions): AsyncIterable<Uint8Array>
  close(): Promise<void>
}

const OUTPUT_BYTES = 4 * 1024 * 1024

/**
 * Opens nothing yet. With `ssh` it uses that connection, which stays open at `close`. Without, it opens its own at the
 * first use. Throws FaultError for a host without access.
 */
export function openHostConnection(
  host: HostSpec,
  options: { readonly ssh?: SshConnection | null } = {},
): HostConnection {
  const { access, id } = host
  if (access.kind === 'none') throw new FaultError(noShellOpener(id))
  if (access.kind === 'local') return connectionBy(localShellOpeners(host), 'local', async () => {})
  const ssh = options.ssh ?? openSshConnection({ destination: access.destination })
  const close = async () => {
    if (!options.ssh) await ssh.close()
  }
  return connectionBy(sshShellOpeners(host, access.destination, ssh), 'ssh', close)
}

/** Who begins a shell: the account that pgdeck has there, and the user of PostgreSQL's files. Mostly they are the same. */
interface ShellOpeners {
  readonly account: ShellOpener
  readonly owner: ShellOpener
}

function connectionBy(
  { account, owner: shell }: ShellOpeners,
  how: HostConnection['accessKind'],
  close: () => Promise<void>,
): HostConnection {
  return {
    name: shell.name,
    accessKind: how,
    close,
    async run(argv, { signal, input = null, onOutput, maxBytes = OUTPUT_BYTES, survivesLoss = false, asAccount }) {
      const bytes = typeof input === 'string' ? Buffer.from(input) : input
      const script = (mark: string) => programScript(argv, mark, { input: bytes, survivesLoss })
      const task = { script, what: argv[0] ?? '', signal, maxBytes, onOutput, isWatched: true }
      const by = (asAccount ?? bringsOwnRights(argv)) ? account : shell
      const { exitCode, stdout, stderr } = await runScript(by, task)
      return { exitCode, stdout: stdout.toString('utf8'), stderr }
    },
    readFile: (path, { signal, maxBytes, isAnyText }) => readHostFile(shell, path, signal, maxBytes, isAnyText),
    list: (folder, { signal }) => listHostFolder(shell, folder, signal),
    inspect: (folder, { signal }) => inspectHostFolder(shell, folder, signal),
    replaceFile: (path, text, about) => replaceHostFile(shell, path, text, about),
    removeFile: (path, about) => removeHostFile(shell, path, about),
    stream: (path, about) => streamHostFile(shell, path, about),
  }
}

function localShellOpeners({ id: name, as }: HostSpec): ShellOpeners {
  const account: ShellOpener = {
    name,
    open: async () => startShellProcess('sh', []),
    notBegun: ({ startError }) => new FaultError(noShellFault(name, startError)),
  }
  if (as === undefined) return { account, owner: account }
  const [program = 'sh', ...args] = asUserArguments(as)
  const owner: ShellOpener = {
    name,
    open: async () => startShellProcess(program, args),
    notBegun: ({ startError }, said) =>
      new FaultError(startError === null ? notAsUserFault(name, as, said) : noShellFault(name, startError)),
  }
  return { account, owner }
}

function sshShellOpeners({ id: name, as }: HostSpec, destination: string, ssh: SshConnection): ShellOpeners {
  const notBegun: ShellOpener['notBegun'] = (end, said, noise) =>
    new FaultError(sshFault(destination, { ...end, said, noise }))
  const account: ShellOpener = { name, open: (signal) => ssh.openChannel(signal), notBegun }
  if (as === undefined) return { account, owner: account }
  const owner: ShellOpener = {
    name,
    open: (signal) => ssh.openChannel(signal, as),
    notBegun: (end, said, noise) =>
      // 255 is ssh's own.
      end.exitCode === null || end.exitCode === 255
        ? notBegun(end, said, noise)
        : new FaultError(notAsUserFault(`${name} (${destination})`, as, said)),
  }
  return { account, owner }
}

function noShellOpener(id: string) {
  return {
    code: 'unreachable',
    message: `pgdeck has no access to the host ${clean(id)}`,
    hint: 'Set "ssh": "user@host", or "local": true, for it in the config.',
  } as const
}
