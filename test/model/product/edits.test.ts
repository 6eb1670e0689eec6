// Edits of the product's files: only what is meant goes, whatever the file looks like around it.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { keyFilePath } from '../../../src/model/profile/key-file.ts'
import { withoutReadOnlyMode } from '../../../src/model/profile/properties.ts'
import { withoutRecoveryProps } from '../../../src/model/profile/recovery-props.ts'
import { asMaster } from '../../../src/model/profile/server-state.ts'
import { joined, linesOf } from '../../../src/model/values/text-lines.ts'

function changed(edited: ReturnType<typeof asMaster>): string {
  assert.equal(edited.state, 'changed', edited.what)
  return edited.state === 'changed' ? edited.text : ''
}

test('lines keep their own breaks, whatever the text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '#', ' ', '\r', '\n', '=') }),
      (text) => joined(linesOf(text)) === text,
    ),
  )
})

describe('recovery props', () => {
  const BEFORE = `# Extra settings
max_connections = 200
#------------ recovery props ------------
primary_conninfo = 'host=10.0.0.1 port=2345 user=ro password=x'
# the slot of this server
primary_slot_name = 'ro_slot'
recovery_target_timeline = 'latest'

#------------ other props ------------
work_mem = 8MB
`

  test('entries of the section go; comments, blank lines and other sections stay', () => {
    assert.equal(
      changed(withoutRecoveryProps(BEFORE)),
      `# Extra settings
max_connections = 200
#------------ recovery props ------------
# the slot of this server

#------------ other props ------------
work_mem = 8MB
`,
    )
  })

  test('with Windows line breaks, spacing, another header, to the end of the file', () => {
    const text = "x = 1\r\n  ## RECOVERY PROPS\r\n  primary_conninfo='a'\r\nprimary_slot_name = b"
    assert.equal(changed(withoutRecoveryProps(text)), 'x = 1\r\n  ## RECOVERY PROPS\r\n')
  })

  test('a second time there is nothing to do', () => {
    assert.equal(withoutRecoveryProps(changed(withoutRecoveryProps(BEFORE))).state, 'already')
    assert.equal(withoutRecoveryProps('max_connections = 1\n').state, 'already')
  })

  test('recovery settings without the section are for a person to look at', () => {
    const edited = withoutRecoveryProps("primary_conninfo = 'x'\n")
    assert.deepEqual(
      [edited.state, edited.what],
      ['unclear', 'it has 1 recovery settings, but no section "recovery props"'],
    )
  })
})

describe('readonly.mode', () => {
  test('goes where it is true', () => {
    assert.equal(changed(withoutReadOnlyMode('a=1\nreadonly.mode=true\nb=2\n')), 'a=1\nb=2\n')
    assert.equal(changed(withoutReadOnlyMode('a=1\r\n readonly.mode : TRUE \r\n')), 'a=1\r\n')
  })

  test('stays where it is a comment, false, or another key', () => {
    for (const text of ['#readonly.mode=true\n', 'readonly.mode=false\n', 'x.readonly.mode=true\n', '']) {
      assert.equal(withoutReadOnlyMode(text).state, 'already', text)
    }
  })
})

describe('server state', () => {
  test('ro becomes master: bare, as a value, quoted', () => {
    assert.equal(changed(asMaster('ro\n')), 'master\n')
    assert.equal(changed(asMaster('# ro here\nserver.state = ro\r\n')), '# ro here\nserver.state = master\r\n')
    assert.equal(changed(asMaster('state="ro"')), 'state="master"')
  })

  test('a part of another word is none; what is unclear is said', () => {
    assert.equal(asMaster('master\n').state, 'already')
    assert.equal(asMaster('zero=rose\n').state, 'unclear')
    assert.equal(asMaster('a=ro\nb=ro\n').state, 'unclear')
  })
})

test('the key file is named bare, as a value, quoted, or not at all', () => {
  assert.equal(keyFilePath('# where\n/opt/keys/pam360_key.key\n'), '/opt/keys/pam360_key.key')
  assert.equal(keyFilePath('ENCRYPTIONKEY = "/opt/my keys/k.key"\n'), '/opt/my keys/k.key')
  assert.equal(keyFilePath('C:\\keys\\k.key\r\n'), 'C:\\keys\\k.key')
  assert.equal(keyFilePath('#nothing\n\n'), null)
})
