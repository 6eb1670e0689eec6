// Signs of managers on a host: files that they leave in the data directory, and their agents among the processes.

import { MANAGER_TITLES, type ManagerKind } from '../../measured/managers/manager-signs.ts'

const FILES: readonly (readonly [file: string, kind: ManagerKind])[] = [
  ['patroni.dynamic.json', 'patroni'],
  ['postgresql.base.conf', 'patroni'],
  ['postgresql-auto-failover.conf', 'pg_auto_failover'],
  ['postgresql-auto-failover-standby.conf', 'pg_auto_failover'],
]

/** The manager that files of a data directory, by their names, speak of. */
export function managerFromFiles(
  names: readonly string[],
): { readonly kind: ManagerKind; readonly file: string } | null {
  const found = FILES.find(([file]) => names.includes(file))
  return found ? { file: found[0], kind: found[1] } : null
}

/** Agents that leave nothing in PostgreSQL or its files; a host has one of them at most. */
const OF_THE_HOST: readonly (readonly [command: RegExp, title: string])[] = [
  [/(^|\/)pacemakerd?(-\w+)?(\s|$)/, MANAGER_TITLES.pacemaker],
  [/\bjava\b.*\befm(-[\d.]+)?\b/i, MANAGER_TITLES.efm],
]

/** Agents that are told the data directory by their arguments. */
const OF_A_DIRECTORY: readonly (readonly [command: RegExp, title: string])[] = [
  [/(^|\/)pg_autoctl\s/, MANAGER_TITLES.pg_auto_failover],
  [/(^|\/)stolon-keeper\s/, MANAGER_TITLES.stolon],
]

export interface ManagerAgent {
  readonly title: string
  /** It was started for this data directory; false: whose database it looks after is not told. */
  readonly isOurs: boolean
}

/** The agents of managers among processes, each by its command line, that may look after this data directory. */
export function managerAgentsAmong(commands: readonly string[], dataDirectory: string | null): readonly ManagerAgent[] {
  const ours = dataDirectory === null ? [] : commands.filter((command) => namesFolder(command, dataDirectory))
  return [
    ...OF_A_DIRECTORY.filter(([agent]) => ours.some((command) => agent.test(command))).map(([, title]) => ({
      title,
      isOurs: true,
    })),
    ...OF_THE_HOST.filter(([agent]) => commands.some((command) => agent.test(command))).map(([, title]) => ({
      title,
      isOurs: false,
    })),
  ]
}

/** The folder itself, or one that holds it: stolon-keeper is told the folder above. */
function namesFolder(command: string, folder: string): boolean {
  const words = command.split(/[\s=]+/).map((word) => word.replace(/\/$/, ''))
  return words.some(
    (word) => word.length > 1 && word.startsWith('/') && (folder === word || folder.startsWith(`${word}/`)),
  )
}
