// The pictures of the documents: they are there, play without a script, tell nothing of the machine that made them.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { pictureAsPng } from '../../scripts/picture/picture-png.ts'
import { movingPicture, stillPicture } from '../../scripts/picture/picture-svg.ts'
import { line, span } from '../../src/ui/frame/format/line.ts'

const TOP = new URL('../../', import.meta.url)
const IMAGES = new URL('docs/images/', TOP)
const MOST_BYTES = 1_000_000
const MOVING = 'tour.svg'
const STILL = ['alarm.svg', 'hba.svg', 'locks.svg', 'plan.svg', 'proof.svg']
/** Folders of a user, of a build and of temporary files. */
const OF_A_MACHINE = /\/(?:tmp|dev|home|root|work|mnt|opt|Users|private)\/|node_modules|pgdeck-[A-Za-z0-9]{6}\b/

function read(path: string): string {
  return readFileSync(new URL(path, TOP), 'utf8')
}

function contentOf(svg: string): string {
  return svg.replaceAll(/<[^>]*>/g, ' ')
}

describe('pictures', () => {
  test('each is there, and the documents show it', () => {
    const files = readdirSync(IMAGES).sort()
    assert.deepEqual(files, [...STILL, MOVING].sort())
    for (const file of files) assert.ok(read('docs/tour.md').includes(`](images/${file})`), file)
    assert.ok(read('README.md').includes(`](docs/images/${MOVING})`))
  })

  for (const file of [...STILL, MOVING]) {
    test(`${file} is a small document that runs nothing and loads nothing`, () => {
      const svg = read(`docs/images/${file}`)
      assert.ok(svg.length < MOST_BYTES, `${svg.length} bytes`)
      assert.doesNotMatch(svg, /<script|\bon\w+=|javascript:|<foreignObject|<!ENTITY|@import|url\(/i)
      const links = [...svg.matchAll(/\bhref="([^"]*)"/g)].map(([, target = '']) => target)
      const ids = new Set([...svg.matchAll(/\bid="([^"]*)"/g)].map(([, id]) => `#${id}`))
      assert.deepEqual(
        links.filter((target) => !ids.has(target)),
        [],
      )
      // It throws for what is not well-formed.
      assert.ok(pictureAsPng(svg).length > 10_000)
    })

    test(`${file} tells nothing of the machine that made it`, () => {
      assert.doesNotMatch(contentOf(read(`docs/images/${file}`)), OF_A_MACHINE)
    })
  }

  test('in the moving one each shot has its time, one after the other', () => {
    const svg = read(`docs/images/${MOVING}`)
    const shown = [
      ...svg.matchAll(/@keyframes k\d+\{(?:0%\{visibility:hidden\})?([\d.]+)%\{visibility:visible\}(?:([\d.]+)%)?/g),
    ]
    const times = shown.map(([, from, to]) => [Number(from), to === undefined ? 100 : Number(to)] as const)
    assert.ok(times.length > 20, `${times.length} shots`)
    assert.equal(times[0]?.[0], 0)
    for (const [index, [from, to]] of times.entries()) {
      assert.ok(to > from, `shot ${index} is never there`)
      assert.equal(from, index === 0 ? 0 : times[index - 1]?.[1])
    }
  })

  test('a line that several shots have is in the document once', () => {
    const [same, one, other] = [line('the same'), line('one'), line(span('other', 'alarm'))]
    const svg = movingPicture(
      [
        { lines: [same, one], ms: 100 },
        { lines: [same, other], ms: 300 },
      ],
      1,
      'a title',
    )
    assert.equal(svg.split('>the same<').length, 2)
    assert.match(svg, /@keyframes k0\{0%\{visibility:visible\}25%\{visibility:hidden\}\}/)
    assert.match(svg, /<g id="s0" class="n">/)
    assert.match(svg, /<g id="s1">/)
  })

  test('what a screen says is text in the picture, never markup', () => {
    const svg = stillPicture([line('<script>"&')], '<b>')
    assert.match(svg, /&lt;script&gt;&quot;&amp;/)
    assert.match(svg, /<title>&lt;b&gt;<\/title>/)
  })
})
