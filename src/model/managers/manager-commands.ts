// Each manager's own command for an action of pgdeck.

import type { ManagerKind } from '../measured/managers/manager-signs.ts'
import { cloudNativePgCommand } from './cloudnativepg-commands.ts'
import { FOREIGN_MANAGER_COMMANDS } from './foreign-commands.ts'
import type { ManagerCommand, ManagerCommandContext } from './managed-actions.ts'
import { patroniCommand } from './patroni-commands.ts'
import { pgAutoFailoverCommand } from './pg-auto-failover-commands.ts'
import { repmgrCommand } from './repmgr-commands.ts'

/** null if the manager does not mind. */
export const MANAGER_COMMANDS: Readonly<Record<ManagerKind, (about: ManagerCommandContext) => ManagerCommand | null>> =
  {
    ...FOREIGN_MANAGER_COMMANDS,
    cloudnativepg: cloudNativePgCommand,
    patroni: patroniCommand,
    repmgr: repmgrCommand,
    pg_auto_failover: pgAutoFailoverCommand,
  }
