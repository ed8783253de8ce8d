import { cleanName } from './display-name';
import { foldedName } from './folded-name';

interface Sender {
	readonly id: string;
	readonly name: string;
	readonly kind: 'human' | 'agent';
}

/**
 * Who says something. Somebody else is marked whose name looks like the agent's own, whatever its
 * case and Unicode form.
 */
export function speaker(
	sender: Sender,
	self: { readonly userId: string; readonly displayName: string },
): string {
	const name = cleanName(sender.name) || 'Someone';
	const isNamesake =
		sender.id !== self.userId && foldedName(name) === foldedName(cleanName(self.displayName));
	if (!isNamesake) return name;
	return `${name} (${sender.kind === 'human' ? 'a person' : 'another agent'} with your name)`;
}
