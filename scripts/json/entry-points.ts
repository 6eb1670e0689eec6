// What each field of a pooler, a proxy or an address in the status document means.

import type { EntryPointDocument } from '../../src/state/documents/entry-points-document.ts'
import { type DescribedFields, describePart } from './describe.ts'
import { problem } from './problem.ts'

const DESTINATION: DescribedFields<EntryPointDocument['leadsTo'][number]> = {
  database: 'text: id of the database; null: none of the cluster that is known',
  name: 'text: its display name, else the address or the name that is known of it',
  expected: 'flag: whether it should lead there; null: not known',
}

export const entryPointFields = describePart<EntryPointDocument>()({
  id: 'text: its name in the configuration',
  kind: {
    about: 'what it is',
    values: { pooler: 'PgBouncer', proxy: 'HAProxy', address: 'an address that applications connect to' },
  },
  where: 'text: `host:port`, or where the statistics of a proxy are',
  expects: { about: 'where it should lead', values: { primary: 'to the primary', standby: 'to standbys' } },
  status: {
    about: 'the worst that is known of it',
    values: {
      active: 'it answers, and leads where it should as far as that is known',
      elsewhere: 'it leads to another database than it should',
      'no-server': 'no server of the backend is up',
      paused: 'a database of the pooler is paused, or all of it',
      disabled: 'a database of the pooler is disabled',
      waiting: 'clients have waited for longer than the limit of `alerts.poolerWait`',
      silent: 'it does not answer',
      unknown: 'it was not read yet',
    },
  },
  leadsTo: { about: 'where new sessions go, by its last good reading', each: DESTINATION },
  sessions: 'number: clients of a pooler, sessions through the backend of a proxy; null: unknown, or an address',
  waiting: 'number: clients that wait; null: unknown, or an address',
  longestWaitSeconds: 'seconds: the longest wait of a client of a pooler; null: unknown, or no pooler',
  pools: {
    about: 'databases of a pooler; empty for the others',
    each: {
      name: 'text: its name at the pooler',
      host: 'text: where it leads by the configuration of the pooler; null: a Unix socket',
      port: 'number: the port there',
      paused: 'flag: whether it is paused',
      disabled: 'flag: whether it is disabled',
      clientsActive: 'number: clients that have a connection, or need none now',
      clientsWaiting: 'number: clients that wait for a connection',
      longestWaitSeconds: 'seconds: how long the first of them has waited',
      serversActive: 'number: connections to the database that a client uses',
      serversIdle: 'number: those that are free',
      leadsTo: { about: 'where it leads', each: DESTINATION },
    },
  },
  servers: {
    about: 'servers of the backend of a proxy; empty for the others',
    each: {
      name: 'text: its name at the proxy',
      status: 'text: its status in the words of HAProxy',
      used: 'flag: whether it gets new sessions now',
      backup: 'flag: whether it is used only while no other is up',
      sessions: 'number: its sessions now',
      sinceSeconds: 'seconds: since its status changed; null: not told',
      check: 'text: what its last check found; null: none is made',
      address: 'text: `host:port`; null: not told',
      database: 'text: id of the database that it is; null: none that is known',
    },
  },
  server: {
    about: 'of an address, the server that answered a new session last; null: none yet, or no address',
    fields: {
      systemIdentifier: 'text: of `pg_control_system()`; null: unknown',
      address: 'text: as the server sees the connection; null: a Unix socket',
      port: 'number: that it listens on',
      inRecovery: 'flag: whether it is a standby',
      pooler: 'flag: whether a pooler is between',
      latencyMs: 'milliseconds: from the first packet of the session to its answer',
    },
  },
  since: 'time: when its status began; null: unknown',
  readAt: 'time: of its last good reading; null: none yet',
  problem: { about: 'why it can’t be read; null: it can', fields: problem },
})
