// The query of the access view: the rules of pg_hba.conf, and the clients that connected by them.

import type { HbaSnapshot } from '../../../model/measured/connected-clients.ts'
import { HBA_INTERVAL_MS } from '../../../model/measured/on-demand.ts'
import type { Probe } from '../../probe.ts'
import { readConnectedClients } from './connected-clients.ts'

export const hbaProbe: Probe<'database', HbaSnapshot> = {
  id: 'hba',
  scope: 'database',
  title: 'rules of pg_hba.conf, the roles in them, and the clients connected by them',
  source:
    'pg_hba_file_rules, pg_read_file(), pg_stat_file(), pg_ident_file_mappings, pg_roles, pg_stat_activity, pg_stat_ssl, pg_stat_gssapi; look-ups of host names',
  runs: 'when-viewed',
  every: { ms: HBA_INTERVAL_MS },
  needs: ['pg_monitor', 'SELECT on pg_hba_file_rules', 'EXECUTE on pg_hba_file_rules()'],
  async read({ session, host = null, nodeAddresses = [] }, signal) {
    const { entrants, roles, missing, refused = [] } = await readConnectedClients(session, signal)
    // These modules are loaded only when the view is opened.
    const [{ readHba }, { openHostConnection }] = await Promise.all([
      import('./hba.ts'),
      import('../../../io/hosts/host-connection.ts'),
    ])
    const connection =
      host && host.config.access.kind !== 'none' ? openHostConnection(host.config, { ssh: host.ssh }) : null
    const dataDirectory = host?.config.dataDirectory ?? null
    const connected = (entrants.sessions ?? []).flatMap(({ address }) => address ?? [])
    const candidates = [...new Set([...connected, ...nodeAddresses])]
    const reading = await readHba({ session: session, roles, host: connection, dataDirectory, candidates }, signal)
    const read = { ...reading, missing: [...reading.missing, ...missing] }
    return { clients: entrants, reading: read, ...(refused.length === 0 ? {} : { refused }) }
  },
}
