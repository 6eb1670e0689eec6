// Files and folders of other users, as they lie in wait for whoever types pgdeck: refused with what mends it, nothing executed.

import assert from 'node:assert/strict'
import { chmodSync, chownSync, existsSync, lchownSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { type Scratch, scratch } from '../config/scratch.ts'
import { startPgdeck } from './process.ts'

const IS_ROOT = process.getuid?.() === 0
const THEM = 65_534

/** Leaves a mark when its command is executed. */
function config(mark: string, more: object = {}): string {
  const passwordCommand = ['sh', '-c', `touch ${mark}; echo x`]
  const databases = [{ name: 'd', dsn: 'postgresql://u@127.0.0.1:1/d', passwordCommand }]
  return JSON.stringify({
    clusters: [{ name: 'c', databases }],
    notify: [{ on: ['critical'], command: passwordCommand }],
    ...more,
  })
}

function give(path: string): string {
  lchownSync(path, THEM, THEM)
  return path
}

interface Trial {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

async function run(context: TestContext, { folder }: Scratch, { args = ['status'], env = {}, cwd = folder }: Trial) {
  const state = { PGDECK_STATE_DIR: join(folder, 'state'), XDG_CONFIG_HOME: join(folder, 'none') }
  return startPgdeck(context, args, { cwd, env: { ...state, ...env } }).ended
}

describe('a configuration of somebody else', { skip: !IS_ROOT && 'needs root' }, () => {
  const places: Readonly<Record<string, (place: Scratch) => Trial>> = {
    'in the current folder': (place) => {
      give(place.write('here/pgdeck.json', config(join(place.folder, 'ran')), 0o644))
      return { cwd: join(place.folder, 'here') }
    },
    'of root in a folder of theirs': (place) => {
      place.write('here/pgdeck.json', config(join(place.folder, 'ran')), 0o644)
      return { cwd: give(join(place.folder, 'here')) }
    },
    'by a link of theirs to one of root': (place) => {
      mkdirSync(join(place.folder, 'here'))
      const target = place.write('old.json', config(join(place.folder, 'ran')), 0o600)
      symlinkSync(target, join(place.folder, 'here/pgdeck.json'))
      give(join(place.folder, 'here/pgdeck.json'))
      return { cwd: join(place.folder, 'here') }
    },
    'named by PGDECK_CONFIG': (place) => {
      return { env: { PGDECK_CONFIG: give(place.write('theirs.json', config(join(place.folder, 'ran')))) } }
    },
    'named by --config': (place) => {
      return { args: ['status', '-c', give(place.write('theirs.json', config(join(place.folder, 'ran'))))] }
    },
    'in the home that sudo kept': (place) => {
      give(place.write('home/.config/pgdeck/config.json', config(join(place.folder, 'ran'))))
      return { env: { HOME: join(place.folder, 'home'), XDG_CONFIG_HOME: '' } }
    },
    'that everybody may write': (place) => {
      return { args: ['status', '-c', place.write('open.json', config(join(place.folder, 'ran')), 0o666)] }
    },
  }
  for (const [name, make] of Object.entries(places)) {
    test(`${name} is refused`, async (context) => {
      const place = scratch(context)
      const { code, out, err } = await run(context, place, make(place))
      assert.equal(code, 78, err)
      assert.equal(out, '')
      assert.match(err, /pgdeck\.json|theirs\.json|config\.json|open\.json|here/)
      assert.match(err, /run {2}(?:chown|chown -h|chmod) \S+ \/\S+/)
      assert.equal(existsSync(join(place.folder, 'ran')), false, 'its command was executed')
    })
  }

  test('is unknown for a plugin, and a finding for doctor', async (context) => {
    const place = scratch(context)
    const file = give(place.write('theirs.json', config(join(place.folder, 'ran'))))
    const check = await run(context, place, { args: ['check', 'split-brain', '--config', file] })
    assert.equal(check.code, 3)
    assert.match(check.out, /^PGDECK UNKNOWN - .*chown root/)
    const doctor = await run(context, place, { args: ['doctor', '--json', '-c', file] })
    assert.equal(doctor.code, 78)
    assert.match(doctor.out, /chown root/)
  })

  test('names service files and programs that only its user or root can have written', async (context) => {
    const place = scratch(context)
    const service = place.write('services', '[s]\nhost=127.0.0.1\nport=1\n', 0o666)
    const asked = await run(context, place, { args: ['status', 'service=s'], env: { PGSERVICEFILE: service } })
    assert.deepEqual([asked.code, asked.out], [78, ''])
    assert.match(asked.err, /services: is writable by every user.*chmod go-w/)
    const program = place.write('notify.sh', '#!/bin/sh\n', 0o777)
    const named = { notify: [{ on: ['critical'], command: ['./notify.sh'] }] }
    const file = place.write('own.json', config(join(place.folder, 'ran'), named))
    const called = await run(context, place, { args: ['config', 'validate', file] })
    assert.equal(called.code, 1)
    assert.match(called.err, /own\.json: runs .*notify\.sh, but .*chmod go-w/)
    chmodSync(program, 0o755)
    assert.equal((await run(context, place, { args: ['config', 'validate', file] })).code, 0)
  })
})

describe('a state folder of somebody else', { skip: !IS_ROOT && 'needs root' }, () => {
  const places: Readonly<Record<string, (place: Scratch) => Readonly<Record<string, string>>>> = {
    'is refused, though nobody else may enter it': ({ folder }) => {
      mkdirSync(join(folder, 'theirs'), { mode: 0o700 })
      return { PGDECK_STATE_DIR: give(join(folder, 'theirs')) }
    },
    'is refused where a link of theirs leads to it': ({ folder }) => {
      mkdirSync(join(folder, 'mine'), { mode: 0o700 })
      symlinkSync(join(folder, 'mine'), join(folder, 'theirs'))
      return { PGDECK_STATE_DIR: give(join(folder, 'theirs')) }
    },
    'is refused in a home where everybody may put another in its place': ({ folder }) => {
      mkdirSync(join(folder, 'theirs'))
      chmodSync(join(folder, 'theirs'), 0o777)
      return { PGDECK_STATE_DIR: '', XDG_STATE_HOME: '', HOME: join(folder, 'theirs') }
    },
    'is not made in a home that sudo kept': ({ folder }) => {
      mkdirSync(join(folder, 'theirs'))
      return { PGDECK_STATE_DIR: '', XDG_STATE_HOME: '', HOME: give(join(folder, 'theirs')) }
    },
  }
  for (const [name, make] of Object.entries(places)) {
    test(name, async (context) => {
      const place = scratch(context)
      const env = make(place)
      const file = place.write('own.json', config(join(place.folder, 'ran')))
      for (const args of [['status'], ['runs'], ['do', 'reload', 'd', '--yes']]) {
        const { code, out, err } = await run(context, place, { args: [...args, '-c', file], env })
        assert.deepEqual([code, out], [78, ''], err)
        assert.match(err, /theirs/)
      }
    })
  }

  test('one below /tmp or in a folder of somebody else is good while it is one’s own', async (context) => {
    const place = scratch(context)
    mkdirSync(join(place.folder, 'theirs'))
    give(join(place.folder, 'theirs'))
    const env = { PGDECK_STATE_DIR: join(place.folder, 'theirs', 'state') }
    const { code, err } = await run(context, place, { args: ['runs'], env })
    assert.equal(code, 0, err)
    chmodSync(join(place.folder, 'theirs'), 0o777)
    assert.equal((await run(context, place, { args: ['runs'], env })).code, 0, 'what others put there is theirs')
  })
})

describe('a log file of somebody else', { skip: !IS_ROOT && 'needs root' }, () => {
  test('is not written to, nor what a link of theirs leads to', async (context) => {
    const place = scratch(context)
    const victim = place.write('victim', 'VICTIM')
    symlinkSync(victim, join(place.folder, 'link'))
    give(join(place.folder, 'link'))
    const theirs = give(place.write('theirs', '', 0o666))
    for (const file of [join(place.folder, 'link'), theirs]) {
      const { code, err } = await run(context, place, { args: ['version', '--log-file', file] })
      assert.equal(code, 64, err)
    }
    assert.equal(readFileSync(victim, 'utf8'), 'VICTIM')
    assert.equal(statSync(theirs).size, 0)
    chownSync(theirs, 0, 0)
    assert.equal((await run(context, place, { args: ['version', '--log-file', theirs] })).code, 64, 'open to all')
    const own = join(place.folder, 'own.log')
    assert.equal((await run(context, place, { args: ['version', '--log-file', own, '--log-level', 'info'] })).code, 0)
    assert.match(readFileSync(own, 'utf8'), /version ended/)
  })
})
