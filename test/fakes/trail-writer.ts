// A process of its own that appends to an audit trail: `trail-writer.ts FOLDER NAME COUNT`.

import { appendAuditLog } from '../../src/io/audit/audit-log-writer.ts'

const [, , folder = '', name = '', count = '0'] = process.argv
for (let index = 0; index < Number(count); index += 1) {
  const what = `${name} ${index}`
  const who = { user: name, ssh: null, tty: null }
  const entry = {
    at: Date.now(),
    who,
    cluster: 'vault',
    server: 'db-1',
    category: 'user',
    plan: null,
    result: null,
  } as const
  await appendAuditLog(folder, [{ ...entry, what }], { rotateBytes: 4_000 })
}
