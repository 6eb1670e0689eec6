// The signs in PostgreSQL of managers that pgdeck can't ask.

import type { ManagerKind } from '../../measured/managers/manager-signs.ts'

export interface ForeignManagerSigns {
  /** Settings, or the part of their names before the point. */
  readonly settings: readonly string[]
  readonly extensions: readonly string[]
  /** Names of the files that hold settings. */
  readonly files: readonly string[]
  /** Prefixes of the names of its slots and standbys. */
  readonly prefix: string | null
  /** Roles that only this manager makes. */
  readonly ownRoles: readonly string[]
  /** Roles with names that others may choose too. */
  readonly commonRoles: readonly string[]
}

const NOTHING: ForeignManagerSigns = {
  settings: [],
  extensions: [],
  files: [],
  prefix: null,
  ownRoles: [],
  commonRoles: [],
}

export const FOREIGN_SIGNS = {
  cloudnativepg: {
    ...NOTHING,
    settings: ['cnpg'],
    prefix: '_cnpg_',
    commonRoles: ['streaming_replica', 'cnpg_pooler_pgbouncer'],
  },
  stolon: { ...NOTHING, prefix: 'stolon_', commonRoles: ['stolon'] },
  // Of the resource agent `pgsql`. The other agent, PAF, leaves no sign.
  pacemaker: { ...NOTHING, files: ['rep_mode.conf'] },
  efm: { ...NOTHING, extensions: ['efm_extension'], commonRoles: ['efm'] },
  pgpool: {
    ...NOTHING,
    settings: ['pgpool'],
    extensions: ['pgpool_recovery'],
    commonRoles: ['pgpool'],
  },
  rds: { ...NOTHING, settings: ['rds'], ownRoles: ['rdsadmin', 'rds_superuser'] },
  cloudsql: { ...NOTHING, settings: ['cloudsql'], ownRoles: ['cloudsqladmin', 'cloudsqlsuperuser'] },
  alloydb: { ...NOTHING, settings: ['alloydb'], ownRoles: ['alloydbadmin', 'alloydbsuperuser'] },
  azure: { ...NOTHING, settings: ['azure'], ownRoles: ['azuresu', 'azure_pg_admin', 'azure_superuser'] },
  hosted: {
    ...NOTHING,
    settings: ['neon', 'aiven'],
    ownRoles: [
      '_aiven',
      'avnadmin',
      'doadmin',
      '_dodb',
      'neon_superuser',
      'supabase_admin',
      'tsdbadmin',
      'mdb_admin',
      '_rdb_superadmin',
    ],
  },
} as const satisfies Partial<Record<ManagerKind, ForeignManagerSigns>>

type ForeignKind = keyof typeof FOREIGN_SIGNS

/** Whether the signs alone can identify a manager of that kind. */
export function isForeignManager(kind: ManagerKind): kind is ForeignKind {
  return Object.hasOwn(FOREIGN_SIGNS, kind)
}

/** Roles that indicate a manager. The pulse looks for these names only. */
export const FOREIGN_ROLES: readonly string[] = Object.values<ForeignManagerSigns>(FOREIGN_SIGNS).flatMap(
  ({ ownRoles, commonRoles }) => [...ownRoles, ...commonRoles],
)

/** Prefixes of setting names that indicate a manager. */
export const FOREIGN_SETTINGS: readonly string[] = Object.values<ForeignManagerSigns>(FOREIGN_SIGNS).flatMap(
  ({ settings }) => settings,
)

export const FOREIGN_EXTENSIONS: readonly string[] = Object.values<ForeignManagerSigns>(FOREIGN_SIGNS).flatMap(
  ({ extensions }) => extensions,
)
