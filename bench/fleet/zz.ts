import { setTimeout as after } from 'node:timers/promises'
import { open, type Subject } from '../measure.ts'
import { startFleet } from './fleet.ts'

const small = await startFleet(1, 3)
const s: Subject = {
  name: 'pgdeck',
  command: process.execPath,
  args: [...(process.argv[2] ? process.argv[2].split(' ') : []), 'bin/pgdeck.js', '--config', small.config],
  env: { PGDECK_STATE_DIR: small.folder + '/s', NODE_DEBUG: '' },
  ready: (x) => /3 of 3/.test(x),
  intervalMs: 2000,
  keys: ['j', 'k'],
  quit: 'q',
}
const pty = open(s)
await pty.until(s.ready, 'x')
const { readFileSync } = await import('node:fs')
for (const t of [0, 500, 3000, 6000]) {
  await after(t)
  console.log(
    t,
    /VmRSS.*/.exec(readFileSync(`/proc/${pty.pid}/status`, 'utf8'))?.[0],
    /RssAnon.*/.exec(readFileSync(`/proc/${pty.pid}/status`, 'utf8'))?.[0],
    /RssFile.*/.exec(readFileSync(`/proc/${pty.pid}/status`, 'utf8'))?.[0],
  )
}
pty.press('q')
await pty.ended
await small.stop()
