// The provider of a hosted service, by the roles that only it makes. Every role may see them.

import type { ManagerKind, ManagerSigns } from '../../measured/managers/manager-signs.ts'
import { MANAGER_TITLES } from '../../measured/managers/manager-signs.ts'
import { FOREIGN_SIGNS } from './foreign-signs.ts'

const PROVIDERS = ['rds', 'cloudsql', 'alloydb', 'azure', 'hosted'] as const satisfies readonly ManagerKind[]

/** `Amazon RDS or Aurora`; null if no sign of a provider is there. */
export function hostingProvider({ roles }: Pick<ManagerSigns, 'roles'>): string | null {
  const has = (names: readonly string[]) => roles.some(({ name }) => names.includes(name))
  const found = PROVIDERS.find((kind) => has(FOREIGN_SIGNS[kind].ownRoles))
  return found === undefined ? null : MANAGER_TITLES[found]
}
