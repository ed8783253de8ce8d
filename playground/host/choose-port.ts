import { freePort, isFree } from './free-port';

/**
 * The wished TCP port on 127.0.0.1 where nobody has it, else any free one: an address that stays
 * the same can be bookmarked.
 */
export async function choosePort(wished: number): Promise<number> {
	return (await isFree(wished)) ? wished : freePort();
}
