// A state of the screen with the rules of a cluster: one good file, one that lacks lines, one that is broken.

import type { State } from '../../src/state/state.ts'
import { aConnectedClient, aRole, withHbaReading } from './hba.ts'
import { stateOf } from './screens.ts'
import {
  aCluster,
  aDatabase,
  aPrimaryPulse,
  aReceiver,
  aSender,
  aServer,
  aServerPulse,
  aStandbyPulse,
} from './snapshot.ts'

const OWN = `# TYPE  DATABASE  USER  ADDRESS  METHOD
local   all          postgres                  peer
hostssl all          pgdeck     10.0.0.5/32    scram-sha-256
`

const ROLES = [aRole('ro_user'), aRole('vault_app', { replication: false }), aRole('pgdeck', { password: null })]

/** Three databases and two servers, each on a host of its own. */
export function hbaAudited(): State {
  const sender = (name: string, address: string) =>
    aSender({ applicationName: name, userName: 'ro_user', address, state: 'streaming' })
  const standby = (id: string, host: string) =>
    aDatabase({
      id,
      host,
      pulse: aStandbyPulse({
        serverAddress: host,
        serverPort: 5432,
        // Servers on several hosts have one port, but no two of them began in the same microsecond.
        postmasterStart: `1795300000${host.replaceAll('.', '')}`,
        standby: { receiver: aReceiver({ senderHost: '10.0.0.11' }) },
      }),
    })
  const stream = (name: string, address: string) =>
    aConnectedClient({
      kind: 'replication',
      user: 'ro_user',
      database: null,
      application: name,
      address,
      tls: 'TLSv1.3',
    })
  const server = { ssl: true }
  const own = { tls: 'TLSv1.3' }
  const primary = aDatabase({
    id: 'db-1',
    host: '10.0.0.11',
    pulse: aPrimaryPulse({
      serverAddress: '10.0.0.11',
      senders: [sender('db-2', '10.0.0.12'), sender('db-ro', '10.0.0.13')],
    }),
  })
  const databases = [
    withHbaReading(primary, {
      ...{ server, own, roles: ROLES },
      text: `${OWN}host    replication  ro_user    10.0.0.12/32   md5
host    replication  all        0.0.0.0/0      trust
host    vault        vault_app  10.0.0.21/32   scram-sha-256
`,
      sessions: [
        stream('db-2', '10.0.0.12'),
        stream('db-ro', '10.0.0.13'),
        aConnectedClient({ count: 24 }),
        aConnectedClient({ application: 'psql', user: 'postgres', database: 'postgres', address: null }),
      ],
    }),
    withHbaReading(standby('db-2', '10.0.0.12'), {
      ...{ server, own, roles: ROLES },
      text: `${OWN}host    replication  ro_user    10.0.0.0/24    reject
host    vault        vault_app  10.0.0.21/32   scram-sha-256
`,
    }),
    withHbaReading(standby('db-ro', '10.0.0.13'), {
      ...{ server, own, roles: ROLES },
      text: `${OWN}host    replication  ro_user    10.0.0.11 /32  md5
`,
    }),
  ]
  const servers = [
    aServer({
      id: 'pmp-a',
      type: 'primary',
      databaseId: 'db-1',
      applicationName: 'pmp-a',
      pulse: aServerPulse({ addresses: ['10.0.0.21'] }),
    }),
    aServer({
      id: 'pmp-b',
      type: 'secondary',
      databaseId: 'db-1',
      applicationName: 'pmp-b',
      pulse: aServerPulse({ addresses: ['10.0.0.22'] }),
    }),
  ]
  const cluster = aCluster({ databases, servers, model: 'shared-database' })
  // Its documentation has a line with md5, which is good there and weak elsewhere.
  return stateOf([{ ...cluster, spec: { ...cluster.spec, profile: 'password-manager-pro' } }])
}
