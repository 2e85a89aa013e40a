/** Hands the reader a file that was made in the page. */
export function download(name: string, type: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has taken the bytes once the click has run.
  setTimeout(() => URL.revokeObjectURL(url), 0)
}
