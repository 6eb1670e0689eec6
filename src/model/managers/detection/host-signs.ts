// Signs of managers on a host: their files in the data directory, and their agents among the processes.

import { MANAGER_TITLES, type ManagerKind } from '../../measured/managers/manager-signs.ts'

const FILES: readonly (readonly [file: string, kind: ManagerKind])[] = [
  ['patroni.dynamic.json', 'patroni'],
  ['postgresql.base.conf', 'patroni'],
  ['postgresql-auto-failover.conf', 'pg_auto_failover'],
  ['postgresql-auto-failover-standby.conf', 'pg_auto_failover'],
]

/** Returns the manager that the names of files in a data directory indicate. */
export function managerFromFiles(
  names: readonly string[],
): { readonly kind: ManagerKind; readonly file: string } | null {
  const found = FILES.find(([file]) => names.includes(file))
  return found ? { file: found[0], kind: found[1] } : null
}

/** Agents without a sign in PostgreSQL or its files. A host has at most one of them. */
const OF_THE_HOST: readonly (readonly [command: RegExp, title: string])[] = [
  [/(^|\/)pacemakerd?(-\w+)?(\s|$)/, MANAGER_TITLES.pacemaker],
  [/\bjava\b.*\befm(-[\d.]+)?\b/i, MANAGER_TITLES.efm],
]

/** Agents that have the data directory among their arguments. */
const OF_A_DIRECTORY: readonly (readonly [command: RegExp, title: string])[] = [
  [/(^|\/)pg_autoctl\s/, MANAGER_TITLES.pg_auto_failover],
  [/(^|\/)stolon-keeper\s/, MANAGER_TITLES.stolon],
]

export interface ManagerAgent {
  readonly title: string
  /** It was started for this data directory; false: its database is unknown. */
  readonly isOurs: boolean
}

/** Returns the agents among the processes that may manage this data directory, by their command lines. */
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

/** The folder itself, or a parent folder: stolon-keeper gets the parent. */
function namesFolder(command: string, folder: string): boolean {
  const words = command.split(/[\s=]+/).map((word) => word.replace(/\/$/, ''))
  return words.some(
    (word) => word.length > 1 && word.startsWith('/') && (folder === word || folder.startsWith(`${word}/`)),
  )
}
