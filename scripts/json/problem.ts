// What each field of a present fault means.

import type { ProblemDocument } from '../../src/state/documents/problem-document.ts'
import { describePart } from './describe.ts'

export const problem = describePart<ProblemDocument>()({
  code: {
    about: 'what went wrong',
    values: {
      local: 'this host or this process prevents it, such as missing file descriptors: nothing is known of the target',
      unreachable: 'there is no route to the host',
      refused: 'nothing listens on the port',
      auth: 'the login failed',
      hba: 'pg_hba.conf refuses the connection',
      'too-many-connections': 'no connection slots left',
      starting: 'the server starts up, shuts down or accepts no sessions',
      timeout: 'no answer in time',
      slow: 'it accepts sessions, but the reading took too long',
      tls: 'TLS failed',
      dns: 'the name does not resolve',
      protocol: 'an unexpected answer',
      pooler: 'a connection pooler answered instead of the server',
    },
  },
  message: 'text: what happened to what',
  since: 'time: when it was first read',
  hint: 'text: what to do next; null: nothing is known',
})
