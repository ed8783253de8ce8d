import { speaker } from '../../../../client/protocol/speaker';

const self = (displayName: string) => ({ userId: 'u_self', displayName });
const sender = (name: string, changes = {}) => ({
	id: 'u_1',
	name,
	kind: 'human' as const,
	...changes,
});

describe('who says something', () => {
	it('is named as people are shown to a model', () => {
		expect(speaker(sender(' Mia\n"x" '), self('Nova'))).toBe('Mia x');
		expect(speaker(sender('\u200b'), self('Nova'))).toBe('Someone');
	});

	it.each([
		['Nova', 'Nova'],
		['NOVA', 'nova'],
		['José', 'Jose\u0301'],
		['No\u200dva', 'Nova'],
		['Ｎｏｖａ', 'Nova'],
	])('is told apart from the agent where %j looks like its own name %j', (name, own) => {
		expect(speaker(sender(name), self(own))).toMatch(/ \(a person with your name\)$/);
		expect(speaker(sender(name, { kind: 'agent' }), self(own))).toMatch(
			/ \(another agent with your name\)$/,
		);
	});

	it('has no such mark with a name of its own, or where it is the agent itself', () => {
		expect(speaker(sender('Jose'), self('José'))).toBe('Jose');
		expect(speaker(sender('Nova', { id: 'u_self' }), self('Nova'))).toBe('Nova');
	});
});
