import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { span } from '../../../../src/ui/frame/format/line.ts'
import { configuredBackground, linePainter } from '../../../../src/ui/frame/format/theme.ts'

describe('the background', () => {
  test('is what the config says, else what the terminal says, else dark', () => {
    assert.equal(configuredBackground('light', { COLORFGBG: '15;0' }), 'light')
    assert.equal(configuredBackground('dark', { COLORFGBG: '0;15' }), 'dark')
    for (const light of ['0;15', '0;default;15', '0;7', '0;12']) {
      assert.equal(configuredBackground('auto', { COLORFGBG: light }), 'light', light)
    }
    for (const dark of ['15;0', '15;default;8', '7;default', '', undefined]) {
      assert.equal(configuredBackground('auto', { COLORFGBG: dark }), 'dark', dark)
    }
  })

  test('on a light one nothing is yellow or cyan', () => {
    const all = (['warning', 'accent', 'ok', 'critical', 'alarm', 'dim'] as const).map((style) => span('x', style))
    assert.doesNotMatch(linePainter(1, 'light')(all), /\x1b\[(?:33|36|93|96)m/)
    assert.match(linePainter(1, 'dark')(all), /\x1b\[33m/)
    assert.equal(linePainter(0, 'light')(all), linePainter(0, 'dark')(all))
  })
})
