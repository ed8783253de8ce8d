import { messageLane } from '../../../../client/connection/transports';
import { settled } from '../../../support/fake-clock';

const messageFrame = (text: string) => `42${JSON.stringify(['new_message', { text }])}`;

/**
 * A lane beside a library that hands on what it gets one microtask later, as socket.io-client does.
 */
const scene = () => {
	const heard: unknown[] = [];
	const link = { isConnected: true };
	const lane = messageLane(
		() => link.isConnected,
		(payload) => heard.push(payload),
	);
	const arrives = (frame: string) => {
		const isTaken = lane(frame);
		if (!isTaken) queueMicrotask(() => heard.push(frame));
		return isTaken;
	};
	return { heard, link, arrives };
};

describe('the short way of chat messages', () => {
	it('is taken by each message of an open connection, at once and in order', () => {
		const { heard, arrives } = scene();

		expect([arrives(messageFrame('a')), arrives(messageFrame('b'))]).toEqual([true, true]);

		expect(heard).toEqual([{ text: 'a' }, { text: 'b' }]);
	});

	it('is not taken while something else is on its way through the library: all is heard in the order of the server', async () => {
		const { heard, arrives } = scene();
		const frames = [messageFrame('a'), '431[]', messageFrame('b'), '432[]', messageFrame('c')];

		const taken = frames.map(arrives);
		await settled();

		expect(taken).toEqual([true, false, false, false, false]);
		expect(heard).toEqual([{ text: 'a' }, ...frames.slice(1)]);
		expect(arrives(messageFrame('d'))).toBe(true);
	});

	it.each([
		['before the connection is open', messageFrame('a'), false],
		['by another event', '42["typing",{}]', true],
		['by a message that asks for an answer', '427["new_message",{}]', true],
		['by a message with more than one argument', '42["new_message",{},1]', true],
		['by a message without one', '42["new_message",]', true],
		['by a message of another namespace', '42/admin,["new_message",{}]', true],
		['by what is cut off', '42["new_message",{"text":"a', true],
		["by the engine's own frames", '2', true],
	])('is not taken %s', (_case, frame, isConnected) => {
		const { heard, link, arrives } = scene();
		link.isConnected = isConnected;

		expect(arrives(frame)).toBe(false);
		expect(heard).toEqual([]);
	});
});
