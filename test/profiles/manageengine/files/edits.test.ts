// Edits of the product's files: only what is meant goes, whatever the file looks like around it.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { joinTextLines, splitTextLines } from '../../../../src/model/values/text-lines.ts'
import { keyFilePath } from '../../../../src/profiles/manageengine/files/key-file.ts'
import { removeReadOnlyMode } from '../../../../src/profiles/manageengine/files/properties.ts'
import { removeRecoveryProps } from '../../../../src/profiles/manageengine/files/recovery-props.ts'
import { setMasterState } from '../../../../src/profiles/manageengine/files/server-state.ts'

function changed(edited: ReturnType<typeof setMasterState>): string {
  assert.equal(edited.state, 'changed', edited.summary)
  return edited.state === 'changed' ? edited.text : ''
}

test('lines keep their own breaks, whatever the text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '#', ' ', '\r', '\n', '=') }),
      (text) => joinTextLines(splitTextLines(text)) === text,
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
      changed(removeRecoveryProps(BEFORE)),
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
    assert.equal(changed(removeRecoveryProps(text)), 'x = 1\r\n  ## RECOVERY PROPS\r\n')
  })

  test('a second time there is nothing to do', () => {
    assert.equal(removeRecoveryProps(changed(removeRecoveryProps(BEFORE))).state, 'already')
    assert.equal(removeRecoveryProps('max_connections = 1\n').state, 'already')
  })

  test('recovery settings without the section are for a person to look at', () => {
    const edited = removeRecoveryProps("primary_conninfo = 'x'\n")
    assert.deepEqual(
      [edited.state, edited.summary],
      ['unclear', 'it has 1 recovery settings, but no section "recovery props"'],
    )
  })
})

describe('readonly.mode', () => {
  test('goes where it is true', () => {
    assert.equal(changed(removeReadOnlyMode('a=1\nreadonly.mode=true\nb=2\n')), 'a=1\nb=2\n')
    assert.equal(changed(removeReadOnlyMode('a=1\r\n readonly.mode : TRUE \r\n')), 'a=1\r\n')
  })

  test('stays where it is a comment, false, or another key', () => {
    for (const text of ['#readonly.mode=true\n', 'readonly.mode=false\n', 'x.readonly.mode=true\n', '']) {
      assert.equal(removeReadOnlyMode(text).state, 'already', text)
    }
  })
})

describe('server state', () => {
  test('ro becomes master: bare, as a value, quoted', () => {
    assert.equal(changed(setMasterState('ro\n')), 'master\n')
    assert.equal(changed(setMasterState('# ro here\nserver.state = ro\r\n')), '# ro here\nserver.state = master\r\n')
    assert.equal(changed(setMasterState('state="ro"')), 'state="master"')
  })

  test('a part of another word is none; what is unclear is said', () => {
    assert.equal(setMasterState('master\n').state, 'already')
    assert.equal(setMasterState('zero=rose\n').state, 'unclear')
    assert.equal(setMasterState('a=ro\nb=ro\n').state, 'unclear')
  })
})

test('the key file is named bare, as a value, quoted, or not at all', () => {
  assert.equal(keyFilePath('# where\n/opt/keys/pam360_key.key\n'), '/opt/keys/pam360_key.key')
  assert.equal(keyFilePath('ENCRYPTIONKEY = "/opt/my keys/k.key"\n'), '/opt/my keys/k.key')
  assert.equal(keyFilePath('C:\\keys\\k.key\r\n'), 'C:\\keys\\k.key')
  assert.equal(keyFilePath('#nothing\n\n'), null)
})
