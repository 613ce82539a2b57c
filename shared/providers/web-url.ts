/** Whether a text is an http or https URL; whether it may be fetched is decided later. */
export function isWebUrl(text: string | undefined): boolean {
  return /^https?:$/.test(URL.parse(text ?? '')?.protocol ?? '');
}

/** It is kept with the task, whose row has no room for more. */
const maxCallbackUrlLength = 4096;

/** What a URL to call back has to be, to follow the name of its field. */
export const callbackUrlRule = `must be an http or https URL of at most ${maxCallbackUrlLength} characters`;

/** Whether a text keeps to `callbackUrlRule`. */
export function isCallbackUrl(text: string | undefined): boolean {
  return isWebUrl(text) && text?.isWellFormed() === true && text.length <= maxCallbackUrlLength;
}
