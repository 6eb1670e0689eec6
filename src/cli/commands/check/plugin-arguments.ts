// The arguments of `pgdeck check` before parsing: plugins use -c for the critical limit, pgdeck for its config.

import type { Option } from 'commander'

/**
 * Returns the arguments (as in process.argv) with `-c` after the command `check` written as `--critical`; null for
 * another command. `options` are those that may precede the command.
 */
export function pluginArguments(argv: readonly string[], options: readonly Option[]): readonly string[] | null {
  const at = commandAt(argv, options)
  if (argv[at] !== 'check') return null
  const own = argv.slice(at + 1)
  const end = own.includes('--') ? own.indexOf('--') : own.length
  return [...argv.slice(0, at + 1), ...own.slice(0, end).map(critical), ...own.slice(end)]
}

/** The index of the command: the first argument that is neither an option nor its value. */
function commandAt(argv: readonly string[], options: readonly Option[]): number {
  let at = 2
  for (let given = argv[at]; given?.startsWith('-') && given !== '--'; given = argv[at]) {
    const option = options.find(({ short, long }) => given === short || given === long)
    at += option?.required ? 2 : 1
  }
  return at
}

function critical(argument: string): string {
  if (argument === '-c') return '--critical'
  return /^-c./.test(argument) ? `--critical=${argument.slice(2).replace(/^=/, '')}` : argument
}
