import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** Megabytes in use, and the most that ever were. */
export interface Memory {
  readonly resident: number;
  readonly peak: number;
}

/** Of a process on this machine; absent where the system does not tell, which is anywhere but on Linux. */
export async function readMemory(pid: number): Promise<Memory | undefined> {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return undefined;
  const status = await readFile(path, 'utf8');
  const read = (name: string) => {
    const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
    if (kilobytes === undefined) throw new Error(`${path} has no ${name}`);
    return Number(kilobytes) / 1024;
  };
  return { resident: read('VmRSS'), peak: read('VmHWM') };
}
