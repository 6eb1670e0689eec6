// What the applications of a demo find in its databases: a role for each user, their tables, and their entries in pg_hba.conf.

import type { PostgresNode } from '../postgres/postgres-node.ts'

/** Roles of the applications, each with the node's password. */
const APPLICATION_ROLES = ['web', 'mobile', 'billing', 'reporting', 'etl', 'cron'] as const
export type ApplicationRole = (typeof APPLICATION_ROLES)[number]

/** Their tables; all have a primary key, so that logical replication can take them along. */
export const APPLICATION_TABLES = ['accounts', 'orders', 'ledger'] as const

const TABLES = `
create table accounts (id int primary key, owner text not null, balance numeric not null default 0);
create table orders (id uuid primary key default pg_catalog.gen_random_uuid(), account int not null,
  amount numeric not null, state text not null default 'open', at timestamptz not null default pg_catalog.now());
create index on orders (state, at);
create table ledger (batch int, line int, amount numeric not null, note text, primary key (batch, line));
insert into accounts select i, 'customer ' || i::pg_catalog.text, 1000 from pg_catalog.generate_series(1, 200) i;
insert into orders (account, amount, state, at)
  select 1 + i % 200, i % 90, 'billed', pg_catalog.now() - i * interval '1 minute' from pg_catalog.generate_series(1, 600) i;
grant select, insert, update, delete on accounts, orders, ledger to ${APPLICATION_ROLES.join(', ')};
`

/** Prepares a primary for the applications, before copies of it are made. */
export async function prepareForApplications(node: PostgresNode): Promise<void> {
  for (const role of APPLICATION_ROLES) await node.createRole(role, 'LOGIN')
  const lines = APPLICATION_ROLES.map((role) => `host    all          ${role.padEnd(12)} 127.0.0.1/32  scram-sha-256\n`)
  await node.setHba(node.hba() + lines.join(''))
  await node.query(TABLES)
}
