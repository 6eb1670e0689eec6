// Copies a file from one host to another, through this process if they are different machines, and verifies its hash.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { ActionError } from '../../model/runs/action-error.ts'

export interface HostCopy {
  readonly from: HostConnection
  readonly to: HostConnection
  readonly path: string
  readonly target: string
  readonly signal: AbortSignal
  readonly onProgress: (bytes: number) => void
}

const CHUNK_BYTES = 4 * 1024 * 1024
const APPEND = 'cat >>"$1"'

/**
 * Copies to a temporary name beside the target and then renames it. Throws FaultError, and ActionError if the copy
 * differs.
 */
export async function copyBetweenHosts(copying: HostCopy): Promise<void> {
  const { from, to, path, target, signal } = copying
  const part = `${target}.part`
  if (from.accessKind === 'local' && to.accessKind === 'local') await must(to, ['cp', path, part], signal)
  else await throughHere(copying, part)
  const [wanted, actual] = [await hostFileHash(from, path, signal), await hostFileHash(to, part, signal)]
  if (wanted !== actual) throw new ActionError(`${part} differs from ${path}: their SHA-256 differ`, 'Try again.')
  await must(to, ['mv', '-f', part, target], signal)
}

async function throughHere({ from, to, path, signal, onProgress }: HostCopy, part: string): Promise<void> {
  await must(to, ['sh', '-c', 'umask 077; : >"$1"', 'sh', part], signal)
  let gathered: Uint8Array[] = []
  let size = 0
  let bytes = 0
  const flush = async () => {
    if (size === 0) return
    await must(to, ['sh', '-c', APPEND, 'sh', part], signal, Buffer.concat(gathered))
    bytes += size
    gathered = []
    size = 0
    onProgress(bytes)
  }
  for await (const chunk of from.stream(path, { signal })) {
    gathered.push(chunk)
    size += chunk.length
    if (size >= CHUNK_BYTES) await flush()
  }
  await flush()
}

/** Returns the SHA-256 in hex, with whichever program the host has. */
export async function hostFileHash(connection: HostConnection, path: string, signal: AbortSignal): Promise<string> {
  const script = 'sha256sum -- "$1" 2>/dev/null || shasum -a 256 -- "$1"'
  const { exitCode, stdout, stderr } = await connection.run(['sh', '-c', script, 'sh', path], { signal })
  const hash = /^\\?([0-9a-f]{64})\b/.exec(stdout)?.[1]
  if (exitCode !== 0 || hash === undefined)
    throw new ActionError(`pgdeck can’t compute the SHA-256 of ${path} on ${connection.name}: ${stderr.trim()}`)
  return hash
}

async function must(
  connection: HostConnection,
  argv: readonly string[],
  signal: AbortSignal,
  input?: Uint8Array,
): Promise<void> {
  const { exitCode, stderr } = await connection.run(argv, { signal, ...(input ? { input } : {}) })
  if (exitCode !== 0)
    throw new ActionError(`${argv[0]} on ${connection.name} ended with ${exitCode ?? '?'}: ${stderr.trim()}`)
}
