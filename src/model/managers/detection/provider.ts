// The provider of a hosted service, by a function or by roles that only it makes. Every role may see them.

import { AURORA_FUNCTION } from '../../measured/managers/aurora.ts'
import type { ManagerKind, ManagerSign, ManagerSigns } from '../../measured/managers/manager-signs.ts'
import { MANAGER_TITLES } from '../../measured/managers/manager-signs.ts'
import { FOREIGN_SIGNS, type ForeignManagerSigns, HOSTS } from './foreign-signs.ts'

const PROVIDERS = ['rds', 'cloudsql', 'alloydb', 'azure', 'hosted'] as const satisfies readonly ManagerKind[]

/**
 * `Amazon Aurora`; null if no sign of a provider is there. A role that only a superuser can have made counts more than
 * one that any user with CREATEROLE can make.
 */
export function hostingProvider({ roles, functions = [] }: Pick<ManagerSigns, 'roles' | 'functions'>): string | null {
  const isPrivileged = (sign: ManagerSign) => sign.isPrivileged
  const isAurora = functions.filter(isPrivileged).some(({ name }) => name === AURORA_FUNCTION)
  return isAurora ? MANAGER_TITLES.aurora : (providerByRoles(roles.filter(isPrivileged)) ?? providerByRoles(roles))
}

function providerByRoles(roles: readonly ManagerSign[]): string | null {
  const has = ({ ownRoles }: ForeignManagerSigns) => roles.some(({ name }) => ownRoles.includes(name))
  const found = PROVIDERS.find((kind) => has(FOREIGN_SIGNS[kind]))
  if (found === undefined) return null
  return found === 'hosted' ? hostOf(roles) : MANAGER_TITLES[found]
}

/** Which of the hosting services without a kind of its own: `Neon`. */
function hostOf(roles: readonly ManagerSign[]): string {
  const role = Object.keys(HOSTS).find((name) => roles.some((sign) => sign.name === name))
  return (role === undefined ? undefined : HOSTS[role]) ?? MANAGER_TITLES.hosted
}
