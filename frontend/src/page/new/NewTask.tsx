/** New task: model, text, rounds, certainty; the quote stays in view; review, then the wallet. */
import { useMemo, useState } from 'react'
import { type DraftBody, quoteReply } from '../../../../chain/client/gateway/index.ts'
import { bytesToHex } from '../../../../chain/lib/bytes.ts'
import type { BlyanError } from '../../../../chain/lib/errors.ts'
import { toBlyanError } from '../../api/errors.ts'
import { useAsk, useNetwork } from '../../api/queries.ts'
import { Button } from '../../component/Button.tsx'
import { LiveRegion } from '../../component/LiveRegion.tsx'
import { Problem } from '../../component/Problem.tsx'
import { amountText, bytesText } from '../../format/amount.ts'
import { useProfile, useServices } from '../../shell/services.tsx'
import { useTitle } from '../../shell/title.ts'
import { CertaintyStops } from './CertaintyStops.tsx'
import { type Choices, FIRST_CHOICES, neededBytes, orderOf, stopsOf } from './choices.ts'
import { ModelChoice } from './ModelChoice.tsx'
import { MoreChoices } from './MoreChoices.tsx'
import { OpenerChoice } from './OpenerChoice.tsx'
import type { Prepared } from './prepare.ts'
import { QuoteStrip } from './QuoteStrip.tsx'
import { localQuote, priceDiffers, withReply } from './quoteLines.ts'
import { Review } from './Review.tsx'
import { RoundsChoice } from './RoundsChoice.tsx'
import { type ChosenText, TextInput } from './TextInput.tsx'

const MOST_BYTES = 16 * 2 ** 20

export default function NewTask() {
  const services = useServices()
  const profile = useProfile()
  const network = useNetwork()
  const [choices, setChoices] = useState<Choices>(FIRST_CHOICES)
  const [text, setText] = useState<ChosenText | null>(null)
  const [opener, setOpener] = useState<DraftBody['opener']>('gateway')
  const [seeds] = useState(() => ({ model: randomHex(16), secret: randomBytes(32) }))
  const [wanted, setWanted] = useState(false)
  const [busy, setBusy] = useState<string | null>(null)
  const [problem, setProblem] = useState<BlyanError | null>(null)
  const [prepared, setPrepared] = useState<Prepared | null>(null)
  useTitle('New task')

  const embedded = network.data?.embedded ?? true
  const made = useMemo(() => orderOf(choices, seeds.model), [choices, seeds.model])
  const order = 'order' in made ? made.order : null
  const problems = 'problems' in made ? made.problems : {}
  const asked = useAsk('/api/v1/tasks/quote', quoteReply, { body: order, token: 'none', enabled: order !== null })
  const local = useMemo(() => (order === null ? null : localQuote(order, embedded)), [order, embedded])
  const quote = local === null ? null : withReply(local, asked.data)
  const stops = useMemo(() => (order === null ? [] : stopsOf(order, embedded)), [order, embedded])
  const change = (next: Partial<Choices>) => setChoices((known) => ({ ...known, ...next }))
  const needed = neededBytes(order ?? { model: choices.model, rounds: 1 })
  const textProblem = textProblemOf(text, wanted, needed)
  const isSmall = quote?.operatorsNow != null && quote.operatorsNow < quote.operatorsNeeded

  const review = async () => {
    setWanted(true)
    setProblem(null)
    if (order === null || quote === null || text === null || textProblemOf(text, true, needed) !== null) return
    try {
      const { prepareOrder, seal } = await import('./prepare.ts')
      setBusy('Sealing the test text')
      const sealed = await seal(order, text.bytes, seeds.secret)
      setBusy('The gateway stores the text')
      const ready = await prepareOrder({
        api: services.api,
        network: network.data!,
        order,
        text: sealed,
        opener,
        maxAtto: quote.bountyAtto,
      })
      if (opener === 'requester') {
        const { keepKeys } = await import('../../transaction/keyRing.ts')
        const { head, keys } = sealed.sealed
        keepKeys(localStorage, { head, keys, account: profile?.account ?? '', task: null })
      }
      setPrepared(ready)
    } catch (error) {
      setProblem(toBlyanError(error))
    } finally {
      setBusy(null)
    }
  }

  if (prepared !== null && order !== null && quote !== null && network.data !== undefined) {
    return (
      <Review
        prepared={prepared}
        order={order}
        quote={quote}
        text={text!}
        opener={opener}
        network={network.data}
        onBack={() => setPrepared(null)}
      />
    )
  }
  return (
    <div className="page">
      <div className="page-head">
        <h1>Choose what is trained, on what, and how sure you want to be.</h1>
      </div>
      <div className="columns">
        <form className="stack order-form" onSubmit={(event) => event.preventDefault()}>
          <ModelChoice chosen={choices.model} onChoose={(model) => change({ model })} />
          <TextInput needed={needed} text={text} problem={textProblem} onText={setText} />
          <RoundsChoice choices={choices} problems={problems} onChange={change} />
          <CertaintyStops
            stops={stops}
            chosen={choices.certainty}
            operatorsNow={quote?.operatorsNow ?? null}
            onChoose={(certainty) => change({ certainty })}
          />
          <OpenerChoice opener={opener} depositAtto={quote?.depositAtto ?? 0n} onChoose={setOpener} />
          <MoreChoices choices={choices} problems={problems} order={order} onChange={change} />
        </form>
        <aside className="stack quote-side" aria-label="Quote">
          <QuoteStrip quote={quote} order={order} />
          {isSmall ? (
            <div className="notice stack-tight">
              <p>
                {quote.operatorsNow} operators can take this now; the stated odds need {quote.operatorsNeeded}.
              </p>
              <label className="check">
                <input
                  type="checkbox"
                  checked={choices.smallPool}
                  onChange={(event) => change({ smallPool: event.target.checked })}
                />{' '}
                Go on with a small pool: the odds are worse than stated, and every receipt says so.
              </label>
            </div>
          ) : null}
          {local !== null && priceDiffers(local, asked.data) ? (
            <p className="notice">
              The gateway states {amountText(BigInt(asked.data!.bountyAtto), { direction: 'cost' }).shown} BLY, the
              market’s formula gives {amountText(local.bountyAtto, { direction: 'cost' }).shown} here. You would not be
              asked to sign more than the latter.
            </p>
          ) : null}
          {problem === null ? null : <Problem problem={problem} />}
          {profile === null ? (
            <p className="detail">Sign in first, at the top right: a task needs an account that pays for it.</p>
          ) : profile.account === null ? (
            <p className="detail">Link a NEAR account on your account page: only that signs for the market.</p>
          ) : null}
          <Button
            primary
            money
            busy={busy !== null}
            disabled={
              profile?.account == null ||
              order === null ||
              network.data === undefined ||
              (isSmall && !choices.smallPool)
            }
            onClick={() => void review()}
          >
            {busy ?? 'Review'}
          </Button>
          <p className="detail">Nothing is paid before you sign in your wallet.</p>
        </aside>
      </div>
      <LiveRegion
        sentence={quote === null ? '' : `${amountText(quote.bountyAtto, { direction: 'cost' }).shown} BLY at most`}
      />
    </div>
  )
}

function textProblemOf(text: ChosenText | null, wanted: boolean, needed: number): string | null {
  if (text === null) return wanted ? 'Choose a text first.' : null
  if (text.bytes.length < needed)
    return `It has ${bytesText(text.bytes.length)}; these rounds need ${bytesText(needed)}. Give a longer text, fewer rounds or the smaller model.`
  if (text.bytes.length > MOST_BYTES) return 'The gateway stores at most 16 MB for one task. Give a part of it.'
  return null
}

const randomBytes = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count))
const randomHex = (count: number): string => bytesToHex(randomBytes(count))
