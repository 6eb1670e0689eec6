// What acts can do on a host of the config, on this machine and over ssh alike: run programs, read and replace files.

import type { HostSpec } from '../../model/measured/spec.ts'
import { FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
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
  /** When it comes the program is asked to end, with what it started, and ended when it does not. */
  readonly signal: AbortSignal
  /** For its standard input, which is empty otherwise. */
  readonly input?: string | Uint8Array
  /** Called with what it writes to either stream, as it comes; not cleaned. */
  readonly onOutput?: (text: string) => void
  /** How much it may write before it is ended; default 4 MB. */
  readonly maxBytes?: number
  /** True for what must not be cut off half way when the connection, or pgdeck itself, is lost. */
  readonly survivesLoss?: boolean
  /** True for what only removes the traces of the run itself, and is done also when the run no longer has its cluster. */
  readonly tidiesUp?: boolean
}

/** Everything throws FaultError where the host can't be reached or the signal comes. */
export interface HostConnection {
  readonly name: string
  readonly accessKind: 'local' | 'ssh'
  /** A program with its arguments, never a shell. A non-zero exit is an answer; 127 means that there is no such program. */
  run(
    argv: readonly string[],
    options: HostRunOptions,
  ): Promise<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }>
  /** UTF-8 text of at most `maxBytes` (default 8 MB); null when it is not there. Throws HostFileError. */
  readFile(
    path: string,
    options: { readonly signal: AbortSignal; readonly maxBytes?: number },
  ): Promise<HostFile | null>
  /** Entries of a folder by name, links followed; null when it is not there. Throws HostFileError. */
  list(folder: string, options: { readonly signal: AbortSignal }): Promise<readonly HostEntry[] | null>
  /** A folder and what is in it, links as links; null when it is not there. Throws HostFileError. */
  inspect(folder: string, options: { readonly signal: AbortSignal }): Promise<InspectedFolder | null>
  /** At once and down to the disk, with the same owner and mode; a link's target is what is replaced. Throws HostFileError. */
  replaceFile(path: string, text: string, options: ReplaceFileOptions): Promise<void>
  /** With `expected` null it only makes sure that nothing is there. Throws HostFileError. */
  removeFile(path: string, options: ReplaceFileOptions): Promise<void>
  /** The bytes of a file, no faster than they are taken. Throws HostFileError. */
  stream(path: string, options: StreamFileOptions): AsyncIterable<Uint8Array>
  close(): Promise<void>
}

const OUTPUT_BYTES = 4 * 1024 * 1024

/**
 * Opens nothing yet. With `ssh` the connection is that one's, and stays open at `close`; without, one of its own is made
 * when first used. Throws FaultError for a host into which no way leads.
 */
export function openHostConnection(
  host: HostSpec,
  options: { readonly ssh?: SshConnection | null } = {},
): HostConnection {
  const { access, id } = host
  if (access.kind === 'none') throw new FaultError(noShellOpener(id))
  if (access.kind === 'local') return connectionBy(localShellOpener(id), 'local', async () => {})
  const ssh = options.ssh ?? openSshConnection({ destination: access.destination })
  const close = async () => {
    if (!options.ssh) await ssh.close()
  }
  return connectionBy(sshShellOpener(id, access.destination, ssh), 'ssh', close)
}

function connectionBy(way: ShellOpener, how: HostConnection['accessKind'], close: () => Promise<void>): HostConnection {
  return {
    name: way.name,
    accessKind: how,
    close,
    async run(argv, { signal, input = null, onOutput, maxBytes = OUTPUT_BYTES, survivesLoss = false }) {
      const bytes = typeof input === 'string' ? Buffer.from(input) : input
      const script = (mark: string) => programScript(argv, mark, { input: bytes, survivesLoss })
      const task = { script, what: argv[0] ?? '', signal, maxBytes, onOutput, isWatched: true }
      const { exitCode, stdout, stderr } = await runScript(way, task)
      return { exitCode, stdout: stdout.toString('utf8'), stderr }
    },
    readFile: (path, { signal, maxBytes }) => readHostFile(way, path, signal, maxBytes),
    list: (folder, { signal }) => listHostFolder(way, folder, signal),
    inspect: (folder, { signal }) => inspectHostFolder(way, folder, signal),
    replaceFile: (path, text, about) => replaceHostFile(way, path, text, about),
    removeFile: (path, about) => removeHostFile(way, path, about),
    stream: (path, about) => streamHostFile(way, path, about),
  }
}

function localShellOpener(name: string): ShellOpener {
  return {
    name,
    open: async () => startShellProcess('sh', []),
    notBegun: ({ startError }) => new FaultError(noShellFault(name, startError)),
  }
}

function sshShellOpener(name: string, destination: string, ssh: SshConnection): ShellOpener {
  return {
    name,
    open: (signal) => ssh.openChannel(signal),
    notBegun: (end, said, noise) => new FaultError(sshFault(destination, { ...end, said, noise })),
  }
}

function noShellOpener(id: string) {
  return {
    code: 'unreachable',
    message: `pgdeck has no access to the host ${clean(id)}`,
    hint: 'Set "ssh": "user@host", or "local": true, for it in the config.',
  } as const
}
