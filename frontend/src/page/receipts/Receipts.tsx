/** Place of the Receipts page. */
import { useTitle } from '../../shell/title.ts'

export default function Receipts() {
  useTitle('Receipts')
  return <h1>Receipts</h1>
}
