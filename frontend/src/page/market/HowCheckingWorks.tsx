/** How checking works and where it ends, for whoever asks before trusting. */
import { Term } from '../../component/Term.tsx'

export function HowCheckingWorks() {
  return (
    <details>
      <summary>How checking works, and its limits</summary>
      <div className="stack prose">
        <p>
          A trainer seals its <Term of="update" /> first. Only then are a few <Term of="sample">samples</Term> of its
          work drawn by lot, and operators it could not choose do them again. The same bits must come out. To show that
          they really worked, they must name a <Term of="check value" /> from the middle of each sample.
        </p>
        <p>
          If one differs, anybody may open a <Term of="dispute" />: a <Term of="jury" /> redoes that one sample, and the
          result decides. Who was false loses the <Term of="bond" /> of the round; who was right is paid for it.
        </p>
        <p>
          What this does not do: a faked sample that nobody drew is not seen, which is why each task states its{' '}
          <Term of="certainty" /> as odds and prices them. In a <Term of="small pool" /> the odds are worse, and
          receipts say so. Text that you send in becomes public to the workers.
        </p>
      </div>
    </details>
  )
}
