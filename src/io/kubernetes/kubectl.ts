// Runs kubectl, as configured, for one cluster of CloudNativePG: an argument array, limited in time and output.

import { type Fault, FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import { runCommand } from '../process/command.ts'

export interface KubernetesCluster {
  /** The program with its own first arguments, e.g. `["kubectl", "--context", "prod"]`. */
  readonly kubectl: readonly string[]
  /** Name of the resource `Cluster`. */
  readonly cluster: string
  /** null: that of the context of kubectl. */
  readonly namespace: string | null
}

/** The whole resource, with its status, has some ten kilobytes. */
const OUTPUT_BYTES = 2 * 1024 * 1024
const LONGEST_TEXT = 300
/** The API server was not reached, or only its answer is missing. */
const UNANSWERED =
  /unable to connect|connection (?:refused|reset|lost)|no such host|was refused|timeout|timed out|deadline exceeded|\bEOF$/i

/** The command of `words`, in the namespace of that cluster. */
export function kubectlCommand({ kubectl, namespace }: KubernetesCluster, words: readonly string[]): readonly string[] {
  return [...kubectl, ...words, ...(namespace === null ? [] : ['-n', namespace])]
}

/**
 * Resolves to its standard output. Throws FaultError if it can't be run, is not done at the signal, prints too much, or
 * ends with an error.
 */
export async function runKubectl(
  cluster: KubernetesCluster,
  words: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommand(kubectlCommand(cluster, words), signal, undefined, OUTPUT_BYTES)
  if (exitCode === 0) return stdout
  throw new FaultError(faultOf(cluster, words, exitCode, stderr))
}

function faultOf(
  { kubectl: [program = 'kubectl'] }: KubernetesCluster,
  words: readonly string[],
  exitCode: number | null,
  stderr: string,
): Fault {
  const lines = clean(stderr)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const said = lines.find((line) => /^error/i.test(line)) ?? lines.at(-1) ?? 'it said nothing'
  const message = `${program} ${words.slice(0, 2).join(' ')} ended with ${exitCode ?? '?'}: ${said.slice(0, LONGEST_TEXT)}`
  if (/forbidden|unauthorized|must be logged in/i.test(said))
    return {
      code: 'auth',
      message,
      hint: 'Its account needs get on clusters.postgresql.cnpg.io; for actions patch, too.',
    }
  if (/unknown command "cnpg"/i.test(said))
    return { code: 'protocol', message, hint: 'Install the plugin of kubectl: kubectl-cnpg, on PATH.' }
  if (/notfound|not found/i.test(said))
    return { code: 'protocol', message, hint: 'Check "cluster" and "namespace" of "manager" in the config.' }
  return { code: UNANSWERED.test(said) ? 'unreachable' : 'protocol', message, hint: 'Run it by hand as the same user.' }
}
