// A host that holds a server for a run, in a process of its own: until it is cut off.

import { parseDsn } from '../../src/config/dsn/dsn.ts'
import { openRunLockSession } from '../../src/io/postgres/run-lock-session.ts'
import { packLockToken } from '../../src/model/runs/lock/lock-key.ts'

const connection = parseDsn(process.argv[2] ?? '', {})
const session = await openRunLockSession({
  connection,
  passwordCommand: null,
  name: 'pgdeck run: bob@jump-2 promote db-2',
})
await session.takeKey(packLockToken({ id: 4711, step: 1, steps: 3 }))
process.stdout.write('held\n')
setInterval(() => {}, 60_000)
