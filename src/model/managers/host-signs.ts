// Signs of managers on a host: files that they leave in the data directory, and their agents among the processes.

import type { ManagerKind } from '../manager-signs.ts'

const FILES: readonly (readonly [file: string, kind: ManagerKind])[] = [
  ['patroni.dynamic.json', 'patroni'],
  ['postgresql.base.conf', 'patroni'],
  ['postgresql-auto-failover.conf', 'pg_auto_failover'],
  ['postgresql-auto-failover-standby.conf', 'pg_auto_failover'],
]

/** The manager that files of a data directory, by their names, speak of. */
export function managerOfFiles(names: readonly string[]): { readonly kind: ManagerKind; readonly file: string } | null {
  const found = FILES.find(([file]) => names.includes(file))
  return found ? { file: found[0], kind: found[1] } : null
}

const AGENTS: readonly (readonly [command: RegExp, title: string])[] = [
  [/(^|\/|\s)patroni(\.py)?(\s|$)/, 'Patroni'],
  [/(^|\/)repmgrd(\s|$)/, 'repmgrd'],
  [/(^|\/)pg_autoctl\s+(run|node-active|.*\brun\b)/, 'pg_autoctl'],
  [/(^|\/)stolon-keeper(\s|$)/, 'stolon-keeper'],
  [/(^|\/)pacemakerd?(-\w+)?(\s|$)/, 'Pacemaker'],
  [/\bjava\b.*\befm(-[\d.]+)?\b/i, 'EDB Failover Manager'],
  [/(^|\/)pgpool(\s|:|$)/, 'Pgpool-II'],
]

/** The agents of managers among processes, each by its command line. Whose database they look after is not told there. */
export function agentsAmong(commands: readonly string[]): readonly { readonly title: string }[] {
  return AGENTS.filter(([pattern]) => commands.some((command) => pattern.test(command))).map(([, title]) => ({ title }))
}
