// The server's side of the PostgreSQL protocol, as far as a monitoring session needs it: version 3, no password, no TLS.

import { createServer, type Server, type Socket } from 'node:net'

/** What one listening port stands for. */
export interface Answers {
  /** The JSON document that every statement is answered with, as its one row's one column. */
  document(): string
  /** True while it takes connections and reads questions but says nothing. */
  isHung(): boolean
}

const SSL_REQUEST = 80_877_103
const GSS_REQUEST = 80_877_104
const JSON_TYPE = 114
const BOOLEAN_TYPE = 16
const NUMBER_TYPE = 23
const TEXT_TYPE = 25
const PROCESS = 4711

/** A server that listens once `listen` is called. */
export function simulatedServer(answers: Answers): Server {
  return createServer((socket) => serve(socket, answers))
}

function serve(socket: Socket, answers: Answers): void {
  let rest: Buffer = Buffer.alloc(0)
  let started = false
  let proof: Buffer = NOTHING
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.on('data', (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    if (answers.isHung()) {
      rest = Buffer.alloc(0)
      return
    }
    const out: Buffer[] = []
    for (;;) {
      // The first message of a connection has no kind.
      const head = started ? 1 : 0
      if (rest.length < head + 4) break
      const length = rest.readInt32BE(head)
      if (rest.length < head + length) break
      const kind = started ? String.fromCharCode(rest[0] ?? 0) : ''
      const body = rest.subarray(head + 4, head + length)
      rest = rest.subarray(head + length)
      if (kind === 'X') return void socket.end()
      if (kind === '') {
        const code = body.readInt32BE(0)
        if (code === SSL_REQUEST || code === GSS_REQUEST) {
          out.push(Buffer.from('N'))
          continue
        }
        started = true
        proof = proofOf(body.toString('utf8', 4))
      }
      out.push(kind === 'Q' && body.includes('pg_backend_pid') ? proof : answerTo(kind, answers))
    }
    if (out.length > 0) socket.write(out.length === 1 ? (out[0] as Buffer) : Buffer.concat(out))
  })
}

function answerTo(kind: string, answers: Answers): Buffer {
  switch (kind) {
    case '':
      return GREETING
    case 'P':
      return PARSED
    case 'B':
      return BOUND
    case 'D':
      return DESCRIBED
    case 'E':
      return Buffer.concat([row(answers.document()), COMPLETE])
    case 'S':
      return READY
    case 'Q':
      return Buffer.concat([DESCRIBED, row(answers.document()), COMPLETE, READY])
    default:
      return NOTHING
  }
}

function message(kind: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(kind)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`)
}

function row(...values: readonly string[]): Buffer {
  const count = Buffer.alloc(2)
  count.writeInt16BE(values.length)
  const cells = values.map((value) => {
    const cell = Buffer.from(value)
    const length = Buffer.alloc(4)
    length.writeInt32BE(cell.length)
    return Buffer.concat([length, cell])
  })
  return message('D', Buffer.concat([count, ...cells]))
}

function columns(types: Readonly<Record<string, number>>): Buffer {
  const all = Object.entries(types)
  const count = Buffer.alloc(2)
  count.writeInt16BE(all.length)
  const each = all.map(([name, type]) => {
    const numbers = Buffer.alloc(18)
    numbers.writeInt32BE(type, 6)
    numbers.writeInt16BE(-1, 10)
    numbers.writeInt32BE(-1, 12)
    return Buffer.concat([text(name), numbers])
  })
  return message('T', Buffer.concat([count, ...each]))
}

/** The answer to the question that every session of pgdeck begins with, from the settings of its start-up message. */
function proofOf(startup: string): Buffer {
  const words = startup.split('\0')
  const options = words[words.indexOf('options') + 1] ?? ''
  const setting = (name: string) => new RegExp(`-c ${name}=(\\S*)`).exec(options)?.[1] ?? ''
  return Buffer.concat([
    PROVEN,
    row(String(PROCESS), 'f', setting('pgdeck.session'), setting('search_path'), 'on', '0', '{}'),
    COMPLETE,
    READY,
  ])
}

function setting(name: string, value: string): Buffer {
  return message('S', Buffer.concat([text(name), text(value)]))
}

function processKey(): Buffer {
  const key = Buffer.alloc(8, 1)
  key.writeInt32BE(PROCESS)
  return key
}

const NOTHING = Buffer.alloc(0)
const READY = message('Z', Buffer.from('I'))
const PARSED = message('1', NOTHING)
const BOUND = message('2', NOTHING)
const DESCRIBED = columns({ pulse: JSON_TYPE })
const PROVEN = columns({
  pid: NUMBER_TYPE,
  standby: BOOLEAN_TYPE,
  mark: TEXT_TYPE,
  path: TEXT_TYPE,
  readOnly: TEXT_TYPE,
  transactionTimeout: TEXT_TYPE,
  settings: JSON_TYPE,
})
const COMPLETE = message('C', text('SELECT 1'))
const GREETING = Buffer.concat([
  message('R', Buffer.alloc(4)),
  setting('server_version', '18.4'),
  setting('server_encoding', 'UTF8'),
  setting('client_encoding', 'UTF8'),
  setting('standard_conforming_strings', 'on'),
  message('K', processKey()),
  READY,
])
