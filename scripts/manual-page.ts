// docs/pgdeck.1, the manual page: from the commands as the argument parser knows them, and from the key table.

import {
  allCommands,
  type CommandEntry,
  commandTree,
  type OptionEntry,
} from '../src/cli/commands/completion/command-tree.ts'
import { EXIT_CODES, HEALTH_EXIT_CODES, SIGNAL_EXIT_CODES } from '../src/cli/invocation/exit-codes.ts'
import { Invocation } from '../src/cli/invocation/invocation.ts'
import { createProgram } from '../src/cli/program.ts'
import { keyTable } from '../src/ui/keys/keymap/key-table.ts'

const EXIT_STATUS: readonly (readonly [string, string])[] = [
  [
    Object.values(HEALTH_EXIT_CODES).join(', '),
    'status, check, diagnose, hba audit, doctor: ok, warning, critical, unknown (check: also for wrong usage or config)',
  ],
  [
    `${EXIT_CODES.ok}, ${EXIT_CODES.failed}`,
    'do, logs, audit --verify, config validate, hba test: success, or failure',
  ],
  [
    String(EXIT_CODES.blocked),
    'do: a check or the read-only mode blocks the action, or it was not confirmed; nothing was changed',
  ],
  [String(EXIT_CODES.stopped), 'do: stopped half way; do --resume continues'],
  [String(EXIT_CODES.usage), 'wrong usage'],
  [String(EXIT_CODES.unreachable), 'no target could be reached'],
  [String(EXIT_CODES.config), 'the configuration is wrong'],
  [Object.values(SIGNAL_EXIT_CODES).join(', '), 'ended by a signal, after the terminal was restored'],
]

const FILES: readonly (readonly [string, string])[] = [
  ['./pgdeck.json', 'the configuration, unless --config or PGDECK_CONFIG names another'],
  [
    '$XDG_CONFIG_HOME/pgdeck/config.json',
    'the configuration, if the file above does not exist; ~/.config without the variable',
  ],
  [
    '$XDG_STATE_HOME/pgdeck',
    'names, last positions, server identities, the audit log, journals of runs; ~/.local/state without the variable',
  ],
  ['~/.pgpass', 'passwords, as for all clients of PostgreSQL'],
]

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['PGDECK_CONFIG', 'the configuration file'],
  ['PGDECK_STATE_DIR', 'the folder for the state'],
  [
    'PGUSER, PGPASSWORD, PGPASSFILE, PGSERVICEFILE, …',
    'the variables of libpq, for values that the connection string lacks',
  ],
  ['NO_COLOR', 'no colours'],
  ['COLORFGBG', 'a light or dark background, where the terminal does not report it'],
  ['VISUAL, EDITOR', 'the editor of :edit'],
]

/** The page in the macros of man(7). */
export function manualPage(): string {
  const tree = commandTree(createProgram(new Invocation('', [])))
  const commands = allCommands(tree).filter(({ path, commands: below }) => path !== '' && below.length === 0)
  return `${[
    '.\\" Made from the code by "npm run generate".',
    '.TH PGDECK 1 "" "pgdeck" "User Commands"',
    '.SH NAME',
    `pgdeck \\- ${text(tree.description)}`,
    '.SH SYNOPSIS',
    ...commands.flatMap(synopsis),
    '.SH DESCRIPTION',
    text(
      'Without a command pgdeck starts the monitor: topology, replication, sessions, locks, storage, hosts and alerts ' +
        'of the clusters in the configuration, or of the cluster that connection strings reach.',
    ),
    '.SH OPTIONS OF EVERY COMMAND',
    ...tree.options.flatMap(option),
    '.SH COMMANDS',
    ...commands.flatMap(command),
    '.SH KEYS OF THE MONITOR',
    ...keyTable().flatMap(({ keys, title, modes }) => item(keys.join(', '), `${title} (${modes.join(', ')})`)),
    '.SH EXIT STATUS',
    ...EXIT_STATUS.flatMap(([code, means]) => item(code, means)),
    '.SH FILES',
    ...FILES.flatMap(([file, holds]) => item(file, holds)),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(([name, means]) => item(name, means)),
  ].join('\n')}\n`
}

function synopsis({ path, options, arguments: given }: CommandEntry): readonly string[] {
  const words = [...(options.length > 0 ? ['[options]'] : []), ...given.map(({ usage }) => usage)]
  return ['.br', `.B pgdeck ${text(path)}`, ...(words.length > 0 ? [text(words.join(' '))] : [])]
}

function command({ path, description, options, arguments: given }: CommandEntry): readonly string[] {
  const own = options.filter(({ names }) => !names.includes('--help'))
  return [
    `.SS ${text(path)}`,
    text(`${sentence(description)}`),
    ...given.flatMap((each) => item(each.usage, each.description)),
    ...own.flatMap(option),
  ]
}

function option({ flags, description, takes }: OptionEntry): readonly string[] {
  const choices = takes.kind === 'choice' ? `: ${takes.choices.join(', ')}` : ''
  return item(flags, `${description}${choices}`)
}

function item(what: string, means: string): readonly string[] {
  return ['.TP', `.B ${text(what)}`, text(means)]
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
}

/** A line that is only text to the formatter: no escapes, no request, hyphens that can be copied. */
function text(line: string): string {
  const plain = line.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('"', '\\(dq').replaceAll('…', '...')
  const named = plain.replaceAll('’', "'").replace(/[^\x20-\x7e]/g, (letter) => `\\[u${hex(letter)}]`)
  return /^[.']/.test(named) ? `\\&${named}` : named
}

function hex(letter: string): string {
  return (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
}
