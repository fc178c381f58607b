import { filled } from './api'
import { fmt } from './fmt'
import { here } from './frame'
import { t } from './i18n'
import { offline, Problem } from './problem'
import type { Attachment, ProblemBody } from './types'

const widest = 2048
const shrinkable = ['image/jpeg', 'image/png', 'image/webp']

/** Send a file into a conversation; big photos are made smaller first, since nobody looks at 12 megapixels in a chat. */
export async function upload(conversation: string, file: File, onprogress: (share: number) => void, most = Infinity): Promise<Attachment> {
  const body = await shrink(file).catch(() => file)
  if (body.size > most) throw tooBig(most)
  const name = body === file ? file.name : file.name.replace(/\.\w+$/, '.jpg')
  const address = filled('/api/v1/conversations/{talk}/attachments', { talk: conversation })
  return post(`${address}?name=${encodeURIComponent(name)}`, body, onprogress)
}

async function shrink(file: File): Promise<Blob> {
  if (!shrinkable.includes(file.type)) return file
  const picture = await createImageBitmap(file)
  const scale = widest / Math.max(picture.width, picture.height)
  if (scale >= 1) return file
  const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale))
  canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height)
  const smaller = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.86 })
  return smaller.size < file.size ? smaller : file
}

const tooBig = (most: number) => new Problem({ code: 'too_big', title: t('thread.too_big', { limit: fmt.size(most) }), detail: '', status: 413 })

/** XMLHttpRequest, because fetch does not tell how far an upload is. */
function post(url: string, body: Blob, onprogress: (share: number) => void): Promise<Attachment> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', here(url))
    request.responseType = 'json'
    request.setRequestHeader('Content-Type', body.type || 'application/octet-stream')
    request.upload.onprogress = ({ loaded, total }) => onprogress(total ? loaded / total : 0)
    request.onerror = () => reject(offline())
    request.onload = () =>
      request.status < 300 ? resolve(request.response as Attachment) : reject(refusal(request))
    request.send(body)
  })
}

function refusal({ status, statusText, response }: XMLHttpRequest): Problem {
  return new Problem({ code: 'unknown', title: statusText, detail: '', ...(response as Partial<ProblemBody> | null), status })
}
