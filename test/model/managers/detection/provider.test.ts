import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostingProvider } from '../../../../src/model/managers/detection/provider.ts'

const role = (name: string, isPrivileged = false) => ({ name, isPrivileged })
const AURORA = [role('aurora_version', true)]

test('a provider is named by what only it makes', () => {
  const named: readonly (readonly [string, string])[] = [
    ['rdsadmin', 'Amazon RDS'],
    ['rds_superuser', 'Amazon RDS'],
    ['cloudsqlsuperuser', 'Google Cloud SQL'],
    ['alloydbsuperuser', 'Google AlloyDB'],
    ['azure_pg_admin', 'Azure Database for PostgreSQL'],
    ['neon_superuser', 'Neon'],
    ['supabase_admin', 'Supabase'],
    ['_aiven', 'Aiven'],
  ]
  for (const [name, provider] of named) assert.equal(hostingProvider({ roles: [role(name)] }), provider, name)
  assert.equal(hostingProvider({ roles: [role('somebody')], functions: [] }), null)
})

test('Aurora has the roles of RDS, and a function of its own', () => {
  const roles = [role('rdsadmin', true), role('rds_superuser')]
  assert.equal(hostingProvider({ roles, functions: AURORA }), 'Amazon Aurora')
  assert.equal(hostingProvider({ roles, functions: [] }), 'Amazon RDS')
  assert.equal(hostingProvider({ roles, functions: [role('aurora_version')] }), 'Amazon RDS', 'no superuser owns it')
})

test('a role that any user with CREATEROLE can make counts less than one of a superuser', () => {
  assert.equal(
    hostingProvider({ roles: [role('rds_superuser'), role('azuresu', true)] }),
    'Azure Database for PostgreSQL',
  )
})
