import { expect } from 'chai'
import { stateHash } from '../../../../chain/client/protocol.ts'
import { auditSubmission, claimedCodecEnd, recomputeLeaf } from '../../../../workers/proof/index.ts'
import { playRound, sha256 } from '../../../fixtures/toyTraining.ts'

const invented = 'ab'.repeat(32)

describe('audit of a submission', () => {
  it('finds nothing in honest work, and answers with the middles that the trainer committed', async () => {
    const { context, facts, transcript } = await playRound({ leaves: [0, 2, 3] })
    const finding = await auditSubmission(context, facts, [0, 2, 3])
    expect(finding.verdict).to.equal('ok')
    expect(finding.middles).to.deep.equal([transcript.middles[0], transcript.middles[2], transcript.middles[3]])
  })

  it('accuses the very leaf whose end was invented, with the proof that it was committed', async () => {
    const { context, facts } = await playRound({
      leaves: [1, 3],
      tamper: (honest) => ({
        ...honest,
        boundaries: honest.boundaries.map((b, i) => (i === 2 ? { ...b, m: invented } : b)),
      }),
    })
    const finding = await auditSubmission(context, facts, [1, 3])
    expect(finding).to.include({ verdict: 'dispute', leaf: 1 })
    expect(finding.middles).to.have.length(2)
  })

  it('does not see a false leaf that nobody drew: sampling has its price', async () => {
    const { context, facts } = await playRound({
      leaves: [0],
      tamper: (honest) => ({ ...honest, middles: honest.middles.map((m, i) => (i === 3 ? invented : m)) }),
    })
    expect((await auditSubmission(context, facts, [0])).verdict).to.equal('ok')
  })

  it('accuses the codec leaf of a trainer who handed in another update than it trained', async () => {
    const played = await playRound({
      leaves: [0],
      encode: (update, residual) => ({
        bytes: new Uint8Array(32).fill(7),
        residual: residual.map((r, i) => r - update[i]),
      }),
    })
    const finding = await auditSubmission(played.context, played.facts, [0])
    expect(finding).to.include({ verdict: 'dispute', leaf: 4, end: null })
    const { end } = await recomputeLeaf(played.context, played.facts, 4)
    expect(end).to.not.equal(claimedCodecEnd(sha256, played.facts))
  })

  it('accuses leaf 0 of a trainer who started from another base than the merge', async () => {
    const { context, facts } = await playRound({ leaves: [0, 1], claimedBase: new Float32Array(8).fill(2) })
    expect(await auditSubmission(context, facts, [0, 1])).to.include({ verdict: 'dispute', leaf: 0 })
  })

  it('withholds its approval, and accuses no leaf, when a state is not served', async () => {
    const { context, facts, store } = await playRound({ leaves: [0, 2] })
    const manifest = JSON.parse(new TextDecoder().decode(await store.get(facts.manifest!)))
    store.files.delete(manifest.leaves[1].start.m.cid)
    expect((await auditSubmission(context, facts, [0, 2])).verdict).to.equal('unserved')
  })

  it('withholds its approval when served bytes are not the committed state', async () => {
    const { context, facts, store } = await playRound({ leaves: [0, 2] })
    const manifest = JSON.parse(new TextDecoder().decode(await store.get(facts.manifest!)))
    store.files.get(manifest.leaves[1].start.m.cid)![0] ^= 1
    expect((await auditSubmission(context, facts, [0, 2])).verdict).to.equal('unserved')
  })

  it('refuses a manifest of another submission, a malformed one, and one that lacks a drawn leaf', async () => {
    const { context, facts } = await playRound({ leaves: [0] })
    expect((await auditSubmission(context, { ...facts, account: 'other.near' }, [0])).verdict).to.equal('unserved')
    expect((await auditSubmission(context, facts, [0, 1])).verdict).to.equal('unserved')
    const broken = { ...context, fetch: async () => new TextEncoder().encode('{"schema":1}') }
    expect((await auditSubmission(broken, facts, [0])).verdict).to.equal('unserved')
  })

  it('gives a juror the same pair as the trainer computed', async () => {
    const { context, facts, transcript } = await playRound({ leaves: [2] })
    const { middle, end } = await recomputeLeaf(context, facts, 2)
    expect(middle).to.equal(transcript.middles[2])
    expect(end).to.equal(stateHash(sha256, transcript.boundaries[3]))
  })
})
