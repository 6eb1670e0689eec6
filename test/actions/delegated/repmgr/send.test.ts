// What is sent to a host for repmgr when an earlier attempt has done a part of it.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ActionToolbox } from '../../../../src/actions/definition/action.ts'
import { lookAtRepmgr } from '../../../../src/actions/delegated/repmgr/look.ts'
import type { RepmgrRequest } from '../../../../src/actions/delegated/repmgr/request.ts'
import { sendToRepmgr } from '../../../../src/actions/delegated/repmgr/send.ts'
import { ActionError } from '../../../../src/model/runs/action-error.ts'

const CLONE: RepmgrRequest = {
  call: 'clone',
  host: 'box',
  prefix: [],
  program: 'repmgr',
  file: '/etc/repmgr.conf',
  node: 2,
  database: 'db2',
  upstream: 1,
  source: { host: 'db1', port: 5432, user: 'repmgr', database: 'repmgr' },
  wasPaused: false,
  done: 1,
  failed: 0,
  copies: 1,
  readers: ['db1'],
  stop: ['pg-stop'],
  start: ['pg-start'],
  startedAt: 5,
  elsewhere: [],
}

interface Answer {
  readonly exitCode?: number
  readonly stdout?: string
  readonly stderr?: string
}

/** `answers`: of a command by the words that it has. `events`: how many of a kind there are. */
interface Host {
  readonly isUp: boolean
  readonly events?: number
  answer(command: string): Answer
}

/** A host and a database as fakes, and what was run there. */
function toolsOf(host: Host) {
  const ran: string[] = []
  const said: string[] = []
  let isUp = host.isUp
  let startedAt = CLONE.startedAt
  const run = async (argv: readonly string[]) => {
    const words = argv.join(' ').replace(/^sh -c .*repmgr-by-pgdeck /s, '')
    if (words !== 'ps -ww -eo args=') ran.push(words)
    const answer = { exitCode: 0, stdout: '', stderr: '', ...host.answer(words) }
    if (words === 'pg-stop') isUp = false
    if (words === 'pg-start' && answer.exitCode === 0) [isUp, startedAt] = [true, 9]
    return answer
  }
  const tools = {
    signal: new AbortController().signal,
    host: () => ({ name: 'box', accessKind: 'ssh', run }),
    refresh: async () => ({
      picture: { databases: [{ id: 'db2', name: 'db2', problem: isUp ? null : { message: 'down' }, startedAt }] },
    }),
    managerSql: async () => [
      { node: { upstream: 1, type: 'standby', active: true, done: host.events ?? 1, failed: 0, details: null } },
    ],
    wait: async () => {},
    writeOutput: (line: string) => void said.push(line),
  } as unknown as ActionToolbox
  return { tools, ran, said }
}

const RUNNING =
  'repmgr -f /etc/repmgr.conf -h db1 -p 5432 -U repmgr -d repmgr standby clone --force --fast-checkpoint\n'

describe('a new copy that repmgr makes', () => {
  test('is no second one while the first goes on: it is waited for, then started and registered', async () => {
    let asked = 0
    const { tools, ran } = toolsOf({
      isUp: false,
      events: 2,
      answer: (words) => (words.startsWith('ps ') ? { stdout: (asked++ < 2 && RUNNING) || '' } : {}),
    })
    const look = await lookAtRepmgr({ ...CLONE, done: 2 }, tools)
    assert.deepEqual(look, { state: 'unfinished', words: 'repmgr standby clone is running there' })
    await sendToRepmgr(CLONE, tools, true)
    assert.deepEqual(ran, ['pg-start', 'repmgr /etc/repmgr.conf standby register --force --upstream-node-id=1'])
    assert.ok(asked > 2)
  })

  test('is made again where the first one has ended and is not complete', async () => {
    const { tools, ran } = toolsOf({ isUp: false, answer: () => ({}) })
    await sendToRepmgr(CLONE, tools, true)
    assert.equal(ran.filter((words) => words.includes('standby clone')).length, 2)
  })

  test('is not sent where nobody tells whether the first one goes on', async () => {
    const { tools, ran } = toolsOf({
      isUp: false,
      answer: (words) => ({ exitCode: words.startsWith('ps ') ? 127 : 0 }),
    })
    await assert.rejects(sendToRepmgr(CLONE, tools, true), ActionError)
    await assert.rejects(lookAtRepmgr(CLONE, tools), /whether repmgr standby clone still runs on box is unknown/)
    assert.deepEqual(ran, [])
  })
})

describe('a restart under repmgr that was stopped half way', () => {
  const RESTART: RepmgrRequest = { ...CLONE, call: 'restart' }
  const paused = (words: string) => words.endsWith('service status --csv')
  const PAUSED = '1,node1,primary,1,1,7,1,100,0,default\n2,node2,standby,1,1,8,1,100,0,default\n'
  const SILENT = { exitCode: 6, stderr: 'ERROR: connection to database failed\n' }

  test('starts the server that is down, which repmgr could not be asked beside, and resumes the daemons', async () => {
    let ran: readonly string[] = []
    const place = toolsOf({
      isUp: false,
      answer: (words) => (paused(words) ? (ran.includes('pg-start') ? { stdout: PAUSED } : SILENT) : {}),
    })
    ran = place.ran
    await sendToRepmgr(RESTART, place.tools, true)
    assert.deepEqual(place.ran, [
      'pg-start',
      'repmgr /etc/repmgr.conf service status --csv',
      'repmgr /etc/repmgr.conf service unpause',
    ])
  })

  test('fails with the error of the start, and says that the daemons may still be paused', async () => {
    const { tools, said } = toolsOf({
      isUp: false,
      answer: (words) =>
        paused(words) ? SILENT : words === 'pg-start' ? { exitCode: 1, stderr: 'no space left' } : {},
    })
    await assert.rejects(sendToRepmgr(RESTART, tools, true), /starting db2 ended with exit code 1: no space left/)
    assert.match(said.at(-1) ?? '', /repmgrd may still be paused .*: pgdeck do resume-manager$/)
  })
})

describe('the daemons of repmgr around a restart', () => {
  const RESTART: RepmgrRequest = { ...CLONE, call: 'restart' }
  const status = (paused: 0 | 1) =>
    `1,node1,primary,1,1,7,${paused},100,0,default\n2,node2,standby,1,1,8,${paused},100,0,default\n`

  test('must be as they were when it was planned: else nothing is stopped', async () => {
    for (const [wasPaused, now] of [
      [true, 0],
      [false, 1],
    ] as const) {
      const { tools, ran } = toolsOf({ isUp: true, answer: () => ({ stdout: status(now) }) })
      const error = /repmgrd was (paused|resumed) since this was planned/
      await assert.rejects(sendToRepmgr({ ...RESTART, wasPaused }, tools, false), error)
      assert.deepEqual(ran, ['repmgr /etc/repmgr.conf service status --csv'])
    }
  })

  test('are asked for, and resumed, beside another node where this one stays down', async () => {
    const beside = { host: 'box', prefix: [], program: 'repmgr', file: '/other.conf' }
    const { tools, ran } = toolsOf({
      isUp: false,
      answer: (words) => {
        if (words === 'pg-start') return { exitCode: 1, stderr: 'no space left' }
        if (words === 'repmgr /other.conf service status --csv') return { stdout: status(1) }
        return words.endsWith('--csv') ? { exitCode: 6, stderr: 'ERROR: connection to database failed\n' } : {}
      },
    })
    await assert.rejects(sendToRepmgr({ ...RESTART, elsewhere: [beside] }, tools, true), /no space left/)
    assert.equal(ran.at(-1), 'repmgr /other.conf service unpause')
  })
})

test('a switchover that repmgr says has failed names the daemons that it left paused', async () => {
  const { tools } = toolsOf({
    isUp: true,
    answer: (words) =>
      words.endsWith('--csv') ? { stdout: '1,node1,primary,1,1,7,1,100,0,default\n' } : { stdout: '' },
  })
  const failed = {
    ...tools,
    managerSql: async () => [
      { node: { upstream: 1, type: 'standby', active: true, done: 1, failed: 1, details: null } },
    ],
  }
  const look = await lookAtRepmgr({ ...CLONE, call: 'switchover' }, failed as unknown as ActionToolbox)
  assert.equal(look.state, 'failed')
  assert.match(look.words, /repmgrd is still paused beside node1: pgdeck do resume-manager$/)
})

test('a node that repmgr was asked to forget is done once its table has none, whatever events of before say', async () => {
  const { tools } = toolsOf({ isUp: true, answer: () => ({}) })
  const request: RepmgrRequest = { ...CLONE, call: 'unregister', done: 0 }
  assert.equal((await lookAtRepmgr(request, tools)).state, 'none', 'it was forgotten once, and registered again')
  const gone = { ...tools, managerSql: async () => [] } as unknown as ActionToolbox
  assert.deepEqual(await lookAtRepmgr(request, gone), { state: 'done', words: 'repmgr.nodes has no node 2' })
  assert.equal((await lookAtRepmgr({ ...request, call: 'follow' }, gone)).state, 'failed')
})
