// The signs in PostgreSQL of managers that pgdeck can't ask.

import { AURORA_FUNCTION } from '../../measured/managers/aurora.ts'
import type { ManagerKind } from '../../measured/managers/manager-signs.ts'

export interface ForeignManagerSigns {
  /** Settings, or the part of their names before the point. */
  readonly settings: readonly string[]
  readonly extensions: readonly string[]
  /** Names of the files that hold settings. */
  readonly files: readonly string[]
  /** Prefixes of the names of its slots and standbys. */
  readonly prefix: string | null
  /** Functions in `pg_catalog` that only this manager makes: their server runs under it. */
  readonly ownFunctions: readonly string[]
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
  ownFunctions: [],
  ownRoles: [],
  commonRoles: [],
}

/** Hosting services by the roles that each makes. */
export const HOSTS: Readonly<Record<string, string>> = {
  neon_superuser: 'Neon',
  supabase_admin: 'Supabase',
  _aiven: 'Aiven',
  avnadmin: 'Aiven',
  doadmin: 'DigitalOcean',
  _dodb: 'DigitalOcean',
  tsdbadmin: 'Tiger Cloud',
  mdb_admin: 'Yandex Managed Service for PostgreSQL',
  _rdb_superadmin: 'Scaleway',
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
  // It has the roles and settings of RDS too, which do not tell which of both it is.
  aurora: { ...NOTHING, ownFunctions: [AURORA_FUNCTION] },
  rds: { ...NOTHING, settings: ['rds'], ownRoles: ['rdsadmin', 'rds_superuser'] },
  cloudsql: { ...NOTHING, settings: ['cloudsql'], ownRoles: ['cloudsqladmin', 'cloudsqlsuperuser'] },
  alloydb: { ...NOTHING, settings: ['alloydb'], ownRoles: ['alloydbadmin', 'alloydbsuperuser'] },
  azure: { ...NOTHING, settings: ['azure'], ownRoles: ['azuresu', 'azure_pg_admin', 'azure_superuser'] },
  hosted: {
    ...NOTHING,
    settings: ['neon', 'aiven'],
    ownRoles: Object.keys(HOSTS),
  },
} satisfies Partial<Record<ManagerKind, ForeignManagerSigns>>

type ForeignKind = keyof typeof FOREIGN_SIGNS

/** Whether the signs alone can identify a manager of that kind. */
export function isForeignManager(kind: ManagerKind): kind is ForeignKind {
  return Object.hasOwn(FOREIGN_SIGNS, kind)
}

/** Roles that indicate a manager. The pulse looks for these names only. */
export const FOREIGN_ROLES: readonly string[] = Object.values<ForeignManagerSigns>(FOREIGN_SIGNS).flatMap(
  ({ ownRoles, commonRoles }) => [...ownRoles, ...commonRoles],
)

/** Functions in `pg_catalog` that indicate a manager. */
export const FOREIGN_FUNCTIONS: readonly string[] = Object.values<ForeignManagerSigns>(FOREIGN_SIGNS).flatMap(
  ({ ownFunctions }) => ownFunctions,
)

/** Prefixes of setting names that indicate a manager. */
export const FOREIGN_SETTINGS: readonly string[] = Object.values<ForeignManagerSigns>(FOREIGN_SIGNS).flatMap(
  ({ settings }) => settings,
)

export const FOREIGN_EXTENSIONS: readonly string[] = Object.values<ForeignManagerSigns>(FOREIGN_SIGNS).flatMap(
  ({ extensions }) => extensions,
)
