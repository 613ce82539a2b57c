/** The headers of answers that clients use. */
export const answerHeaders = {
  'x-request-id': 'Names the request in our logs',
  'openai-poll-after-ms': 'Milliseconds after which to ask again; while the video is not final',
  'preference-applied': 'The wait that was asked for, as `wait=25`',
  location: 'A link to the file that is good for an hour; ranges work',
  'retry-after': 'Whole seconds to wait before the request is sent again',
  'x-should-retry': "`true` or `false`: whether OpenAI's clients shall send the request again by themselves",
  'www-authenticate': 'Asks for an API key',
  'ratelimit-policy': 'How many requests a key with a limit may make: `"minute";q=120;w=60`',
  ratelimit: 'What is left of them, and for how many seconds: `"minute";r=37;t=21`',
  'x-conch-warning': 'What of the order changes nothing, and why; where there is such a thing',
  etag: 'Names this version of the document',
  'cache-control': 'How long a copy may be kept',
  'content-security-policy': 'What the page may load',
} as const;
export type HeaderName = keyof typeof answerHeaders;
